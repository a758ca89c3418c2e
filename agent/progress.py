"""What a person sees while a session works: a live display on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from agent.results.choosing.deciding import powers
from agent.results.event_words import event_words
from agent.results.registered.outcomes import registered_lines
from agent.results.results import Results
from agent.results.story import story_of
from agent.results.tables.grid import Grid, grid_of
from agent.results.values import count, dollars, duration
from agent.results.words.conclusion import baseline_warnings, control_warnings
from agent.results.words.confirmed import confirmed_text
from agent.session.events import Confirmed, ControlMeasured, Event, HypothesesJudged, Registered, RunAccepted
from agent.session.session import Session
from agent.session.steps import BASELINE, Step
from agent.terminal import of_event, plain, runs_table, told

_OF_A_LINE, _OF_A_COMMAND = 300, 600
"""Characters of a line in a log, and of one that says what a person is to type: cut sooner, a remedy loses its end."""


class Progress:
    """Listens to a journal's events and is told of steps that begin: `progress.now("launching run_3, attempt 5")`.

    Whatever it shows of models and experiments is made harmless for a terminal first.
    """

    def __init__(self, session: Session, stream: TextIO | None = None) -> None:
        self.session = session
        self.story = story_of(session)
        self.stream = sys.stderr if stream is None else stream
        self.current = "starting"
        self._aside = ""
        self._began = self._step_began = time.monotonic()
        self._said: list[str] = []
        self._live: Live | None = None
        self._handlers: list[tuple[logging.StreamHandler[TextIO], TextIO]] = []

    def start(self) -> None:
        """Begin to show."""
        self._began = self._step_began = time.monotonic()
        if _is_terminal(self.stream):
            console = Console(file=self.stream, force_terminal=True, highlight=False, markup=False, emoji=False)
            self._live = Live(
                get_renderable=self._render,
                console=console,
                refresh_per_second=4,
                redirect_stdout=False,
                redirect_stderr=self.stream is sys.stderr,
            )
            self._live.start(refresh=True)
            self._redirect_logging()
        else:
            done = len(self.story.accepted)
            begun = "a new session" if self.story.resumed_seq < 0 else "taken up again, without a result so far"
            self._line(f"{self.session.name}: " + (f"{done} result{'s' * (done != 1)} so far" if done else begun))

    def stop(self) -> None:
        """Show the last state and leave the terminal as it was."""
        if self._live is not None:
            self.current = ""
            live, self._live = self._live, None
            live.refresh()
            live.stop()
            for handler, stream in self._handlers:
                handler.setStream(stream)
            self._handlers.clear()

    def now(self, step: str) -> None:
        """A step begins."""
        self.current, self._step_began = plain(step), time.monotonic()
        if self._live is None:
            self._line(self.current)

    def asks(self, role: str, step: Step) -> None:
        """A model is asked, which a live display shows where the step that it is for has not been told itself."""
        asked_for = step.rpartition("/")[0]
        if self._live is not None and asked_for != "plan" and not self.current.startswith(f"{asked_for}: "):
            self.now(f"{asked_for}: the {role} is asked")

    def aside(self, text: str) -> None:
        """What the step waits for; empty as soon as it waits no longer."""
        self._aside = plain(text, _OF_A_COMMAND) if text else ""
        if self._live is None and text:
            self._line(self._aside)

    def __call__(self, event: Event) -> None:
        """An event was recorded."""
        for sentence in self._tell(event):
            self.say(sentence)

    def say(self, sentence: str) -> None:
        """A sentence that stays on show for a while."""
        self._said = [*self._said[-2:], plain(sentence)]
        if self._live is None:
            self._line(plain(sentence, _OF_A_LINE))

    def _line(self, text: str) -> None:
        with suppress(OSError, ValueError):  # whoever read our progress has gone; the session goes on
            self.stream.write(text + "\n")
            self.stream.flush()

    def _tell(self, event: Event) -> Iterator[str]:
        match event:
            case RunAccepted():
                yield self._verdict(event)
                if event.run == BASELINE:
                    yield from (f"warning: {line}" for line in self._lines(baseline_warnings))
                    yield from self._lines(self._powers)
            case ControlMeasured():
                yield self._control(event)
                if event.control == self.session.template.controls[-1].name:
                    yield from (f"warning: {line}" for line in self._lines(control_warnings))
            case Registered() | HypothesesJudged():
                yield from registered_lines(event)
            case Confirmed():
                yield self._confirmed()
            case _:
                yield from of_event(event)

    def _verdict(self, event: RunAccepted) -> str:
        grid = self._grid()
        row = grid.row(event.run) if grid else None
        if row is None:
            return event_words(event)
        value, delta, word = told(row)
        words = ", ".join(filter(None, [f"{row.cells[0].name} {value}", delta, word]))
        return f"{event_words(event)}: {words}"

    def _confirmed(self) -> str:
        results = self._results()
        return confirmed_text(results) if results and results.confirmation else "confirmed on fresh seeds"

    def _control(self, event: ControlMeasured) -> str:
        grid = self._grid()
        cells = [row.cells[0] for row in grid.controls if row.name == event.control] if grid else []
        shown = f": {cells[0].name} {cells[0].shown}" if cells and cells[0].value else ""
        nothing = "" if cells else "; none of its metrics was measured"
        return f"{event_words(event)}{shown}{nothing}"

    def _powers(self, results: Results) -> list[str]:
        """What the seeds can show, in lines."""
        seeds = self.session.idea.seeds_a_run(self.session.settings.experiment.seeds)
        return [line for each in powers(results, seeds) for line in each.lines]

    def _lines(self, of: Callable[[Results], list[str]]) -> list[str]:
        results = self._results()
        return [] if results is None else of(results)

    def _results(self) -> Results | None:
        session = self.session
        return self.story.readable_results(session.metrics, session.primary, session.idea.leading).results

    def _grid(self) -> Grid | None:
        """The primary metric of the runs so far; None before the baseline is measured."""
        results = self._results()
        return None if results is None else grid_of(results, [results.primary])

    def _render(self) -> RenderableType:
        """The live display; called by rich's own thread."""
        parts: list[RenderableType] = [
            Text(f"{self.session.name}  {duration(time.monotonic() - self._began)}", style="bold")
        ]
        if (grid := self._grid()) is not None:
            parts.append(runs_table(grid))
        parts += [Text(line, style="dim", overflow="ellipsis", no_wrap=True) for line in self._said]
        parts.append(Text(self._spent(), style="dim"))
        if self.current:
            aside = f"  ({self._aside})" if self._aside else ""
            line = Text(
                f"{self.current}  {duration(time.monotonic() - self._step_began)}{aside}",
                overflow="ellipsis",
                no_wrap=True,
            )
            parts.append(Spinner("line", text=line))
        return Group(*parts)

    def _spent(self) -> str:
        limits, spent = self.session.settings.limits, self.story.spent
        tokens = f"{count(spent.sent)} tokens sent, {count(spent.received)} received"
        if limits.budget_tokens is not None:
            tokens += f" of {count(limits.budget_tokens)}"
        money = f", {dollars(spent.usd)}" + (
            f" of {dollars(limits.budget_usd)}" if limits.budget_usd is not None else ""
        )
        return tokens + money

    def _redirect_logging(self) -> None:
        """Handlers that hold the real stderr would write across the display; give them the one that rich watches."""
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is self.stream:
                self._handlers.append((handler, handler.stream))
                handler.setStream(sys.stderr)


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb")

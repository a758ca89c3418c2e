"""What a text may refer to, and what is filled in for each reference. All of it is measured or computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agent.errors import BadAnswer
from agent.evidence.asked import asked
from agent.evidence.computed import COMPUTE, compute, matched
from agent.evidence.confirmed import confirmed
from agent.evidence.controlled import controlled, refuse_controls
from agent.evidence.filled import Filled
from agent.evidence.measured import measured
from agent.evidence.own_word import own_word
from agent.evidence.parental import parental
from agent.evidence.reference import (
    CONFIRMED,
    GROUPS,
    MATCHED,
    PLAIN_GROUPS,
    REPORTED,
    WORDS,
    Reference,
    names_a_hypothesis,
    nearest,
    parse_reference,
)
from agent.evidence.registered import registered
from agent.evidence.reported import published, refuse_published
from agent.evidence.table import Table
from agent.results.registered.outcomes import NOTHING, Registration
from agent.results.results import Results, RunResult
from agent.results.words import phrases
from agent.results.words.compared import compare_text
from agent.results.words.conclusion import conclusion_text
from agent.results.words.frontier import frontier_text
from agent.results.words.groups import group_text
from agent.results.words.short import joined_text, share_text
from agent.session.template.reported import Reported


@dataclass(frozen=True)
class Evidence:
    """The accepted runs, as references see them; beside them, apart, what others reported."""

    results: Results
    reported: Reported | None = None
    registration: Registration = NOTHING
    """Hypotheses registered before the first run."""

    def resolve(self, inner: str | Reference) -> Filled:
        """What `[[inner]]` says. Raises BadAnswer naming the nearest valid references."""
        reference = parse_reference(inner) if isinstance(inner, str) else inner
        if reference.head == REPORTED:
            return published(reference, self.reported, self.results)
        if reference.head == CONFIRMED:
            return confirmed(reference, self.results)
        if names_a_hypothesis(reference.head):
            return registered(reference, self.registration)
        if (control := self.results.control(reference.head)) is not None:
            return controlled(reference, self.results, control)
        refuse_published(reference, self.results)
        refuse_controls(reference, self.results)
        return self._word(reference) if reference.is_word else self._of_run(reference)

    def _of_run(self, reference: Reference) -> Filled:
        """A run's name, its title, a setting, or a metric."""
        run, rest = self._run(reference.head, reference), reference.rest
        if rest in ((), ("name",)):
            return Filled(reference, phrases.run_label(run))
        if rest == ("title",):
            return Filled(reference, run.title)
        if (of_parent := parental(reference, self.results, run)) is not None:
            return of_parent
        if rest[0] in ("config", "training") and len(rest) == 2:
            return self._setting(reference, run)
        if rest[0] == COMPUTE and COMPUTE not in self.results.metrics:
            return compute(reference, self.results, run)
        if rest == (MATCHED,) and MATCHED not in self.results.metrics:
            return matched(reference, self.results, run)
        if len(rest) > 2:
            raise BadAnswer(f"[[{reference.text}]]: too many parts; write RUN.METRIC or RUN.METRIC.FIELD")
        metric, field = self._metric(rest[0], reference), rest[1] if len(rest) == 2 else ""
        return Filled(reference, measured(reference, self.results, run, metric, field), ((run.name, metric),))

    def _setting(self, reference: Reference, run: RunResult) -> Filled:
        section, name = reference.rest
        known = self.settings(run) if section == "config" else self.training(run)
        if name not in known:
            raise BadAnswer(
                f"[[{reference.text}]]: {run.name} recorded no {section} value {name!r}; {nearest(name, known)}"
            )
        text = phrases.setting_text(known[name]) + own_word(section, name, self.results.metrics)
        return Filled(reference, text, ((run.name, f"{section}.{name}"),))

    def says(self, reference: Reference) -> bool:
        """Whether the reference can be filled in."""
        try:
            self.resolve(reference)
        except BadAnswer:
            return False
        return True

    def _word(self, reference: Reference) -> Filled:
        match reference.head:
            case "compare":
                return self._comparison(reference)
            case "count" | "list" | "share":
                return self._group(reference)
            case "table":
                return self._table(reference)
            case "verdicts":
                return self._verdicts(reference)
            case "frontier":
                return self._frontier(reference)
            case "is":
                return asked(reference, self.results, self.registration)
            case "conclusion":
                metric = self._metric(reference.rest[0] if reference.rest else self.results.primary, reference)
                text = conclusion_text(self.results, metric)
                beside = [(one.name, metric) for one in self.results.controls if metric in one.values]
                known = self.results.confirmation
                fresh = [(CONFIRMED, metric)] if known is not None and metric in known.metrics else []
                return Filled(reference, text, (*((run.name, metric) for run in self.results.runs), *beside, *fresh))
            case "best":
                metric = self._metric(reference.rest[0] if reference.rest else self.results.primary, reference)
                best = self.results.best_by(metric)
                text = phrases.run_label(best) + phrases.here_text(self.results, metric)
                return Filled(reference, text, ((best.name, metric),))
            case unknown:
                raise AssertionError(f"{unknown} is a word of the grammar, and nobody says what it means")

    def _comparison(self, reference: Reference) -> Filled:
        if len(reference.rest) != 3:
            raise BadAnswer(f"[[{reference.text}]]: write [[compare run_2 run_5 {self.results.primary}]]")
        first, second = (self._run(name, reference) for name in reference.rest[:2])
        metric = self._metric(reference.rest[2], reference)
        text = compare_text(self.results, first, second, metric)
        return Filled(reference, text, ((first.name, metric), (second.name, metric)))

    def _frontier(self, reference: Reference) -> Filled:
        if len(reference.rest) != 2 or self.results.baseline.frontier is None:
            why = "write [[frontier run_2 METRIC]]" if len(reference.rest) != 2 else "the baseline was no sweep"
            raise BadAnswer(f"[[{reference.text}]]: {why}")
        run, metric = self._run(reference.rest[0], reference), self._metric(reference.rest[1], reference)
        base = self.results.baseline
        rows = ((run.name, metric), (base.name, metric))
        return Filled(reference, frontier_text(self.results, run, metric), rows)

    def _group(self, reference: Reference) -> Filled:
        word, metric = reference.rest[0] if reference.rest else "", ""
        rows: tuple[tuple[str, str], ...] = ()
        if word in PLAIN_GROUPS:
            runs = self.results.group(word)
        elif word in GROUPS and len(reference.rest) == 2:
            metric = self._metric(reference.rest[1], reference)
            runs = self.results.group(word, metric)
            rows = tuple((run.name, metric) for run in runs)
        else:
            raise BadAnswer(
                f"[[{reference.text}]]: write [[{reference.head} {'|'.join(GROUPS)} METRIC]] "
                f"or [[{reference.head} {'|'.join(PLAIN_GROUPS)}]]"
            )
        if reference.head == "count":
            return Filled(reference, str(len(runs)), rows)
        if reference.head == "share":
            whole = self.results.group("comparable" if word in GROUPS else "runs")
            return Filled(reference, share_text(runs, whole), rows)
        here = phrases.here_text(self.results, metric) if metric else ""
        here = (phrases.at_ones(self.results, runs) if word == "better" else "") + here
        return Filled(reference, group_text(self.results, runs, metric) + here, rows)

    def _named(self, reference: Reference) -> tuple[list[str], list[RunResult]]:
        """The metrics, and behind `|` the runs, that a table or a list of verdicts names; controls are left out."""
        words = list(reference.rest)
        cut = words.index("|") if "|" in words else len(words)
        metrics = [self._metric(name, reference) for name in words[:cut]]
        named = [name for name in words[cut + 1 :] if self.results.control(name) is None]  # every table holds them
        return metrics, [self._run(name, reference) for name in named]

    def _verdicts(self, reference: Reference) -> Filled:
        metrics, runs = self._named(reference)
        if not metrics or any(run.is_baseline for run in runs):
            raise BadAnswer(
                f"[[{reference.text}]]: write [[verdicts METRIC | RUN RUN]]; against the baseline, so it names other runs, "
                "all where none is named"
            )
        runs = runs or list(self.results.runs[1:])
        rows = tuple((run.name, metric) for run in runs for metric in metrics)
        return Filled(reference, joined_text(self.results, runs, metrics), rows)

    def _table(self, reference: Reference) -> Filled:
        metrics, runs = self._named(reference)
        metrics, runs = metrics or list(self.results.metrics), runs or list(self.results.runs)
        table = Table(
            self.results, tuple(dict.fromkeys(metrics)), tuple(dict.fromkeys(run.name for run in runs)), reference
        )
        beside = [(one.name, metric) for one in self.results.controls for metric in metrics if metric in one.values]
        rows = (*((run.name, metric) for run in runs for metric in metrics), *beside)
        return Filled(reference, table.plain(), rows, table)

    def _run(self, name: str, reference: Reference) -> RunResult:
        if name == "best":
            return self.results.best
        run = self.results.get(name)
        if run is None:
            names = [*(run.name for run in self.results.runs), *(one.name for one in self.results.controls)]
            raise BadAnswer(
                f"[[{reference.text}]]: {name!r} is neither an accepted run nor a word of the grammar; "
                f"{nearest(name, [*names, 'best', *WORDS])}. Accepted runs{' and controls' if self.results.controls else ''}: {', '.join(names)}"
            )
        return run

    def _metric(self, name: str, reference: Reference) -> str:
        if name not in self.results.metrics:
            raise BadAnswer(f"[[{reference.text}]]: no metric {name!r}; {nearest(name, self.results.metrics)}")
        return name

    def settings(self, run: RunResult) -> dict[str, Any]:
        """Every setting that the run recorded, nested ones with dots."""
        return _flat(run.config)

    def training(self, run: RunResult) -> dict[str, Any]:
        """Every single value that training recorded (curves are left out)."""
        return {name: value for name, value in _flat(run.training).items() if not isinstance(value, (list, tuple))}

    @cached_property
    def setting_names(self) -> tuple[str, ...]:
        """Names of settings of all runs, the baseline's first."""
        return tuple(dict.fromkeys(name for run in self.results.runs for name in self.settings(run)))

    @cached_property
    def written_names(self) -> tuple[str, ...]:
        """Names under which the runs wrote down how they were made, curves among them."""
        return tuple(dict.fromkeys(name for run in self.results.runs for name in _flat(run.training)))


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat

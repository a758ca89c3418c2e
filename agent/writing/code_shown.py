"""The code that the writer of Method and Setup, and the reviewer, are shown: what the method is, and what each run changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.results.story import story_of
from agent.session.code_parts import Part, parts_of
from agent.session.events import RunAccepted
from agent.session.session import Session
from agent.session.shorter_diff import shorter_diff
from agent.session.versions import diff_between

_FUNCTIONS_CHARACTERS = 4_000


@dataclass(frozen=True)
class ShownCode:
    """Functions of the baseline by name, and by run its diff against the baseline, cut."""

    functions: Mapping[str, str] = field(default_factory=dict)
    diffs: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.functions or self.diffs)


def code_shown(session: Session, runs: Sequence[RunAccepted], each: int, whole: int) -> ShownCode:
    """What these runs are made of; a diff has at most `each` characters, all together at most `whole`.

    The functions are those that the template names as its method, else those of the baseline that a run has changed. What
    was cut of a diff is said, and the method's functions are cut last.
    """
    baseline, experiment = story_of(session).baseline, session.template.experiment
    if baseline is None:
        return ShownCode()
    most, diffs = min(each, whole // max(1, len(runs))), dict[str, str]()
    for run in runs:
        diff = diff_between(session.blobs, baseline.code, run.code, experiment.editable)
        if diff:
            diffs[run.run] = shorter_diff(diff, most, _sources(session, run), experiment.method)
    return ShownCode(_functions(session, baseline, runs), diffs)


def _functions(session: Session, baseline: RunAccepted, runs: Sequence[RunAccepted]) -> dict[str, str]:
    parts = [part for source in _sources(session, baseline).values() for part in parts_of(source)]
    method = session.template.experiment.method
    if method:
        wanted = [part for part in parts if any(part.is_called(name) for name in method)]
    else:
        changed = {name for run in runs for name in _changed(session, parts, run)}
        wanted = [part for part in parts if part.name in changed and not part.is_class]
    shown, left = dict[str, str](), _FUNCTIONS_CHARACTERS
    for part in wanted:
        fits = len(part.text) <= left
        shown[part.name] = part.text if fits else f"[… {part.last - part.first + 1} lines, not shown]\n"
        left -= len(part.text) if fits else 0
    return shown


def _changed(session: Session, parts: list[Part], run: RunAccepted) -> set[str]:
    """Names of the baseline's functions that the run has otherwise, or no more."""
    mine = {part.name: part.text for source in _sources(session, run).values() for part in parts_of(source)}
    return {part.name for part in parts if mine.get(part.name) != part.text}


def _sources(session: Session, run: RunAccepted) -> dict[str, str]:
    """The experiment's editable files as the run has them."""
    names = [name for name in session.template.experiment.editable if name in run.code]
    return {name: session.blobs.get(run.code[name]).decode("utf-8", "replace") for name in names}

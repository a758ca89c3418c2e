"""The grammar of hypotheses in a plan: one a line, each about a metric of a planned run.

    H1: coactive_cosine of run_1 better than baseline
    H2: explained_variance of run_1 not worse than baseline
    H3: coactive_cosine of run_2 better than run_1
    H4: l0 of run_3 within noise of baseline
    H5: explained_variance of run_3 not worse than baseline by more than 0.01
    H6: l0 of run_3 within 0.5 of baseline

Forgiving in form (Markdown, `run 1`, `the baseline`, `is better than`), strict in names: an unknown metric or run is a problem. Two that cannot
both hold, or that say the same, are one claim said twice, so that one of them holds whatever comes: that is asked back once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import cast

from agent.results.story.plan import HYPOTHESIS_LINE, planned_runs
from agent.session.events.hypothesis import Hypothesis, Relation
from agent.session.steps import BASELINE, RunName

FORM = (
    f"`H1: METRIC of {RunName.of(1)} better than baseline`, with `better than`, `worse than`, `not worse than` or `within noise of`, "
    "and `baseline` or a run at its end"
)
SIZED = "`not worse than baseline by more than 0.01` or `within 0.01 of baseline`"
_SIZE = r"(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?"
_RUN = r"(?:run[\s_-]*\d+|baseline)"
_STATEMENT = re.compile(
    rf"(?:the\s+)?(?P<metric>.+?)\s+of\s+(?:the\s+)?(?P<run>{_RUN})\s+(?:is\s+(?:expected\s+to\s+be\s+)?|(?:will|should|must)\s+be\s+)?"
    rf"(?P<relation>(?:not|no)\s+worse\s+than|better\s+than|worse\s+than|within\s+(?:(?:the\s+)?noise|(?P<within>{_SIZE}))\s+of)\s+(?:that\s+of\s+)?(?:the\s+)?(?P<against>{_RUN})\b(?:['’]s)?(?:\s+run\b)?(?P<rest>.*)",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"^([ \t>#*_`-]*H\d{1,2}[*_`]*[ \t]*[:.]?[*_`]*)[ \t]*\n+[ \t]*(?=\S[^\n]*\bof[ \t]+(?:the[ \t]+)?run)",
    re.MULTILINE | re.IGNORECASE,
)
"""A name that stands as a heading, with its statement below it."""
_CELLS = re.compile(r"\s*(?P<metric>[^|]+)\|(?P<run>[^|]+)\|(?P<relation>[^|]+)\|(?P<against>[^|]+)\|?\s*")
"""The same in the cells of a table."""
_ENDS = re.compile(r"\s*(?:$|[.,;:(|—–-])")
_BY_MORE = re.compile(rf"\s*,?\s*by\s+more\s+than\s+(?P<size>{_SIZE})(?![\d%])", re.IGNORECASE)
_APART: tuple[frozenset[Relation], ...] = (
    frozenset(("better than", "worse than")),
    frozenset(("worse than", "not worse than")),
    frozenset(("better than", "within noise of")),
    frozenset(("worse than", "within noise of")),
)
"""Relations that cannot both hold."""
_TURNED: dict[Relation, Relation] = {"better than": "worse than", "worse than": "better than"}
"""The same said of the other run."""


@dataclass(frozen=True)
class Read:
    """The hypotheses of a plan, and a sentence for each line that begins as one and is none."""

    hypotheses: tuple[Hypothesis, ...]
    problems: tuple[str, ...]

    @property
    def hedges(self) -> tuple[str, ...]:
        """A sentence for each two of the hypotheses that are one claim said twice: the same, or one that must fail for the other to hold."""
        found = []
        for first, second in combinations(self.hypotheses, 2):
            mine, other = _sided(first), _sided(second)
            if mine[:3] != other[:3]:
                continue
            if mine == other:
                found.append(f"{second.name} says what {first.name} says: claim something else, or leave it out")
            elif frozenset((mine[3], other[3])) in _APART and not (first.margin or second.margin):
                found.append(
                    f"{second.name} and {first.name} cannot both hold, so that one of them may whatever comes: claim one"
                )
        return tuple(found)


def read_hypotheses(plan: str, metrics: Collection[str]) -> Read:
    """Every hypothesis of a plan on these metrics and on its own runs; both empty where it holds none."""
    found: dict[str, Hypothesis] = {}
    problems: list[str] = []
    numbers = planned_runs(plan)
    for line in HYPOTHESIS_LINE.finditer(_BELOW.sub(r"\1: ", plan)):
        name = f"H{int(line['number'])}"
        read = _hypothesis(name, line["said"], metrics, numbers)
        if isinstance(read, str):
            problems.append(f"{name}: {read}")
        elif found.get(name, read) != read:
            problems.append(f"{name}: two hypotheses have this name; number them one by one")
        else:
            found[name] = read
    return Read(tuple(found.values()), tuple(problems))


def _hypothesis(name: str, said: str, metrics: Collection[str], planned: Collection[int]) -> Hypothesis | str:
    """A line as a hypothesis, or why it is none."""
    plain = re.sub(r"\*\*|`|\\(?=_)", "", said).strip()
    match = _STATEMENT.match(
        _CELLS.sub(r"\g<metric> of \g<run> \g<relation> \g<against>", plain) if plain.count("|") >= 3 else plain
    )
    if match is None:
        return f"{said.strip()[:80]!r} is not of the form {FORM}"
    relation, margin, rest = _related(match)
    if not _ENDS.match(rest):
        return f"{rest.strip()[:60]!r} goes beyond the form {FORM}; say one thing a line, a size only as {SIZED}"
    if margin == 0:
        return "a size is above 0"
    metric = _named(match["metric"], metrics)
    if metric is None:
        near = difflib.get_close_matches(_plain(match["metric"]), [_plain(each) for each in metrics], n=3, cutoff=0.4)
        which = (
            f"nearest: {', '.join(each for each in metrics if _plain(each) in near)}" if near else ", ".join(metrics)
        )
        return f"no metric {match['metric'].strip()!r} is measured; {which}"
    run, against = _run(match["run"]), _run(match["against"])
    if run.is_baseline:
        return "it must speak of a run of the plan; the baseline stands at the end"
    if run == against:
        return f"{run} cannot be compared with itself"
    for each in (run, against):
        if not each.is_baseline and each.number not in planned:
            return f"the plan has no {each}; it has {', '.join(RunName.of(number) for number in sorted(planned))}"
    return Hypothesis(name=name, metric=metric, run=run, relation=relation, against=against, margin=margin)


def _related(match: re.Match[str]) -> tuple[Relation, float | None, str]:
    """The relation, the size that it allows, and what stands behind both."""
    if match["within"]:
        return "within noise of", float(match["within"]), match["rest"]
    relation = re.sub(r"^no\b", "not", " ".join(match["relation"].lower().replace(" the ", " ").split()))
    by = _BY_MORE.match(match["rest"]) if relation == "not worse than" else None
    return (
        cast(Relation, relation),
        float(by["size"]) if by else None,
        match["rest"][by.end() :] if by else match["rest"],
    )


def _sided(each: Hypothesis) -> tuple[str, RunName, RunName, Relation, float | None]:
    """A hypothesis as it would be said of the run with the higher number, where it can be."""
    turned = _TURNED.get(each.relation, each.relation)
    if each.run.number < each.against.number and each.relation != "not worse than":
        return each.metric, each.against, each.run, turned, each.margin
    return each.metric, each.run, each.against, each.relation, each.margin


def _named(text: str, metrics: Collection[str]) -> str | None:
    """The metric that is meant, whatever stands between its words."""
    return next((each for each in metrics if _plain(each) == _plain(text)), None)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _run(text: str) -> RunName:
    number = re.search(r"\d+", text)
    return RunName.of(int(number[0])) if number else BASELINE

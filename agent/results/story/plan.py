"""A plan as far as the tool reads it: one numbered line a run; a line that begins with H1, H2 … is a hypothesis."""

from __future__ import annotations

import re

from agent.errors import BadAnswer
from agent.session.steps import BASELINE, RunName

_NUMBERED = re.compile(
    r"^[\s>#*_|`-]*(?:run|experiment)?[\s_#]*(\d{1,3})(?:[*_`\s]*[(\[]from\b[^)\]\n]*[)\]])?[*_`\s]*[.):|–—-][*_`]*[^\S\n]+[^\n]*\w",
    re.MULTILINE | re.IGNORECASE,
)
HYPOTHESIS_LINE = re.compile(
    r"^[\s>#*_|`(-]*(?:\[[ xX]?\]\s*)?(?:\d{1,3}[.)]\s+)?[*_`([]*(?:H[ \t]?|Hypothesis[ \t]+H?)(?P<number>\d{1,2})[a-z]?\b(?:[ \t]*\([^()\n]*\))?[*_`]*"
    r"(?:[ \t]*[:：.)\]|–—-]|,?[ \t](?=[^\n]*\bof[ \t]+(?:the[ \t]+)?run))[ \t:*_`]*(?P<said>[^\n]*)$",
    re.MULTILINE | re.IGNORECASE,
)
"""`H1: …`, `(H1) …`, `Hypothesis 1 (main) – …`, with whatever marks, and a number, before it."""
_MARKS = " \t*_`|#"
A_RUN = r"(?:the[ \t]+)?(baseline|run[ \t_#-]*\d+)"
"""How a run is named: `run_2`, `the baseline`."""
_IN_PLAN = re.compile(rf"[(\[][ \t]*from:?[ \t]+[`*_]*{A_RUN}[`*_]*[ \t]*[)\]]", re.IGNORECASE)


_BOLD = re.compile(r"(?<!\w)\*\*(?=\S)|(?<=\S)\*\*(?!\w)")
"""The marks of bold words, wherever they begin; not the power of `x**2` or `x ** 2`."""
_BRACKETS = re.compile(
    r"[(\[](?:from:?|prior art|rival|control|(?:with |on )?\d{1,2} seeds)\b[^)\]\n]*[)\]]", re.IGNORECASE
)
_TITLE_WORDS = 12
_FENCED = re.compile(r"^```\w*[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


def put_right(plan: str, lines: str) -> str:
    """A plan with hypotheses that came alone, each in the place of those that had its name; what else they come with stands behind it."""
    named = {int(line["number"]) for line in HYPOTHESIS_LINE.finditer(lines)}
    kept = HYPOTHESIS_LINE.sub(lambda line: "" if int(line["number"]) in named else line[0], plan)
    return f"{kept.rstrip()}\n\n{lines.strip()}"


def planned_runs(plan: str) -> dict[int, str]:
    """What a plan says of each run that it lists, by number; the first line counts where a number comes twice."""
    found: dict[int, str] = {}
    text = HYPOTHESIS_LINE.sub("", plan)
    for line in _NUMBERED.finditer(text):
        whole = text[line.start(1) :].partition("\n")[0]
        title = re.sub(r"^[\s*_`]*[(\[]from\b[^)\]]*[)\]]", "", whole.removeprefix(line[1]), flags=re.IGNORECASE)
        found.setdefault(int(line[1]), _BOLD.sub("", title).lstrip(_MARKS + ".):–—-").rstrip(_MARKS + "."))
    return found


_SEEDS_OF_LINE = re.compile(r"\((?:with |on )?(\d{1,2}) seeds\)", re.IGNORECASE)
_SEEDS_APART = re.compile(
    r"^[\s>#*_|`-]*run[\s_#]*(\d{1,3})[*_`\s]*[:–—-][*_`\s]*(\d{1,2}) seeds?[.\s*_`]*$", re.MULTILINE | re.IGNORECASE
)
_MOST_SEEDS = 10


def runs_planned(plan: str) -> int:
    """How many runs a plan lists; 0 where it numbers none. A number that comes twice is one run."""
    return len(planned_runs(plan))


def line_of(plan: str, number: int) -> str:
    """The plan's line of the run with this number, the first of them; empty where it has none."""
    text = HYPOTHESIS_LINE.sub("", plan)
    found = next((match for match in _NUMBERED.finditer(text) if int(match[1]) == number), None)
    return "" if found is None else text[found.start() :].lstrip("\n").partition("\n")[0]


def title_planned(plan: str, number: int) -> str:
    """What a plan calls the run of this number: `1. a smaller step (from run_2): …`; empty where its line is no title with what follows it."""
    title, _, change = planned_runs(plan).get(number, "").partition(":")
    title = " ".join(_BRACKETS.sub(" ", title).split()).strip(_MARKS)
    return title if change.strip(_MARKS) and 0 < len(title.split()) <= _TITLE_WORDS else ""


def named_in_plan(plan: str, run: RunName) -> RunName | None:
    """What the plan's line of this run names: `4. title (from run_2): …`, `run_4 (from baseline): …`; None where it names none."""
    found = _IN_PLAN.search(line_of(plan, run.number))
    return run_named(found[1]) if found else None


def run_named(text: str) -> RunName:
    """The run that A_RUN found."""
    digits = re.sub(r"\D", "", text)
    return RunName.of(int(digits)) if digits else BASELINE


_PRIOR_ART = re.compile(
    r"([^.;:,()\[\]\n]*)\bprior[- ]art\b(?!['’]s|[ \t]+(?:does|has|lacks|uses|cannot|shows|leaves|fails|needs|had|did)\b)|[(\[]rival[)\]]",
    re.IGNORECASE,
)
_APART = re.compile(
    r"(?<![-\w])(?:no|not|unlike|than|against|beyond|without|beside|over|from|vs|versus|compared|any|all|to|in|that|which|where|how|what)\b",
    re.IGNORECASE,
)


def is_prior_art(line: str) -> bool:
    """Whether a plan's line, or a run's title, says that the run is others' method: `(prior art)`, `(rival)`, `a penalty of prior art`.

    Not where the line sets its own method apart from it: `better than prior art`, `what prior art lacks`.
    """
    return any(_APART.search(found[1] or "") is None for found in _PRIOR_ART.finditer(line))


def seeds_planned(plan: str, number: int) -> int:
    """On how many seeds the plan wants the run of this number launched: `(3 seeds)` in its line, or a line `run_2: 3 seeds`.

    1 where it says nothing; 10 at most.
    """
    own = _SEEDS_OF_LINE.search(line_of(plan, number))
    apart = next((match for match in _SEEDS_APART.finditer(plan) if int(match[1]) == number), None)
    found = int(own[1]) if own else int(apart[2]) if apart else 1
    return max(1, min(found, _MOST_SEEDS))


def checked_plan(answer: str) -> str:
    """The plan that an answer is. Raises BadAnswer for one that lists no run: a refusal, a question, an empty answer."""
    if not runs_planned(answer):
        raise BadAnswer("it lists no run: one numbered line a run is needed (`1. title: what changes, and why`)")
    return unfenced(answer)


def unfenced(answer: str) -> str:
    """A plan without the fence that a model sets around it, and what it says to whoever asked before and behind that."""
    blocks = _FENCED.findall(answer)
    whole = len(blocks) == 1 and planned_runs(blocks[0]) == planned_runs(answer)
    return str(blocks[0]).strip() if whole else answer.strip()


_LAID_OUT = 4
"""Runs, each with a title of its own and what it changes, that no answer lists unless it is a plan."""


def is_laid_out(plan: str) -> bool:
    """Whether a plan shows by its form alone that it is one: `1. title: what changes`, in four lines of different titles."""
    titles = {
        said.partition(":")[0].strip().lower() for said in planned_runs(plan).values() if said.partition(":")[2].strip()
    }
    return len(titles) >= _LAID_OUT

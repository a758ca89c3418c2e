"""The grammar of references: `[[run_3.explained_variance]]` and its relatives, in notes and in LaTeX alike.

docs/references.md tells it for people. A reference is text between double square brackets; what it may say:

    RUN.METRIC                  the value                    RUN is run_3, run_0, baseline or best
    RUN.METRIC.FIELD            delta, noise, verdict, short, mean, spread, n, percent
    RUN.parent                  the run from whose code it began; RUN.METRIC.parent_delta, .parent_verdict against that one
    RUN.config.NAME             a setting that was used      RUN.training.NAME   what training recorded
    RUN.compute                 what it cost                 RUN.compute.FIELD   cpu_s, gpu_s, wall_s, peak_gb, data_cpu_s, times
    RUN.matched                 at what comparisons are made, and whether the run is there
    RUN.title   RUN.name        compare RUN RUN METRIC       conclusion [METRIC]     best METRIC
    count WORD [METRIC]         list WORD [METRIC]           table [METRIC …] [| RUN …]
    share WORD [METRIC]         how many of the runs         verdicts METRIC … [| RUN …]   several verdicts, joined
    frontier RUN METRIC         how a sweep's frontier stands to the baseline's, a clause: "run 3 dominates …"
    is CONDITION                yes or no (condition.py)
    confirmed                   what fresh seeds said, a sentence; confirmed.METRIC and confirmed.METRIC.FIELD of one metric
    H1                          a hypothesis of the plan     H1.outcome  what came of it
    reported.NAME.METRIC        what others published of a baseline; never in a comparison, a count or a table
    reported.source             where they published it

A passage may carry its condition, `[[if run_3.mse better]] … [[else]] … [[end]]`: see condition.py and passages.py.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.session.steps import BASELINE, RunName

_SEVERAL = re.compile(
    r"(?P<runs>[Rr]uns \d+(?: (?:and )?(?:run_)?\d+)*|run_\d+(?: (?:and )?(?:run_)?\d+)+)\.(?P<metric>\w+)[. ](?:verdicts?|short)"
)
REFERENCE = re.compile(r"\[\[([^\[\]]+)\]\]")
FIELDS = (
    "delta",
    "noise",
    "band",
    "verdict",
    "short",
    "mean",
    "spread",
    "n",
    "percent",
    "parent_delta",
    "parent_verdict",
)
GROUPS = ("better", "worse", "within")
PLAIN_GROUPS = ("runs", "comparable", "not_comparable")
PARENT = "parent"
"""What stands behind a run for the one that it began from."""
MATCHED = "matched"
"""What stands behind a run for how it stands to what comparisons are made at."""
REPORTED = "reported"
"""The name under which published values stand; they were not measured here."""
CONFIRMED = "confirmed"
"""The name under which the confirmation stands."""
WORDS = ("compare", "count", "list", "share", "table", "verdicts", "frontier", "is", "conclusion", "best")

MARKS = ("if", "else", "end")
"""What begins, divides and ends a passage with a condition; no values (passages.py)."""

JUDGING = frozenset({"compare", "count", "list", "share", "verdicts", "frontier", "conclusion"})
"""Words whose text is itself a computed comparison."""
_SAYS_NO_OUTCOME = (("run",), ("name",), ("seeds",))
JUDGING_FIELDS = frozenset({"delta", "verdict", "short", "percent", "parent_delta", "parent_verdict"})
"""Fields whose text is itself a computed comparison."""


def names_a_hypothesis(head: str) -> bool:
    """Whether a reference begins with H1, H2, …"""
    return re.fullmatch(r"H\d{1,2}", head) is not None


@dataclass(frozen=True)
class Reference:
    """A reference taken apart: `text` is its canonical form, `head` a word of WORDS or a run, `rest` what follows."""

    text: str
    head: str
    rest: tuple[str, ...]

    @property
    def judges(self) -> bool:
        """Whether what is filled in says how something compares, noise taken into account."""
        if self.head in JUDGING or (names_a_hypothesis(self.head) and self.rest == ("outcome",)):
            return True
        if self.head == CONFIRMED:
            return self.rest not in _SAYS_NO_OUTCOME and self.rest[1:] in ((), ("delta",), ("verdict",))
        return len(self.rest) == 2 and self.rest[1] in JUDGING_FIELDS

    def judged_metric(self, primary: str) -> str:
        """The metric whose comparison this reference says; empty where it says none."""
        if not self.judges or names_a_hypothesis(self.head):
            return ""
        place = {"compare": 2, "conclusion": 0, "verdicts": 0}.get(self.head, 1) if self.head in JUDGING else 0
        named = self.rest[place] if len(self.rest) > place else ""
        return named or (primary if self.head == "conclusion" else "")

    @property
    def tells_a_result(self) -> bool:
        """Whether what is filled in is a run's measured value, not its noise, its seeds or a setting."""
        if (
            self.is_word
            or self.head in MARKS
            or not self.rest
            or names_a_hypothesis(self.head)
            or self.rest[0] in ("config", "training", "title", "name", "compute", MATCHED, PARENT)
        ):
            return False
        return len(self.rest) == 1 or self.rest[1] not in ("n", "noise", "band", "spread")

    @property
    def is_word(self) -> bool:
        return self.head in WORDS and (self.head != "best" or "." not in self.text)


def tidied(inner: str) -> str:
    """What stands between the brackets in its one form: `run\\_3 . l0` is `run_3.l0`, `run 3` is `run_3`."""
    text = inner.replace("\\_", "_").replace("\\|", "|").strip().strip("`")
    text = re.sub(r"\b[Rr]un[ _-]?(0|[1-9]\d*)\b", lambda match: RunName.of(int(match[1])), text)
    text = re.sub(r"\s*\.\s*", ".", text)
    text = re.sub(r"\s*\|\s*", " | ", text)
    text = re.sub(r"[,\s]+", " ", text).strip()
    text = re.sub(r"\b[Bb]aseline\b", BASELINE, text)
    return re.sub(r"\Ah(?=\d{1,2}(?:\.|\Z))", "H", text)


def parse_reference(inner: str) -> Reference:
    """What stands between the brackets, forgiving in form."""
    text = tidied(inner)
    text = _of_several(text)
    first = text.split(" ")[0]
    if first == CONFIRMED:
        text = text.replace(" ", ".")
    elif first in (*WORDS, *MARKS):
        return Reference(text, first, tuple(text.split(" ")[1:]))
    head, _, rest = text.partition(".")
    if rest.startswith(("config.", "training.")):
        section, _, name = rest.partition(".")
        return Reference(text, head, (section, name))
    return Reference(text, head, tuple(rest.split(".")) if rest else ())


def _of_several(text: str) -> str:
    """`runs 1 and 2.mse.verdict`, `run_1 run_2.mse verdict` in their one form, `verdicts mse | run_1 run_2`; else the text."""
    match = _SEVERAL.fullmatch(text)
    if match is None:
        return re.sub(r"\Averdict ", "verdicts ", text)
    runs = [RunName.of(int(number)) for number in re.findall(r"\d+", match["runs"])]
    return f"verdicts {match['metric']} | {' '.join(runs)}"


def references(text: str) -> list[Reference]:
    """Every reference of a text, in order."""
    return [parse_reference(match.group(1)) for match in REFERENCE.finditer(text)]


def nearest(name: str, valid: Iterable[str]) -> str:
    """For a message on a name that does not exist: those that it may have meant, else all there are."""
    names = list(valid)
    tidy = {re.sub(r"[^a-z0-9]", "", known.lower()): known for known in names}
    close = difflib.get_close_matches(re.sub(r"[^a-z0-9]", "", name.lower()), list(tidy), n=3, cutoff=0.4)
    if close:
        return f"nearest: {', '.join(tidy[found] for found in close)}"
    return f"valid: {', '.join(names[:30])}" if names else "there are none"

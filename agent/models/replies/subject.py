"""Whether an answer speaks of its session at all: the test of a refusal that needs no word of it in any language.

A plan, a note, advice, a section of a session names its runs, its metrics, its settings or its numbers. An answer that names
none is asked for once more in neutral words, whatever it says and in whatever language; one that does stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.errors import BadAnswer

NAMES_NOTHING = (
    "it names no run, no metric with a value, no setting, no measurement: it cannot be used as {what}. Give what is asked "
    "for, and call runs, metrics and settings as the question does"
)
_COUNTED = re.compile(
    r"^[\s>#*_|`-]*(?:run|experiment)?[\s_#]*\d{1,3}[*_`]*[.):][*_`]*\s", re.MULTILINE | re.IGNORECASE
)
"""What numbers a line is no number of the session, and no run of it."""
_ANYWHERE = re.compile(
    r"\[\[[^\[\]]+\]\]|\brun[\s_#-]*\d|(?<!\w)\w*[A-Za-z]_\w+|\bbaselines?\b|\bseeds?\b|\bnoise\b|\bhyperparamet\w+"
    r"|\b[\w-]+\.(?:py|json|pdf|png)\b|\bH\d{1,2}\b|\\(?:cite|ref|eq|frac|mathcal|mathbf|sum|lambda|alpha|label)\w*|\b\w+\(\w*\)",
    re.IGNORECASE,
)
"""Names that no refusal holds, in any language: of runs, settings, files, hypotheses, code, mathematics; words that are loaned everywhere."""
_MEASURED = re.compile(
    r"(?<![\w.-])(?:\d+[.,]\d+|\d+e-?\d+|\d+\s?[%％]|(?!(?:[45]\d\d|1[89]\d\d|20\d\d)(?!\d))\d{2,})(?![\w-]|\.\d)|[=<>≤≥≈±×∑√]|(?<!\w)[λαβσμθ](?![^\W\d_])"
)
"""A measurement or a formula; a year or a server's status is none."""
_LEAST_LETTERS, _STEM = 5, 6
_ENGLISH = re.compile(
    r"the|of|and|a|an|in|to|is|are|we|on|for|with|that|by|this|it|as|at|from|be|was|were|or|not|no|than|which|does|do|its|more|"
    r"most|all|one|after|before|until|so|but|if|where|when|what|yes|only|nothing|each|both|less|how"
)
_ENGLISH_SHARE = 0.2
_WORK = re.compile(
    r"\b(?:metrics?|loss(?:es)?|weights?|settings?|budgets?|compute|steps?|learning|schedule\w*|scheduling|threshold\w*|penalt\w+|variances?|means?|averag\w+"
    r"|significan\w+|effects?|gains?|hypothes[ie]s|controls?|ablat\w+|compar\w+|differ\w*|lower|higher|rates?|samples?|iterates?|launch\w*|training"
    r"|confound\w*|unchanged|leak\w*|held[ -]out|starting|parameters?|equations?|larger|smaller|halv\w+|doubl\w+|longer|shorter|faster|slower|worse|runs?|running|rerun\w*)\b",
    re.IGNORECASE,
)
"""What one says of experiments in English; in the few other languages that write a word so, it counts for nothing."""
_SAYS_YES_OR_NO = re.compile(r"(?:^|[.!?:;]\s+)[\W\d_]*(?:yes|no|nothing|none)\b", re.IGNORECASE | re.MULTILINE)
_COMMON = re.compile(
    r"experiment|model|method|research|forskn|section|request|question|answer|information|informer|system|assist|write|writing|artificial|"
    r"intelligen|language|content|context|general|generat|result|program|process|project|problem|probl\w*|scientific|studie|please|project|product|produce|possible|"
    r"provide|plan|advice|train|their|there|these|those|which|would|could|should|about|paper|data|detail|analysis|image|images|text"
)
"""Beginnings of words that a refusal may share with any idea."""


@dataclass(frozen=True)
class Subject:
    """What a session is about."""

    metrics: re.Pattern[str]
    """Any of its metrics, as it is named or as it is spoken."""
    stems: frozenset[str]
    """How the words of its idea begin."""

    def is_named_in(self, text: str) -> bool:
        """Whether a text speaks of the session: a name or a number of it; in English, a word of the work or the idea.

        In another language the name of a metric is not enough: a refusal whose words are not known may name what it refuses.
        """
        bare = _COUNTED.sub(" ", text)
        beside = self.metrics.sub(" ", bare)
        english = _is_english(beside)
        said = bare if english else beside
        if _ANYWHERE.search(said) or _MEASURED.search(said) or self.metrics.search(said):
            return True
        if not english:
            return False
        if len(_SAYS_YES_OR_NO.findall(bare)) > 1:
            return True
        return _WORK.search(bare) is not None or bool(_stems(bare) & self.stems)

    def touches(self, text: str) -> bool:
        """Whether a title holds a word of the idea, or a metric: less than a text must say."""
        return bool(self.metrics.search(text) or _stems(text) & self.stems)


def subject_of(metrics: Iterable[str], known: str) -> Subject:
    """The subject of a session with these metrics, where `known` holds the words of its idea and the title of its template."""
    spoken = [r"[\s_-]?".join(map(re.escape, re.split(r"[_\s-]+", name))) for name in metrics]
    names = re.compile(
        rf"(?<![A-Za-z0-9_])(?:{'|'.join(spoken)})(?![A-Za-z0-9_])" if spoken else r"(?!)", re.IGNORECASE
    )
    return Subject(names, frozenset(_stems(known)))


def check_speaks(text: str, subject: Subject, what: str) -> str:
    """The text. Raises BadAnswer where it does not speak of the session; `what` it was to be, with its article."""
    if not subject.is_named_in(text):
        raise BadAnswer(NAMES_NOTHING.format(what=what))
    return text


def _stems(text: str) -> set[str]:
    words = (word.lower() for word in re.findall(r"[^\W\d_]+", text) if len(word) >= _LEAST_LETTERS)
    return {word[:_STEM] for word in words if _COMMON.match(word) is None}


def _is_english(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.lower())
    if any(char.isalpha() and ord(char) > 0x24F and not 0x370 <= ord(char) < 0x400 for char in text):
        return False  # Greek letters are mathematics
    if len(words) < _LEAST_LETTERS and not all(word.isascii() for word in words):
        return False
    english = sum(_ENGLISH.fullmatch(word) is not None or _WORK.fullmatch(word) is not None for word in words)
    return len(words) < _LEAST_LETTERS or english >= _ENGLISH_SHARE * len(words)

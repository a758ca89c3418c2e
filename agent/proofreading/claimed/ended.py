"""A run that has no results: that it failed, was given up or never made may be said of it, and nothing more."""

from __future__ import annotations

from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.kinds.words import CAME_OUT, COMPARATIVE
from agent.proofreading.sentences.names import NamedRun, Names

_LEADS_UP = phrases(
    r"(?:memory|disk|machine|gave (?:it|them) up|failures?|crash(?:es)?|loss|attempts?|launch(?:es)?|abandon\w*|gave up|giv(?:e|es|en|ing) up|dropp\w+|dropping|planned|plans?|without|omit\w*|exclud\w*|no (?:results?|values?|scores?|numbers)|instead|cancel\w*|skip(?:s|ped|ping)|never (?:ran|made|launched)|not (?:run|made|launched))"
)
_ENDS = phrases(
    r"(?:fail(?:s|ed)?|crash(?:es|ed)|died?|dies|never got past|diverged|timed out|ran out|aborted|never (?:ran|finished|started|ended)|gave no|left no|produced no|yielded no|has no|have no|had no)",
    r"(?:is|was|were|has been|had been) (?:\w+ly |then |also |not |never )*(?:given up|abandoned|dropped|stopped|cancelled|skipped|cut|killed|run|made|launched|planned|excluded|aborted|omitted|refused|interrupted|incomplete|missing|left out|unfinished)",
    r"(?:does|did|do) not (?:\w+ )?(?:appear|enter)|(?:was|were|is) (?:taken out|removed|withdrawn|set aside)",
    r"(?:ends?|ended|stopped|exits?|exited) (?:with|in|on|at|after|by|before|early)",
    r"(?:did|does|could|would) not (?:finish|end|run|complete|start|be|fit|converge|train)",
    r"(?:exceed(?:s|ed)|hit|ran into|used up|went over) (?:its|the|a) (?:\w+ )?(?:time|memory|limit|budget|error)",
)
_CAME_OUT = phrases(
    r"(?!failed|fails|fail|dropped|exceed\w* (?:its|the|a) (?:\w+ )?(?:memory|time|budget|limit))" + CAME_OUT,
    COMPARATIVE,
    r"(?:the )?same (?:trend|pattern|direction|effect|behaviou?r)",
    r"(?:looked|seemed|appeared|promising|trend|on top|best|worst|first|showed|suggest\w*|confirm\w*|support\w*)",
)


def tells_its_end(text: str, run: NamedRun, names: Names) -> bool:
    """Whether all that a text says of a run without results is that it has none, and why."""
    if names.metrics(text) or _CAME_OUT.search(text):
        return False
    return _ENDS.search(text, run.end) is not None or _LEADS_UP.search(text, 0, run.start) is not None

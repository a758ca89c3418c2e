"""What a number of a file is by the names above it: measured, a spread, a count of repeats, or chosen."""

from __future__ import annotations

import re

from agent.drafts.records.chosen import SETTINGS, SETTINGS_WITHIN, is_chosen
from agent.drafts.records.runs import Role

_SPREAD = re.compile(
    r"(?:^|_)(?:std(?:err|dev|ev|_err|_dev)?s?|sems?|se|spreads?|ci(?:_?95)?|standard_(?:deviation|error)s?|stderr|noise|half_?width)$",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"^(?:n|count|(?:n|num)_?(?:seeds|repeats|runs|trials|folds|repetitions|replicates)|repeats)$", re.IGNORECASE
)
_INDEX = re.compile(
    r"(?:global_?|training_?)?(?:epoch|step|iteration|iter)|fold|index|idx|seed|best_(?:trial|run)|trial_(?:id|number)",
    re.IGNORECASE,
)
"""What numbers the rows of a record."""


def role_within(name: str, role: Role) -> Role:
    """The role of what stands under a name, within something of that role."""
    if role == "setting" or SETTINGS.search(name) or _INDEX.fullmatch(name) or is_chosen(name):
        return "setting"
    if role == "value" and _SPREAD.search(name):
        return "spread"
    return "count" if role == "value" and _COUNT.search(name) else role


def role_of_group(name: str, above: Role, own: Role) -> Role:
    """The same of a group: `params` are settings, and what measures an `index` numbers no rows."""
    if SETTINGS_WITHIN.search(name):
        return "setting"
    return own if SETTINGS.search(name) or not _INDEX.fullmatch(name) else above

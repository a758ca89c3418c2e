"""Which metrics no percentage is a value of: times, sizes, counts, and whatever exceeds a whole in a run."""

from __future__ import annotations

import re

from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Key
from agent.drafts.text.units import unit_of_path

_COUNT = re.compile(r"(?:n|num|nb|number|count)_", re.IGNORECASE)
_IN_PERCENT = re.compile(r"percent|pct", re.IGNORECASE)
_WHOLE = 100.0
"""What no share exceeds, in percent."""


def is_no_share(key: Key, values: Values) -> bool:
    """Whether 12% is no value of a metric: it is a time, a size, a count, or more than a hundred in a run."""
    known = values.central.get(key, {})
    large = any(abs(one.value) > _WHOLE for one in known.values()) and not _IN_PERCENT.search(key.path[-1])
    return large or unit_of_path(key.path) is not None or _COUNT.match(key.path[-1]) is not None

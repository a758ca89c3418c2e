"""What a number of a file is by the names above it: measured, a spread, a count of repeats, or chosen."""

from __future__ import annotations

import re

from agent.drafts.records.runs import Role

_SPREAD = re.compile(
    r"(?:^|_)(?:std(?:err|dev|ev|_err|_dev)?s?|sems?|se|spreads?|ci(?:_?95)?|standard_(?:deviation|error)s?|stderr|noise|half_?width)$",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"^(?:n|count|(?:n|num)_?(?:seeds|repeats|runs|trials|folds|repetitions|replicates)|repeats)$", re.IGNORECASE
)
SETTINGS = re.compile(
    r"config|cfg|hparam|hyper_?param|^args?$|arguments|settings?$|options|^setup$|^n[-_](?:shot|samples)$|^versions$|^higher_is_better$|^num_fewshot$",
    re.IGNORECASE,
)
_SETTINGS_WITHIN = re.compile(r"(?:^|_)params$", re.IGNORECASE)
"""A group of settings; as a number it is how many a model has."""
_INDEX = re.compile(
    r"(?:global_?|training_?)?(?:epoch|step|iteration|iter)|fold|index|idx|seed|best_(?:trial|run)|trial_(?:id|number)",
    re.IGNORECASE,
)
"""What numbers the rows of a record."""
_CHOSEN = re.compile(
    r"lr|learning_?rate|(?:train_|eval_|per_device_(?:train|eval)_)?batch_?size|weight_?decay|momentum|dropout(?:_rate)?|hidden_?(?:size|dim)|d_model"
    r"|(?:n|num)_?(?:layers?|heads?|hidden_layers|epochs|folds)|vocab_?size|emb(?:ed(?:ding)?)?_?dim|max_(?:length|seq_len|epochs|steps)"
    r"|seq_?len(?:gth)?|context_(?:length|size)|warmup_(?:steps|ratio|epochs)|grad(?:ient)?_clip\w*|gamma|optimi[sz]er",
    re.IGNORECASE,
)
"""What nobody measures, wherever it stands."""


def role_within(name: str, role: Role) -> Role:
    """The role of what stands under a name, within something of that role."""
    if role == "setting" or SETTINGS.search(name) or _INDEX.fullmatch(name) or _CHOSEN.fullmatch(name):
        return "setting"
    if role == "value" and _SPREAD.search(name):
        return "spread"
    return "count" if role == "value" and _COUNT.search(name) else role


def role_of_group(name: str, above: Role, own: Role) -> Role:
    """The same of a group: `params` are settings, and what measures an `index` numbers no rows."""
    if _SETTINGS_WITHIN.search(name):
        return "setting"
    return own if SETTINGS.search(name) or not _INDEX.fullmatch(name) else above


def holds_settings(name: str) -> bool:
    """Whether a group of this name is one of settings."""
    return bool(SETTINGS.search(name) or _SETTINGS_WITHIN.search(name))


def is_chosen(name: str) -> bool:
    """Whether a number of this name is set, wherever it stands."""
    return _CHOSEN.fullmatch(name) is not None

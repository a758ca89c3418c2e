"""What is set and not measured, by the names under which it stands."""

from __future__ import annotations

import re

SETTINGS = re.compile(
    r"config|cfg|hparam|hyper_?param|^args?$|arguments|settings?$|options|^setup$|^n[-_](?:shot|samples)$|^versions$|^higher_is_better$|^num_fewshot$",
    re.IGNORECASE,
)
SETTINGS_WITHIN = re.compile(r"(?:^|_)params$", re.IGNORECASE)
"""A group of settings; as a number it is how many a model has."""
_CHOSEN = re.compile(
    r"lr|learning_?rate|(?:train_|eval_|per_device_(?:train|eval)_)?batch_?size|weight_?decay|momentum|dropout(?:_rate)?|hidden_?(?:size|dim)|d_model"
    r"|(?:n|num)_?(?:layers?|heads?|hidden_layers|epochs|folds)|vocab_?size|emb(?:ed(?:ding)?)?_?dim|max_(?:length|seq_len|epochs|steps)"
    r"|seq_?len(?:gth)?|context_(?:length|size)|warmup_(?:steps|ratio|epochs)|grad(?:ient)?_clip\w*|gamma|optimi[sz]er",
    re.IGNORECASE,
)
"""What nobody measures, wherever it stands."""


def holds_settings(name: str) -> bool:
    """Whether a group of this name is one of settings."""
    return bool(SETTINGS.search(name) or SETTINGS_WITHIN.search(name))


def is_chosen(name: str) -> bool:
    """Whether a number of this name is set, wherever it stands."""
    return _CHOSEN.fullmatch(name) is not None

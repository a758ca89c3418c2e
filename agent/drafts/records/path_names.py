"""What the names of folders and files say: of which run they are, which repeat, with which settings; and what says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

NUMBERED = re.compile(r"(?:run|exp|trial|experiment|job|version)[_-]?\d+", re.IGNORECASE)
SEED = re.compile(r"(?:seed|rep|repeat|fold|try|replicate)[_=-]?\d+|\d+", re.IGNORECASE)
KINDS = frozenset(
    [
        "eval",
        "evals",
        "evaluation",
        "evaluations",
        "scores",
        "train",
        "training",
        "test",
        "logs",
        "log",
        "csv_logs",
        "csv",
        "json",
        "metrics",
        "results",
        "result",
        "output",
        "outputs",
        "checkpoints",
        "final",
        "files",
        "wandb",
        "mlruns",
        "multirun",
        "lightning_logs",
        "tb_logs",
        "tensorboard",
        "runs",
        "exp",
        "exps",
        "experiment",
        "experiments",
        "ray_results",
    ]
)
"""Folders that say in which form something lies, and not of what it is."""
OPAQUE = re.compile(
    r"\d+|(?=[0-9a-f-]*\d)[0-9a-f]{6,}(?:-[0-9a-f]{4,})*|(?:offline-)?run-\d{8}[_-]\d{6}.*|\d{8}[_-]\d{4,6}.*|\d{4}-\d\d-\d\d.*|\d\d-\d\d-\d\d"
    r"|(?:version|job|trial)[_-]?\d+|\w+_[0-9a-f]{5}_\d{5}.*",
    re.IGNORECASE,
)
"""Names that a program gave: numbers, hashes, dates."""
_STAMP = r"(?:19|20)\d\d-\d\d-\d\d(?:[T_-]+\d\d[-:h]?\d\d(?:[-:m]?\d\d)?(?:\.\d+)?)?|(?:19|20)\d{6}(?:[T_-]?\d{4,6})?|\d\d-\d\d-\d\d"
_DATED = re.compile(rf"(?:^|(?<=[_.-]))(?:{_STAMP})(?=$|[_.-])")
"""A date, with or without the time of day."""
_TRACKED = re.compile(r"(?:offline-)?(?:run|exp|experiment|model|job)[_-]?(?=\d{8}[_-]\d{6})[\w.-]*", re.IGNORECASE)
"""A tracker's folder: `run-20260210_101500-3k9x01ab`."""
_HASHED = re.compile(r"(?:^|[_.-])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}$", re.IGNORECASE)
_CHECKPOINT = re.compile(r"(?:checkpoint|ckpt|step|epoch)[_=-]?\d+", re.IGNORECASE)
_REPEAT = re.compile(
    r"(?:^|[_,.\s-])(?:random_?)?(?:seed|rep|repeat|fold|replicate)s?[_=-]?\d+(?=$|[_,.\s-])", re.IGNORECASE
)
_SHORT_REPEAT = re.compile(r"[_-]s\d+$")
_COUNTED = re.compile(r"(.*[A-Za-z]\w*)[_-](\d)$")
"""A name with a number behind it: `sac_0`."""
_PAIR = re.compile(
    r"(?:^|(?<=[,;&_ -]))([A-Za-z][A-Za-z0-9.]*(?:_[A-Za-z][A-Za-z0-9.]*)*)=([^,;&=]*?)(?=$|[,;&]|[_ -](?=[A-Za-z][\w.]*=))"
)
_IN_FORM = re.compile(
    r"^(?:(?:results?|metrics?|scores?|summary|final|log|history|eval)[_-]+)+(?=[A-Za-z])"
    r"|(?<=[A-Za-z0-9])(?:[_-]+(?:eval|results?|metrics?|scores?|summary|final|log|history|info))+$",
    re.IGNORECASE,
)
_IDLE = frozenset({"run", "exp", "experiment", "model", "job"})
_FEWEST = 2
_TRIED = 8
_MOST = 0.7
"""Of all names and of all pairs, those that are both."""


def pairs_in(part: str) -> dict[str, str]:
    """The settings that a name says: lr and seed of `lr=1e-3_seed=0`."""
    return {match[1]: match[2] for match in _PAIR.finditer(part)}


def without_repeat(part: str) -> str:
    """A name without the seed or fold that it says: `mixup` of `mixup_seed0`; empty where it says nothing else."""
    if SEED.fullmatch(part) and not part.isdigit():
        return ""
    bare = _REPEAT.sub("", part).strip("_-,. ")
    return "" if bare != part and bare.lower() in _IDLE else bare


def without_form(stem: str) -> str:
    """A file's name without what says only that results are in it: `mixup` of `results_mixup`, and of `mixup_eval_results`."""
    return _IN_FORM.sub("", stem) or stem


def undated(part: str) -> str:
    """A name without the date in it, and the hash behind that: `topk` of `2026-02-10_topk_3f9a1c`; empty where it says nothing else."""
    bare = _DATED.sub("", part)
    if bare == part:
        return part
    bare = _HASHED.sub("", bare).strip("_-. ")
    return "" if bare.lower() in _IDLE or _TRACKED.fullmatch(part) else bare


def unstamped(part: str) -> str:
    """A name without what tells one launch of it from another, a date or a hash."""
    return _HASHED.sub("", undated(part))


def is_of_a_launch(part: str) -> bool:
    """Whether a folder's name is a program's, a number or a date, or ends in one: `topk_3f9a1c`, `2026-02-10_topk`."""
    return bool(OPAQUE.fullmatch(part) or NUMBERED.fullmatch(part)) or unstamped(part) != part


def says_nothing(part: str) -> bool:
    """Whether a folder's name tells no run: `results`, a date, a checkpoint of one run."""
    low = part.lower()
    return (
        low in KINDS
        or without_form(low) in KINDS
        or low.startswith(".")
        or not undated(part)
        or bool(_CHECKPOINT.fullmatch(part))
    )


def short_repeats(names: Iterable[str]) -> frozenset[str]:
    """Those names that differ from others in a last `_s0`, `_s1` alone; `_s30`, `_s50`, `_s70` and `_s2`, `_s4`, `_s8` are values of a setting."""
    names = list(names)
    return _lettered(names) | _counted(names)


def _counted(names: Iterable[str]) -> frozenset[str]:
    """Names of several methods, each counted from 0 on: `sac_0`, `sac_1`, `td3_0`, `td3_1`; `gated_layer_0` is one layer of several."""
    held: dict[str, set[int]] = {}
    for name in names:
        if match := _COUNTED.fullmatch(name):
            held.setdefault(match[1], set()).add(int(match[2]))
    lasts = {re.split(r"[_-]", stem)[-1].lower() for stem in held}
    even = all(numbers == set(range(len(numbers))) for numbers in held.values())
    if len(held) < _FEWEST or len(lasts) < _FEWEST or not even or min(map(len, held.values())) < _FEWEST:
        return frozenset()
    return frozenset(f"{stem}{mark}{number}" for stem, numbers in held.items() for number in numbers for mark in "_-")


def _lettered(names: Iterable[str]) -> frozenset[str]:
    """With the letter of a seed."""
    held: dict[str, set[str]] = {}
    for name in names:
        if _SHORT_REPEAT.search(name):
            held.setdefault(_SHORT_REPEAT.sub("", name), set()).add(name)
    numbers = {int(name.rpartition("s")[2]) for alike in held.values() for name in alike}
    if numbers and (all(one and one % 5 == 0 for one in numbers) or _are_doubled(numbers)):
        return frozenset()
    return frozenset(name for alike in held.values() if len(alike) >= _FEWEST for name in alike)


def _are_doubled(numbers: set[int]) -> bool:
    """Whether all are powers of two, and not only 1 and 2."""
    return max(numbers) > _FEWEST and all(one and one & (one - 1) == 0 for one in numbers)


def without_short_repeat(name: str) -> str:
    """A name that ends in a short repeat without it."""
    return re.sub(r"[_-]s?\d+$", "", name)


def slot(file: str, run: str = "") -> str:
    """What of a file's place is the same for all repeats of its run: files in one slot repeat each other, others do not."""
    *folders, name = PurePosixPath(file).parts or ("",)
    own = run.split("/")
    folders = [bare if (bare := without_short_repeat(part)) in own and part not in own else part for part in folders]
    folders = [part for part in folders if not (OPAQUE.fullmatch(part) or NUMBERED.fullmatch(part))]
    kept = [unstamped(without_repeat(part)) for part in folders]
    stem = PurePosixPath(name).stem
    bare = "" if OPAQUE.fullmatch(stem) else _SHORT_REPEAT.sub("", unstamped(without_repeat(stem)))
    said = {name: value for part in folders for name, value in pairs_in(part).items() if not _is_repeat(name)}
    kept = [part for part in kept if part and not pairs_in(part)]
    return "/".join([*kept, *map("=".join, sorted(said.items())), re.sub(r"[_-]?\d+$", "", bare)])


def _is_repeat(name: str) -> bool:
    return bool(re.fullmatch(r"(?:random_?)?(?:seed|rep|repeat|fold|replicate|trial)s?", name, re.IGNORECASE))


def grid(names: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Name → (first, second) where most names pair several firsts with several seconds: `mixup_pets`, `mixup_cars`, `cutout_pets`, …"""
    every = frozenset(name for name in names if _SIGN.search(name))
    for sample in sorted(every)[:_TRIED]:
        for mark in re.finditer(r"[_-]+", sample):
            before, behind = sample[: mark.start()], sample[mark.start() :]
            firsts = {name[: -len(behind)] for name in every if name.endswith(behind) and len(name) > len(behind)}
            seconds = {
                name[len(before) :] for name in every if name.startswith(before) and _SIGN.match(name, len(before))
            }
            if min(len(firsts), len(seconds)) < _FEWEST:
                continue
            pairs = {first + second: (first, second.lstrip("_-")) for first in firsts for second in seconds}
            told = {name: pair for name, pair in pairs.items() if name in every}
            if len(told) >= _FEWEST**2 and len(told) >= _MOST * max(len(every), len(pairs)):
                return told
    return {}


_SIGN = re.compile(r"[_-]+[A-Za-z0-9]")

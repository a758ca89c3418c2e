"""The hub's data sets that sae-bench reads at full scale: from folders of their names (`data_dir`), or from the hub."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from harness.cache import key_of
from harness.content import content_hash
from harness.hub import data_set_revision, remedy

EXAMPLE = "LabHC/bias_in_bios"


def in_folder(names: Iterable[str], data_dir: Path | None) -> dict[Path, Path]:
    """Those that lie in `data_dir`, by the relative path under which sae-bench looks for them."""
    if data_dir is None:
        return {}
    return {Path(name): data_dir / name for name in names if (data_dir / name).is_dir()}


def identity(name: str, data_dir: Path | None) -> str:
    """What is read under that name: a hash of the folder's files, else the hub's commit. For the cache's key."""
    if (folder := in_folder([name], data_dir).get(Path(name))) is None:
        return data_set_revision(name, None)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return key_of({str(path.relative_to(folder)): content_hash(path) for path in files})


def missing(name: str, data_dir: Path | None) -> list[str]:
    """Whether a data set of the hub is in the folder that is given, on this machine, or can be had."""
    if data_dir is not None:
        there = (data_dir / name).is_dir()
        return (
            [] if there else [f"the data set {name} is not in {data_dir}: put its files in {data_dir / name}"]
        )
    if _is_downloaded(name):
        return []
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        return [
            f"the data set {name} is not on this machine and HF_HUB_OFFLINE is set: unset it, or name --data_dir"
        ]
    from huggingface_hub import HfApi

    try:
        HfApi().dataset_info(name, timeout=20)
    except Exception as error:  # the hub's errors share no base class; an unknown one is raised again
        why = remedy(error, "data set", EXAMPLE)
        if why is None:
            raise
        return [f"the data set {name} cannot be had: {why}"]
    return []


def _is_downloaded(name: str) -> bool:
    """Whether the hub's cache or that of `datasets` holds it."""
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    kept = [
        Path(os.environ.get("HF_HUB_CACHE", home / "hub"))
        / f"datasets--{name.replace('/', '--')}"
        / "snapshots",
        Path(os.environ.get("HF_DATASETS_CACHE", home / "datasets")) / name.replace("/", "___").lower(),
    ]
    return any(folder.is_dir() and any(folder.iterdir()) for folder in kept)

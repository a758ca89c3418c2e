"""The environment of everything that runs in a sandbox: built from nothing, so no key or token can be in it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MACHINE = (
    "LD_LIBRARY_PATH",
    "CUDA_HOME",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES",
    "ROCR_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "CUBLAS_WORKSPACE_CONFIG",
)
"""Facts of a machine that a numerical program needs and that hold no secret: another machine has its own."""
_KEPT = ("LANG", "LC_ALL", "TZ", *MACHINE)
_IN_SCRATCH = {
    "HOME": "home",
    "TMPDIR": "tmp",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "TRITON_CACHE_DIR": "cache/triton",
    "CUDA_CACHE_PATH": "cache/cuda",
    "MPLCONFIGDIR": "cache/matplotlib",
    "NUMBA_CACHE_DIR": "cache/numba",
    "HF_HOME": "cache/huggingface",
    "WANDB_DIR": "cache/wandb",
}
_FIXED = {
    "MPLBACKEND": "Agg",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "WANDB_MODE": "offline",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "NO_COLOR": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # threads that spin while they wait are many times slower on shared cores
}


def clean_environment(
    scratch: Path, extra: Mapping[str, str], keeps: Iterable[str] = (), caches: Iterable[str] = ()
) -> dict[str, str]:
    """The whole environment of a sandboxed process; makes its folders in `scratch`. `extra` wins.

    `keeps` names further variables that come from the user's environment, `caches` further ones that name a folder.
    """
    kept = [name for name in (*_KEPT, *keeps) if name in os.environ]
    env = {"PATH": _PATH, "LANG": "C.UTF-8", **{name: os.environ[name] for name in kept}}
    folders = {**_IN_SCRATCH, **{name: f"cache/{name.lower()}" for name in caches}}
    for name, folder in folders.items():
        path = scratch / folder
        path.mkdir(parents=True, exist_ok=True)
        env[name] = str(path)
    hub = hub_cache()
    if hub is not None:
        env["HF_HUB_CACHE"] = str(hub)  # models fetched earlier stay readable; the token beside them does not
    return {**env, **_FIXED, **extra}


def hub_cache() -> Path | None:
    """The user's folder of downloaded models, where there is one."""
    named = [os.environ.get("HF_HUB_CACHE"), os.environ.get("HF_HOME") and os.path.join(os.environ["HF_HOME"], "hub")]
    own = next((home / ".cache" / "huggingface" / "hub" for home in own_homes()), None)
    hub = next((Path(name) for name in named if name), own)
    return hub.resolve() if hub is not None and hub.is_dir() else None


def own_homes() -> Iterator[Path]:
    """The user's home folders: as HOME says, as the machine's list of users says. A user id without a name has none there."""
    if os.environ.get("HOME"):
        yield Path(os.environ["HOME"])
    try:
        yield Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (KeyError, OSError):  # `docker run --user 12345`
        return

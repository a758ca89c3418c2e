"""The language model that is studied: the small one that the project ships, or any causal LM by name or folder.

Nothing heavy is imported before a model is loaded: finding activations in the cache needs only `fingerprint`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import DeviceError, ModelError
from harness.read.hub import quiet, refusals
from harness.read.text import DATA
from harness.store.content import content_hash

if TYPE_CHECKING:
    import torch

LOCAL_MODEL = "labloop-gemma2-tiny"
_FILES = ["*.json", "*.safetensors", "tokenizer*", "*.model", "*.txt"]
_EXAMPLE = f"{LOCAL_MODEL}, a folder, or a hub name such as google/gemma-2-2b"


@dataclass(frozen=True)
class LM:
    """A causal language model, frozen and in evaluation mode.

    `model` is a transformers `PreTrainedModel`, `tokenizer` its tokenizer; `fingerprint` is a hash of weights,
    configuration and tokenizer, the same wherever the files lie.
    """

    name: str
    model: Any
    tokenizer: Any
    d_model: int
    n_layers: int
    fingerprint: str

    def check_layer(self, layer: int) -> int:
        """`layer`, if the model has it. Raises ModelError that names the range otherwise."""
        if not 0 <= layer < self.n_layers:
            raise ModelError(f"{self.name} has no layer {layer}: use 0 to {self.n_layers - 1}")
        return layer


def load_lm(name: str = LOCAL_MODEL, device: str = "cpu", dtype: torch.dtype | None = None) -> LM:
    """Load a model: the shipped one by its name, a folder, or a hub model. `dtype` None is float32.

    `device` may be auto: a GPU where there is one. Raises DeviceError where it is not there or too small, ModelError where
    the model is unknown, gated, out of reach, or cannot be loaded.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils import logging as transformers_logging

    from harness.device import choose_device  # imports torch

    transformers_logging.disable_progress_bar()  # "Loading weights" would stand in every log
    place = choose_device(device)
    folder = model_folder(name)
    try:
        config = AutoConfig.from_pretrained(folder)
        # Gemma-2 caps its attention logits, which only the eager implementation computes exactly.
        attention = {"attn_implementation": "eager"} if config.model_type == "gemma2" else {}
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype or torch.float32, **attention)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"the model in {folder} cannot be loaded: {' '.join(str(error).split())}") from error
    tokenizer = load_tokenizer(folder)
    try:
        model = model.eval().requires_grad_(False).to(place)
    except torch.OutOfMemoryError as error:
        size = sum(weight.numel() * weight.element_size() for weight in model.parameters()) / 1e9
        raise DeviceError(
            f"{name} takes {size:.1f} GB and {place} has not that much memory left: "
            "end what else runs there, compute in bfloat16, or use --device cpu"
        ) from error
    text = config.get_text_config()
    return LM(name, model, tokenizer, text.hidden_size, text.num_hidden_layers, fingerprint(name))


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of the model in `folder`. Raises ModelError where it cannot be loaded."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise ModelError(f"the tokenizer in {folder} cannot be loaded: {' '.join(str(error).split())}") from error


def model_folder(name: str) -> Path:
    """The folder of a model's files: shipped, given, or the hub's snapshot (downloaded where it is not there yet)."""
    folder = DATA / name if name == LOCAL_MODEL else Path(name)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(f"{folder} holds no model: config.json is missing")
        return folder
    with _refusals(name):
        return _hub_folder(name)


def lacking_model(name: str) -> str:
    """Why a model cannot be had; empty where it is here, whole, or the hub would give it. Nothing is downloaded."""
    folder = DATA / name if name == LOCAL_MODEL else Path(name)
    try:
        if folder.is_dir():
            model_folder(name)
        elif local_folder(name) is None:
            from huggingface_hub import HfApi

            with _refusals(name):
                if HfApi().model_info(name, timeout=20).gated:
                    HfApi().auth_check(name)
    except ModelError as error:
        return str(error)
    return ""


def _refusals(name: str) -> AbstractContextManager[None]:
    return refusals("model", _EXAMPLE, lambda advice: ModelError(f"the model {name!r} cannot be used: {advice}"))


def local_folder(name: str) -> Path | None:
    """The folder of a model that is on this machine, whole; None where it is not. The network is asked nothing."""
    folder = DATA / name if name == LOCAL_MODEL else Path(name)
    if folder.is_dir():
        return folder if (folder / "config.json").is_file() else None
    quiet()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    with contextlib.suppress(LocalEntryNotFoundError):
        folder = Path(snapshot_download(name, allow_patterns=_FILES, local_files_only=True))
        return folder if _is_whole(folder) else None
    return None


def _hub_folder(name: str) -> Path:
    """The hub's snapshot on this machine where it is whole, which asks the network nothing; else it is downloaded."""
    if (folder := local_folder(name)) is not None:
        return folder
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name, allow_patterns=_FILES))


def _is_whole(folder: Path) -> bool:
    """Whether the configuration and every file of weights that the index names are there."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        weights = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    else:
        weights = {"model.safetensors"}
    return all((folder / name).is_file() for name in ("config.json", *weights))


def fingerprint(name: str) -> str:
    """A hash of a model's weights, configuration and tokenizer; milliseconds for the shipped model."""
    folder = model_folder(name)
    files = [
        folder / "config.json",
        *sorted(folder.glob("*.safetensors")),
        *sorted(folder.glob("tokenizer*")),
        *sorted(folder.glob("vocab.*")),  # GPT-2's older files
        *sorted(folder.glob("merges.txt")),
    ]
    if not any(path.suffix == ".safetensors" for path in files):
        raise ModelError(f"{folder} holds no weights: a .safetensors file is needed")
    parts = [f"{path.name} {content_hash(path)}\n" for path in files if path.is_file()]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:24]

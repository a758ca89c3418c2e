"""The language model that is studied: the small one that the project ships, or any causal LM by name or folder.

Nothing heavy is imported before a model is loaded: finding activations in the cache needs only `fingerprint`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import ModelError
from harness.text import DATA

if TYPE_CHECKING:
    import torch

LOCAL_MODEL = "labloop-gemma2-tiny"
_FILES = ["*.json", "*.safetensors", "tokenizer*", "*.model", "*.txt"]
_HUB_REMEDIES = {  # the names of huggingface_hub's exceptions → what to do
    "GatedRepoError": "it is gated: accept its terms on its page, and set HF_TOKEN",
    "RepositoryNotFoundError": "there is no such model on the hub, or it is private and HF_TOKEN is not set",
    "HFValidationError": f"that is no name of a model: use {LOCAL_MODEL}, a folder, or a hub name such as google/gemma-2-2b",
    "OfflineModeIsEnabled": "it is not on this machine and HF_HUB_OFFLINE is set: unset it, or download the model first",
    "LocalEntryNotFoundError": "it is not on this machine and the hub cannot be reached (or HF_HUB_OFFLINE is set)",
}


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

    Raises ModelError where it is unknown, gated or out of reach, or the device is not there.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # "Loading weights" would stand in every log
    _check_device(device)
    folder = model_folder(name)
    try:
        config = AutoConfig.from_pretrained(folder)
        # Gemma-2 caps its attention logits, which only the eager implementation computes exactly.
        attention = {"attn_implementation": "eager"} if config.model_type == "gemma2" else {}
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype or torch.float32, **attention)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the model in {folder} cannot be loaded: {error}") from error
    text = config.get_text_config()
    return LM(
        name=name,
        model=model.eval().requires_grad_(False).to(device),
        tokenizer=tokenizer,
        d_model=text.hidden_size,
        n_layers=text.num_hidden_layers,
        fingerprint=fingerprint(name),
    )


def model_folder(name: str) -> Path:
    """The folder of a model's files: shipped, given, or the hub's snapshot (downloaded where it is not there yet)."""
    folder = DATA / name if name == LOCAL_MODEL else Path(name)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(f"{folder} holds no model: config.json is missing")
        return folder
    try:
        return _hub_folder(name)
    except Exception as error:  # the hub's errors share no base class; an unknown one is raised again
        for step in _causes(error):
            for kind in type(step).__mro__:
                if kind.__name__ in _HUB_REMEDIES:
                    raise ModelError(
                        f"the model {name!r} cannot be used: {_HUB_REMEDIES[kind.__name__]}"
                    ) from error
        raise


def _hub_folder(name: str) -> Path:
    """The hub's snapshot on this machine where it is whole, which asks the network nothing; else it is downloaded."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    with contextlib.suppress(LocalEntryNotFoundError):
        folder = Path(snapshot_download(name, allow_patterns=_FILES, local_files_only=True))
        if _is_whole(folder):
            return folder
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
    ]
    if not any(path.suffix == ".safetensors" for path in files):
        raise ModelError(f"{folder} holds no weights: a .safetensors file is needed")
    parts = [f"{path.name} {_content_hash(path)}\n" for path in files if path.is_file()]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:24]


def _content_hash(path: Path) -> str:
    """SHA-256 of a file; the hub's cache names large files by it, which saves reading them."""
    blob = path.resolve().name
    if path.is_symlink() and re.fullmatch("[0-9a-f]{64}", blob):
        return blob
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            digest.update(chunk)
    return digest.hexdigest()


def _check_device(device: str) -> None:
    import torch

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # an AssertionError where torch was built without CUDA
        raise ModelError(
            f"the device {device!r} is not there: {str(error).splitlines()[0]}. Use cpu"
        ) from error


def _causes(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (following := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(following)
    return chain

"""What the evals need of a language model alone: made once (a minute), kept in the cache under a hash of all it came from."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.measures.ablation import TPP_CLASSES, Concepts, LinearProbes, train_probes
from harness.evaluation.measures.absorption import LetterData
from harness.evaluation.measures.prepared.letters import read_letters
from harness.evaluation.measures.prepared.plants import biased_and_balanced
from harness.evaluation.measures.prepared.sizes import KIND, SIZES, artifact_fields
from harness.evaluation.measures.probing import ProbingData, language_model_accuracy
from harness.evaluation.upstream.lens import load_hooked
from harness.evaluation.upstream.quiet import quiet
from harness.read.text import labelled, token_rows
from harness.store.cache import Cache, Draft

log = logging.getLogger(__name__)

FILE = "artifacts.pt"


@dataclass(frozen=True)
class Artifacts:
    """Everything but the SAE."""

    letters: LetterData
    probing: ProbingData
    scr: Concepts
    tpp_probes: LinearProbes  # for TPP_CLASSES, on the texts of `probing`
    tokens: Tensor  # [core_rows, context] held-out text
    stream: Tensor  # [core_rows, context, d_in] the activations of `tokens`

    def tpp(self) -> Concepts:
        """Some classes of `probing`, and their probes."""
        train, test = ({name: part[name] for name in TPP_CLASSES} for part in (self.probing.train, self.probing.test))
        return Concepts(train, test, self.tpp_probes)


def load_artifacts(model: str, layer: int, context: int) -> Artifacts:
    """The artifacts for a language model, from the cache; made first where they are not there (about a minute).

    Raises CacheMiss where they are not there and the cache is read-only, ModelError for an unknown model or layer.
    """

    def make(draft: Draft) -> None:
        log.info("reading %s for the evals: words, probes, glosses", model)
        save(build(load_hooked(model), layer, context), draft.folder / FILE)
        draft.adopt(FILE)

    return load(Cache().get(KIND, artifact_fields(model, layer, context), make) / FILE)


def build(hooked: Any, layer: int, context: int) -> Artifacts:
    """Make the artifacts with `hooked`, a HookedTransformer."""
    hook = f"blocks.{layer}.hook_resid_post"
    with quiet(), torch.no_grad():
        probing = _probing(hooked, hook)
        train, test = (
            {name: _read_glosses(hooked, hook, texts) for name, texts in part.items()}
            for part in biased_and_balanced(SIZES.scr_train, SIZES.scr_test)
        )
        tokens = _core_tokens(hooked.tokenizer, context)
        return Artifacts(
            read_letters(hooked, hook),
            probing,
            Concepts(train, test, train_probes(train, scr=True)),
            train_probes({name: probing.train[name] for name in TPP_CLASSES}, scr=False),
            tokens,
            _read(hooked, hook, tokens),
        )


def save(artifacts: Artifacts, path: Path) -> None:
    """Write the artifacts to one file, activations of texts in half precision."""
    letters = asdict(artifacts.letters)
    letters["prompts"] = list(artifacts.letters.prompts)
    letters["prompt_activations"] = torch.stack(list(artifacts.letters.prompts.values()))
    kept = {
        "letters": letters,
        "probing": _as_half(asdict(artifacts.probing)),
        "scr": _as_half({"train": artifacts.scr.train, "test": artifacts.scr.test}),
        "scr_probes": asdict(artifacts.scr.probes),
        "tpp_probes": asdict(artifacts.tpp_probes),
        "tokens": artifacts.tokens,
        "stream": artifacts.stream,
    }
    torch.save(kept, path)


def load(path: Path) -> Artifacts:
    """Read what `save` wrote."""
    kept = torch.load(path, weights_only=True)
    letters = kept["letters"]
    rows = letters.pop("prompt_activations")
    letters["prompts"] = dict(zip(letters["prompts"], rows, strict=True))
    return Artifacts(
        LetterData(**letters),
        ProbingData(**_as_float(kept["probing"])),
        Concepts(**_as_float(kept["scr"]), probes=LinearProbes(**kept["scr_probes"])),
        LinearProbes(**kept["tpp_probes"]),
        kept["tokens"],
        kept["stream"],
    )


def _as_half(parts: dict[str, Any]) -> dict[str, Any]:
    """The activations of texts, which are the bulk of it, in 16 bits."""
    return {
        part: {name: acts.half() if isinstance(acts, Tensor) else acts for name, acts in found.items()}
        for part, found in parts.items()
    }


def _as_float(parts: dict[str, Any]) -> dict[str, Any]:
    return {
        part: {name: acts.float() if isinstance(acts, Tensor) else acts for name, acts in found.items()}
        for part, found in parts.items()
    }


def _probing(hooked: Any, hook: str) -> ProbingData:
    """Held-out glosses of each class, read by the language model; `<bos>` and padding zeroed as sae-bench wants it."""
    by_class: dict[str, list[str]] = {name: [] for name in SIZES.classes}
    for gloss, name in sorted(
        labelled("heldout", SIZES.classes), key=lambda each: hashlib.sha256(each[0].encode()).digest()
    ):
        by_class[name].append(gloss)
    wanted = SIZES.train_glosses + SIZES.test_glosses
    activations = {name: _read_glosses(hooked, hook, kept[:wanted]) for name, kept in by_class.items()}
    cut = SIZES.train_glosses
    train = {name: rows[:cut] for name, rows in activations.items()}
    test = {name: rows[cut:] for name, rows in activations.items()}
    return ProbingData(train, test, language_model_accuracy(train, test))


def _read_glosses(hooked: Any, hook: str, texts: list[str]) -> Tensor:
    """[texts, gloss_tokens, d_in], zero at special tokens."""
    tokenized = hooked.tokenizer(
        texts, padding="max_length", truncation=True, max_length=SIZES.gloss_tokens, return_tensors="pt"
    )
    ids = tokenized["input_ids"]
    special = torch.isin(ids, torch.tensor(sorted(special_tokens(hooked.tokenizer))))
    return _read(hooked, hook, ids).masked_fill(special.unsqueeze(-1), 0.0)


def _read(hooked: Any, hook: str, ids: Tensor) -> Tensor:
    """The activations of rows of token ids: [rows, tokens, d_in]."""
    stop = int(hook.split(".")[1]) + 1
    parts = [
        hooked.run_with_cache(rows, names_filter=[hook], stop_at_layer=stop, prepend_bos=False)[1][hook]
        for rows in ids.split(256)
    ]
    return torch.cat(parts)


def special_tokens(tokenizer: Any) -> set[int]:
    """Ids of bos, eos and pad: kept out of every score."""
    return {tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id} - {None}


def _core_tokens(tokenizer: Any, context: int) -> Tensor:
    """[core_rows, context] of held-out text, each row begun with `<bos>`."""
    rows = token_rows(tokenizer, "heldout", SIZES.core_rows * (context - 1), context, seed=1)
    return torch.from_numpy(rows.ids[: SIZES.core_rows])

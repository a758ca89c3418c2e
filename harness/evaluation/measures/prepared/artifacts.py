"""What the evals need of a language model alone: made once (a minute), kept in the cache under a hash of all it came from."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.measures.ablation import TPP_CLASSES, Concepts, LinearProbes, train_probes
from harness.evaluation.measures.absorption import LetterData
from harness.evaluation.measures.behaviour import floors
from harness.evaluation.measures.prepared.letters import read_letters, read_training_words
from harness.evaluation.measures.prepared.plants import balanced_set, biased_set
from harness.evaluation.measures.prepared.sizes import KIND, SIZES, artifact_fields
from harness.evaluation.measures.probing import ProbingData, language_model_accuracy
from harness.evaluation.upstream.lens import load_hooked
from harness.evaluation.upstream.quiet import quiet
from harness.read.rows import TokenRows
from harness.read.splits import HELD_OUT, Split
from harness.read.text import labelled, spelling_token_rows, token_rows
from harness.store.cache import Cache, Draft

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Artifacts:
    """Everything but the SAE."""

    letters: LetterData
    probing: ProbingData
    scr: Concepts
    tpp_probes: LinearProbes  # for TPP_CLASSES, on the texts of `probing`
    tokens: Tensor  # [core_rows, context] held-out text
    stream: Tensor  # [core_rows, context, d_in] the activations of `tokens`
    spelling: Tensor  # [spelling_rows, context] held-out spelling lines
    floors: dict[str, float]  # of `tokens`: `behaviour.floors`

    def tpp(self) -> Concepts:
        """Some classes of `probing`, and their probes."""
        train, test = ({name: part[name] for name in TPP_CLASSES} for part in (self.probing.train, self.probing.test))
        return Concepts(train, test, self.tpp_probes)


def load_artifacts(model: str, layer: int, context: int, split: Split = "heldout") -> Artifacts:
    """The artifacts for a language model and a split, from the cache; made first where they are not there (a minute for both).

    Raises CacheMiss where they are not there and the cache is read-only, ModelError for an unknown model or layer.
    """

    def make(draft: Draft) -> None:
        log.info("reading %s for the evals: words, probes, glosses", model)
        for name, found in build(load_hooked(model), layer, context).items():
            save(found, draft.folder / f"{name}.pt")
            draft.adopt(f"{name}.pt")

    return load(Cache().get(KIND, artifact_fields(model, layer, context), make) / f"{split}.pt")


def build(hooked: Any, layer: int, context: int) -> dict[Split, Artifacts]:
    """Make the artifacts with `hooked`, a HookedTransformer: of each held-out split.

    What probes are trained on is of the training split, read once and the same for all.
    """
    hook = f"blocks.{layer}.hook_resid_post"
    with quiet(), torch.no_grad():
        letters = read_training_words(hooked, hook)
        glosses = _by_class(hooked, hook, "train", SIZES.train_glosses)
        tpp_probes = train_probes({name: glosses[name] for name in TPP_CLASSES}, scr=False)
        plants = _read_all(hooked, hook, biased_set(hooked.tokenizer, SIZES.scr_train))
        scr_probes = train_probes(plants, scr=True)
        found: dict[Split, Artifacts] = {}
        for split in HELD_OUT:
            tested = _by_class(hooked, hook, split, SIZES.test_glosses)
            to_test = balanced_set(hooked.tokenizer, split, SIZES.scr_train, SIZES.scr_test)
            tokens = _rows(token_rows, hooked.tokenizer, split, SIZES.core_rows, context)
            stream = _read(hooked, hook, tokens)
            found[split] = Artifacts(
                letters=read_letters(hooked, hook, split, letters),
                probing=ProbingData(glosses, tested, language_model_accuracy(glosses, tested)),
                scr=Concepts(plants, _read_all(hooked, hook, to_test), scr_probes),
                tpp_probes=tpp_probes,
                tokens=tokens,
                stream=stream,
                spelling=_rows(spelling_token_rows, hooked.tokenizer, split, SIZES.spelling_rows, context),
                floors=floors(hooked, hook, tokens, stream, special_tokens(hooked.tokenizer)),
            )
    return found


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
        "spelling": artifacts.spelling,
        "floors": artifacts.floors,
    }
    torch.save(kept, path)


def load(path: Path) -> Artifacts:
    """Read what `save` wrote."""
    kept = torch.load(path, weights_only=True)
    letters = kept["letters"]
    rows = letters.pop("prompt_activations")
    letters["prompts"] = dict(zip(letters["prompts"], rows, strict=True))
    return Artifacts(
        letters=LetterData(**letters),
        probing=ProbingData(**_as_float(kept["probing"])),
        scr=Concepts(**_as_float(kept["scr"]), probes=LinearProbes(**kept["scr_probes"])),
        tpp_probes=LinearProbes(**kept["tpp_probes"]),
        **{name: kept[name] for name in ("tokens", "stream", "spelling", "floors")},
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


def _by_class(hooked: Any, hook: str, split: Split, wanted: int) -> dict[str, Tensor]:
    """So many glosses of each class as the language model reads them, in an order that depends on their text alone."""
    texts: dict[str, list[str]] = {name: [] for name in SIZES.classes}
    labels = set(labelled(hooked.tokenizer, split, SIZES.classes))
    for gloss, name in sorted(labels, key=lambda each: hashlib.sha256(each[0].encode()).digest()):
        texts[name].append(gloss)
    return _read_all(hooked, hook, {name: found[:wanted] for name, found in texts.items()})


def _read_all(hooked: Any, hook: str, texts: dict[str, list[str]]) -> dict[str, Tensor]:
    return {name: _read_glosses(hooked, hook, found) for name, found in texts.items()}


def _read_glosses(hooked: Any, hook: str, texts: list[str]) -> Tensor:
    """[texts, gloss_tokens, d_in], zero at special tokens, as sae-bench wants it."""
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


def _rows(of: Callable[..., TokenRows], tokenizer: Any, split: Split, count: int, context: int) -> Tensor:
    """[count, context] of a split's text, each row begun with `<bos>`."""
    return torch.from_numpy(of(tokenizer, split, count * (context - 1), context, seed=1).ids[:count])

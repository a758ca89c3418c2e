"""How SAEBench's published results were made, and in what a result of ours differs. Light: sae-bench is imported where a result is written.

The sizes are those of `custom_saes/run_all_evals_custom_saes.py` in sae-bench 0.6.0 (Karvonen et al. 2025); a test holds each field of
each configuration to what that script hands to its evals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.evaluation.data_sets import OPENWEBTEXT

ProtocolName = Literal["labloop", "saebench"]
LABLOOP: ProtocolName = "labloop"
SAEBENCH: ProtocolName = "saebench"
PROTOCOLS: tuple[ProtocolName, ...] = (LABLOOP, SAEBENCH)
PILE = "monology/pile-uncopyrighted"


@dataclass(frozen=True)
class Published:
    """How the published runs read one language model."""

    batch: int  # texts at once, of most evals
    dtype: str
    layers: tuple[int, ...]


MODELS = {"pythia-70m-deduped": Published(512, "float32", (3, 4)), "gemma-2-2b": Published(32, "bfloat16", (12,))}
_OTHER = Published(32, "", ())  # a model of which nothing was published is read as the smaller batch has it
_PART_OF_BATCH = {"ravel": 4, "unlearning": 8}  # these read so many times fewer texts at once
_SEED = 42
CORE: dict[str, Any] = {
    "batch_size_prompts": 16,
    "n_eval_reconstruction_batches": 200,
    "n_eval_sparsity_variance_batches": 2_000,
    "dataset": OPENWEBTEXT,
    "context_size": 128,
    "compute_kl": True,
    "compute_ce_loss": True,
    "compute_l2_norms": True,
    "compute_sparsity_metrics": True,
    "compute_variance_metrics": True,
    "compute_featurewise_density_statistics": True,
    "compute_featurewise_weight_based_metrics": True,
    "exclude_special_tokens_from_reconstruction": True,
}
_OF_THE_MACHINE = ("model_name", "artifact_dir", "results_path", "model_cache_path", "verbose")
"""Fields that change no score: places of files, the name under which the model is known."""
_ALWAYS = {
    "unlearning": "question ids: the questions that the model knows are asked anew, those of the published runs are not in the package",
    "autointerp": "judge: the one that is named, not gpt-4o-mini; text: held-out rows of the run's own data set",
}
BY_FOLDER = {"absorption_first_letter": "absorption", "sparse_probing_sae_probes": "sae_probes"}
"""The eval of a result file's folder, where it is not its name."""


def published(model: str) -> Published:
    """How a language model was read, by the last part of its name."""
    return MODELS.get(_last(model), _OTHER)


def settings(model: str) -> dict[str, dict[str, Any]]:
    """By eval, what the published runs say in place of what sae-bench's configurations (and ours) have."""
    batch = published(model).batch
    read = {"llm_batch_size": batch, "random_seed": _SEED}
    return {
        "core": dict(CORE),
        "absorption": {**read, "prompt_token_pos": -6},
        "sparse_probing": dict(read),
        "sae_probes": {"random_seed": _SEED},
        "scr": dict(read),
        "tpp": dict(read),
        "ravel": {**read, "llm_batch_size": max(1, batch // _PART_OF_BATCH["ravel"])},
        "unlearning": {**read, "llm_batch_size": max(1, batch // _PART_OF_BATCH["unlearning"])},
        "autointerp": {"latents": 1_000, "tokens": 2_000_000, "seed": _SEED, "rows": batch},
    }


def mark(folder: str, value: Mapping[str, Any], protocol: ProtocolName, model: str) -> dict[str, Any]:
    """What a result file says of its protocol: which it follows, and each point in which it differs from the published runs."""
    return {"protocol": protocol, "differs": differences(BY_FOLDER.get(folder, folder), value, model)}


def differences(name: str, value: Mapping[str, Any], model: str) -> list[str]:
    """Each field of a result's `eval_config` that is not as in the published runs of this model, and what no field says."""
    from harness.evaluation.upstream.published import CONFIGS

    if name not in CONFIGS:
        return ["SAEBench has no such eval"]
    config, theirs = value.get("eval_config", {}), fields(name, model)
    found = [
        f"{field}: {_short(config.get(field))}, {_short(expected)} in the published runs"
        for field, expected in theirs.items()
        if field not in _OF_THE_MACHINE and config.get(field) != expected
    ]
    found += [_ALWAYS[name]] if name in _ALWAYS else []
    known = MODELS.get(_last(model))
    if known is None:
        return [f"model: {_last(model)}, of which SAEBench has published no results", *found]
    layer = _layer(value)
    if layer is not None and layer not in known.layers:
        found.append(f"layer: {layer}, {' or '.join(map(str, known.layers))} in the published runs")
    return found


def fields(name: str, model: str) -> dict[str, Any]:
    """The whole configuration of an eval in the published runs of a model, as it stands in a result file."""
    from harness.evaluation.upstream.published import configuration

    known = published(model)
    given: dict[str, Any] = {"model_name": _last(model)}
    if name == "autointerp":
        given |= {"random_seed": _SEED, "llm_batch_size": known.batch, "dataset_name": PILE}
    else:
        given |= settings(model)[name]
    if name != "sae_probes":
        given["llm_dtype"] = known.dtype
    if name in ("scr", "tpp"):
        given["perform_scr"] = name == "scr"
    if name == "unlearning":
        given["model_name"] = f"{_last(model)}-it"
    plain: dict[str, Any] = json.loads(json.dumps(configuration(name, **given)))
    if not known.dtype:
        plain.pop("llm_dtype", None)
    return plain


def _layer(value: Mapping[str, Any]) -> int | None:
    layer = value.get("sae_cfg_dict", {}).get("hook_layer")
    return layer if isinstance(layer, int) else None


def _last(model: str) -> str:
    return model.rstrip("/").rpartition("/")[2]


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

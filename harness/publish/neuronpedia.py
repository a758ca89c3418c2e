"""Latents in the format that Neuronpedia imports: batches of features, as its own dashboards write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.publish.latents import Latent
from harness.saved import write_json

BATCH = 128  # features in a file, as Neuronpedia's importer takes them


def write_features(
    folder: Path, latents: Sequence[Latent], model: str, layer: int, name: str, context: int, rows: int, dataset: str
) -> int:
    """`batch-0.json`, … in `folder`; how many files. `rows` texts of `context` tokens were looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    batches = [latents[first : first + BATCH] for first in range(0, len(latents), BATCH)]
    for number, batch in enumerate(batches):
        about = {"n_prompts_total": rows, "n_tokens_in_prompt": context, "dataset": dataset}
        described = {
            "model_id": model.rpartition("/")[2],
            "layer": layer,
            "sae_set": name,
            "sae_id_suffix": None,
            "features": [{**_feature(latent), **about} for latent in batch],
        }
        write_json(folder / f"batch-{number}.json", described)
    return len(batches)


def _feature(latent: Latent) -> dict[str, Any]:
    steps = len(latent.counts)
    edges = [round(latent.highest * (step + 0.5) / steps, 4) for step in range(steps)]
    return {
        "feature_index": latent.index,
        "frac_nonzero": latent.how_often,
        "pos_str": [token for token, _ in latent.raised],
        "pos_values": [value for _, value in latent.raised],
        "neg_str": [token for token, _ in latent.lowered],
        "neg_values": [value for _, value in latent.lowered],
        "freq_hist_data_bar_heights": list(latent.counts),
        "freq_hist_data_bar_values": edges,
        "activations": [
            {
                "bin_min": 0.0,
                "bin_max": text.highest,
                "bin_contains": 1.0,
                "qualifying_token_index": text.values.index(text.highest),
                "tokens": list(text.tokens),
                "values": list(text.values),
            }
            for text in latent.texts
        ],
    }

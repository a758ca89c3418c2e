"""Unlearning at full scale: sae-bench's own eval on its own data, asked of the instruction-tuned sibling of the model.

The questions that the model knows are kept in the cache, so that they are asked once for a model; sae-bench finds them, the
forget corpus and the data sets where it looks for them.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.evaluation import data_sets
from harness.evaluation.data_sets import FORGET_FILE, QUESTIONS, WIKITEXT
from harness.evaluation.measures.unlearning import Unlearned, UnlearningError, best
from harness.evaluation.upstream import unlearning as upstream
from harness.evaluation.upstream.whole import own_data
from harness.read.lm import fingerprint
from harness.store.cache import Cache, Draft

KIND = "unlearning-questions"  # in the cache
INSTRUCTED = "gemma-2-2b-it"  # the name by which sae-bench knows prompts and answers (fault I3)


def full(sae: Any, hooked: Any, data_dir: Path, model: str, settings: Mapping[str, Any] | None = None) -> Unlearned:
    """The score on sae-bench's own data. `hooked` is the instruction-tuned model named `model`; `settings` go into its config.

    Data sets that are folders of `data_dir` are read there, others from the cache or the hub. Raises UnlearningError where the model
    knows no question of one of the sets.
    """
    config = upstream.UnlearningEvalConfig(model_name=INSTRUCTED, **{"llm_batch_size": 4, **(settings or {})})
    asked = Cache().get(
        KIND, _question_fields(model, data_dir, config), lambda draft: _ask_all(draft, hooked, data_dir, config)
    )
    with tempfile.TemporaryDirectory() as name:
        folder, artifacts = Path(name), Path(name) / "artifacts"
        for each in asked.glob("*.csv"):
            split, file = each.name.split(".", 1)
            (artifacts / "data" / "question_ids" / split).mkdir(parents=True, exist_ok=True)
            shutil.copy(each, artifacts / "data" / "question_ids" / split / file)
        with own_data(folder, _links(data_dir)), upstream.called(hooked, INSTRUCTED):
            _seed(config.random_seed)
            upstream.run_unlearning(hooked, sae, config, str(artifacts), "sae", False)
            table = upstream.get_metrics_df(str(artifacts / "sae" / "results" / "metrics"))
        sweep = table.to_dict("records")
    rows = [{str(key): float(value) for key, value in row.items()} for row in sweep]
    return Unlearned(best(sweep), rows, config=asdict(config))


def _ask_all(draft: Draft, hooked: Any, data_dir: Path, config: Any) -> None:
    """Ask the model every question in all 24 orders of its choices, once for a model (20 minutes on a GPU for gemma-2-2b-it)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with own_data(folder, _links(data_dir)), upstream.called(hooked, INSTRUCTED), torch.no_grad():
            _seed(config.random_seed)
            for each in config.dataset_names:
                upstream.save_target_question_ids(hooked, 2 * config.llm_batch_size, str(folder), each)
        for path in sorted((folder / "data" / "question_ids").glob("*/*.csv")):
            known = path.read_text().split()
            if path.parent.name == "all" and path.stem.endswith("_correct") and not known:
                raise UnlearningError(
                    f"the model answers no question of {path.stem.removesuffix('_correct')} rightly in all orders of its "
                    "choices: unlearning is out of reach for it"
                )
            draft.write(f"{path.parent.name}.{path.name}", path.read_bytes())


def _question_fields(model: str, data_dir: Path, config: Any) -> dict[str, Any]:
    sets = {name: data_sets.identity(name, data_dir) for name in QUESTIONS}
    return {"format": 1, "model": fingerprint(model), "asked": list(config.dataset_names), **sets}


def _links(data_dir: Path) -> dict[Path, Path]:
    """Where sae-bench looks for each file, and where it lies."""
    return {upstream.FORGET_CORPUS: data_dir / FORGET_FILE, **data_sets.in_folder((*QUESTIONS, WIKITEXT), data_dir)}


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)

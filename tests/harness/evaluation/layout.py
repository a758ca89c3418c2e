"""Small data sets in the layout of the hub's that sae-bench reads, and sizes of its evals that fit them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from harness.evaluation.data_sets import BIOS, FORGET_FILE, NEWS

WORDS = {
    "professor": "university lecture research paper theory physics faculty",
    "nurse": "hospital patient ward clinic care medicine shift",
    "male": "he his him father brother",
    "female": "she her hers mother sister",
    "accountant": "tax audit ledger income balance",
    "architect": "building design house plan tower",
    "attorney": "court law client appeal trial",
    "dentist": "tooth gum crown jaw filling",
    "filmmaker": "camera film screen director festival",
    "0": "war treaty border minister election",
    "1": "goal match team league coach",
    "2": "market shares profit bank trade",
    "3": "computer software planet cell telescope",
}


def sentence(rng: random.Random, *kinds: str) -> str:
    words = [word for kind in kinds for word in rng.choices(WORDS[kind].split(), k=6)]
    rng.shuffle(words)
    return " ".join(words)


def as_on_the_hub(folder: Path) -> Path:
    """bias_in_bios and ag_news, small, in the columns that the hub's have."""
    rng = random.Random(0)
    professions = {
        "accountant": 0,
        "architect": 1,
        "attorney": 2,
        "dentist": 6,
        "filmmaker": 9,
        "nurse": 13,
        "professor": 21,
    }
    genders = {"male": 0, "female": 1}
    tables: dict[str, list[dict[str, Any]]] = {}
    for split, each in (("train", 40), ("test", 30)):
        tables[f"{BIOS}/{split}.jsonl"] = [
            {"hard_text": sentence(rng, profession, gender), "profession": number, "gender": genders[gender]}
            for profession, number in professions.items()
            for gender in genders
            for _ in range(each)
        ]
        tables[f"{NEWS}/{split}.jsonl"] = [
            {"text": sentence(rng, str(label)), "label": label} for label in range(4) for _ in range(each)
        ]
    for name, rows in tables.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


SETTINGS: dict[str, dict[str, Any]] = {
    "core": {"rows": 4},
    "sparse_probing": {
        "dataset_names": [NEWS],
        "probe_train_set_size": 40,
        "probe_test_set_size": 20,
        "context_length": 16,
    },
    "scr": {
        "dataset_names": ["LabHC/bias_in_bios_class_set1"],
        "train_set_size": 60,
        "test_set_size": 40,
        "context_length": 16,
        "n_values": [5, 20],
        "probe_epochs": 3,
        "column1_vals_lookup": {"LabHC/bias_in_bios_class_set1": [("professor", "nurse")]},
    },
    "tpp": {
        "dataset_names": ["LabHC/bias_in_bios_class_set1"],
        "train_set_size": 60,
        "test_set_size": 40,
        "context_length": 16,
        "n_values": [5, 20],
        "probe_epochs": 3,
    },
    "autointerp": {"latents": 3, "tokens": 4_000},
    "absorption": {"min_feats_for_eval": 1, "min_GT_probe_f1": -1.0, "max_k_value": 2, "k_sparse_probe_num_epochs": 2},
}

SUBJECTS = ("high_school_us_history", "college_computer_science", "high_school_geography", "human_aging")


def questions_in_folder(folder: Path, broken: bool = False) -> Path:
    """The data sets of sae-bench's unlearning in their own layout, two questions each; `broken`: that no answer is the right one."""

    def data_set(name: str, config: str, rows: list[dict[str, Any]], split: str = "test") -> None:
        path = folder / name / config / f"{split}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        configs = sorted(each.name for each in (folder / name).iterdir() if each.is_dir())
        entries = "".join(
            f"- config_name: {each}\n  data_files:\n  - split: {split}\n    path: {each}/{split}.jsonl\n"
            for each in configs
        )
        (folder / name / "README.md").write_text(f"---\nconfigs:\n{entries}---\n")

    def asked(thing: str) -> list[dict[str, Any]]:
        word = "wrong" if broken else "right"
        return [
            {"question": f"What of {thing}?", "choices": [f"{word} {end}", "w x", "w y", "w z"], "answer": 0}
            for end in ("a", "b")
        ]

    data_set("cais/wmdp", "wmdp-bio", asked("a virus virus"))
    for subject in SUBJECTS:
        data_set("cais/mmlu", subject, asked("a town"))
    text = "a small town in the west of the country on the coast of a great lake " * 4
    data_set("wikitext", "wikitext-2-raw-v1", [{"text": text}] * 20)
    (folder / FORGET_FILE).write_text((json.dumps({"text": "a virus " * 60}) + "\n") * 20)
    return folder

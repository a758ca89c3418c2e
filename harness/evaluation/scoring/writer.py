"""The scores as SAEBench writes them: its own output classes, filled with our values, for whoever reads its files.

Each eval has a file `<folder>/<name>_custom_sae_eval_results.json`, in the place and under the name that sae-bench gives it.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError
from harness.evaluation.protocol import LABLOOP, ProtocolName, mark
from harness.evaluation.scoring.schema import violations
from harness.read.splits import Split

if TYPE_CHECKING:
    from harness.evaluation.submitted.submission import Submission

SUFFIX = "_custom_sae_eval_results.json"


class OutputError(HarnessError):
    """A result is not what its schema asks for: sae-bench's version changed, or a value is missing."""


class NoResult(OutputError):
    """sae-bench ended without a result; `printed` is what it said instead."""

    def __init__(self, text: str, printed: str = "") -> None:
        super().__init__(text)
        self.printed = printed


@dataclass(frozen=True)
class ResultFile:
    """The file of one eval: its folder, which is also its `eval_type_id`, and the JSON schema that it must meet.

    The schema is a file of the sae-bench package, or for an eval that sae-bench does not have, the schema itself.
    """

    folder: str
    schema: str | Mapping[str, Any]

    def check(self, value: Any) -> None:
        """Raises OutputError where the content is not as the schema says."""
        schema = self.schema
        if isinstance(schema, str):
            schema = json.loads((files("sae_bench") / "evals" / schema).read_text(encoding="utf-8"))
        if found := violations(value, dict(schema)):
            whose = "SAEBench's" if isinstance(self.schema, str) else "The"
            raise OutputError(f"{whose} schema of {self.folder} is not met: {'; '.join(found[:3])}")


@dataclass(frozen=True)
class Writer:
    """Fills and writes the files of one SAE."""

    submission: Submission
    folder: Path
    name: str
    split: Split = "heldout"  # what the scores are on: it stands in each file, under `split`
    protocol: ProtocolName = LABLOOP  # that the scores follow: it stands in each file, under `labloop`

    def place(self, result: ResultFile) -> Path:
        """Where the file of an eval lies."""
        return self.folder / result.folder / f"{self.name}{SUFFIX}"

    def write(self, result: ResultFile, output: Any) -> Path:
        """One of sae-bench's EvalOutput objects, or a table as it stands in the file. Raises OutputError."""
        value = finite(output if isinstance(output, dict) else json.loads(output.to_json())) | {"split": self.split}
        return self.write_marked(result, value)

    def write_marked(self, result: ResultFile, value: dict[str, Any]) -> Path:
        """A file's content with what it says of its protocol. Raises OutputError where it is not as its schema says."""
        value = value | {"labloop": mark(result.folder, value, self.protocol, self.submission.model)}
        result.check(value)
        path = self.place(result)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        return path

    def common(self) -> dict[str, Any]:
        """The fields that every output has."""
        from harness.evaluation.upstream.sae import get_eval_uuid

        return {
            "eval_id": get_eval_uuid(),
            "datetime_epoch_millis": int(time.time() * 1000),
            "sae_bench_commit_hash": f"sae-bench {version('sae-bench')}",
            "sae_lens_id": "custom_sae",
            "sae_lens_release_id": self.name,
            "sae_lens_version": version("sae-lens"),
            "sae_cfg_dict": self.submission.sae.cfg.to_dict() | {"architecture": self.submission.sae.architecture},
        }

    def config(self) -> dict[str, Any]:
        """The fields that most of sae-bench's configurations have."""
        return {"model_name": self.submission.model, "llm_dtype": self.submission.lm_dtype}


def finite(value: Any) -> Any:
    """sae-bench writes -1 where it has no number (a latent that is never on)."""
    if isinstance(value, float) and not math.isfinite(value):
        return -1.0
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    return [finite(each) for each in value] if isinstance(value, list) else value

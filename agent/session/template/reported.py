"""Published results of a baseline: reported by others, not measured here, and never mixed with what was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from agent.errors import TemplateError

_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789_"


class ReportedBaseline(BaseModel):
    """One published baseline."""

    model_config = ConfigDict(frozen=True, extra="allow")

    metrics: dict[str, float] = Field(min_length=1)
    """By the template's name of the metric, where it has one."""

    @field_validator("metrics")
    @classmethod
    def _finite(cls, metrics: dict[str, float]) -> dict[str, float]:
        for name, value in metrics.items():
            if value != value or value in (float("inf"), float("-inf")):
                raise ValueError(f"{name} is no finite number")
        return metrics


class Reported(BaseModel):
    """What others reported, and where: `{"format": 1, "reported": true, "source": "…", "baselines": {NAME: {"metrics": …}}}`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    format: Literal[1]
    reported: Literal[True]
    """Says in the file itself that nobody measured these values here."""
    source: str = Field(min_length=1)
    """Where they were published, for people."""
    baselines: dict[str, ReportedBaseline] = Field(min_length=1)

    @field_validator("baselines")
    @classmethod
    def _plain_names(cls, baselines: dict[str, ReportedBaseline]) -> dict[str, ReportedBaseline]:
        for name, baseline in baselines.items():
            for word in (name, *baseline.metrics):
                if set(word) - set(_PLAIN) or not word:
                    raise ValueError(f"{word!r}: names are lower-case letters, digits and _")
        if "source" in baselines:
            raise ValueError("'source' cannot name a baseline: [[reported.source]] says where they come from")
        return baselines

    def value(self, baseline: str, metric: str) -> float | None:
        """A reported value, None where it was not reported."""
        found = self.baselines.get(baseline)
        return None if found is None else found.metrics.get(metric)


def as_infos(reported: Reported | None) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """The reported values in the shape of results, for checks that look for typed numbers in a script."""
    return {
        f"the reported {name}": {"metrics": {metric: {"mean": value} for metric, value in baseline.metrics.items()}}
        for name, baseline in (reported.baselines.items() if reported else ())
    }


def load_reported(path: Path) -> Reported:
    """Raises TemplateError naming the file, the field and the remedy."""
    try:
        return Reported.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise TemplateError(
            f"{path}: cannot be read ({error.strerror}); add the published results or take `reported` out of the scale"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise TemplateError(f"{path}: {field}: {first['msg']}; mend this field") from error
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"{path}: not valid JSON: {error}; mend the file") from error

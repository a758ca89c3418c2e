"""A small study for the tests of writing: a baseline of three seeds and four runs."""

from __future__ import annotations

from dataclasses import replace

from agent.evidence.evidence import Evidence
from agent.results.controls import ControlResult
from agent.results.results import Results, RunResult
from agent.results.values import Value
from agent.session.steps import BASELINE, ControlName, RunName
from agent.session.template.contract import Metric
from agent.session.template.reported import Reported

METRICS = {
    "explained_variance": Metric(direction="higher", description="share of the variance", primary=True),
    "mse": Metric(direction="lower", description="mean squared error"),
    "absorption_fraction": Metric(direction="lower", description="absorption", digits=3),
    "feature_separation": Metric(direction="higher", description="separation of decoder directions"),
    "l0": Metric(direction="lower", description="active latents", digits=1),
}
CONFIG = {"d_sae": 2048, "k": 16, "lr": 0.002, "lambda_max": 0.0, "threshold_base": 0.9, "seed": 0, "batch_size": 2048}
REPORTED = Reported.model_validate(
    {
        "format": 1,
        "reported": True,
        "source": "Table 2 of a paper",
        "baselines": {
            "topk": {"metrics": {"absorption_fraction": 0.1429, "l0": 40.0, "unlearning": 0.0262}},
            "standard": {"metrics": {"absorption_fraction": 0.0161}},
        },
    }
)
"""What others published of two baselines."""


def run(
    index: int, values: dict[str, float], title: str = "", differences: tuple[str, ...] = (), **config: object
) -> RunResult:
    """A run of one seed."""
    return RunResult(
        RunName.of(index),
        title or f"Variant {index}",
        {name: Value(value) for name, value in values.items()},
        {**CONFIG, **config},
        {"steps": 400, "tokens": 819200, "loss_last": 0.1084, "curve": {"step": [1, 2]}},
        differences,
    )


def baseline() -> RunResult:
    """Three seeds: the noise of explained_variance is 4.303 · 0.0004 · sqrt(4/3) = 0.0020."""
    values = {
        "explained_variance": Value(0.8912, 0.0004, 3),
        "mse": Value(0.1088, 0.0004, 3),
        "absorption_fraction": Value(0.704, 0.058, 3),
        "feature_separation": Value(0.6489, 0.0016, 3),
        "l0": Value(16.0, 0.0, 3),
    }
    return RunResult(BASELINE, "Baseline", values, CONFIG, {"steps": 400, "tokens": 819200, "loss_last": 0.1091})


def results() -> Results:
    """run_1 is worse, run_2 within noise, run_3 better, run_4 not comparable."""
    return Results(
        METRICS,
        "explained_variance",
        (
            baseline(),
            run(
                1,
                {
                    "explained_variance": 0.8750,
                    "mse": 0.125,
                    "absorption_fraction": 0.72,
                    "feature_separation": 0.70,
                    "l0": 16.0,
                },
                "Plain penalty",
                lambda_max=0.2,
            ),
            run(
                2,
                {
                    "explained_variance": 0.8905,
                    "mse": 0.1095,
                    "absorption_fraction": 0.69,
                    "feature_separation": 0.6712,
                    "l0": 16.0,
                },
                "Weight λ₂ & 50% warm_up",
                lambda_max=0.02,
            ),
            run(
                3,
                {
                    "explained_variance": 0.8971,
                    "mse": 0.1029,
                    "absorption_fraction": 0.751,
                    "feature_separation": 0.66,
                    "l0": 16.0,
                },
                "Cosine decay",
                lambda_max=0.02,
                ema_decay=0.98,
            ),
            run(
                4,
                {
                    "explained_variance": 0.9300,
                    "mse": 0.07,
                    "absorption_fraction": 0.60,
                    "feature_separation": 0.65,
                    "l0": 32.0,
                },
                "More latents at once",
                ("config.k: 16 → 32",),
                k=32,
            ),
        ),
    )


CONTROLS = (
    ControlResult(
        ControlName("untrained"),
        "an untrained model",
        {
            "explained_variance": Value(0.2124),
            "mse": Value(0.7876),
            "absorption_fraction": Value(0.592),
            "feature_separation": Value(0.7163),
            "l0": Value(16.0),
        },
    ),
    ControlResult(ControlName("raw_dimension"), "the best raw dimension", {"feature_separation": Value(0.8032)}),
)
"""The baseline beats the first on explained variance and mse alone; the second has one metric."""


def controlled() -> Results:
    """The same study with controls beside its baseline."""
    return replace(results(), controls=CONTROLS)


def evidence() -> Evidence:
    return Evidence(results())

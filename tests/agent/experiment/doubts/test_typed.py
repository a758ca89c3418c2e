"""Results that are typed are told from results that are counted, without running anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.experiment.doubts.asked import unread_settings
from agent.experiment.doubts.typed import typed_results
from agent.session.paths import REPOSITORY
from benchmarks.recorded_edits import versions
from tests.world.toy import TEMPLATE

NOW = (TEMPLATE / "experiment.py").read_text()
RECORD = """{
        "steps": steps,
        "gradients": steps,
        "loss_first": loss(START),
        "loss_last": loss(x),
        "curve": {"step": curve_step, "loss": curve_loss},
    }"""
RECORDED = {"steps", "gradients", "loss_first", "loss_last", "curve", "seconds", "step", "loss", "tokens"}
SETTINGS = {"dimension", "noise", "gradients", "learning_rate", "seed", "steps", "batch_size"}


def typed(record: str, code: str = "") -> list[str]:
    """What is typed in the toy's experiment with another record, and code at its head."""
    after = NOW.replace(RECORD, record).replace("LEARNING_RATE = 0.01\n", f"LEARNING_RATE = 0.01\n{code}\n")
    assert after != NOW
    return typed_results({"experiment.py": NOW.encode()}, {"experiment.py": after.encode()}, RECORDED, SETTINGS)


@pytest.mark.parametrize(
    ("record", "code", "found"),
    [
        ('{"steps": 2000, "gradients": 2000, "loss_last": loss(x)}', "", ["gradients = 2000", "steps = 2000"]),
        ('{"steps": DONE, "loss_last": loss(x)}', "DONE = 2000", ["steps = DONE"]),
        ('{"steps": 4 * 500, "loss_last": -0.5}', "", ["loss_last = -0.5", "steps = 4 * 500"]),
        ("dict(steps=steps, loss_first=0.9, loss_last=0.1)", "", ["loss_first = 0.9", "loss_last = 0.1"]),
        (
            '{"steps": steps, "curve": {"step": [0, 100], "loss": [0.9, 0.2]}}',
            "",
            ["curve = {'step': [0, 100], 'loss': [0.9, 0.2]}", "loss = [0.9, 0.2]", "step = [0, 100]"],
        ),
        ("{}\n    record['steps'] = 2000", "", ["steps = 2000"]),
        (
            '{"steps": settings.steps, "tokens": settings.steps * settings.batch_size}',
            "",
            ["steps = settings.steps", "tokens = settings.steps * settings.batch_size"],
        ),
    ],
)
def test_what_is_typed_is_named(record: str, code: str, found: list[str]) -> None:
    """A number, a constant, a product, a list, a setting in place of a count: each with what stands there."""
    assert typed(record, code) == found


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ('{"steps": 0, "gradients": 0, "loss_last": loss(x)}\n    record["steps"] += steps', ""),
        ('{"steps": steps, "gradients": steps, "loss_last": min(curve_loss)}', ""),
        ('{"steps": COUNT, "loss_last": loss(x)}', "COUNT = 0\ndef more():\n    global COUNT\n    COUNT += 1"),
        ('{"steps": count, "loss_last": loss(x)}', "for count in range(5): pass"),
        ('{"steps": steps, "loss": loss(x), "weights": {"steps": 1.0}}', ""),
        ("{}\n    config = {}\n    config['steps'] = 2000", ""),
        ('{**{"steps": 2000, "learning_rate": 0.1, "gradients": 1}}', ""),  # settings
    ],
)
def test_what_is_counted_is_not(record: str, code: str) -> None:
    """Counts that begin at 0, computed values, names that change, dicts of settings."""
    assert typed(record, code) == []


def test_what_the_code_before_typed_already_is_the_templates_affair() -> None:
    """Only what an edit brings is held against it."""
    after = NOW.replace(RECORD, '{"steps": 5, "loss_last": loss(x)}')
    files = {"experiment.py": after.encode()}
    assert typed_results(files, files, RECORDED, SETTINGS) == []
    assert typed_results(files, {"experiment.py": b"def broken(:"}, RECORDED, SETTINGS) == []


@pytest.mark.parametrize(
    "recording",
    [
        *sorted((REPOSITORY / "ideas").glob("*.recording.jsonl")),
        REPOSITORY / "templates/synthetic/idea.recording.jsonl",
    ],
    ids=lambda path: path.name,
)
def test_no_version_of_the_shipped_recordings_is_refused(recording: Path) -> None:
    """Each code that they launch counts what it records."""
    root = recording.parent if (recording.parent / "template.toml").is_file() else REPOSITORY
    recorded = {
        "steps",
        "tokens",
        "inputs",
        "seconds",
        "loss_first",
        "loss_last",
        "curve",
        "step",
        "loss",
        "l0",
        "dead",
        "lr",
        "mse",
    }
    settings = {"steps", "batch_size", "seed", "k", "lr", "d_sae", "aux_weight", "log_every"}
    before = {"experiment.py": (root / "experiment.py").read_bytes()}
    launched = [each for each in versions(recording, root) if each.step.startswith("run_") and not each.missed]
    for version in launched:
        after = {"experiment.py": version.code["experiment.py"].encode()}
        assert typed_results(before, after, recorded, settings) == []
        assert unread_settings(before, after, settings) == [], version.step
    assert len(launched) > 3

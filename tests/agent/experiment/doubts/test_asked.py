"""A setting that is recorded and never read is told without running anything."""

from __future__ import annotations

import pytest

from agent.experiment.doubts.asked import unread_settings
from tests.world.toy import TEMPLATE

NOW = (TEMPLATE / "experiment.py").read_text()
SEED = '        "seed": args.seed,\n'
RECORDED = {"dimension", "noise", "gradients", "learning_rate", "seed", "lr"}
CLASS = "class Settings:\n    seed: int = 0\n    lr: float = 0.1\n\ndef go(s):\n    return s.seed * s.lr\n"


def unread(after: str, before: str = NOW) -> list[str]:
    return unread_settings({"experiment.py": before.encode()}, {"experiment.py": after.encode()}, RECORDED)


def recorded(line: str, code: str = "") -> str:
    """The toy's experiment with another recorded setting, and code at its head."""
    return NOW.replace(SEED, f"        {line},\n{SEED}").replace(
        "LEARNING_RATE = 0.01\n", f"LEARNING_RATE = 0.01\n{code}\n"
    )


@pytest.mark.parametrize(
    ("after", "name"),
    [
        (recorded('"clip": 1.0'), "clip"),
        (recorded('"clip": CLIP', "CLIP = 1.0"), "clip"),
        (recorded('"nesterov": True'), "nesterov"),
        (recorded('"clip": args.clip').replace("args =", 'parser.add_argument("--clip")\n    args ='), "clip"),
    ],
)
def test_a_recorded_setting_that_nothing_reads_is_named(after: str, name: str) -> None:
    """A number, a constant of the module, a flag: each beside settings that were recorded before."""
    assert unread(after) == [name]


def test_a_field_that_nothing_reads_is_named() -> None:
    """Of a class of settings, which is recorded whole."""
    assert unread(CLASS.replace("lr: float", "clip: float = 1.0\n    lr: float"), CLASS) == ["clip"]


def test_a_field_that_nothing_reads_any_more_is_named() -> None:
    """A number in place of the setting leaves the setting recorded, and not what ran."""
    assert unread(CLASS.replace("s.seed * s.lr", "s.seed * 0.2"), CLASS) == ["lr"]
    assert unread(NOW.replace("v - LEARNING_RATE * g", "v - 0.02 * g")) == ["learning_rate"]


@pytest.mark.parametrize(
    "after",
    [
        NOW,
        NOW.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005"),
        recorded('"clip": CLIP', "CLIP = 1.0\nBOUND = 2 * CLIP"),
        recorded('"variant": "clipped"'),
        recorded('"kept": len(x)'),
        recorded('"clip": 1.0')
        .replace("x, training =", "clip = 2\n    x, training =")
        .replace("minimise(args.seed)", "minimise(args.seed + clip)"),
        NOW.replace('"steps": steps,', '"steps": steps, "extra": 1.0,'),
        "def broken(:",
    ],
)
def test_what_may_be_read_is_not_doubted(after: str) -> None:
    """A setting that is used, a label, what is computed, another dict, and code that does not parse."""
    assert unread(after) == []


def test_a_setting_that_is_read_by_a_wrong_name_is_left_to_its_launch() -> None:
    """The traceback names the line, so nothing is asked before."""
    reads = CLASS.replace("(s)", "(settings)").replace(
        "s.seed * s.lr", "settings.seed * settings.lr * settings.clipping"
    )
    assert unread(reads.replace("lr: float", "clip: float = 1.0\n    lr: float"), CLASS) == []


def test_a_field_that_is_read_by_any_means_is_not_doubted() -> None:
    """As an attribute, by its name in a string, or as a parameter into which all settings are spread."""
    wider = CLASS.replace("lr: float", "clip: float = 1.0\n    lr: float")
    for use in (
        "def f(s):\n    return s.clip\n",
        "def f(s):\n    return getattr(s, 'clip')\n",
        "def f(clip):\n    return clip\n",
    ):
        assert unread(wider + use, CLASS) == []

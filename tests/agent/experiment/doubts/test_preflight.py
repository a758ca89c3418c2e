"""What is not launched since it would be in vain, each planted; and that good code is."""

from __future__ import annotations

import pytest

from agent.experiment.doubts.preflight import InVain, in_vain, preflight
from agent.session.events import AttemptEnded, Edited
from agent.session.files import code_sha
from agent.session.steps import Step

COMMAND = ["python", "experiment.py", "--out_dir={out_dir}", "--seed={seed}"]
CODE = b"import argparse\nparser.add_argument('--out_dir')\nparser.add_argument('--seed')\n"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (b"def f(:\n    pass\n", "SyntaxError: invalid syntax (experiment.py, line 1): def f(:"),
        (b"if True:\nx = 1\n", "IndentationError"),
        (b"x = 1\n<<<<<<< SEARCH\n", "SyntaxError"),
        (b"x = '\0'\n", "null bytes"),
        (b"x = " + b"(" * 5000, "SyntaxError"),
        (b"\xff\xfe = 1\n", "SyntaxError"),
        (CODE.replace(b"out_dir", b"output"), "no longer takes --out_dir"),
        (CODE.replace(b"seed", b"rng"), "no longer takes --seed"),
    ],
)
def test_code_that_cannot_work_is_not_launched(code: bytes, reason: str) -> None:
    """What does not compile, or no longer takes its arguments, is told with the line, without a launch."""
    found = preflight({"experiment.py": code}, COMMAND)
    assert found is not None
    assert reason in found


def test_good_code_may_be_launched() -> None:
    """Preflight has nothing to say of code that compiles and takes its arguments, also through a settings class."""
    assert preflight({"experiment.py": CODE}, COMMAND) is None
    assert (
        preflight({"experiment.py": b"@dataclass\nclass S:\n    out_dir: str\n    seed: int = 0\nx = '\\d'\n"}, COMMAND)
        is None
    )


def ended(reason: str, **more: object) -> AttemptEnded:
    return AttemptEnded(
        number=3,
        run=Step("run_1"),
        outcome="crashed",
        reason=reason,
        cause=f"  in main\n{reason}",
        signature="T|x|main",
    ).model_copy(update=more)


def after(edited: Edited, code: bytes = CODE, accepted: bytes = b"", failed: bytes = b"") -> InVain | None:
    """What preflight says of an edit that left `code`, where other code was accepted and had failed."""
    known = {code_sha({"experiment.py": accepted}): "run_2"}
    faults = {code_sha({"experiment.py": failed}): ended("TypeError: no number")}
    return in_vain(edited, {"experiment.py": code}, COMMAND, known, faults)


APPLIED = Edited(outcome="applied", changed=["experiment.py"])


def test_new_code_is_launched() -> None:
    """One more space makes code new."""
    assert after(APPLIED, CODE + b" \n", accepted=CODE, failed=CODE) is None


def test_code_that_failed_before_is_not_launched_again() -> None:
    """Byte-identical code is known by its hash, and its author is shown again how it had ended."""
    vain = after(APPLIED, failed=CODE)
    assert vain is not None
    assert vain.outcome == "crashed"
    assert "that of attempt 3" in vain.reason and "TypeError: no number" in vain.reason
    assert vain.cause.endswith("It had ended so:\n  in main\nTypeError: no number")
    assert vain.signature == "T|x|main"


def test_code_that_was_accepted_is_not_launched_again() -> None:
    """Its result is known: the reason names the run."""
    vain = after(APPLIED, accepted=CODE)
    assert vain is not None
    assert (vain.outcome, vain.signature) == ("no_edit", "no_edit")
    assert "that of run_2" in vain.reason


@pytest.mark.parametrize(
    ("edited", "reason"),
    [
        (Edited(outcome="no_edit"), "no file was changed"),
        (Edited(outcome="unmatched"), "the text to be replaced was not found"),
        (Edited(outcome="outside"), "only files that may not be edited were changed"),
        (APPLIED.model_copy(update={"left": 1}), "1 block did not match"),
        (APPLIED.model_copy(update={"left": 2}), "2 blocks did not match"),
    ],
)
def test_an_edit_that_is_none_or_in_part_is_not_launched(edited: Edited, reason: str) -> None:
    """Nothing was changed, or not all that was meant: the attempt says so without a number."""
    vain = after(edited)
    assert vain is not None
    assert vain.outcome == "no_edit"
    assert reason in vain.reason and vain.cause == vain.reason

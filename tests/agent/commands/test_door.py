"""Every command goes through one door: one answer on stdout, problems on stderr, an exit code."""

from __future__ import annotations

import argparse
import importlib

import pytest

from agent.cli import COMMANDS
from agent.commands.door import Output, through
from agent.errors import BudgetReached, UsageError


def flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    return parser


@pytest.mark.parametrize(("argv", "shown"), [([], "three runs\n"), (["--json"], '{"runs": 3}\n')])
def test_one_answer_is_text_or_json(argv: list[str], shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For people its text, with --json one object; nothing on stderr, and the answer's own exit code."""
    assert through(flags(), argv, lambda args: Output(text="three runs", value={"runs": 3}, exit_code=5)) == 5
    assert capsys.readouterr() == (shown, "")


def test_a_file_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A text that ends in a newline gets no second one; one without a JSON form is shown with --json too."""
    assert through(flags(), ["--json"], lambda args: Output(text="a question\n")) == 0
    assert capsys.readouterr().out == "a question\n"


@pytest.mark.parametrize("error", [UsageError("--out: no such folder"), BudgetReached("10 tokens used")])
def test_an_error_is_one_line_and_its_exit_code(
    error: UsageError | BudgetReached, capsys: pytest.CaptureFixture[str]
) -> None:
    """What labloop raises on purpose never ends in a traceback."""

    def work(args: argparse.Namespace) -> Output:
        raise error

    assert through(flags(), ["--json"], work) == error.exit_code
    assert capsys.readouterr() == ("", f"error: {error}\n")


def test_a_problem_leaves_stdout_to_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the answer of a work that was not done reads nothing."""
    assert through(flags(), ["--json"], lambda args: Output(problem="the replay stopped", exit_code=4)) == 4
    assert capsys.readouterr() == ("", "error: the replay stopped\n")


def test_a_fault_of_the_code_is_not_hidden() -> None:
    """Only what was raised on purpose is made a message; anything else is a bug and shows where."""
    with pytest.raises(ZeroDivisionError):
        through(flags(), [], lambda args: Output(text=str(1 // 0)))


@pytest.mark.parametrize("module", [module for module, _ in COMMANDS.values()])
def test_each_command_refuses_an_unknown_flag_with_2(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Usage errors are argparse's own, before anything is read."""
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(module).main(["--no-such-flag"])
    assert ended.value.code == 2 and "usage:" in capsys.readouterr().err

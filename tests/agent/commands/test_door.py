"""Every command goes through one door: one answer on stdout, problems on stderr, an exit code."""

from __future__ import annotations

import argparse
import errno
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli import COMMANDS
from agent.commands.door import Output, through
from agent.errors import BudgetReached, UsageError
from agent.session.paths import REPOSITORY


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


def test_a_fault_of_the_code_is_a_sentence_and_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody expected ends with exit 1 and the path of a file that says where, not in a traceback."""
    assert through(flags(), [], lambda args: Output(text=str(1 // 0))) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: an error that nobody expected (ZeroDivisionError")
    path = re.search(r"\S+error-report\.txt", said.err)
    assert path is not None and "1 // 0" in Path(path[0]).read_text()
    Path(path[0]).unlink()


def test_a_full_disk_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever command meets it: exit 4, the file and the remedy."""

    def work(args: argparse.Namespace) -> Output:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/page.html")

    assert through(flags(), [], work) == 4
    assert re.match(
        r"error: the disk of /somewhere/page.html is full .*: free some space, then try again", capsys.readouterr().err
    )


def test_ctrl_c_before_anything_listens_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """While the check asks a model, say: one line, and the exit code of an interruption."""

    def work(args: argparse.Namespace) -> Output:
        raise KeyboardInterrupt

    assert through(flags(), [], work) == 130
    assert capsys.readouterr().err == "error: interrupted by Ctrl-C\n"


@pytest.mark.parametrize("module", [module for module, _ in COMMANDS.values()])
def test_each_command_refuses_an_unknown_flag_with_2(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that names the flag, or what is missing beside it, and where all flags stand, before anything is read."""
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(module).main(["--no-such-flag"])
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert re.match(r"error: (--no-such-flag: there is no such flag|the following arguments are required: )", line)
    assert line.endswith("--help tells every flag)")


@pytest.mark.process
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this machine")
@pytest.mark.parametrize("where", [">/dev/full", ">&-", "| true"])
def test_an_answer_that_nobody_can_read_ends_as_the_work_did(where: str) -> None:
    """A full disk behind stdout, no stdout, a reader that has gone: the exit code is the work's, and no traceback is shown."""
    code = (
        "import argparse, sys; from agent.commands.door import Output, through; "
        "sys.exit(through(argparse.ArgumentParser(), [], lambda args: Output(text='x' * 100_000, exit_code=5)))"
    )
    done = subprocess.run(
        ["bash", "-c", f'set -o pipefail; "{sys.executable}" -c "{code}" {where}'],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    assert ("could not be written" in done.stderr) == ("full" in where)

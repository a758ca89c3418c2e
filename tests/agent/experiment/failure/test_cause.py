"""From logs to a cause: what the coder is shown, and whether any edit could mend it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from agent.experiment.failure.cause import LIMIT, Cause, _signature, find_cause, last_chain
from agent.sandbox import Finished
from tests.agent.experiment.failure.causes import CRASH, OWN, cause_of


def really(tmp_path: Path, source: str, **files: str) -> Cause:
    """The cause of a real Python process that ran `source` as experiment.py; `files` lie beside it."""
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(content))
    (tmp_path / "experiment.py").write_text(textwrap.dedent(source))
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "experiment.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    return cause_of(tmp_path, done.stderr, done.stdout, done.returncode)


BAR = "".join(
    f"\rTraining:  {p}%|{'█' * (p // 10):<10}| {p}/100 [00:{p // 2:02d}<00:{50 - p // 2:02d},  3.32it/s, loss=0.{p}]"
    for p in range(0, 100, 3)
)


def test_the_exception_is_shown_and_the_bars_are_not(tmp_path: Path) -> None:
    """With a progress bar on the traceback's own line, the reason is the exception and no bar is left."""
    cause = cause_of(tmp_path, BAR + CRASH)
    assert (
        cause.reason
        == "TypeError: exp(): argument 'input' (position 1) must be Tensor, not float (experiment.py:96 in update)"
    )
    assert cause.shown.count("experiment.py") == 3
    assert "weight = torch.exp(-progress)" in cause.shown
    assert cause.shown.endswith("must be Tensor, not float")
    assert "%" not in cause.shown
    assert not cause.environment


def test_an_exception_before_many_lines_is_still_found(tmp_path: Path) -> None:
    """The cause is the exception, not the tail: noise after it, in either log, changes nothing."""
    noise = "".join(f"wandb: uploading artifact {i}\n" for i in range(500))
    cause = cause_of(tmp_path, CRASH + noise)
    assert cause.reason.startswith("TypeError: exp()")
    on_stdout = cause_of(tmp_path, "some warning\n", CRASH)
    assert on_stdout.reason == cause.reason


def test_frames_of_libraries_are_left_out(tmp_path: Path) -> None:
    """Frames in the own files stay, with the place where it ended; the library's frames between do not."""
    deep = "".join(
        f'  File "/venv/lib/python3.11/site-packages/torch/nn/modules/m{i}.py", line {i}, in call\n    return f(x)\n'
        for i in range(40)
    )
    text = CRASH.replace(
        "TypeError",
        f'{deep}  File "/venv/lib/python3.11/site-packages/torch/nn/functional.py", line 9, in linear\n    return L(x)\nTypeError',
    )
    cause = cause_of(tmp_path, text)
    assert "functional.py" in cause.shown
    assert "m12.py" not in cause.shown
    assert cause.reason.endswith("(experiment.py:96 in update)")


def test_frames_of_the_fixed_half_are_shown_by_their_path(tmp_path: Path) -> None:
    """A failure inside harness/ shows where the call went in, named as the coder knows the file."""
    text = CRASH.replace(
        "TypeError", '  File "/repo/harness/evaluation/core.py", line 9, in mse\n    return x - y\nTypeError'
    )
    assert '"harness/evaluation/core.py", line 9' in cause_of(tmp_path, text).shown


def test_a_deep_recursion_stays_short(tmp_path: Path) -> None:
    """A RecursionError shows its outermost and innermost frames within the limit."""
    cause = really(tmp_path, "def f(x):\n    return g(x)\ndef g(x):\n    return f(x)\nf(1)\n")
    assert cause.reason.startswith("RecursionError")
    assert len(cause.shown) <= LIMIT
    assert "frames left out" in cause.shown


def test_a_long_message_is_cut_in_its_middle(tmp_path: Path) -> None:
    """State-dict mismatches run to pages; their beginning and end stay."""
    cause = really(tmp_path, "raise RuntimeError('Error(s) in loading: ' + 'key, ' * 20000 + 'the end')")
    assert len(cause.shown) <= LIMIT
    assert "Error(s) in loading" in cause.shown
    assert "the end" in cause.shown
    assert len(cause.reason) < 400


def test_chained_exceptions_are_both_shown(tmp_path: Path) -> None:
    """The first exception is the cause, the last one the reason; both are shown in order."""
    cause = really(
        tmp_path,
        """
        def read():
            return {}["steps"]
        try:
            read()
        except KeyError as error:
            raise ValueError("no steps were recorded") from error
    """,
    )
    assert cause.reason == "ValueError: no steps were recorded (experiment.py:7 in <module>)"
    assert cause.shown.index("KeyError: 'steps'") < cause.shown.index("which led to:") < cause.shown.index("ValueError")


def test_an_exception_while_handling_another_is_chained_too(tmp_path: Path) -> None:
    """The implicit chain is read like the explicit one."""
    cause = really(tmp_path, "try:\n    1 / 0\nexcept ZeroDivisionError:\n    undefined\n")
    assert cause.reason.startswith("NameError")
    assert "ZeroDivisionError: division by zero" in cause.shown


def test_the_last_of_several_unrelated_tracebacks_counts(tmp_path: Path) -> None:
    """Exceptions that were caught and printed earlier are not the cause."""
    cause = really(
        tmp_path,
        """
        import traceback
        for i in range(3):
            try:
                int("x" * i)
            except ValueError:
                traceback.print_exc()
        print(missing)
    """,
    )
    assert cause.reason.startswith("NameError: name 'missing'")
    assert "ValueError" not in cause.shown


def test_an_ignored_exception_is_not_the_cause(tmp_path: Path) -> None:
    """What a destructor raises while Python shuts down is not what ended the run."""
    cause = really(
        tmp_path,
        """
        class Kept:
            def __del__(self):
                raise RuntimeError("in the destructor")
        kept = Kept()
        raise KeyError("layer_3")
    """,
    )
    assert cause.reason.startswith("KeyError: 'layer_3'")
    assert "destructor" not in cause.shown


@pytest.mark.skipif(sys.version_info < (3, 11), reason="ExceptionGroup is new in Python 3.11")
def test_an_exception_group_shows_its_members(tmp_path: Path) -> None:
    """Members with and without a traceback of their own are read out of the drawn tree."""
    cause = really(
        tmp_path,
        """
        def seed(n):
            raise ValueError(f"seed {n} diverged")
        found = []
        for n in (1, 2):
            try:
                seed(n)
            except ValueError as error:
                found.append(error)
        raise ExceptionGroup("two seeds", found)
    """,
    )
    assert "ExceptionGroup: two seeds (2 sub-exceptions)" in cause.shown
    assert "ValueError: seed 1 diverged" in cause.shown
    assert cause.reason.startswith("ValueError: seed 2 diverged")
    assert "in seed" in cause.reason


def test_a_syntax_error_of_the_script_has_no_header(tmp_path: Path) -> None:
    """Python prints a script's own SyntaxError without a traceback; file, line and code are found all the same."""
    cause = really(tmp_path, "x = [1,\ny = 2\n")
    assert cause.reason.startswith("SyntaxError: '[' was never closed (experiment.py:1")
    assert "x = [1," in cause.shown


def test_a_syntax_error_in_an_import(tmp_path: Path) -> None:
    """The file that does not parse is named, not the one that imports it."""
    cause = really(tmp_path, "import harness.loss\n", harness__loss_py="def f(:\n    pass\n")
    assert cause.reason.startswith("SyntaxError")
    assert 'harness/loss.py", line 1' in cause.shown


def test_a_segmentation_fault_shows_where(tmp_path: Path) -> None:
    """Where a signal ends the interpreter, faulthandler's frames stand in for the traceback."""
    cause = really(tmp_path, "import ctypes\ndef crash():\n    ctypes.string_at(0)\ncrash()\n")
    assert "SIGSEGV" in cause.shown
    assert "in crash" in cause.shown
    assert "Segmentation fault" in cause.reason


def test_a_worker_of_a_data_loader(tmp_path: Path) -> None:
    """torch wraps a worker's exception in text; the original, with its frames, is the cause."""
    cause = cause_of(
        tmp_path,
        """Traceback (most recent call last):
  File "/code/experiment.py", line 90, in main
    for batch in loader:
  File "/venv/lib/python3.11/site-packages/torch/utils/data/dataloader.py", line 733, in __next__
    data = self._next_data()
  File "/venv/lib/python3.11/site-packages/torch/_utils.py", line 750, in reraise
    raise exception
IndexError: Caught IndexError in DataLoader worker process 1.
Original Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/torch/utils/data/_utils/worker.py", line 349, in _worker_loop
    data = fetcher.fetch(index)
  File "/code/experiment.py", line 41, in __getitem__
    return self.rows[index + 1]
IndexError: list index out of range
""",
    )
    assert cause.reason == "IndexError: list index out of range (experiment.py:41 in __getitem__)"
    assert "Caught IndexError in DataLoader worker process 1." in cause.shown


def test_memory_of_the_gpu_can_be_mended(tmp_path: Path) -> None:
    """torch's out-of-memory error is the code's own, with a hint; its figures do not make it another failure."""

    def text(size: int) -> str:
        return (
            CRASH.split("TypeError")[0]
            + f"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate {size}.00 MiB. GPU 0 has a total capacity of 79.{size} GiB\n"
        )

    one, two = cause_of(tmp_path, text(20)), cause_of(tmp_path, text(512))
    assert not one.environment
    assert "Hint: it needs more memory" in one.shown
    assert one.signature == two.signature


@pytest.mark.parametrize(
    ("exit_code", "said"),
    [
        (-9, "killed by SIGKILL (mostly the system, when memory runs out)"),
        (-11, "killed by SIGSEGV"),
        (-6, "killed by SIGABRT"),
    ],
)
def test_a_signal_without_words(tmp_path: Path, exit_code: int, said: str) -> None:
    """A process that a signal ended silently is described by the signal and its last output."""
    cause = cause_of(tmp_path, "", "epoch 1\nepoch 2\n", exit_code)
    assert said in cause.reason
    assert "epoch 2" in cause.shown
    assert not cause.environment


def test_the_time_limit_names_the_place(tmp_path: Path) -> None:
    """A run past its time is told where it was when the time was up."""
    text = CRASH.split("TypeError")[0] + "KeyboardInterrupt\n"
    (tmp_path / "out").write_text("step 100\n")
    (tmp_path / "err").write_text(BAR + text)
    cause = find_cause(tmp_path / "out", tmp_path / "err", Finished(-2, True, 900.4), OWN)
    assert cause.reason == "ended at its time limit after 900 s in update"
    assert "It was here:" in cause.shown
    assert "step 100" in cause.shown
    assert cause.signature == "timed_out|update"


def test_the_memory_limit_is_named(tmp_path: Path) -> None:
    """The tool's own memory limit is not taken for a crash."""
    cause = cause_of(tmp_path, "", "", -9, out_of_memory=True)
    assert "memory limit" in cause.reason
    assert cause.signature.startswith("out_of_memory")


def test_no_output_at_all(tmp_path: Path) -> None:
    """A process that ends without a word is called that, and missing logs are no reason to fail."""
    cause = cause_of(tmp_path, "", "", 3)
    assert cause.reason == "ended with exit status 3, and said nothing"
    nothing = find_cause(tmp_path / "absent1", tmp_path / "absent2", Finished(1, False, 0.1), OWN)
    assert "wrote nothing" in nothing.shown


def test_an_argument_error_has_no_traceback(tmp_path: Path) -> None:
    """argparse's complaint is the last line of stderr, and it is the reason."""
    cause = really(
        tmp_path, "import argparse\np = argparse.ArgumentParser()\np.add_argument('--k', required=True)\np.parse_args()"
    )
    assert cause.reason.startswith(
        "ended with exit status 2: experiment.py: error: the following arguments are required: --k"
    )


def test_signatures_forget_what_changes() -> None:
    """Numbers, addresses, paths and uuids do not make two failures different; another message or place does."""

    def signature(message: str, function: str = "update") -> str:
        text = CRASH.replace("exp(): argument 'input' (position 1) must be Tensor, not float", message).replace(
            "in update", f"in {function}"
        )
        chain = last_chain(text)
        return _signature(chain[-1].type, chain[-1].message, function)

    one = signature(
        "shape [2048, 128] at 0x7f3a2b at /runs/a/attempts/001/code after 0.31 s, id 123e4567-e89b-12d3-a456-426614174000"
    )
    two = signature(
        "shape [64, 3] at 0x55aa at /runs/b/attempts/017/code after 12.5 s, id 00000000-e89b-12d3-a456-426614174fff"
    )
    assert one == two
    assert one != signature("shape mismatch")
    assert one != signature("shape [2048, 128] at 0x7f3a2b at /runs/a/attempts/001/code after 0.31 s", "encode")


def test_hints_for_what_the_sandbox_forbids(tmp_path: Path) -> None:
    """Writing elsewhere and importing what is not there come with what to do instead."""
    text = CRASH.split("TypeError")[0]
    assert (
        "only its working directory"
        in cause_of(tmp_path, text + "OSError: [Errno 30] Read-only file system: '/x'\n").shown
    )
    assert (
        "numba_plus is not installed"
        in cause_of(tmp_path, text + "ModuleNotFoundError: No module named 'numba_plus'\n").shown
    )


def test_it_never_fails_on_garbage(tmp_path: Path) -> None:
    """Cut-off and nonsensical tracebacks give a cause too."""
    for text in (
        "Traceback (most recent call last):\n",
        CRASH[:120],
        CRASH * 2000,
        "Traceback (most recent call last):\n" * 50,
        '  File "x.py", line 3\n',
        "Fatal Python error: \n",
        "\0\r\x1b[\n" * 99,
        "During handling of the above exception\n",
        "🤖" * 9999,
    ):
        cause = cause_of(tmp_path, text)
        assert cause.reason
        assert len(cause.shown) <= LIMIT


@pytest.mark.parametrize(
    ("handling", "follows"),
    [
        ("log = open('x.txt', 'w'); log.close(); log.write('a')", "ValueError: I/O operation on closed file."),
        ("import os; fd = os.open('.', 0); os.close(fd); os.close(fd)", "OSError: [Errno 9] Bad file descriptor"),
    ],
)
def test_what_follows_from_the_handling_of_a_failure_does_not_hide_it(
    tmp_path: Path, handling: str, follows: str
) -> None:
    """The reason begins with what went wrong first and where, and names the other behind it; alone it is the reason."""
    source = f"def train():\n    raise RuntimeError('loss is nan')\ntry:\n    train()\nfinally:\n    {handling}\n"
    cause = really(tmp_path, source)
    assert cause.reason == f"RuntimeError: loss is nan (experiment.py:2 in train); while that was handled, {follows}"
    assert "loss is nan" in cause.shown and follows in cause.shown
    assert cause.signature.startswith("RuntimeError|")
    assert really(tmp_path, f"{handling}\n").reason.startswith(follows)


def test_another_failure_in_a_handler_stays_the_reason(tmp_path: Path) -> None:
    """A bug of the handler's own is the last thing that went wrong, as before."""
    source = "try:\n    {}['mse']\nexcept KeyError:\n    raise ValueError('no mse was recorded')\n"
    assert really(tmp_path, source).reason.startswith("ValueError: no mse was recorded")

"""A wrong flag is told in one line, as every other wrong use is."""

from __future__ import annotations

import pytest

from agent.commands.parsing import Flags


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--modl", "manual"], "--modl: there is no such flag; did you mean --model?"),
        (["--modl=manual"], "--modl: there is no such flag; did you mean --model?"),
        (["--zzz"], "--zzz: there is no such flag"),
        (["first", "second"], "second: one argument too many"),
        (["--slots", "many"], "argument --slots: invalid int value: 'many'"),
    ],
)
def test_a_wrong_flag_is_one_line(argv: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the flag, what was meant where something is near, and where the flags are told; no usage of many lines stands before it."""
    flags = Flags(prog="run_idea.py")
    flags.add_argument("idea", nargs="?")
    flags.add_argument("--model")
    flags.add_argument("--slots", type=int)
    with pytest.raises(SystemExit) as ended:
        flags.parse_args(argv)
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", f"error: {told} (run_idea.py --help tells every flag)\n")


def test_right_flags_are_read() -> None:
    """What every flag says arrives."""
    flags = Flags()
    flags.add_argument("--model")
    assert flags.parse_args(["--model", "manual"]).model == "manual"

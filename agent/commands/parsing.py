"""Flags as every command reads them: what is wrong with them is one line with its remedy, and not the whole usage."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from typing import Any, NoReturn

from agent.errors import UsageError


class Flags(argparse.ArgumentParser):
    """A command's flags, wherever they are typed: `python agent/NAME.py` and `labloop NAME` say the same of a wrong one."""

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:  # type: ignore[override]
        """What the flags say; the first word that is none of them ends the command, with the flag that it looks like."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._unknown(unknown[0]))
        return known, unknown

    def error(self, message: str) -> NoReturn:
        """End as a wrong use does: with the message in one line, and where all flags are told."""
        self.exit(UsageError.exit_code, f"error: {message} ({self.prog} --help tells every flag)\n")

    def _unknown(self, word: str) -> str:
        flag = word.partition("=")[0]
        if not flag.startswith("-"):
            return f"{word}: one argument too many"
        near = difflib.get_close_matches(flag, self._option_string_actions, n=1)
        return f"{flag}: there is no such flag" + (f"; did you mean {near[0]}?" if near else "")

"""Names of runs and of controls, as strings that know their parts. Imported from steps.py, where all names are told."""

from __future__ import annotations

import re
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_RUN = re.compile(r"run_(0|[1-9]\d*)")


class Name(str):
    """A string that pydantic reads into its class and writes as it stands."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class RunName(Name):
    """`run_3`. Raises ValueError for a string that names no run."""

    __slots__ = ()

    def __new__(cls, text: str) -> RunName:
        if not _RUN.fullmatch(text):
            raise ValueError(f"{text!r} names no run; runs are run_0, run_1, …")
        return super().__new__(cls, text)

    @classmethod
    def of(cls, number: int) -> RunName:
        """The run with this number."""
        return cls(f"run_{number}")

    @classmethod
    def parse(cls, text: str) -> RunName | None:
        """The run that `text` names, None where it names none."""
        return cls(text) if _RUN.fullmatch(text) else None

    @property
    def number(self) -> int:
        """Its number; 0 for the baseline."""
        return int(self.partition("_")[2])

    @property
    def is_baseline(self) -> bool:
        return self.number == 0


BASELINE = RunName.of(0)
_TAKEN = frozenset(
    {"baseline", "best", "compare", "conclusion", "confirmed", "count", "list", "reported", "table", "noise"}
)
"""Words that texts use where a control's name could stand."""


class ControlName(Name):
    """`untrained`: a control that is measured beside the baseline. Raises ValueError for a name that means something else."""

    __slots__ = ()

    def __new__(cls, text: str) -> ControlName:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
            raise ValueError(f"{text!r} names no control: lower-case letters, digits and _, a letter first")
        if text in _TAKEN or re.match(r"run(_?\d|$)", text):
            raise ValueError(f"{text!r} means something else in texts; give the control another name")
        return super().__new__(cls, text)

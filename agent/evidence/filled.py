"""What a reference says, filled in: as text, and as LaTeX that links to its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.evidence.escape import number_latex
from agent.evidence.reference import Reference
from agent.evidence.table import Table

Style = Literal["text", "latex"]


@dataclass(frozen=True)
class Filled:
    """What a reference says. `rows` are the lines of the evidence table it stands on, as (run, metric or setting)."""

    reference: Reference
    text: str
    rows: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    reported: str = ""
    """The value alone, where it is one that others reported; in LaTeX its macro adds the mark."""
    short: str = ""
    """What it says where the whole of it stood in an earlier section of the paper; empty where it says the same again."""

    @property
    def latex(self) -> str:
        """The text behind a macro that links to the evidence; a table as booktabs."""
        if self.table is not None:
            return self.table.latex()
        if self.reported:
            return f"\\evidreported{{{self.reference.text}}}{{{number_latex(self.reported)}}}"
        macro = "evid" if any(char.isdigit() for char in self.text[:2]) else "evidwords"
        return f"\\{macro}{{{self.reference.text}}}{{{number_latex(self.text)}}}"

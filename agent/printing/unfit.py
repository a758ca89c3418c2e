"""What is never given to TeX: a part of the draft with a command that no section may hold, however it came into the journal."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from agent.evidence.reference import REFERENCE
from agent.printing.blame import TITLE
from agent.proofreading.source.commands import command_problems
from agent.proofreading.source.preamble import package_problems
from agent.writing.draft import Draft
from agent.writing.draft.desk import preamble_of


class Unfit(NamedTuple):
    """A section, or TITLE, and a sentence for each command that it may not hold."""

    part: str
    problems: tuple[str, ...]


def unfit_part(draft: Draft, latex: Path) -> Unfit | None:
    """The first part of a draft that TeX must not see; None where there is none. What stands as plain text is harmless.

    `latex` is the folder of the paper's preamble.
    """
    preamble = preamble_of(latex)
    parts = {TITLE: draft.title, **draft.sections}
    for part, text in parts.items():
        bare = REFERENCE.sub("0", text)
        problems = (*command_problems(bare, preamble), *package_problems(bare, preamble))
        if problems and part not in draft.plain:
            return Unfit(part, problems)
    return None

"""A paper compiled in which no bibliography entry is at fault: what TeX refuses is set in plain words, or left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from agent.printing.blame import blamed_entry
from agent.printing.latex import Compilation, RunTex, compile_paper
from agent.proofreading.source.commands import command_problems
from agent.writing.bibliography import Entry, in_plain_words, mended


def compiled_with(
    bibliography: Sequence[Entry], lay: Callable[[Sequence[Entry]], Path], run_tex: RunTex
) -> tuple[Compilation, Path, list[str]]:
    """What TeX makes of the folder that `lay` lays out, that folder, and a sentence for each entry at fault."""
    entries = {entry.key: mended(entry) for entry in bibliography}
    told: dict[str, str] = {}
    for key, entry in entries.items():
        if problems := [problem for value in entry.fields.values() for problem in command_problems(value)]:
            entries[key] = in_plain_words(entry)
            told[key] = f"the entry {key} of the bibliography is printed in plain words: {problems[0]}"
    while True:
        folder = lay(list(entries.values()))
        compilation = compile_paper(folder, run_tex)
        key = blamed_entry(compilation, folder)
        if key not in entries:
            return compilation, folder, list(told.values())
        why = f"TeX does not take the entry {key} of the bibliography ({compilation.errors[0].text})"
        if key in told:
            del entries[key]
            told[key] = f"{why}: it is left out"
        else:
            entries[key] = in_plain_words(entries[key])
            told[key] = f"{why}: author, title and year are printed in plain words"

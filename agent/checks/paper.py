"""Whether a template's own latex/ can be printed: its preamble and its bibliography go through TeX once."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.evidence.escape import unset_characters
from agent.printing.assemble import filled_template
from agent.printing.blame import where
from agent.printing.entries import compiled_with
from agent.printing.latex import tex_in
from agent.sandbox import choose
from agent.writing.bibliography import Entry, read_entries, torn_entries

_STYLES = (".sty", ".cls", ".bst")
_TRIAL = {"TITLE": "Trial", "SESSION": "trial", "ABSTRACT": "Words.", "SECTIONS": "\\nocite{*}Words.", "EVIDENCE": ""}


def paper_check_once(folder: Path, cache: Path) -> CheckResult:
    """As `paper_check`; a folder that passed and has not changed since is not put through TeX again.

    What passed is remembered in `cache` by the hash of all that the check reads; where that cannot be written, it is tried again.
    """
    passed_before = cache / "papers" / _sha256(folder)
    if passed_before.is_file():
        return passed("paper", f"{folder.name}/ passed before")
    result = paper_check(folder)
    if result.ok and shutil.which("pdflatex"):
        with contextlib.suppress(OSError):
            passed_before.parent.mkdir(parents=True, exist_ok=True)
            passed_before.touch()
    return result


def _sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (*_STYLES, ".tex", ".bib") and path.is_file():
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def paper_check(folder: Path) -> CheckResult:
    """Whether TeX takes the paper.tex in `folder` with every entry of its references.bib; each entry at fault is named."""
    file = folder / "references.bib"
    if not file.is_file():
        return failed("paper", f"{folder} has a paper.tex and no references.bib", f"add {file}, be it empty")
    text = file.read_text(encoding="utf-8", errors="replace")
    entries = read_entries(text)
    problems = [f"the entry {key} does not close" for key in torn_entries(text)]
    problems += [f"the entry {entry.key}: {told}" for entry in entries for told in unset_characters(entry.text)]
    if not shutil.which("pdflatex"):
        return passed("paper", f"{len(entries)} works to cite")
    with tempfile.TemporaryDirectory(prefix="labloop-check-") as place:
        latex = Path(place) / "latex"

        def lay(kept: Sequence[Entry]) -> Path:
            return laid_out(folder, latex, kept)

        compilation, _, refused = compiled_with(entries, lay, tex_in(choose("plain"), Path(place) / "scratch"))
    if compilation.pdf is None:
        why = where(compilation.errors[0]) if compilation.errors else "no PDF came out"
        return failed(
            "paper",
            f"TeX does not take {folder}/paper.tex: {why}",
            "mend it, or take the folder away: labloop has its own",
        )
    problems += refused
    if problems:
        return failed("paper", "; ".join(problems[:5]), f"mend {file}", fatal=False)
    return passed("paper", f"{len(entries)} works to cite, and TeX takes all of them")


def laid_out(source: Path, target: Path, entries: Sequence[Entry], parts: Mapping[str, str] = _TRIAL) -> Path:
    """The paper in `source` with these entries and parts, laid into `target` for TeX; that folder."""
    target.mkdir(exist_ok=True)
    for style in source.iterdir():
        if style.suffix in _STYLES:
            shutil.copyfile(style, target / style.name)
    text = (source / "paper.tex").read_text(encoding="utf-8", errors="replace")
    (target / "paper.tex").write_text(filled_template(text, parts), encoding="utf-8")
    (target / "references.bib").write_text("\n".join(entry.text for entry in entries) + "\n", encoding="utf-8")
    (target / "findings.tex").write_text("", encoding="utf-8")
    return target

"""Every number of notes and paper against the journal: whether each still is what its reference says."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill, filled_values, unfill
from agent.printing.press import assembled
from agent.proofreading.typed_numbers import TypedNumbers
from agent.results.results import Results
from agent.results.story import story_of
from agent.session.events import Audited, Noted, SectionWritten
from agent.session.files import sha256
from agent.session.session import Session
from agent.writing.notes import free_text, note_problems, notes_text, problems_of, read_note, render_note

Finding = dict[str, Any]


def audit_session(session: Session, results: Results) -> Audited:
    """What does not hold, as findings {where, what, why}, and how many numbers were checked."""
    findings: list[Finding] = [*_audit_results(session), *_audit_notes(session), *_audit_figures(session)]
    numbers = sum(len(note.references) for note in session.journal.all(Noted))
    if any(True for _ in session.journal.all(SectionWritten)):
        values, found = _audit_paper(session, results)
        findings += found
        numbers += values
    return Audited(findings=findings, numbers=numbers)


def finding_text(finding: Finding) -> str:
    """A finding in a line."""
    return f"{finding['where']}: {finding['what']}: {finding['why']}"


def _finding(where: str, what: str, why: str) -> Finding:
    return {"where": where, "what": what, "why": why}


def _audit_results(session: Session) -> Iterator[Finding]:
    """run_i/final_info.json, which every number names as its file, against the journal."""
    for name, event in story_of(session).accepted.items():
        path = session.paths.run(name) / "final_info.json"
        where = f"{name}/final_info.json"
        try:
            on_disk = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            yield _finding(where, "the file is missing", "every number of the run names it as its evidence")
            continue
        except (OSError, ValueError) as error:
            yield _finding(where, "the file cannot be read", str(error))
            continue
        for metric, recorded in event.results.get("metrics", {}).items():
            found = on_disk.get("metrics", {}).get(metric) if isinstance(on_disk, dict) else None
            if found != recorded:
                yield _finding(where, f"{metric} is {found}", f"the journal recorded {recorded}")


def _audit_notes(session: Session) -> Iterator[Finding]:
    """notes.txt is what the journal says; each note is what its source says, filled in with the runs of its time."""
    expected = notes_text(session.journal.events)
    for note in session.journal.all(Noted):
        then = story_of(session).until(note.seq)
        if then.baseline is None:
            continue
        evidence = Evidence(then.results(session.template.metrics, session.primary), session.template.reported)
        yield from _rendered_otherwise(note, evidence, {str(run): event.title for run, event in then.accepted.items()})
        for reference in note.references:
            try:
                said = evidence.resolve(reference).text
            except BadAnswer as bad:
                yield _finding(f"notes.txt, {note.subject}", f"[[{reference}]]", str(bad))
                continue
            if " ".join(said.split()) not in " ".join(note.text.split()):
                yield _finding(f"notes.txt, {note.subject}", f"[[{reference}]]", f"the note does not say {said!r}")
        if note.refused:
            yield _finding(f"notes.txt, {note.subject}", "no usable note of the writer's", note.refused)
        for problem in _note_problems(note, evidence, free_text(session)):
            yield _finding(f"notes.txt, {note.subject}", "left by the writer", problem)
    if any(True for _ in session.journal.all(Noted)):
        yield from _differences(session.paths.notes, expected, "notes.txt")


def _note_problems(note: Noted, evidence: Evidence, free: str) -> list[str]:
    try:
        return note_problems(read_note(note.source), evidence, free)
    except BadAnswer:  # the figures' note has other labels
        return problems_of(note.source, evidence, free)


def _rendered_otherwise(note: Noted, evidence: Evidence, titles: dict[str, str]) -> Iterator[Finding]:
    """The note's whole section, its table included, made again from its source."""
    try:
        again = render_note(read_note(note.source, titles.get(note.subject, "")), evidence, note.subject).text
    except BadAnswer:
        return  # the figures' note, or one that only says that no answer could be used
    if note.subject in titles and again != note.text:
        changed = [line for line in note.text.splitlines() if line not in again.splitlines()]
        yield _finding(
            f"journal, note on {note.subject}",
            (changed or ["a line is missing"])[0][:160],
            "its source and the runs say otherwise",
        )


def _audit_paper(session: Session, results: Results) -> tuple[int, list[Finding]]:
    path, evidence = session.paths.latex / "paper.tex", Evidence(results, session.template.reported)
    findings: list[Finding] = []
    paper = assembled(session, results)
    for section, problems in paper.problems.items():
        findings += [_finding(f"paper, {section}", "a reference that nothing bears", problem) for problem in problems]
    findings += _differences(path, paper.tex, "paper.tex")
    tex = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    values = filled_values(tex)
    for reference, value in values:
        try:
            expected = fill(f"[[{reference}]]", evidence, "latex").text
            wanted = dict(filled_values(expected)).get(evidence.resolve(reference).reference.text)
        except BadAnswer as bad:
            findings.append(_finding("paper.tex", f"[[{reference}]]", str(bad)))
            continue
        if value != wanted:
            findings.append(_finding("paper.tex", f"[[{reference}]] reads {value!r}", f"the evidence says {wanted!r}"))
    body = tex.split("\\begin{document}", 1)[-1].split("\\label{sec:evidence}", 1)[0]
    typed = TypedNumbers(evidence, free_text(session)).check(unfill(body), latex=True)
    findings += [_finding("paper.tex", finding.typed, str(finding)) for finding in typed]
    seen = {finding["why"] for finding in findings}
    findings += [finding for finding in _section_problems(session) if finding["why"] not in seen]
    return len(values), findings


def _section_problems(session: Session) -> Iterator[Finding]:
    """What the writer left in the last version of each section."""
    for section, event in story_of(session).sections.items():
        for problem in event.problems:
            yield _finding(f"paper, {section}", "left by the writer", problem)


def _audit_figures(session: Session) -> Iterator[Finding]:
    """The figures that the paper shows are those that plot.py drew, and each is there."""
    drawn = story_of(session).figures
    for name in drawn.files if drawn else []:
        original = session.paths.figures / Path(name).name
        printed = session.paths.latex / "figures" / Path(name).name
        if not original.is_file():
            yield _finding(f"figures/{Path(name).name}", "the file is missing", "plot.py had drawn it")
        elif printed.is_file() and sha256(printed.read_bytes()) != sha256(original.read_bytes()):
            yield _finding(
                f"latex/figures/{Path(name).name}", "differs from figures/", "it is not the figure that was drawn"
            )


def _differences(path: Path, expected: str, where: str, limit: int = 8) -> list[Finding]:
    """Lines of a file that the tool did not write."""
    if not path.is_file():
        return [_finding(where, "the file is missing", "the journal says that it was written")]
    text = path.read_text(encoding="utf-8", errors="replace")
    if text == expected:
        return []
    found = []
    number = 0
    for line in difflib.ndiff(expected.splitlines(), text.splitlines()):
        if line[:2] in ("  ", "+ "):
            number += 1
        if line.startswith("+ "):
            found.append(
                _finding(
                    where,
                    f"line {number} was changed by hand",
                    f"{line[2:].strip()[:160]!r} is not what the journal says",
                )
            )
    return found[:limit] or [_finding(where, "lines are missing", "the file is shorter than the journal says")]

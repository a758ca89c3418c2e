"""The draft printed: what LaTeX refuses goes back to the writer, what stays broken is set as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.errors import CheckFailed
from agent.printing.assemble import Paper, assemble, findings_tex
from agent.printing.latex import Compilation, RunTex, compile_paper, lay_out
from agent.results.isolation import isolation_text
from agent.results.story import story_of
from agent.session.events import Compiled, SectionWritten
from agent.session.files import write_bytes
from agent.session.session import Session
from agent.session.steps import Step
from agent.writing.desk import Desk
from agent.writing.draft import Draft, read_draft
from agent.writing.drafting import ask_repair
from agent.writing.known import evidence_of
from agent.writing.sections import SECTIONS, section_of

_REPAIRS = 3


def assembled(session: Session) -> Paper:
    """paper.tex as the journal says that it must be."""
    template = (session.template.latex / "paper.tex").read_text(encoding="utf-8")
    isolation = isolation_text(story_of(session).sandboxes)
    return assemble(template, read_draft(session), evidence_of(session), session.name, isolation)


@dataclass(frozen=True)
class Press:
    """Prints the draft of a session."""

    desk: Desk
    run_tex: RunTex

    def make_it_compile(self) -> None:
        """Compile until a PDF comes out: up to three repairs a section, after which it is set as plain text.

        Raises CheckFailed where TeX fails though no section is at fault.
        """
        for turn in range(1, (_REPAIRS + 2) * len(SECTIONS)):
            compiled = self.desk.session.journal.step(Compiled, Step.compilation(turn), lambda: self._try([]))
            if compiled.ok:
                return
            self._mend(compiled.blamed, compiled.errors)
        raise CheckFailed(f"{self.desk.session.paths.latex}/paper.tex does not compile; see paper.log beside it")

    def print_paper(self, findings: Sequence[str]) -> Compiled:
        """Compile once more; with findings the PDF carries the DRAFT mark."""
        return self._try(findings)

    def _try(self, findings: Sequence[str]) -> Compiled:
        """One compilation. Where it fails the event names the section to mend."""
        session = self.desk.session
        paper = assembled(session)
        folder = lay_out(session, paper, self.desk.bibliography, findings_tex(findings))
        compilation = compile_paper(folder, self.run_tex)
        event = compilation.event(marked=bool(findings))
        if compilation.pdf is not None:
            write_bytes(session.paths.paper, compilation.pdf.read_bytes())
            return event
        section = _blamed(compilation, paper, read_draft(session))
        if not section or findings:
            raise CheckFailed(
                f"TeX does not take {folder}/paper.tex and no section is at fault ({'; '.join(event.errors[:2])}); "
                f"see paper.log beside it, mend TeX (`make setup`), then --resume"
            )
        return event.model_copy(update={"blamed": section})

    def _mend(self, blamed: str, errors: Sequence[str]) -> None:
        """Give the section back to the writer; after its last repair it is set as plain text."""
        section = section_of(blamed)
        if section is None:
            raise CheckFailed(f"the journal blames {blamed!r} for LaTeX's errors, which is no section of the paper")
        journal, draft = self.desk.session.journal, read_draft(self.desk.session)
        tried = sum(1 for event in journal.all(SectionWritten) if event.step.repairs(section.name))
        if tried < _REPAIRS:
            ask_repair(self.desk, draft, section, Step.repair(section.name, tried + 1), errors)
            return
        why = f"could not be typeset as LaTeX, so it stands as plain text ({errors[0] if errors else 'unknown error'})"
        plain = SectionWritten(
            section=section.name,
            phase="refine",
            source=draft.sections[section.name],
            problems=[why, *draft.problems.get(section.name, ())],
            plain=True,
        )
        journal.step(SectionWritten, Step.section(section.name, "plain"), lambda: plain)


def _blamed(compilation: Compilation, paper: Paper, draft: Draft) -> str:
    """The section to mend: where TeX's first error with a line stands, else the last one that is not plain yet.

    Empty where TeX gave no error of its own making: then it could not even start.
    """
    for error in compilation.errors:
        name = paper.section_at(error.line) if error.line else ""
        if name and name not in draft.plain:
            return name
    if not compilation.started:
        return ""
    left = [section.name for section in SECTIONS if section.name in draft.sections and section.name not in draft.plain]
    return left[-1] if left else ""

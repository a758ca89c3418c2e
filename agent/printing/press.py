"""The draft printed: what LaTeX refuses goes back to the writer, what stays broken is set as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import CheckFailed
from agent.printing.assemble import Paper, assemble, findings_tex, plain_latex
from agent.printing.blame import TITLE, blamed_part, errors_in, where
from agent.printing.course import course_appendix
from agent.printing.entries import compiled_with
from agent.printing.latex import Compilation, RunTex, lay_out
from agent.printing.signing import ai_use_appendix
from agent.results.ai_use import ai_use_of
from agent.results.isolation import isolation_text
from agent.results.reviewed import review_of
from agent.results.story import story_of
from agent.session.events import Compiled, SectionWritten
from agent.session.files import write_bytes
from agent.session.session import Session
from agent.session.steps import Step
from agent.writing.bibliography import Entry
from agent.writing.desk import Desk
from agent.writing.draft import Draft, read_draft
from agent.writing.drafting import ask_repair
from agent.writing.known import evidence_of
from agent.writing.sections import SECTIONS, TITLE_AND_ABSTRACT, section_of

_REPAIRS = 3


def assembled(session: Session) -> Paper:
    """paper.tex as the journal says that it must be."""
    return _assembled(session, read_draft(session))


def _assembled(session: Session, draft: Draft) -> Paper:
    template = (session.template.latex / "paper.tex").read_text(encoding="utf-8")
    isolation = isolation_text(story_of(session).sandboxes)
    review = review_of(session.journal.events)
    more = course_appendix(story_of(session)) + ai_use_appendix(ai_use_of(session.journal.events))
    return assemble(template, draft, evidence_of(session), session.name, isolation, review, more)


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
        """One compilation. Where it fails the event names the part to mend."""
        session, draft = self.desk.session, read_draft(self.desk.session)
        paper = assembled(session)
        compilation, folder, entries = self._compiled(paper, findings_tex(findings))
        event = compilation.event(marked=bool(findings)).model_copy(update={"bibliography": entries})
        if compilation.pdf is not None:
            write_bytes(session.paths.paper, compilation.pdf.read_bytes())
            return event
        part = "" if findings else blamed_part(compilation, paper, draft, self._probe)
        if not part:
            raise CheckFailed(
                f"TeX does not take {folder}/paper.tex and no section is at fault ({where(compilation.errors[0])}); "
                f"see paper.log beside it, mend TeX (`make setup`) or the template's {session.template.latex}, then --resume"
            )
        return event.model_copy(update={"blamed": part, "errors": errors_in(part, compilation, paper)[:20]})

    def _compiled(self, paper: Paper, findings: str) -> tuple[Compilation, Path, list[str]]:
        """A compilation in which no bibliography entry is at fault, its folder, and what became of entries that were."""

        def lay(entries: Sequence[Entry]) -> Path:
            return lay_out(self.desk.session, paper, entries, findings)

        return compiled_with(self.desk.bibliography, lay, self.run_tex)

    def _probe(self, draft: Draft) -> Compilation:
        """What TeX makes of another draft."""
        session = self.desk.session
        return self._compiled(_assembled(session, draft), "")[0]

    def _mend(self, blamed: str, errors: Sequence[str]) -> None:
        """Give the section back to the writer; after its last repair it is set as plain text, a title at once."""
        if blamed == TITLE:
            self._set_title_plainly(errors)
            return
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

    def _set_title_plainly(self, errors: Sequence[str]) -> None:
        """The title in plain words, since TeX did not take it."""
        title = read_draft(self.desk.session).title
        event = SectionWritten(
            section=TITLE_AND_ABSTRACT,
            phase="title",
            source=title,
            title=plain_latex(title),
            problems=[
                f"the title could not be typeset as LaTeX, so it stands in plain words ({'; '.join(errors[:1])})"
            ],
        )
        self.desk.session.journal.step(SectionWritten, Step.section(TITLE, "plain"), lambda: event)

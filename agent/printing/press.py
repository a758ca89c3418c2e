"""The draft printed: what LaTeX refuses goes back to the writer, what stays broken is set as plain text."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import CheckFailed, NoRecordedAnswer
from agent.printing.assemble import Paper, assemble, findings_tex, plain_latex
from agent.printing.blame import TITLE, blamed_part, errors_in, where
from agent.printing.course import course_appendix
from agent.printing.entries import compiled_with
from agent.printing.latex import Compilation, RunTex, lay_out
from agent.printing.looks import looks_of
from agent.printing.signing import ai_use_appendix
from agent.printing.unfit import unfit_part
from agent.results.story import story_of
from agent.results.story.ai_use import ai_use_of
from agent.results.story.reviewed import review_of
from agent.results.words.isolation import isolation_text
from agent.results.words.phrases import WORDS
from agent.session.events import Compiled, SectionWritten
from agent.session.events.look import Look
from agent.session.files import write_bytes
from agent.session.session import Session
from agent.session.steps import Step
from agent.writing.bibliography import Entry
from agent.writing.draft import Draft, draft_of, read_draft
from agent.writing.draft.desk import Desk
from agent.writing.draft.drafting import ask_repair
from agent.writing.draft.sections import SECTIONS, TITLE_AND_ABSTRACT, section_of
from agent.writing.draft.text import draft_text, returned
from agent.writing.known import evidence_of

logger = logging.getLogger(__name__)
_REPAIRS, _UNFIT_REPAIRS, _LOOKS = 3, 1, 2
"""How often a section goes back for what TeX refuses, for what TeX is never given, and for what is wrong with its pages."""


def assembled(session: Session) -> Paper:
    """paper.tex as the journal says that it must be."""
    return _assembled(session, read_draft(session))


def _assembled(session: Session, draft: Draft) -> Paper:
    template = (session.latex_source / "paper.tex").read_text(encoding="utf-8")
    isolation = isolation_text(story_of(session).sandboxes)
    review, evidence = review_of(session.journal.events), evidence_of(session)
    if review is not None:
        review = review.with_returned(returned(review, draft_text(draft, evidence)))
    more = course_appendix(story_of(session)) + ai_use_appendix(ai_use_of(session.journal.events))
    return assemble(template, draft, evidence, session.name, isolation, review, more)


@dataclass(frozen=True)
class Press:
    """Prints the draft of a session."""

    desk: Desk
    run_tex: RunTex

    def make_it_compile(self, first: int = 1) -> int:
        """Compile until a PDF comes out that can be looked at: at most five rounds a section. The number of the last try;
        `first` is that of the first one, where the draft was printed before.

        Up to three for what LaTeX refuses, after which it is set as plain text, or as it last was printed; up to two for
        what is wrong with its pages, which then stays. Raises CheckFailed where TeX fails though no section is at fault.
        """
        for turn in range(first, first + (_REPAIRS + _LOOKS + 1) * len(SECTIONS)):
            compiled = self.desk.session.journal.step(Compiled, Step.compilation(turn), lambda: self._try([]))
            if not compiled.ok:
                self._mend(compiled)
            elif not self._sent_back(compiled):
                self._keep_up(compiled)
                return turn
        raise CheckFailed(f"{self.desk.session.paths.latex}/paper.tex does not compile; see paper.log beside it")

    def print_paper(self, findings: Sequence[str]) -> Compiled:
        """Compile once more; with findings the PDF carries the DRAFT mark."""
        return self._try(findings)

    def _try(self, findings: Sequence[str]) -> Compiled:
        """One compilation. Where it fails the event names the part to mend."""
        session, draft = self.desk.session, read_draft(self.desk.session)
        if not findings and (unfit := unfit_part(draft, session.latex_source)):
            return Compiled(ok=False, blamed=unfit.part, errors=list(unfit.problems), words=WORDS)
        paper = assembled(session)
        compilation, folder, entries = self._compiled(paper, findings_tex(findings))
        back = list(returned(review_of(session.journal.events), draft_text(draft, self.desk.evidence)))
        event = compilation.event(marked=bool(findings)).model_copy(update={"bibliography": entries, "returned": back})
        if compilation.pdf is not None:
            write_bytes(session.paths.paper, compilation.pdf.read_bytes())
            return event.model_copy(update={"looks": self._looks(compilation, folder, paper, bool(findings))})
        part = "" if findings else blamed_part(compilation, paper, draft, self._probe)
        if not part:
            raise CheckFailed(
                f"TeX does not take {folder}/paper.tex and no section is at fault ({where(compilation.errors[0])}); "
                f"see paper.log beside it, mend TeX (`make setup`) or the template's {session.latex_source}, then --resume"
            )
        return event.model_copy(update={"blamed": part, "errors": errors_in(part, compilation, paper)[:20]})

    def _looks(self, compilation: Compilation, folder: Path, paper: Paper, marked: bool) -> list[Look]:
        """What is wrong with the pages; of a marked draft what was wrong before the mark moved its lines."""
        session = self.desk.session
        before = story_of(session).compiled
        if marked and before is not None:
            return before.looks
        draft = read_draft(session)
        unspoken = [
            Look(section=section.name, told=told)
            for section in SECTIONS
            if section.name in draft.sections
            for told in self.desk.remarks(section, draft)
        ]
        return [*looks_of(compilation, folder, paper, draft), *unspoken]

    def _sent_back(self, compiled: Compiled) -> bool:
        """Whether a section was given back for what is wrong with its pages, and came back another.

        A recording that holds no answer leaves the pages as they are.
        """
        written = self._written_before(compiled)
        draft = draft_of(self.desk.session.idea.Title, written)
        for section in SECTIONS:
            told = [look.told for look in compiled.looks if look.section == section.name]
            looks = sum(event.step.is_look(section.name) for event in written)
            if not told or section.name in draft.plain or looks >= _LOOKS:
                continue
            try:
                answer = ask_repair(self.desk, draft, section, Step.look(section.name, looks + 1), told, printed=True)
            except NoRecordedAnswer as lacks:
                logger.info("the pages of %s stay as they are: %s", section.name, lacks)
                continue
            if answer.source != draft.sections[section.name]:
                return True
        return False

    def _keep_up(self, compiled: Compiled) -> None:
        """Print once more where a section was asked for since and came back as it was: the paper tells of every call."""
        events = self.desk.session.journal.events
        since = events[next((place for place, event in enumerate(events) if event == compiled), len(events)) :]
        if any(isinstance(event, SectionWritten) and event.step.is_look(event.section) for event in since):
            paper = self.desk.session.paths.latex / "paper.tex"
            if not paper.is_file() or paper.read_text(encoding="utf-8") != assembled(self.desk.session).tex:
                self._try([])

    def _written_before(self, compiled: Compiled) -> list[SectionWritten]:
        """The sections as they were written before a compilation, so that a resumed session decides as it did."""
        events = self.desk.session.journal.events
        until = next((place for place, event in enumerate(events) if event == compiled), len(events))
        return [event for event in events[:until] if isinstance(event, SectionWritten)]

    def _as_printed(self, section: str, compiled: Compiled) -> SectionWritten | None:
        """A section as it last was printed before a compilation; None where it never was."""
        now: SectionWritten | None = None
        printed: SectionWritten | None = None
        for event in self.desk.session.journal.events:
            if event == compiled:
                break
            if isinstance(event, SectionWritten) and event.section == section and event.phase != "title":
                now = event
            elif isinstance(event, Compiled) and event.ok:
                printed = now
        return printed

    def _compiled(self, paper: Paper, findings: str) -> tuple[Compilation, Path, list[str]]:
        """A compilation in which no bibliography entry is at fault, its folder, and what became of entries that were."""

        def lay(entries: Sequence[Entry]) -> Path:
            return lay_out(self.desk.session, paper, entries, findings)

        return compiled_with(self.desk.bibliography, lay, self.run_tex)

    def _probe(self, draft: Draft) -> Compilation:
        """What TeX makes of another draft."""
        session = self.desk.session
        return self._compiled(_assembled(session, draft), "")[0]

    def _mend(self, compiled: Compiled) -> None:
        """Give the section at fault back to the writer; after its last repair it is set as last printed, or as plain text.

        A title is set in plain words at once.
        """
        blamed, errors = compiled.blamed, compiled.errors
        if blamed == TITLE:
            self._set_title_plainly(errors, self._set_plainly(TITLE, compiled))
            return
        section = section_of(blamed)
        if section is None:
            raise CheckFailed(f"the journal blames {blamed!r} for LaTeX's errors, which is no section of the paper")
        written = self._written_before(compiled)
        draft = draft_of(self.desk.session.idea.Title, written)
        tried = sum(event.step.repairs(section.name) for event in written)
        last = next((event for event in reversed(written) if event.section == section.name), None)
        if last is not None and last.step.is_look(section.name):  # it was printed before its page was mended
            self._replace(section.name, draft, compiled)
            return
        unfit = unfit_part(draft, self.desk.session.latex_source)
        if tried < (_UNFIT_REPAIRS if unfit and unfit.part == section.name else _REPAIRS):
            ask_repair(self.desk, draft, section, Step.repair(section.name, tried + 1), errors)
            return
        self._replace(section.name, draft, compiled)

    def _replace(self, name: str, draft: Draft, compiled: Compiled) -> None:
        """Put what can be printed in the place of a section that cannot."""
        journal, text = self.desk.session.journal, draft.sections[name]
        printed = self._as_printed(name, compiled)
        if printed is not None and printed.source != text:
            before = sum(event.section == name for event in self._written_before(compiled))
            journal.step(SectionWritten, Step.restored(name, before), lambda: printed)
            return
        error = compiled.errors[0] if compiled.errors else "unknown error"
        why = f"could not be typeset as LaTeX, so it stands as plain text ({error})"
        plain = SectionWritten(
            section=name, phase="refine", source=text, problems=[why, *draft.problems.get(name, ())], plain=True
        )
        journal.step(SectionWritten, self._set_plainly(name, compiled), lambda: plain)

    def _set_plainly(self, name: str, compiled: Compiled) -> Step:
        """The step in which a part is set as plain words, which it may have been before it was mended."""
        before = sum(event.step.is_plain(name) for event in self._written_before(compiled))
        return Step.plain(name, before + 1)

    def _set_title_plainly(self, errors: Sequence[str], step: Step) -> None:
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
        self.desk.session.journal.step(SectionWritten, step, lambda: event)

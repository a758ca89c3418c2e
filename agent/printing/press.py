"""The draft printed: what LaTeX refuses goes back to the writer, what stays broken is set as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.errors import CheckFailed
from agent.evidence.evidence import Evidence
from agent.printing.assemble import Paper, assemble, findings_tex
from agent.printing.latex import Compilation, RunTex, compile_paper, lay_out
from agent.results.results import Results
from agent.session.events import Compiled, SectionWritten
from agent.session.files import write_bytes
from agent.session.session import Session
from agent.writing.desk import Desk, Draft, whole_section
from agent.writing.draft import PLAIN, ask_section, read_draft
from agent.writing.sections import SECTIONS

_REPAIRS = 3
_BLAMED = "in section "


def assembled(session: Session, results: Results) -> Paper:
    """paper.tex as the journal says that it must be."""
    template = (session.template.latex / "paper.tex").read_text(encoding="utf-8")
    return assemble(template, read_draft(session), Evidence(results, session.template.reported), session.name)


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
            compiled = self.desk.session.journal.step(Compiled, f"draft/compile_{turn}", lambda: self._try([]))
            if compiled.ok:
                return
            section = compiled.errors[0].removeprefix(_BLAMED)
            self._mend(section, compiled.errors[1:])
        raise CheckFailed(f"{self.desk.session.paths.latex}/paper.tex does not compile; see paper.log beside it")

    def print_paper(self, findings: Sequence[str]) -> Compiled:
        """Compile once more; with findings the PDF carries the DRAFT mark."""
        return self._try(findings)

    def _try(self, findings: Sequence[str]) -> Compiled:
        """One compilation. Where it fails the event's first error names the section to mend."""
        session = self.desk.session
        paper = assembled(session, self.desk.evidence.results)
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
        return event.model_copy(update={"errors": [_BLAMED + section, *event.errors]})

    def _mend(self, name: str, errors: Sequence[str]) -> None:
        section = next(section for section in SECTIONS if section.name == name)
        journal, draft = self.desk.session.journal, read_draft(self.desk.session)
        tried = sum(1 for event in journal.all(SectionWritten) if event.step.startswith(f"draft/{name}/repair_"))
        if tried < _REPAIRS:
            values = {"section": name, "errors": list(errors), "text": whole_section(section, draft)}
            ask_section(self.desk, draft, section, f"draft/{name}/repair_{tried + 1}", "refine", "latex_repair", values)
            return
        plain = SectionWritten(
            section=name,
            phase="refine",
            source=draft.sections[name],
            problems=[f"{PLAIN} ({errors[0] if errors else 'unknown error'})", *draft.problems.get(name, ())],
        )
        journal.step(SectionWritten, f"draft/{name}/plain", lambda: plain)


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

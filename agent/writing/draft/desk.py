"""What lies on the writer's desk: what a section may name, and what is wrong with its text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.drafts.placed import misplaced
from agent.evidence.evidence import Evidence
from agent.evidence.fill import printed
from agent.models.gateway import Gateway
from agent.proofreading.compared.hypotheses import unspoken
from agent.proofreading.problems import section_problems, title_problems
from agent.proofreading.source.floats import spoken_of, unspoken_floats
from agent.proofreading.source.latex import DOUBTS, Surroundings, labels
from agent.session.session import Session
from agent.writing.bibliography import Entry
from agent.writing.draft import Draft
from agent.writing.draft.sections import LABELS, Section
from agent.writing.figures import drawn_figures
from agent.writing.known import evidence_of, known_text


@dataclass(frozen=True)
class Desk:
    """Everything that the prompts and checks of a draft are made from."""

    session: Session
    gateway: Gateway
    evidence: Evidence
    bibliography: tuple[Entry, ...]
    figures: tuple[str, ...]
    takes: Callable[[str], bool] | None = None
    """Whether TeX takes a section's LaTeX: asked where the parser refuses it, which knows less than TeX."""

    def around(self, section: Section, draft: Draft) -> Surroundings:
        """What a section may name, given the other sections as they stand."""
        others = [label for name, text in draft.sections.items() if name != section.name for label in labels(text)]
        keys = {entry.key for entry in self.bibliography}
        return Surroundings(keys, self.figures, {*LABELS, *others}, preamble_of(self.session.latex_source))

    def remarks(self, section: Section, draft: Draft) -> list[str]:
        """What no section has to mend before it is taken, and what its refinement should: floats that nothing speaks of."""
        others = "\n".join(text for name, text in draft.sections.items() if name != section.name)
        return list(unspoken_floats(draft.sections.get(section.name, ""), spoken_of(others)))

    def problems(self, section: Section, title: str, text: str, draft: Draft) -> list[str]:
        """All that is wrong with a section's text, and with the title where the section carries it."""
        found = section_problems(
            text, self.evidence, known_text(self.session), self.around(section, draft), section.tells
        )
        found += misplaced(text, self.evidence, latex=True)
        doubts = [problem for problem in found if problem.startswith(DOUBTS)]
        if doubts and self.takes is not None and self.takes(printed(text, self.evidence)):
            found = [problem for problem in found if problem not in doubts]
        found += title_problems(title, self.session.idea) if section.carries_title else []
        found += unspoken(printed(text, self.evidence), self.evidence.registration) if section.concludes else []
        return list(dict.fromkeys(found))


def preamble_of(folder: Path) -> str:
    """What a template's LaTeX defines and loads before the text: its styles, and the head of paper.tex."""
    styles = [path for path in sorted(folder.iterdir()) if path.suffix in (".sty", ".cls")]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (*styles, folder / "paper.tex")]
    return "\n".join(text.split("\\begin{document}", 1)[0] for text in texts)


def lay_desk(
    session: Session, gateway: Gateway, bibliography: Sequence[Entry], takes: Callable[[str], bool] | None = None
) -> Desk:
    """The desk for a session whose runs and figures are done."""
    return Desk(session, gateway, evidence_of(session), tuple(bibliography), drawn_figures(session), takes)

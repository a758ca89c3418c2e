"""Findings of the audit go back to the writers of their sections, up to three rounds; then the audit says what stays."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence

from agent.auditing.session import audit_session
from agent.errors import NoAnswer, NoRecordedAnswer
from agent.session.events import Audited, Finding
from agent.session.events.audit import SentBack
from agent.session.steps import AUDIT, Step
from agent.writing.draft import read_draft
from agent.writing.draft.desk import Desk
from agent.writing.draft.mending import ask_mended
from agent.writing.draft.sections import SECTIONS

logger = logging.getLogger(__name__)
ROUNDS = 3
"""How often the audit gives a section back, over all its life."""
_IN_PAPER = "paper.tex"
_MOST = 40
"""Findings of a section that are told at once."""


def audit_mended(desk: Desk, print_again: Callable[[], None]) -> Audited:
    """The audit of a session after its draft was mended, recorded: without findings, or with those that nobody mended.

    Each round gives every section all its findings at once, and what came back is printed before it is audited again.
    A recording without an answer leaves its sections as they are. What was recorded is not asked again.
    """
    session = desk.session
    for number in range(1, ROUNDS * len(SECTIONS) + 1):
        if (audited := session.journal.find(Audited, AUDIT)) is not None:
            return audited
        sent = session.journal.find(SentBack, Step.audit_round(number))
        if sent is None:
            audit = audit_session(session)
            back = _to_mend(desk, audit.findings)
            if not back:
                return session.journal.step(Audited, AUDIT, lambda audit=audit: audit)  # type: ignore[misc]
            sent = session.journal.append(SentBack(step=Step.audit_round(number), findings=back))
        if not _sent(desk, sent):
            break
        print_again()  # whatever came back: the paper tells of every call
    return session.journal.step(Audited, AUDIT, lambda: audit_session(session))


def _to_mend(desk: Desk, findings: Sequence[Finding]) -> dict[str, list[str]]:
    """By section what goes back to its writer: of those with findings the ones that were not given back too often."""
    session, draft = desk.session, read_draft(desk.session)
    given = Counter(name for sent in session.journal.all(SentBack) for name in sent.findings)
    found: dict[str, list[str]] = {}
    for section in SECTIONS:
        if section.name not in draft.sections or given[section.name] >= ROUNDS:
            continue
        title = draft.title if section.carries_title else ""
        text = draft.sections[section.name]
        own = desk.problems(section, title, text, draft)
        named = [each.why for each in findings if each.where == f"paper, {section.name}"]
        printed = [each for each in findings if each.where == _IN_PAPER]
        others = "\n".join(text for name, text in draft.sections.items() if name != section.name)
        here = [each for each in printed if each.why in own or (each.what in text and each.what not in others)]
        if named or here:
            told = [*named, *own, *(f"{each.what}: {each.why}" for each in here if each.why not in own)]
            found[section.name] = list(dict.fromkeys(told))[:_MOST]
    return found


def _sent(desk: Desk, sent: SentBack) -> bool:
    """Give the sections of a round back; whether there was anyone to ask."""
    asked = False
    for section in SECTIONS:
        findings = sent.findings.get(section.name)
        if not findings:
            continue
        before = [each for each in desk.session.journal.all(SentBack) if each.seq <= sent.seq]
        step = Step.mended(section.name, sum(section.name in each.findings for each in before))
        try:
            ask_mended(desk, read_draft(desk.session), section, step, findings)
            asked = True
        except NoRecordedAnswer as lacks:
            logger.info("what the audit found in %s stays: %s", section.name, lacks)
        except NoAnswer as failed:
            asked = True
            logger.warning("what the audit found in %s stays for now: %s", section.name, failed)
    return asked

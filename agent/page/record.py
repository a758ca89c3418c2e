"""The record as the page shows it: state, facts, where the time went, paper, audit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from agent.page.clock import clock, parts_of_time, worked
from agent.page.files import Files
from agent.page.pieces import Fact, Tone
from agent.page.view import AuditView, FindingView, PaperView, SectionView, Share, StateView
from agent.results.english import capitalised, counted
from agent.results.story import Story
from agent.results.story.counts import is_of_baseline
from agent.results.story.state import StateWord
from agent.results.values import count, dollars, duration
from agent.results.words.isolation import sandbox_texts
from agent.session.events import (
    AttemptEnded,
    CitationsFound,
    Compiled,
    Exchanged,
    SectionWritten,
    SessionResumed,
    SessionStarted,
)
from agent.session.reading import Reading

_WORD = re.compile(r"[a-z]+[\s,;]")
STATES: Mapping[StateWord, tuple[Tone, str]] = {
    "done": ("good", "The session is complete."),
    "findings": ("bad", "The session is complete."),
    "no_runs": ("bad", "No run was accepted, so there is nothing to report; the session can be resumed."),
    "paused": ("flat", "The session paused in good order and can be resumed."),
    "interrupted": ("flat", "The session was interrupted and can be resumed."),
    "failed": ("bad", "The session stopped with an error."),
    "running": ("busy", "An orchestrator works in this session now; this page shows it up to its last event."),
    "unfinished": (
        "flat",
        "The session stopped without a closing word (killed, or the machine went down); it can be resumed.",
    ),
}
"""The tone of each state, and what it means."""


def state_view(story: Story, held: bool) -> StateView:
    """How the session stands; `held`: someone works in it."""
    state = story.state(held)
    tone, sentence = STATES[state.word]
    return StateView(word=state.shown, tone=tone, sentence=f"{sentence} {_as_sentence(state.reason)}".strip())


def _as_sentence(reason: str) -> str:
    """With a large letter; a file or a name that it begins with stays as it is written."""
    return capitalised(reason) if _WORD.match(reason) else reason


def facts_of(story: Story, labloop: str) -> tuple[Fact, ...]:
    """When, who, how much; `labloop` is the version as session.json says it."""
    spent, models = story.spent, _models(story.all(Exchanged))
    resumed = sum(1 for _ in story.all(SessionResumed))
    started = next(story.all(SessionStarted), None)
    sandbox, meaning = sandbox_texts(story.sandboxes)
    template, scale, version = (started.template, started.scale, started.labloop) if started else ("", "", "")
    return (
        Fact(label="Began", value=clock(story.events[0].time) if story.events else "unknown"),
        Fact(label="Took", value=duration(sum(worked(story.events))), note=f"resumed {resumed}×" if resumed else ""),
        Fact(
            label="Model",
            value="; ".join(f"{model} ({', '.join(roles)})" for model, roles in models.items()) or "none asked yet",
        ),
        Fact(label="Tokens sent", value=count(spent.sent), note=f"{spent.calls} calls"),
        Fact(label="Tokens received", value=count(spent.received)),
        Fact(label="Cost", value=dollars(spent.usd), note=_price(spent.usd, models)),
        Fact(label="Runs accepted", value=str(story.counts.runs_completed), note=_launches(story.all(AttemptEnded))),
        Fact(label="Template", value=template or "unknown", note=f"scale {scale}" if scale else ""),
        *([Fact(label="Sandbox", value=sandbox, note=meaning)] if sandbox else []),
        Fact(label="labloop", value=labloop or version or "unknown"),
    )


def _models(exchanges: Iterable[Exchanged]) -> dict[str, list[str]]:
    """The roles in which each model answered."""
    models: dict[str, list[str]] = {}
    for exchange in exchanges:
        roles = models.setdefault(exchange.model or "(unnamed)", [])
        if exchange.role not in roles:
            roles.append(exchange.role)
    return models


def _launches(attempts: Iterable[AttemptEnded]) -> str:
    launched = [attempt for attempt in attempts if attempt.number is not None]
    fresh = sum(attempt.run.is_confirmation for attempt in launched)
    baseline = sum(is_of_baseline(attempt) and not attempt.run.is_confirmation for attempt in launched)
    more = f", {baseline} more for the baseline" if baseline else ""
    confirming = f", {fresh} on fresh seeds" if fresh else ""
    return f"{len(launched) - baseline - fresh} launches{more}{confirming}"


def _price(usd: float, models: Collection[str]) -> str:
    """What there is to say of the cost."""
    if usd or not models:
        return ""
    recorded = all(model.startswith("recorded") for model in models)
    return "recorded answers cost nothing" if recorded else "no price is known"


def shares_of(story: Story) -> tuple[Share, ...]:
    """Where the session's time went; empty where there was none."""
    parts = parts_of_time(story.events)
    total = sum(parts.values())
    if not total:
        return ()
    shares, start = [], 0.0
    for label, seconds in parts.items():
        percent = 100 * seconds / total
        value = f"{duration(seconds)} ({percent:.0f}%)"
        shares.append(Share(label=label, value=value, start=round(start, 2), percent=round(percent, 2)))
        start += percent
    return tuple(shares)


def paper_view(story: Story, files: Files) -> PaperView:
    """The PDF and the sections that it was made of."""
    paths, compiled = files.reading.paths, story.compiled
    html = compiled is None and paths.html_draft.is_file()
    paper = paths.html_draft if html else paths.paper
    link = files.link(paper, paper.name)
    versions: dict[str, list[SectionWritten]] = {}
    for event in story.all(SectionWritten):
        versions.setdefault(event.section, []).append(event)
    sections = tuple(_section(name, events) for name, events in versions.items())
    return PaperView(
        title=story.title,
        link=link,
        sentence="A draft in HTML, since there was no TeX; with TeX, --resume prints the PDF."
        if html
        else _paper_sentence(files.reading, compiled, link is not None, bool(sections)),
        errors=tuple(compiled.faults) if compiled else (),
        warnings=(*compiled.warnings, *(look.told for look in compiled.looks)) if compiled else (),
        sections=sections,
        citations=tuple(entry for event in story.all(CitationsFound) for entry in event.entries),
    )


def _section(name: str, events: list[SectionWritten]) -> SectionView:
    return SectionView(
        name=name,
        phases=", then ".join(event.phase for event in events),
        source=events[-1].source,
        problems=tuple(events[-1].problems),
    )


def _paper_sentence(reading: Reading, compiled: Compiled | None, there: bool, sections: bool) -> str:
    if compiled is None and reading.settings is not None and not reading.settings.paper.write:
        return "The session was asked for no paper (--no-paper)."
    if compiled is None:
        return "The draft has not been compiled yet." if sections else "No paper has been written yet."
    if not compiled.ok:
        return "LaTeX made no PDF of the last draft; its errors stand below."
    if not there:
        return "The PDF was made, but paper.pdf is missing from the session's folder."
    marked = ", marked DRAFT since the audit had findings" if compiled.marked else ""
    return f"{compiled.pages} pages{marked}."


def audit_view(story: Story) -> AuditView:
    """The last audit."""
    audited = story.audit
    if audited is None:
        return AuditView(sentence="The numbers have not been audited yet.", tone="none")
    if not audited.findings:
        return AuditView(sentence=f"{audited.numbers} numbers checked; each one has its evidence.", tone="good")
    return AuditView(
        sentence=f"{audited.numbers} numbers checked, {counted(len(audited.findings), 'finding')}.",
        tone="bad",
        findings=tuple(FindingView(where=found.where, what=found.what, why=found.why) for found in audited.findings),
    )

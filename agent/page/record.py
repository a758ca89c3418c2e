"""The record as the page shows it: state, facts, where the time went, paper, audit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from agent.page.clock import clock, worked
from agent.page.files import Files
from agent.page.source import Source
from agent.page.text import count, duration
from agent.page.view import Audit, Fact, Finding, Paper, SectionView, Share, State, Tone
from agent.session.events import (
    AttemptEnded,
    Audited,
    CitationsFound,
    Compiled,
    Exchanged,
    RunAccepted,
    SectionWritten,
    SessionEnded,
    SessionResumed,
    SessionStarted,
)

STATES: dict[str, tuple[str, Tone, str]] = {
    "done": ("done", "good", "The session is complete."),
    "findings": ("done, with findings", "bad", "The session is complete; its audit has findings."),
    "paused": ("paused", "flat", "The session paused in good order and can be resumed."),
    "interrupted": ("interrupted", "flat", "The session was interrupted and can be resumed."),
    "failed": ("failed", "bad", "The session stopped with an error."),
}


def state_of(source: Source) -> State:
    """How the session stands: its last closing event, unless something happened after it."""
    last = source.events[-1] if source.events else None
    if isinstance(last, SessionEnded):
        word, tone, sentence = STATES[last.state]
        return State(word, tone, f"{sentence} {last.reason}".strip())
    if source.held():
        return State(
            "running", "busy", "An orchestrator works in this session now; this page shows it up to its last event."
        )
    return State(
        "unfinished",
        "flat",
        "The session stopped without a closing word (killed, or the machine went down); it can be resumed.",
    )


def facts_of(source: Source) -> tuple[Fact, ...]:
    """When, who, how much."""
    exchanges = list(source.all(Exchanged))
    models: dict[str, list[str]] = {}
    for exchange in exchanges:
        roles = models.setdefault(exchange.model or "(unnamed)", [])
        if exchange.role not in roles:
            roles.append(exchange.role)
    usd = sum(exchange.usd for exchange in exchanges)
    runs = sum(1 for run in source.all(RunAccepted) if run.run != "run_0")
    launches = [attempt.run.startswith("run_0") for attempt in source.all(AttemptEnded) if attempt.number is not None]
    resumed = sum(1 for _ in source.all(SessionResumed))
    started = next(source.all(SessionStarted), None)
    return (
        Fact("Began", clock(source.events[0].time) if source.events else "unknown"),
        Fact("Took", duration(sum(worked(source.events))), f"resumed {resumed}×" if resumed else ""),
        Fact(
            "Model", "; ".join(f"{model} ({', '.join(roles)})" for model, roles in models.items()) or "none asked yet"
        ),
        Fact("Tokens sent", count(sum(exchange.tokens_sent for exchange in exchanges)), f"{len(exchanges)} calls"),
        Fact("Tokens received", count(sum(exchange.tokens_received for exchange in exchanges))),
        Fact("Cost", f"${usd:.4f}" if 0 < usd < 0.1 else f"${usd:.2f}", _price(usd, models)),
        Fact(
            "Runs accepted",
            str(runs),
            f"{launches.count(False)} launches"
            + (f", {launches.count(True)} more for the baseline" if any(launches) else ""),
        ),
        Fact(
            "Template",
            started.template if started and started.template else "unknown",
            f"scale {started.scale}" if started and started.scale else "",
        ),
        Fact("labloop", source.labloop or (started.labloop if started else "") or "unknown"),
    )


def _price(usd: float, models: Collection[str]) -> str:
    """What there is to say of the cost."""
    if usd or not models:
        return ""
    recorded = all(model.startswith("recorded") for model in models)
    return "recorded answers cost nothing" if recorded else "no price is known"


def shares_of(source: Source) -> tuple[Share, ...]:
    """Where the session's time went; empty where there was none."""
    total = sum(worked(source.events))
    parts = {
        "experiments": sum(attempt.seconds for attempt in source.all(AttemptEnded)),
        "evaluator": sum(attempt.score_seconds for attempt in source.all(AttemptEnded)),
        "models": sum(exchange.seconds for exchange in source.all(Exchanged)),
    }
    total = max(total, sum(parts.values()))
    if not total:
        return ()
    parts["everything else"] = total - sum(parts.values())
    shares, start = [], 0.0
    for label, seconds in parts.items():
        percent = 100 * seconds / total
        shares.append(Share(label, f"{duration(seconds)} ({percent:.0f}%)", round(start, 2), round(percent, 2)))
        start += percent
    return tuple(shares)


def paper_of(source: Source, files: Files) -> Paper:
    """The PDF and the sections that it was made of."""
    link = files.link(source.paths.paper.name, text="paper.pdf")
    compiled = next(reversed(list(source.all(Compiled))), None)
    sections: dict[str, list[SectionWritten]] = {}
    for event in source.all(SectionWritten):
        sections.setdefault(event.section, []).append(event)
    titles = [event.title for event in source.all(SectionWritten) if event.title]
    views = tuple(
        SectionView(
            name, ", then ".join(event.phase for event in events), events[-1].source, tuple(events[-1].problems)
        )
        for name, events in sections.items()
    )
    entries = tuple(entry for event in source.all(CitationsFound) for entry in event.entries)
    return Paper(
        titles[-1] if titles else "",
        link,
        _paper_sentence(source, compiled, link is not None, bool(views)),
        tuple(compiled.errors) if compiled else (),
        tuple(compiled.warnings) if compiled else (),
        views,
        entries,
    )


def _paper_sentence(source: Source, compiled: Compiled | None, there: bool, sections: bool) -> str:
    if compiled is None and source.settings is not None and not source.settings.paper.write:
        return "The session was asked for no paper (--no-paper)."
    if compiled is None:
        return "The draft has not been compiled yet." if sections else "No paper has been written yet."
    if not compiled.ok:
        return "LaTeX made no PDF of the last draft; its errors stand below."
    if not there:
        return "The PDF was made, but paper.pdf is missing from the session's folder."
    marked = ", marked DRAFT since the audit had findings" if compiled.marked else ""
    return f"{compiled.pages} pages{marked}."


def audit_of(source: Source) -> Audit:
    """The last audit."""
    audited = next(reversed(list(source.all(Audited))), None)
    if audited is None:
        return Audit("The numbers have not been audited yet.", "none", ())
    if not audited.findings:
        return Audit(f"{audited.numbers} numbers checked; each one has its evidence.", "good", ())
    return Audit(
        f"{audited.numbers} numbers checked, {findings_text(len(audited.findings))}.",
        "bad",
        tuple(_finding(finding) for finding in audited.findings),
    )


def findings_text(number: int) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} finding" if number == 1 else f"{number} findings"


def _finding(finding: dict[str, Any]) -> Finding:
    rest = "; ".join(f"{key}: {value}" for key, value in finding.items() if key not in ("where", "what", "why"))
    where, what, why = (str(finding.get(key, "")) for key in ("where", "what", "why"))
    return Finding(where, what, why, rest)

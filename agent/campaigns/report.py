"""A campaign's report: one value, of which Markdown, JSON and the page are prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent.campaigns.campaign import Campaign
from agent.campaigns.events import CampaignEnded, EntryBegun, EntryEnded
from agent.campaigns.rows import QUEUED, Row, Rows, looked_at_together
from agent.campaigns.waiting import waits_for
from agent.models.shared import Budget
from agent.results.english import counted
from agent.results.story.state import OVER
from agent.results.verdicts.looks import Looks
from agent.session.lock import holder

FORMAT = 1
"""Version of report.json's form."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Sessions whose looks count together."""

    template: str
    scale: str
    metric: str
    sessions: int
    looks: Looks

    @property
    def name(self) -> str:
        return f"{self.template}{f' at scale {self.scale}' if self.scale else ''}, {self.metric}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """How a campaign stands."""

    name: str
    folder: str
    state: str
    """running, or how it ended; unfinished where it stopped without a word."""
    reason: str
    rows: tuple[Row, ...]
    families: tuple[Family, ...]
    budget: Budget
    at_once: int
    begun: int
    """Times that a session was begun or taken up."""
    ended: int
    """Times that one came to its end, for good or for now."""
    waits: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The state as people read it: `findings` of a campaign says that one of its sessions has some, or another trouble."""
        return "ended, not all clean" if self.state == "findings" else self.state

    @property
    def usd(self) -> float:
        """Dollars, all sessions together; calls whose price is not known count 0."""
        return sum(row.usd for row in self.rows)

    @property
    def tokens(self) -> int:
        """Sent and received, all sessions together."""
        return sum(row.tokens for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """How many sessions stand in each state."""
        return dict(Counter(row.state for row in self.rows))

    @property
    def conclusion(self) -> str:
        """What came of the ideas, in one sentence: how many of the sessions, and which of them are confirmed."""
        judged = [row for row in self.rows if row.verdict]
        if not judged:
            return "No session has a run yet that could be judged."
        better = [row for row in judged if row.verdict == "better"]
        sure = [row.key for row in self.rows if row.confirmed == "confirmed better"]
        of = f"{counted(len(judged), 'session')} with a judged run"
        told = f"Of {of}, {len(better) or 'none'} beat{'s' if len(better) == 1 else ''} the baseline beyond the noise of all looks made"
        return f"{told}; confirmed on fresh seeds: {', '.join(sure) or 'none'}."


def report_of(campaign: Campaign, rows: Rows) -> Report:
    """How the campaign stands now. `rows` keeps what did not change since it was read."""
    found = []
    state, reason = _state(campaign)
    last = {event.key: event for event in campaign.journal.events if isinstance(event, EntryBegun | EntryEnded)}
    place = f"a free place (--sessions {campaign.spec.at_once})" if state == "running" else "the campaign's --resume"
    for entry in campaign.spec.entries:
        row = _with_its_end(rows.of(entry, campaign.paths.session(entry.key).root), last.get(entry.key))
        over = entry.refused or row.state in OVER
        waits = "" if over else waits_for(campaign.shared, entry, campaign.spec.settings)
        if waits:
            row = replace(row, waits_for=waits)
        elif row.state == QUEUED:
            row = replace(row, waits_for=place)
        found.append(row)
    judged = looked_at_together(found)
    events = campaign.journal.events
    return Report(
        name=campaign.paths.root.name,
        folder=str(campaign.paths.root),
        state=state,
        reason=reason,
        rows=tuple(judged),
        families=_families(judged),
        budget=campaign.spec.budget,
        at_once=campaign.spec.at_once,
        begun=sum(isinstance(event, EntryBegun) for event in events),
        ended=sum(isinstance(event, EntryEnded) for event in events),
        waits=tuple(
            f"{provider} asks to be left alone for {left:.0f} s more"
            for provider, left in campaign.shared.waits().items()
        ),
    )


def _with_its_end(row: Row, last: EntryBegun | EntryEnded | None) -> Row:
    """The row with what the campaign heard of an end that the session's own folder cannot tell: it could not be made, or not opened."""
    if not isinstance(last, EntryEnded):
        return row
    if row.state == QUEUED and last.state == "failed":
        return replace(row, state=last.state, reason=last.reason)
    return replace(row, reason=last.reason) if row.state == "unfinished" and not row.reason else row


def _state(campaign: Campaign) -> tuple[str, str]:
    last = campaign.journal.events[-1] if campaign.journal.events else None
    if isinstance(last, CampaignEnded):
        return last.state, last.reason
    return ("running" if holder(campaign.paths.lock) is not None else "unfinished"), ""


def _families(rows: list[Row]) -> tuple[Family, ...]:
    """Each kind of session that was judged, with the looks of all of them together."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row.results is not None and row.metric and row.results.looks.runs:
            found.setdefault(row.family, []).append(row)
    families = []
    for (template, scale, metric), mine in found.items():
        all_results = [row.results for row in mine if row.results is not None]
        runs = sum(each.looks.runs for each in all_results)
        named = tuple(dict.fromkeys(name for each in all_results for name in each.looks.named))
        looks = Looks(runs, named, max(each.looks.measured for each in all_results))
        families.append(Family(template=template, scale=scale, metric=metric, sessions=len(mine), looks=looks))
    return tuple(families)


def as_json(report: Report) -> dict[str, Any]:
    """report.json (docs/campaign.md has its fields)."""
    return {
        "format": FORMAT,
        "campaign": report.folder,
        "state": report.state,
        "reason": report.reason,
        "conclusion": report.conclusion,
        "usd": round(report.usd, 6),
        "tokens": report.tokens,
        "budget_usd": report.budget.usd,
        "budget_tokens": report.budget.tokens,
        "sessions_at_once": report.at_once,
        "begun": report.begun,
        "ended": report.ended,
        "counts": report.counts,
        "looks": [
            {"family": each.name, "sessions": each.sessions, "runs": each.looks.runs, "told": each.looks.told}
            for each in report.families
        ],
        "sessions": [row_json(row) for row in report.rows],
    }


def row_json(row: Row) -> Mapping[str, Any]:
    """A session in report.json."""
    return {
        "key": row.key,
        "folder": str(row.folder),
        "idea": row.idea,
        "title": row.title,
        "template": row.template,
        "scale": row.scale,
        "model": row.model,
        "repeat": row.repeat,
        "state": row.state,
        "reason": row.reason,
        "waits_for": row.waits_for,
        "runs": row.runs,
        "metric": row.metric,
        "best": row.best or None,
        "verdict": row.verdict or None,
        "difference": row.delta or None,
        "noise_of_all_looks": row.band,
        "confirmed": row.confirmed or None,
        "conclusion": row.conclusion or None,
        "usd": round(row.usd, 6),
        "tokens": row.tokens,
        "findings": row.findings,
        "paper": row.paper,
    }

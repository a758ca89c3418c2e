"""The journal's events of a campaign: begun, taken up again, its sessions begun and ended, its end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from agent.session.journal import BaseEvent, FirstEvent, Format, Journal

FORMAT = 1


class CampaignStarted(FirstEvent):
    """The first line of a campaign's journal."""

    kind: Literal["campaign_started"] = "campaign_started"
    format: int = FORMAT
    """Version of the journal's format."""
    labloop: str = ""
    """Version of labloop that began it."""
    entries: int = 0
    """How many sessions it is to have: ideas × models × repeats."""


class CampaignResumed(BaseEvent):
    """It was taken up again."""

    kind: Literal["campaign_resumed"] = "campaign_resumed"
    pid: int = 0
    """Process that took it up."""
    changed: tuple[str, ...] = ()
    """What is other than before: `budget_usd 5 → 10`."""


class EntryBegun(BaseEvent):
    """A process begins to work a session, for the first time or again."""

    kind: Literal["entry_begun"] = "entry_begun"
    key: str
    """Names the session's folder."""
    resumed: bool = False
    """It was worked before."""


class EntryFound(BaseEvent):
    """A session that a process of an earlier life of the campaign still works in: nothing is begun, its end is waited for."""

    kind: Literal["entry_found"] = "entry_found"
    key: str
    """Names the session's folder."""
    pid: int = 0
    """The process that works in it."""


class EntryEnded(BaseEvent):
    """A session's process came to its end. What came of the session, its own journal says."""

    kind: Literal["entry_ended"] = "entry_ended"
    key: str
    """Names the session's folder."""
    state: str = ""
    """How the session stood then."""
    reason: str = ""
    """One line for people."""
    exit_code: int | None = None
    """The process' exit status, negative for a signal; None where it was no child of this campaign's process."""


class CampaignEnded(BaseEvent):
    """The campaign's process stopped."""

    kind: Literal["campaign_ended"] = "campaign_ended"
    state: Literal["done", "findings", "paused", "interrupted", "failed"]
    """done: every session is; findings: one ended with findings, without a run or failed; paused: some can go on."""
    reason: str = ""
    """One line for people."""
    exit_code: int = 0
    """The command's exit status."""


CampaignEvent = Annotated[
    CampaignStarted | CampaignResumed | EntryBegun | EntryFound | EntryEnded | CampaignEnded,
    Field(discriminator="kind"),
]
CAMPAIGN: Format[CampaignEvent] = Format(TypeAdapter(CampaignEvent), CampaignStarted, FORMAT)
"""What stands in a campaign's journal."""
CampaignJournal = Journal[CampaignEvent]

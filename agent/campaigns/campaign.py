"""A campaign: its folder is its state. It begins sessions as there is room, waits for their ends, and can be resumed at any moment."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from agent import __version__
from agent.campaigns.events import CAMPAIGN, CampaignJournal, CampaignResumed, CampaignStarted
from agent.campaigns.spec import CampaignSpec, Entry, read_spec, write_spec
from agent.errors import UsageError
from agent.models.shared import Account, Budget, Shared
from agent.results.story.counts import spent_of
from agent.session.campaign_paths import CampaignPaths
from agent.session.events import SESSION
from agent.session.journal import Journal, readable_events
from agent.session.lock import SessionLock
from agent.session.paths import SessionPaths
from agent.session.settings import Settings, overlay
from agent.session.settings.file import read_file
from agent.session.settings.resumed import differences
from agent.session.stop import Stop


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What whoever works or shows a campaign needs to know of it."""

    paths: CampaignPaths
    spec: CampaignSpec
    journal: CampaignJournal
    flags: Mapping[str, Any] = field(default_factory=dict)
    """Settings by their short names that sessions which are taken up again get now."""
    config: Path | None = None
    """A file of settings that counts for them, likewise."""

    @property
    def stop(self) -> Stop:
        return self.journal.stop

    @property
    def shared(self) -> Shared:
        return Shared(self.paths.shared)


def start_campaign(
    root: Path, entries: Sequence[Entry], settings: Settings, at_once: int, budget: Budget, stop: Stop | None = None
) -> Campaign:
    """A new campaign in `root`, which must not be there yet, or be empty. Raises UsageError."""
    paths = CampaignPaths(root.resolve())
    _refuse_taken(paths, root)
    around = next((each for each in paths.root.parents if _is_taken(each)), None)
    if around is not None:
        raise UsageError(f"--out {root}: lies in {around}, a session or a campaign; name a folder outside of it")
    try:
        paths.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {root}: {error.strerror}; name a folder that can be written") from error
    with SessionLock(paths.lock):  # of two that begin here at one moment one does
        _refuse_taken(paths, root)
        return _begun(paths, entries, settings, at_once, budget, stop)


def _begun(
    paths: CampaignPaths, entries: Sequence[Entry], settings: Settings, at_once: int, budget: Budget, stop: Stop | None
) -> Campaign:
    spec = CampaignSpec(
        labloop=__version__,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        at_once=at_once,
        budget=budget,
        settings=settings,
        entries=tuple(entries),
    )
    write_spec(paths, spec)
    journal = Journal(paths.journal, CAMPAIGN, stop)
    journal.append(CampaignStarted(labloop=__version__, entries=len(entries)))
    return Campaign(paths=paths, spec=spec, journal=journal)


def _refuse_taken(paths: CampaignPaths, root: Path) -> None:
    """Raises UsageError where something lies in the folder already; a lock that nobody holds is nothing."""
    if paths.root.exists() and (
        not paths.root.is_dir() or {each.name for each in paths.root.iterdir()} - {paths.lock.name}
    ):
        again = f"go on with it: --resume {shlex.quote(str(root))}; or " if paths.spec.is_file() else ""
        raise UsageError(f"--out {root}: is there already; {again}name a folder that is not")


def within(budget: Budget, settings: Settings) -> Settings:
    """A session's settings with what all share as its own limit, where that is the narrower: for who asks what may be spent."""
    limits = settings.limits
    both = {"budget_usd": (limits.budget_usd, budget.usd), "budget_tokens": (limits.budget_tokens, budget.tokens)}
    narrower = {
        name: min(each for each in pair if each is not None) for name, pair in both.items() if pair != (None, None)
    }
    return overlay(settings, "the campaign", narrower)


def _is_taken(folder: Path) -> bool:
    return CampaignPaths(folder).spec.is_file() or SessionPaths(folder).journal.is_file()


def open_campaign(root: Path, stop: Stop | None = None) -> Campaign:
    """An existing campaign, to look at or to resume. Raises SessionError where the folder is none."""
    paths = CampaignPaths(root.resolve())
    return Campaign(paths=paths, spec=read_spec(paths), journal=Journal(paths.journal, CAMPAIGN, stop))


def resumed_with(
    campaign: Campaign, at_once: int | None, budget: Budget, flags: Mapping[str, Any], config: Path | None
) -> Campaign:
    """The campaign with what is said now on top of what was recorded: sessions at once, budget, settings of its sessions.

    Raises UsageError for what is no setting.
    """
    was = campaign.spec
    given = {name: value for name, value in budget.model_dump().items() if value is not None}
    update = {
        "at_once": at_once or was.at_once,
        "budget": was.budget.model_copy(update=given),
        "settings": _settings_now(was.settings, flags, config),
    }
    return replace(campaign, spec=was.model_copy(update=update), flags=flags, config=config)


def _settings_now(was: Settings, flags: Mapping[str, Any], config: Path | None) -> Settings:
    """How a session is worked that is begun from now on; those that were begun have a record of their own, and get the same on top."""
    said = overlay(was, str(config), read_file(config, required=True)) if config else was
    return overlay(said, "the command line", flags)


def note_resumption(campaign: Campaign, pid: int) -> None:
    """A line in the journal that says that it was taken up again, with what changed; the caller holds the lock."""
    was, now = read_spec(campaign.paths), campaign.spec
    pairs = {
        "sessions": (was.at_once, now.at_once),
        "budget_usd": (was.budget.usd, now.budget.usd),
        "budget_tokens": (was.budget.tokens, now.budget.tokens),
    }
    changed = [f"{name} {before} → {after}" for name, (before, after) in pairs.items() if before != after]
    changed += differences(was.settings, now.settings)
    if was != now:
        write_spec(campaign.paths, now)
    if not campaign.journal.events:  # killed between its folder and its first line
        campaign.journal.append(CampaignStarted(labloop=__version__, entries=len(now.entries)))
    campaign.journal.append(CampaignResumed(pid=pid, changed=tuple(changed)))


def allow_budget(campaign: Campaign, working: Sequence[str]) -> None:
    """Say what may be spent, and what was: each session's own journal says that, but for those at work (`working`), which tell it
    themselves."""
    campaign.shared.allow(campaign.spec.budget)
    if campaign.spec.budget == Budget():
        return
    accounts = {}
    for entry in campaign.spec.wanted:
        journal = campaign.paths.session(entry.key).journal
        if entry.key not in working and journal.is_file():
            spent = spent_of(readable_events(journal, SESSION)[0])
            accounts[entry.key] = Account(usd=spent.usd, tokens=spent.tokens)
    campaign.shared.tell(accounts)

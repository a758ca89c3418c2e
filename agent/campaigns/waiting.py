"""Whether a provider keeps a session from going on: told from what sessions share."""

from __future__ import annotations

import time

from agent.campaigns.spec import Entry
from agent.models.shared import Shared, provider_name
from agent.session.settings import Settings


def waits_for(shared: Shared, entry: Entry, of_all: Settings) -> str:
    """The provider that has to be left alone before this session can go on, and for how long; empty where none has."""
    waits = shared.waits()
    named = providers(entry.settings(of_all)) if waits else ()
    left = {name: waits[name] for name in named if name in waits}
    if not left:
        return ""
    name = max(left, key=left.__getitem__)
    until = time.strftime("%H:%M", time.localtime(time.time() + left[name]))
    return f"{name}, which asks to be left alone until {until}"


def providers(settings: Settings) -> tuple[str, ...]:
    """Whom a session asks, as waits are told by."""
    return tuple(provider_name(asked.name, asked.base_url) for asked in settings.models.asked.values())

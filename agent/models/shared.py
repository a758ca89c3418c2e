"""What sessions of one campaign share without a daemon: a budget, and the times at which providers are to be left alone.

Both are small files in one folder, written under one lock by whoever has something to tell. A process that is killed holds
the lock no longer, and what it had put aside for a call stays counted until its session is taken up again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from agent.errors import BudgetReached
from agent.results.story.counts import Spent
from agent.results.values import amount, dollars
from agent.session.files import write_json
from agent.session.stop import Stop

_BUDGET, _WAITS, _LOCK, _ACCOUNTS = "budget.json", "waits.json", ".lock", "accounts.json"
_POLL_S = 0.3


class Budget(BaseModel):
    """What all sessions together may cost. None is no limit."""

    model_config = ConfigDict(frozen=True)

    usd: float | None = None
    tokens: int | None = None


class Account(BaseModel):
    """What one session has spent, and what it has put aside for the call that it makes now."""

    model_config = ConfigDict(frozen=True)

    usd: float = 0.0
    tokens: int = 0
    ahead_usd: float = 0.0
    ahead_tokens: int = 0
    refused: bool = False
    """Its last call was not made, since the budget did not allow it."""


class _Accounts(RootModel[dict[str, Account]]):
    root: dict[str, Account] = {}


@dataclass(frozen=True)
class Shared:
    """The folder that sessions share."""

    folder: Path

    def allow(self, budget: Budget) -> None:
        """What may be spent from now on. Sessions at work hold to it from their next call on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self.folder / _BUDGET, budget.model_dump())

    @property
    def budget(self) -> Budget:
        """What may be spent; nothing is limited where nobody said."""
        found: Budget = _read(self.folder / _BUDGET, Budget)
        return found

    def accounts(self) -> dict[str, Account]:
        """What each session has spent, by its name."""
        return dict(_read(self.folder / _ACCOUNTS, _Accounts).root)

    def tell(self, accounts: Mapping[str, Account]) -> None:
        """Put these sessions' accounts in place of what they were."""
        with self.locked():
            self._write({**self.accounts(), **accounts})

    def release(self, name: str) -> None:
        """A session's process is gone: what it had put aside for a call is free."""
        with self.locked():
            accounts = self.accounts()
            if name in accounts and (accounts[name].ahead_usd or accounts[name].ahead_tokens):
                free = accounts[name].model_copy(update={"ahead_usd": 0.0, "ahead_tokens": 0})
                self._write({**accounts, name: free})

    def _write(self, accounts: Mapping[str, Account]) -> None:
        write_json(self.folder / _ACCOUNTS, {name: each.model_dump() for name, each in accounts.items()})

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time; where there are no locks, at worst each of two goes beyond by one call."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    # --- providers that are to be left alone

    def leave_alone(self, provider: str, wait_s: float) -> None:
        """A provider asked to wait so long: nobody asks it before that is over."""
        until = time.time() + wait_s
        with self.locked():
            waits = self._waits()
            if waits.get(provider, 0.0) < until:
                write_json(self.folder / _WAITS, {**waits, provider: round(until, 3)})

    def left_s(self, provider: str) -> float:
        """How long this provider is still to be left alone; 0 where it may be asked."""
        return max(0.0, self._waits().get(provider, 0.0) - time.time())

    def asked_to_wait(self, provider: str, since: float) -> bool:
        """Whether this provider has asked to wait beyond that moment (seconds since 1970), over by now or not."""
        return self._waits().get(provider, 0.0) > since

    def waits(self) -> dict[str, float]:
        """Providers that are to be left alone now, each with how many seconds still."""
        return {provider: left for provider in self._waits() if (left := self.left_s(provider)) > 0}

    def _waits(self) -> dict[str, float]:
        try:
            raw = json.loads((self.folder / _WAITS).read_text(encoding="utf-8"))
            return {str(provider): float(until) for provider, until in dict(raw).items()}
        except (OSError, ValueError, TypeError):
            return {}


@dataclass(frozen=True)
class Purse:
    """One session's way to the shared budget."""

    shared: Shared
    name: str
    stop: Stop = field(default_factory=Stop)
    most_s: float = 600
    """How long a call waits for others on their way, whose cost is not known yet."""

    @property
    def is_limited(self) -> bool:
        """Whether there is a budget at all."""
        return self.shared.budget != Budget()

    def reserve(self, spent: Spent, ahead: Spent) -> None:
        """Put `ahead` aside for a call, beside what this session has spent.

        Where only calls of others that are on their way stand against it, their ends are waited for: most cost far less than
        they might. Raises BudgetReached where the budget does not allow the call, Interrupted where a stop is asked for meanwhile.
        """
        began = time.monotonic()
        while self.is_limited:
            refusal, on_their_way = self._tried(spent, ahead)
            if not refusal:
                return
            if not on_their_way or time.monotonic() - began > self.most_s:
                raise BudgetReached(refusal)
            self.stop.check()
            time.sleep(_POLL_S)

    def _tried(self, spent: Spent, ahead: Spent) -> tuple[str, bool]:
        """Why the call is not allowed, empty where it is put aside; and whether that is for others on their way alone."""
        budget, mine = self.shared.budget, Account(usd=spent.usd, tokens=spent.tokens)
        with self.shared.locked():
            accounts = self.shared.accounts()
            others = [each for name, each in accounts.items() if name != self.name]
            settled = [each.model_copy(update={"ahead_usd": 0.0, "ahead_tokens": 0}) for each in others]
            why = _beyond(budget, [*others, mine], ahead)
            waits = bool(why) and not _beyond(budget, [*settled, mine], ahead)
            asked = {"refused": not waits} if why else {"ahead_usd": ahead.usd, "ahead_tokens": ahead.tokens}
            self.shared._write({**accounts, self.name: mine.model_copy(update=asked)})
        return why, waits

    def settle(self, spent: Spent) -> None:
        """The call is over, and this is what the session has spent with it."""
        if self.is_limited:
            self.shared.tell({self.name: Account(usd=spent.usd, tokens=spent.tokens)})


def provider_name(model: str, base_url: str) -> str:
    """Under which name a provider's wait is told: the model's, with its address where it has one of its own."""
    return f"{model} at {base_url}" if base_url else model


def _beyond(budget: Budget, accounts: list[Account], ahead: Spent) -> str:
    """Why the budget does not allow a call; empty where it does."""
    usd = sum(each.usd for each in accounts)
    tokens = sum(each.tokens for each in accounts)
    put_usd, put_tokens = sum(each.ahead_usd for each in accounts), sum(each.ahead_tokens for each in accounts)
    remedy = "resume the campaign with a larger one (agent/campaign.py --resume)"
    if budget.tokens is not None and tokens + put_tokens + ahead.tokens > budget.tokens:
        return (
            f"{tokens} tokens used of the campaign's --budget-tokens {budget.tokens}, {put_tokens} more by calls on their way, and the "
            f"next call may take {ahead.tokens}; {remedy}"
        )
    if budget.usd is not None and usd + put_usd + ahead.usd > budget.usd:
        return (
            f"{dollars(usd)} used of the campaign's --budget-usd {amount(budget.usd)}, {dollars(put_usd)} more by calls on their way, and the next "
            f"call may cost {dollars(ahead.usd)}; {remedy}"
        )
    return ""


def _read(path: Path, kind: type[Any]) -> Any:
    """What the file holds; an empty one of its kind where it is not there or damaged: sessions write theirs again."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return kind()

"""What a session's journal says of the models that worked in it, in words: for the paper's end, the page, the package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.results.english import capitalised, counted, listed
from agent.session.events import Called, Exchanged, PersonSaid, RunDropped, Unused

_WORK: Mapping[str, str] = {
    "writer": "plan, notes and text",
    "coder": "changes of the code, figures",
    "adviser": "advice on each run",
    "reviewer": "review of the draft",
}
_MANUAL, _RECORDED = "manual", "recorded"
_UNNAMED = "a model that the record does not name"
_PERSON = "a person, or another program, that answered by files"


@dataclass(frozen=True)
class Hand:
    """Who answered in one role, and how often."""

    role: str
    model: str
    """Its bare name, without `recorded`."""
    recorded: int
    """Calls that a recording answered, with what this model had said before."""
    calls: int
    sent: int
    """Tokens."""
    received: int

    @property
    def told(self) -> str:
        """`writer (plan, notes and text): some-model, 31 calls, 120,000 tokens sent, 9,000 received`."""
        work = f" ({_WORK[self.role]})" if self.role in _WORK else ""
        who = {"": _UNNAMED, _MANUAL: _PERSON}.get(self.model, self.model)
        calls = f"{self.calls} call{'s' if self.calls > 1 else ''}"
        played = "" if not self.recorded else ", all" if self.recorded == self.calls else f", {self.recorded}"
        played += " played from a recording of its answers" if played else ""
        return f"{self.role}{work}: {who}, {calls}, {self.sent:,} tokens sent, {self.received:,} received{played}"


@dataclass(frozen=True)
class AiUse:
    """Everybody who answered, and what a person did."""

    hands: tuple[Hand, ...]
    unused: int = 0
    """Replies that could not be used."""
    said: int = 0
    """Words of a person to the session."""
    dropped: int = 0
    """Runs that a person dropped."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The statement, a sentence each; who signed off stands elsewhere, since that comes later."""
        told = [f"{capitalised(hand.told)}." for hand in self.hands] or ["The journal holds no call of a model."]
        if self.unused:
            told.append(
                f"{counted(self.unused, 'more reply', 'more replies')} could not be used and count with their tokens nowhere above."
            )
        person = [counted(self.said, "word") + " to the session"] * bool(self.said)
        person += [counted(self.dropped, "run") + " dropped"] * bool(self.dropped)
        told.append(f"A person's: {listed(person)}." if person else "No person spoke to the session while it worked.")
        return tuple(told)


def ai_use_of(events: Sequence[Any]) -> AiUse:
    """What the journal says. The one-token checks before a session are no answers, and are left out."""
    return AiUse(
        hands=tuple(_hands(event for event in events if isinstance(event, Exchanged))),
        unused=sum(isinstance(event, Unused) for event in events),
        said=sum(isinstance(event, PersonSaid) for event in events),
        dropped=sum(isinstance(event, RunDropped) for event in events),
    )


def _hands(calls: Iterable[Exchanged]) -> list[Hand]:
    found = dict[tuple[str, str], list[Called]]()
    for call in calls:
        found.setdefault((call.role, _bare(call.model)), []).append(call)
    order = list(_WORK)
    hands = [
        Hand(
            role=role,
            model=model,
            recorded=sum(call.model.startswith(_RECORDED) for call in mine),
            calls=len(mine),
            sent=sum(call.tokens_sent for call in mine),
            received=sum(call.tokens_received for call in mine),
        )
        for (role, model), mine in found.items()
    ]
    return sorted(hands, key=lambda hand: order.index(hand.role) if hand.role in order else len(order))


def _bare(model: str) -> str:
    """`recorded (some-model)` is some-model's answer; of `recorded` alone nobody knows whose."""
    played = re.fullmatch(rf"{_RECORDED}(?: \((?P<model>.*)\)|:.*)?", model)
    return (played["model"] or "") if played else model

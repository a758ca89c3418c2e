"""The honest session that cases are made from: the toy template, worked through once, with its paper and its package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from agent.packing.pack import Package, pack
from agent.session.session import Session
from tests.fraud.cases import Case
from tests.fraud.change import places_of
from tests.world.packed import worked_session
from tests.world.toy import ANSWERS

_OUTCOMES = "Registered beforehand: [[H1.outcome]] [[H2.outcome]]"
_ARGUED = (
    "[[if confirmed.excess_loss held]]On fresh seeds the gain of run 2 on excess loss is confirmed: late iterates carry less bias."
    "[[else]]On excess loss no gain of run 2 was confirmed, so the window may not matter.[[end]]"
)
_HYPOTHESES = "H1: excess_loss of run_2 better than baseline\nH2: distance of run_1 within noise of baseline"


@dataclass(frozen=True)
class World:
    """Made once for many cases, in `folder`."""

    folder: Path

    @cached_property
    def session(self) -> Session:
        """The honest session."""
        more = {"plan/1": _HYPOTHESES} | {
            f"draft/{section}/{phase}/1": text
            for section, text in (("Conclusion", _OUTCOMES), ("Results", _ARGUED))
            for phase in ("fill", "refine")
        }
        instead = {("writer", step): f"{ANSWERS['writer', step]}\n\n{text}" for step, text in more.items()}
        return worked_session(self.folder, instead, confirm="run_2")

    @cached_property
    def package(self) -> Package:
        """It as one file."""
        return pack(self.session)

    @cached_property
    def places(self) -> Mapping[str, str]:
        """What a case's file names may hold in braces."""
        return places_of(self.session)


def worked_with(case: Case, place: Path) -> Session:
    """A session in which the models answer as the case says, up to its figures."""
    instead = {}
    for answer in case.answer:
        asked = (answer.role, answer.step)
        text = answer.reply or ANSWERS[asked]
        if answer.old and answer.old not in text:
            raise ValueError(f"{case.name}: {answer.old!r} does not stand in the honest answer to {answer.step}")
        instead[asked] = text.replace(answer.old, answer.new) if answer.old else text
    return worked_session(place, instead, states=("done", "findings", "no_runs", "paused"), paper=False)

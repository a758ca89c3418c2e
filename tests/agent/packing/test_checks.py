"""What a package says of itself and of its times, held against the rest: each check trips, and lets honest records pass."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from agent import __version__
from agent.packing.checks import excused, timed, written_by
from agent.packing.container import ZLIB
from agent.packing.manifest import Listed, Manifest
from agent.packing.opened import Opened
from agent.results.words.phrases import WORDS
from agent.session.cost import Cost
from agent.session.events import (
    AttemptEnded,
    BaseEvent,
    Compiled,
    Event,
    Exchanged,
    LaunchEnded,
    SessionEnded,
    SessionJournal,
    SessionResumed,
)
from agent.session.session import Session
from agent.session.steps import Step
from tests.world.stage import make_session

RUN = Step("run_1/turn_1")
HASH = "0" * 64


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return make_session(tmp_path_factory.mktemp("checks"))


def opened(session: Session, events: Sequence[BaseEvent] = (), **manifest: object) -> Opened:
    """A package of a session with these events, whose manifest says this."""
    numbered = [event.model_copy(update={"seq": seq}) for seq, event in enumerate(events)]
    journal = SessionJournal(session.paths.journal, session.journal.form, events=cast("list[Event]", numbered))
    told = {
        "labloop": __version__,
        "zlib": ZLIB,
        "session": "a",
        "template": "toy",
        "fixed_sha256": HASH,
        "members": {},
    }
    return Opened(replace(session, journal=journal), Manifest.model_validate({**told, **manifest}), {})


def at(time: str, event: BaseEvent) -> BaseEvent:
    return event.model_copy(update={"time": f"2026-11-28T{time}+00:00"})


def test_times_go_on(session: Session) -> None:
    """A clock that was set back by half an hour, or another machine's after a resumption, is honest; a day turned back is told."""
    call = Exchanged(number=1, role="writer", model="m", tokens_sent=1, tokens_received=1)
    honest = [at("10:00:00", call), at("09:31:00", call), at("02:00:00", SessionResumed()), at("02:00:01", call)]
    assert list(timed.times(opened(session, honest))) == []
    turned = [at("10:00:00", call), at("08:00:00", call)]
    (found,) = timed.times(opened(session, turned))
    assert "08:00:00" in found.what and "10:00:00" in found.why
    (none,) = timed.times(opened(session, [call.model_copy(update={"time": "yesterday"})]))
    assert none.why == "that is no time"


@pytest.mark.parametrize(
    ("end", "judged", "says"),
    [
        ({"exit_code": 0}, {"outcome": "ok", "exit_code": 0}, ""),
        ({"exit_code": 1}, {"outcome": "crashed", "exit_code": 1}, ""),
        ({"exit_code": -9}, {"outcome": "killed", "exit_code": -9}, ""),
        ({"exit_code": 0, "out_of_memory": True}, {"outcome": "killed", "exit_code": 0}, ""),
        ({"exit_code": -15, "timed_out": True}, {"outcome": "timed_out", "exit_code": -15}, ""),
        ({"exit_code": 0}, {"outcome": "not_proven", "exit_code": 0}, ""),
        ({"exit_code": 0, "seconds": 9.0}, {"outcome": "ok", "exit_code": 0, "seconds": 2.0}, "it ended with 9.0"),
        ({"exit_code": 1}, {"outcome": "ok", "exit_code": 1}, "it ended with exit code 1"),
        ({"exit_code": 0}, {"outcome": "crashed", "exit_code": 0}, "it ended well"),
        ({"exit_code": 1}, {"outcome": "killed", "exit_code": 1}, "it ended with exit code 1"),
        ({"exit_code": -9}, {"outcome": "crashed", "exit_code": -9}, "it was killed"),
        ({"exit_code": -15, "timed_out": True}, {"outcome": "killed", "exit_code": -15}, "its time limit ended it"),
    ],
)
def test_what_came_of_a_launch_is_what_its_end_was(
    session: Session, end: dict[str, object], judged: dict[str, object], says: str
) -> None:
    """Seconds, exit code and how it ended stand twice in a journal; a crash that is said to be the machine's contradicts its end."""
    events: list[BaseEvent] = [
        LaunchEnded.model_validate({"number": 1, "run": RUN, **end}),
        AttemptEnded.model_validate({"number": 1, "run": RUN, **judged}),
    ]
    found = [each.why for each in timed.ends(opened(session, events))]
    assert (says in found) if says else found == []


def test_a_hash_is_missing_only_where_its_version_kept_none(session: Session) -> None:
    """A session of an older version, and one that a newer version took up, are honest; one call without its hash amid others is not."""

    def call(number: int, said: str = "") -> Exchanged:
        told = {"number": number, "role": "writer", "model": "m", "tokens_sent": 1, "tokens_received": 1}
        return Exchanged.model_validate({**told, "messages_sha256": said})

    old, new = Compiled(ok=True, words=0), Compiled(ok=True, words=WORDS)
    ended = SessionEnded(state="paused")
    for honest in ([call(1), old], [call(1), ended, SessionResumed(), call(2, HASH), new], [call(1, HASH), new]):
        assert list(written_by.one_version(opened(session, honest))) == []
    assert written_by.told_of(opened(session, [call(1), old])) and not written_by.told_of(
        opened(session, [call(1, HASH)])
    )
    for forged, says in (
        ([call(1), call(2, HASH)], "no hash of what was asked"),
        ([call(1), new], "no hash of what was asked"),
        ([call(1, HASH), old, new], "the tool's words are of version 0"),
    ):
        assert [says in each.what for each in written_by.one_version(opened(session, forged))] == [True]


@pytest.mark.parametrize(("field", "where"), [("endorsed", ""), ("signed_by", "cost"), ("", "")])
def test_a_field_that_no_event_has_is_told(session: Session, field: str, where: str) -> None:
    """At any depth; a line as this version writes it has none."""
    end = LaunchEnded(number=1, run=RUN, cost=Cost(wall_s=1.0))
    line = end.model_copy(update={"seq": 0}).model_dump(mode="json")
    if field:
        (line[where] if where else line)[field] = "a board"
    package = replace(opened(session, [end]), members={"session/journal.jsonl": json.dumps(line).encode() + b"\n"})
    assert [each.what for each in written_by.known_fields(package)] == ([f"the field {field}"] if field else [])


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ({}, ""),
        ({"cost": {"wall_s": 2.0, "cpu_s": 0.1}}, "cpu_s is 0.1"),
        ({"reason": "timed_out"}, "timed_out is True"),
        ({"exit_code": 1}, "exit_code is 1"),
        ({"seconds": "two", "cost": {"wall": 2.0}}, "it cannot be read"),
        (None, ""),
    ],
)
def test_the_end_of_a_launch_is_what_its_supervisor_left_word_of(
    session: Session, said: dict[str, object] | None, differs: str
) -> None:
    """Another cost, end or exit code is told; a launch whose supervisor left no word says nothing."""
    end = LaunchEnded(number=1, run=RUN, exit_code=0, seconds=2.0, cost=Cost(wall_s=2.0, cpu_s=1.5, data_cpu_s=9.0))
    left = {"exit_code": 0, "reason": "", "seconds": 2.0, "left_behind": 0, "cost": {"wall_s": 2.0, "cpu_s": 1.5}}
    report = session.paths.attempt(1).report
    report.parent.mkdir(parents=True, exist_ok=True)
    if said is not None:
        report.write_text(json.dumps(left | said))
    try:
        assert [each.what for each in timed.reports(opened(session, [end]))] == ([differs] if differs else [])
    finally:
        shutil.rmtree(report.parent)


def test_only_what_pack_leaves_behind_stays_behind(session: Session) -> None:
    """Weights, a figure that held a path, and then the PDF; not a short answer, not the PDF alone, not what is there."""

    def left(*names: str, size: int = 100) -> list[str]:
        listed = {name: Listed(bytes=size, sha256=HASH) for name in names}
        return [each.where for each in excused.left_behind(opened(session, left_out=listed))]

    assert left("session/run_1/weights.pt") == left("session/run_1/log.txt", size=2_000_000) == []
    assert left("session/figures/a.pdf", "session/paper.pdf") == []
    assert left("session/run_1/answer.json", "session/paper.pdf") == ["run_1/answer.json", "paper.pdf"]
    assert [each.what for each in excused.taken_out(opened(session, redacted={"session/notes.txt": 2}))] == [
        "2 secrets or paths are said to have been taken out"
    ]

"""Slots of a machine: shared by processes that know nothing of one another, and given back by whoever dies."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread

import pytest

from agent.errors import EnvironmentBroken
from agent.launching.cores import Shares, called_by_cuda, gpus_to_lend, kinds_of_gpus, shares
from agent.launching.local import placed
from agent.launching.slots import Slot, Slots, slots_folder
from agent.sandbox import Command
from agent.sandbox.bwrap import devices
from agent.session.paths import REPOSITORY

pytestmark = pytest.mark.process

_HOLDS = """
import sys, time
from pathlib import Path
from agent.launching.slots import Slots
slot = Slots(2, Path(sys.argv[1])).claim(sys.argv[2])
print(slot.number if slot else "none", flush=True)
time.sleep(60)
"""


def holding(folder: Path, name: str) -> tuple[subprocess.Popen[str], str]:
    """A process that claims a slot of two and stays; and which one it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(folder), name], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_each_slot_has_one_holder_and_the_killed_give_theirs_back(tmp_path: Path) -> None:
    """Three processes, two slots: the third gets none; a SIGKILL later its slot is free, and nobody had to clean up."""
    slots = Slots(2, tmp_path)
    first, got = holding(tmp_path, "first")
    mine = slots.claim("mine")
    try:
        assert got == "0" and mine is not None and mine.number == 1
        assert slots.claim("another") is None
        assert slots.others(mine) == ("first",)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        again = slots.claim("again")
        assert again is not None and again.number == 0
        assert slots.others(mine) == ("again",)
        again.release()
        assert slots.others(mine) == ()
    finally:
        first.kill()
        first.communicate()


def test_who_waits_gets_the_slot_that_is_given_back(tmp_path: Path) -> None:
    """It is told once that it waits; asked to end meanwhile, it gets none."""
    slots, told = Slots(1, tmp_path), list[str]()
    mine = slots.claim("mine")
    assert mine is not None
    tries = iter(range(6))  # so often it looks whether it was asked to end
    assert slots.wait("late", lambda: next(tries) == 5, lambda: told.append("waits")) is None
    assert told == ["waits"]
    mine.release()
    late = slots.wait("late", lambda: False)
    assert late is not None
    late.release()


def test_who_waits_goes_before_whoever_comes_back_for_the_next_launch(tmp_path: Path) -> None:
    """One slot, given back and wanted again at once, as a session of many launches does: the other, which waited, has it between."""
    slots, order = Slots(1, tmp_path), list[str]()
    mine = slots.claim("mine")
    assert mine is not None
    waits = Event()

    def other() -> None:
        slot = slots.wait("other", lambda: False, waits.set)
        assert slot is not None
        order.append("other")
        slot.release()

    thread = Thread(target=other)
    thread.start()
    assert waits.wait(60) and slots.holders() == ("mine",)
    mine.release()
    again = slots.wait("mine again", lambda: False)
    order.append("mine again")
    thread.join(60)
    assert again is not None and order == ["other", "mine again"]
    again.release()


def test_who_counts_more_slots_waits_for_none_that_another_does_not_count(tmp_path: Path) -> None:
    """A session of one slot waits for the first; one of two takes the second at once, and waits its turn where that is held too."""
    one, two = Slots(1, tmp_path), Slots(2, tmp_path)
    first, waits, ends = one.claim("first"), Event(), Event()
    waiter = Thread(target=lambda: one.wait("waits", ends.is_set, waits.set))
    waiter.start()
    assert first is not None and waits.wait(10)
    try:
        second = two.wait("second", lambda: True)
        assert second is not None and second.number == 1
        assert two.wait("third", lambda: True) is None, "the first slot goes to who waits for it"
        second.release()
    finally:
        ends.set()
        waiter.join(10)
        first.release()


def test_a_damaged_note_still_counts_as_a_holder(tmp_path: Path) -> None:
    """What a holder says of itself is for people: the lock is what counts."""
    slots = Slots(2, tmp_path)
    one, other = slots.claim("one"), slots.claim("other")
    assert one is not None and other is not None
    (tmp_path / "slot-1").write_text("{half")
    assert slots.others(one) == ("another process",)
    for slot in (one, other):
        slot.release()


def test_slots_lie_in_one_place_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever TMPDIR and run folder a login has: a session in a terminal and one of a timer share them, also after a logout; a named
    folder always wins, and where /tmp takes nothing they lie among the temporary files."""
    monkeypatch.delenv("LABLOOP_SLOTS_FOLDER")
    found = set()
    for name in ("a", "b"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / name))
        monkeypatch.setenv("TMPDIR", str(tmp_path / name))
        found.add(slots_folder())
    assert found == {Path("/tmp") / f"labloop-{os.getuid()}" / "slots"}
    monkeypatch.setattr("agent.launching.slots._COMMON", tmp_path / "nowhere")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert slots_folder() == tmp_path / f"labloop-{os.getuid()}" / "slots"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LABLOOP_SLOTS_FOLDER", "~/named")
    assert slots_folder() == tmp_path / "named"


@pytest.mark.parametrize(
    ("cores", "gpus", "asked", "expected"),
    [
        (2, (), None, Shares(1)),
        (16, (), None, Shares(4, 4)),
        (16, (), 3, Shares(3, 5)),
        (1, (), 2, Shares(2, 1)),
        (16, ("0",), None, Shares(1, None, ("0",))),
        (16, ("0", "1"), None, Shares(2, 8, ("0", "1"))),
    ],
)
def test_the_machine_is_shared_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
    gpus: tuple[str, ...],
    asked: int | None,
    expected: Shares,
) -> None:
    """One slot a GPU, else one for four cores; threads are cores divided by slots; one slot is the whole machine, as it is."""
    monkeypatch.setattr("agent.launching.cores.cores", lambda: cores)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for number in gpus:
        (tmp_path / f"nvidia{number}").touch()
    assert shares(asked, tmp_path) == expected


@pytest.mark.parametrize(
    ("told", "lent", "kept_back"),
    [
        (None, ("0", "1", "10"), False),
        ("10, 0", ("10", "0"), True),
        ("1", ("1",), True),
        ("0,7,1", ("0",), True),
        ("-1", (), True),
        ("", (), True),
        ("NoDevFiles", (), True),
        ("1,1,0", ("1", "0"), True),
        ("GPU-8932f937,MIG-5b2c9", ("GPU-8932f937", "MIG-5b2c9"), True),
    ],
)
def test_each_slot_has_a_gpu_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, lent: tuple[str, ...], kept_back: bool
) -> None:
    """In turn where there are more slots; what CUDA_VISIBLE_DEVICES keeps back is lent to nobody, whatever way it names the others."""
    for name in ("nvidia0", "nvidia1", "nvidia10", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if told is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
    assert gpus_to_lend(tmp_path) == lent
    assert shares(1, tmp_path).lent(0) == (lent if kept_back else None)
    turns = [shares(4, tmp_path).lent(number) for number in range(4)]
    assert turns == ([(lent[number % len(lent)],) for number in range(4)] if lent else [()] * 4)


@pytest.mark.parametrize(
    ("told", "lent", "kinds"),
    [
        (None, ("0", "1"), ("NVIDIA A100", "NVIDIA RTX 3090")),
        ("1", ("1",), ("NVIDIA RTX 3090",)),
        ("GPU-aa", ("0",), ("NVIDIA A100",)),
        ("GPU-bb22,GPU-aa11,GPU-aa", ("1", "0"), ("NVIDIA A100", "NVIDIA RTX 3090")),
        ("GPU-,0", ("GPU-", "0"), ("GPU-", "NVIDIA A100", "NVIDIA RTX 3090")),
        ("MIG-1234", ("MIG-1234",), ("MIG-", "NVIDIA A100", "NVIDIA RTX 3090")),
        ("", (), ("none",)),
    ],
)
def test_the_driver_tells_devices_and_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, lent: tuple[str, ...], kinds: tuple[str, ...]
) -> None:
    """A UUID is its device, which alone is lent then; the models of what is lent are the kind of machine, so a baseline that was measured
    on the processor, or on another model, is none of these GPUs'."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    driver = tmp_path / "driver"
    assert kinds_of_gpus(tmp_path, driver) == ()
    if told is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
    for number, (model, uuid) in enumerate([("NVIDIA A100", "GPU-aa11"), ("NVIDIA RTX 3090", "GPU-bb22")]):
        (tmp_path / f"nvidia{number}").touch()
        (driver / f"0000:0{number}:00.0").mkdir(parents=True)
        lines = f"Model: \t\t {model}\nIRQ:   \t\t 90\nGPU UUID: \t {uuid}\nDevice Minor: \t {number}\n"
        (driver / f"0000:0{number}:00.0" / "information").write_text(lines)
    assert (gpus_to_lend(tmp_path, driver), kinds_of_gpus(tmp_path, driver)) == (lent, kinds)


@pytest.mark.parametrize(
    ("told", "lent"),
    [(None, ("0", "1", "2", "3")), ("0,1", ("2", "3")), ("3", ("1",)), ("GPU-2", ("0",)), ("0,7,1", ("2",))],
)
def test_a_driver_may_number_devices_in_another_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, lent: tuple[str, ...]
) -> None:
    """As on boards of eight: what CUDA calls 0 is not /dev/nvidia0. Lent are the devices of those that CUDA_VISIBLE_DEVICES names, not
    somebody else's, and CUDA is told their names back."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    driver = tmp_path / "driver"
    for place, minor in enumerate("2301"):
        (tmp_path / f"nvidia{place}").touch()
        (driver / f"0000:{place}7:00.0").mkdir(parents=True)
        (driver / f"0000:{place}7:00.0" / "information").write_text(
            f"GPU UUID: GPU-{place}\nDevice Minor: \t {minor}\n"
        )
    if told is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
    assert gpus_to_lend(tmp_path, driver) == lent
    assert ["2301"[int(name)] for name in called_by_cuda(lent, driver)] == list(lent)


def test_who_keeps_all_gpus_back_lends_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA_VISIBLE_DEVICES= on a machine with GPUs: no device of one is in the sandbox, whatever an experiment tells CUDA itself; where
    the machine has none, nothing is taken away."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    given = Command(("true",), cwd=tmp_path, scratch=tmp_path, writable=())
    assert placed(given, shares(1, tmp_path), Slot(0, 99), apart=True).gpus is None
    for name in ("nvidia0", "nvidiactl"):
        (tmp_path / name).touch()
    kept = placed(given, shares(1, tmp_path), Slot(0, 99), apart=True)
    assert kept.gpus == () and kept.env["CUDA_VISIBLE_DEVICES"] == ""
    assert [path.name for path in devices(kept.gpus, tmp_path)] == ["nvidiactl"]


def test_a_slot_on_a_full_disk_is_claimed_and_given_back(tmp_path: Path) -> None:
    """What a holder says of itself is lost there; the lock is not, and goes as the slot is given back."""
    slots, (soft, hard) = Slots(1, tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        mine = slots.claim("mine")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert mine is not None and (tmp_path / "slot-0").read_text() == ""
    assert slots.claim("another") is None
    mine.release()
    again = slots.claim("again")
    assert again is not None
    again.release()


@pytest.mark.parametrize("within", ["", "below"])
def test_a_folder_that_takes_no_slots_is_named_with_its_remedy(tmp_path: Path, within: str) -> None:
    """A file in its place, or above it: the session pauses, told which folder and by which variable it has another."""
    (tmp_path / "slots").touch()
    with pytest.raises(EnvironmentBroken, match=r"slots.*no slot of this machine.*LABLOOP_SLOTS_FOLDER"):
        Slots(1, tmp_path / "slots" / within).claim("mine")

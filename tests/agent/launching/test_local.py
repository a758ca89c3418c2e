"""The local launcher: commands in a sandbox, in slots, side by side; nothing outlives who waits for it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from agent.errors import Interrupted
from agent.launching import LocalLauncher, Needs, launcher_for
from agent.launching.cores import Shares
from agent.launching.local import placed
from agent.launching.registry import LAUNCHERS
from agent.launching.slots import Slot, Slots
from agent.sandbox import Command, choose, clean_environment
from agent.sandbox.bwrap import devices
from agent.session.settings import Settings
from agent.session.settings.launching import LauncherName, LaunchingSettings
from agent.session.stop import Stop

pytestmark = pytest.mark.process


def command(tmp_path: Path, code: str, name: str = "a", **more: object) -> Command:
    """A Python program in a folder of its own."""
    folder = tmp_path / name
    folder.mkdir(parents=True, exist_ok=True)
    env = clean_environment(folder / "scratch", {"PATH": os.environ["PATH"]})
    return Command(
        argv=(sys.executable, "-c", code),
        cwd=folder,
        scratch=folder / "scratch",
        writable=(folder,),
        env=env,
        stdout=folder / "stdout.log",
        stderr=folder / "stderr.log",
        **more,  # type: ignore[arg-type]
    )


def launcher(tmp_path: Path, slots: int, kind: str = "auto", stop: Stop | None = None) -> LocalLauncher:
    return LocalLauncher(choose(kind), slots, stop, Slots(slots, tmp_path / "slots"))


TELLS = """
import os, pathlib, time
pathlib.Path("writing").write_text(repr(time.time()))
os.rename("writing", "began")
while not os.path.exists("go"):
    time.sleep(0.02)
print(os.environ.get("OMP_NUM_THREADS"), os.environ.get("CUDA_VISIBLE_DEVICES"))
pathlib.Path("ended").write_text(repr(time.time()))
"""


STAYS = """
import pathlib, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
pathlib.Path("began").touch()
time.sleep(60)
"""


def _wait_for(path: Path) -> None:
    until = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.05)


def _begun(tmp_path: Path, number: int) -> set[str]:
    """Which have begun, once so many have, by the names of their folders."""
    until = time.monotonic() + 120
    while len(found := {path.parent.name for path in tmp_path.glob("*/began")}) < number:
        assert time.monotonic() < until, f"no more than {len(found)} began"
        time.sleep(0.05)
    return found


def _times(tmp_path: Path, name: str) -> tuple[float, float]:
    return float((tmp_path / name / "began").read_text()), float((tmp_path / name / "ended").read_text())


def test_as_many_run_at_once_as_there_are_slots(tmp_path: Path) -> None:
    """Three commands, two slots: two overlap, the third begins when one has ended; each is told its threads and who ran beside it."""
    lab = launcher(tmp_path, 2)
    names = ["a", "b", "c"]
    handles = [lab.submit(command(tmp_path, TELLS, name), Needs(name)) for name in names]
    begun = _begun(tmp_path, 2)
    assert len(begun) == 2, "the first two run at once"
    for name in names:
        (tmp_path / name / "go").touch()
    finished = [handle.wait() for handle in handles]
    assert [each.exit_code for each in finished] == [0, 0, 0]
    (third,) = set(names) - begun
    times = {name: _times(tmp_path, name) for name in names}
    assert times[third][0] >= min(times[name][1] for name in begun) - 0.05, "the third waits for a slot"
    assert all(each.threads == max(1, len(os.sched_getaffinity(0)) // 2) for each in finished)
    assert all((tmp_path / name / "stdout.log").read_text().split()[0] == str(finished[0].threads) for name in names)
    assert all(set(each.beside) <= set(names) for each in finished) and any(each.beside for each in finished)


def test_a_machine_of_one_slot_is_as_it_was(tmp_path: Path) -> None:
    """Nobody ran beside it, and no number of threads is set."""
    tells = command(tmp_path, TELLS)
    (tmp_path / "a" / "go").touch()
    finished = launcher(tmp_path, 1).submit(tells, Needs("a")).wait()
    assert (finished.beside, finished.threads) == ((), None)
    assert (tmp_path / "a" / "stdout.log").read_text().split()[0] == str(os.environ.get("OMP_NUM_THREADS"))


def test_a_wait_is_told_with_who_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Once as it begins, with the holder's name, and once as it is over; what finds its slot free says nothing."""
    lab = launcher(tmp_path, 1)
    assert lab.submit(command(tmp_path, "pass"), Needs("a")).wait().exit_code == 0 and not caplog.messages
    held = lab.slots.claim("another")
    assert held is not None
    os.pwrite(held.file, b'{"pid": 1, "name": "another"}', 0)
    os.ftruncate(held.file, 29)
    late = lab.submit(command(tmp_path, "pass", "b"), Needs("b"))
    while not caplog.messages:
        time.sleep(0.05)
    held.release()
    assert late.wait().exit_code == 0
    assert caplog.messages == [
        "b waits for the one slot of this machine (--slots), held by another",
        "b has its slot now",
    ]


def test_a_wait_for_a_launch_of_ones_own_is_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Seeds of one baseline that go one after the other are nothing that a person has to know of."""
    lab = launcher(tmp_path, 1)
    handles = [lab.submit(command(tmp_path, "import time; time.sleep(0.8)", name), Needs(name)) for name in "ab"]
    assert [handle.wait().exit_code for handle in handles] == [0, 0] and not caplog.messages


def test_what_needs_no_slot_waits_for_none(tmp_path: Path) -> None:
    """It runs while another has the only one."""
    lab = launcher(tmp_path, 1)
    held = lab.slots.claim("another")
    assert held is not None
    assert lab.submit(command(tmp_path, "pass"), Needs("a", slot=False)).wait().exit_code == 0
    held.release()


def test_a_request_to_stop_ends_the_wait_for_a_slot(tmp_path: Path) -> None:
    """What has not begun is not begun any more; what runs is ended where its end is asked for."""
    stop = Stop()
    lab = launcher(tmp_path, 1, stop=stop)
    first = lab.submit(command(tmp_path, STAYS), Needs("first"))
    _wait_for(tmp_path / "a" / "began")
    second = lab.submit(command(tmp_path, "pass", "b"), Needs("second"))
    stop.request("enough")
    with pytest.raises(Interrupted, match="enough"):
        second.wait()
    began = time.monotonic()
    assert first.wait(lambda: True).interrupted and time.monotonic() - began < 50


def test_a_slot_is_given_back_after_the_experiment_not_before(tmp_path: Path) -> None:
    """A session killed with SIGKILL: its slot is free when the last process of its experiment is gone."""
    child = os.fork()
    if child == 0:
        try:
            launcher(tmp_path, 1).submit(command(tmp_path, STAYS), Needs("killed")).wait()
        finally:
            os._exit(1)
    _wait_for(tmp_path / "a" / "began")
    slots = Slots(1, tmp_path / "slots")
    assert slots.claim("too soon") is None
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert slots.claim("still too soon") is None, "the experiment has its grace, and the slot"
    until = time.monotonic() + 120
    slot = slots.wait("late", lambda: time.monotonic() > until)
    assert slot is not None
    slot.release()


def test_a_slot_lends_one_gpu(tmp_path: Path) -> None:
    """Its device is the only one of a GPU in the sandbox, beside those that all share; where nothing keeps apart, CUDA is told."""
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "dri"):
        (tmp_path / name).touch()
    parts, given = Shares(2, 8, ("0", "1")), command(tmp_path, "pass")
    lent = placed(given, parts, Slot(1, 99), apart=True)
    assert [path.name for path in devices(lent.gpus, tmp_path)] == ["nvidia-uvm", "nvidia1", "nvidiactl"]
    assert lent.env["CUDA_VISIBLE_DEVICES"] == "0" and lent.held == (99,), "it is the first of those that are there"
    assert placed(given, parts, Slot(1, 99), apart=False).env["CUDA_VISIBLE_DEVICES"] == "1"
    assert len(devices(None, tmp_path)) == 5
    assert placed(given, Shares(1, None, ("0",)), Slot(0, 99), apart=True).gpus is None
    kept = placed(given, Shares(1, None, ("3", "1"), kept_back=True), Slot(0, 99), apart=True)
    assert (kept.gpus, kept.env["CUDA_VISIBLE_DEVICES"]) == (("3", "1"), "0,1"), (
        "what the user kept back is not there either"
    )
    part = placed(given, Shares(2, 8, ("MIG-a", "MIG-b"), kept_back=True), Slot(1, 99), apart=True)
    assert (part.gpus, part.env["CUDA_VISIBLE_DEVICES"]) == (None, "MIG-b"), "CUDA alone knows which device that is"


def test_what_has_begun_is_not_kept_back_where_there_is_room(tmp_path: Path) -> None:
    """A run that ended after a request to stop is scored all the same: a free slot is taken, only waiting ends."""
    stop = Stop()
    stop.request("enough")
    assert launcher(tmp_path, 1, stop=stop).submit(command(tmp_path, "pass"), Needs("a")).wait().exit_code == 0


def test_the_settings_name_a_launcher(tmp_path: Path) -> None:
    """Every name that the setting takes has a launcher, and the local one's number of slots is the setting's."""
    assert set(LAUNCHERS) == set(get_args(LauncherName))
    made = launcher_for(choose("plain"), Settings(launching=LaunchingSettings(launcher="local", slots=3)))
    assert (made.name, made.room, made.here) == ("local", 3, True)
    with pytest.raises(ValidationError):
        LaunchingSettings.model_validate({"launcher": "elsewhere"})
    with pytest.raises(ValidationError):
        LaunchingSettings(slots=0)

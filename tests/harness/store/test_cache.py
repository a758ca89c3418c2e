"""The content-addressed store."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import CacheError, CacheMiss
from harness.store.cache import Cache, Draft, key_of

FIELDS = {"layer": 2, "tokens": 100}
SHARDS = [b"first shard", b"2nd shard!!", b"last"]


class Maker:
    """Writes three shards and a summary, and remembers what it had to write."""

    def __init__(self, fail_after: int = 99) -> None:
        self.wrote: list[int] = []
        self.fail_after = fail_after

    def __call__(self, draft: Draft) -> None:
        for i, data in enumerate(SHARDS):
            if not draft.has("data", at=11 * i):
                if len(self.wrote) == self.fail_after:
                    raise KeyboardInterrupt
                draft.write("data", data, at=11 * i)
                self.wrote.append(i)
        draft.write("summary", b"{}")


def test_an_entry_is_made_once_and_then_found(tmp_path: Path) -> None:
    """The second request for the same fields returns the same folder and makes nothing."""
    cache, maker = Cache(tmp_path), Maker()
    first = cache.get("kind", FIELDS, maker)
    again = cache.get("kind", dict(reversed(FIELDS.items())), maker)
    assert first == again
    assert maker.wrote == [0, 1, 2]
    assert (first / "data").read_bytes() == b"".join(SHARDS)


def test_each_field_is_part_of_the_key() -> None:
    """Another layer, or one field more, is another entry; the order of the fields is not."""
    assert key_of(FIELDS) == key_of({"tokens": 100, "layer": 2})
    assert len({key_of(fields) for fields in (FIELDS, FIELDS | {"layer": 1}, FIELDS | {"seed": 0})}) == 3


@pytest.mark.parametrize("fault", ["flipped", "truncated", "removed"])
def test_a_damaged_shard_is_found_and_it_alone_is_made_again(tmp_path: Path, fault: str) -> None:
    """A flipped byte, a short file and a missing file are each found; shards still intact are kept."""
    cache = Cache(tmp_path)
    path = cache.get("kind", FIELDS, Maker()) / "data"
    if fault == "flipped":
        content = bytearray(path.read_bytes())
        content[12] ^= 1
        path.write_bytes(content)
    elif fault == "truncated":
        os.truncate(path, 20)
    else:
        path.unlink()
    assert cache.find("kind", FIELDS) is None
    maker = Maker()
    assert (cache.get("kind", FIELDS, maker) / "data").read_bytes() == b"".join(SHARDS)
    assert maker.wrote == {"flipped": [1], "truncated": [1, 2], "removed": [0, 1, 2]}[fault]


def test_an_unreadable_record_means_a_new_build(tmp_path: Path) -> None:
    """Half an entry.json is as good as none."""
    cache = Cache(tmp_path)
    record = cache.get("kind", FIELDS, Maker()) / "entry.json"
    record.write_text(record.read_text()[:40])
    maker = Maker()
    cache.get("kind", FIELDS, maker)
    assert maker.wrote == [0, 1, 2]


def test_an_interrupted_build_is_no_entry_and_is_gone_on_with(tmp_path: Path) -> None:
    """After two of three shards the build stops: nothing is found, and the next build writes the third alone."""
    cache = Cache(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        cache.get("kind", FIELDS, Maker(fail_after=2))
    assert cache.find("kind", FIELDS) is None
    journal = next(tmp_path.glob("kind/*.part/journal.jsonl"))
    journal.write_text(journal.read_text() + '{"file": "da')  # as a kill in the middle of a line leaves it
    maker = Maker()
    cache.get("kind", FIELDS, maker)
    assert maker.wrote == [2]


def test_a_half_written_shard_is_written_again(tmp_path: Path) -> None:
    """Killed within a write: bytes are in the file that no checksum vouches for, and the shard is made anew."""
    cache = Cache(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        cache.get("kind", FIELDS, Maker(fail_after=1))
    with next(tmp_path.glob("kind/*.part/data")).open("ab") as file:
        file.write(b"2nd sh" + bytes(40))  # and the space of later shards, as a file system may leave it
    maker = Maker()
    data = (cache.get("kind", FIELDS, maker) / "data").read_bytes()
    assert data[: len(b"".join(SHARDS))] == b"".join(SHARDS)
    assert maker.wrote == [1, 2]


BUILDER = """
import sys, time
from pathlib import Path
from harness.store.cache import Cache, Draft
root, log, pause = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
def make(draft: Draft) -> None:
    with log.open("a") as file:
        file.write("built\\n")
    draft.write("data", b"content")
    time.sleep(pause)
print((Cache(root).get("kind", {"a": 1}, make) / "data").read_bytes().decode())
"""


def builder(root: Path, log: Path, pause: float) -> subprocess.Popen[str]:
    repository = str(Path(__file__).parents[3])
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(root), str(log), str(pause)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=repository,
    )


def test_two_processes_that_want_one_entry_build_it_once(tmp_path: Path) -> None:
    """The second process waits for the first and reads what it made."""
    log = tmp_path / "log"
    both = [builder(tmp_path / "cache", log, 0.5) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] for process in both] == ["content\n"] * 2
    assert log.read_text() == "built\n"


def test_a_killed_builder_does_not_keep_the_lock(tmp_path: Path) -> None:
    """After SIGKILL in the middle of a build the next process builds at once."""
    log = tmp_path / "log"
    first = builder(tmp_path / "cache", log, 600)
    while not (log.exists() and log.read_text()):
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=60)
    assert builder(tmp_path / "cache", log, 0).communicate(timeout=60)[0] == "content\n"


def test_over_the_cap_the_entry_used_longest_ago_goes(tmp_path: Path) -> None:
    """Of three entries under a cap for two, the one not read for longest is removed; the new one never is."""
    cache = Cache(tmp_path, cap_bytes=30_000)
    folders = [cache.get("kind", {"n": n}, lambda draft: draft.write("data", bytes(12_000))) for n in range(2)]
    os.utime(folders[0], (1, 1))
    os.utime(folders[1], (2, 2))
    assert cache.find("kind", {"n": 0}) == folders[0]  # now the other is the oldest
    with (folders[1] / "data").open("rb") as open_file:
        newest = cache.get("kind", {"n": 2}, lambda draft: draft.write("data", bytes(12_000)))
        assert [folder.exists() for folder in (*folders, newest)] == [True, False, True]
        assert len(open_file.read()) == 12_000  # whoever reads it can finish


def entry(n: int) -> dict[str, int]:
    return {"n": n}


def fill(size: int) -> Callable[[Draft], None]:
    """Writes one file of that size."""
    return lambda draft: draft.write("data", bytes(size))


HOLDER = """
import sys
from pathlib import Path
from harness.store.cache import Cache
cache = Cache(Path(sys.argv[1]))
assert cache.hold(cache.find("kind", {"n": 0}))
print("held", flush=True)
sys.stdin.readline()
"""


def test_an_entry_in_use_is_never_evicted(tmp_path: Path) -> None:
    """Another process holds the oldest entry: the next oldest goes in its place. When that process has ended, it goes too."""
    cache = Cache(tmp_path, cap_bytes=30_000)
    folders = [cache.get("kind", entry(n), fill(12_000)) for n in range(2)]
    for age, folder in enumerate(folders):
        os.utime(folder, (1000 + age, 1000 + age))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    os.utime(folders[0], (1000, 1000))  # used longest ago, and still in use
    third = cache.get("kind", entry(2), fill(12_000))
    assert [folder.exists() for folder in (*folders, third)] == [True, False, True]
    holder.communicate("end\n", timeout=60)
    os.utime(folders[0], (1000, 1000))
    fourth = cache.get("kind", entry(3), fill(12_000))
    assert [folder.exists() for folder in (folders[0], third, fourth)] == [False, True, True]


def test_an_entry_evicted_just_now_is_not_held(tmp_path: Path) -> None:
    """Who finds an entry and holds it too late is told, and may ask for it again."""
    cache = Cache(tmp_path)
    folder = cache.get("kind", FIELDS, Maker())
    shutil.rmtree(folder)
    assert not cache.hold(folder)
    assert cache.hold(cache.get("kind", FIELDS, Maker()))


def test_a_build_is_never_evicted_but_what_a_killed_one_left_is(tmp_path: Path) -> None:
    """Drafts count against the cap: one that another process is writing stays, one that nobody writes goes."""
    root, log = tmp_path / "cache", tmp_path / "log"
    with pytest.raises(KeyboardInterrupt):
        Cache(root).get("kind", entry(0), Maker(fail_after=2))
    building = builder(root, log, 600)
    while not list(root.glob(f"kind/{key_of({'a': 1})}.part/journal.jsonl")):
        time.sleep(0.02)
    assert len(list(root.glob("kind/*.part"))) == 2
    Cache(root, cap_bytes=100).get("kind", entry(1), fill(100))
    assert [path.name for path in root.glob("kind/*.part")] == [f"{key_of({'a': 1})}.part"]
    building.kill()
    building.communicate(timeout=60)


def test_room_is_made_before_an_entry_is_written(tmp_path: Path) -> None:
    """What is announced counts at once, so the store is never over its cap; more than the cap is refused, nothing lost."""
    cache = Cache(tmp_path, cap_bytes=30_000)
    folders = [cache.get("kind", entry(n), fill(12_000)) for n in range(2)]
    os.utime(folders[1], (1000, 1000))
    seen: list[bool] = []

    def make(draft: Draft) -> None:
        draft.reserve(12_000)
        seen.extend(folder.exists() for folder in folders)
        draft.write("data", bytes(12_000))

    cache.get("kind", entry(2), make)
    assert seen == [True, False]
    with pytest.raises(
        CacheError, match=r"0\.00 GB are needed .* set LABLOOP_CACHE_GB to more, or ask for fewer tokens"
    ):
        cache.get("kind", entry(3), lambda draft: draft.reserve(40_000))
    assert folders[0].exists()


def test_what_is_there_already_needs_no_room(tmp_path: Path) -> None:
    """Mending one shard of an entry that nearly fills the cap reserves that shard alone."""
    cache = Cache(tmp_path, cap_bytes=1000)

    def make(draft: Draft) -> None:
        draft.reserve(26)
        Maker()(draft)

    folder = cache.get("kind", FIELDS, make)
    size = sum(path.stat().st_size for path in folder.iterdir())
    os.truncate(folder / "data", 22)  # the last shard is gone
    tight = Cache(tmp_path, cap_bytes=size + 200)
    assert (tight.get("kind", FIELDS, make) / "data").read_bytes() == b"".join(SHARDS)


def test_a_file_that_other_code_wrote_is_checked_too(tmp_path: Path) -> None:
    """A file adopted into an entry has a checksum like any other."""

    def make(draft: Draft) -> None:
        (draft.folder / "probe.pt").write_bytes(b"weights")
        draft.adopt("probe.pt")

    cache = Cache(tmp_path)
    path = cache.get("kind", FIELDS, make) / "probe.pt"
    assert cache.find("kind", FIELDS)
    path.write_bytes(b"weightz")
    assert cache.find("kind", FIELDS) is None


def _as_nobody(root: Path, fields: dict[str, int], answers: multiprocessing.SimpleQueue[str]) -> None:
    if os.geteuid() == 0:
        os.setuid(65534)  # root can write anywhere
    try:
        answers.put(str(Cache(root).get("kind", fields, Maker())))
    except CacheMiss as miss:
        answers.put(str(miss))


def test_a_read_only_cache_gives_what_it_has_and_says_how_to_get_the_rest() -> None:
    """An entry is read as ever; a missing one names the command to type and the entries that are there."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        held = FIELDS | {"dtype": "float32"}
        entry = Cache(root).get("kind", held, Maker())
        Cache(root).get("kind", held | {"tokens": 200}, Maker())
        root.chmod(0o555)
        context = multiprocessing.get_context("fork")
        answers: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
        for fields in (held, held | {"layer": 3}):
            process = context.Process(target=_as_nobody, args=(root, fields, answers))
            process.start()
            process.join(30)
        root.chmod(0o755)
        assert answers.get() == str(entry)
        message = answers.get()
    assert "python -m harness.prepare" in message
    assert "with layer=3, tokens=100;" in message
    assert "layer=2, tokens=100" in message
    assert "dtype" not in message  # the same in all of them: of no help


def test_a_build_that_the_disk_cannot_hold_is_refused_before_it_begins(tmp_path: Path) -> None:
    """What is needed is compared with what is free before anything is made."""
    maker = Maker()

    def make(draft: Draft) -> None:
        draft.reserve(1 << 60)
        maker(draft)

    with pytest.raises(CacheError, match="make room, or set LABLOOP_CACHE"):
        Cache(tmp_path, cap_bytes=1 << 61).get("kind", FIELDS, make)
    assert maker.wrote == []


def test_a_disk_that_fills_up_is_named(tmp_path: Path) -> None:
    """A write that finds no room (here: /dev/full) ends as a CacheError with the remedy."""

    def make(draft: Draft) -> None:
        (draft.folder / "data").symlink_to("/dev/full")
        with (draft.folder / "data").open("wb", buffering=0) as file:
            file.write(b"x")

    with pytest.raises(CacheError, match="is full: make room"):
        Cache(tmp_path).get("kind", FIELDS, make)


def test_the_environment_names_the_folder_and_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LABLOOP_CACHE and LABLOOP_CACHE_GB decide where entries lie and how much they may take."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    monkeypatch.setenv("LABLOOP_CACHE_GB", "0.5")
    assert Cache().root == tmp_path
    assert Cache().cap_bytes == 500_000_000
    monkeypatch.setenv("LABLOOP_CACHE_GB", "much")
    with pytest.raises(CacheError, match="LABLOOP_CACHE_GB is 'much': give a number of gigabytes"):
        Cache()


def test_a_relative_folder_is_the_same_wherever_one_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The root is taken as it is when the store is opened; another working folder later changes nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABLOOP_CACHE", "mine")
    cache = Cache()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = cache.get("kind", FIELDS, Maker())
    assert found.is_absolute()
    assert found.is_relative_to(tmp_path / "mine")
    assert cache.hold(found)

"""The template's prepare step: once, again where its files are gone, and told where it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.errors import EnvironmentBroken
from tests.agent.experiment.conftest import Maker, replaced

pytestmark = pytest.mark.process

PREPARE = """
[prepare]
command = ["python", "-m", "judge.prepare"]
timeout_s = 20
"""
PREPARED = """
import os, pathlib
cache = pathlib.Path(os.environ["LABLOOP_CACHE"])
(cache / "data.bin").write_bytes(b"prepared")
with open(cache / "count.txt", "a") as file:
    file.write("x")
"""


class Told(list[str]):
    """Everything that was told."""

    def now(self, what: str) -> None:
        self.append(what)


def with_prepare(root: Path) -> None:
    """Give the template a prepare step that counts its calls in the cache."""
    if not (root / "judge/prepare.py").exists():
        (root / "judge/prepare.py").write_text(PREPARED)
        (root / "template.toml").write_text((root / "template.toml").read_text() + PREPARE)


def test_prepare_runs_once_while_its_files_are_there(make: Maker, tmp_path: Path) -> None:
    """What prepare put into the cache is made once, and again only where it is gone; experiments cannot write there."""
    make("bwrap", alter=with_prepare, own_cache=True).lab.measure_baseline()
    bench = make("bwrap", alter=with_prepare, own_cache=True)
    bench.lab.measure_baseline()
    assert (tmp_path / "cache/count.txt").read_text() == "x"
    (tmp_path / "cache/data.bin").unlink()
    make("bwrap", alter=with_prepare, own_cache=True).lab.measure_baseline()
    assert (tmp_path / "cache/count.txt").read_text() == "xx"
    attack = "import os\nopen(os.environ['LABLOOP_CACHE'] + '/data.bin', 'w')\n"
    ended = bench.attempt(replaced(bench.code, ("LEARNING_RATE = 0.01", attack + "LEARNING_RATE = 0.02")))
    assert ended.outcome == "crashed"
    assert "Read-only file system" in ended.reason


POISON = "import pathlib\npathlib.Path({path}, 'data.bin').write_bytes(b'poisoned')\nLEARNING_RATE = 0.02"


def test_poison_in_a_session_s_own_store_is_found(make: Maker, tmp_path: Path) -> None:
    """Without a sandbox the store is the session's own: what an experiment writes there is undone, and does not count."""
    bench = make("plain", alter=with_prepare, own_cache=True)
    bench.lab.measure_baseline()
    poison = POISON.format(path="__import__('os').environ['LABLOOP_CACHE']")
    ended = bench.attempt(replaced(bench.code, ("LEARNING_RATE = 0.01", poison)))
    assert (ended.outcome, "data.bin" in ended.reason) == ("not_proven", True)
    assert (bench.session.paths.own_store / "data.bin").read_bytes() == b"prepared"
    assert not (tmp_path / "cache").exists()


def test_poison_in_the_shared_store_is_not_read(make: Maker, tmp_path: Path) -> None:
    """A session without a sandbox writes of the same size into the shared store by its path: the next one makes it anew."""
    make("bwrap", alter=with_prepare, own_cache=True).lab.measure_baseline()
    plain = make("plain", alter=with_prepare, own_cache=True)
    plain.lab.measure_baseline()
    poison = POISON.format(path=repr(str(tmp_path / "cache")))
    assert plain.attempt(replaced(plain.code, ("LEARNING_RATE = 0.01", poison))).outcome == "ok"
    assert (tmp_path / "cache/data.bin").read_bytes() == b"poisoned"
    make("bwrap", alter=with_prepare, own_cache=True).lab.measure_baseline()
    assert (tmp_path / "cache/data.bin").read_bytes() == b"prepared"


def test_an_altered_entry_of_the_store_goes_as_a_whole(make: Maker, tmp_path: Path) -> None:
    """Files that belong together lie in a folder of theirs: it is removed, its neighbours stay; a copied store is read once."""

    def alter(root: Path) -> None:
        with_prepare(root)
        script = root / "judge/prepare.py"
        script.write_text(
            f"{PREPARED}for name in ('made/a', 'made/b'):\n    (cache / name).mkdir(parents=True, exist_ok=True)\n"
            "    (cache / name / 'data').write_bytes(b'1234')\n"
        )

    cache = tmp_path / "cache"
    make("bwrap", alter=alter, own_cache=True).lab.measure_baseline()
    neighbour = (cache / "made/b/data").stat().st_ino
    for path in (cache / "made").rglob("data"):
        os.utime(path, (1, 1))
    make("bwrap", alter=alter, own_cache=True).lab.measure_baseline()
    assert (cache / "count.txt").read_text() == "x"
    (cache / "made/a/data").write_bytes(b"4321")
    make("bwrap", alter=alter, own_cache=True).lab.measure_baseline()
    assert (cache / "made/a/data").read_bytes() == b"1234"
    assert (cache / "made/b/data").stat().st_ino == neighbour


def test_a_session_gone_on_with_elsewhere_is_prepared_there(make: Maker, tmp_path: Path) -> None:
    """The baseline is in the journal, what prepare had made is not in the cache: it is made before anything is launched."""
    bench = make("bwrap", alter=with_prepare, own_cache=True)
    bench.lab.measure_baseline()
    (tmp_path / "cache" / "data.bin").unlink()
    ended = bench.attempt(replaced(bench.code, ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")))
    assert ended.outcome == "ok" and (tmp_path / "cache" / "data.bin").is_file()


def test_a_prepare_that_fails_is_told(make: Maker) -> None:
    """A failing prepare stops the session before anything is measured, with its log."""

    def alter(root: Path) -> None:
        with_prepare(root)
        (root / "judge/prepare.py").write_text("raise ValueError('no data')\n")

    with pytest.raises(EnvironmentBroken, match=r"prepare step failed: ValueError: no data.*stderr"):
        make(alter=alter, own_cache=True).lab.measure_baseline()


def test_a_prepare_that_takes_too_long_is_told_with_its_limit(make: Maker) -> None:
    """A machine that is too busy for the template's limit: the setting that gives more time is named, with its file."""

    def alter(root: Path) -> None:
        with_prepare(root)
        contract = root / "template.toml"
        contract.write_text(contract.read_text().replace(PREPARE, PREPARE.replace("20", "1")))
        (root / "judge/prepare.py").write_text("import time\ntime.sleep(60)\n")

    with pytest.raises(
        EnvironmentBroken, match=r"time limit after .*more time by timeout_s under \[prepare\] of .*template.toml"
    ):
        make(alter=alter, own_cache=True).lab.measure_baseline()


def test_a_preparation_is_told_where_one_is_made(make: Maker) -> None:
    """It takes minutes on a fresh machine: whoever waits is told so, with the log to look at; where all is there, nothing is said."""
    first, again = Told(), Told()
    for told in (first, again):
        bench = make("bwrap", alter=with_prepare, own_cache=True)
        bench.lab.teller = told
        bench.lab.measure_baseline()
    assert [one for one in first if "prepared, once on this machine (log: " in one]
    assert not [one for one in again if "prepared" in one]

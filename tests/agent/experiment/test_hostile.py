"""An experiment that leaves whatever a file system takes: nothing of it stops resumption, page, audit or pack."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.page.write import write_page
from agent.session.session import note_resumption, open_session
from agent.session.steps import RunName
from tests.agent.experiment.conftest import Maker, replaced
from tests.agent.experiment.test_trial import leaves

pytestmark = [pytest.mark.process, pytest.mark.slow]

NAMES = """
for name in (b'n' * 255, b'two\\nlines', b'\\xff\\xfe', b'tab\\t', b'"quotes"', b"<script>", b'$(id)', b' ', b'-rf', b'scores', b'\\xc3\\xa9' * 100):
    open(b'run_1/' + name, 'wb').write(b'x')
"""
KINDS = """
import socket
os.mkfifo('run_1/fifo')
socket.socket(socket.AF_UNIX).bind('run_1/socket')
try:
    os.mknod('run_1/device', 0o020666, os.makedev(1, 5))
except OSError:
    pass
os.symlink('loop', 'run_1/loop')
os.symlink('..', 'run_1/up')
os.symlink('/dev/zero', 'run_1/zero')
os.symlink('/etc', 'run_1/etc')
"""
LINKS = """
for n in range(50):
    os.link('experiment.py', f'run_1/link_{n}')
os.chmod('experiment.py', 0o000)
"""
CLOSED = """
os.makedirs('run_1/closed/inner')
open('run_1/closed/inner/file', 'w').write('x')
os.chmod('run_1/closed/inner/file', 0)
os.chmod('run_1/closed/inner', 0)
os.chmod('run_1/closed', 0)
os.chmod('run_1', 0)
os.chmod('.', 0)
"""
IMMUTABLE = """
import subprocess
os.makedirs('run_1/immutable')
subprocess.run(['chattr', '+i', 'run_1/immutable'])
"""
GROWS = """
import subprocess, sys
grow = "import time\\nwith open('run_1/grows', 'ab', 0) as f:\\n    while True: f.write(b'x' * 100000); time.sleep(0.001)"
subprocess.Popen([sys.executable, '-c', grow], start_new_session=True)
import time; time.sleep(0.3)
"""
DEEP = """
back = os.getcwd()
os.chdir('run_1')
for n in range(3000):
    os.mkdir('d'); os.chdir('d')
os.chdir(back)
"""
MANY = "for n in range(25_000): os.mknod(f'run_1/{n}')"
SPARSE = "open('run_1/sparse', 'wb').truncate(10**13)"
GONE = "import shutil; shutil.rmtree('run_1'); os.remove('experiment.py')"
REPLACED = "os.remove('experiment.py'); os.mkdir('experiment.py'); os.symlink('/', 'plot.py.link')"


@pytest.fixture
def swept(tmp_path: Path) -> Iterator[None]:
    """What pytest cannot remove goes by other means."""
    yield
    subprocess.run(["chattr", "-R", "-i", *map(str, tmp_path.iterdir())], capture_output=True, check=False)
    subprocess.run(["rm", "-rf", *map(str, tmp_path.iterdir())], check=True)


HARMS = {
    "names": NAMES,
    "kinds": KINDS,
    "links": LINKS,
    "closed": CLOSED,
    "immutable": IMMUTABLE,
    "grows": GROWS,
    "deep": DEEP,
    "sparse": SPARSE,
    "gone": GONE,
    "replaced": REPLACED,
    "many": MANY,
}


@pytest.mark.parametrize("kind", ["bwrap", "plain"])
@pytest.mark.usefixtures("swept")
def test_what_a_hostile_run_leaves_stops_nothing(make: Maker, kind: str) -> None:
    """Each attempt has an outcome; the session is taken up again, shown and audited, and an honest run is as ever."""
    bench = make(kind, timeout_s=200)  # 25,000 files take a busy disk a while
    bench.lab.measure_baseline()
    outcomes = {}
    for number, (name, what) in enumerate(HARMS.items(), 1):
        run = RunName(f"run_{number}")
        code = replaced(
            leaves(bench, what.replace("run_1", run)), ("RATE = 0.005", f"RATE = {0.005 + number / 10_000}")
        )
        edit = bench.edit(code, run)
        ended = bench.lab.try_out(run, edit.step, edit)
        outcomes[name] = (ended.outcome, ended.reason[:150])
        if ended.outcome == "ok":
            bench.lab.accept(run, name, ended, edit)
        again = open_session(bench.session.paths.root)
        note_resumption(again, 1)
        bench.session.journal.events[:] = again.journal.events
        write_page(again)
        audit_session(again)
    refused = {"deep": "bad_results", "sparse": "crashed", "gone": "bad_results", "many": "bad_results"}
    assert {name: outcome for name, (outcome, _) in outcomes.items() if outcome != "ok"} == refused, outcomes

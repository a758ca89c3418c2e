"""bubblewrap: what the code of a run cannot reach. Each test tries it for real."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox import clean_environment
from agent.sandbox.bwrap import Bwrap, closed_user_namespaces
from agent.sandbox.command import Command
from agent.sandbox.mounts import View
from agent.sandbox.supervisor.keyring import join_own_keyring
from tests.agent.sandbox.conftest import Bench

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[3]
ADD_KEY, KEYCTL = 248, 250
"""Numbers of system calls, on x86_64."""
KEY = "sk-planted-key-of-the-orchestrator"


@pytest.fixture
def server() -> Iterator[int]:
    """A server on this machine's loopback; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            try:
                while True:
                    connection, _ = listening.accept()
                    connection.sendall(b"the secret of the host")
                    connection.close()
            except OSError:
                return

        threading.Thread(target=answer, daemon=True).start()
        yield listening.getsockname()[1]


def tries(*lines: str) -> str:
    """A program that tries each line and prints which of them went through."""
    return "\n".join(
        f"try:\n    {line}\n    print('did: ' + {line!r})\nexcept Exception as e:\n    print(type(e).__name__)"
        for line in lines
    )


def test_what_lies_in_memory_has_a_size(bwrap: Bench) -> None:
    """Folders that are not really there, and /dev/shm, cannot be filled with more than the limits; /dev not at all."""
    fill = """
import os, sys
for folder in ("/dev/shm", os.path.expanduser("~root"), "/run", "/dev"):
    left = 120_000_000
    try:
        with open(folder + "/big", "wb", buffering=0) as file:
            while left > 0:
                left -= file.write(bytes(1 << 20))
    except OSError as error:
        print(folder, error.strerror)
"""
    assert bwrap.run(fill, memory_gb=0.4).exit_code == 0
    said = bwrap.out
    assert "/dev/shm No space left on device" in said
    assert "/dev Read-only file system" in said
    assert "/run No space left on device" in said


def test_nothing_outside_can_be_written(bwrap: Bench) -> None:
    """Repository, session, home, system and /proc/sys are closed to writing; its own folder is open."""
    session = bwrap.root / "journal.jsonl"
    session.write_text("the truth\n")
    targets = [
        session,
        REPOSITORY / "harness/planted",
        REPOSITORY / "agent/planted",
        Path("/etc/planted"),
        Path("/usr/planted"),
        Path("/proc/sys/kernel/hostname"),
        Path("/sys/planted"),
        Path("/planted"),
    ]
    bwrap.run(tries(*(f"open({str(path)!r}, 'w').write('x')" for path in targets)) + "\nopen('mine', 'w').write('x')")
    # The session lies in /tmp here: its path leads into the private /tmp, and the file that is meant stays as it is.
    assert all("did" not in line or "journal.jsonl" in line for line in bwrap.out.splitlines())
    assert session.read_text() == "the truth\n"
    assert not any(path.exists() for path in targets if path.name == "planted")
    assert (bwrap.code / "mine").read_text() == "x"


def test_home_and_tmp_are_not_there(bwrap: Bench, tmp_path: Path) -> None:
    """What lies in HOME or /tmp cannot even be read; what is named as readable can."""
    shown, secret = tmp_path / "shown.txt", tmp_path / "secret.txt"
    shown.write_text("shown")
    secret.write_text("secret")
    home = Path.home() / ".labloop-planted-secret"
    home.write_text("secret")
    try:
        bwrap.run(tries(*(f"open({str(path)!r}).read()" for path in (secret, home, shown))), readable=(shown,))
    finally:
        home.unlink()
    assert bwrap.out.splitlines()[:2] == ["FileNotFoundError", "FileNotFoundError"]
    assert "shown.txt" in bwrap.out.splitlines()[2]


def test_hidden_paths_are_hidden(bwrap: Bench) -> None:
    """A folder that a command hides is empty and a file is closed, even inside what it may read."""
    folder = bwrap.root / "data"
    (folder / "answers").mkdir(parents=True)
    (folder / "answers/key.txt").write_text("42")
    (folder / "labels.txt").write_text("labels")
    (folder / "questions.txt").write_text("questions")
    source = tries(
        f"print(__import__('os').listdir({str(folder / 'answers')!r}))",
        f"open({str(folder / 'labels.txt')!r})",
        f"print(open({str(folder / 'questions.txt')!r}).read())",
    )
    bwrap.run(source, readable=(folder,), hidden=(folder / "answers", folder / "labels.txt"))
    assert [line for line in bwrap.out.splitlines() if "did" not in line] == ["[]", "PermissionError", "questions"]


def test_the_hosts_network_is_not_there(bwrap: Bench, server: int) -> None:
    """A server on the host's loopback is out of reach; with `network` it is not."""
    source = f"import socket; print(socket.create_connection(('127.0.0.1', {server}), 2).recv(99))"
    assert bwrap.run(source).exit_code == 1
    assert "secret" not in bwrap.out
    assert bwrap.run(source, network=True).exit_code == 0
    assert "the secret of the host" in bwrap.out


def test_loopback_inside_works(bwrap: Bench) -> None:
    """Processes of one run may talk to each other, as torch's gloo does."""
    source = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); print(socket.create_connection(s.getsockname(), 2))"
    )
    assert bwrap.run(source).exit_code == 0


def test_no_key_can_be_found(bwrap: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the own environment nor that of any visible process holds the orchestrator's key."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    planted = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"], env={"OPENAI_API_KEY": KEY})
    source = """
import glob, os
print(os.environ.get("OPENAI_API_KEY"), len(glob.glob("/proc/[0-9]*")))
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        if b"sk-planted" in open(path, "rb").read(): print("found in", path)
    except OSError: pass
"""
    try:
        bwrap.run(source, env=clean_environment(bwrap.root / "scratch", {}))
    finally:
        planted.kill()
        planted.wait()
    assert bwrap.out.startswith("None ")
    assert int(bwrap.out.split()[1]) < 6
    assert "found" not in bwrap.out


def test_it_has_no_capabilities(bwrap: Bench) -> None:
    """Even started by root, the process cannot mount, trace or override anything."""
    bwrap.run("print([l for l in open('/proc/self/status') if l.startswith(('CapEff', 'CapBnd'))])")
    assert bwrap.out.count("0000000000000000") == 2


def test_no_namespace_can_be_made_inside(bwrap: Bench) -> None:
    """A user namespace of one's own would give capabilities back; where bubblewrap can, it is forbidden."""
    if not closed_user_namespaces("bwrap"):
        pytest.skip("this bubblewrap cannot forbid user namespaces")
    bwrap.run("import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))")
    assert bwrap.out.strip() == "-1"


def test_sockets_of_the_system_are_gone(bwrap: Bench) -> None:
    """/run, where docker, dbus and ssh agents listen, is empty: a socket answers through a read-only mount too."""
    bwrap.run("import os; print(sorted(set(os.listdir('/run')) - {'systemd', 'NetworkManager', 'opengl-driver'}))")
    assert bwrap.out.strip() == "[]"


def test_processes_of_the_host_cannot_be_signalled(bwrap: Bench) -> None:
    """The orchestrator's pid means nothing inside."""
    bwrap.run(tries(f"__import__('os').kill({os.getpid()}, 0)"))
    assert bwrap.out.strip() == "ProcessLookupError"


def test_a_worker_is_wrapped(bwrap: Bench) -> None:
    """`wrap` gives an argument list under which a long-lived worker may write its folder and nothing else."""
    outside = bwrap.root / "outside"
    source = tries(f"open({str(outside)!r}, 'w')", "open('inside', 'w')") + "\nprint(input())"
    argv = bwrap.sandbox.wrap(
        Command((sys.executable, "-c", source), bwrap.code, scratch=bwrap.root / "s", writable=(bwrap.code,))
    )
    done = subprocess.run(argv, input="over the pipe\n", capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.splitlines()[-1] == "over the pipe"
    assert not outside.exists()
    assert (bwrap.code / "inside").exists()


def test_the_deepest_mount_decides(tmp_path: Path) -> None:
    """A writable folder inside a hidden one is mounted after it, whatever the order in which they are named."""
    home, code = tmp_path / "home", tmp_path / "home/session/attempts/code"
    code.mkdir(parents=True)
    words = View((home,), (home / "session",), (code,), (home / "session/attempts",)).mounts()
    places = [words.index(str(path)) for path in (home, home / "session", home / "session/attempts", code)]
    assert places == sorted(places)
    assert words[words.index(str(home / "session/attempts")) - 1] == "--tmpfs"


def test_of_what_is_closed_only_what_is_needed_is_there(tmp_path: Path) -> None:
    """Also where something closed lies in something shown, which lies in something closed; what is emptied is read-only."""
    outer, shown = tmp_path / "outer", tmp_path / "outer/shown"
    inner, needed = shown / "inner", shown / "inner/needed"
    needed.mkdir(parents=True)
    words = View((), (shown, needed), (), (inner / "other",), (outer, inner)).mounts()
    assert words == [
        *("--tmpfs", str(outer), "--ro-bind", str(shown), str(shown)),
        *("--tmpfs", str(inner), "--ro-bind", str(needed), str(needed)),
        *(word for path in (outer, inner) for word in ("--remount-ro", str(path))),
    ] or words[-4:] == [word for path in (inner, outer) for word in ("--remount-ro", str(path))]


def test_a_closed_command_sees_neither_the_checkout_nor_the_disk(bwrap: Bench) -> None:
    """Of a folder that is closed only what is readable is there, and nothing can be put beside it; the checkout is closed too."""
    store = bwrap.root / "store"
    (store / "mine").mkdir(parents=True)
    (store / "mine/data.txt").write_text("data")
    (store / "theirs.txt").write_text("theirs")
    source = tries(
        f"print(__import__('os').listdir({str(store)!r}), open({str(store / 'mine/data.txt')!r}).read())",
        f"open({str(store / 'new')!r}, 'w')",
        f"open({str(REPOSITORY / 'README.md')!r})",
        f"open({str(REPOSITORY / 'new')!r}, 'w')",
        "print(__import__('json').__name__)",
    )
    finished = bwrap.run(source, closed=(store,), readable=(store / "mine",))
    assert finished.exit_code == 0, bwrap.err
    said = [line for line in bwrap.out.splitlines() if not line.startswith("did: ")]
    assert said[0] == "['mine'] data"
    assert said[1:4] == ["OSError", "FileNotFoundError", "OSError"]
    assert said[4] == "json"


def test_secrets_stay_hidden_where_home_is_readable(bwrap: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where HOME itself has to be readable, its keys still are not."""
    home = bwrap.root / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/id_ed25519").write_text(KEY)
    (home / ".netrc").write_text(KEY)
    (home / ".tool.conf.yml").write_text(KEY)
    (home / "notes.txt").write_text("notes")
    monkeypatch.setenv("HOME", str(home))
    source = tries(
        f"print(__import__('os').listdir({str(home / '.ssh')!r}))",
        f"open({str(home / '.netrc')!r})",
        f"open({str(home / '.tool.conf.yml')!r})",
        f"print(open({str(home / 'notes.txt')!r}).read())",
    )
    Bwrap().run(bwrap.command(source, readable=(home,)))
    assert [line for line in bwrap.out.splitlines() if "did" not in line] == [
        "[]",
        "PermissionError",
        "PermissionError",
        "notes",
    ]


def test_an_interpreter_behind_links_in_home_runs(bwrap: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A venv whose Python lies in HOME behind links, as uv and pyenv install it, works; what lies beside it does not show."""
    home = bwrap.root / "home"
    (home / "venv/bin").mkdir(parents=True)
    (home / "pythons").mkdir()
    (home / "pythons/beside.txt").write_text(KEY)
    (home / "pythons/current").symlink_to(sys.base_prefix)
    name = Path(sys.executable).resolve().name
    (home / "venv/bin/python").symlink_to(home / "pythons/current/bin" / name)
    (home / "venv/pyvenv.cfg").write_text(f"home = {home / 'pythons/current/bin'}\n")
    monkeypatch.setenv("HOME", str(home))
    source = (
        f"import sys, json, ctypes, os; print(sys.prefix); print(os.path.exists({str(home / 'pythons/beside.txt')!r}))"
    )
    finished = Bwrap().run(bwrap.command("", argv=(str(home / "venv/bin/python"), "-c", source)))
    assert finished.exit_code == 0, bwrap.err
    assert bwrap.out.split() == [str(home / "venv"), "False"]


LEAVES = f"""
import ctypes
call = ctypes.CDLL(None).syscall
for ring in (-3, -4, -5):  # of the session, the user, the user's session
    call({ADD_KEY}, b"user", b"labloop-test", b"weights", 7, ctypes.c_int(ring))
ctypes.CDLL(None).shmget(0x1AB, 4096, 0o1600)
"""
TAKES = f"""
import ctypes
call = ctypes.CDLL(None).syscall
found = [ring for ring in (-3, -4, -5) if call({KEYCTL}, 10, ctypes.c_int(ring), b"user", b"labloop-test", 0) > 0]
print("keys", found, "memory", ctypes.CDLL(None).shmget(0x1AB, 4096, 0) >= 0)
"""


def test_the_kernel_s_keys_hand_nothing_on(bwrap: Bench) -> None:
    """A key in the session's keyring, which goes through every namespace, is not there for the next experiment; nor is System V memory.

    For a command that may see all, which keeps the login's keyring, it is: so there is something to be kept away.
    """
    if os.uname().machine != "x86_64" or not join_own_keyring():  # a login's keyring, as it were
        pytest.skip("no keyrings are known here")
    for closed, keys in (((bwrap.root / "other",), "[]"), ((), "[-3]")):
        for code in (LEAVES, TAKES):
            done = bwrap.run(code, closed=closed)
            assert done.exit_code == 0, bwrap.err
        assert bwrap.out.strip() == f"keys {keys} memory False"

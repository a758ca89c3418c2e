"""The set-up: locks that name everything, environments that know what they were made from, failures that say why."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from agent.session.paths import REPOSITORY
from setup import __main__ as setup_main
from setup import environments, interpreters, steps, system
from setup.environments import Environment
from setup.own import own_environment
from setup.steps import StepFailed

LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))
PINS = {path.stem: path for path in LOCKS if path.stem not in ("system", "slurm")}


def pins(path: Path) -> dict[str, str]:
    """Package → version, for what this platform would take of a lock; every line must be a pin."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[^ ;@/]+( ; .+)?", line), f"{path.name}: {line}"
    return {environments.canonical(line.split("==")[0]): line.split("==")[1].split()[0] for line in lines}


def wheel(folder: Path, name: str, version: str) -> None:
    """A wheel with one empty module."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


@pytest.mark.parametrize("name", sorted(PINS))
def test_a_lock_pins_everything(name: str) -> None:
    """Each line is a package with its version, and nothing else: no address, no file, no local build."""
    assert len(pins(PINS[name])) > (4 if name in ("bench", "triton") else 10)
    assert "+" not in PINS[name].read_text()


@pytest.mark.parametrize(
    ("asked", "lock"),
    [
        ("agent", "agent"),
        ("dev", "dev"),
        ("coder", "coder"),
        ("experiment", "experiment-cpu"),
        ("experiment", "experiment-cuda"),
        ("bench", "bench"),
    ],
)
def test_a_lock_holds_what_is_asked_for(asked: str, lock: str) -> None:
    """Nothing was added to an .in file without locking it, and an exact version asked for is the one locked."""
    locked = pins(PINS[lock])
    for line in (REPOSITORY / "requirements" / f"{asked}.in").read_text().splitlines():
        wanted = re.match(r"([A-Za-z][A-Za-z0-9_.-]*)(==(\S+))?", line)
        if wanted and not line.startswith(("#", "-c")):
            assert environments.canonical(wanted[1]) in locked, f"{wanted[1]}: type `make locks`"
            assert wanted[3] in (None, locked[environments.canonical(wanted[1])])


def test_the_gpu_kernels_are_tested_with_the_versions_that_run_them() -> None:
    """torch, Triton and the others of their tests are those that a GPU machine installs."""
    assert pins(PINS["triton"]).items() <= pins(PINS["experiment-cuda"]).items()


def test_the_two_experiment_locks_differ_in_the_gpus_packages_only() -> None:
    """A result does not hang on which lock a machine took; torchvision is in neither."""
    cpu, cuda = pins(PINS["experiment-cpu"]), pins(PINS["experiment-cuda"])
    assert "torchvision" not in cpu | cuda
    assert cpu.items() <= cuda.items()
    assert all(re.match(r"nvidia-|cuda-|triton$", name) for name in cuda.keys() - cpu.keys())
    assert "triton" in cuda


def test_agent_and_dev_agree() -> None:
    """They are installed in one environment."""
    agent, dev = pins(PINS["agent"]), pins(PINS["dev"])
    assert {name: (agent[name], dev[name]) for name in agent.keys() & dev.keys() if agent[name] != dev[name]} == {}


@pytest.mark.parametrize(("told", "lock"), [("0", "experiment-cpu.txt"), ("1", "experiment-cuda.txt")])
def test_labloop_cuda_decides(monkeypatch: pytest.MonkeyPatch, told: str, lock: str) -> None:
    """LABLOOP_CUDA chooses the lock, whatever the machine has."""
    monkeypatch.setenv("LABLOOP_CUDA", told)
    assert environments.environments(environments.gpu_present())[0].locks == (lock,)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a lock of one package, and a package index that is a folder; no network."""
    root = tmp_path / "a repository"
    (root / "requirements").mkdir(parents=True)
    (root / "requirements" / "tiny.txt").write_text("# a lock\ntiny==1.0\n")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    for version in ("1.0", "2.0"):
        wheel(tmp_path / "wheels", "tiny", version)
    wheel(tmp_path / "wheels", "stray", "1.0")
    return root


def tiny(imports: str = "import tiny") -> Environment:
    return Environment("tiny", ("tiny.txt",), (3, 10), (3, 14), imports)


def installed(repository: Path) -> set[str]:
    site = next((repository / ".venv" / "tiny" / "lib").glob("python3.*")) / "site-packages"
    return {path.name for path in site.glob("*.dist-info") if not path.name.startswith(("pip-", "setuptools-"))}


@pytest.mark.process
def test_an_environment_is_made_kept_and_mended(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Made from its lock once; a second run has nothing to do; a changed lock re-installs and removes strays."""
    environment = tiny()
    assert not environments.up_to_date(environment, repository)
    environments.make(environment, repository)
    assert environments.up_to_date(environment, repository)
    assert installed(repository) == {"tiny-1.0.dist-info"}

    python = repository / ".venv" / "tiny" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "stray"], check=True)
    (repository / "requirements" / "tiny.txt").write_text("tiny==2.0\n")
    assert not environments.up_to_date(environment, repository)
    environments.make(environment, repository)
    assert environments.up_to_date(environment, repository)
    assert installed(repository) == {"tiny-2.0.dist-info"}

    assert "removing stray" in capsys.readouterr().err
    python.unlink()
    assert not environments.up_to_date(environment, repository)  # its Python is gone


@pytest.mark.process
def test_an_installation_that_fails_says_why(repository: Path) -> None:
    """The message holds the cause, the log and the command to retry; no stamp claims that it worked."""
    (repository / "requirements" / "tiny.txt").write_text("tiny==9.9\n")
    with pytest.raises(StepFailed) as failed:
        environments.make(tiny(), repository)
    log = repository / ".venv" / "logs" / "tiny.log"
    assert "No matching distribution found for tiny==9.9" in str(failed.value)
    assert str(log) in str(failed.value)
    assert "make setup" in str(failed.value)
    assert "tiny==9.9" in log.read_text()
    assert not environments.up_to_date(tiny(), repository)


@pytest.mark.process
def test_an_environment_that_does_not_import_is_not_stamped(repository: Path) -> None:
    """Installed is not enough: its packages must run."""
    broken = tiny("import tiny, nosuchmodule")
    with pytest.raises(StepFailed, match="No module named 'nosuchmodule'"):
        environments.make(broken, repository)
    assert not environments.up_to_date(broken, repository)


def test_without_a_python_it_says_which(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range that no interpreter is in ends in one line with the remedy."""
    monkeypatch.setattr(interpreters, "find", lambda oldest, newest: None)
    with pytest.raises(StepFailed, match=r"no Python 3\.10 to 3\.14 .* LABLOOP_PYTHON"):
        environments.make(tiny(), repository)


def test_torch_for_cuda_is_told_from_torch_for_the_cpu(tmp_path: Path) -> None:
    """The wheel's own metadata tells whether NVIDIA's libraries must follow."""
    info = tmp_path / "lib" / "python3.11" / "site-packages" / "torch-2.13.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: torch\nRequires-Dist: filelock\nRequires-Dist: jinja2\n")
    assert not environments._needs_cuda_libraries(tmp_path)
    (info / "METADATA").write_text('Name: torch\nRequires-Dist: nvidia-cudnn-cu13==9.2; platform_system == "Linux"\n')
    assert environments._needs_cuda_libraries(tmp_path) == (sys.platform == "linux")


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        (
            "Collecting a\nERROR: No matching distribution found for a==1\nWARNING: old pip\n",
            "ERROR: No matching distribution found for a==1",
        ),
        ("E: Unable to locate package x\nW: old lists\n", "E: Unable to locate package x"),
        (
            'Traceback (most recent call last):\n  File "x"\nOSError: [Errno 28] No space left\n',
            "OSError: [Errno 28] No space left",
        ),
        ("\x1b[31mERROR: red\x1b[0m\nnote: This error originates from a subprocess\n", "ERROR: red"),
        (
            "      RuntimeError: Could not determine home directory.\n      [end of output]\nerror: metadata-generation-failed\n",
            "RuntimeError: Could not determine home directory.",
        ),
        ("only words\n\n", "only words"),
        ("", ""),
    ],
)
def test_the_cause_is_taken_from_a_log(log: str, cause: str) -> None:
    """Warnings, colours and closing remarks do not hide the line that tells."""
    assert steps.fault(log) == cause


def test_progress_says_what_is_done() -> None:
    """Pip's output becomes a few words."""
    assert steps.doing("Downloading https://x/y/torch-2.13.0.whl (3 kB)\n") == "fetching torch-2.13.0.whl"
    assert steps.doing("Installing collected packages: a, b, c\n  Attempting uninstall: a\n") == "unpacking 3 packages"
    assert steps.doing("WARNING: x\n") == "starting"


@pytest.fixture
def no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH that holds a pretended apt-get and nothing else; it writes down how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    called = tmp_path / "called"
    (folder / "apt-get").write_text(
        f"#!/bin/sh\necho \"$@\" >> '{called}'\n[ ! -e '{tmp_path}/broken' ] || {{ echo 'E: it is broken'; exit 100; }}\n"
    )
    (folder / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    return called


def test_missing_system_packages_are_found(no_program: Path) -> None:
    """Without any program on PATH every package of the list is missing."""
    packages = system.listed(REPOSITORY / "requirements" / "system.txt")
    assert system.missing(packages) == list(packages)
    assert "bubblewrap" in packages


def test_slurm_is_installed_for_who_asks(no_program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`python3 -m setup slurm` brings its packages and nothing else; whoever does not name it gets none of them."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(setup_main, "LOGS", tmp_path / "logs" / "logs")
    assert setup_main.main(["slurm"]) == 0
    assert no_program.read_text().splitlines()[-1].endswith("--no-install-recommends slurm-wlm munge")
    assert "slurm-wlm" not in system.listed(REPOSITORY / "requirements" / "system.txt")


def test_root_installs_with_apt(no_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, apt is called without recommendations and without questions."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    system.install(["bubblewrap"], tmp_path / "log")
    update, install = no_program.read_text().splitlines()
    assert update.endswith("update")
    assert "install -y --no-install-recommends bubblewrap" in install


def test_apt_that_fails_says_why(no_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """apt's own error line, the log and the command to retry."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "broken").touch()
    with pytest.raises(StepFailed, match="E: it is broken(.|\n)*make setup"):
        system.install(["bubblewrap"], tmp_path / "log")


def test_others_are_told_what_to_type(
    no_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without root nothing is run: one line with the exact command; macOS gets its own."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    system.install(["bubblewrap", "texlive-latex-base"], tmp_path / "log")
    assert not no_program.exists()
    assert (
        "Type: sudo apt-get install -y --no-install-recommends bubblewrap texlive-latex-base" in capsys.readouterr().err
    )
    monkeypatch.setattr(sys, "platform", "darwin")
    system.install(["texlive-latex-base"], tmp_path / "log")
    assert "brew install" in capsys.readouterr().err


def test_an_unknown_name_is_refused() -> None:
    """`python3 -m setup nosuch`: exit 2, and the names there are."""
    done = subprocess.run(
        [sys.executable, "-m", "setup", "nosuch"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "experiment, coder, agent" in done.stderr


def test_old_pythons_can_read_the_set_up() -> None:
    """It runs before anything is installed, so Python 3.8 must be able to start it and to say what is missing."""
    found = sorted(Path.home().glob(".pyenv/versions/3.8.*/bin/python3"))
    if not found:
        pytest.skip("no Python 3.8 on this machine")
    done = subprocess.run(
        [found[-1], "-m", "setup", "nosuch"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    """`make help` lists each phony target with a sentence."""
    text = (REPOSITORY / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())  # type: ignore[index]
    done = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    told = {line.split()[1]: line.split()[2:] for line in done.stdout.splitlines() if line.startswith("  make ")}
    assert set(told) == targets
    assert all(len(words) > 2 for words in told.values())


def test_no_address_of_an_index_is_committed() -> None:
    """Which package index a machine uses is that machine's matter."""
    for path in [
        *(REPOSITORY / "requirements").iterdir(),
        *(REPOSITORY / "setup").glob("*.py"),
        REPOSITORY / "Makefile",
    ]:
        assert not re.search(r"https?://|index-url\s+\S", path.read_text()), path


TAKEN = ("agent", "experiment")


def own_template(folder: Path, environment: str, packages: str | None = "tiny\n") -> Path:
    folder.mkdir()
    (folder / "template.toml").write_text(environment)
    if packages is not None:
        (folder / "requirements.txt").write_text(packages)
    return folder


@pytest.mark.parametrize(
    "contract",
    [
        'format = 1\nenvironment = "mine"\n[experiment]\nenvironment = "agent"\n',
        "environment = 'mine' # its own\n",
        'format = 1\n[experiment]\ntimeout_s = 1\n[environment]\nimports = ["x"]\nname = "mine"\n[baseline]\n',
        'environment = { imports = ["x"], name = "mine" }\n',
    ],
)
def test_a_templates_own_environment_is_read_from_its_contract(tmp_path: Path, contract: str) -> None:
    """Each way in which TOML may name it is understood without a TOML reader."""
    folder = own_template(tmp_path / "t", contract)
    assert own_environment(folder, TAKEN).name == "mine"
    assert own_environment(folder, TAKEN).locks == (str(folder / "requirements.txt"),)


@pytest.mark.parametrize(
    ("contract", "packages", "words"),
    [
        ('environment = "mine"', None, "requirements.txt: missing"),
        ('environment = "agent"', "tiny", "'agent' is one of labloop's own"),
        ('[metrics.x]\nname = "mine"', "tiny", 'such as environment = "t"'),
        ('environment = "../x"', "tiny", "call it by letters"),
    ],
)
def test_a_template_without_an_environment_of_its_own_is_told(
    tmp_path: Path, contract: str, packages: str | None, words: str
) -> None:
    """No list of packages, a name that is taken, none at all, one that leads elsewhere: each names its file and remedy."""
    with pytest.raises(StepFailed, match=re.escape(words)):
        own_environment(own_template(tmp_path / "t", contract, packages), TAKEN)


def test_a_folder_that_is_no_template_is_refused_by_set_up(tmp_path: Path) -> None:
    """`make setup TEMPLATE=nowhere` ends with exit 3 and the folder's name, before anything is made."""
    argv = [sys.executable, "-m", "setup", "--template", str(tmp_path)]
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "there is no template.toml in it" in done.stderr


@pytest.mark.process
def test_a_templates_own_environment_is_made(repository: Path, tmp_path: Path) -> None:
    """From its requirements.txt with all that these need; again where the list has changed, and not otherwise."""
    folder = own_template(tmp_path / "t", 'environment = "tiny"\n', "tiny>=1\nstray\n")
    environment = own_environment(folder, TAKEN)
    environments.make(environment, repository)
    assert installed(repository) == {"tiny-2.0.dist-info", "stray-1.0.dist-info"}
    assert environments.up_to_date(environment, repository)
    (folder / "requirements.txt").write_text("tiny==1.0\n")
    assert not environments.up_to_date(environment, repository)

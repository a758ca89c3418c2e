"""What an experiment of each shipped template can see, asked from inside a real launch: what it may learn from, nothing else."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.errors import TemplateError
from agent.experiment.launch import Bench
from agent.experiment.reach import Reach, sessions_of
from agent.experiment.trials.run_trial import run_trial
from agent.experiment.trials.trial import Trial
from agent.sandbox import choose
from agent.sandbox.choose import bwrap_problem
from agent.session.paths import REPOSITORY, AttemptPaths
from agent.session.settings import Settings
from agent.session.steps import Step
from agent.session.template import load_template
from agent.session.template.contract import Template

pytestmark = pytest.mark.process

TEMPLATES = {
    "sae": REPOSITORY,
    "synthetic": REPOSITORY / "templates/synthetic",
    "toy": REPOSITORY / "templates/toy",
    "ode": REPOSITORY / "templates/ode",
}
PROBE = """
import json, os, sys
found = {}
for path in json.loads(sys.argv[1]):
    try:
        found[path] = sorted(os.listdir(path)) if os.path.isdir(path) else open(path, "rb").read().decode(errors="replace")[:40]
    except OSError as error:
        found[path] = None
print(json.dumps(found))
"""
CACHE = {
    "baselines/key/seeds/0/final_info.json": "a baseline",
    "prepared/key.json": "what was prepared",
    "activations/key/data.f16": "held-out activations",
    "evaluation/key/artifacts.pt": "what the evaluator keeps",
    "synthetic/train-2.npy": "training data",
    "kernels/key/kernels.so": "compiled loops",
}
MAY_READ = {"sae": ["kernels/key/kernels.so"], "synthetic": [], "toy": [], "ode": []}


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder that lies neither in HOME nor in /tmp, which are emptied anyway."""
    if problem := bwrap_problem():
        pytest.skip(f"bubblewrap does not work here: {problem}")
    folder = Path(tempfile.mkdtemp(prefix="labloop-reach-", dir="/var/tmp"))
    yield folder
    shutil.rmtree(folder)


def planted(root: Path, files: dict[str, str]) -> list[str]:
    """These files below `root`; their paths."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return [str(root / name) for name in files]


def seen(template: Template, disk: Path, paths: list[str]) -> dict[str, object]:
    """What a launch of this template's experiment finds at these paths: a folder's names, a file's text, None where neither is there."""
    command = ["python", "probe.py", json.dumps(paths), "{out_dir}"]
    experiment = template.experiment.model_copy(update={"command": command})
    template = template.model_copy(update={"experiment": experiment, "data": None})
    bench = Bench.of(template, choose("bwrap"), disk / "cache", Settings.model_validate({"model": "recorded"}))
    attempt = AttemptPaths(disk / "runs/mine/attempts/002")
    trial = Trial(Step("run_1"), 2, {"probe.py": PROBE.encode()}, 0, "")
    ended = run_trial(bench, attempt, trial)
    assert ended.outcome == "bad_results", ended
    return dict(json.loads(attempt.stdout.read_text()))


@pytest.mark.parametrize(("name", "there"), [("sae", False), ("synthetic", True)])
def test_the_hubs_models_are_not_there_for_who_is_handed_its_data(
    disk: Path, name: str, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`{models}` in `hidden` takes them away; a template that says nothing finds what was fetched before."""
    planted(disk / "hub", {"models--a--b/weights": "a model"})
    monkeypatch.setenv("HF_HUB_CACHE", str(disk / "hub"))
    path = str(disk / "hub/models--a--b/weights")
    assert bool(seen(load_template(TEMPLATES[name]), disk, [path])[path]) is there


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_sees_only_what_it_may_learn_from(disk: Path, name: str) -> None:
    """Of cache, sessions, checkout and disk there is what the template says, and nothing else: not even to read."""
    template = load_template(TEMPLATES[name])
    store = planted(disk / "cache", CACHE)
    allowed = [str(disk / "cache" / path) for path in MAY_READ[name]]
    sessions = planted(
        disk / "runs",
        {
            "mine/journal.jsonl": "its own session's",
            "mine/attempts/001/code/run_1/sae.npz": "another attempt's",
            "mine/run_1/final_info.json": "an accepted run's",
            "other/journal.jsonl": "another session's",
            "other/run_4/sae/weights": "its weights",
        },
    )
    checkout = [
        *(
            str(REPOSITORY / path)
            for path in ("ideas/progressive.recording.jsonl", "tests/conftest.py", "agent/loop.py")
        ),
        *(str(root / "template.toml") for root in TEMPLATES.values()),
        str(REPOSITORY / "templates/toy/idea.json"),
        str(REPOSITORY / "runs"),
    ]
    hidden = [
        str(template.root / path)
        for path in (
            *(name for name in template.experiment.hidden if name != "{models}"),
            *(template.evaluator.hidden if template.evaluator else ()),
        )
    ]
    fixed = str(template.root / template.experiment.fixed[0])
    found = seen(template, disk, [*store, *sessions, *checkout, *hidden, fixed, str(disk / "cache")])
    closed = [*(path for path in store if path not in allowed), *sessions, *checkout]
    assert {path: found[path] for path in closed if found[path] is not None} == {}
    assert all(not found[path] for path in hidden), "a folder that is hidden is empty, a file is closed"
    assert all(found[path] in CACHE.values() for path in allowed)
    assert found[fixed], "the fixed half is what it runs on"
    assert found[str(disk / "cache")] == sorted({path.split("/")[0] for path in MAY_READ[name]})


def test_nothing_lies_in_the_disks_data_folders(disk: Path) -> None:
    """What is right below / and no system's is empty, but for what the launch itself needs."""
    found = seen(load_template(TEMPLATES["toy"]), disk, ["/", "/usr/bin", "/srv", "/mnt", "/media"])
    assert found["/usr/bin"]
    assert not any(found[path] for path in ("/srv", "/mnt", "/media"))


def test_the_store_cannot_be_written_to(disk: Path) -> None:
    """Where the cache is emptied nothing can be laid down either: a template asks for what is missing and is told so."""
    template = load_template(TEMPLATES["toy"])
    (disk / "cache").mkdir()
    writes = f"import os\ntry:\n    os.mkdir({str(disk / 'cache' / 'planted')!r})\n    print('written')\nexcept OSError as e:\n    print(e.strerror)\n"
    command = ["python", "probe.py", "{out_dir}"]
    experiment = template.experiment.model_copy(update={"command": command})
    bench = Bench.of(
        template.model_copy(update={"experiment": experiment}),
        choose("bwrap"),
        disk / "cache",
        Settings.model_validate({"model": "recorded"}),
    )
    attempt = AttemptPaths(disk / "runs/mine/attempts/001")
    run_trial(bench, attempt, Trial(Step("run_1"), 1, {"probe.py": writes.encode()}, 0, ""))
    assert attempt.stdout.read_text().strip() == "Read-only file system"
    assert not (disk / "cache/planted").exists()


def test_a_setting_opens_a_folder_of_libraries(disk: Path) -> None:
    """`readable` names what lies in unusual places; without it the same folder is not there."""
    template = load_template(TEMPLATES["toy"])
    libraries = disk / "runs/libraries"
    planted(libraries, {"lib.so": "a library"})
    settings = Settings.model_validate({"model": "recorded", "sandbox": {"readable": [str(libraries)]}})
    bench = Bench.of(template, choose("bwrap"), disk / "cache", settings)
    assert libraries.resolve() in Reach.of(bench, AttemptPaths(disk / "runs/mine/attempts/001")).readable
    assert seen(template, disk, [str(libraries / "lib.so")]) == {str(libraries / "lib.so"): None}


def test_sessions_right_below_the_root_close_no_system_folder() -> None:
    """A session's own folder is closed where the one above it is the whole disk."""
    assert sessions_of(AttemptPaths(Path("/mine/attempts/001"))) == Path("/mine")
    assert sessions_of(AttemptPaths(Path("/data/runs/mine/attempts/001"))) == Path("/data/runs")


@pytest.mark.parametrize("name", ["/etc", "../other", "{cache}/../x", ""])
def test_a_template_names_what_lies_below_it(tmp_path: Path, name: str) -> None:
    """`hidden` and `reads` cannot name something elsewhere: refused with file and field."""
    root = tmp_path / "toy"
    shutil.copytree(TEMPLATES["toy"], root)
    declared = (root / "template.toml").read_text()
    (root / "template.toml").write_text(declared.replace("reads = []", f"reads = [{json.dumps(name)}]"))
    with pytest.raises(TemplateError, match=r"experiment\.reads"):
        load_template(root)


def test_a_hidden_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """Else a slip of the pen would leave the truth in sight; patterns that match are fine."""
    root = tmp_path / "toy"
    shutil.copytree(TEMPLATES["toy"], root)
    declared = (root / "template.toml").read_text()
    (root / "template.toml").write_text(
        declared.replace("reads = []", 'reads = []\nhidden = ["judge/pro*.py", "{cache}/x"]')
    )
    assert load_template(root).experiment.hidden == ["judge/pro*.py", "{cache}/x"]
    (root / "template.toml").write_text(declared.replace("reads = []", 'hidden = ["judge/truth.txt"]'))
    with pytest.raises(TemplateError, match=r"judge/truth\.txt.*does not exist"):
        load_template(root)

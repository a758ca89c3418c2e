"""What a tracker is told: SAELens' names, one run for each run, nothing twice; read back from the tracker's own files."""

import functools
import importlib.util
import json
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

import experiment
from harness import mirror as module
from harness.mirror import MirrorError, Record, main, mirror, record_of
from harness.pool import Pool
from harness.runs import load_runs
from harness.saved import save_run

REPOSITORY = Path(__file__).resolve().parents[2]
CURVE = {
    "step": [0, 10],
    "loss": [0.75, 0.5],
    "reconstruction": [0.5, 0.25],
    "aux_k": [0.0, 0.125],
    "orthogonality": [0.25, 0.125],
    "mse": [64.0, 32.0],
    "l0": [16.0, 15.5],
    "dead": [0, 3],
    "lr": [0.001, 0.01],
}

OF_LANGUAGE_MODEL = {"model": "labloop-gemma2-tiny", "layer": 2, "context": 128}


def session(folder: Path, count: int = 2) -> Path:
    for number in range(count):
        info = {
            "format": 1,
            "config": {**OF_LANGUAGE_MODEL, "batch_size": 100, "k": 16},
            "training": {"curve": CURVE},
            "metrics": {
                "explained_variance": {"mean": 0.875, "spread": None, "n": 1},
                "probing_top_5": {"mean": 0.75, "spread": None, "n": 1},
                "absorption_fraction": {"mean": None, "spread": None, "n": 1},
            },
        }
        (folder / f"run_{number}").mkdir(parents=True)
        (folder / f"run_{number}" / "final_info.json").write_text(json.dumps(info))
    (folder / "titles.json").write_text(json.dumps({"run_1": "Static penalty"}))
    return folder


@pytest.fixture
def sent(monkeypatch) -> list[Record]:
    """Records that reached a tracker which only remembers them."""
    records: list[Record] = []
    monkeypatch.setenv("WANDB_API_KEY", "known")
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setitem(module.TRACKERS, "wandb", lambda record, *_: records.append(record))
    return records


def test_the_curve_goes_under_the_names_of_saelens_trainer(tmp_path):
    """Each quantity that SAELens logs too has its name there; the other terms of the loss are losses/NAME."""
    record = record_of(load_runs(session(tmp_path))[1], "a_session")
    assert record.name == "run_1: Static penalty"
    assert record.group == "a_session"
    assert record.config == {**OF_LANGUAGE_MODEL, "batch_size": 100, "k": 16, "title": "Static penalty"}
    assert [step for step, _ in record.history] == [0, 10]
    assert record.history[1][1] == {
        "losses/overall_loss": 0.5,
        "losses/mse_loss": 32.0,
        "losses/auxiliary_reconstruction_loss": 0.125,
        "losses/reconstruction": 0.25,
        "losses/orthogonality": 0.125,
        "metrics/explained_variance": 0.75,
        "metrics/l0": 15.5,
        "sparsity/dead_features": 3.0,
        "details/current_learning_rate": 0.01,
        "details/n_training_samples": 1100,
    }
    assert record.scores == {"reconstruction_quality/explained_variance": 0.875, "scores/probing_top_5": 0.75}


def of_the_sae_template(folder: Path) -> None:
    """A run of the SAE template: its own loop and its own files, on random inputs."""
    settings = experiment.Settings(d_sae=32, k=4, steps=3, batch_size=64)
    rows = torch.randn(200, 12)
    data = Pool(rows.numpy(), rows.mean(0), 1.0, torch.device("cpu"))
    sae, training, curve = experiment.train(settings, data)
    config = {**asdict(settings), "training_tokens": settings.training_tokens}
    save_run(folder, sae.saved(), config, training, curve)


def of_the_synthetic_template(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of the synthetic template, by its own command on random inputs."""
    template = REPOSITORY / "templates" / "synthetic"
    monkeypatch.syspath_prepend(template)
    spec = importlib.util.spec_from_file_location("synthetic_experiment", template / "experiment.py")
    theirs = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, theirs)  # dataclasses look there
    spec.loader.exec_module(theirs)
    rows = torch.randn(200, theirs.D_IN).numpy()
    monkeypatch.setattr(theirs, "training_activations", lambda: rows)
    monkeypatch.setattr(theirs, "Settings", functools.partial(theirs.Settings, steps=3))
    monkeypatch.setattr(sys, "argv", ["experiment.py", f"--out_dir={folder}"])
    threads = torch.get_num_threads()
    theirs.main()
    torch.set_num_threads(threads)


def test_explained_variance_is_sent_where_the_term_is_the_unexplained_fraction(tmp_path, monkeypatch):
    """Of the SAE template it is 1 − reconstruction; the synthetic template's term is a squared error, and is sent as it is."""
    of_the_sae_template(tmp_path / "run_0")
    of_the_synthetic_template(tmp_path / "run_1", monkeypatch)
    ours, theirs = load_runs(tmp_path)
    sent = [values for _, values in record_of(ours, "s").history]
    assert [values["metrics/explained_variance"] for values in sent] == [
        1 - term for term in ours.curve("reconstruction")
    ]
    sent = [values for _, values in record_of(theirs, "s").history]
    assert [values["losses/reconstruction"] for values in sent] == theirs.curve("reconstruction")
    assert max(theirs.curve("reconstruction")) > 1
    assert not any("metrics/explained_variance" in values for values in sent)


def test_the_names_are_those_that_saelens_writes():
    """Every name that is said to be SAELens' occurs in its trainer, its losses or its evals: fails when they rename."""
    (found,) = find_spec("sae_lens").submodule_search_locations  # importing it takes 7 s
    folder = Path(found)
    trainer = (folder / "training" / "sae_trainer.py").read_text()
    losses = "".join(path.read_text() for path in (folder / "saes").glob("*.py"))
    evals = (folder / "evals.py").read_text()
    for name in [*module.CURVE.values(), "metrics/explained_variance", "details/n_training_samples"]:
        assert f'"{name}"' in trainer or f'"{name.removeprefix("losses/")}"' in losses, name
    for name in module.SCORES.values():
        group, metric = name.split("/")
        assert f'"{group}"' in evals, name
        assert f'"{metric}"' in evals, name


def test_a_run_is_sent_once_and_again_when_its_results_change(tmp_path, sent):
    """Mirroring twice sends nothing the second time; a run with other results is sent under another id."""
    folder = session(tmp_path / "s")
    assert mirror(folder, "wandb", "p") == (["run_0", "run_1"], [])
    assert mirror(folder, "wandb", "p") == ([], ["run_0", "run_1"])
    assert mirror(folder, "wandb", "another") == (["run_0", "run_1"], [])
    info = json.loads((folder / "run_1" / "final_info.json").read_text())
    info["metrics"]["explained_variance"]["mean"] = 0.9
    (folder / "run_1" / "final_info.json").write_text(json.dumps(info))
    assert mirror(folder, "wandb", "p") == (["run_1"], ["run_0"])
    assert len({record.fingerprint for record in sent}) == 3


def test_a_run_that_could_not_be_sent_is_sent_next_time(tmp_path, monkeypatch, sent):
    """Where the tracker fails half way, what was sent before is noted and the rest is not."""
    folder = session(tmp_path / "s")
    remember = module.TRACKERS["wandb"]

    def failing(record: Record, *rest: object) -> None:
        if record.name.startswith("run_1"):
            raise ConnectionError("the tracker is gone")
        remember(record, *rest)

    with monkeypatch.context() as patch:
        patch.setitem(module.TRACKERS, "wandb", failing)
        with pytest.raises(MirrorError, match="run_1: Static penalty .ConnectionError: the tracker is gone"):
            mirror(folder, "wandb", "p")
    assert mirror(folder, "wandb", "p") == (["run_1"], ["run_0"])


def test_one_run_alone_can_be_sent(tmp_path, sent, capsys):
    """The folder of a run sends that run, and the session's later mirroring leaves it out."""
    folder = session(tmp_path / "s")
    assert main([str(folder / "run_1"), "--to", "wandb"]) == 0
    assert [record.group for record in sent] == ["s"]
    assert main([str(folder), "--to", "wandb"]) == 0
    assert [record.name for record in sent] == ["run_1: Static penalty", "run_0 (baseline)"]
    assert capsys.readouterr().out.splitlines() == [
        "1 runs sent to wandb, project labloop; 0 sent before",
        "1 runs sent to wandb, project labloop; 1 sent before",
    ]


WITHOUT_A_KEY = {
    "no WANDB_API_KEY": ({}, []),
    "--offline": ({"WANDB_API_KEY": "known"}, ["--offline"]),
    "WANDB_MODE=offline": ({"WANDB_API_KEY": "known", "WANDB_MODE": "offline"}, []),
}


@pytest.mark.parametrize("why", WITHOUT_A_KEY)
def test_what_is_only_written_here_is_said_and_sent_later(tmp_path, sent, capsys, monkeypatch, why):
    """The line says why, where it lies and what sends it; again writes nothing twice; with a key it is sent, once."""
    environment, flags = WITHOUT_A_KEY[why]
    folder = session(tmp_path / "a session")
    command = [str(folder), "--to", "wandb"]
    with monkeypatch.context() as patch:
        patch.delenv("WANDB_API_KEY")
        for name, value in environment.items():
            patch.setenv(name, value)
        for arguments in (command, [*command[1:], str(folder / "run_1")]):
            assert main([*arguments, *flags]) == 0
    synced = f"`{sys.executable} -m wandb sync '{folder}/wandb'/offline-run-*`"
    assert capsys.readouterr().out.splitlines() == [
        f"{new} runs written for wandb, project labloop, not sent: {why}; {old} written or sent before. "
        f"Send them with {synced}, or by this command with a key"
        for new, old in ((2, 0), (0, 1))
    ]
    assert json.loads((folder / "mirror.json").read_text()).keys() == {"wandb/labloop, not sent"}
    for _ in range(2):
        assert main(command) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 runs sent to wandb, project labloop; 0 sent before",
        "0 runs sent to wandb, project labloop; 2 sent before",
    ]
    assert [record.name for record in sent] == ["run_0 (baseline)", "run_1: Static penalty"] * 2
    assert json.loads((folder / "mirror.json").read_text()).keys() == {"wandb/labloop"}


def test_a_note_without_what_was_only_written_is_read(tmp_path, sent, monkeypatch):
    """A mirror.json of an earlier version: what it has as sent is sent no more, neither with a key nor without."""
    folder = session(tmp_path / "s")
    first, _ = load_runs(folder)
    (folder / "mirror.json").write_text(
        json.dumps({"wandb/p": {"run_0": record_of(first, "s").fingerprint}, "trackio/p": {"run_1": "f"}})
    )
    assert mirror(folder, "wandb", "p", offline=True) == (["run_1"], ["run_0"])
    assert mirror(folder, "wandb", "p") == (["run_1"], ["run_0"])
    assert json.loads((folder / "mirror.json").read_text())["trackio/p"] == {"run_1": "f"}


def test_what_cannot_be_sent_is_one_line_with_the_remedy(tmp_path, capsys, monkeypatch):
    """A folder without runs, a damaged note of what was sent, and a tracker that is not installed each say what to do."""
    assert main([str(tmp_path), "--to", "wandb"]) == 1
    assert "give the folder of a session" in capsys.readouterr().err
    folder = session(tmp_path / "s")
    (folder / "mirror.json").write_text("{")
    assert main([str(folder), "--to", "wandb"]) == 1
    assert "delete it to send every run again" in capsys.readouterr().err
    (folder / "mirror.json").unlink()
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    assert main([str(folder), "--to", "trackio"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: trackio is not installed here: ")
    assert "pip install trackio" in error
    assert not (folder / "mirror.json").exists()


DAMAGED = {
    "titles.json": ["{", "[]", "\xff"],
    "run_1/final_info.json": ["{", "[]", '{"training": null}', '{"training": {"curve": {"step": [0], "loss": 3}}}'],
    "mirror.json": ["{", "[]", '{"wandb/labloop": 3}'],
}


@pytest.mark.parametrize(
    ("file", "content"), [(file, content) for file, contents in DAMAGED.items() for content in contents]
)
def test_a_damaged_file_is_one_line_that_names_it(tmp_path, capsys, sent, file, content):
    """Cut short, no table, no text, or a table of something else: the file, what to do, exit code 1 and no traceback."""
    folder = session(tmp_path / "s")
    (folder / file).write_bytes(content.encode("latin-1"))
    assert main([str(folder), "--to", "wandb"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1
    assert str(folder / file) in said
    assert "delete it" in said or "work the run again" in said


@pytest.mark.process
def test_a_wrong_key_is_one_line(tmp_path, capsys, monkeypatch):
    """wandb's own refusal, with what to check; nothing is noted as sent."""
    pytest.importorskip("wandb")
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("WANDB_API_KEY", "wrong")
    folder = session(tmp_path / "s")
    assert main([str(folder), "--to", "wandb"]) == 1
    (said,) = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("wandb: ")]
    assert said.startswith("error: wandb did not take run_0 (baseline) (")
    assert "check the key and the network" in said
    assert not (folder / "mirror.json").exists()


def test_a_note_that_cannot_be_written_is_one_line(tmp_path, capsys, sent):
    """Where mirror.json cannot be written it is said: the run would be sent again."""
    folder = session(tmp_path / "s")
    (folder / "mirror.json.part").mkdir()  # where it is written aside
    assert main([str(folder), "--to", "wandb"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: {folder / 'mirror.json'} cannot be written") and said.count("\n") == 1
    assert len(sent) == 1


def test_a_folder_with_another_name_is_no_run(tmp_path, sent):
    """A final_info.json outside of run_N is refused, not sent under a wrong name."""
    folder = session(tmp_path / "s")
    (folder / "run_1").rename(folder / "seed_1")
    with pytest.raises(MirrorError, match="is not called run_0"):
        mirror(folder / "seed_1", "wandb", "p")
    assert not sent


def wandb_records(path: Path) -> Iterator[object]:
    """The records of a .wandb file: 7 bytes of header, then blocks of 32 KiB of (crc, length, type, bytes)."""
    from wandb.proto.wandb_internal_pb2 import Record as Logged

    data, at, whole = path.read_bytes(), 7, b""
    while at < len(data):
        if 32_768 - at % 32_768 < 7:
            at += 32_768 - at % 32_768
            continue
        _, length, kind = struct.unpack("<IHB", data[at : at + 7])
        whole += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):  # a whole record, or the last part of one
            logged = Logged()
            logged.ParseFromString(whole)
            whole = b""
            yield logged


@pytest.mark.process
def test_wandb_writes_the_runs_without_a_key_or_a_network(tmp_path, monkeypatch):
    """Offline, the files that `wandb sync` sends hold each step of the curve and the scores, in the session's folder."""
    pytest.importorskip("wandb")
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    folder = session(tmp_path / "s", count=1)
    assert mirror(folder, "wandb", "p") == (["run_0"], [])
    (file,) = folder.glob("wandb/offline-run-*/*.wandb")
    steps, scores, run = [], {}, None
    for logged in wandb_records(file):
        if logged.HasField("history"):
            items = {item.key or item.nested_key[0]: json.loads(item.value_json) for item in logged.history.item}
            steps.append((items["_step"], items["losses/overall_loss"], items["metrics/explained_variance"]))
        elif logged.HasField("summary"):
            scores |= {item.key or item.nested_key[0]: json.loads(item.value_json) for item in logged.summary.update}
        elif logged.HasField("run"):
            run = logged.run
    assert steps == [(0, 0.75, 0.5), (10, 0.5, 0.75)]
    assert scores["scores/probing_top_5"] == 0.75
    assert (run.project, run.run_group, run.display_name) == ("p", "s", "run_0 (baseline)")
    assert mirror(folder, "wandb", "p") == ([], ["run_0"])
    assert len(list(folder.glob("wandb/offline-run-*"))) == 1


def test_trackio_keeps_the_runs_on_this_machine(tmp_path):
    """The rows of trackio's own data base hold each step of the curve and, at the last step, the scores."""
    pytest.importorskip("trackio")
    folder = session(tmp_path / "s")
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-m", "harness.mirror", str(folder), "--to", "trackio", "--project", "p"],
            env={
                "PYTHONPATH": f"{REPOSITORY}:{':'.join(sys.path)}",
                "TRACKIO_DIR": str(tmp_path / "t"),
                "HOME": str(tmp_path),
            },
            check=True,
            capture_output=True,
        )
    with sqlite3.connect(tmp_path / "t" / "p.db") as base:
        rows = base.execute("SELECT run_name, step, metrics FROM metrics ORDER BY id").fetchall()
    assert [(name, step) for name, step, _ in rows[:3]] == [("s/run_0 (baseline)", step) for step in (0, 10, 10)]
    assert len(rows) == 6
    assert json.loads(rows[1][2])["losses/overall_loss"] == 0.5
    assert json.loads(rows[2][2])["scores/probing_top_5"] == 0.75

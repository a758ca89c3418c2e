"""Loading the shipped language model and others."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import shutil
from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

from harness.build.batches import LINE, spelling, stream, text_rows
from harness.errors import DeviceError, ModelError
from harness.read.lm import LM, LOCAL_MODEL, fingerprint, lacking_model, load_lm
from harness.read.text import DATA

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def lm() -> LM:
    return load_lm()


def test_the_shipped_model_is_what_its_card_says(lm: LM) -> None:
    """Held-out cross-entropy and first-letter accuracy, measured again, are the card's."""
    card = (DATA / LOCAL_MODEL / "README.md").read_text()
    stated = (re.search(r"held-out text \| ([\d.]+) ± [\d.]+ nats", card), re.search(r"\| ([\d.]+)% \|\n\| Mean", card))
    assert stated[0]
    assert stated[1]
    generator = torch.Generator().manual_seed(3)
    text, _ = text_rows(stream(lm.tokenizer, "heldout"), 32, 128, generator)
    lines, labels = spelling(lm.tokenizer).rows(32, 128, generator)
    with torch.no_grad():
        logits = lm.model(text).logits[:, :-1]
        answers = torch.arange(2 * LINE, 128, LINE)
        guesses = lm.model(lines).logits[:, answers - 1].argmax(-1)
    loss = cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten()).item()
    accuracy = (guesses == labels[:, answers]).float().mean().item()
    assert loss == pytest.approx(float(stated[0][1]), abs=0.12)
    assert 100 * accuracy == pytest.approx(float(stated[1][1]), abs=2)


def test_a_loaded_model_is_frozen_and_described(lm: LM) -> None:
    """No gradient, evaluation mode, float32, and the sizes an experiment needs."""
    assert (lm.d_model, lm.n_layers) == (128, 4)
    assert not lm.model.training
    assert all(not p.requires_grad and p.dtype == torch.float32 for p in lm.model.parameters())
    with pytest.raises(dataclasses.FrozenInstanceError):
        lm.name = "other"  # type: ignore[misc]


def test_the_shipped_files_are_small() -> None:
    """Model, tokenizer and text together stay under 10 MB."""
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 10e6


def test_the_fingerprint_is_of_the_content(lm: LM, tmp_path: Path) -> None:
    """A copy elsewhere has the same fingerprint; one changed byte of the weights, or of the tokenizer, another."""
    copy = tmp_path / "copy"
    shutil.copytree(DATA / LOCAL_MODEL, copy)
    assert fingerprint(str(copy)) == lm.fingerprint == fingerprint(LOCAL_MODEL)
    (copy / "merges.txt").write_text("the words of an older tokenizer")
    assert fingerprint(str(copy)) != lm.fingerprint
    (copy / "merges.txt").unlink()
    for name in ("model.safetensors", "tokenizer.json"):
        content = bytearray((copy / name).read_bytes())
        content[-5] ^= 1
        (copy / name).write_bytes(content)
        assert fingerprint(str(copy)) != lm.fingerprint


def test_a_layer_that_is_not_there_is_refused_with_the_range(lm: LM) -> None:
    """Both ends of the range are named."""
    assert lm.check_layer(3) == 3
    for layer in (4, -1):
        with pytest.raises(ModelError, match=f"{LOCAL_MODEL} has no layer {layer}: use 0 to 3"):
            lm.check_layer(layer)


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub name that cannot be had, and a string that is no name, each get their own remedy."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"'nobody/nothing' cannot be used: it is not on this machine"):
        load_lm("nobody/nothing")
    with pytest.raises(ModelError, match="that is no name of a model"):
        load_lm("not a name!")


@pytest.mark.parametrize(
    ("raised", "remedy"),
    [("GatedRepoError", "accept its terms"), ("RepositoryNotFoundError", "no such model"), ("RuntimeError", None)],
)
def test_what_the_hub_answers_is_put_plainly(raised: str, remedy: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gated and a missing repository become ModelErrors, whatever wraps them; an unknown error stays what it is."""
    cause = type(raised, (Exception,), {})("403 from the hub")

    def snapshot_download(*_: object, **__: object) -> str:
        raise OSError("cannot download") from cause

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    if remedy:
        with pytest.raises(ModelError, match=remedy):
            load_lm("some/model")
    else:
        with pytest.raises(OSError, match="cannot download"):
            load_lm("some/model")


def test_a_hub_model_on_this_machine_is_read_without_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's own cache layout (links to files named by their hash) is loaded and fingerprinted, offline.

    Its large files are not read for the fingerprint; a snapshot that lacks its weights is not taken for a whole one.
    """
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    repository = tmp_path / "models--acme--tiny"
    snapshot = repository / "snapshots" / ("c" * 40)
    for folder in (snapshot, repository / "blobs", repository / "refs"):
        folder.mkdir(parents=True)
    (repository / "refs" / "main").write_text("c" * 40)
    for path in (DATA / LOCAL_MODEL).glob("*.json"):
        shutil.copy(path, snapshot)
    with pytest.raises(ModelError, match="cannot be loaded: .*no file named model.safetensors"):
        load_lm("acme/tiny")
    blob = repository / "blobs" / hashlib.sha256((DATA / LOCAL_MODEL / "model.safetensors").read_bytes()).hexdigest()
    shutil.copy(DATA / LOCAL_MODEL / "model.safetensors", blob)
    (snapshot / "model.safetensors").symlink_to(blob)
    assert load_lm("acme/tiny").fingerprint == fingerprint(LOCAL_MODEL)
    blob.write_bytes(b"not read")
    assert fingerprint("acme/tiny") == fingerprint(LOCAL_MODEL)


def test_what_is_lacking_of_a_model_is_said_without_loading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the shipped one and of a whole folder; a folder without a model, and one that nobody has, are named."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert lacking_model(LOCAL_MODEL) == lacking_model(str(DATA / LOCAL_MODEL)) == ""
    assert "config.json is missing" in lacking_model(str(tmp_path))
    assert "'nobody/nothing' cannot be used: it is not on this machine" in lacking_model("nobody/nothing")
    snapshot = tmp_path / "models--acme--tiny" / "snapshots" / ("c" * 40)
    (snapshot.parent.parent / "refs").mkdir(parents=True)
    (snapshot.parent.parent / "refs" / "main").write_text("c" * 40)
    shutil.copytree(DATA / LOCAL_MODEL, snapshot)
    assert lacking_model("acme/tiny") == ""
    (snapshot / "model.safetensors").unlink()  # half of a download
    assert "'acme/tiny' cannot be used: it is not on this machine" in lacking_model("acme/tiny")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """What is missing is named: the configuration, the weights, or weights that can be read."""
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        load_lm(str(tmp_path))
    shutil.copy(DATA / LOCAL_MODEL / "config.json", tmp_path)
    with pytest.raises(ModelError, match=r"a \.safetensors file is needed"):
        fingerprint(str(tmp_path))
    weights = (DATA / LOCAL_MODEL / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(weights[:100_000])  # a download that was cut off
    with pytest.raises(ModelError, match="cannot be loaded: ") as cut_off:
        load_lm(str(tmp_path))
    assert "\n" not in str(cut_off.value)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_lm(str(tmp_path))


def test_a_device_that_is_not_there_is_refused() -> None:
    """The message names the device and what to use instead."""
    with pytest.raises(DeviceError, match=r"the device 'cuda:99' is not there.*Use auto or cpu"):
        load_lm(device="cuda:99")


def test_a_gpu_too_small_for_the_model_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """How much the model takes, and what to do; torch's own report stays as the cause."""
    full = torch.OutOfMemoryError("CUDA out of memory")

    def to(*_: object) -> None:
        raise full

    monkeypatch.setattr("transformers.Gemma2ForCausalLM.to", to)
    with pytest.raises(DeviceError, match=r"takes 0\.0 GB and cpu has not that much.*compute in bfloat16") as raised:
        load_lm()
    assert raised.value.__cause__ is full

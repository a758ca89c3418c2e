"""What a person or a coder can get wrong: each is a clear error before training, that names the remedy.

The commands are run as they are typed. `experiment.py` ends with a traceback, from which a session tells the coder where
in its code it was, and whose last line is the message; `harness.prepare` says `error: …` in one line. Both exit with 1.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from harness import prepare
from harness.read.lm import LOCAL_MODEL
from harness.read.text import DATA, entries

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[2]
IN_A_NAMESPACE = ["unshare", "--map-root-user", "--mount", "sh", "-c"]  # in which any user may mount a small disk


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, and no network."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # of this process, which read it long ago


def texts(folder: Path) -> Path:
    """A data set of 200 short texts: some 4,000 tokens."""
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": entry.line}) + "\n" for entry in entries("train")[:200]))
    return path


def model(folder: Path) -> Path:
    """A copy of the shipped model."""
    return Path(shutil.copytree(DATA / LOCAL_MODEL, folder / "model"))


def broken_model(folder: Path) -> Path:
    """Its second block has a NaN among its weights."""
    path = model(folder) / "model.safetensors"
    weights = load_file(path)
    weights["model.layers.1.mlp.down_proj.weight"][3, 5] = float("nan")
    save_file(weights, path, {"format": "pt"})
    return path.parent


def digits_model(folder: Path, **special: str) -> Path:
    """Its tokenizer knows digits alone, and the special tokens that are given."""
    words = {f"{n}": n for n in range(10)} | {"<eos>": 10, "?": 11}
    known = Tokenizer(models.WordLevel(words, unk_token="?"))
    known.pre_tokenizer = pre_tokenizers.Whitespace()
    path = model(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        (path / name).unlink(missing_ok=True)
    PreTrainedTokenizerFast(tokenizer_object=known, unk_token="?", **special).save_pretrained(path)
    return path


# What is wrong → (the flags, the error's class, what the message must say: what, and the remedy).
Flags = Callable[[Path], list[str]]
WRONG: dict[str, tuple[Flags, str, str]] = {
    "unknown model": (
        lambda _: ["--model=nobody/nothing"],
        "ModelError",
        r"'nobody/nothing' cannot be used: it is not on this machine and HF_HUB_OFFLINE is set: unset it",
    ),
    "a model that is no name": (
        lambda _: ["--model=no such model"],
        "ModelError",
        r"that is no name of a model: use labloop-gemma2-tiny, a folder, or a hub name",
    ),
    "unknown layer": (lambda _: ["--layer=9"], "ModelError", r"labloop-gemma2-tiny has no layer 9: use 0 to 3"),
    "a context too long for the model": (
        lambda _: ["--context=999"],
        "ModelError",
        r"reads texts of 2 to 128 tokens, not 999",
    ),
    "unknown data set": (
        lambda _: ["--dataset=nobody/nothing"],
        "TextError",
        r"'nobody/nothing' cannot be used: it is not on this machine and HF_HUB_OFFLINE is set: unset it",
    ),
    "a data set that is not there": (
        lambda folder: [f"--dataset={folder}/none.jsonl"],
        "TextError",
        r"there is no file or folder .*none\.jsonl': use wordnet",
    ),
    "a data set with too few tokens": (
        lambda folder: [f"--dataset={texts(folder)}", "--pool_tokens=50000"],
        "TextError",
        r"texts\.jsonl' has only [1-9]\d{3} tokens for this model, 50000 were asked for: ask for fewer \(--pool_tokens\)",
    ),
    "a tokenizer without <bos> and <eos>": (
        lambda folder: [f"--model={digits_model(folder)}", f"--dataset={texts(folder)}", "--pool_tokens=500"],
        "TextError",
        r"neither a <bos> nor an <eos> token.*: set tokenizer\.bos_token",
    ),
    "a tokenizer without letters, for spelling lines": (
        lambda folder: [f"--model={digits_model(folder, eos_token='<eos>')}", "--pool_tokens=500"],
        "TextError",
        r"no token of ASCII letters alone.*: read another data set \(--dataset\)",
    ),
    "NaN activations": (
        lambda folder: [f"--model={broken_model(folder)}", "--pool_tokens=500"],
        "ActivationsError",
        r"after block 2 hold NaN, .*: use another layer, or compute in float32",
    ),
    "a device that is not there": (
        lambda _: ["--device=cuda:99"],
        "DeviceError",
        r"the device 'cuda:99' is not there: .*\. Use auto or cpu",
    ),
    "a cache that is no folder": (
        lambda folder: [str((folder / "cache").write_text("x"))[:0] + "--pool_tokens=500"],
        "CacheError",
        r"cache is no folder: set LABLOOP_CACHE to one",
    ),
}


def run_experiment(folder: Path, flags: list[str], code: Path = REPOSITORY / "experiment.py") -> list[str]:
    """The lines that `python experiment.py` leaves on stderr; it must fail, and before it trains."""
    run = subprocess.run(
        [sys.executable, str(code), f"--out_dir={folder / 'run'}", *flags],
        cwd=folder,
        text=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        timeout=240,
    )
    assert run.returncode == 1, run.stderr
    assert not (folder / "run").exists()
    assert "step 0 of" not in run.stderr
    return run.stderr.strip().splitlines()


BY_COMMAND = (  # the others are tried in this process alone, because each command costs seconds of imports
    "unknown model",
    "unknown layer",
    "a data set with too few tokens",
    "NaN activations",
    "a device that is not there",
    "a cache that is no folder",
)


@pytest.mark.parametrize("fault", BY_COMMAND)
def test_the_experiment_ends_with_the_message(fault: str, tmp_path: Path) -> None:
    """The last line of stderr is the error's name and message, in one line; nothing is left behind."""
    make, kind, message = WRONG[fault]
    last = run_experiment(tmp_path, make(tmp_path))[-1]
    assert last.startswith(f"harness.errors.{kind}: ")
    assert re.search(message, last), last


@pytest.mark.parametrize("fault", [fault for fault in WRONG if fault != "a cache that is no folder"])
def test_prepare_says_the_same_in_one_line(fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`error: ` and the message, exit code 1, and no entry in the cache."""
    make, _, message = WRONG[fault]
    assert prepare.main(["--heldout_tokens=200", *make(tmp_path)]) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert re.search("^error: .*" + message, line), line
    assert not list(tmp_path.glob("cache/activations/*/entry.json"))


def test_more_latents_on_than_there_are(tmp_path: Path) -> None:
    """k above d_sae, as a coder may write it into the settings."""
    code = (REPOSITORY / "experiment.py").read_text(encoding="utf-8")
    assert "k: int = 16 " in code
    (tmp_path / "experiment.py").write_text(code.replace("k: int = 16 ", "k: int = 5000 "), encoding="utf-8")
    last = run_experiment(tmp_path, [], tmp_path / "experiment.py")[-1]
    assert last.startswith("harness.errors.SettingsError: k is 5000")
    assert "1024" in last


def test_an_out_dir_that_cannot_be_written(tmp_path: Path) -> None:
    """Told before anything is read, not after hours of training; of the same flag twice the last counts."""
    (tmp_path / "file").write_text("")
    last = run_experiment(tmp_path, [f"--out_dir={tmp_path / 'file' / 'run'}"])[-1]
    assert re.search(r"^harness\.errors\.OutDirError: the folder .*/file/run cannot be written", last), last


def small_disk(folder: Path, size: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command with the cache on a disk of that size, which is gone afterwards. Skips where none can be mounted."""
    (folder / "disk").mkdir()
    mount = f"mount -t tmpfs -o size={size} none '{folder / 'disk'}' || exit 77; exec \"$@\""
    if not shutil.which("unshare"):
        pytest.skip("this system has no unshare")
    run = subprocess.run(
        [*IN_A_NAMESPACE, mount, "sh", *command],
        cwd=REPOSITORY,
        text=True,
        capture_output=True,
        timeout=240,
        env=os.environ | {"LABLOOP_CACHE": str(folder / "disk" / "cache")},
    )
    if run.returncode == 77 or "unshare" in run.stderr:
        pytest.skip(f"no small disk can be mounted here: {run.stderr.strip()}")
    return run


def test_a_cache_on_a_disk_too_small(tmp_path: Path) -> None:
    """25.6 MB of activations for 4 MB of disk: refused before the text is read, with both sizes and the remedy."""
    command = [sys.executable, "-m", "harness.prepare", "--device=cpu"]
    run = small_disk(tmp_path, "4m", command)
    assert run.returncode == 1, run.stderr
    assert re.search(
        r"^error: 0\.03 GB are needed and the disk of .* has 0\.00 GB free: make room, or set LABLOOP_CACHE",
        run.stderr.strip().splitlines()[-1],
    )
    assert "reading" not in run.stderr


FILLS_UP = """
import sys
from pathlib import Path
from harness.store.cache import Cache
from harness.errors import CacheError

SHARD, FIELDS = bytes(range(256)) * 1024, {"a": 1}
cache, other, wrote = Cache(), Path(sys.argv[1]) / "other", []

def make(draft):
    for n in range(8):
        if not draft.has("data", n * len(SHARD)):
            if n == 3 and not other.exists():
                with other.open("wb") as file:  # another program takes the rest of the disk
                    try:
                        while True:
                            file.write(SHARD); file.flush()
                    except OSError:
                        pass
            draft.write("data", SHARD, n * len(SHARD))
            wrote.append(n)

earlier = cache.get("kind", {"a": 0}, lambda draft: draft.write("data", SHARD))
try:
    cache.get("kind", FIELDS, make)
except CacheError as error:
    print(error, wrote, cache.find("kind", FIELDS), cache.find("kind", {"a": 0}) == earlier)
other.write_bytes(b"")
print((cache.get("kind", FIELDS, make) / "data").read_bytes() == SHARD * 8, wrote)
"""


def test_a_disk_that_fills_up_while_the_cache_is_written(tmp_path: Path) -> None:
    """A real disk of 4 MB, full after the third shard: an error with the remedy, no entry, the other entry whole.

    When there is room again, the three shards that were written are kept.
    """
    run = small_disk(tmp_path, "4m", [sys.executable, "-c", FILLS_UP, str(tmp_path / "disk")])
    assert run.returncode == 0, run.stderr
    first, second = run.stdout.splitlines()
    assert re.match(r"the disk of the cache .* is full: make room, or set LABLOOP_CACHE", first)
    assert first.endswith("[0, 1, 2] None True")
    assert second == "True [0, 1, 2, 3, 4, 5, 6, 7]"


SAVES = """
import sys, tempfile, torch
from pathlib import Path
from harness.errors import OutDirError
from harness.saved import SavedSAE, save_run

tempfile.tempdir = sys.argv[2]
tensors = {"W_enc": torch.ones(64, 40_000), "W_dec": torch.ones(40_000, 64)}
tensors |= {"b_enc": torch.ones(40_000), "b_dec": torch.ones(64)}
config = {"model": "m", "layer": 0, "context": 8}
try:
    save_run(Path(sys.argv[1]) / "run", SavedSAE("topk", tensors, {"k": 2}), config, {}, {"step": [], "loss": []})
except OutDirError as error:
    print(error)
"""


def test_a_disk_that_is_full_when_the_run_is_saved(tmp_path: Path) -> None:
    """20 MB of SAE for a real disk of 4 MB, which is the current folder too: whole in the temporary folder, and told."""
    (tmp_path / "elsewhere").mkdir()
    code = f"import os, sys; sys.path[0] = os.getcwd(); os.chdir(sys.argv[1]){SAVES}"
    run = small_disk(tmp_path, "4m", [sys.executable, "-c", code, str(tmp_path / "disk"), str(tmp_path / "elsewhere")])
    assert run.returncode == 0, run.stderr
    [saved] = (tmp_path / "elsewhere").iterdir()
    assert re.search(rf"disk/run \(.*No space left on device.*; it is whole in {saved}: move", run.stdout)
    assert (saved / "final_info.json").exists()
    assert load_file(saved / "sae" / "sae_weights.safetensors")["W_dec"].shape == (40_000, 64)


def test_nothing_of_a_wrong_model_is_kept_for_a_right_one(tmp_path: Path) -> None:
    """After NaN was refused, the mended model in the same folder is read anew and without a trace of the other."""
    from harness.activations import load_activations
    from harness.errors import ActivationsError

    folder = broken_model(tmp_path)
    sizes: dict[str, Any] = {"tokens": 300, "context": 32, "device": "cpu"}
    with pytest.raises(ActivationsError):
        load_activations(str(folder), **sizes)
    shutil.copy(DATA / LOCAL_MODEL / "model.safetensors", folder)
    found = load_activations(str(folder), **sizes)
    assert torch.isfinite(torch.tensor(found.data)).all()
    assert found.key == load_activations(**sizes).key

"""The folder for the hub, from a run of the shipped model: SAELens loads it there, and its latents are what they are said to be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.upstream.lens import load_hooked
from harness.publish.__main__ import main
from harness.publish.activating import BINS
from harness.publish.latents import chosen
from harness.read.lm import LOCAL_MODEL
from harness.saved import SavedSAE, save_run, write_json
from tests.harness.hub_server import hub

pytestmark = pytest.mark.slow

D_SAE, K, LATENTS, TEXTS = 96, 8, 12, 3
NAME = "blocks.2.hook_resid_post"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of random directions, scored by hand, and published."""
    root = tmp_path_factory.mktemp("publish")
    torch.manual_seed(0)
    rows = torch.nn.functional.normalize(torch.randn(D_SAE, 128), dim=1)
    biases = {"b_enc": torch.zeros(D_SAE), "b_dec": torch.zeros(128)}
    sae = SavedSAE("topk", {"W_enc": rows.T, "W_dec": rows, **biases}, {"k": K})
    config = {"model": LOCAL_MODEL, "layer": 2, "context": 128, "dataset": "wordnet", "d_sae": D_SAE, "k": K}
    save_run(root / "run", sae, config, {"steps": 1, "tokens": 2048}, {"step": [0], "loss": [1.0]})
    write_json(root / "run" / "scores.json", {"metrics": {"l0": {"mean": 8.0, "n": 1}}, "details": {}})
    flags = [f"--out={root / 'out'}", f"--latents={LATENTS}", f"--texts={TEXTS}", "--tokens=4000"]
    assert main([str(root / "run"), *flags]) == 0
    return root / "out"


def features(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "neuronpedia" / "batch-0.json").read_text())["features"]
    return found


def test_saelens_loads_it_from_the_hub(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Served as a repository, `SAE.from_pretrained("acme/sae", "blocks.2.hook_resid_post")` gives the same codes."""
    import huggingface_hub.constants as constants
    from sae_lens import SAE

    (tmp_path / "models" / "acme").mkdir(parents=True)
    (tmp_path / "models" / "acme" / "sae").symlink_to(published)
    with hub(tmp_path) as running:
        monkeypatch.setattr(constants, "ENDPOINT", running.address)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", running.address + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        loaded = SAE.from_pretrained("acme/sae", NAME)
    x = torch.randn(4, 128)
    assert torch.equal(loaded.encode(x), SAE.load_from_disk(str(published / NAME)).encode(x))
    assert loaded.cfg.k == K


def test_the_card_names_what_was_measured(published: Path) -> None:
    """Metric, model, layer and file names; nothing of a baseline, where there is none."""
    card = (published / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: saelens\n")
    assert "| l0 | – | 8.0000 | once |" in card and "baseline" not in card
    assert f'SAE.load_from_disk("{NAME}")' in card and "1 steps on 2,048 tokens" in card


def test_each_latents_texts_are_those_where_it_is_strongest(published: Path) -> None:
    """Worked out anew, text by text: the strongest text, its values, how often it is on, and the histogram's sum."""
    from sae_lens import SAE

    from harness.read.kept_text import TextRequest, kept_rows

    model, sae = load_hooked(LOCAL_MODEL), SAE.load_from_disk(str(published / NAME))
    ids = torch.from_numpy(kept_rows(TextRequest(LOCAL_MODEL, "wordnet", 4000, "heldout", 128, seed=2)))
    special = {model.tokenizer.bos_token_id, model.tokenizer.eos_token_id, model.tokenizer.pad_token_id}
    found = features(published)
    assert [each["feature_index"] for each in found] == chosen(D_SAE, LATENTS).tolist()
    latent = max(found, key=lambda each: each["frac_nonzero"])
    strengths, plain = [], 0
    with torch.no_grad():
        for row in ids:
            _, cache = model.run_with_cache(row.unsqueeze(0))
            codes = sae.encode(cache[NAME][0])[:, latent["feature_index"]]
            kept = torch.tensor([int(token) not in special for token in row])
            plain += int(kept.sum())
            strengths.append(codes * kept)
    order = sorted(range(len(ids)), key=lambda row: -float(strengths[row].max()))
    for text, row in zip(latent["activations"], order, strict=False):
        assert text["values"] == pytest.approx(strengths[row].tolist(), abs=2e-3)
        assert text["tokens"] == [model.tokenizer.decode([int(token)]) for token in ids[row]]
    on = sum(int((each > 0).sum()) for each in strengths)
    assert latent["frac_nonzero"] == pytest.approx(on / plain)
    assert sum(latent["freq_hist_data_bar_heights"]) == on and len(latent["freq_hist_data_bar_heights"]) == BINS


def test_the_page_shows_every_chosen_latent(published: Path) -> None:
    """One section each, tokens escaped, marks as strong as the activation."""
    page = (published / "latents.html").read_text()
    assert page.count("<section") == LATENTS and "&lt;bos&gt;" in page
    assert page.count("--on: 1.00") >= LATENTS - sum(not each["activations"] for each in features(published))


def test_nothing_is_written_over(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds something is refused, and stays as it is."""
    before = sorted(path.name for path in published.iterdir())
    assert main([str(published.parent / "run"), f"--out={published}"]) == 1
    assert "name a new folder" in capsys.readouterr().err
    assert sorted(path.name for path in published.iterdir()) == before


def test_a_transcoder_is_published_and_brought_in_again(tmp_path: Path) -> None:
    """Its folder bears the name of what it reads, the card says that it is one, its latents are of the MLP's input; and the folder is one that
    `--from_sae` takes."""
    from harness.architectures.transcoder import SkipTranscoder
    from harness.evaluation.submitted.brought import bring
    from harness.evaluation.submitted.submission import load_submission
    from harness.site import PairScale
    from tests.harness.architectures.small import SETTINGS

    torch.manual_seed(0)
    sae = SkipTranscoder(256, SETTINGS, torch.zeros(256))
    sae(torch.randn(64, 256))
    config = {
        "model": LOCAL_MODEL,
        "layer": 2,
        "site": "mlp",
        "context": 128,
        "dataset": "wordnet",
        "d_sae": SETTINGS.d_sae,
    }
    saved = sae.saved().unscaled(PairScale(1.0, 2.0))
    save_run(tmp_path / "run", saved, config, {"steps": 1, "tokens": 2048}, {"step": [0], "loss": [1.0]})
    write_json(tmp_path / "run" / "scores.json", {"metrics": {"l0": {"mean": 8.0, "n": 1}}, "details": {}})
    out, name = tmp_path / "out", "blocks.2.mlp.hook_in"
    assert main([str(tmp_path / "run"), f"--out={out}", "--latents=4", "--texts=2", "--tokens=1500"]) == 0
    card = (out / "README.md").read_text()
    assert "A transcoder of the MLP in block 2" in card and f"from `{name}` to `blocks.2.hook_mlp_out`" in card
    assert any(each["frac_nonzero"] for each in features(out))
    bring(str(out / name), tmp_path / "theirs", "tiny", {})
    mine, theirs = load_submission(tmp_path / "run"), load_submission(tmp_path / "theirs", made_here=False)
    x = torch.randn(5, 128)
    assert theirs.site == "mlp" and theirs.layer == 2 and torch.equal(theirs.sae(x), mine.sae(x))

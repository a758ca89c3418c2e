"""What goes into an MLP and what comes out, read as pairs: stored, read meanwhile, and handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from harness.activations import Request, load, load_activations
from harness.errors import ActivationsError, DataError, ModelError, SettingsError
from harness.hand_out.__main__ import opened
from harness.handed import rows as handed_rows
from harness.pool import Pool
from harness.read.lm import LOCAL_MODEL, load_lm
from harness.read.text import DATA, token_rows
from harness.residual import mlp_pairs
from harness.scales import SCALES, data_flags
from harness.settings import check_settings
from harness.site import MLP, PairScale
from tests.harness.test_activations import OTHERS

CPU = torch.device("cpu")
FEW: dict[str, Any] = {"tokens": 400, "context": 64, "site": MLP}


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One cache for all of them."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "pairs_cache"))


def seen(lm: Any, layer: int, ids: np.ndarray[Any, Any]) -> torch.Tensor:
    """The same by torch's own hooks: the MLP's input, and what a block adds last to the stream."""
    found: dict[str, torch.Tensor] = {}
    blocks = getattr(lm.model, "model", None) or getattr(lm.model, "gpt_neox", None) or lm.model.transformer
    block = (blocks.layers if hasattr(blocks, "layers") else blocks.h)[layer]
    last = getattr(block, "post_feedforward_layernorm", block.mlp)
    hooks = [
        block.mlp.register_forward_pre_hook(lambda module, given: found.update(x=given[0])),
        last.register_forward_hook(lambda module, given, out: found.update(y=out)),
    ]
    with torch.no_grad():
        lm.model(torch.from_numpy(ids))
    for hook in hooks:
        hook.remove()
    return torch.cat([found["x"], found["y"]], -1)


@pytest.mark.parametrize("kind", ["gemma2", *OTHERS])
def test_the_pairs_are_those_of_the_module(kind: str, tmp_path: Path) -> None:
    """Gemma-2 (with its norm behind the MLP), Llama, GPT-NeoX and GPT-2: as torch's hooks on the module see them."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    name = LOCAL_MODEL
    if kind != "gemma2":
        torch.manual_seed(0)
        name = str(tmp_path / kind)
        AutoModelForCausalLM.from_config(OTHERS[kind]()).save_pretrained(name)
        AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL).save_pretrained(name)
    lm = load_lm(name)
    ids = token_rows(lm.tokenizer, "heldout", 200, 64).ids
    found = mlp_pairs(lm, 1, ids)
    assert found.shape == (*ids.shape, 2 * lm.d_model)
    assert torch.allclose(found, seen(lm, 1, ids), atol=1e-6)


def test_a_block_without_an_mlp_is_refused() -> None:
    """The error names model and block."""
    lm = load_lm(LOCAL_MODEL)
    for block in lm.model.model.layers:
        block.mixture = block.mlp
        del block.mlp
    with pytest.raises(ModelError, match=r"block 1 of .* has no module mlp"):
        mlp_pairs(lm, 1, np.zeros((1, 4), np.int64))


def test_pairs_are_kept_apart_from_the_stream_and_each_half_has_its_norm() -> None:
    """Another entry of the cache than the residual stream's, of twice the width, whose key has not changed; norms and mean by half."""
    found = load_activations(**FEW)
    assert found.data.shape == (400, 256) and found.norm_out is not None
    exact = np.asarray(found.data, np.float64)
    assert found.norm == pytest.approx(np.linalg.norm(exact[:, :128], axis=1).mean(), rel=1e-5)
    assert found.norm_out == pytest.approx(np.linalg.norm(exact[:, 128:], axis=1).mean(), rel=1e-5)
    assert np.allclose(found.mean, exact.mean(0), atol=1e-4)
    assert Request().fields().keys() == {*Request(site=MLP).fields()} - {"site"}, "what was kept is found again"
    assert load(Request(tokens=400, context=64)).norm_out is None


def test_each_half_that_is_drawn_has_mean_length_root_d() -> None:
    """The scales of both are the pool's, and undone from what is drawn they give pairs that stand in the file."""
    found = load_activations(**FEW)
    pool = Pool.of(found, CPU)
    assert isinstance(pool.scale, PairScale) and pool.d_in == 256
    drawn = pool.draw(4000)
    for half in drawn.chunk(2, dim=1):
        assert half.norm(dim=1).mean() == pytest.approx(128**0.5, rel=0.02)
    factor = torch.tensor(pool.scale).repeat_interleave(128)
    kept = torch.from_numpy(np.array(found.data)).float()
    assert torch.cdist(drawn[:20] / factor, kept).min(1).values.max() < 5e-2
    assert torch.allclose(pool.mean / factor, torch.from_numpy(found.mean), atol=1e-5)
    with pytest.raises(ActivationsError, match="mean norm of the activations is 0"):
        Pool.of(type(found)(found.data, found.mean, found.norm, "key", 0.0), CPU)


def test_pairs_that_no_disk_holds_are_read_as_they_are_drawn() -> None:
    """Through the buffer: pairs of the same text as those that are kept, each half scaled."""
    kept = Pool.of(load_activations(**FEW), CPU)
    torch.manual_seed(0)
    meanwhile = Pool.of(load_activations(**FEW, buffer_tokens=200), CPU)
    drawn = meanwhile.draw(100)
    assert meanwhile.scale == kept.scale and drawn.shape == (100, 256)
    nearest = torch.cdist(drawn, kept._rows).min(1).values
    assert nearest.quantile(0.8) < 1e-2 * drawn.norm(dim=1).mean(), (
        "a pass reads its last text to the end, a few pairs more"
    )


def test_the_data_process_hands_pairs_out_and_counts_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of 30 pairs is 30 tokens; norms of both halves come with them; who asks for the residual stream is refused."""
    scale = type(SCALES["tiny"])(**{**vars(SCALES["tiny"]), "pool_tokens": 400, "context": 64, "site": MLP})
    hand, ledger = opened(tmp_path, tmp_path / "ledger.json", 0, scale, "cpu")
    with pytest.raises(
        DataError, match="site 'resid_post' was asked for, but this run is handed the activations of site 'mlp'"
    ):
        hand.answer({"open": {**hand._facts, "site": "resid_post"}})
    told = hand.answer({"open": hand._facts})
    assert told is not None
    place = hand.answer({"draw": 30})
    assert place is not None and place["rows"] == 30 and ledger.tokens == 30
    handed = handed_rows.Handed(tmp_path, None, told)  # type: ignore[arg-type]
    assert handed.shape == (400, 256) and handed._at(place).shape == (30, 256)
    assert handed.norm_out == load_activations(**FEW).norm_out


def test_the_kind_decides_what_is_read() -> None:
    """--sae=transcoder asks for pairs in every command; a transcoder on the residual stream is refused before it trains."""
    from argparse import Namespace

    import experiment

    assert data_flags(Namespace(sae="skip_transcoder")) == {"site": "mlp"}
    assert data_flags(Namespace(sae="batch_topk")) == data_flags(Namespace()) == {}
    check_settings(experiment.Settings(sae="transcoder", site="mlp"))
    with pytest.raises(SettingsError, match="site is 'resid_post', but a transcoder reads 'mlp'"):
        check_settings(experiment.Settings(sae="transcoder"))

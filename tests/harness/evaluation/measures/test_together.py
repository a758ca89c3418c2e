"""Counts of pairs by blocks: the same as in one piece, in the memory of a block, at the width of 65,536 too."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor

from harness.evaluation.measures import together
from harness.evaluation.measures.together import Together, on_in


def some_codes(rows: int = 40, d_sae: int = 30) -> Tensor:
    """With any number of latents on, from none to all."""
    codes = torch.rand(rows, d_sae, generator=torch.Generator().manual_seed(0))
    return codes * (codes > torch.linspace(0, 1, rows)[:, None])


def counted(codes: Tensor, batch: int = 7) -> Together:
    return Together([on_in(part) for part in codes.split(batch)], codes.shape[1])


@pytest.mark.parametrize("sparse", [64, -1])
@pytest.mark.parametrize("block", [1, 65, 10_000])
@pytest.mark.parametrize("pairs", [64, 2**24])
def test_pairs_are_counted_alike_however_they_are_cut(
    monkeypatch: pytest.MonkeyPatch, sparse: int, block: int, pairs: int
) -> None:
    """One by one and as a product, row by row and at once: AᵀA of which latents are on, exactly."""
    codes = some_codes()
    on = (codes > 0).float()
    for name, value in (("SPARSE", sparse), ("BLOCK", block), ("PAIRS", pairs)):
        monkeypatch.setattr(together, name, value if name != "PAIRS" or sparse > 0 else 2**24)
    found = counted(codes)
    assert torch.equal(found.dense(), on.T @ on)
    assert torch.equal(found.single, on.sum(0))
    assert [rows.start for rows, _ in found.blocks()] == list(range(0, 30, max(1, block // 30)))


def test_nothing_on_is_no_pair() -> None:
    """Codes that are all zero have counts of zero."""
    assert not counted(torch.zeros(3, 5)).dense().any()


def whole(W_dec: Tensor, codes: Tensor) -> tuple[float, float]:
    """coactive_cosine and coactivation_overlap with whole matrices in double precision."""
    on = (codes > 0).double()
    counts = on.T @ on
    single = counts.diagonal().clone()
    counts.fill_diagonal_(0)
    W_dec = torch.nn.functional.normalize(W_dec.double(), dim=1)
    cosine = float((counts * (W_dec @ W_dec.T).abs()).sum() / counts.sum())
    shares = counts / (single[:, None] * single).sqrt().clamp_min(1e-12)
    return cosine, float(shares[single > 0].amax(1).mean())


@pytest.mark.slow  # importing sae-bench takes 7 s
@pytest.mark.parametrize(("d_sae", "k"), [(1_024, 16), (1_024, 100), (4_096, 20)])
def test_pair_statistics_are_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch, d_sae: int, k: int) -> None:
    """However small the blocks are, the scores and histograms are those of whole matrices, to all digits that are shown."""
    from harness.evaluation.measures.separation import separation
    from harness.evaluation.scoring import distributions

    generator = torch.Generator().manual_seed(1)
    W_dec = torch.randn(d_sae, 64, generator=generator)
    scores = torch.rand(600, d_sae, generator=generator)
    codes = torch.zeros_like(scores).scatter_(1, scores.topk(k).indices, 1.0)
    found: list[Any] = []
    for block in (together.BLOCK, 10 * d_sae):
        for module in (together, distributions):
            monkeypatch.setattr(module, "BLOCK", block)
        counts = counted(codes, 128)
        found.append((separation(W_dec, counts), distributions.of_latents(W_dec, counts, 600)))
    (at_once, drawn), (by_blocks, drawn_by_blocks) = found
    assert drawn == drawn_by_blocks
    for name, value in at_once.scores().items():
        assert by_blocks.scores()[name] == pytest.approx(value, rel=1e-9)
    assert (at_once.coactive_cosine, at_once.coactivation_overlap) == pytest.approx(whole(W_dec, codes), rel=1e-6)


PEAK = """
import resource, torch
from harness.evaluation.measures.reconstruction import reconstruct
from harness.evaluation.measures.separation import separation
from harness.evaluation.scoring import distributions
from harness.evaluation.submitted.scored import ScoredSAE
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.measures import together
import harness.evaluation.upstream.core
{before}
d_in, d_sae, tokens = 8, {d_sae}, {tokens}
generator = torch.Generator().manual_seed(0)
W = torch.nn.functional.normalize(torch.randn(d_sae, d_in, generator=generator), dim=1)
tensors = {{"W_enc": W.T.clone(), "b_enc": torch.zeros(d_sae), "W_dec": W, "b_dec": torch.zeros(d_in)}}
sae = Submission(ScoredSAE("topk", tensors, 40), d_in, d_sae, "model", 0, 128)
x = torch.randn(tokens, d_in, generator=generator)
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = reconstruct(sae, x, batch=512)
apart = separation(W, found.counts)
distributions.of_latents(W, found.counts, tokens)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((peak - start) * 1024, peak * 1024, found.l0, apart.coactive_cosine, apart.coactivation_overlap)
"""


def peak(d_sae: int, tokens: int, before: str = "") -> list[float]:
    """Bytes that were added, and the highest there were; L0 and the pair statistics."""
    code = PEAK.format(d_sae=d_sae, tokens=tokens, before=before)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


@pytest.mark.slow
def test_small_blocks_need_little_memory() -> None:
    """At 8,192 latents, whose matrix has 268 MB, blocks of 4 MB add less than 200 MB; the statistics are the same."""
    small = "together.BLOCK = distributions.BLOCK = 2**20"
    added, _, *found = peak(8_192, 500, small)
    assert added < 200e6
    assert found == pytest.approx(peak(8_192, 500, "together.BLOCK = distributions.BLOCK = 2**26")[2:], rel=1e-9)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_65_536_latents_are_scored_within_16_gb() -> None:
    """A published width of SAEBench, under a limit on the address space that its matrix of counts alone would break."""
    limit = "resource.setrlimit(resource.RLIMIT_AS, (16 * 10**9, 16 * 10**9))"
    _, highest, l0, *found = peak(65_536, 500, limit)
    assert highest < 8e9
    assert l0 == 40 and all(0 < value < 1 for value in found)

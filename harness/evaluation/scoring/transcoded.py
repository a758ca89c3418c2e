"""Core's scores of a transcoder: of the MLP's output that it predicts."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from harness.errors import HarnessError
from harness.evaluation.measures.prepared.artifacts import special_tokens
from harness.evaluation.measures.reconstruction import reconstruct
from harness.evaluation.measures.separation import separation
from harness.evaluation.measures.transcoding import other_scores, replaced, scores
from harness.evaluation.protocol import SAEBENCH
from harness.evaluation.scoring import distributions
from harness.evaluation.scoring.scores import Found, over_repeats
from harness.evaluation.scoring.subjects import Subject
from harness.evaluation.upstream.lens import with_mlp_input
from harness.site import hooks


def transcoded(subject: Subject, tokens: Tensor) -> Found:
    """The metrics that core gives of an SAE, from held-out `tokens` [n, context] and the subject's own pairs.

    SAEBench's file is not written: its schema is of an SAE, which gives back what it reads. Raises HarnessError where its protocol is followed.
    """
    if getattr(subject, "protocol", None) == SAEBENCH:
        raise HarnessError("SAEBench has no protocol for a transcoder: leave --protocol out")
    given = subject.submission
    model = with_mlp_input(subject.model(), given.layer)
    rebuilt = reconstruct(given, subject.activations)
    ours: dict[str, float] = {name: value for name, value in vars(rebuilt).items() if name != "counts"}
    mean = given.sae.pair(_mean(subject.activations))[1].to(given.sae.device)
    found = replaced(given.sae, model, hooks(given.site, given.layer), tokens, special_tokens(model.tokenizer), mean)
    known, why = scores(found)
    ours |= known
    details: dict[str, Any] = {"replaced": found, "undefined": why}
    if not why:
        details["other_ablations"] = other_scores(found)
    W_dec = given.directions
    assert W_dec is not None  # a transcoder is never a program
    apart = separation(W_dec.cpu(), rebuilt.counts)
    ours |= apart.scores()
    details |= distributions.of_latents(W_dec.cpu(), rebuilt.counts, len(subject.activations))
    details["undefined"] = {**why, **apart.undefined()}
    return Found(over_repeats([ours]), details)


def _mean(pairs: Any) -> Tensor:
    """Of pairs [tokens, d_in + d_out]."""
    return torch.as_tensor(pairs[:].mean(0, dtype="float64")).float()

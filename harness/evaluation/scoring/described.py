"""The submitted SAE as sae-bench reads it."""

from __future__ import annotations

from harness.evaluation.submitted.scored import ScoredSAE
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream.sae import CustomSAEConfig
from harness.site import hooks


def as_upstream_sae(submission: Submission) -> ScoredSAE:
    """The submitted SAE with the description (`cfg`) that sae-bench reads; no code of the experiment is involved."""
    sae = submission.sae
    sae.cfg = CustomSAEConfig(
        submission.model,
        d_in=submission.d_in,
        d_sae=submission.d_sae,
        hook_layer=submission.layer,
        hook_name=hooks(submission.site, submission.layer).read,
        context_size=submission.context,
        architecture=sae.architecture,
        dtype=str(sae.dtype).removeprefix("torch."),
        device=str(sae.device),
    )
    sae.cfg.architecture_str = sae.architecture
    return sae

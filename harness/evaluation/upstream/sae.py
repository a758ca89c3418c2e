"""The door to sae-bench's description of an SAE, and the number that it gives a result."""

from __future__ import annotations

from sae_bench.custom_saes.custom_sae_config import CustomSAEConfig
from sae_bench.sae_bench_utils import get_eval_uuid

__all__ = ["CustomSAEConfig", "get_eval_uuid"]

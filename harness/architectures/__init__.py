"""Other sparse autoencoders to compare TopK with, each trained by the same loop: `python experiment.py --sae=NAME`."""

from __future__ import annotations

from torch import nn

ARCHITECTURES: dict[str, type[nn.Module]] = {}

"""Other sparse autoencoders to compare TopK with, each trained by the same loop: `python experiment.py --sae=NAME`.

Each is one module: its paper's equations are in the class, its hyperparameters in a dataclass beside it
(docs/architectures.md has the table). A new one is a subclass of `Autoencoder` and a line below.
"""

from __future__ import annotations

from harness.architectures.autoencoder import Autoencoder
from harness.architectures.batch_topk import BatchTopKSAE
from harness.architectures.gated import GatedSAE
from harness.architectures.jumprelu import JumpReLUSAE
from harness.architectures.matryoshka import MatryoshkaSAE
from harness.architectures.ortsae import OrtSAE
from harness.architectures.relu import ReLUSAE
from harness.architectures.transcoder import SkipTranscoder, Transcoder

SAES: dict[str, type[Autoencoder]] = {
    "relu": ReLUSAE,
    "batch_topk": BatchTopKSAE,
    "jumprelu": JumpReLUSAE,
    "gated": GatedSAE,
    "matryoshka": MatryoshkaSAE,
    "ortsae": OrtSAE,
}
ARCHITECTURES: dict[str, type[Autoencoder]] = {**SAES, "transcoder": Transcoder, "skip_transcoder": SkipTranscoder}
"""The last two read pairs of an MLP's input and output (harness/site.py)."""

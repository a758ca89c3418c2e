"""Where in a block of a language model is read: its residual stream, or what goes into its MLP and what comes out. Light."""

from __future__ import annotations

from typing import Literal, NamedTuple

from harness.errors import SettingsError

Site = Literal["resid_post", "mlp"]
"""resid_post: the residual stream after the block. mlp: pairs of the MLP's input and what it adds to the stream."""
RESIDUAL: Site = "resid_post"
MLP: Site = "mlp"
TRANSCODERS = ("transcoder", "skip_transcoder")
"""The values of `sae` that read pairs."""


class Hooks(NamedTuple):
    """Names as SAELens has them: what is read, and what is to be predicted from it where that is something else."""

    read: str
    wanted: str | None = None


class PairScale(NamedTuple):
    """What both halves of a pair are multiplied by before training, so that each has mean length √d."""

    read: float
    wanted: float


def as_site(name: str) -> Site:
    """A site by its name. Raises SettingsError for any other name."""
    for site in (RESIDUAL, MLP):
        if name == site:
            return site
    raise SettingsError(f"site is {name!r}: it is {RESIDUAL} or {MLP}")


def site_of(kind: str | None) -> Site:
    """Where an SAE of that kind reads."""
    return MLP if kind in TRANSCODERS else RESIDUAL


def hooks(site: str, layer: int) -> Hooks:
    """The hook points of a site in block `layer`.

    `mlp.hook_in` is the MLP's own input, after the norm before it and with that norm's weights; `hook_mlp_out` what is added
    to the stream, after the norm behind the MLP where there is one (Gemma-2).
    """
    if site == MLP:
        return Hooks(f"blocks.{layer}.mlp.hook_in", f"blocks.{layer}.hook_mlp_out")
    return Hooks(f"blocks.{layer}.hook_resid_post")


def said(site: str, layer: int) -> str:
    """The site in words."""
    return f"into and out of the MLP of block {layer}" if site == MLP else f"after block {layer}"

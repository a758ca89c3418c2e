"""What each architecture's tensors are, under SAELens' names."""

from __future__ import annotations

# The tensors that each architecture has beside W_enc [d_in, d_sae], W_dec [d_sae, d_in], b_dec [d_in]; all [d_sae].
OWN_TENSORS = {
    "topk": ("b_enc",),
    "standard": ("b_enc",),
    "jumprelu": ("b_enc", "threshold"),
    "gated": ("b_gate", "r_mag", "b_mag"),
    "program": (),
    **dict.fromkeys(("transcoder", "skip_transcoder"), ("b_enc",)),
    **dict.fromkeys(("jumprelu_transcoder", "jumprelu_skip_transcoder"), ("b_enc", "threshold")),
}


def is_transcoder(architecture: str) -> bool:
    """Whether it reads one thing and gives another, of pairs."""
    return architecture.endswith("transcoder")


def shapes_of(architecture: str, d_in: int, d_sae: int, d_out: int) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor; of a program, of W_dec alone, which it may leave out. `d_out` is d_in but for a transcoder."""
    shapes: dict[str, tuple[int, ...]] = {"W_dec": (d_sae, d_out)}
    if architecture != "program":
        shapes |= {"W_enc": (d_in, d_sae), "b_dec": (d_out,)}
    shapes |= {"W_skip": (d_out, d_in)} if "skip" in architecture else {}
    return shapes | dict.fromkeys(OWN_TENSORS[architecture], (d_sae,))

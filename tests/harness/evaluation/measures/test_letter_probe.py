"""The ground-truth probe of first-letter absorption is fitted to its optimum."""

from __future__ import annotations

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from harness.evaluation.measures.letter_probe import L2, fit_letter_probe


def _words(n: int = 600, letters: int = 5, d_in: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    """Activations around one direction a letter, with noise and an offset, and their letters."""
    generator = torch.Generator().manual_seed(0)
    directions = 3 * torch.randn(letters, d_in, generator=generator)
    labels = torch.randint(letters, (n,), generator=generator)
    return directions[labels] + torch.randn(n, d_in, generator=generator) + 5, labels


def test_the_probe_reads_letters_that_are_there() -> None:
    """Separable letters are told apart, offset or not."""
    x, labels = _words()
    weight, bias = fit_letter_probe(x, labels, 5)
    assert ((x @ weight.T + bias).argmax(1) == labels).float().mean() > 0.98


def test_the_probe_stands_at_the_optimum() -> None:
    """No other probe near it has a lower loss: the gradient vanishes."""
    x, labels = _words()
    weight, bias = (part.clone().requires_grad_() for part in fit_letter_probe(x, labels, 5))
    y = one_hot(labels, 5).float()
    loss = (
        binary_cross_entropy_with_logits(x @ weight.T + bias, y, reduction="sum") / len(x) + L2 * weight.square().sum()
    )
    assert max(part.abs().max() for part in torch.autograd.grad(loss, (weight, bias))) < 1e-2


def test_letters_that_are_not_there_are_not_read() -> None:
    """On noise the held-out guesses are no better than chance."""
    generator = torch.Generator().manual_seed(0)
    x, labels = torch.randn(2000, 8, generator=generator), torch.randint(5, (2000,), generator=generator)
    weight, bias = fit_letter_probe(x[:1000], labels[:1000], 5)
    assert ((x[1000:] @ weight.T + bias).argmax(1) == labels[1000:]).float().mean() < 0.35

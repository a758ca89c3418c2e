"""The ground-truth probe of first-letter absorption: one logistic regression a letter, fitted to its optimum.

sae-bench fits it with Adam for a fixed number of epochs on a loss that weights the rare class up. On the small language
model that stops far from the optimum (10 of 26 letters reach F1 0.6 with its 50 epochs, 16 with 250) and says yes too
often. The problem is convex and small, so here L-BFGS solves it: 22 of 26 letters, in a fraction of the time.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

L2 = 1e-5  # of the weights, against the summed mean cross-entropy of the letters
STEPS = 300


def fit_letter_probe(activations: Tensor, labels: Tensor, n_letters: int = 26) -> tuple[Tensor, Tensor]:
    """Weights [n_letters, d_in] and biases [n_letters]: score > 0 says that the word begins with the letter.

    Minimises Σ_letters mean_n BCE(w·x + b, y) + L2 ‖w‖² over activations [n, d_in] and letter numbers [n].
    """
    mean = activations.mean(0)
    x, y = activations - mean, one_hot(labels, n_letters).to(activations.dtype)
    with torch.enable_grad():
        weight = torch.zeros(n_letters, x.shape[1], requires_grad=True)
        bias = torch.zeros(n_letters, requires_grad=True)
        optimizer = torch.optim.LBFGS([weight, bias], max_iter=STEPS, history_size=20, line_search_fn="strong_wolfe")

        def closure() -> Tensor:
            optimizer.zero_grad()
            scores = x @ weight.T + bias
            loss = binary_cross_entropy_with_logits(scores, y, reduction="sum") / len(x)
            loss = loss + L2 * weight.square().sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    weight, bias = weight.detach(), bias.detach()
    return weight, bias - weight @ mean

"""UnitNormAdam against torch's own plain Adam, and its sphere."""

from __future__ import annotations

import pytest
import torch

from harness.optim import UnitNormAdam

D_IN, D_SAE = 12, 40
RATES = (0.05, 0.02, 0.01)


pytestmark = pytest.mark.usefixtures("kernels")


def random_gradients(shapes: list[tuple[int, ...]], steps: int = len(RATES)) -> list[list[torch.Tensor]]:
    generator = torch.Generator().manual_seed(7)
    return [[torch.randn(shape, generator=generator) for shape in shapes] for _ in range(steps)]


def start(shape: tuple[int, ...], seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def reference(
    parameters: list[torch.Tensor], gradients: list[list[torch.Tensor]], max_norm: float, unit: int | None = None
) -> None:
    """torch.optim.Adam, not fused, one operation after the other; `unit` is the parameter kept on the sphere."""
    adam = torch.optim.Adam(parameters, foreach=False, fused=False)
    for lr, step in zip(RATES, gradients, strict=True):
        for parameter, gradient in zip(parameters, step, strict=True):
            parameter.grad = gradient.clone()
        if unit is not None:
            rows = parameters[unit].detach()
            grad = parameters[unit].grad
            grad -= (grad * rows).sum(1, keepdim=True) * rows
        torch.nn.utils.clip_grad_norm_(parameters, max_norm, foreach=False)
        adam.param_groups[0]["lr"] = lr
        adam.step()
        if unit is not None:
            rows /= rows.norm(dim=1, keepdim=True)


def ours(
    parameters: list[torch.Tensor], gradients: list[list[torch.Tensor]], max_norm: float, unit: int | None
) -> None:
    optimizer = UnitNormAdam(parameters, unit_rows=[] if unit is None else [parameters[unit]], max_grad_norm=max_norm)
    for lr, step in zip(RATES, gradients, strict=True):
        for parameter, gradient in zip(parameters, step, strict=True):
            parameter.grad = gradient.clone()
        optimizer.step(lr)


SHAPES = [(D_SAE, D_IN), (D_SAE,), (D_SAE, D_IN), (D_IN,)]


@pytest.mark.parametrize("max_norm", [1.0, 1e9], ids=["clipped", "not clipped"])
@pytest.mark.parametrize("unit", [None, 2], ids=["free", "unit rows"])
def test_a_step_equals_projection_clipping_adam_and_normalisation_one_after_the_other(
    max_norm: float, unit: int | None
) -> None:
    """Several steps, with changing learning rate, end where the separate operations end."""
    first = [start(shape, i) for i, shape in enumerate(SHAPES)]
    first[2] /= first[2].norm(dim=1, keepdim=True)
    plain = [torch.nn.Parameter(tensor.clone()) for tensor in first]
    fast = [torch.nn.Parameter(tensor.clone()) for tensor in first]
    gradients = random_gradients(SHAPES)
    reference(plain, gradients, max_norm, unit)
    ours(fast, gradients, max_norm, unit)
    for got, expected, before in zip(fast, plain, first, strict=True):
        assert torch.allclose(got, expected, atol=1e-6)
        assert not torch.allclose(got, before, atol=1e-3)  # it did move


def test_transposed_parameters_and_gradients_are_stepped_right() -> None:
    """Parameters or gradients that are transposed views (where torch's fused CPU Adam goes wrong) step as others do."""
    shape = (D_IN, D_SAE)
    for parameter_is_view in (True, False):
        for gradient_is_view in (True, False):
            base = start(shape, 5)
            strided = base.T.contiguous().T if parameter_is_view else base.clone()
            assert strided.is_contiguous() != parameter_is_view
            plain, fast = torch.nn.Parameter(base.clone()), torch.nn.Parameter(strided)
            gradients = random_gradients([shape])
            given = [[g.T.contiguous().T if gradient_is_view else g for g in step] for step in gradients]
            reference([plain], gradients, 1e9)
            optimizer = UnitNormAdam([fast], max_grad_norm=1e9)
            for lr, [gradient] in zip(RATES, given, strict=True):
                fast.grad = gradient
                optimizer.step(lr)
            assert torch.allclose(fast, plain, atol=1e-6)


def test_decoder_rows_stay_on_the_sphere_and_the_gradient_along_them_has_no_effect() -> None:
    """Rows have length 1 after a step, and adding to the gradient a part along each row changes nothing."""
    rows = start((D_SAE, D_IN), 1)
    rows /= rows.norm(dim=1, keepdim=True)
    [[gradient]] = random_gradients([(D_SAE, D_IN)], steps=1)
    ends = []
    for along in (0.0, 5.0):
        parameter = torch.nn.Parameter(rows.clone())
        parameter.grad = gradient + along * rows
        UnitNormAdam([parameter], unit_rows=[parameter]).step(0.1)
        ends.append(parameter.detach())
    assert torch.allclose(ends[0].norm(dim=1), torch.ones(D_SAE), atol=1e-6)
    assert torch.allclose(ends[0], ends[1], atol=1e-5)


def test_a_gradient_that_is_not_finite_ends_in_weights_that_show_it() -> None:
    """NaN or infinity in one gradient is not hidden by clipping: the run's loss becomes NaN."""
    for fault in (float("nan"), float("inf")):
        parameter = torch.nn.Parameter(start((D_SAE, D_IN), 1))
        parameter.grad = torch.ones(D_SAE, D_IN)
        parameter.grad[3, 4] = fault
        UnitNormAdam([parameter], unit_rows=[parameter]).step(0.1)
        assert parameter.isnan().any()


def test_long_parameters_are_stepped_to_their_last_number() -> None:
    """A size that is no multiple of the pieces it is worked in gives what torch's Adam gives, in every place."""
    sizes = [(9001,), (3, 4099), (1,)]
    first = [start(shape, i) for i, shape in enumerate(sizes)]
    plain = [torch.nn.Parameter(tensor.clone()) for tensor in first]
    fast = [torch.nn.Parameter(tensor.clone()) for tensor in first]
    gradients = random_gradients(sizes)
    reference(plain, gradients, 1.0)
    ours(fast, gradients, 1.0, None)
    for got, expected in zip(fast, plain, strict=True):
        assert torch.allclose(got, expected, atol=1e-6)


def test_a_parameter_without_a_gradient_stays_and_gradients_are_freed() -> None:
    """What the loss does not reach is not moved (nor brought off the sphere), and no gradient is left for the next step."""
    used, unused = torch.nn.Parameter(start((4, 3), 0)), torch.nn.Parameter(start((5, 3), 1))
    before = unused.detach().clone()
    used.grad = torch.ones(4, 3)
    UnitNormAdam([used, unused]).step(0.1)
    assert torch.equal(unused, before)
    assert used.grad is None

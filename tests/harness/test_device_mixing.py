"""A training step on another device than the CPU, on a machine that has none.

Tensors are torch's fake ones: they have a shape, a type and a device, and no numbers; an operation between two devices
raises as it would on a GPU. They lie on "meta" (a build of torch without CUDA cannot hold fake CUDA tensors), and so take
every branch of the harness that is not the CPU's (but pinned memory, which is CUDA's own: test_pool.py). What such tensors
cannot show: numbers, speed, and torch's own kernels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only

import experiment
from harness import sae as sae_module
from harness.architectures import ARCHITECTURES
from harness.coactivation import CoactivationEMA, count_pairs, firing_frequency
from harness.exported import ExportedSAE
from harness.optim import Moments, UnitNormAdam
from harness.pair_table import PairTable
from harness.pairs import PairAverage, pair_penalty
from harness.pool import Pool
from harness.sae import Codes
from harness.settings import USE_AUX_K

pytestmark = pytest.mark.slow

DEVICE = torch.device("meta")
D_IN = 12
SETTINGS = experiment.Settings(d_sae=96, k=4, k_aux=8, steps=3, batch_size=32, dead_after_tokens=40)
MIXED = "same device|device type|different devices"
aten = torch.ops.aten
QUESTIONS = (aten._local_scalar_dense.default, aten.nonzero.default, aten.bincount.default, aten._unique2.default)
UNORDERED = (aten.index_add, aten.index_add_, aten.scatter_add, aten.scatter_add_)  # of floats, on a GPU


class Answers(TorchDispatchMode):
    """Answers the host's questions, which fake tensors cannot, and keeps them: on a GPU it would wait for each answer."""

    FOUND = 5  # how many there are
    NUMBER = 1  # what a number is

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.unordered: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in QUESTIONS:
            self.asked.append(func.__name__)
        if func.overloadpacket in UNORDERED:
            self.unordered.append(func.__name__)
        if func is aten._local_scalar_dense.default:
            return {torch.bool: False, torch.int64: self.NUMBER}.get(args[0].dtype, float(self.NUMBER))
        if func is aten.nonzero.default:
            return args[0].new_empty((self.FOUND, args[0].ndim), dtype=torch.int64)
        if func is aten.bincount.default:
            return args[0].new_empty(args[2] if len(args) > 2 else kwargs["minlength"], dtype=torch.int64)
        if func is aten._unique2.default:
            return (
                args[0].new_empty(self.FOUND),
                args[0].new_empty(args[0].shape, dtype=torch.int64),
                args[0].new_empty(self.FOUND, dtype=torch.int64),
            )
        if func is aten.index.Tensor:  # by which are true: by that many places
            args = (args[0], tree_map_only(Tensor, self._places, args[1]))
        return func(*args, **(kwargs or {}))

    def _places(self, index: Tensor) -> Tensor:
        if index.dtype != torch.bool:
            return index
        self.asked.append("index by bool")
        return index.new_empty(self.FOUND, dtype=torch.int64)


def moved(module: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    """As Module.to, which cannot swap fake tensors in place."""
    for name, parameter in module._parameters.items():
        module._parameters[name] = torch.nn.Parameter(parameter.detach().to(device))
    for name, buffer in module._buffers.items():
        module._buffers[name] = buffer.to(device)
    return module


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    """No tensor of these tests has numbers."""
    monkeypatch.setattr(torch.nn.Module, "to", moved)
    with FakeTensorMode(allow_non_fake_inputs=True), Answers() as mode:
        yield mode


def pool() -> Pool:
    """Activations in memory, on the device."""
    made = Pool(np.zeros((0, D_IN), np.float32), torch.zeros(D_IN), 1.0, DEVICE)
    made.tokens, made._rows = 500, torch.empty(500, D_IN, device=DEVICE)
    return made


def sparse_codes(d_sae: int) -> Codes:
    return Codes(torch.empty(32, 4, dtype=torch.int64, device=DEVICE), torch.empty(32, 4, device=DEVICE))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", ["topk", *ARCHITECTURES])
def test_training_mixes_no_devices(kind: str, precision: str) -> None:
    """Every kind of SAE through the experiment's own loop: drawing, encoding, dead latents, loss, gradients, Adam."""
    sae, done, _ = experiment.train(replace(SETTINGS, sae=kind, precision=precision), pool())
    assert done["steps"] == SETTINGS.steps
    for name, tensor in sae.state_dict().items():
        assert tensor.device == DEVICE, name


@pytest.mark.parametrize("kind", ["topk", *ARCHITECTURES])
def test_a_step_waits_for_the_device_only_to_know_which_latents_are_dead(answers: Answers, kind: str) -> None:
    """Between two points of the loss curve the host asks nothing but AuxK's one question, where there is an AuxK; and
    nothing is summed in whatever order a GPU's threads come."""
    settings, data = replace(SETTINGS, sae=kind), pool()
    kinds: dict[str, Any] = {"topk": experiment.TopKSAE, **ARCHITECTURES}
    sae = moved(kinds[kind](D_IN, settings, torch.zeros(D_IN)), DEVICE)
    optimizer = UnitNormAdam(sae.parameters(), unit_rows=[sae.W_dec])
    dead = sae_module.DeadLatents(settings.d_sae, settings.dead_after_tokens, DEVICE)
    out = sae(data.draw(settings.batch_size))
    dead.update(out.codes)
    torch.stack(list(sae.loss_terms(out, dead.mask, 0.5).values())).sum().backward()
    optimizer.step(1e-3)
    assert answers.asked == (["nonzero.default"] if kind in USE_AUX_K else [])
    assert not answers.unordered


def test_a_penalty_on_listed_pairs_sums_in_one_order(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> None:
    """No gradient is added up in whatever order a GPU's threads come."""
    monkeypatch.setattr("harness.pairs.LIST_COST_GPU", 0)
    counts = count_pairs(sparse_codes(SETTINGS.d_sae), SETTINGS.d_sae)
    answers.unordered.clear()  # whole numbers, whose sum has no order
    W_dec = torch.nn.Parameter(torch.empty(SETTINGS.d_sae, D_IN, device=DEVICE))
    pair_penalty(W_dec, counts).backward()
    assert not answers.unordered


@pytest.mark.parametrize("max_pairs", [4_000_000, 50])
@pytest.mark.parametrize("cost", [0, 10**9], ids=["pair by pair", "by blocks"])
def test_pairs_mix_no_devices(monkeypatch: pytest.MonkeyPatch, cost: int, max_pairs: int) -> None:
    """Counts, averages and both penalties follow the codes' device, also where an average was made before any codes."""
    monkeypatch.setattr("harness.pairs.LIST_COST_GPU", cost)
    if max_pairs == 50:
        monkeypatch.setattr("harness.coactivation.COUNTED_IN_PLACE", 0)
    d_sae = SETTINGS.d_sae
    W_dec = torch.nn.Parameter(torch.empty(d_sae, D_IN, device=DEVICE))
    ema, average = CoactivationEMA(d_sae, max_pairs=max_pairs), PairAverage(d_sae, max_pairs=max_pairs)
    pair_penalty(W_dec, ema.normalised()).backward()
    for _ in range(2):
        codes = sparse_codes(d_sae)
        ema.update(codes)
        counts = count_pairs(codes, d_sae, active=firing_frequency(codes, d_sae) > 0)
        average.update(counts, average.of(counts))
        pair_penalty(W_dec, ema.normalised("conditional"), power=2).backward()
        pair_penalty(W_dec, counts.dense(d_sae)).backward()
    assert W_dec.grad.device == DEVICE


class Held(torch.nn.Module):
    """A program's tensors where one could look past them: in a buffer, and in an object beside the module."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("W", torch.empty(20, D_IN, device=DEVICE))

    def encode(self, x: Tensor) -> Tensor:
        return x @ self.W.T

    def decode(self, codes: Tensor) -> Tensor:
        return codes @ self.W


@pytest.mark.parametrize("way", ["buffers", "closure", "decoder alone", "object in a closure", "W_dec on the CPU"])
def test_a_program_is_tried_where_its_tensors_are(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Rows to try a program on lie on the device of buffers, of variables around a function, or of the other function."""
    monkeypatch.setattr(Answers, "NUMBER", 0)  # values that are not finite
    held = Held()
    W, holder = held.W, {"sae": held}
    encode, decode = {
        "closure": (lambda x: x @ W.T, lambda z: z @ W),
        "decoder alone": (lambda x: x.repeat(1, 2)[:, :20], held.decode),
        "object in a closure": (lambda x: holder["sae"].encode(x), lambda z: holder["sae"].decode(z)),
    }.get(way, (held.encode, held.decode))
    program = ExportedSAE(encode, decode, D_IN, 20, W_dec=torch.empty(20, D_IN) if "CPU" in way else None)
    assert program._example(D_IN).device == DEVICE
    program.check()


def left_behind(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Plant a tensor on the CPU."""
    if what == "dead latents":
        latents = sae_module.DeadLatents
        monkeypatch.setattr(experiment, "DeadLatents", lambda d_sae, after, device: latents(d_sae, after))
    if what == "activations":
        draw = Pool.draw
        monkeypatch.setattr(Pool, "draw", lambda self, size: draw(self, size).cpu())
    if what == "moments":
        monkeypatch.setattr(
            UnitNormAdam, "_moments_of", lambda self, p: Moments(torch.zeros(p.shape), torch.zeros(p.shape))
        )
    if what == "where latents begin":
        sort = sae_module.sort_by_latent
        monkeypatch.setattr(sae_module, "sort_by_latent", lambda *given: tuple(part.cpu() for part in sort(*given)))


@pytest.mark.parametrize("what", ["dead latents", "activations", "moments", "where latents begin"])
def test_a_tensor_left_on_the_cpu_is_caught(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """One tensor that stays behind ends the first test's run with torch's own complaint about two devices."""
    left_behind(monkeypatch, what)
    with pytest.raises(RuntimeError, match=MIXED):
        experiment.train(SETTINGS, pool())


def test_pairs_left_on_the_cpu_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of pairs that does not follow the codes."""
    monkeypatch.setattr(PairTable, "_move", lambda self, device: None)
    with pytest.raises(RuntimeError, match=MIXED):
        test_pairs_mix_no_devices(monkeypatch, 0, 50)

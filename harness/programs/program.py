"""Reads an exported program (`.pt2`, as torch.export writes it) as data, and runs it.

`torch.export.load` must not be given a file of unknown origin: it unpickles (sample inputs, pickled weights, constants),
evaluates text (the sizes, by sympy), resolves operators to any attribute of the torch package and loads compiled
libraries. None of that happens here. Of the archive three kinds of members are read: the graph (JSON), the tables of
tensors (JSON) and the tensors' bytes; an operator is called only if it is one of ATen's core set, changes nothing in
place and draws nothing at random. Anything else is a ProgramError. So a program is what a weight file is: data.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harness.errors import ProgramError
from harness.programs.archive import MAX_GRAPH_BYTES, Members, dtype_of, read_tensors
from harness.programs.operators import constant, find_operator

GRAPH = "models/model.json"
SAME_ALWAYS = {"as_none": None, "as_layout": torch.strided, "as_memory_format": torch.preserve_format}
HELD = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}

Value = Any  # a tensor, a number, a flag, or a list of these
Argument = Callable[[dict[str, Value]], Value]


@dataclass(frozen=True)
class Step:
    """One operator of the graph: what is called, with what, and how its results are named."""

    operator: Callable[..., Value]
    positional: list[Argument]
    named: dict[str, Argument]
    results: list[str | list[str]]

    def run(self, values: dict[str, Value]) -> None:
        """Call the operator and put its results among the values."""
        result = self.operator(
            *[argument(values) for argument in self.positional],
            **{name: argument(values) for name, argument in self.named.items()},
        )
        several = result if len(self.results) > 1 else [result]
        for name, value in zip(self.results, several, strict=bool(self.results)):
            if isinstance(name, str):
                values[name] = value
            else:
                values.update(zip(name, value, strict=True))


@dataclass(frozen=True)
class Program:
    """A function of one tensor [batch, …] that returns one tensor [batch, …]."""

    held: dict[str, Tensor]  # weights and constants by the names that the graph gives them
    input: str
    steps: list[Step]
    output: str

    def __call__(self, x: Tensor) -> Tensor:
        """The program's value for x; differentiable where x asks for it (RAVEL learns a mask on the latents)."""
        values: dict[str, Value] = {**self.held, self.input: x}
        for step in self.steps:
            step.run(values)
        result: Tensor = values[self.output]
        return result


def load_program(folder: Path, device: str = "cpu") -> tuple[Program, Program]:
    """The programs that `harness.exported.ExportedSAE` left in a folder: encode [batch, d_in] → [batch, d_sae], decode back.

    Nothing of the experiment is imported and nothing is unpickled. Raises ProgramError.
    """
    return read_program(folder / "encode.pt2", device), read_program(folder / "decode.pt2", device)


def read_program(path: Path, device: str = "cpu") -> Program:
    """One program, with its tensors on `device`. Raises ProgramError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = Members(archive)
            graph_module = json.loads(members.read(GRAPH, MAX_GRAPH_BYTES))["graph_module"]
            tensors = {name: tensor.to(device) for name, tensor in read_tensors(members).items()}
        return _program(graph_module, tensors, device)
    except ProgramError as error:
        raise ProgramError(f"{path}: {error}") from error
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ProgramError(f"{path}: cannot be read as an exported program ({error!r})") from error
    except (RuntimeError, RecursionError) as error:  # torch's own checks of sizes, strides and storage
        raise ProgramError(f"{path}: holds tensors that do not fit their description ({error})") from error


def _program(graph_module: dict[str, Any], tensors: dict[str, Tensor], device: str) -> Program:
    """The graph with its names bound to tensors."""
    held, inputs = {}, []
    for spec in graph_module["signature"]["input_specs"]:
        ((kind, given),) = spec.items()
        if kind == "user_input":
            inputs.append(given["arg"]["as_tensor"]["name"])
        elif kind in HELD:
            held[given["arg"]["name"]] = tensors[given[HELD[kind]]]
        else:
            raise ProgramError(f"takes a {kind}: only tensors can be held")
    outputs = graph_module["signature"]["output_specs"]
    if len(inputs) != 1 or len(outputs) != 1 or "user_output" not in outputs[0]:
        raise ProgramError(
            "must take one tensor, return one tensor and remember nothing from call to call; "
            f"it has {len(inputs)} inputs and {len(outputs)} outputs"
        )
    output = outputs[0]["user_output"]["arg"]["as_tensor"]["name"]
    steps = [_step(node, device) for node in graph_module["graph"]["nodes"]]
    return Program(held, inputs[0], steps, output)


def _step(node: dict[str, Any], device: str) -> Step:
    positional, named = [], {}
    for given in node["inputs"]:
        argument = _argument(given["arg"], device)
        if given["kind"] == 2:
            named[given["name"]] = argument
        else:
            positional.append(argument)
    return Step(find_operator(node["target"]), positional, named, [_result(one) for one in node["outputs"]])


def _result(described: dict[str, Any]) -> str | list[str]:
    """The name of a result, or the names of a list of tensors."""
    ((kind, given),) = described.items()
    if kind == "as_tensors":
        return [str(one["name"]) for one in given]
    if kind == "as_tensor":
        return str(given["name"])
    if kind in ("as_sym_int", "as_sym_bool", "as_sym_float"):
        return str(given["as_name"])
    if kind == "as_none":
        return "unused"
    raise ProgramError(f"has an operator whose result is {kind}")


def _argument(described: dict[str, Any], device: str) -> Argument:
    """How an argument is found among the values: by name, or a constant."""
    ((kind, given),) = described.items()
    if kind in ("as_tensor", "as_sym_int", "as_sym_bool", "as_sym_float"):
        return _named_or_number(given)
    if kind in ("as_tensors", "as_sym_ints", "as_sym_floats"):
        return _list([_named_or_number(one) for one in given])
    if kind == "as_optional_tensor":
        return _optional(given)
    if kind == "as_optional_tensors":
        return _list([_optional(one) for one in given])
    if kind in ("as_int", "as_float", "as_bool", "as_ints", "as_floats", "as_bools", "as_string"):
        return _constant(constant(given))
    if kind == "as_scalar_type":
        return _constant(dtype_of(given))
    if kind == "as_device":
        return _constant(torch.device(device))
    if kind in SAME_ALWAYS:
        return _constant(SAME_ALWAYS[kind])
    raise ProgramError(f"has an argument of the kind {kind}: control flow and objects are not run")


def _constant(value: Value) -> Argument:
    return lambda values: value


def _list(arguments: list[Argument]) -> Argument:
    return lambda values: [argument(values) for argument in arguments]


def _optional(given: dict[str, Any]) -> Argument:
    return _constant(None) if "as_none" in given else _named_or_number(given["as_tensor"])


def _named_or_number(given: dict[str, Any]) -> Argument:
    """{"name": …} of a tensor, {"as_name": …} of a number found before, or a number."""
    name = given.get("name", given.get("as_name"))
    if isinstance(name, str):
        return lambda values: values[name]
    ((_, number),) = given.items()
    return _constant(constant(number))

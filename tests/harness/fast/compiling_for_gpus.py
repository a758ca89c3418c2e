"""Compile every kernel of `triton_code` for two generations of GPUs, on a machine that has none, and print what came of it.

    python -m tests.harness.fast.compiling_for_gpus

One JSON object: {"select": {"80": {"registers": 119, "spilled_bytes": 0}, …}, …}. Not in Triton's interpreter, which compiles nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from harness.fast import triton_code as code

GENERATIONS = (80, 90)  # A100; H100 and H200


class Kernel(NamedTuple):
    """A kernel as it is called: the kinds of its arguments by their names. A pointer that is not named is to bfloat16."""

    function: Any
    floats: str
    whole: str
    numbers: str
    scalars: str
    constants: dict[str, Any]
    warps: int = 4


WIDTH = {"width": 1_024}
SELECT = "names out_names"
ADAM = "weights gradient means squares products scale"
ADAM_SCALARS = "rest_1 beta_2 rest_2 step root epsilon"
KERNELS = {
    "select": Kernel(
        code.select, "out_values", SELECT, "columns k", "", {"width": 8_192, "lowest": 16, "named": False}, warps=16
    ),
    "select_again": Kernel(
        code.select, "source out_values", SELECT, "columns k", "", {"width": 4_096, "lowest": 0, "named": True}, warps=8
    ),
    "decode": Kernel(code.decode, "values weights out", "indices", "k d_in", "", WIDTH),
    "row_dots": Kernel(code.row_dots, "above weights out", "indices", "k d_in", "", WIDTH),
    "gather_pieces": Kernel(
        code.gather_pieces,
        "rows coefficients into_w into_b part_w part_b",
        "order first last target",
        "d_sae k d_in",
        "",
        WIDTH,
    ),
    "add_parts": Kernel(code.add_parts, "part_w part_b into_w into_b", "first last", "d_in", "", WIDTH),
    "row_products": Kernel(code.row_products, "gradient weights products", "", "numbers columns", "", WIDTH),
    "adam_unit": Kernel(
        code.adam_rows, ADAM, "", "numbers columns", ADAM_SCALARS, {"width": 4_096, "unit": True}, warps=8
    ),
    "adam": Kernel(code.adam_rows, ADAM, "", "numbers columns", ADAM_SCALARS, {"width": 4_096, "unit": False}, warps=8),
}


def compiled() -> dict[str, dict[str, dict[str, int]]]:
    """What the assembler says of each kernel on each generation. Raises what Triton raises where one does not compile."""
    return {
        name: {str(generation): _on(generation, kernel) for generation in GENERATIONS}
        for name, kernel in KERNELS.items()
    }


def _on(generation: int, kernel: Kernel) -> dict[str, int]:
    kinds = {"*fp32": kernel.floats, "*i64": kernel.whole, "i32": kernel.numbers, "fp32": kernel.scalars}
    named = {name: kind for kind, names in kinds.items() for name in names.split()}
    named |= dict.fromkeys(kernel.constants, "constexpr")
    signature = {name: named.get(name, "*bf16") for name in kernel.function.arg_names}
    source = ASTSource(fn=kernel.function, signature=signature, constexprs=kernel.constants)
    target = GPUTarget("cuda", generation, 32)
    made = triton.compile(source, target=target, options={"num_warps": kernel.warps})
    return _assembled(made.asm["ptx"], generation)


def _assembled(ptx: str, generation: int) -> dict[str, int]:
    assembler = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "ptxas"
    with tempfile.NamedTemporaryFile("w", suffix=".ptx") as file:
        file.write(ptx)
        file.flush()
        arch = f"sm_{generation}" + ("a" if generation == 90 else "")
        command = [str(assembler), "-v", f"-arch={arch}", file.name, "-o", "/dev/null"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    registers = re.search(r"Used (\d+) registers", said)
    assert registers, said
    return {
        "registers": int(registers[1]),
        "spilled_bytes": sum(map(int, re.findall(r"(\d+) bytes spill stores", said))),
    }


if __name__ == "__main__":
    print(json.dumps(compiled()))

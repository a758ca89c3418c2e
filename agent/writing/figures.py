"""Whether the figures are real: files that show something, drawn by code that reads its numbers from the runs."""

from __future__ import annotations

import ast
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from agent.experiment.results import Results

_PNG = b"\x89PNG\r\n\x1a\n"
_DECIMAL = re.compile(r"(?<![\w.])\d*\.\d{2,}(?![\w.])")
_LOOKS = re.compile(
    r"colou?r|palette|cmap|size|ratio|rect|anchor|margin|style|dash|tick|alpha|extent|bbox|width|height|pad|rc|lim|hatch|marker"
    r"|zorder|offset|grid|font|\bc$",
    re.IGNORECASE,
)
_FEW = 3
"""From this many decimals on, a literal collection looks like results."""


def check_figures(folder: Path, sources: Mapping[str, str], results: Results) -> list[str]:
    """Why the figures in `folder`, drawn by `sources` (file name to text), cannot be taken; empty where they can.

    Each reason is a sentence for the coder.
    """
    reasons = check_files(folder)
    for name, text in sources.items():
        reasons += check_source(name, text, results)
    return reasons


def check_files(folder: Path) -> list[str]:
    """Why the figure files cannot be taken: none there, one form missing, damaged, empty, or showing nothing."""
    files = (
        sorted(path for path in folder.glob("*") if path.suffix in (".pdf", ".png"))
        if folder.is_dir()
        else []
    )
    if not files:
        return ["plot.py wrote no figure into figures/"]
    reasons = [f"figures/{path.name}: {why}" for path in files if (why := _why_unreal(path))]
    names = {path.name for path in files}
    for stem in sorted({path.stem for path in files}):
        for suffix in (".pdf", ".png"):
            if stem + suffix not in names:
                reasons.append(f"figures/{stem}{suffix} is missing; write each figure as PDF and as PNG")
    return reasons


def check_source(name: str, text: str, results: Results) -> list[str]:
    """Why a plotting script may show something other than what the runs measured."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return [f"{name}, line {error.lineno}: {error.msg}"]
    reasons = list(_typed_data(tree, name))
    reasons += _typed_results(tree, name, results)
    reasons += _made_up(tree, name)
    if not any(
        isinstance(node, ast.Constant) and "final_info.json" in str(node.value) for node in ast.walk(tree)
    ):
        reasons.append(
            f"{name} never reads final_info.json; every number that is drawn must come from run_*/final_info.json"
        )
    return list(dict.fromkeys(reasons))


def _why_unreal(path: Path) -> str:
    data = path.read_bytes()
    if not data:
        return "the file is empty"
    return _why_no_pdf(data) if path.suffix == ".pdf" else _why_no_png(data)


def _why_no_pdf(data: bytes) -> str:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
        return "not a whole PDF file"
    if not re.search(rb"/Type\s*/Page\b", data) and b"/ObjStm" not in data:
        return "the PDF has no page"
    drawn = [len(_inflated(stream)) for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)]
    return "the PDF shows nothing" if max(drawn, default=0) < 64 else ""


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream


def _why_no_png(data: bytes) -> str:
    if not data.startswith(_PNG) or b"IEND" not in data[-16:]:
        return "not a whole PNG file"
    width, height = struct.unpack(">II", data[16:24])
    if width < 32 or height < 32:
        return f"the picture is only {width} by {height} pixels"
    pixels, place = b"", len(_PNG)
    while place + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        if kind == b"IDAT":
            pixels += data[place + 8 : place + 8 + length]
        place += length + 12
    try:
        levels = set(zlib.decompress(pixels))
    except zlib.error:
        return "the PNG's picture data are damaged"
    # one colour leaves at most that colour, zeros and the five filter types
    return "the picture is one colour throughout" if len(levels) <= 7 else ""


def _typed_data(tree: ast.AST, name: str) -> Iterator[str]:
    """Literal collections of decimals, except where they set how a figure looks."""
    for node, use in _with_use(tree, ""):
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            items: list[ast.expr] = node.elts
        elif isinstance(node, ast.Dict):
            if any(isinstance(key, ast.Constant) and "." in str(key.value) for key in node.keys):
                continue  # matplotlib's rcParams
            items = node.values
        else:
            continue
        decimals = [item for item in items if _is_decimal(item)]
        if len(decimals) >= _FEW and not _LOOKS.search(use):
            yield (
                f"{name}, line {node.lineno}: {len(decimals)} decimals are typed in a literal; "
                f"read every number that is drawn from run_*/final_info.json"
            )
    for constant in ast.walk(tree):
        text = constant.value if isinstance(constant, ast.Constant) else None
        if isinstance(text, str) and len(_DECIMAL.findall(text)) >= _FEW:
            yield f"{name}, line {constant.lineno}: a text holds {_FEW} or more decimals; numbers must be read, not typed"  # type: ignore[attr-defined]


def _with_use(node: ast.AST, use: str) -> Iterator[tuple[ast.AST, str]]:
    """Each node with the name that it is bound to: a variable, a keyword, a called function."""
    yield node, use
    if isinstance(node, ast.Assign):
        use = " ".join(ast.unparse(target) for target in node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        use = ast.unparse(node.target)
    elif isinstance(node, ast.keyword):
        use = node.arg or use
    elif isinstance(node, ast.Call):
        use = ast.unparse(node.func).rsplit(".", 1)[-1]
    for child in ast.iter_child_nodes(node):
        yield from _with_use(child, use)


def _is_decimal(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def _typed_results(tree: ast.AST, name: str, results: Results) -> Iterator[str]:
    """Decimals of at least three places that are a run's measured value."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        typed = [repr(node.value)] if isinstance(node.value, float) else []
        typed += _DECIMAL.findall(node.value) if isinstance(node.value, str) else []
        for text in typed:
            places = len(text.partition(".")[2]) if "e" not in text else 0
            if places < _FEW:
                continue
            for run in results.runs:
                for metric, value in run.values.items():
                    if abs(value.mean - float(text)) <= 0.5 * 10**-places:
                        yield f"{name}, line {node.lineno}: {text} is typed and is {run.name}'s {metric}; read it from its file"


def _made_up(tree: ast.AST, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if re.search(r"(?:^|\.)random\.|default_rng", called):
            yield f"{name}, line {node.lineno}: {called}() draws random numbers; a figure shows only what was measured"  # type: ignore[attr-defined]

"""Figures: plot.py is run on the results of the accepted runs, and what it drew is checked before it counts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import EnvironmentBroken, Interrupted
from agent.experiment.failure.cause import find_cause
from agent.experiment.failure.own_code import OwnCode
from agent.experiment.figures.watching import trace, watched
from agent.experiment.launch import Bench, launch, prepare_code
from agent.launching.place import Place
from agent.proofreading.python_source import typed_result
from agent.results.to_draw import known_results, with_seeds
from agent.sandbox.leavings import excess, remove
from agent.session.events import FiguresDrawn
from agent.session.files import sha256, write_json
from agent.session.steps import BASELINE
from agent.session.template.reported import as_infos

_MAGIC = {".pdf": b"%PDF-", ".png": b"\x89PNG\r\n\x1a\n"}
_LARGEST = 20_000_000
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
"""Names that LaTeX, a web page and every file system take as they are."""
_NOISE = f" (in {BASELINE} each also with noise: number or null, the half-width of the band that verdicts use)"


@dataclass(frozen=True)
class FigureData:
    """What there is to draw: each file's content by its name (results/to_draw.py), and the baseline's folder with its seeds."""

    files: Mapping[str, Any]
    run_0: Path


def draw(bench: Bench, folder: Path, files: Mapping[str, bytes], data: FigureData, target: Path) -> FiguresDrawn:
    """Run the figures' command in `folder`; where every figure is there and sound, they replace those in `target`.

    Raises Interrupted, and EnvironmentBroken where no edit can mend it.
    """
    code = folder / "code"
    prepare_code(code, files)
    _lay_out(code, data)
    settings = bench.template.figures
    known = known_results(data.files) | as_infos(bench.template.reported)
    for name in settings.editable:
        if typed := typed_result(files[name].decode("utf-8", "replace"), known):
            reason = f"{name} holds results that were typed in, line {typed}; read them from run_*/final_info.json"
            return _failed(reason, reason, "typed numbers")
    place = watched(Place.within(folder, cwd=code), bench.template.root)
    finished = launch(bench, settings.command, place, settings.timeout_s, slot=False)
    remove(place.scratch)
    if finished.interrupted:
        raise Interrupted("stopped while the figures were drawn")
    if beyond := excess(code, bench.leavings):
        remove(code)
        return _failed(f"{beyond}; it was removed", f"{beyond}; it was removed", "figures|left too much")
    if finished.exit_code != 0 or finished.timed_out:
        cause = find_cause(
            place.stdout, place.stderr, finished, OwnCode.of(settings.editable, bench.template.experiment.fixed)
        )
        if cause.environment and cause.kind not in ("network", "gpu", "no gpu"):
            raise EnvironmentBroken(f"the figures cannot be drawn: {cause.reason}")
        return _failed(cause.reason, cause.shown, cause.signature)
    names, problem = sound_figures(code / "figures")
    if problem:
        return _failed(problem, problem, f"figures|{re.sub('[0-9]+', '#', problem)[:80]}")
    sources = {name: files[name].decode("utf-8", "replace") for name in settings.editable}
    traces, problem = trace(code / "figures", names, sources, with_seeds(data.files, data.run_0))
    if problem:
        return _failed(problem, problem, "typed numbers")
    _put(code / "figures", [*names, *traces], target)
    hashes = {name: sha256((target / name).read_bytes()) for name in names}
    return FiguresDrawn(ok=True, files=names, traces=traces, hashes=hashes)


def sound_figures(folder: Path) -> tuple[list[str], str]:
    """Names of the figures in `folder`, and what is wrong with them; each PDF has a PNG beside it for the page."""
    if folder.is_symlink() or not folder.is_dir():
        return [], "no folder figures/ was written"
    names = sorted(path.name for path in folder.iterdir() if path.suffix in _MAGIC)
    for name in names:
        path = folder / name
        if not _NAME.fullmatch(name):
            return (
                names,
                f"figures/{name} must be named with letters A-Z a-z, digits, _ - . only, or LaTeX cannot show it",
            )
        if path.is_symlink() or not path.is_file():
            return names, f"figures/{name} is not a regular file"
        if path.stat().st_size > _LARGEST:
            return names, f"figures/{name} is larger than {_LARGEST // 1_000_000} MB; draw fewer points"
        with path.open("rb") as file:
            if not file.read(16).startswith(_MAGIC[path.suffix]):
                return names, f"figures/{name} is empty or no {path.suffix[1:].upper()} file"
    drawn = [name for name in names if name.endswith(".pdf")]
    if not drawn:
        return names, "figures/ holds no PDF"
    for name in drawn:
        if not (folder / name).with_suffix(".png").exists():
            return names, f"figures/{name} has no PNG of the same name beside it"
    return names, ""


def structure(info: Mapping[str, Any]) -> str:
    """The keys of a final_info with the kind of each value, one a line, indented; long lists by length."""
    return "\n".join(_structure_lines(info, 0))


def _lay_out(code: Path, data: FigureData) -> None:
    """What plot.py may read: every run's result, the baseline's seeds, the titles, what each metric is …"""
    for name, content in data.files.items():
        write_json(code / name, content)
    for path in sorted(data.run_0.glob("seeds/*/final_info.json")):
        copy = code / BASELINE / path.relative_to(data.run_0)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _put(source: Path, names: list[str], target: Path) -> None:
    aside = target.with_name(f".{target.name}.tmp")
    remove(aside)
    aside.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, aside / name)
    remove(target)
    aside.rename(target)


def _failed(reason: str, cause: str, signature: str) -> FiguresDrawn:
    return FiguresDrawn(ok=False, reason=reason, cause=cause, signature=signature)


def _structure_lines(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, entry in value.items():
        indent = "  " * depth
        if isinstance(entry, Mapping):
            yield f"{indent}{key}:{_NOISE if (depth, key) == (0, 'metrics') else ''}"
            if set(entry) - {"noise"} == {"mean", "spread", "n"}:
                yield f"{indent}  mean: number, spread: number or null, n: count"
            else:
                yield from _structure_lines(entry, depth + 1)
        elif isinstance(entry, list):
            kind = type(entry[0]).__name__ if entry else "nothing"
            yield f"{indent}{key}: list of {len(entry)} {kind}"
        else:
            yield f"{indent}{key}: {type(entry).__name__}"

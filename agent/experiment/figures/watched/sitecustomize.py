"""Watches what a figures' script draws: beside each figure that matplotlib saves as PDF, the numbers in it as JSON.

Python imports this module by itself where its folder is on the path, before the script. It reads what stands in the axes
as the figure is saved, whoever put it there; what it cannot read it leaves out, and it never keeps a figure from being saved.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

_WATCHED = "matplotlib.figure"
_MOST = 20_000
"""Numbers of a figure; of one that holds more the rest is counted only."""


class Finder(importlib.abc.MetaPathFinder):
    """Finds matplotlib's figures where Python finds them, and watches them from then on."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != _WATCHED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                watch(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def watch(module: Any) -> None:
    """From now on each figure that is saved as PDF tells its numbers."""
    save = module.Figure.savefig

    def savefig(figure: Any, fname: Any, *args: Any, **named: Any) -> Any:
        done = save(figure, fname, *args, **named)
        try:
            path = Path(fname)
            if path.suffix == ".pdf":
                path.with_suffix(".json").write_text(json.dumps(shown(figure, path.stem), allow_nan=False))
        except Exception as error:  # whatever a strange artist does: its figure counts, with numbers that are not told
            sys.stderr.write(f"{fname}: its numbers are not told ({type(error).__name__}: {error})\n")
        return done

    module.Figure.savefig = savefig


def shown(figure: Any, name: str) -> dict[str, Any]:
    """{figure, series: [{panel, label, kind, x, y}], left_out, blank}: lines, bars, bands, points and images of every axes;
    `blank` where there is nothing but axes."""
    left, series, out = _MOST, [], 0
    for axes in figure.axes:
        for found in _of_axes(axes):
            size = len(found.get("x", ())) + len(found.get("y", ()))
            if size > left:
                out += size
                continue
            left -= size
            labels = {"x_label": _words(axes.get_xlabel()), "y_label": _words(axes.get_ylabel())}
            series.append({"panel": _panel(axes), **labels, **found})
    return {"figure": name, "series": series, "left_out": out, "blank": _is_blank(figure)}


def _is_blank(figure: Any) -> bool:
    """Whether nothing was drawn into any of its axes: neither data nor words nor a table."""
    titles = [getattr(figure, name, None) for name in ("_suptitle", "_supxlabel", "_supylabel")]
    own = [*(text for text in figure.texts if text not in titles), *figure.images, *figure.lines, *figure.patches]
    return not own and not any(axes.has_data() or axes.texts or axes.tables or axes.artists for axes in figure.axes)


def _panel(axes: Any) -> str:
    words = [axes.get_title(), axes.get_ylabel(), axes.get_xlabel()]
    return " | ".join(_words(word) for word in words if word)


def _words(text: str) -> str:
    return " ".join(text.split())


def _of_axes(axes: Any) -> Iterator[dict[str, Any]]:
    for line in axes.get_lines():
        yield {"kind": "line", "label": _label(line), **_sides(line, axes, line.get_xdata(), line.get_ydata())}
    for patch in axes.patches:
        if hasattr(patch, "get_data"):  # stairs
            data = patch.get_data()
            yield {"kind": "stairs", "label": _label(patch), "x": _numbers(data.edges), "y": _numbers(data.values)}
        elif hasattr(patch, "get_width") and hasattr(patch, "get_height"):
            x, y, width, height = patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()
            sides = _sides(patch, axes, (x, x + width), (y, y + height))
            yield {"kind": "bar", "label": _label(patch), **sides}
    for collection in axes.collections:
        if hasattr(collection, "get_segments"):  # error bars
            ends = [point for segment in collection.get_segments() for point in segment]
        else:
            ends = list(collection.get_offsets()) if hasattr(collection, "get_sizes") else []
        if ends:
            x, y = _numbers([end[0] for end in ends]), _numbers([end[1] for end in ends])
            yield {"kind": "points", "label": _label(collection), "x": x, "y": y}
    for image in axes.get_images():
        values = image.get_array()
        if values is not None and values.ndim == 2:
            yield {"kind": "image", "label": _label(image), "y": _numbers(values.ravel())}


def _sides(artist: Any, axes: Any, x: Any, y: Any) -> dict[str, list[float | None]]:
    """x and y as far as they are data: a line across the whole axes has none in one of them."""
    across, up = artist.get_transform().contains_branch_seperately(axes.transData)
    return {**({"x": _numbers(x)} if across else {}), **({"y": _numbers(y)} if up else {})}


def _label(artist: Any) -> str:
    label = " ".join(str(artist.get_label()).split())
    return "" if label.startswith("_") else label


def _numbers(values: Any) -> list[float | None]:
    """As floats; what is masked or no finite number is null."""
    found: list[float | None] = []
    for value in values:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        found.append(number if math.isfinite(number) and not getattr(value, "mask", False) else None)
    return found


sys.meta_path.insert(0, Finder())

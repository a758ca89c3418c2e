"""Rooms and arrows: a room is a module or a folder at the top of a package, an arrow an import from one to another.

`python -m tests.guards.rooms agent` prints the arrows as docs/structure.md lists them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.guards.source import Source, sources

FLOORS = 6
_WALLS = {"agent": ("harness", "experiment", "plot", "judge", "templates"), "harness": ("agent", "experiment", "plot")}
"""What a package never imports: the two halves meet in files."""

Graph = dict[str, set[str]]


def listed_arrows(page: str, package: str) -> Graph:
    """Room → the rooms that it may import, from the block ```` ```rooms PACKAGE ```` of a page."""
    block = re.search(rf"^```rooms {package}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = block[1].splitlines() if block else []
    return {
        room.strip(): set(rooms.split()) for room, _, rooms in (line.partition(":") for line in lines) if room.strip()
    }


def arrows(root: Path, package: str) -> Graph:
    """Room → the rooms that it imports."""
    found: Graph = {}
    for module, targets in imports(sources(root, [package])).items():
        rooms = found.setdefault(_room(module), set())
        rooms.update({_room(target) for target in targets} - {_room(module)})
    return found


def unlisted_arrows(root: Path, package: str, page: str) -> list[str]:
    """Arrows that the page does not list, and what it lists that is not there (any more)."""
    allowed, drawn = listed_arrows(page, package), arrows(root, package)
    new = [f"{room} imports {other}" for room in drawn for other in sorted(drawn[room] - allowed.get(room, set()))]
    gone = [
        f"{room} no longer imports {other}"
        for room in allowed
        for other in sorted(allowed[room] - drawn.get(room, set()))
    ]
    rooms = [f"{room} is not on the list" for room in sorted(drawn.keys() - allowed.keys())]
    return [*new, *gone, *rooms]


def walls_broken(root: Path, package: str) -> list[str]:
    """Imports of the other half, wherever in a function they hide."""
    return [
        f"{source.path}:{line} imports {name}"
        for source in sources(root, [package])
        for line, name in _imported(source)
        if name.split(".")[0] in _WALLS[package]
    ]


def circles(root: Path, package: str) -> list[str]:
    """Modules that import one another, for type checkers only or at a function's first call too."""
    graph = imports(sources(root, [package]))
    return sorted({" → ".join(_turned([*ring, ring[0]])) for ring in _rings(graph)})


def too_many_floors(root: Path, package: str, most: int = FLOORS) -> list[str]:
    """Folders in which modules and folders stand on more floors than `most`: the longest chain of imports inside."""
    graph = imports(sources(root, [package]))
    folders = {module.rpartition(".")[0] for module in graph if module.count(".") > 1}
    told = []
    for folder in sorted(folders | {part for each in folders for part in _above(each)}):
        chain = _longest(_inside(graph, folder))
        if len(chain) > most:
            told.append(f"{folder} has {len(chain)} floors: {' → '.join(chain)}")
    return told


def imports(modules: Sequence[Source]) -> Graph:
    """Module → the modules of the same tree that it imports; a name from a package is its module where it is one."""
    known = {source.module for source in modules}
    graph: Graph = {}
    for source in modules:
        targets = {_known(name, known) for _, name in _imported(source)}
        graph[source.module] = {target for target in targets if target and target != source.module}
    return graph


def _imported(source: Source) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a module imports."""
    package = source.module if source.path.endswith("__init__.py") else source.module.rpartition(".")[0]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: package.count(".") + 2 - node.level]) if node.level else ""
            base = ".".join(part for part in (above, node.module or "") if part)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _known(name: str, known: set[str]) -> str:
    """The module that a dotted name lies in; empty where it is none of ours."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def _room(module: str) -> str:
    """`agent.session.lock` stands in `session`, `agent.errors` is a room itself, `agent` the door `__init__`."""
    return module.split(".")[1] if "." in module else "__init__"


def _above(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(2, len(parts))]


def _inside(graph: Mapping[str, set[str]], folder: str) -> Graph:
    """The graph of what stands in a folder, each folder inside as one."""
    depth = folder.count(".") + 2

    def unit(module: str) -> str:
        return ".".join(module.split(".")[:depth]) if module.startswith(f"{folder}.") else ""

    found: Graph = {}
    for module, targets in graph.items():
        if unit(module):
            units = {unit(target) for target in targets} - {"", unit(module)}
            found.setdefault(unit(module), set()).update(units)
    return found


def _longest(graph: Graph) -> list[str]:
    """The longest chain of imports; a circle is walked once."""
    known: dict[str, list[str]] = {}

    def below(name: str, walked: tuple[str, ...]) -> list[str]:
        if name not in known:
            deeper = [below(target, (*walked, name)) for target in sorted(graph.get(name, ())) if target not in walked]
            known[name] = [name.rpartition(".")[2], *max(deeper, key=len, default=[])]
        return known[name]

    return max((below(name, ()) for name in sorted(graph)), key=len, default=[])


def _rings(graph: Graph) -> Iterator[list[str]]:
    """Rings of modules: from each module the shortest way back to itself."""
    for start in sorted(graph):
        ways = [[start]]
        seen: set[str] = set()
        while ways:
            way = ways.pop(0)
            if start in graph.get(way[-1], ()):
                yield way
                break
            fresh = sorted(graph.get(way[-1], set()) - seen)
            seen.update(fresh)
            ways += [[*way, name] for name in fresh]


def _turned(ring: list[str]) -> list[str]:
    """The same ring, from its first name in the alphabet on."""
    names = ring[:-1]
    place = names.index(min(names))
    return [*names[place:], *names[:place], names[place]]


if __name__ == "__main__":
    for room, others in sorted(arrows(Path(), sys.argv[1]).items()):
        sys.stdout.write(f"{room}: {' '.join(sorted(others))}".rstrip() + "\n")

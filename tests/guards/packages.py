"""What programs open, and whether the packages of requirements/system.txt bring it: nothing may hang on what lies about.

A machine that was set up by hand holds more than `make setup` installs, and hides what is missing from the list.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

GENERATED = (
    Path("/var/lib/texmf"),
    Path("/etc/texmf"),
    Path("/etc/ld.so.cache"),
    Path("/proc"),
    Path("/dev"),
    Path("/sys"),
)
"""What packages make as they are installed, and what the kernel shows."""
_ALIASES = ("/bin/", "/sbin/", "/lib/", "/lib64/")
"""Folders that are links into /usr; dpkg may know a file below either name."""
_FORMAT = "${Package}\t${Essential}\t${Priority}\t${Provides}\t${Pre-Depends}, ${Depends}\n"


@dataclass(frozen=True)
class Packages:
    """The installed packages: what each hangs on, what every machine has, and who owns a file."""

    depends: Mapping[str, Sequence[Sequence[str]]]
    """Package → its hard dependencies, each as its alternatives."""
    provided: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Virtual package → the packages that stand for it."""
    base: frozenset[str] = frozenset()
    """Essential and required ones: they are on every machine."""
    owners: Mapping[str, str] | None = None
    """File → package; None asks dpkg."""

    def brought(self, names: Iterable[str]) -> set[str]:
        """The packages, what every machine has, and all that they hang on."""
        found: set[str] = set()
        left = [*names, *self.base]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += [chosen for choice in self.depends.get(name, ()) if (chosen := self._chosen(choice))]
        return found

    def _chosen(self, alternatives: Sequence[str]) -> str:
        """The alternative that apt takes: the first one that is there."""
        for name in alternatives:
            for package in (name, *self.provided.get(name, ())):
                if package in self.depends:
                    return package
        return ""

    def owned(self, paths: Iterable[Path]) -> dict[Path, str]:
        """Path → the package that it belongs to; empty where it belongs to none."""
        names = {path: _names(path) for path in paths}
        known = (
            self.owners if self.owners is not None else _ask_dpkg(sorted({n for each in names.values() for n in each}))
        )
        return {path: next((known[name] for name in each if name in known), "") for path, each in names.items()}


def installed() -> Packages:
    """The packages of this machine, as dpkg knows them."""
    done = subprocess.run(["dpkg-query", "-W", "-f", _FORMAT], capture_output=True, text=True, check=True)
    depends: dict[str, list[list[str]]] = {}
    provided: dict[str, list[str]] = {}
    base = set()
    for line in done.stdout.splitlines():
        name, essential, priority, provides, needs = line.split("\t")
        depends[name] = [[_bare(word) for word in choice.split("|")] for choice in needs.split(",") if choice.strip()]
        for word in provides.split(","):
            provided.setdefault(_bare(word), []).append(name)
        if essential == "yes" or priority == "required":
            base.add(name)
    return Packages(depends, provided, frozenset(base))


def strangers(paths: Iterable[Path], listed: Iterable[str], packages: Packages, ours: Sequence[Path]) -> list[str]:
    """Files that no listed package brings, with the package that does.

    What lies in `ours` (the repository, its environments, the test's folder) and what packages generate is left out.
    """
    outside = sorted({path for path in paths if not any(path.is_relative_to(top) for top in (*ours, *GENERATED))})
    brought = packages.brought(listed)
    return [
        f"{path} belongs to {package or 'no package'}"
        for path, package in packages.owned(outside).items()
        if package not in brought
    ]


def opened(argv: Sequence[str], folder: Path) -> set[Path]:
    """Run a command; the programs and libraries that it and its children loaded, and what TeX's recorder names.

    The dynamic linker tells of itself, so no tracer is needed. Raises CalledProcessError where the command fails.
    """
    traces = folder / "traces"
    traces.mkdir(exist_ok=True)
    env = {**os.environ, "LD_DEBUG": "files", "LD_DEBUG_OUTPUT": str(traces / "ld")}
    subprocess.run(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=120)
    found: set[Path] = set()
    for trace in traces.glob("ld.*"):
        told = trace.read_text(encoding="utf-8", errors="replace")
        found.update(Path(name) for name in re.findall(r"calling init: (/\S+)", told))
        programs = [shutil.which(name) for name in re.findall(r"initialize program: (\S+)", told)]
        found.update(Path(name) for name in programs if name)
    for record in folder.glob("*.fls"):
        lines = record.read_text(encoding="utf-8", errors="replace").splitlines()
        found.update(folder / line.removeprefix("INPUT ") for line in lines if line.startswith("INPUT "))
    shutil.rmtree(traces)
    return found


def _names(path: Path) -> list[str]:
    """The names that dpkg may know a file by: as it was opened, where links lead, and both sides of /usr."""
    names = dict.fromkeys([os.path.normpath(path), os.path.realpath(path)])
    moved = [name[4:] for name in names if name.startswith(tuple("/usr" + each for each in _ALIASES))]
    joined = ["/usr" + name for name in names if name.startswith(_ALIASES)]
    return [*names, *moved, *joined]


def _ask_dpkg(names: Sequence[str]) -> dict[str, str]:
    done = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True, check=False) if names else None
    lines = [line.rsplit(": ", 1) for line in done.stdout.splitlines() if ": /" in line] if done else []
    return {path: owners.split(",")[0].split(":")[0] for owners, path in lines if not owners.startswith("diversion ")}


def _bare(dependency: str) -> str:
    """`libc6:any (>= 2.34)` is libc6."""
    return re.sub(r"[:( ].*", "", dependency.strip())

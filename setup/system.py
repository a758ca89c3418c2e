"""System packages: what is missing, installed by apt where we may, else named with the command to type."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

from setup.steps import StepFailed, call, say

_MAC = "brew install --cask basictex && sudo tlmgr install booktabs microtype caption float psnfss txfonts palatino helvetic mathpazo fpl"


def listed(listing: Path) -> Dict[str, List[str]]:
    """Package → the programs and TeX files that show it is there, from requirements/system.txt."""
    lines = [line.split("#")[0].strip() for line in listing.read_text(encoding="utf-8").splitlines()]
    pairs = [line.split(":", 1) for line in lines if line]
    return {name.strip(): signs.split() for name, signs in pairs}


def missing(packages: Dict[str, List[str]]) -> List[str]:
    """The packages of which a program or a file is not found."""
    files = [sign for signs in packages.values() for sign in signs if "." in sign]
    found = _tex_files(files)
    return [
        name
        for name, signs in packages.items()
        if not all(sign in found if "." in sign else shutil.which(sign) for sign in signs)
    ]


def _tex_files(names: List[str]) -> List[str]:
    """Those of the names that TeX finds."""
    if not names or not shutil.which("kpsewhich"):
        return []
    done = subprocess.run(
        ["kpsewhich", *names], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    return [Path(line).name for line in done.stdout.splitlines()]


def python_packages(oldest: Tuple[int, int], newest: Tuple[int, int]) -> List[str]:
    """apt's packages of a Python from `oldest` to `newest`, as its lists stand now; none where it has none, or there is no apt."""
    if not shutil.which("apt-cache"):
        return []
    names = ["python3.{}".format(minor) for minor in range(newest[1], oldest[1] - 1, -1)]
    for name in ["python3", *names]:
        done = subprocess.run(
            ["apt-cache", "policy", name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        candidate = re.search(r"Candidate: (?:\d+:)?(\d+)\.(\d+)", done.stdout)
        if candidate and oldest <= (int(candidate.group(1)), int(candidate.group(2))) <= newest:
            return [name, name + "-venv"]
    return []


def install(packages: List[str], log: Path) -> None:
    """Install packages with apt as root; elsewhere a line that says what to type. Raises StepFailed where apt fails."""
    if not packages:
        return
    apt = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if sys.platform == "darwin":
        say("system", "missing: {}. Type: {} (bubblewrap is Linux only)".format(", ".join(packages), _MAC))
        return
    if not shutil.which("apt-get"):
        say(
            "system", "missing: {} (Debian's names); install them with your package manager".format(", ".join(packages))
        )
        return
    if os.geteuid() != 0:
        say("system", "missing: {}. Type: sudo {}".format(", ".join(packages), apt))
        return
    say("system", "apt installs {} (about 60 MB)".format(", ".join(packages)))
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    fast = ["-o", "Dpkg::Options::=--force-unsafe-io", "-o", "DPkg::Lock::Timeout=300"]
    try:
        call("system", ["apt-get", *fast, "-q", "update"], log, environ)
    except StepFailed as error:  # old lists may do; where they do not, the installation says so
        say("system", "apt-get update failed, going on: {}".format(str(error).splitlines()[0]))
    call("system", ["apt-get", *fast, *apt.split()[1:]], log, environ)

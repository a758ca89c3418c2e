"""The toy template with an experiment that sleeps first, in place of the hours of a real one."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.world.toy import TEMPLATE


def sleeping(folder: Path, seconds: float) -> Path:
    """A copy of the toy whose experiment sleeps first."""
    root = folder / "sleeping"
    if not root.exists():
        shutil.copytree(TEMPLATE, root, ignore=shutil.ignore_patterns("__pycache__"))
        code = (root / "experiment.py").read_text()
        parsed = "    args = parser.parse_args()\n"
        assert parsed in code
        (root / "experiment.py").write_text(code.replace(parsed, f"{parsed}    time.sleep({seconds})\n"))
        contract = (root / "template.toml").read_text()
        (root / "template.toml").write_text(contract.replace("timeout_s = 20\nseed", "timeout_s = 600\nseed"))
    return root

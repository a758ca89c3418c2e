"""Puts the synthetic template on the path, as labloop does when it runs one of its commands."""

import sys
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[3] / "templates" / "synthetic"
sys.path.insert(0, str(TEMPLATE))

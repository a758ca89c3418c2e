"""The hashes that say which draft somebody signed."""

from __future__ import annotations

import hashlib

from agent.session.files import sha256
from agent.session.paths import SessionPaths


def draft_sha256(paths: SessionPaths) -> str:
    """sha256 over paper.tex, its bibliography and its figures, names and contents; empty where there is no paper.tex."""
    folder = paths.latex
    tex = folder / "paper.tex"
    if not tex.is_file():
        return ""
    figures = folder / "figures"
    files = [tex, folder / "references.bib", *(sorted(figures.iterdir()) if figures.is_dir() else [])]
    digest = hashlib.sha256()
    for path in files:
        if path.is_file():
            digest.update(f"{path.relative_to(folder)}\0{sha256(path.read_bytes())}\0".encode())
    return digest.hexdigest()


def audit_sha256(paths: SessionPaths) -> str:
    """sha256 of audit.json; empty where there is none."""
    return sha256(paths.audit.read_bytes()) if paths.audit.is_file() else ""

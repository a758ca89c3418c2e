"""What a settings file says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent.errors import UsageError

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib  # type: ignore[no-redef]


def read_file(path: Path, required: bool) -> dict[str, Any]:
    """A settings file as it stands, empty where it is not there. Raises UsageError where it is required or no TOML."""
    if not path.is_file():
        if required:
            raise UsageError(f"{path}: there is no such settings file; take --config away or name another")
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error

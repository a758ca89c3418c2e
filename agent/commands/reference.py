"""`python -m agent.commands.reference`: write docs/commands.md and docs/settings.md from the code; a test holds them to it."""

from __future__ import annotations

import argparse
import importlib
import io
import os

from agent.cli import COMMANDS
from agent.session.files import write_text
from agent.session.paths import REPOSITORY
from agent.session.settings import GROUPS, VARIABLES

_MADE = "<!-- made by `python -m agent.commands.reference`; edit the code, not this page -->\n"


def commands_page() -> str:
    """docs/commands.md: the help of every door, as it prints it."""
    parts = ["# Commands", _MADE, "Each is `python agent/NAME.py …`, and `labloop SUB-COMMAND …` once set up."]
    for name, (module, purpose) in COMMANDS.items():
        parts.append(f"## labloop {name}: {purpose}\n\n```\n{_help(importlib.import_module(module).parser())}```")
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """docs/settings.md: every setting of every group with its variable, its default and its sentence."""
    parts = [
        f"# Settings\n\n{_MADE}\nFrom `labloop.toml` (or `--config FILE`), then the environment, then flags; later ones "
        "win. The file holds them in groups (`[limits]`, then `max_runs = 5`); in the environment each has one name "
        "(`LABLOOP_MAX_RUNS=5`), which in small letters and without `LABLOOP_` is read in the file too, outside of "
        "groups. The resolved settings of a session are kept in its `session.json`."
    ]
    for name, group in GROUPS.items():
        rows = [
            f"| `{field}` | `{VARIABLES[name, field]}` | {_default(found.get_default(call_default_factory=True))} | {found.description} |"
            for field, found in group.model_fields.items()
        ]
        head = f"## [{name}]: {group.__doc__}\n\n| setting | variable | default | what it is |\n|---|---|---|---|\n"
        parts.append(head + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _help(parser: argparse.ArgumentParser) -> str:
    width = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "110"  # argparse wraps to the terminal's width
    try:
        page = io.StringIO()
        parser.print_help(page)
    finally:
        os.environ.pop("COLUMNS") if width is None else os.environ.update(COLUMNS=width)
    return page.getvalue().replace(str(REPOSITORY) + os.sep, "")


def _default(value: object) -> str:
    if value in (None, "", {}, []):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    write_text(REPOSITORY / "docs" / "commands.md", commands_page())
    write_text(REPOSITORY / "docs" / "settings.md", settings_page())

"""`python -m agent.commands.reference`: write docs/commands.md and docs/settings.md from the code; a test holds them to it."""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import io
import itertools
import os
import textwrap

from agent.cli import COMMANDS
from agent.session import settings
from agent.session.files import write_text
from agent.session.settings import REPOSITORY, Settings

_MADE = "<!-- made by `python -m agent.commands.reference`; edit the code, not this page -->\n"


def commands_page() -> str:
    """docs/commands.md: the help of every door, as it prints it."""
    parts = ["# Commands", _MADE, "Each is `python agent/NAME.py …`, and `labloop SUB-COMMAND …` once set up."]
    for name, (module, purpose) in COMMANDS.items():
        parts.append(f"## labloop {name}: {purpose}\n\n```\n{_help(importlib.import_module(module).parser())}```")
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """docs/settings.md: every setting with its default and its sentence."""
    head = (
        "# Settings\n\n" + _MADE + "\nFrom `labloop.toml` (or `--config FILE`), then the environment "
        "(`LABLOOP_MAX_RUNS=5`), then flags; later ones win. The resolved settings of a session are kept in its "
        "`session.json`.\n\n| setting | default | what it is |\n|---|---|---|\n"
    )
    meaning = _sentences()
    rows = [
        f"| `{name}` | {_default(field.default)} | {meaning[name]} |" for name, field in Settings.model_fields.items()
    ]
    return head + "\n".join(rows) + "\n"


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
    if value is None or value == "":
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _sentences() -> dict[str, str]:
    """The sentence under each field of Settings."""
    source = textwrap.dedent(inspect.getsource(settings.Settings))
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for field, text in itertools.pairwise(definition.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            found[field.target.id] = str(ast.literal_eval(text.value))
    return found


if __name__ == "__main__":
    write_text(REPOSITORY / "docs" / "commands.md", commands_page())
    write_text(REPOSITORY / "docs" / "settings.md", settings_page())

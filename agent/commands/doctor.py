"""`python agent/doctor.py`: try everything that could fail late in a session, and say what to do about it."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from agent.checks.check import CheckResult, check
from agent.errors import LabloopError, TemplateError, UsageError
from agent.models.registry import recording_path
from agent.session.idea import Idea, load_idea
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings, overlay, resolve
from agent.session.template import Template, load_template, template_of


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = argparse.ArgumentParser(
        prog="doctor.py",
        description="Try everything that could fail late in a session. Spends and writes nothing.",
        epilog="Exit codes: 0 a session can start, 2 usage, 3 something it needs is missing.",
    )
    flags.add_argument("idea", nargs="?", type=Path, help="check this idea too, and the model that would work it")
    flags.add_argument(
        "--template",
        type=Path,
        help="the template's folder (default: the one that the idea lies in, such as templates/NAME; else the SAE template)",
    )
    flags.add_argument("--scale", help="the template's scale, such as tiny or full (default: the template's)")
    flags.add_argument("--model", help="check this model: a litellm name, `manual` or `recorded`")
    flags.add_argument("--base-url", help="the OpenAI-compatible server of --model")
    flags.add_argument("--sandbox", choices=("auto", "bwrap", "plain"), help="how experiments will be isolated")
    flags.add_argument("--config", type=Path, help="a TOML file of settings (default: labloop.toml)")
    flags.add_argument("--out", type=Path, default=REPOSITORY / "runs", help="folder for sessions (default: runs/)")
    flags.add_argument("--no-paper", action="store_true", help="leave TeX out")
    flags.add_argument("--json", action="store_true", help="one JSON object on stdout: ok, checks")
    return flags


def main(argv: list[str] | None = None) -> int:
    """The command; 0 where a session can start, 3 where it cannot."""
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        settings = _settings(args)
        folder = args.template or (template_of(args.idea) if args.idea else REPOSITORY)
        idea, template, results = _parsed(args.idea, folder, settings.experiment.scale)
    except LabloopError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    results += check(idea, template, settings, args.out)
    ok = all(result.ok or not result.fatal for result in results)
    if args.json:
        print(json.dumps({"ok": ok, "checks": [asdict(result) for result in results]}))
    else:
        _print_table(results)
        print("\nA session can start." if ok else "\nA session cannot start before what is marked ✗ is mended.")
    return 0 if ok else 3


def _settings(args: argparse.Namespace) -> Settings:
    flags = {"model": args.model, "base_url": args.base_url, "sandbox": args.sandbox, "scale": args.scale}
    settings = resolve(flags | {"paper": False if args.no_paper else None}, args.config)
    recording = recording_path(args.idea) if args.idea else None
    if (
        recording
        and recording.is_file()
        and not settings.models.recording
        and settings.models.writer in ("", "recorded")
    ):
        return overlay(settings, "the idea", {"model": "recorded", "recording": str(recording.resolve())})
    if settings.models.writer == "recorded" and not args.idea and not settings.models.recording:
        raise UsageError("--model recorded: name the idea whose recording is meant")
    return settings


def _parsed(idea: Path | None, folder: Path, scale: str) -> tuple[Idea | None, Template | None, list[CheckResult]]:
    """Idea and template, and a result for each that cannot be read. Raises UsageError for an unknown scale."""
    results: list[CheckResult] = []
    started = time.monotonic()
    template: Template | None = None
    try:
        template = load_template(folder, scale)
        results.append(
            CheckResult(
                "template",
                True,
                f"{template.name}{f' at scale {template.scale}' if template.scale else ''}: {template.title}",
                "",
                round(time.monotonic() - started, 2),
            )
        )
    except TemplateError as error:
        results.append(CheckResult("template", False, str(error), "mend the template, or name another with --template"))
    read: Idea | None = None
    try:
        read = load_idea(idea) if idea else None
    except LabloopError as error:
        results.append(CheckResult("idea", False, str(error), "mend the idea's file"))
    return read, template, results


def _print_table(results: list[CheckResult]) -> None:
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    marks = {"ok": ("✓", "32"), "warning": ("!", "33"), "failed": ("✗", "31")}
    for result in results:
        mark, code = marks["ok" if result.ok else "failed" if result.fatal else "warning"]
        shown = f"\x1b[{code}m{mark}\x1b[0m" if color else mark
        print(f"{shown} {result.name:<24} {result.seconds:5.1f} s  {result.detail}")
        if not result.ok and result.remedy:
            print(f"  {'':<24}          → {result.remedy}")

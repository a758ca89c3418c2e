"""Whether the style that was asked for is there, with all that it needs, and prints a paper."""

from __future__ import annotations

import tempfile
from pathlib import Path

from agent.checks.paper import paper_check
from agent.checks.result import CheckResult, failed, passed
from agent.checks.tex import tex_check
from agent.errors import CheckFailed, UsageError
from agent.printing.styles import find_style, lay_style
from agent.session.setting_groups import PaperSettings


def style_check(settings: PaperSettings, latex: Path) -> CheckResult:
    """The style found, laid out, its packages looked for, and a trial paper printed in it."""
    try:
        style = find_style(settings.style, settings.styles)
        if style is None:
            return passed("style", "plain")
        with tempfile.TemporaryDirectory(prefix="labloop-style-") as place:
            folder = Path(place) / "style"
            lay_style(style, latex, folder)
            lacks = tex_check(folder)
            if not lacks.ok:
                return failed("style", f"{style.path.name}: {lacks.detail}", lacks.remedy, fatal=lacks.fatal)
            printed = paper_check(folder)
    except (CheckFailed, UsageError) as error:
        return failed("style", str(error), "or leave --style out")
    if not printed.ok:
        return failed(
            "style",
            f"{style.path.name}: {printed.detail}",
            "use another version of it, or leave --style out",
            fatal=printed.fatal,
        )
    return passed("style", f"{style.path.name} prints a trial paper")

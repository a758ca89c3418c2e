"""From a name to the coder that edits. Each is imported when it is chosen."""

from __future__ import annotations

from collections.abc import Callable

from agent.coding.coder import Coder
from agent.coding.resting import RestingCoder
from agent.errors import UsageError
from agent.prompts import Prompts
from agent.sandbox.command import Command, Sandbox
from agent.session.paths import REPOSITORY
from agent.session.session import Session

PYTHON = REPOSITORY / ".venv" / "coder" / "bin" / "python"


def check_coder(name: str) -> None:
    """Raises UsageError for a name that is not known."""
    if name not in CODERS:
        raise UsageError(f"--coder {name}: there is no such coder; there are {', '.join(CODERS)}")


def needs_of(name: str) -> str:
    """What `.venv/coder` must be able to run for this coder, to be found sound; empty where it needs no such thing."""
    if name != "aider":
        return ""
    from agent.coding.aider_client import NEEDS

    return NEEDS


def coder_for(name: str, session: Session, sandbox: Sandbox, prompts: Prompts) -> Coder:
    """The coder called `name`, for this session's workspace. Raises UsageError for a name that is not known."""
    check_coder(name)
    return CODERS[name](session, sandbox, prompts)


def _aider(session: Session, sandbox: Sandbox, prompts: Prompts) -> Coder:
    from agent.coding.aider_client import AiderCoder

    workspace = session.paths.workspace
    workspace.mkdir(parents=True, exist_ok=True)  # a sandbox binds what exists when the worker starts

    def wrap(argv: list[str]) -> list[str]:
        readable = (REPOSITORY / "agent", PYTHON.parents[1], session.template.root)
        return sandbox.wrap(
            Command(tuple(argv), cwd=coder.scratch, scratch=coder.scratch, writable=(workspace,), readable=readable)
        )

    settings = session.settings.coder
    coder = AiderCoder(PYTHON, wrap=wrap, silence_s=settings.timeout_s, prompts=prompts)
    return RestingCoder(coder, settings.idle_s)


def _scripted(session: Session, sandbox: Sandbox, prompts: Prompts) -> Coder:
    from agent.coding.scripted import ScriptedCoder

    return ScriptedCoder()


CODERS: dict[str, Callable[[Session, Sandbox, Prompts], Coder]] = {"aider": _aider, "scripted": _scripted}

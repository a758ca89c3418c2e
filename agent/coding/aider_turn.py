"""aider 0.86.2 as a library: the only module that knows it. Runs in the worker, in aider's own environment.

Its Python API is unofficial, so every setting and every method that is replaced stands here, with its reason:

- the model is the orchestrator's (`_Model`): no litellm call, no price table, no key, no network;
- its prompts are ours (prompts/aider_*.jinja, some 300 tokens instead of 2,400), and none is repeated as a reminder;
- it may write the files it was given, and nothing else, whatever path a reply names (`_Strict`);
- commands, URLs, shell suggestions, linting, git, the repository map and summaries are all off: they spend calls, run
  programs or read files behind the orchestrator's back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aider  # it lives in the coder environment only
from aider.coders import EditBlockCoder, WholeFileCoder
from aider.coders.base_prompts import CoderPrompts
from aider.io import InputOutput
from aider.models import Model

AskModel = Callable[[list[dict[str, str]]], str]


def version() -> str:
    """aider's version. Also loads what aider puts off until its first message."""
    from aider.exceptions import LiteLLMExceptions

    LiteLLMExceptions()
    return str(aider.__version__)


def work(request: dict[str, Any], ask: AskModel) -> dict[str, Any]:
    """One turn in a conversation of its own; the fields of a TurnReply but the transcript."""
    workspace = Path(request["workspace"]).resolve()
    allowed = [workspace / name for name in request["editable"]]
    model = _Model(ask)
    coder: Any = _CODERS[request["edit_format"]](
        model,
        _Console(),
        use_git=False,
        auto_commits=False,
        map_tokens=0,
        stream=False,
        detect_urls=False,
        suggest_shell_commands=False,
        auto_lint=False,
        fnames=[str(path) for path in allowed if path.exists()],
        read_only_fnames=request["read_only"],
    )
    coder.restrict(workspace, allowed, request["rules"])
    # preproc=False: a message that begins with /run or holds a URL is text, not a command.
    text = coder.run(request["message"], preproc=False)
    return {
        "text": text or "",
        "edits_applied": coder.applied,
        "edits_unmatched": coder.unmatched,
        "edits_left": coder.left,
        "left_report": coder.report if coder.left else "",
        "exchanges": model.exchanges,
        "refused": sorted(coder.refused),
    }


class FileUnwritable(BaseException):
    """A file could not be written. Not an Exception: aider would send the error to the model and pay for its reply."""


class _Model(Model):
    """A model that is asked through the orchestrator."""

    def __init__(self, ask: AskModel) -> None:
        super().__init__("labloop", weak_model="labloop", editor_model="labloop")
        self.ask = ask
        self.exchanges = 0
        self.max_chat_history_tokens = 10**9  # never summarise: that would be a hidden call
        self.use_repo_map = False
        self.lazy = self.overeager = False
        self.reminder = ""
        self.reasoning_tag = None

    def get_model_info(self, model: str) -> dict[str, Any]:
        """No limits and no prices: the orchestrator knows them, and aider would fetch a table to find them."""
        return {}

    def validate_environment(self) -> dict[str, Any]:
        """No key is needed here."""
        return {"missing_keys": [], "keys_in_environment": True}

    def token_count(self, messages: Any) -> int:
        """A guess; the orchestrator's meter counts, and aider only prints this."""
        return len(str(messages)) // 4

    def send_completion(self, messages: list[dict[str, Any]], *_: Any, **__: Any) -> tuple[Any, Any]:
        """The orchestrator's answer, in the shape that aider reads."""
        self.exchanges += 1
        text = self.ask([{"role": str(m["role"]), "content": str(m["content"])} for m in messages])
        # Lone surrogates cannot be written to a file; CRLF in a reply would match nothing.
        text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
        message = SimpleNamespace(content=text, tool_calls=None, reasoning_content=None)
        completion = SimpleNamespace(choices=[SimpleNamespace(message=message, finish_reason="stop")], usage=None)
        return SimpleNamespace(hexdigest=lambda: ""), completion


class _Console(InputOutput):
    """aider's terminal: answers no to every question, opens nothing, keeps a file's line ends, hides no failed write."""

    def __init__(self) -> None:
        super().__init__(pretty=False, yes=False, fancy_input=False)
        self.console.soft_wrap = True

    def confirm_ask(self, question: str, *_: Any, **__: Any) -> bool:
        self.tool_output(f"{question} no")
        return False

    def offer_url(self, *_: Any, **__: Any) -> bool:
        return False

    def read_text(self, filename: str, silent: bool = False) -> str | None:
        """aider's own; a file that is yet to be made reads as empty, where aider's report on a block would break."""
        text: str | None = super().read_text(filename, silent) if Path(filename).exists() else ""
        return text

    def write_text(self, filename: str, content: str, *_: Any, **__: Any) -> None:
        path = Path(filename)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_bytes() if path.exists() else b""
            crlf = b"\r\n" in before and before.count(b"\r\n") == before.count(b"\n")
            path.write_bytes((content.replace("\n", "\r\n") if crlf else content).encode("utf-8"))
        except OSError as error:
            raise FileUnwritable(str(error)) from error


class _Strict:
    """What both edit formats share: the allow-list, the prompts, and counts of what came of each edit."""

    def restrict(self: Any, workspace: Path, allowed: list[Path], rules: str) -> None:
        """Set the folder that paths are relative to, the only files that may be written, and the system prompt."""
        self.root = str(workspace)
        self.abs_root_path_cache.clear()
        self.abs_read_only_fnames = sorted(self.abs_read_only_fnames)  # the same prompt every time
        self.allowed = {str(path) for path in allowed}
        self.applied = self.unmatched = self.left = 0
        self.report = ""
        self.refused: set[str] = set()
        self._tried: list[Any] = []
        self._refused_now: list[str] = []
        self.gpt_prompts = CoderPrompts()
        self.gpt_prompts.main_system = rules
        self.gpt_prompts.files_content_prefix = "The editable files, as they stand now:\n"
        self.gpt_prompts.files_content_assistant_reply = "Ok."
        self.gpt_prompts.read_only_files_prefix = "For reference, not editable:\n"

    def allowed_to_edit(self: Any, path: str) -> bool:
        """Whether `path`, as a reply names it, is one of the editable files."""
        full = self.abs_root_path(path)
        if full in self.allowed:
            self.abs_fnames.add(full)
        return full in self.allowed

    def apply_updates(self: Any) -> set[str]:
        """aider's own, with a reflection where a reply named a file that may not be edited."""
        left, self.left = self.left, 0
        self._tried, self._refused_now = [], []
        edited: set[str] = super().apply_updates()  # type: ignore[misc]
        if self.reflected_message and not self.left:
            self._count_unmatched(1)  # so broken that aider could not tell how many edits it was
        if self._refused_now:
            # In the whole format, words before a fence come out as the name of a file: that is no file elsewhere.
            self.refused.update(name for name in self._refused_now if not re.search(r"\s", name))
            self._count_unmatched(len(self._refused_now))
            text = f"# Not editable, left as it was: {', '.join(self._refused_now)}\n"
            text += f"Only these files may be edited: {', '.join(self._editable_names())}\n"
            self.io.tool_error(text)
            self.reflected_message = "\n\n".join(filter(None, [self.reflected_message, text]))
        elif not self._tried and not self.left:
            self.left = left  # a reply without an edit mends nothing, and the report stands
            return edited
        self.report = self.reflected_message or ""
        return edited

    def _count_unmatched(self: Any, count: int) -> None:
        self.left += count
        self.unmatched += count

    def get_edits(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """aider's own, without the edits that must not be made: not even looked at, they may name /dev/zero."""
        edits = super().get_edits(*args, **kwargs)  # type: ignore[misc]
        self._refused_now = [str(edit[0]) for edit in edits if not self.allowed_to_edit(edit[0])]
        self._tried = [edit for edit in edits if self.allowed_to_edit(edit[0])]
        return list(self._tried)

    def apply_edits(self: Any, edits: list[Any], *args: Any, **kwargs: Any) -> Any:
        """aider's own; counts from the report that it makes for the model."""
        if kwargs.get("dry_run"):
            return super().apply_edits(edits, *args, **kwargs)  # type: ignore[misc]
        try:
            super().apply_edits(edits, *args, **kwargs)  # type: ignore[misc]
        except ValueError as error:
            failed = re.match(r"# (\d+) SEARCH/REPLACE", str(error.args[0]))
            self._count_unmatched(int(failed[1]) if failed else len(edits))
            self.applied += len(edits) - self.left
            raise
        self.applied += len(edits)
        return None

    def get_rel_fname(self: Any, fname: str) -> str:
        """A short name: what lies outside the workspace goes by its last two parts, not by this machine's folders."""
        name = os.path.relpath(fname, self.root)
        return "/".join(Path(fname).parts[-2:]) if name.startswith("..") else name

    def get_abs_fnames_content(self: Any) -> Iterator[tuple[str, str]]:
        """aider's own in a fixed order; each file ends with a line end, or the closing fence would not stand alone."""
        for name, content in sorted(super().get_abs_fnames_content()):  # type: ignore[misc]
            yield name, content if content.endswith("\n") or not content else content + "\n"

    def render_incremental_response(self: Any, final: bool) -> str:
        """The reply as it is: the whole-file coder would show a diff here, and read any file that a reply names."""
        return str(self.get_multi_response_content_in_progress())

    def calculate_and_show_tokens_and_cost(self: Any, *_: Any) -> None:
        """Nothing: the orchestrator's meter counts, and aider's figures would differ from it."""

    def _editable_names(self: Any) -> list[str]:
        return sorted(os.path.relpath(path, self.root) for path in self.allowed)


class _Blocks(_Strict, EditBlockCoder):
    """Edits by SEARCH/REPLACE blocks."""

    def apply_edits(self, edits: list[Any], dry_run: bool = False) -> Any:
        """aider's own, which wants a new file to be there already, if empty."""
        for path, search, _ in edits:
            full = self.abs_root_path(path)
            if not dry_run and not search.strip() and not Path(full).exists():
                self.io.write_text(full, "")
        return super().apply_edits(edits, dry_run=dry_run)


class _Whole(_Strict, WholeFileCoder):
    """Edits by whole files."""


_CODERS = {"diff": _Blocks, "whole": _Whole}

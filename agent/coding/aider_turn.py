"""aider 0.86.2 as a library: with aider_parts.py the only module that knows it. Runs in the worker, in aider's own environment.

Its Python API is unofficial, so every setting and every method that is replaced stands here, with its reason:

- the model is the orchestrator's (`AskedModel`): no litellm call, no price table, no key, no network;
- its prompts are ours (prompts/aider_*.jinja, some 300 tokens instead of 2,400), and none is repeated as a reminder;
- it may write the files it was given, and nothing else, whatever path a reply names (`_Strict`);
- edits are read by blocks.py and forms.py, in both formats, and handed to it: its own parser ends a block at any underline;
- commands, URLs, shell suggestions, linting, git, the repository map and summaries are all off: they spend calls, run
  programs or read files behind the orchestrator's back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aider  # it lives in the coder environment only
from aider.coders import EditBlockCoder
from aider.coders.base_prompts import CoderPrompts

from agent.coding.aider_parts import AskedModel, AskModel, Console
from agent.coding.as_meant import as_meant
from agent.coding.blocks import blocks_of, has_blocks
from agent.coding.forms import Editing, read_edits


def version() -> str:
    """aider's version. Also loads what aider puts off until its first message."""
    from aider.exceptions import LiteLLMExceptions

    LiteLLMExceptions()
    return str(aider.__version__)


def work(request: dict[str, Any], ask: AskModel) -> dict[str, Any]:
    """One turn in a conversation of its own; the fields of a TurnReply but the transcript."""
    workspace = Path(request["workspace"]).resolve()
    allowed = [workspace / name for name in request["editable"]]
    model = AskedModel(ask)
    coder: Any = _Editor(
        model,
        Console(),
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
    coder.flags, coder.whole = tuple(request["flags"]), request["edit_format"] == "whole"
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
        "unread": coder.unread,
    }


class _Strict:
    """The allow-list, the prompts, and counts of what came of each edit, around an edit format of aider's."""

    def restrict(self: Any, workspace: Path, allowed: list[Path], rules: str) -> None:
        """Set the folder that paths are relative to, the only files that may be written, and the system prompt."""
        self.root = str(workspace)
        self.abs_root_path_cache.clear()
        self.abs_read_only_fnames = sorted(self.abs_read_only_fnames)  # the same prompt every time
        self.allowed = {str(path) for path in allowed}
        self.applied = self.unmatched = self.left = 0
        self.report = self.unread = self._unread_now = ""
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
        if self._unread_now and self.whole:
            self.reflected_message = (
                f"{self.unread}\nOnly these files may be edited: {', '.join(self._editable_names())}"
            )
        if self.reflected_message and not self.left:
            self._count_unmatched(1)  # so broken that aider could not tell how many edits it was
        if self._refused_now:
            # Words before a block come out as the name of a file: that is no file elsewhere, and the block has no place.
            named = {name for name in self._refused_now if not re.search(r"\s", name)}
            self.refused.update(named)
            self._count_unmatched(sum(name not in named for name in self._refused_now))
            self.left = self.left if self._tried else max(self.left, left)
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


class _Forms(EditBlockCoder):
    """aider's SEARCH/REPLACE blocks, and every other form; an edit without lines to search for is a whole file."""

    def get_edits(self: Any) -> list[Any]:
        """Blocks, each under the name of the file that it means; else whole files and diffs."""
        files = {name: self.io.read_text(str(Path(self.root) / name)) or "" for name in self._editable_names()}
        text, self._unread_now = as_meant(self.partial_response_content, files.values()), ""
        if has_blocks(text):
            self.unread = ""
            return [(block.file, block.search, block.replace) for block in blocks_of(text, files)]
        found = read_edits(text, Editing(files, self.flags, self.whole))
        self._unread_now = found.problem
        self.unread = "" if found.edits else found.problem or self.unread
        wholes = [(name, None, new) for name, new in found.wholes]
        return [*wholes, *found.blocks, *((name, "", "") for name in found.refused)]

    def apply_edits(self: Any, edits: list[Any], dry_run: bool = False) -> Any:
        """aider's own, which wants a new file to be there already, if empty; whole files are written first."""
        wholes = [edit for edit in edits if edit[1] is None]
        blocks = [edit for edit in edits if edit[1] is not None]
        for path, search, new in () if dry_run else edits:
            full = self.abs_root_path(path)
            if search is None:
                self.io.write_text(full, new)
            elif not search.strip() and not Path(full).exists():
                self.io.write_text(full, "")
        applied = super().apply_edits(blocks, dry_run=dry_run)
        return [*wholes, *applied] if dry_run else applied


class _Editor(_Strict, _Forms):
    """The coder of a turn."""

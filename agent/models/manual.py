"""A person or any other program as the model: questions and answers are files in the session."""

from __future__ import annotations

import codecs
import os
import re
import shlex
import time
from pathlib import Path

from agent.errors import SessionError
from agent.models.faults.patience import Say
from agent.models.protocol import Asking, Reply, Request
from agent.session.files import write_text
from agent.session.stop import Stop

_POLL_S = 0.2
_SETTLED_S = 1.0
"""A file typed by hand counts once it has not grown for this long; answer.py renames a whole one into place."""


class ManualModel:
    """Lays each request down as `requests/<step>.md` and waits for `requests/<step>.answer.md`."""

    name = "manual"

    def __init__(
        self, folder: Path, stop: Stop | None = None, say: Say = lambda text: None, asked: Asking = lambda request: None
    ) -> None:
        """`say` is told how the question is answered as the wait begins, and of its end by an empty text; `asked` hears of each question."""
        self.asked = asked
        self.folder = folder
        self.say = say
        self.stop = stop or Stop()

    def answer(self, request: Request) -> Reply:
        """The answer's text. Raises Interrupted where the session is asked to stop while waiting."""
        question, answer = request_paths(self.folder, request.step, request.again)
        write_text(question, _readable(request, answer.name))
        session = os.path.relpath(self.folder.parent)
        self.say(
            f"waiting for your answer to {request.step}: `python agent/answer.py {session}` shows the question, with "
            f"`--step {shlex.quote(request.step)} --file FILE` answers it"
        )
        if not answer.exists():
            self.asked(request)
        try:
            watch = _Watch(answer)
            while not watch.settled():
                self.stop.check()
                time.sleep(_POLL_S)
        finally:
            self.say("")
        return Reply(typed_text(answer.read_bytes()).strip() + "\n", "manual")


def request_paths(folder: Path, step: str, again: int = 0) -> tuple[Path, Path]:
    """The files of the question and of its answer; one that was asked again has files of its own."""
    name = re.sub(r"[^A-Za-z0-9_]+", "-", step) + (f"-again-{again}" if again else "")
    return folder / f"{name}.md", folder / f"{name}.answer.md"


def open_requests(folder: Path) -> list[Path]:
    """Questions without an answer, oldest first."""
    questions = [path for path in folder.glob("*.md") if not path.name.endswith(".answer.md")]
    waiting = [path for path in questions if not answer_path(path).exists()]
    return sorted(waiting, key=lambda path: path.stat().st_mtime)


def answer_path(question: Path) -> Path:
    """Where the answer to a question goes."""
    return question.with_name(question.stem + ".answer.md")


def give_answer(folder: Path, text: str, step: str) -> Path:
    """Answer the open question of that step, asked again or not. Raises SessionError where it is not open, or the answer is empty."""
    if not text.strip():
        raise SessionError("the answer is empty; nothing was written")
    waiting = open_requests(folder)
    name = request_paths(folder, step)[0].stem
    question = next((path for path in waiting if re.fullmatch(rf"{re.escape(name)}(?:-again-\d+)?", path.stem)), None)
    if question is None:
        others = ", ".join(path.stem for path in waiting) or "none"
        raise SessionError(f"{folder}: no open question of step {step!r} (open: {others}); nothing was written")
    target = answer_path(question)
    write_text(target, text)
    return target


class _Watch:
    """A file that somebody may still be writing: settled once it has not changed for a while, whatever its clock says."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._since = 0.0

    def settled(self) -> bool:
        """Whether the file holds something and has stayed as it is; one that is older than that by this clock has."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return False
        if (found.st_size, found.st_mtime_ns) != self._seen:
            self._seen, self._since = (found.st_size, found.st_mtime_ns), time.monotonic()
        stayed_s = max(time.time() - found.st_mtime, time.monotonic() - self._since)
        return found.st_size > 0 and stayed_s >= _SETTLED_S


def typed_text(data: bytes) -> str:
    """A file's text, in UTF-8 or in what its first bytes say that an editor chose."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def _readable(request: Request, answer: str) -> str:
    head = (
        f"<!-- labloop asks the {request.role}, step {request.step}.\n"
        f"     Write the answer, and nothing else, to {answer} in this folder. -->\n"
    )
    parts = [f"\n<!-- {message.role} -->\n\n{message.content.rstrip()}\n" for message in request.messages]
    return head + "".join(parts)

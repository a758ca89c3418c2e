"""One turn of the coder: the workspace put in its known state, the request, the outcome from file hashes."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from agent.coding.coder import Coder, CoderFailed, TurnReply, TurnRequest
from agent.coding.edit import TurnOutcome, compare_turn, snapshot
from agent.coding.reply import read_reply
from agent.models.gateway import Gateway
from agent.models.protocol import Message
from agent.results.story import story_of
from agent.session.events import Edited
from agent.session.files import write_bytes
from agent.session.session import Session
from agent.session.steps import Step

log = logging.getLogger(__name__)
_LONGEST_REPORT = 8000


@dataclass(frozen=True)
class Turn:
    """What is asked of the coder: the message, the files it may edit and see, and whether its last edits missed."""

    step: Step
    message: str
    editable: tuple[str, ...]
    read_only: tuple[str, ...] = ()
    unmatched_before: bool = False
    command: tuple[str, ...] = ()
    """The command that will run the files: its flags must stay."""


def work_turn(session: Session, gateway: Gateway, coder: Coder, turn: Turn) -> Edited:
    """The turn's outcome: the journal's where it was made before, else made now.

    A turn that was cut off starts again from the code before it; its answered exchanges are not asked again.
    """

    def work() -> Edited:
        files = restore_workspace(session)
        before = snapshot(session.paths.workspace)
        reply, text = _reply(session, gateway, coder, turn)
        outcome = compare_turn(before, session.paths.workspace, turn.editable, reply)
        for name in outcome.changed:
            files[name] = session.blobs.put((session.paths.workspace / name).read_bytes())
        return _edited(outcome, files, text)

    edited = session.journal.step(Edited, turn.step, work)
    restore_workspace(session)
    return edited


def _reply(session: Session, gateway: Gateway, coder: Coder, turn: Turn) -> tuple[TurnReply, str]:
    """The coder's reply, and all that the model said in the turn. Its process may die once."""
    answers: list[str] = []

    def ask(messages: list[Message]) -> str:
        answers.append(gateway.ask("coder", turn.step.exchange(len(answers) + 1), messages))
        return answers[-1]

    request = TurnRequest(
        message=turn.message,
        workspace=session.paths.workspace,
        editable=turn.editable,
        read_only=tuple(session.template.root / name for name in turn.read_only),
        unmatched_before=turn.unmatched_before,
        flags=tuple(flag[1] for word in turn.command if (flag := re.match(r"--?([A-Za-z][\w-]*)=?", word))),
    )
    try:
        reply = coder.work(request, ask)
    except CoderFailed as failed:  # once more from the start; answered exchanges cost nothing
        log.warning("%s: %s; the turn is worked again", turn.step, failed)
        restore_workspace(session)
        answers.clear()
        reply = coder.work(request, ask)
    return reply, "\n\n".join(answers) or reply.text


def _edited(outcome: TurnOutcome, files: dict[str, str], text: str) -> Edited:
    """The turn's record. Title and advice stand in the first answer, also where a later one mends a block."""
    said, reply = read_reply(text), outcome.reply
    return Edited(
        outcome=outcome.outcome,
        files=files,
        changed=list(outcome.changed),
        outside=list(outcome.outside),
        diff=outcome.diff,
        reply=text,
        applied=reply.edits_applied,
        unmatched=reply.edits_unmatched,
        unread=reply.unread if outcome.outcome in ("no_edit", "unmatched") else "",
        refused=list(reply.refused),
        advice=said.advice,
        completed=outcome.outcome == "no_edit" and said.completed,
        launch=outcome.outcome == "no_edit" and said.launch,
        left=reply.edits_left if outcome.partial else 0,
        left_report=reply.left_report[:_LONGEST_REPORT] if outcome.partial else "",
    )


def restore_workspace(session: Session) -> dict[str, str]:
    """Put the workspace into its journalled state: exactly the editable files, nothing else."""
    files = story_of(session).code(session.files)
    workspace = session.paths.workspace
    workspace.mkdir(exist_ok=True)
    for name, digest in files.items():
        write_bytes(workspace / name, session.blobs.get(digest))
    return files

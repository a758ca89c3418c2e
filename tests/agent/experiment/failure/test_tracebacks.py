"""Tracebacks as they stand in a log: which exception is last, and what led to it."""

from __future__ import annotations

import pytest

from agent.experiment.failure.cause import last_chain
from agent.experiment.failure.tracebacks import exceptions

HEADER = "Traceback (most recent call last):\n"
FRAME = '  File "/code/experiment.py", line 7, in main\n    step()\n'
CAUSE = "The above exception was the direct cause of the following exception:\n"


def test_type_message_and_frames_are_read() -> None:
    """The exception's line is cut at its first colon; a frame knows file, line, function and source."""
    (one,) = last_chain(f"loaded\n{HEADER}{FRAME}ValueError: k: must be 3\n")
    assert (one.type, one.message) == ("ValueError", "k: must be 3")
    (frame,) = one.frames
    assert (frame.file, frame.line, frame.function, frame.source) == ("/code/experiment.py", 7, "main", "step()")


def test_a_chain_is_what_led_to_one_another() -> None:
    """Connected exceptions are one chain in their order; one that stands apart before them is not of it."""
    text = f"{HEADER}{FRAME}OSError: first\n\nretrying\n{HEADER}{FRAME}KeyError: 'k'\n\n{CAUSE}\n{HEADER}{FRAME}ValueError: second\n"
    assert [one.type for one in exceptions(text)] == ["OSError", "KeyError", "ValueError"]
    assert [one.type for one in last_chain(text)] == ["KeyError", "ValueError"]


@pytest.mark.parametrize("text", ["", "all went well\n", HEADER, f"{HEADER}{FRAME}", 'File "x", line 3\n'])
def test_where_nothing_was_raised_there_is_no_chain(text: str) -> None:
    """A log without an exception, or with one that was cut off before its name, has none."""
    assert last_chain(text) == []

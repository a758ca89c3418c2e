"""Why a process failed, as the coder is shown it: the last exception with the frames in its own files."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.experiment.failure.first_failure import first_failure
from agent.experiment.failure.hints import hint_on
from agent.experiment.failure.last_words import last_words
from agent.experiment.failure.outside import outside, sandbox_failure
from agent.experiment.failure.own_code import OwnCode
from agent.experiment.failure.raised import Frame, Raised
from agent.experiment.failure.tracebacks import chains_of
from agent.sandbox import Finished
from agent.session.logs import read_log, read_long_log, shorten, tail

LIMIT = 2500
_MESSAGE, _REASON, _SOURCE = 900, 300, 160
_SMALL = 900_000
"""Bytes of a log, beyond what was seen, that are no reason to read it again."""
_FRAMES_FIRST, _FRAMES_LAST = 2, 6
_THROWN = re.compile(r"^\s*what\(\):\s*(.+)$", re.MULTILINE)
_NESTED = re.compile(r"(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Warning)):(?:\s+|$)")
_SIGNALS = {int(each): each.name for each in signal.Signals}
_ON_DEVICE = re.compile(r"Assertion .{1,200}? failed")
_STOPPED = ("KeyboardInterrupt", "SystemExit")
_FOLLOWS = re.compile(
    r"I/O operation on closed|(?:write to|read of|seek of) closed file|underlying buffer has been detached|Errno 9\b|Errno 32\b"
    r"|cannot schedule new futures|Event loop is closed|Cannot operate on a closed|(?:pool|handle|queue|session|client|file|generator)\b.{0,30} (?:is|was|has been|already) closed",
    re.IGNORECASE,
)
"""What fails where another failure is handled only because that one closed it."""


@dataclass(frozen=True)
class Cause:
    """A failure in the words that people and the coder need."""

    reason: str
    """One line."""
    shown: str
    """What the coder is shown, at most about 2,500 characters."""
    signature: str
    """Equal for two failures of the same kind."""
    environment: bool
    """No edit can mend it."""
    kind: str = ""
    """Which kind of environment failure."""


def find_cause(stdout: Path, stderr: Path, finished: Finished, own: OwnCode) -> Cause:
    """The cause of a process that ended with `finished`; `own` is the code that the coder knows."""
    errors, output = read_log(stderr), read_log(stdout)
    chain = last_chain(errors) or last_chain(output) or _further_up(stderr, errors) or _further_up(stdout, output)
    ended = _how_it_ended(finished)
    if finished.timed_out or finished.out_of_memory or finished.too_many_processes:
        return _ended_by_us(finished, ended, chain, output, own)
    if chain and not (finished.exit_code and finished.exit_code < 0 and chain[-1].type in _STOPPED):
        return _from_exceptions(chain, ended, own, errors)
    return _without_exception(finished, ended, errors, output, own)


def last_chain(text: str) -> list[Raised]:
    """The exceptions of the chain that ended what this log is of, in the order of printing; empty where there is none."""
    return first_failure(chains_of(text), text)


def _further_up(log: Path, seen: str) -> list[Raised]:
    """The last chain of a log that is longer than what was seen of it: a line of megabytes may follow a traceback."""
    if not log.is_file() or log.stat().st_size <= len(seen.encode()) + _SMALL:
        return []
    return last_chain(read_long_log(log))


def _from_exceptions(chain: Sequence[Raised], ended: str, own: OwnCode, said: str) -> Cause:
    last = _told(chain)
    why = _asserted(last, said)
    known = next((found for one in reversed(chain) if (found := outside(_headline(one), own.fixed_modules))), None)
    frame = _deepest(last, own) or _deepest(chain[0], own)
    place = f" ({own.name(frame.file)}:{frame.line} in {frame.function})" if frame else ""
    after = (
        f"; while that was handled, {shorten(_first_line(_headline(chain[-1])), _SOURCE)}"
        if last is not chain[-1]
        else ""
    )
    reason = shorten(_first_line(_headline(last)) + why, _REASON) + place + after
    budget = LIMIT // len(chain[-3:])
    texts = [_shown(one, own, budget) for one in chain[-3:]]
    shown = "\nwhich led to:\n".join(texts)
    shown = f"{shown}\nThe device said{why}" if why else shown
    hint = hint_on(_headline(last), own) if known is None else known.remedy
    if ended.startswith("killed"):
        reason, shown = f"{ended}: {reason}", f"The process was {ended}.\n{shown}"
    return Cause(
        reason=f"{reason}: {known.remedy}" if known else reason,
        shown=shorten(shown, LIMIT - len(hint) - 8) + (f"\nHint: {hint}" if hint else ""),
        signature=_signature(last.type, last.message, frame.function if frame else ""),
        environment=known is not None,
        kind=known.kind if known else "",
    )


def _told(chain: Sequence[Raised]) -> Raised:
    """The exception that the reason names: the last, but one that only followed from the handling of another."""
    return next((one for one in reversed(chain) if not _FOLLOWS.search(one.message)), chain[-1])


def _ended_by_us(finished: Finished, ended: str, chain: Sequence[Raised], output: str, own: OwnCode) -> Cause:
    """The time or memory limit; the traceback of the SIGINT says where it was."""
    lines = [f"The process was {ended}."]
    place = ""
    if chain:
        frame = _deepest(chain[-1], own)
        place = frame.function if frame else ""
        lines += ["It was here:", _frames_text(chain[-1].frames, own)]
    if output.strip():
        lines += ["The last lines of its output:", tail(output, 8, 600)]
    kind = "timed_out" if finished.timed_out else "out_of_memory" if finished.out_of_memory else "too_many_processes"
    signature = f"{kind}|{place}"
    return Cause(ended + (f" in {place}" if place else ""), shorten("\n".join(lines), LIMIT), signature, False)


def _without_exception(finished: Finished, ended: str, errors: str, output: str, own: OwnCode) -> Cause:
    """A signal, an exit status with or without words, or nothing at all."""
    ran = finished.exit_code in (0, None) or finished.started  # what ran can print whatever it likes
    broken = "" if ran else sandbox_failure(errors)
    if broken:
        reason = f"the sandbox could not run it: {shorten(_first_line(broken), _REASON)}"
        return Cause(reason, reason, f"sandbox|{_normal(broken)}", True, "sandbox")
    said = errors if errors.strip() else output
    last = last_words(said)
    thrown = _THROWN.findall(said)  # C++ says why above its stack
    known = outside(f"{last}\n{thrown[-1] if thrown else ''}", own.fixed_modules) if finished.exit_code else None
    reason = f"{ended}{f': {shorten(last, _REASON)}' if last else ', and said nothing'}"
    lines = [f"The process {'was ' if ended.startswith('killed') else ''}{ended}."]
    if errors.strip():
        lines += ["The last lines of stderr:", tail(errors, 20, 1400)]
    if output.strip():
        lines += ["The last lines of stdout:", tail(output, 8, 600)]
    if not said.strip():
        lines.append("It wrote nothing to stdout or stderr.")
    hint = hint_on(last, own)
    return Cause(
        f"{reason}: {known.remedy}" if known else reason,
        shorten("\n".join(lines), LIMIT - len(hint) - 8) + (f"\nHint: {hint}" if hint else ""),
        _signature(ended, last, ""),
        known is not None,
        known.kind if known else "",
    )


def _how_it_ended(finished: Finished) -> str:
    if finished.timed_out:
        return f"ended at its time limit after {finished.seconds:.0f} s"
    if finished.out_of_memory:
        return f"ended at its memory limit{f': it {finished.limit}' if finished.limit else ''}"
    if finished.too_many_processes:
        return f"ended at its limit of processes{f': it {finished.limit}' if finished.limit else ''}"
    if finished.exit_code is None:
        return "killed together with its supervisor"
    if finished.exit_code < 0:
        number = -finished.exit_code
        name = _SIGNALS.get(number, f"signal {number}")
        note = " (mostly the system, when memory runs out)" if number == signal.SIGKILL else ""
        return f"killed by {name}{note}"
    child = _SIGNALS.get(finished.exit_code - 128)
    mostly = ", mostly by the system when memory runs out" if child == "SIGKILL" else ""
    note = f" (as where a process that it started was killed by {child}{mostly})" if child else ""
    return f"ended with exit status {finished.exit_code}{note}"


def _shown(one: Raised, own: OwnCode, budget: int) -> str:
    frames = _frames_text(one.frames, own)
    message = shorten(_headline(one), max(_MESSAGE, budget - len(frames)))
    return f"{frames}\n{message}" if frames else message


def _frames_text(frames: Sequence[Frame], own: OwnCode) -> str:
    """The frames in the template's files, and where it ended when that is elsewhere; else the last few frames."""
    mine = [frame for frame in frames if own.holds(frame.file)]
    if not mine:
        return "\n".join(_frame_text(frame, own) for frame in frames[-4:])
    if len(mine) > _FRAMES_FIRST + _FRAMES_LAST:
        left_out = len(mine) - _FRAMES_FIRST - _FRAMES_LAST
        texts = [_frame_text(frame, own) for frame in mine[:_FRAMES_FIRST]]
        texts += [f"  [{left_out} frames left out]"] + [_frame_text(frame, own) for frame in mine[-_FRAMES_LAST:]]
    else:
        texts = [_frame_text(frame, own) for frame in mine]
    if frames[-1] is not mine[-1]:
        texts.append(_frame_text(frames[-1], own))
    return "\n".join(texts)


def _frame_text(frame: Frame, own: OwnCode) -> str:
    line = f'  File "{own.name(frame.file)}", line {frame.line}, in {frame.function}'
    return f"{line}\n    {shorten(frame.source, _SOURCE)}" if frame.source else line


def _deepest(one: Raised, own: OwnCode) -> Frame | None:
    return next((frame for frame in reversed(one.frames) if own.holds(frame.file)), None)


def _headline(one: Raised) -> str:
    """Type and message; a name that the message begins with again, as wrapped exceptions do, stands once."""
    names, message = [one.type], one.message
    while match := _NESTED.match(message):
        if match["name"].rsplit(".", 1)[-1] not in {name.rsplit(".", 1)[-1] for name in names}:
            names.append(match["name"])
        message = message[match.end() :]
    return ": ".join([*names, message] if message else names)


def _first_line(text: str) -> str:
    """The first line; with the next one where it only announces that."""
    first, _, rest = text.partition("\n")
    following = next((line.strip() for line in rest.split("\n") if line.strip()), "")
    return f"{first} {following}" if first.rstrip().endswith(":") and following else first


def _asserted(one: Raised, said: str) -> str:
    """What the device's own assertion was, which it printed before the exception; empty where it was none."""
    found = _ON_DEVICE.findall(said) if "device-side assert" in one.message else []
    return f": {found[0]}" if found else ""


def _signature(kind: str, message: str, function: str) -> str:
    return f"{kind.rsplit('.', 1)[-1]}|{_normal(_first_line(message))}|{function}"


def _normal(text: str) -> str:
    """A message without what differs from one time to the next."""
    text = re.sub(
        r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b|\b0x[0-9a-fA-F]+\b|\b[0-9a-f]{16,}\b", "#", text
    )
    text = re.sub(r"(?:[A-Za-z]:)?(?:/[\w.@+~-]+){2,}/?", "PATH", text)
    text = re.sub(r"[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", "#", text, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip()[:160]

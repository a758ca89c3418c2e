"""Python's tracebacks as they stand in a log: chains of exceptions with their frames."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.experiment.failure.raised import Frame, Raised
from agent.experiment.failure.streams import END, MARK, sorted_lines

_HEADER = re.compile(r"(?P<before>.*?)(?P<kind>Original |Exception Group )?Traceback \(most recent call last\):\s*$")
_FRAME = re.compile(r'^\s*(?:> )?File "(?P<file>[^"]+)", line (?P<line>\d+)(?:,? in (?P<function>.+?))?\s*$')
_EXCEPTION = re.compile(r"^(?P<type>[^\W\d][\w.]*(?:<locals>\.[\w.]+)*(?:\(\w+\))?)(?::\s?(?P<message>.*))?$")
_SYNTAX = re.compile(r"^(SyntaxError|IndentationError|TabError): ")
_FATAL = re.compile(r"^Fatal Python error: (?P<message>.*)$")
_THROWN = re.compile(
    r"^(?:terminate called after throwing an instance of '(?P<type>[^']+)'"
    r"|terminate called (?P<bare>without an active exception|recursively)"
    r"|libc\+\+abi: terminating due to uncaught exception of type (?P<other>[\w:]+)(?:: (?P<message>.*))?)\s*$"
)
_WHAT = re.compile(r"^\s*what\(\):\s*(?P<message>.*)$")
_STACK = ("Exception raised from ", "frame #", "C++ CapturedTraceback")
_SAID_BEFORE = re.compile(
    r"Assertion .*failed|Check failed|\b\w+\(\): (?:invalid|corrupt|double|memory|unaligned|unsorted|mismatching|smallbin|largebin)|double free|malloc\(\)|corrupt"
    r"|stack smashing|buffer overflow detected|LLVM ERROR|OMP: Error"
    r"|pure virtual|INTERNAL ASSERT|CUDA error"
)
_PROCESS = re.compile(r"^Process \S+(?=:$)")
"""What multiprocessing writes above the traceback of a child."""
_CONNECTED = ("The above exception was the direct cause of", "During handling of the above exception")
_ASIDE = re.compile(r"^(Exception ignored in|Error in atexit|Error in sys\.excepthook|--- Logging error ---)")
_GROUP = re.compile(r"^\s*(?:[|]\s?|\+-[-+\s\d.]*(?:-|$)|\+\s(?=Exception Group))")
_POINTS = re.compile(r"[│└\s]+")
"""Of a logger that writes the values of names under a frame's line."""
_LONGEST_MESSAGE = 14


def chains_of(text: str) -> list[list[Raised]]:
    """The chains of exceptions that a log shows, in order; what Python only mentions counts where nothing else stands."""
    found = [one for one in exceptions(text) if one.type]
    serious = [one for one in found if not one.aside] or found
    chains: list[list[Raised]] = []
    for one in serious:
        if one.connected and chains:
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains


def exceptions(text: str) -> list[Raised]:
    """Every exception that a log shows, in order."""
    lines = sorted_lines(text)
    grouped = "Exception Group Traceback" in text
    if grouped:
        lines = [_without_margin(line) for line in lines]
    found: list[Raised] = []
    connected, index, process = False, 0, ""
    while index < len(lines):
        line = lines[index]
        if line.startswith(MARK):
            process = line[1:]
        if line.startswith(_CONNECTED):
            connected = True
        header = _HEADER.match(line)
        fatal = _FATAL.match(line)
        if header:
            aside = bool(_ASIDE.match(lines[index - 1] if index else "") or _ASIDE.match(header["before"]))
            of = _PROCESS.match(lines[index - 1]) if index else None
            one, index = _block(lines, index + 1)
            nested = header["kind"] == "Original " or (grouped and bool(found))
            found.append(
                replace(one, connected=connected or nested, aside=aside, process=process or (of[0] if of else ""))
            )
            connected = False
        elif fatal:
            said = _said_before(lines, index)
            one, index = _fault(lines, index + 1, f"{fatal['message']}{said}")
            found.append(replace(one, process=process))
        elif thrown := _THROWN.match(line):
            one, index = _thrown(lines, index + 1, thrown)
            found.append(replace(one, process=process))
        elif _FRAME.match(line) and (one_of_syntax := _syntax(lines, index)):
            found.append(one_of_syntax[0])
            index = one_of_syntax[1]
        else:
            index += 1
    return found


def _block(lines: list[str], index: int) -> tuple[Raised, int]:
    """The frames and the exception that follow a header."""
    frames: list[Frame] = []
    while index < len(lines):
        line = lines[index]
        match = _FRAME.match(line)
        if match:
            frames.append(_frame(match))
        elif line[:1].isspace() or not line or _POINTS.match(line):
            if frames and not frames[-1].source and line.strip() and not set(line.strip()) <= set("^~"):
                frames[-1] = replace(frames[-1], source=line.strip())
        else:
            break
        index += 1
    if index >= len(lines) or _HEADER.match(lines[index]):
        return Raised("", "", tuple(frames)), index
    match = _EXCEPTION.match(lines[index])
    if match is None:  # the log went on with something else: the traceback was cut off
        return Raised("", "", tuple(frames)), index
    message, index = _message(lines, index + 1, match["message"] or "")
    return Raised(match["type"], message, tuple(frames)), index


def _message(lines: list[str], index: int, first: str) -> tuple[str, int]:
    parts = [first]
    while index < len(lines) and len(parts) < _LONGEST_MESSAGE:
        line = lines[index]
        if (
            _HEADER.match(line)
            or line.startswith((*_CONNECTED, MARK, END))
            or _THROWN.match(line)
            or _ASIDE.match(line)
            or _FATAL.match(line)
        ):
            break
        parts.append(line)
        index += 1
    return "\n".join(part for part in parts if part.strip() and part.strip() != '"""').strip(), index


def _fault(lines: list[str], index: int, message: str) -> tuple[Raised, int]:
    """What faulthandler prints when a signal ends the interpreter: frames of the current thread, innermost first."""
    frames: list[Frame] = []
    current = False
    while index < len(lines):
        line = lines[index]
        if "most recent call first" in line:
            if current:
                break
            current = line.startswith(("Current thread", "Stack"))
        elif (match := _FRAME.match(line)) and current:
            frames.insert(0, _frame(match))
        elif line.startswith("Extension modules") or _HEADER.match(line):
            break
        index += 1
    return Raised("Fatal Python error", message, tuple(frames)), index


def _said_before(lines: list[str], index: int) -> str:
    """What C itself printed as it gave up, just above what Python says of the signal."""
    near = [line.strip() for line in lines[max(0, index - 4) : index] if _SAID_BEFORE.search(line)]
    return f": {near[-1]}" if near else ""


def _thrown(lines: list[str], index: int, match: re.Match[str]) -> tuple[Raised, int]:
    """What C++ says of the exception that nobody caught; Python's frames follow, where it says where it was."""
    parts = [match["bare"] or match["message"] or ""]
    kind = match["type"] or match["other"] or "terminate called"
    if index < len(lines) and (what := _WHAT.match(lines[index])):
        parts[0], index = what["message"], index + 1
        while index < len(lines) and len(parts) < _LONGEST_MESSAGE and not _ends_message(lines[index]):
            parts.append(lines[index])
            index += 1
    frames: tuple[Frame, ...] = ()
    after = next((at for at in range(index, len(lines)) if _FATAL.match(lines[at]) or _HEADER.match(lines[at])), None)
    if after is not None and (fatal := _FATAL.match(lines[after])) and fatal["message"] == "Aborted":
        one, index = _fault(lines, after + 1, "")
        frames = one.frames
    return Raised(kind, "\n".join(part for part in parts if part.strip()).strip(), frames), index


def _ends_message(line: str) -> bool:
    return not line.strip() or line.startswith((*_STACK, MARK, END)) or bool(_FATAL.match(line) or _HEADER.match(line))


def _syntax(lines: list[str], index: int) -> tuple[Raised, int] | None:
    """A SyntaxError of the script itself, which has no header."""
    match = _FRAME.match(lines[index])
    for end in range(index + 1, min(index + 6, len(lines))):
        if _SYNTAX.match(lines[end]) and match:
            kind, _, message = lines[end].partition(": ")
            source = lines[index + 1].strip() if end > index + 1 else ""
            return Raised(kind, message, (replace(_frame(match), source=source),)), end + 1
    return None


def _frame(match: re.Match[str]) -> Frame:
    return Frame(match["file"], int(match["line"]), match["function"] or "<module>")


def _without_margin(line: str) -> str:
    """A line of an ExceptionGroup without the tree drawn at its left."""
    while match := _GROUP.match(line):
        if not match.end():
            break
        line = line[match.end() :]
    return line

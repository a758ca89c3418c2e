"""The line of a log that says why, where no exception does: not the rule, the advice or the status that stand below it."""

from __future__ import annotations

import re

_NEAR = 40
_SAYS_NOTHING = re.compile(
    r"[-=*#~_+|\s]*$|note: run with|exit status \d+$|==\d+==ABORTING|(?:srun|slurmstepd): (?:Terminating|Job step|\S*launch/slurm)"
    r"|NOTE: invoking MPI_ABORT|You may or may not see output|exactly when Open MPI kills|=\s+(?:CLEANING UP|YOU CAN IGNORE)"
    r"|(?:Killing|Stopping|Terminating|Cleaning up)\b.{0,40}(?:process|children|workers)|(?:goroutine \d+|\t\S+\.go:\d+|\w+\.\w+\(\)$)"
    r"|Aborted(?: \(core dumped\))?$|stack backtrace:|\s+\d+: 0x|\s+at \S|\s*\[\d+\] \S+.*(?: at |\)$|scope$)|Execution halted$|Calls: |in expression starting at |\s+@ \S|Node\.js v\d|Error termination\. Backtrace|make(?:\[\d+\])?: \*\*\*|Please (?:make sure|check|see|refer|report)\b"
    r"|(?:\[rank\d+\]:)?\[W\d{4} |\S+:\d+: \w*Warning: |\s+_?warnings\.warn\w*\(|wandb: |Stack ?trace:?$|Set the environment variable \w+|OMP: Hint|For more (?:information|details)|\s+full_key: |\s+object_type=|\s+\^+$|#\d+\s+0x|frame #\d+"
)
"""Of a line that a program writes after it has said what went wrong."""
_SAYS_WHY = re.compile(
    r"panicked at|^panic: |MPI_ABORT was invoked|application called MPI_Abort|ERROR: AddressSanitizer|^SUMMARY: |oom[_-]kill|OOM Killed|Out Of Memory|Out of memory: Killed"
    r"|CANCELLED AT|\bDUE TO\b|OMP: Error|Check failed|Assertion .*failed|^fatal(?: error)?: |^ERROR: |^Error in .{0,80}: |: error: |LLVM ERROR"
)


def last_words(said: str) -> str:
    """The line that says why, of the last that a program wrote; its last one where none of them does; empty of nothing."""
    lines = [line for line in said.splitlines() if line.strip()][-_NEAR:]
    why = [at for at, line in enumerate(lines) if _SAYS_WHY.search(line)]
    if why:
        at = why[-1]
        follows = lines[at + 1].strip() if lines[at].rstrip().endswith(":") and at + 1 < len(lines) else ""
        return " ".join(filter(None, [lines[at].strip(), follows]))
    telling = [line for line in lines if not _SAYS_NOTHING.match(line)]
    return (telling or lines or [""])[-1].strip()

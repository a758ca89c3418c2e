"""`labloop run|campaign|status|say|drop|replay|review|audit|sign|pack|verify|answer|doctor`: every door as a sub-command of one installed command."""

from __future__ import annotations

import importlib
import sys

COMMANDS = {
    "run": ("agent.commands.run_idea", "work an idea through, from baseline to paper"),
    "campaign": ("agent.commands.campaign", "work many ideas, over models and repeats, several sessions at once"),
    "status": ("agent.commands.status", "list sessions and campaigns: state, what they wait for, cost"),
    "say": ("agent.commands.say", "say something to a session: its next brief shows it"),
    "drop": ("agent.commands.drop", "take an accepted run out of what counts"),
    "answer": ("agent.commands.answer", "be the model of a --model manual session"),
    "review": ("agent.commands.review", "write a session's page"),
    "audit": ("agent.commands.audit", "match every number of notes and draft to its evidence"),
    "sign": ("agent.commands.sign", "sign a draft off, as a person"),
    "pack": ("agent.commands.pack", "write a session as one file that a stranger can verify"),
    "verify": ("agent.commands.verify", "derive every number of a packed session again"),
    "replay": ("agent.commands.replay", "drive a past session again, or look back at it"),
    "doctor": ("agent.commands.doctor", "try everything that could fail late"),
}


def main(argv: list[str] | None = None) -> int:
    """The command; the sub-command's exit status."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in ("-h", "--help"):
        print("usage: labloop COMMAND …   (labloop COMMAND --help tells its flags)\n")
        for name, (_, help_text) in COMMANDS.items():
            print(f"  {name:8} {help_text}")
        return 0 if words else 2
    if words[0] not in COMMANDS:
        print(f"error: {words[0]!r} is no command of labloop; it has {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    return int(importlib.import_module(COMMANDS[words[0]][0]).main(words[1:]))


if __name__ == "__main__":
    sys.exit(main())

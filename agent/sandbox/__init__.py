"""Running what a model wrote: own namespaces where they work, own process tree everywhere, limits, clean environment.

environment.py  the clean environment         command.py     Command, Finished and the Sandbox protocol
bwrap.py        bubblewrap: out of reach      plain.py       without namespaces: found out afterwards
supervisor/     the process in between: time, memory, logs, the end of the whole tree
guard.py        were others' files touched     choose.py      which sandbox works here, decided by trying
standing.py     a command that stays, asked by lines
leavings.py     what was left: limits, removal     machine.py     memory that is free here
"""

from agent.sandbox.choose import choose
from agent.sandbox.command import Command, Finished, Sandbox
from agent.sandbox.environment import clean_environment

__all__ = ["Command", "Finished", "Sandbox", "choose", "clean_environment"]

"""Where commands are run: on this machine, side by side in slots. The sandbox and its supervisor run where the command runs.

launcher.py   the Launcher protocol: submit a Command with what it needs → a Handle → how it Finished
companion.py  a process that stands beside a command, where it runs
slurm/        jobs of Slurm
local.py      this machine: a thread a launch, which waits for a slot and runs the sandbox
slots.py      slots that any number of processes share without a daemon: locks on files, given back by whoever dies
registry.py   which launcher the settings name
cores.py      how many slots this machine has, which GPU and how many threads go with each
"""

from agent.launching.companion import Companion
from agent.launching.launcher import Handle, Launcher, Needs
from agent.launching.local import LocalLauncher
from agent.launching.registry import launcher_for, within_reach
from agent.launching.slurm.left import withdraw_left

__all__ = ["Companion", "Handle", "Launcher", "LocalLauncher", "Needs", "launcher_for", "withdraw_left", "within_reach"]

"""The process between the orchestrator and what it runs. A program of its own, standard library only.

    python -I -S -c BOOT FOLDER   < one line of JSON (Watch.spec), then an open pipe   > one line of JSON (its report)

It spawns the command, keeps its logs within a size, watches time and memory, and at the end kills every process
that came of it. It adopts orphans (Linux), so a daemon that forked twice is still its descendant. When its stdin
closes (the orchestrator asks for the end, or was killed) it ends everything in the same way.

It is started from the folder above, so that nothing else of this repository is loaded; hence the relative imports.
"""

"""The first process of a namespace: it starts the command, waits, and tells how that ended, which 128 + n does not.

    python -I -S first.py FD PROGRAM ARGUMENT...   > `exit N` or `signal N` to FD

A status of 137 may be SIGKILL or an experiment's own choice. Every orphan of the namespace is reaped on the way; the
kernel ends what is left when this process does.
"""

import os
import signal
import sys


def main() -> None:
    """One command, from the arguments to the end of this process with its status."""
    told, argv = int(sys.argv[1]), sys.argv[2:]
    child = os.fork()
    if not child:
        os.close(told)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores
            signal.signal(number, signal.SIG_DFL)
        try:
            os.execvp(argv[0], argv)
        except OSError as error:
            os.write(2, f"labloop: {argv[0]}: {error.strerror}\n".encode())
            os._exit(127)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    found, status = 0, 0
    while found != child:
        found, status = os.wait()
    by_signal = os.WIFSIGNALED(status)
    code = os.WTERMSIG(status) if by_signal else os.WEXITSTATUS(status)
    os.write(told, f"{'signal' if by_signal else 'exit'} {code}\n".encode())
    os._exit(min(128 + code, 255) if by_signal else code)


if __name__ == "__main__":
    main()

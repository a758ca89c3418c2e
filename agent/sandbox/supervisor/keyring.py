"""The kernel's keys of a login are no command's: what one leaves there the next would find, in whatever namespace.

A session keyring is inherited by every process below it, through namespaces of every kind. It holds what the login put there
(tickets, tokens), and a command that adds a key of its own to it hands that to all that are run after it.
"""

from __future__ import annotations

import ctypes
import os
import sys

_KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219, "loongarch64": 219, "ppc64le": 271, "s390x": 280}
"""Number of the system call, by machine; libc has no function for it."""
_JOIN_SESSION_KEYRING = 1


def join_own_keyring() -> bool:
    """Give this process, and what it starts, an empty session keyring in place of the inherited one.

    Whether it has: not where a kernel has no keys, a container forbids the call or the user has too many.
    """
    number = _KEYCTL.get(os.uname().machine) if sys.platform == "linux" else None
    if number is None:
        return False
    joined: int = ctypes.CDLL(None).syscall(ctypes.c_long(number), ctypes.c_long(_JOIN_SESSION_KEYRING), None)
    return joined >= 0

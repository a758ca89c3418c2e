"""sae-bench's prints and progress bars, kept off the terminal."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet(bars: bool = False) -> Iterator[io.StringIO]:
    """Keeps sae-bench's prints and progress bars off the terminal; gives what it printed. Exceptions pass through.

    With `bars`, for work of hours, a terminal shows its progress bars (unless TQDM_DISABLE says otherwise).
    """
    with contextlib.ExitStack() as stack:
        printed = stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        if not (bars and sys.stderr.isatty()):
            stack.enter_context(contextlib.redirect_stderr(stack.enter_context(open(os.devnull, "w"))))
        yield printed

"""The environment's variables of labloop's own: a misspelt one is found, since it would be ignored without a word."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Iterator, Mapping

from agent.errors import UsageError
from agent.session.paths import REPOSITORY
from agent.session.settings import VARIABLES
from agent.session.settings.file import read_file

log = logging.getLogger(__name__)
PREFIX = "LABLOOP_"
_OTHERS = (
    "LABLOOP_CACHE",
    "LABLOOP_CUDA",
    "LABLOOP_PYTHON",
    "LABLOOP_TOKEN",
    "LABLOOP_HANDED_OVER",
    "LABLOOP_SLOTS_FOLDER",
)
"""Read elsewhere: the cache's folder, set-up, and what labloop tells its own processes."""
_NEAR, _VERY_NEAR = 0.8, 0.9
"""How near a name must be, and one whose beginning is not labloop's: LABLOP_MODEL is meant for it, LABEL_MODEL is not."""


def refuse_misspelt(environ: Mapping[str, str], kept: Iterable[str]) -> None:
    """Raises UsageError for a variable that is nearly one of labloop's, or of those that a template is given (`kept`, and
    what the templates of this checkout keep); one that is near none is a warning."""
    known = {*VARIABLES.values(), *_OTHERS, *kept, *_kept_here()}
    for name in sorted(environ):
        ours = name.upper().startswith(PREFIX)
        if name in known or not (ours or name[:1].upper() == PREFIX[0]):
            continue
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=_NEAR if ours else _VERY_NEAR)
        if near:
            raise UsageError(
                f"the environment's {name} is no setting, and nothing reads it: did you mean {near[0]}? Rename or unset it "
                "(docs/settings.md lists them all)"
            )
        if ours:
            log.warning("the environment's %s is no setting, and nothing of labloop reads it", name)


def _kept_here() -> Iterator[str]:
    """What the shipped templates' harnesses read: these stay set while another template is worked."""
    for path in (REPOSITORY / "template.toml", *sorted((REPOSITORY / "templates").glob("*/template.toml"))):
        try:
            environment = read_file(path, required=False).get("environment")
        except UsageError:  # a broken template says so where it is worked
            continue
        if isinstance(environment, Mapping):
            yield from map(str, environment.get("keeps", ()))

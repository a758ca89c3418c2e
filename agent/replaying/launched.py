"""With which settings a past session's launches are made again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from agent.launching import within_reach
from agent.session.settings import Settings, overlay

log = logging.getLogger(__name__)


def launched_again(past: Settings, given: Mapping[str, Any]) -> Settings:
    """The past session's settings with what is said now on top; on this machine where its launcher cannot work here and none is named now.

    Raises UsageError for what is no setting.
    """
    settings = overlay(past, "the command line", given)
    here = settings if "launcher" in given else within_reach(settings)
    if here != settings:
        log.warning("there is no Slurm here: what were its jobs are launches on this machine")
    return here

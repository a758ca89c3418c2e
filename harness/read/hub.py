"""The hub of models and data sets: what its refusals mean, and which revision of a data set is read."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator

from harness.store.memo import recall, remember

_REMEDIES = {  # the names of the exceptions of huggingface_hub and datasets → what to do; {kind} is model or data set
    "GatedRepoError": "it is gated: accept its terms on its page, and set HF_TOKEN",
    "RepositoryNotFoundError": "there is no such {kind} on the hub, or it is private and HF_TOKEN is not set",
    "DatasetNotFoundError": "there is no such {kind} on the hub, or it is private and HF_TOKEN is not set",
    "RevisionNotFoundError": "it has no such revision",
    "HFValidationError": "that is no name of a {kind}: use {example}",
    "OfflineModeIsEnabled": "it is not on this machine and HF_HUB_OFFLINE is set: unset it, or run "
    "`python -m harness.prepare` first where there is a network",
    "LocalEntryNotFoundError": "it is not on this machine and the hub cannot be reached (or HF_HUB_OFFLINE is set)",
    "ConnectError": "the hub cannot be reached: check the network",
    "ConnectionError": "the hub cannot be reached: check the network",
    "TimeoutException": "the hub does not answer: try again later",
    "HfHubHTTPError": "the hub refuses: {error}",
}


def remedy(error: BaseException, kind: str, example: str) -> str | None:
    """What to do about an error of the hub's libraries, whatever wraps it; None where it is none of theirs."""
    kinds = [(ancestor.__name__, step) for step in _causes(error) for ancestor in type(step).__mro__]
    # datasets says so in words alone, and loses the error that it comes from.
    kinds += [("GatedRepoError", step) for step in _causes(error) if " is a gated " in str(step)]
    for name, text in _REMEDIES.items():  # in this order: what lies deepest says most
        for step in (step for kind_of_error, step in kinds if kind_of_error == name):
            first_line = (str(step).splitlines() or [""])[0]
            return text.format(kind=kind, example=example, error=first_line)
    return None


@contextlib.contextmanager
def refusals(kind: str, example: str, told: Callable[[str], Exception]) -> Iterator[None]:
    """Within, what the hub's libraries refuse is raised as `told(what to do)`; an error that is none of theirs passes."""
    try:
        yield
    except Exception as error:  # the hub's errors share no base class; an unknown one is raised again
        advice = remedy(error, kind, example)
        if advice is None:
            raise
        raise told(advice) from error


def quiet() -> None:
    """Keep the hub's libraries from a line of the log for each request, and from bars where there is no terminal."""
    for name in ("httpx", "httpx2", "huggingface_hub", "datasets", "fsspec"):
        logging.getLogger(name).setLevel(logging.WARNING)
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def is_offline() -> bool:
    """Whether the hub must not be asked: what a session's experiments and evaluator run under."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")


def known_revision(name: str, revision: str | None) -> str | None:
    """The commit that `data_set_revision` gives without asking the hub; None where it would have to."""
    if revision and re.fullmatch("[0-9a-f]{40}", revision):
        return revision
    known = recall("revisions", f"{name}@{revision}")
    return known if known and re.fullmatch("[0-9a-f]{40}", known) else None


def data_set_revision(name: str, revision: str | None) -> str:
    """The commit [40 hex digits] of a data set that is read.

    It is asked of the hub once and then kept in the cache, so that every run reads the same text and none needs the
    network to find what was read; name a revision to read another. Raises what huggingface_hub raises.
    """
    if known := known_revision(name, revision):
        return known
    quiet()
    from huggingface_hub import HfApi

    commit = str(HfApi().dataset_info(name, revision=revision).sha)
    remember("revisions", f"{name}@{revision}", commit)
    return commit


def _causes(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (following := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(following)
    return chain

"""Every exception labloop raises on purpose, in one tree.

    LabloopError                 exit 1   something went wrong; the message says what and what to do
    ├── UsageError               exit 2   a flag, an idea, a template or a setting is wrong
    │   ├── IdeaError                     an idea file
    │   └── TemplateError                 a template's folder or its template.toml
    ├── CheckFailed              exit 3   a prerequisite is missing (environment, TeX, key, folder)
    ├── CoderFailed              exit 1   the coder's process died or hung (coding/coder.py)
    ├── SessionError             exit 1   a session's folder or journal cannot be used
    │   └── SessionLocked                 another orchestrator holds it
    ├── Paused                   exit 4   the session stopped in good order and can be resumed
    │   ├── BudgetReached                 tokens, money or time
    │   ├── ModelUnavailable              the model could not be asked (key, quota, network)
    │   │   └── NoAnswer                  it was asked, and what came is no answer
    │   ├── NoRecordedAnswer              the recording has no answer for this step
    │   └── EnvironmentBroken             an experiment failed for a reason that no edit can mend
    └── Interrupted              exit 130 a signal; resumable

Expected outcomes of work (an edit that did not match, a run that crashed) are values, never exceptions.
"""

from __future__ import annotations


class LabloopError(Exception):
    """The root. `str()` is a message for a person: what happened, where, and the remedy."""

    exit_code = 1


class UsageError(LabloopError):
    """A flag, an idea, a template or a setting is wrong; nothing was spent or written."""

    exit_code = 2


class IdeaError(UsageError):
    """An idea file cannot be used: names the file, the field and the remedy."""


class TemplateError(UsageError):
    """A template cannot be used: names the file, the field and the remedy."""


class CheckFailed(LabloopError):
    """A prerequisite is missing; found before anything was spent."""

    exit_code = 3


class SessionError(LabloopError):
    """A session's folder or journal cannot be used."""


class SessionLocked(SessionError):
    """Another orchestrator works in this session."""


class Paused(LabloopError):
    """The session stopped in good order; `--resume` continues it."""

    exit_code = 4


class BudgetReached(Paused):
    """The budget of tokens, money or time is used up."""


class ModelUnavailable(Paused):
    """The model could not be asked: key, quota, network or provider."""


class NoAnswer(ModelUnavailable):
    """The model was asked, and what it sent is no answer however often: refused, filtered, cut, empty."""


class NoRecordedAnswer(Paused):
    """The recording holds no answer for the step that was asked."""


class EnvironmentBroken(Paused):
    """An experiment failed for a reason outside the code (gated model, network, driver, disk)."""


class Interrupted(LabloopError):
    """A signal asked the session to stop; everything done so far is saved."""

    exit_code = 130


class BadAnswer(Exception):
    """A model's answer cannot be used. Not for people: its text goes back to the model, which tries again."""

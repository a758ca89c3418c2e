"""Why a process failed, read from its logs: the one exception that matters, and whose fault it is."""

from agent.experiment.cause.find import Cause, find_cause

__all__ = ["Cause", "find_cause"]

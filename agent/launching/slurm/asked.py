"""What jobs ask for, as people write it: further flags of sbatch, and the variables that stand for a few of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence

from agent.errors import CheckFailed
from agent.session.settings.slurm import SlurmSettings

log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z][a-z0-9]+(-[a-z0-9]+)*")
_COUNT = re.compile(r"(?:^|[:=])(\d+)(?:\(|$)")
_OURS = {
    "array": "each launch is one job",
    "chdir": "jobs work where the launch does",
    "clusters": "name the cluster in SLURM_CLUSTERS, which all of Slurm's programs heed",
    "error": "a job's log lies beside its script",
    "export": "a job sees nothing of the session's environment that could be a key; lines of job_setup may set variables",
    "export-file": "a job sees nothing of the session's environment that could be a key; lines of job_setup may set variables",
    "get-user-env": "a job sees nothing of the session's environment that could be a key; lines of job_setup may set variables",
    "help": "it submits nothing",
    "input": "jobs read nothing from there",
    "job-name": "jobs are found by names that no other has",
    "open-mode": "a job's log lies beside its script",
    "output": "a job's log lies beside its script",
    "parsable": "sbatch has to tell a job's number in its own words",
    "quiet": "sbatch has to tell a job's number",
    "signal": "jobs are warned of their time limit a minute before",
    "test-only": "it submits nothing",
    "usage": "it submits nothing",
    "version": "it submits nothing",
    "wait": "the session waits for its jobs itself",
    "wrap": "the job is the launch",
}
"""Flags that no setting may give, each with why; sbatch takes beginnings of their names too."""
_TAKEN = {
    "SBATCH_PARTITION": "partition",
    "SBATCH_ACCOUNT": "account",
    "SBATCH_QOS": "qos",
    "SBATCH_CONSTRAINT": "constraint",
}
"""Variables of sbatch that count where the settings say nothing."""
_LINES = ("partition", "account", "qos", "constraint", "job_container")


def settled_by(environ: Mapping[str, str], settings: SlurmSettings) -> SlurmSettings:
    """The settings with what some variables of sbatch say where they say nothing. What others say is named, and not heeded: a
    baseline is shared among launches on the same kind of machine, which the settings tell.
    """
    there = {name: value for name, value in environ.items() if name.startswith("SBATCH_") and value}
    update = {field: there[name] for name, field in _TAKEN.items() if name in there and not getattr(settings, field)}
    if others := sorted(set(there) - set(_TAKEN)):
        log.warning("%s: not heeded; say it under [slurm] (job_flags)", ", ".join(others))
    return settings.model_copy(update=update)


def check_asked(settings: SlurmSettings) -> None:
    """Raises CheckFailed for what no batch script can say, or what labloop must say itself."""
    for field in _LINES:
        value = getattr(settings, field)
        if re.search(r"[\x00-\x1f]", value):
            raise CheckFailed(f"{field} under [slurm]: {value!r} is no one line; write it as one")
    further(settings.job_flags)


def further(flags: Sequence[str]) -> dict[str, str | bool]:
    """Flags of sbatch by name, with a value, or True for one without: `--gres=gpu:1`, `gres=gpu:1`, `--gres gpu:1`, `--exclusive`.

    Raises CheckFailed for one that sbatch could not read so, and for one that is labloop's own to say.
    """
    return dict(map(_one, flags))


def gpus_of(flags: Sequence[str]) -> dict[str, int]:
    """Flags that ask for GPUs, each with how many: `--gres=gpu:a100:2` two. The name of a node or of a feature asks for none."""
    found = {}
    for words in flags:
        name, value = _one(words)
        items = str(value).split(",")
        if re.fullmatch(r"gres|tres_per_\w+", name):
            items = [item for item in items if "gpu" in item]
        elif not re.fullmatch(r"gpus(_per_(node|task|socket))?", name):
            items = []
        if items:
            found[words] = sum(int(number[1]) if (number := _COUNT.search(item)) else 1 for item in items)
    return found


def _one(words: str) -> tuple[str, str | bool]:
    said = f"job_flags under [slurm]: {words!r}"
    found = re.fullmatch(r"(?P<dashes>-{0,2})(?P<name>[^\s=]*)(?:(?:=|\s+)(?P<value>.*))?", words.strip())
    name = found["name"].replace("_", "-") if found else ""
    if found is None or found["dashes"] == "-" or not _NAME.fullmatch(name):
        raise CheckFailed(f"{said} is no flag by its long name; write it as --name=value, or --name")
    ours = name if name in _OURS else next((each for each in _OURS if each.startswith(name)), None)
    if ours is not None:
        raise CheckFailed(f"{said} is not for settings to say: {_OURS[ours]}; take it out")
    value = (found["value"] or "").strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":  # as one writes it for a shell
        value = value[1:-1]
    return name.replace("-", "_"), value or True

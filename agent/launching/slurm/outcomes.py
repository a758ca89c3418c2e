"""What becomes of a job, by name: what a state of the queue, a reason or a refusal comes to.

wait     nothing is wrong, or what is wrong passes: the session goes on waiting
retry    the machine ended it: the same launch is submitted again
pause    nobody but a person can mend it: the session pauses, with the remedy
result   how the command finished is known, or can be said: the coder's affair
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.session.events.job import JobThen


@dataclass(frozen=True)
class Outcome:
    """What became of a job, or holds it up."""

    name: str
    then: JobThen
    witness: str
    """queue, accounting, heartbeat, sbatch or result."""
    said: str = ""
    remedy: str = ""


_WAITING = {
    "PENDING": "pending",
    "REQUEUED": "requeued",
    "REQUEUE_FED": "requeued",
    "REQUEUE_HOLD": "held",
    "SPECIAL_EXIT": "held",
    "SUSPENDED": "suspended",
    "STOPPED": "suspended",
}
_RUNNING = {"RUNNING", "CONFIGURING", "COMPLETING", "STAGE_OUT", "SIGNALING", "RESIZING"}
MORE_TIME = "give jobs more time with --job-minutes, or the experiment less with --timeout"
_ENDED: dict[str, tuple[str, JobThen, str]] = {
    "PREEMPTED": ("preempted", "retry", ""),
    "NODE_FAIL": ("node_failed", "retry", ""),
    "BOOT_FAIL": ("node_failed", "retry", ""),
    "REVOKED": ("revoked", "retry", ""),
    "TIMEOUT": ("time_limit", "pause", MORE_TIME),
    "DEADLINE": ("time_limit", "pause", "take the deadline out of job_flags, or move it"),
    "OUT_OF_MEMORY": ("out_of_memory", "result", ""),
    "CANCELLED": ("cancelled", "pause", "somebody cancelled it (scancel)"),
    "COMPLETED": ("ended", "wait", ""),
    "FAILED": ("ended", "wait", ""),
    "LAUNCH_FAILED": ("not_begun", "pause", "look at the job's log and at the node"),
}
_HOPELESS = {
    "AccountNotAllowed": "name an account that may use the partition (--account)",
    "InvalidAccount": "name an account that exists (--account)",
    "InvalidQOS": "name a quality of service that the account has (qos under [slurm])",
    "QOSNotAllowed": "name a quality of service that the partition allows (qos under [slurm])",
    "PartitionTimeLimit": "ask for less time (--job-minutes) or for another partition (--partition)",
    "PartitionNodeLimit": "ask for another partition (--partition)",
    "BadConstraints": "ask for what some node has (constraint, --job-gpus, --job-memory)",
    "JobHeldUser": "release it (scontrol release), then continue with --resume",
    "JobHeldAdmin": "ask who runs the cluster why it is held; `scontrol release` if you may",
    "JobHoldMaxRequeue": "it was requeued too often: look at the nodes that it ran on",
    "launch_failed_requeued_held": "a node could not begin it: look at the node, or leave it out (job_flags --exclude)",
    "DependencyNeverSatisfied": "take the dependency out of job_flags",
}
"""Reasons to wait that pass by nobody's waiting; each with its remedy."""
_OF_A_JOB = r"(?:Assoc|QOS)(?:Max|Min)\w*"
_LIMITS = tuple(
    (re.compile(pattern, re.IGNORECASE), remedy)
    for pattern, remedy in (
        (
            r"AssocGrp(?!\w*Run)\w*Minutes\w*",
            "the account's hours are used up: wait for new ones, or name another account (--account)",
        ),
        (
            r"QOS(?:Grp(?!\w*Run)\w*Minutes\w*|UsageThreshold)",
            "the hours of the quality of service are used up: name another (qos under [slurm])",
        ),
        (rf"{_OF_A_JOB}(?:Wall|Minutes)\w*PerJob\w*", "ask for less time (--job-minutes)"),
        (rf"{_OF_A_JOB}Mem\w*Per(?:Job|Node)\w*|QOSMinMemory", "ask for memory within the limit (--job-memory)"),
        (rf"{_OF_A_JOB}GRES\w*Per(?:Job|Node)\w*|QOSMinGRES", "ask for GPUs within the limit (--job-gpus)"),
        (
            rf"{_OF_A_JOB}CPU\w*Per(?:Job|Node)\w*|QOSMinCPU\w*",
            "ask for cores within the limit (job_cpus under [slurm])",
        ),
        (rf"{_OF_A_JOB}Per(?:Job|Node)(?:Limit)?", "ask for what a single job may have (job_flags under [slurm])"),
    )
)
"""Limits of one job, and hours that are used up: Slurm has a name for each thing that it counts."""
_WORD = re.compile(r"\w+")
_PASSING = re.compile(
    r"unable to contact|socket timed out|connection (refused|timed out|reset)|temporarily|try again|zero bytes|"
    r"communication (connection|error)|backup controller|standby mode|busy|slurm_load|submit ?(job)?s?limit|"
    r"too many (jobs|pending)|max.*submit|did not come back|being reconfigured|no route to host|protocol authentication",
    re.IGNORECASE,
)
_REFUSALS = (
    (r"invalid partition", "partition_refused", "name one that `sinfo -s` shows (--partition)"),
    (
        r"invalid account|account.*(partition|combination)",
        "account_refused",
        "name one that you have (--account): sacctmgr show associations user=$USER",
    ),
    (r"invalid qos", "qos_refused", "name one that the account has (qos under [slurm])"),
    (r"time limit", "time_refused", "ask for less time than the partition's limit (--job-minutes)"),
    (
        r"memory specification|node configuration|node count|cpu count|gres|gpu",
        "size_refused",
        "ask for what some node has (--job-gpus, --job-memory, job_cpus): sinfo -o '%P %c %m %G'",
    ),
    (
        r"group not permitted|not permitted|access.*denied|permission",
        "partition_refused",
        "name a partition that you may use (--partition)",
    ),
    (
        r"configuration source|fetch.?config|dns.srv|slurm\.conf",
        "no_cluster",
        "no controller is to be found from here: work on a login node; SLURM_CONF names the cluster's configuration, where it is none that "
        "Slurm finds by itself",
    ),
    (r"unrecognized option|invalid option|invalid .*specification", "flag_refused", "look at job_flags under [slurm]"),
)


def of_state(state: str, reason: str, witness: str) -> Outcome | None:
    """What a state of the queue comes to; None where the job runs, and all is well."""
    word = state.split()[0].rstrip("+") if state.strip() else ""
    said = f"{word} ({reason})" if reason not in ("", "None") else word
    if word in _RUNNING:
        return None
    if word in _WAITING:
        remedy = _hopeless(reason.strip("() ").replace(" ", "_"))
        if not remedy and "requeued_held" in reason.replace(" ", "_"):
            remedy = _HOPELESS["launch_failed_requeued_held"]
        return (
            Outcome("stuck", "pause", witness, said, remedy)
            if remedy
            else Outcome(_WAITING[word], "wait", witness, said)
        )
    name, then, remedy = _ENDED.get(word, ("unknown_state", "wait", ""))
    return Outcome(name, then, witness, said, remedy)


def of_refusal(said: str) -> Outcome:
    """What it comes to that sbatch took no job: the controller is away, or one of the settings is wrong."""
    limit = next((remedy for word in _WORD.findall(said) if (remedy := _hopeless(word))), "")
    if limit:
        return Outcome("limit_refused", "pause", "sbatch", said, limit)
    if _PASSING.search(said):
        return Outcome("controller_away", "wait", "sbatch", said)
    for pattern, name, remedy in _REFUSALS:
        if re.search(pattern, said, re.IGNORECASE):
            return Outcome(name, "pause", "sbatch", said, remedy)
    return Outcome("refused", "pause", "sbatch", said, "mend what sbatch complains of: [slurm] in labloop.toml")


def untold(said: str) -> Outcome:
    """sbatch was content, and its words hold no number of a job: there is one, or there will be, under the name that it was given."""
    return Outcome("number_untold", "wait", "sbatch", said, "see what stands in the place of sbatch here")


def _hopeless(reason: str) -> str:
    """What helps against a reason that nobody's waiting ends; empty where waiting may."""
    if remedy := _HOPELESS.get(reason):
        return remedy
    return next((remedy for pattern, remedy in _LIMITS if pattern.fullmatch(reason)), "")


def has_ended(state: str) -> bool:
    """Whether a job in this state will do nothing more."""
    word = state.split()[0].rstrip("+") if state.strip() else ""
    return word in _ENDED

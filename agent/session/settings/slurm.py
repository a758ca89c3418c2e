"""What a launch asks of Slurm: a group of the settings."""

from __future__ import annotations

from pydantic import Field

from agent.session.settings.group import SettingGroup


class SlurmSettings(SettingGroup):
    """What a launch asks of Slurm, where the launcher is `slurm`."""

    partition: str = ""
    """Partition that jobs are submitted to, or several with commas; SBATCH_PARTITION's, else the cluster's default, where empty."""
    account: str = ""
    """Account that jobs are charged to; SBATCH_ACCOUNT's, else yours by default, where empty."""
    qos: str = ""
    """Quality of service; SBATCH_QOS's, else the account's default, where empty."""
    constraint: str = ""
    """Features that a node must have, as `--constraint` of sbatch takes them; SBATCH_CONSTRAINT's where empty."""
    job_minutes: int | None = Field(default=None, ge=1)
    """Time limit of a job; that of the command with five minutes more where None."""
    job_gpus: int = Field(default=0, ge=0)
    """GPUs of a job."""
    job_cpus: int | None = Field(default=None, ge=1)
    """Cores of a job; the partition's default where None."""
    job_memory_gb: float | None = Field(default=None, gt=0)
    """Memory of a job; the partition's default where None."""
    job_setup: list[str] = Field(default_factory=list)
    """Lines of shell that a job begins with: `module load cuda/12.4`."""
    job_container: str = ""
    """What stands before the command where a job runs in a container: `apptainer exec --nv --bind /scratch image.sif`."""
    job_flags: list[str] = Field(default_factory=list)
    """Further flags of sbatch, each as `--name=value` or `--name`; those that name, array or wrap a job, or say where it writes, are labloop's."""
    jobs: int = Field(default=16, ge=1, le=1000)
    """Jobs of one step that a session has in the queue at once."""
    queue_poll_s: float = Field(default=15, gt=0)
    """Seconds between two questions to the queue; one question asks for all jobs of a session."""
    queue_away_minutes: float = Field(default=60, gt=0)
    """How long the controller may not answer, with no sign of life from the job either, before the session pauses."""
    results_late_s: float = Field(default=300, gt=0)
    """How long a shared file system may take to show the result of a job that the queue says has ended."""
    job_retries: int = Field(default=3, ge=0)
    """How often a launch is submitted again that a node or a preemption ended."""
    pending_hours: float | None = Field(default=None, gt=0)
    """How long a job may wait in the queue before the session pauses, the job withdrawn; for ever where None."""

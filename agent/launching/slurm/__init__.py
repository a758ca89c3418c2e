"""Commands as jobs of Slurm. submitit writes the batch script; the sandbox and its supervisor run on the node.

launcher.py   SlurmLauncher: a Command and what it needs → a job → how it Finished
handle.py     one launch to its end: pending, running, held up, retried, ended
job.py        one job: its record, its submission, what is said of it
shared.py     what all jobs of a session share
asked.py      what jobs ask for, as people write it: flags of sbatch, its variables
submission.py the batch script, sbatch and scancel
queue.py      squeue for all jobs at once; sacct for those that the queue has forgotten
outcomes.py   what a state, a reason or a refusal comes to: wait, retry, pause, or a result
job_folder.py the files of one launch: record, command, script, signs of life, result
worker.py     the program on the node: runs the command in the sandbox and leaves its result
left.py       a job whose launch goes on elsewhere, withdrawn
programs.py   Slurm's programs, asked within a time
"""

"""Training data that a process of its own hands out (harness/hand_out/): what an experiment knows of it."""

from harness.handed.rows import Handed as Handed
from harness.handed.rows import handed_rows as handed_rows

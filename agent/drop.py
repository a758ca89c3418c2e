"""`python agent/drop.py runs/… RUN`: take an accepted run out of what counts."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("drop")

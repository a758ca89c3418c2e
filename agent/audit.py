"""`python agent/audit.py runs/…` or `… DRAFT --results FOLDER`: match every number to its evidence."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("audit")

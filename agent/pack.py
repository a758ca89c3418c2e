"""`python agent/pack.py runs/…`: a session in one file that a stranger can verify."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("pack")

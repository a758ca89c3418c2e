"""`python agent/answer.py runs/…`: be the model of a `--model manual` session."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("answer")

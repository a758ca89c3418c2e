"""`python agent/replay.py runs/…`: drive a past session again from its own answers, or look back at it."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("replay")

"""`python agent/verify.py FILE`: derive every number of a packed session again, and say what differs."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("verify")

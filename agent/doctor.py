"""`python agent/doctor.py`: try everything that could fail late in a session, and say what to do about it."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("doctor")

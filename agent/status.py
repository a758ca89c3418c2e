"""`python agent/status.py runs`: every session and campaign there, how it stands, what it waits for."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("status")

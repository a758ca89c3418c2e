"""`python agent/say.py runs/… "…"`: a word to a session, which its next brief shows."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("say")

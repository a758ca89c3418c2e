"""`python agent/sign.py runs/… --name "…"`: a person signs a draft off."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("sign")

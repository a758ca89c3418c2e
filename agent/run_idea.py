"""`python agent/run_idea.py ideas/progressive.json`: work an idea through, from baseline to paper."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("run_idea")

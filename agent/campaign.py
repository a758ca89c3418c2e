"""`python agent/campaign.py ideas/ --sessions 4`: many ideas, models and repeats, and one report in the morning."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("campaign")

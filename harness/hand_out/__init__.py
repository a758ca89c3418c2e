"""The process that hands out training data, and counts it. It never imports what a run may edit."""

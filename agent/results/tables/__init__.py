"""The one grid of runs and metrics, its printers, and which metrics a message shows."""

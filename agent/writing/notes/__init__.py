"""Notes: on each accepted run, on the figures and on the confirmation, asked for, read forgivingly, checked strictly, written out."""

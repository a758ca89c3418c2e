"""Cheats that were seen or thought of, each tried for real: refused, out of reach, told with the result, or named as not proven."""

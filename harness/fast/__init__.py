"""What makes a training step fast on the CPU: C loops that pass over memory once, compiled on this machine.

`compiled` builds and finds the library, `kernels` calls it on tensors. Where there is no compiler, or a tensor is on a
GPU, `harness.sae` and `harness.optim` do the same with torch alone: the same numbers, but for rounding.
"""

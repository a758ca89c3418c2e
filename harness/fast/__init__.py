"""What makes a training step fast: loops that pass over memory once, in C on the CPU and in Triton on a GPU.

`compiled` builds and finds the C library, `kernels` calls it on tensors, `gpu_kernels` the code of `triton_code`; `chosen`
says which of them a tensor is given to. Where neither can be had `harness.sae` and `harness.optim` do the same with torch
alone: the same numbers, but for rounding.
"""

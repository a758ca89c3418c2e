# ruff: noqa: ANN001, ANN201 - pointers and scalars: what they are made into is known when a kernel is called
# mypy: disable-error-code="no-untyped-def"
"""The loops of a training step on a GPU, in Triton. `gpu_kernels` calls them on tensors; nothing else imports this module.

Each sum has one order, whatever the GPU does side by side: nothing is added atomically, so that a run repeats bit for bit.
With TRITON_INTERPRET=1 in the environment Triton runs them on the CPU, slowly, which is how their numbers are tested.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def select(
    source, names, out_values, out_names, columns, k, width: tl.constexpr, lowest: tl.constexpr, named: tl.constexpr
):
    """The k largest of one piece of `width` columns of one row of `source` [rows, columns]: values and their names, in
    the order of the columns. A name is the column, or what `names` [rows, columns] says where `named`.

    The k-th largest is found bit by bit, from the highest to bit `lowest`, by counting; of those equal to it the first
    are taken. Where the piece has fewer than k columns the places left over are not written.
    """
    row, piece, pieces = tl.program_id(0).to(tl.int64), tl.program_id(1), tl.num_programs(1)
    column = piece * width + tl.arange(0, width)
    there = column < columns
    value = tl.load(source + row * columns + column, mask=there, other=0.0).to(tl.float32)
    bits = value.to(tl.int32, bitcast=True)
    signed = bits ^ ((bits >> 31) & 0x7FFFFFFF)  # in the order of the numbers; with the sign turned it is so unsigned
    key = (signed ^ -0x80000000).to(tl.uint32, bitcast=True)
    least = tl.full([], 0, tl.uint32)
    for at in range(32 - lowest):
        higher = least | (1 << (31 - at))
        enough = tl.sum(((key >= higher) & there).to(tl.int32), 0) >= k
        least = tl.where(enough, higher, least).to(tl.uint32)
    above = (key > least) & there
    equal = (key == least) & there
    room = k - tl.sum(above.to(tl.int32), 0)
    taken = above | (equal & (tl.cumsum(equal.to(tl.int32), 0) <= room))
    place = (row * pieces + piece) * k + tl.cumsum(taken.to(tl.int32), 0) - 1
    name = column.to(tl.int64)
    if named:
        name = tl.load(names + row * columns + column, mask=there, other=0)
    tl.store(out_values + place, value, mask=taken)
    tl.store(out_names + place, name, mask=taken)


@triton.jit
def decode(indices, values, weights, out, k, d_in, width: tl.constexpr):
    """out [batch, d_in] = Σ_j values[b, j] · weights[indices[b, j]], a row and `width` columns at a time."""
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * width + tl.arange(0, width)
    there = column < d_in
    total = tl.zeros((width,), tl.float32)
    for j in range(k):
        latent = tl.load(indices + row * k + j)
        value = tl.load(values + row * k + j)
        total += value * tl.load(weights + latent * d_in + column, mask=there, other=0.0)
    tl.store(out + row * d_in + column, total, mask=there)


@triton.jit
def row_dots(indices, above, weights, out, k, d_in, width: tl.constexpr):
    """out [batch, k] = above[b] · weights[indices[b, j]]: the gradient of the codes' values."""
    row, j = tl.program_id(0).to(tl.int64), tl.program_id(1)
    latent = tl.load(indices + row * k + j)
    total = tl.zeros((width,), tl.float32)
    for begin in range(0, d_in, width):
        column = begin + tl.arange(0, width)
        there = column < d_in
        left = tl.load(above + row * d_in + column, mask=there, other=0.0)
        total += left * tl.load(weights + latent * d_in + column, mask=there, other=0.0)
    tl.store(out + row * k + j, tl.sum(total, 0))


@triton.jit
def gather_pieces(
    rows, coefficients, order, first, last, target, into_w, into_b, part_w, part_b, d_sae, k, d_in, width: tl.constexpr
):
    """Σ c · row over the entries order[first[p]:last[p]] of piece p, and Σ c.

    They go to row target[p] of `into`, or, from d_sae on, to row target[p] − d_sae of `part`: a latent with many entries
    is summed in pieces. A target below 0 is no piece.
    """
    piece = tl.program_id(0)
    column = tl.program_id(1) * width + tl.arange(0, width)
    there = column < d_in
    to = tl.load(target + piece).to(tl.int64)
    total = tl.zeros((width,), tl.float32)
    weight = 0.0
    for at in range(tl.load(first + piece), tl.load(last + piece)):
        entry = tl.load(order + at).to(tl.int64)
        c = tl.load(coefficients + entry)
        total += c * tl.load(rows + (entry // k) * d_in + column, mask=there, other=0.0)
        weight += c
    whole = (to >= 0) & (to < d_sae)
    part = to >= d_sae
    heads = tl.program_id(1) == 0
    tl.store(into_w + to * d_in + column, total, mask=there & whole)
    tl.store(into_b + to, weight, mask=whole & heads)
    tl.store(part_w + (to - d_sae) * d_in + column, total, mask=there & part)
    tl.store(part_b + to - d_sae, weight, mask=part & heads)


@triton.jit
def add_parts(part_w, part_b, first, last, into_w, into_b, d_in, width: tl.constexpr):
    """Rows first[i]:last[i] of `part` added up into row i of `into`, where there are any."""
    latent = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * width + tl.arange(0, width)
    begin, end = tl.load(first + latent), tl.load(last + latent)
    there = (column < d_in) & (end > begin)
    total = tl.zeros((width,), tl.float32)
    weight = 0.0
    for at in range(begin, end):
        total += tl.load(part_w + at * d_in + column, mask=there, other=0.0)
        weight += tl.load(part_b + at)
    tl.store(into_w + latent * d_in + column, total, mask=there)
    tl.store(into_b + latent, weight, mask=(end > begin) & (tl.program_id(1) == 0))


@triton.jit
def row_products(gradient, weights, products, numbers, columns, width: tl.constexpr):
    """g·g, g·w, w·w of one row of `columns` numbers (the last row may be shorter): the first pass of the optimiser."""
    row = tl.program_id(0).to(tl.int64)
    gg = tl.zeros((width,), tl.float32)
    gw = tl.zeros((width,), tl.float32)
    ww = tl.zeros((width,), tl.float32)
    for begin in range(0, columns, width):
        column = begin + tl.arange(0, width)
        at = row * columns + column
        there = (column < columns) & (at < numbers)
        g = tl.load(gradient + at, mask=there, other=0.0)
        w = tl.load(weights + at, mask=there, other=0.0)
        gg += g * g
        gw += g * w
        ww += w * w
    tl.store(products + row * 3, tl.sum(gg, 0))
    tl.store(products + row * 3 + 1, tl.sum(gw, 0))
    tl.store(products + row * 3 + 2, tl.sum(ww, 0))


@triton.jit
def adam_rows(
    weights,
    gradient,
    means,
    squares,
    products,
    scale,
    numbers,
    columns,
    rest_1,
    beta_2,
    rest_2,
    step,
    root,
    epsilon,
    width: tl.constexpr,
    unit: tl.constexpr,
):
    """One step of Adam on one row of at most `width` numbers, all of it in registers: the second pass.

    The part of the gradient along the row is taken off and the row brought back to length 1 where `unit`. rest_1 and
    rest_2 are 1 − β₁ and 1 − β₂, which float32 does not give from β alone.
    """
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, width)
    at = row * columns + column
    there = (column < columns) & (at < numbers)
    w = tl.load(weights + at, mask=there, other=0.0)
    g = tl.load(gradient + at, mask=there, other=0.0)
    if unit:
        g -= tl.load(products + row * 3 + 1) * w
    g *= tl.load(scale)
    mean = tl.load(means + at, mask=there, other=0.0)
    mean += (g - mean) * rest_1
    square = tl.load(squares + at, mask=there, other=0.0) * beta_2 + rest_2 * g * g
    w -= step * mean / (tl.sqrt(square) / root + epsilon)
    if unit:
        length = tl.sqrt(tl.sum(tl.where(there, w * w, 0.0), 0))
        w /= tl.maximum(length, 1e-12)
    tl.store(means + at, mean, mask=there)
    tl.store(squares + at, square, mask=there)
    tl.store(weights + at, w, mask=there)

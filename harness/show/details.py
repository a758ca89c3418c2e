"""Panels of what an evaluation left besides its metrics: distributions, letters, probes, the decoder's cosines."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from harness.show.look import colour, dashes, face, front, marker, readable
from harness.show.runs import Run


def histogram(axes: Axes, runs: Sequence[Run], name: str) -> bool:
    """One outline for each run of details.<name>: the share of what was counted in each bin, over the bins in use."""
    used: list[float] = []
    for run in runs:
        found = run.detail(name)
        if found and sum(found["counts"]):
            edges, counts = found["edges"], found["counts"]
            shares = [count / sum(counts) for count in counts]
            axes.stairs(
                shares,
                edges,
                color=colour(run),
                label=run.label,
                linewidth=1.1,
                linestyle=dashes(run),
                zorder=front(run),
            )
            used += [end for at, count in enumerate(counts) if count for end in edges[at : at + 2]]
    if used:
        axes.set_xlim(min(used), max(used))
    axes.set(xlabel=readable(name.removesuffix("_histogram")), ylabel="share of latents")
    return bool(used)


def absorption_by_letter(axes: Axes, runs: Sequence[Run], quantity: str = "absorption_fraction") -> bool:
    """A table of colours, one row for each run and one column for each letter; grey where a letter was not measured."""
    shown = [run for run in runs if run.detail("absorption_by_letter")]
    letters = sorted({letter for run in shown for letter in run.detail("absorption_by_letter")})
    if not letters:
        return False
    rows = [[run.detail("absorption_by_letter").get(letter, {}).get(quantity) for letter in letters] for run in shown]
    numbers = [[float("nan") if value is None else value for value in row] for row in rows]
    axes.set_facecolor("#DDDDDD")
    image = axes.imshow(numbers, aspect="auto", cmap="viridis", vmin=0, vmax=1)
    axes.set_xticks(range(len(letters)), letters)
    axes.set_yticks(range(len(shown)), [run.tick for run in shown], fontsize=6.5)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.get_figure(root=True).colorbar(image, ax=axes, label=readable(quantity), pad=0.01)
    axes.set_xlabel("first letter")
    return True


def probing_by_k(axes: Axes, runs: Sequence[Run]) -> bool:
    """One line for each run: accuracy of probes on the k best latents, by k; chance is 0.5."""
    ks: set[int] = set()
    for run in runs:
        points = sorted((int(k), accuracy) for k, accuracy in (run.detail("probing_by_k") or {}).items())
        if points:
            axes.plot(
                *zip(*points, strict=True),
                marker=marker(run),
                color=colour(run),
                markerfacecolor=face(run),
                label=run.label,
                markersize=4.5,
                zorder=front(run),
            )
            ks |= {k for k, _ in points}
    if ks:
        axes.set_xscale("log", base=2)
        axes.set_xticks(sorted(ks), [str(k) for k in sorted(ks)])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set(xlabel="latents that the probe reads", ylabel="probing accuracy")
    return bool(ks)


def gram(axes: Axes, run: Run) -> bool:
    """Cosines of the decoder directions of a run's most frequent latents, as a square of colours from −1 to 1."""
    found = run.detail("gram")
    if not found:
        return False
    image = axes.imshow(found["values"], cmap="RdBu_r", vmin=-1, vmax=1)
    axes.set_title(run.tick)
    axes.set(xlabel="latent, most frequent first", ylabel="latent")
    axes.grid(visible=False)
    axes.get_figure(root=True).colorbar(image, ax=axes, label="cosine of decoder directions", shrink=0.8)
    return True

"""One study's numbers in tables of many shapes. A shape writes what it is told; told two methods the wrong way round, it is dishonest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.agent.drafts.layouts.study import METHODS, SETS, mean, mean_loss, spread


@dataclass(frozen=True)
class Told:
    """What a table says of each method: its own values, or another's."""

    of: dict[str, str]

    def acc(self, method: str, data: str) -> str:
        return f"{100 * mean(self.of[method], data):.2f}"

    def dev(self, method: str, data: str) -> str:
        return f"{100 * spread(self.of[method], data):.2f}"

    def loss(self, method: str, data: str) -> str:
        return f"{mean_loss(self.of[method], data):.4f}"

    def gain(self, method: str, data: str) -> str:
        return f"{100 * (mean(self.of[method], data) - mean(self.of['baseline'], data)):+.2f}"

    def over_sets(self, method: str) -> str:
        return f"{100 * sum(mean(self.of[method], data) for data in SETS) / len(SETS):.2f}"


HONEST = Told({method: method for method in METHODS})
SWAPPED = Told({"baseline": "baseline", "mixup": "cutout", "cutout": "mixup"})
Shape = Callable[[Told], str]


def _name(method: str) -> str:
    return method.capitalize()


def _latex(columns: str, head: str, rows: list[str], caption: str) -> str:
    body = " \\\\\n".join(rows)
    return (
        "\\documentclass{article}\\begin{document}\n\\begin{table}\n"
        f"\\caption{{{caption}}}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head} \\\\\n\\midrule\n{body} \\\\\n"
        "\\bottomrule\n\\end{tabular}\n\\end{table}\n\\end{document}\n"
    )


_ACCURACY = "Test accuracy (\\%), mean of 3 seeds."


def plain(told: Told) -> str:
    """Methods down, data sets across."""
    rows = [f"{_name(m)} & " + " & ".join(told.acc(m, d) for d in SETS) for m in METHODS]
    return _latex("lcc", "Method & Pets & Cars", rows, _ACCURACY)


def transposed(told: Told) -> str:
    """Data sets down, methods across."""
    rows = [f"{d.capitalize()} & " + " & ".join(told.acc(m, d) for m in METHODS) for d in SETS]
    return _latex("lccc", "Data set & Baseline & Mixup & Cutout", rows, _ACCURACY)


def deviations_below(told: Told) -> str:
    """Transposed, under each row its standard deviations."""
    rows = []
    for d in SETS:
        rows.append(f"{d.capitalize()} & " + " & ".join(told.acc(m, d) for m in METHODS))
        rows.append("\\quad SD & " + " & ".join(told.dev(m, d) for m in METHODS))
    return _latex(
        "lccc", " & Baseline & Mixup & Cutout", rows, "Test accuracy (\\%) and standard deviation (SD) of 3 seeds."
    )


def groups_of_rows(told: Told) -> str:
    """A multirow for each data set, metrics across."""
    rows = []
    for d in SETS:
        group = f"\\multirow{{3}}{{*}}{{{d.capitalize()}}}"
        for m in METHODS:
            rows.append(f"{group if m == METHODS[0] else ''} & {_name(m)} & {told.acc(m, d)} & {told.loss(m, d)}")
    return _latex(
        "llcc", "Data set & Method & Test acc. (\\%) $\\uparrow$ & Test loss $\\downarrow$", rows, "Means of 3 seeds."
    )


def groups_of_columns(told: Told) -> str:
    """A multicolumn for each data set over two metrics."""
    head = " & \\multicolumn{2}{c}{Pets} & \\multicolumn{2}{c}{Cars} \\\\\n\\cmidrule(lr){2-3}\\cmidrule(lr){4-5}\nMethod & Acc. (\\%) & Loss & Acc. (\\%) & Loss"
    rows = [f"{_name(m)} & " + " & ".join(f"{told.acc(m, d)} & {told.loss(m, d)}" for d in SETS) for m in METHODS]
    return _latex("lcccc", head, rows, "Test accuracy and test loss, means of 3 seeds.")


def sections(told: Told) -> str:
    """A line across the table heads the rows of a data set."""
    rows = []
    for d in SETS:
        rows.append(f"\\multicolumn{{3}}{{l}}{{\\emph{{{d.capitalize()}}}}}")
        rows += [f"{_name(m)} & {told.acc(m, d)} & {told.loss(m, d)}" for m in METHODS]
    return _latex("lcc", "Method & Test accuracy (\\%) & Test loss", rows, "Means of 3 seeds.")


def changes(told: Told) -> str:
    """Behind each value its change against the baseline."""
    rows = [
        f"{_name(m)} & "
        + " & ".join(f"{told.acc(m, d)} & {'--' if m == 'baseline' else told.gain(m, d)}" for d in SETS)
        for m in METHODS
    ]
    return _latex("lcccc", "Method & Pets & $\\Delta$ & Cars & $\\Delta$", rows, _ACCURACY)


def averages(told: Told) -> str:
    """A last column over the data sets."""
    rows = [f"{_name(m)} & " + " & ".join(told.acc(m, d) for d in SETS) + f" & {told.over_sets(m)}" for m in METHODS]
    return _latex("lccc", "Method & Pets & Cars & Avg.", rows, _ACCURACY)


def averages_below(told: Told) -> str:
    """A last row over the data sets."""
    rows = [f"{d.capitalize()} & " + " & ".join(told.acc(m, d) for m in METHODS) for d in SETS]
    rows.append("\\midrule\nAverage & " + " & ".join(told.over_sets(m) for m in METHODS))
    return _latex("lccc", "Data set & Baseline & Mixup & Cutout", rows, _ACCURACY)


def spread_columns(told: Told) -> str:
    """Mean and standard deviation in columns of their own."""
    head = " & \\multicolumn{2}{c}{Pets} & \\multicolumn{2}{c}{Cars} \\\\\nMethod & Mean & Std. & Mean & Std."
    rows = [f"{_name(m)} & " + " & ".join(f"{told.acc(m, d)} & {told.dev(m, d)}" for d in SETS) for m in METHODS]
    return _latex("lcccc", head, rows, "Test accuracy (\\%) over 3 seeds.")


def decorated(told: Told) -> str:
    """Bold, underlined, subscripts, arrows, a stacked header."""

    def cell(m: str, d: str) -> str:
        return f"{told.acc(m, d)}$_{{\\pm {told.dev(m, d)}}}$"

    rows = [
        f"\\textbf{{{_name(m)}}} (ours) & \\textbf{{{cell(m, SETS[0])}}} & \\underline{{{cell(m, SETS[1])}}}$^\\dagger$"
        if m == "mixup"
        else f"{_name(m)} & " + " & ".join(cell(m, d) for d in SETS)
        for m in METHODS
    ]
    return _latex(
        "lcc",
        "\\makecell{Augmen-\\\\tation} & \\textbf{Pets} ($\\uparrow$) & \\textbf{Cars} ($\\uparrow$)",
        rows,
        _ACCURACY,
    )


def pairs_in_cells(told: Told) -> str:
    """Two metrics in one cell."""
    rows = [f"{_name(m)} & " + " & ".join(f"{told.acc(m, d)} / {told.loss(m, d)}" for d in SETS) for m in METHODS]
    return _latex("lcc", "Method & Pets & Cars", rows, "Test accuracy (\\%) / test loss, means of 3 seeds.")


def uncertain_digits(told: Told) -> str:
    """siunitx: the deviation in brackets, in units of the last digit."""

    def dev(m: str, d: str) -> int:
        return round(100 * float(told.dev(m, d)))

    rows = [f"{_name(m)} & " + " & ".join(f"{told.acc(m, d)}({dev(m, d)})" for d in SETS) for m in METHODS]
    return _latex(
        "lSS", "{Method} & {Pets} & {Cars}", rows, "Test accuracy (\\%), mean and standard deviation over 3 seeds."
    )


def a_table_a_set(told: Told) -> str:
    """The data set stands in the caption alone."""
    tables = [
        _latex(
            "lcc",
            "Method & Acc. (\\%) & Loss",
            [f"{_name(m)} & {told.acc(m, d)} & {told.loss(m, d)}" for m in METHODS],
            f"Test results on {d.capitalize()}, means of 3 seeds.",
        )
        for d in SETS
    ]
    return tables[0].replace("\\end{document}\n", "") + tables[1].partition("\\begin{document}\n")[2]


def metrics_down(told: Told) -> str:
    """Metrics and data sets down, methods across."""
    rows = [f"Accuracy, {d.capitalize()} (\\%) & " + " & ".join(told.acc(m, d) for m in METHODS) for d in SETS]
    rows += [f"Loss, {d.capitalize()} & " + " & ".join(told.loss(m, d) for m in METHODS) for d in SETS]
    return _latex("lccc", "Test & Baseline & Mixup & Cutout", rows, "Means of 3 seeds.")


SHAPES: tuple[Shape, ...] = (
    plain,
    transposed,
    deviations_below,
    groups_of_rows,
    groups_of_columns,
    sections,
    changes,
    averages,
    averages_below,
    spread_columns,
    decorated,
    pairs_in_cells,
    uncertain_digits,
    a_table_a_set,
    metrics_down,
)

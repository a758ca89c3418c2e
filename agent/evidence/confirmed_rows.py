"""The rows of the evidence table that the confirmation stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.evidence.escape import escape_latex, number_latex
from agent.evidence.reference import CONFIRMED
from agent.results.results import Results
from agent.results.words import phrases
from agent.results.words.confirmed import difference_text, outcome_of, outcome_words


def confirmed_rows(results: Results, targets: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    """Each metric that was tried on fresh seeds and that the text refers to; `targets`: the anchors of each row."""
    known = results.confirmation
    mine = [name for name in results.metrics if (CONFIRMED, name) in targets] if known is not None else []
    if known is None or not mine:
        return []
    run = results.get(known.run or "")
    told = "nothing was tried"
    if run is not None and known.measured:
        seeds = escape_latex(", ".join(map(str, known.seeds)))
        told = f"{phrases.run_label(run)} and the baseline (seeds {seeds}, \\texttt{{confirmation.json}})"
    lines = [
        f"\\addlinespace\n\\multicolumn{{5}}{{@{{}}p{{0.98\\linewidth}}}}{{\\raggedright \\textbf{{Confirmation on fresh seeds}}: {told}}} \\\\"
    ]
    for name in mine:
        found, kind = outcome_of(results, name), results.metrics[name]
        value = phrases.number(found.mine.mean, kind) if found.mine else phrases.MISSING
        against = (
            f"{outcome_words(results, name)}; the baseline {phrases.number(found.theirs.mean, kind)}"
            if found.theirs
            else ""
        )
        words = against or outcome_words(results, name)
        delta = difference_text(found, kind) if found.difference is not None else ""
        cells = [number_latex(cell) for cell in (phrases.metric_label(name), value, delta, words)]
        anchors = "".join(f"\\evidrow{{{reference}}}" for reference in dict.fromkeys(targets[CONFIRMED, name]))
        lines.append(f"{anchors} & {' & '.join(cells)} \\\\")
    return lines

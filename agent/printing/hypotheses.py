"""The appendix's part on what was registered before the first run."""

from __future__ import annotations

from agent.evidence.escape import escape_latex, number_latex
from agent.evidence.evidence import Evidence
from agent.evidence.once import Once
from agent.results.registered.outcomes import statement_text

_SHORT = 16


def registered_appendix(evidence: Evidence) -> list[str]:
    """Lines of LaTeX: each hypothesis with what came of it, runs of theirs under another title than planned, and the planned runs that
    were not made; none where there is nothing of it. What a control scores on a metric is said once."""
    registration, once = evidence.registration, Once(evidence.results)
    lines: list[str] = []
    if registration.tested:
        lines += [
            "\\paragraph{Hypotheses.} Registered before the first run, "
            f"sha256 \\texttt{{{registration.sha256[:_SHORT]}\\ldots}}; their noise counts all {len(registration.tested)} "
            "(Bonferroni).\\par\\nobreak",
            "{\\footnotesize\\setlength{\\tabcolsep}{4.5pt}",
            "\\begin{longtable}{@{}lp{0.36\\linewidth}p{0.52\\linewidth}@{}}",
            "\\toprule",
            "& Hypothesis & Outcome \\\\",
            "\\midrule",
            "\\endhead",
            "\\bottomrule",
            "\\endfoot",
        ]
        for each in registration.tested:
            words = once.worded(each.words, [each.hypothesis.metric])
            cells = (each.hypothesis.name, statement_text(each.hypothesis), words)
            lines.append(f"{' & '.join(map(number_latex, cells))} \\\\")
        lines.append("\\end{longtable}}")
    if registration.retitled:
        told = "; ".join(registration.retitled)
        lines.append(f"\\paragraph{{Hypotheses on runs under another title than planned.}} {escape_latex(told)}.\\par")
    if registration.none:
        lines.append(f"\\paragraph{{Hypotheses.}} {escape_latex(registration.none)}\\par")
    if registration.left_out:
        told = "; ".join(f"{each.run} ({each.title}): {each.reason}" for each in registration.left_out)
        lines.append(f"\\paragraph{{Planned runs without a result that counts.}} {escape_latex(told)}.\\par")
    return lines

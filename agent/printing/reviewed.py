"""The review in the paper: what it left unsettled, below the abstract; every objection and its answer, in an appendix."""

from __future__ import annotations

import textwrap

from agent.evidence.escape import escape_latex
from agent.evidence.evidence import Evidence
from agent.evidence.told import Told, rests_on
from agent.results.english import capitalised, counted, listed
from agent.results.story.reviewed import Review, Standing, about_text, left_out_text, scores_text
from agent.session.events.review import ReviewForm

LABEL = "sec:review"
_LONGEST = 300
_READ = " ".join(
    (
        "The reviewer (Appendix~\\ref{sec:ai} says who that was) read the finished draft with the code, the results and the "
        "advice given during the runs.",
        "Each of its objections quotes a sentence of the draft as it stood then; the writer answered each by a change or a reason.",
    )
)


def unsettled_mark(review: Review | None) -> str:
    """A sentence in the abstract's place that says how many objections no change has met; empty where there are none."""
    if review is None or not review.unsettled:
        return ""
    opened, answered = len(review.open), len(review.unsettled) - len(review.open)
    parts = [f"{counted(opened, 'objection')} open"] * bool(opened)
    parts += [f"{counted(answered, 'objection')} answered without a change"] * bool(answered)
    return f"\n\n\\smallskip\\noindent\\textbf{{Its review left {listed(parts)}}} (Appendix~\\ref{{{LABEL}}})."


def review_appendix(review: Review | None, evidence: Evidence, body: str = "") -> str:
    """Each objection with the sentence it is about, what it rests on, and what became of it; then the reviewer's form.

    `body` is the paper's text before it, as LaTeX: what it labels, cites and writes as a formula can be set here too.
    """
    if review is None or not (review.standing or review.form):
        return ""
    told = Told(evidence, body)
    lines = ["", f"\\section{{Review}}\\label{{{LABEL}}}"]
    lines.append(_READ if review.form else _not_read(review.refused))
    lines += [f"{escape_latex(_shortened(left_out))}."] if (left_out := left_out_text(review)) else []
    lines += (
        ["\\begin{enumerate}", *(_objection(each, told) for each in review.standing), "\\end{enumerate}"]
        if review.standing
        else []
    )
    lines += _form(review.form, told) if review.form else []
    return "\n".join(lines) + "\n"


def _not_read(why: str) -> str:
    said = f" ({escape_latex(_shortened(why))})" if why else ""
    return f"There is no review{said}; these objections were made by the adviser while the runs were made."


def _shortened(text: str) -> str:
    return textwrap.shorten(text, _LONGEST, placeholder=" …")


def _objection(each: Standing, told: Told) -> str:
    objection = each.objection
    about = about_text(objection)
    where = f", on {objection.section}" if objection.section and objection.by == "reviewer" else ""
    quote = f" ``{told.quoted(objection.quote)}''" if objection.by == "reviewer" else ""
    on = "; ".join(rests_on(one, told.evidence) for one in objection.evidence)
    rests = f" (rests on {escape_latex(on)})" if on else ""
    said = f": {told.said(each.answer.text)}" if each.answer and each.answer.text else ""
    return (
        f"\\item \\textbf{{{escape_latex(about)}{escape_latex(where)}.}}{quote} {told.said(objection.text)}{rests}\\\\\n"
        f"\\emph{{{capitalised(each.status_words)}{said}}}"
    )


def _form(form: ReviewForm, told: Told) -> list[str]:
    texts = (
        ("Summary", form.summary),
        ("Strengths", form.strengths),
        ("Weaknesses", form.weaknesses),
        ("Questions", form.questions),
        ("Limitations", form.limitations),
    )
    return [
        f"\\paragraph{{Scores.}} {scores_text(form)}.",
        *(f"\\paragraph{{{name}.}} {told.said(text)}" for name, text in texts if text.strip()),
    ]

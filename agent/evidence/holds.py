"""Whether a passage's condition holds: each subject's state, from verdicts, confirmation and hypotheses as they are computed."""

from __future__ import annotations

from collections.abc import Mapping

from agent.errors import BadAnswer
from agent.evidence.condition import ONCE, SAYS_NOTHING, Condition, State, Subject, Term
from agent.evidence.reference import CONFIRMED, WORDS, nearest
from agent.results.registered.outcomes import Registration
from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import Verdict
from agent.results.words.confirmed import outcome_of

_GROUPS: Mapping[str, set[State]] = {"better": {"better"}, "worse": {"worse"}, "within": {"within noise", "equal"}}


def holds(condition: Condition, results: Results, registration: Registration) -> bool:
    """Whether it holds. Raises BadAnswer for a run, a metric or a hypothesis that does not exist, in any of its terms."""
    found = [state_of(term.subject, results, registration) in term.states for term in condition.terms]
    return all(found) if condition.joint == "and" else any(found)


def state_of(subject: Subject, results: Results, registration: Registration) -> State:
    """In which of its states the subject is. Raises BadAnswer as `holds` does."""
    match subject.kind:
        case "hypothesis":
            return _of_hypothesis(subject, registration)
        case "confirmed":
            return _of_confirmation(subject, results)
        case "run":
            return "not comparable" if _run(subject.names[0], subject, results).differences else "comparable"
        case "any":
            return _of_group(subject, results)
        case _:
            return _of_verdict(subject, results)


def run_of(subject: Subject, results: Results) -> RunResult | None:
    """The run of which the subject is; None where it is of none, or of one that does not exist."""
    if subject.kind == "confirmed":
        return results.get(results.confirmation.run or "") if results.confirmation is not None else None
    if subject.kind in ("any", "hypothesis"):
        return None
    return results.best if subject.names[0] == "best" else results.get(subject.names[0])


def runs_of(subject: Subject, results: Results, registration: Registration) -> tuple[RunResult, ...]:
    """The runs of which something is claimed by it: both that are compared, those of a group that are in its state."""
    if subject.kind == "hypothesis":
        found = registration.get(subject.names[0])
        compared = (found.hypothesis.run, found.hypothesis.against) if found is not None else ()
        return tuple(run for name in compared if (run := results.get(name)) is not None)
    if subject.kind == "any":
        word, metric = subject.names
        return tuple(
            run for run in results.runs[1:] if _told(results.verdict(run, metric), results, metric) in _GROUPS[word]
        )
    named = results.get(subject.names[1]) if subject.kind == "compare" else None
    return tuple(run for run in (run_of(subject, results), named) if run is not None)


def rows_of(condition: Condition, results: Results, registration: Registration) -> tuple[tuple[str, str], ...]:
    """The lines of the evidence table that it stands on, as (run, metric)."""
    return tuple(dict.fromkeys(row for term in condition.terms for row in _rows(term, results, registration)))


def words_of(condition: Condition, results: Results, registration: Registration) -> str:
    """What is true in its place: `run_5.mse is within noise; H1 is not held`."""
    subjects = dict.fromkeys(term.subject for term in condition.terms)
    return "; ".join(f"{each.text} is {state_of(each, results, registration)}" for each in subjects)


def _rows(term: Term, results: Results, registration: Registration) -> list[tuple[str, str]]:
    subject, names = term.subject, term.subject.names
    match subject.kind:
        case "hypothesis":
            judged = registration.get(names[0])
            if judged is None or judged.outcome == "not tested":
                return []
            of = judged.hypothesis
            return [(str(of.run), of.metric), (str(of.against), of.metric)]
        case "confirmed":
            return [(CONFIRMED, names[0])]
        case "run":
            return []
        case "any":
            return [(run.name, names[1]) for run in results.runs if names[1] in run.values]
        case "compare":
            return [(_run(name, subject, results).name, names[2]) for name in names[:2]]
        case _:
            head = names[0] if results.control(names[0]) is not None else _run(names[0], subject, results).name
            return [(head, names[1])]


def _of_hypothesis(subject: Subject, registration: Registration) -> State:
    found = registration.get(subject.names[0])
    if found is None:
        names = [each.hypothesis.name for each in registration.tested]
        have = f"registered are {', '.join(names)}" if names else "the plan registered none"
        raise BadAnswer(f"[[if {subject.text} …]]: there is no hypothesis {subject.names[0]}; {have}")
    return found.outcome


def _of_confirmation(subject: Subject, results: Results) -> State:
    known, metric = results.confirmation, subject.names[0]
    if known is None:
        raise BadAnswer(f"[[if {subject.text} …]]: nothing has been confirmed in this session (yet)")
    if metric not in known.metrics or metric not in results.metrics:
        raise BadAnswer(
            f"[[if {subject.text} …]]: no metric {metric!r} was to be confirmed; {nearest(metric, known.metrics)}"
        )
    return outcome_of(results, metric).word


def _of_group(subject: Subject, results: Results) -> State:
    word, metric = subject.names
    _metric(metric, subject, results)
    runs = (run for run in results.runs[1:])
    return (
        "some" if any(_told(results.verdict(run, metric), results, metric) in _GROUPS[word] for run in runs) else "none"
    )


def _of_verdict(subject: Subject, results: Results) -> State:
    metric = subject.names[-1]
    _metric(metric, subject, results)
    if subject.kind == "verdict" and (control := results.control(subject.names[0])) is not None:
        return results.control_verdict(control, metric).told
    run = _run(subject.names[0], subject, results)
    if subject.kind == "compare":
        return _told(results.comparison(run, _run(subject.names[1], subject, results), metric), results, metric)
    if subject.kind == "parent":
        parent = results.get(run.parent or "")
        if parent is None:
            raise BadAnswer(f"[[if {subject.text} …]]: {run.name} began from no run that counts")
        return _told(results.comparison(run, parent, metric), results, metric)
    if run.is_baseline:
        raise BadAnswer(f"[[if {subject.text} …]]: the baseline is not compared with itself; name another run")
    return _told(results.verdict(run, metric), results, metric)


def _told(verdict: Verdict, results: Results, metric: str) -> State:
    """The verdict's word; that nothing is said where the metric does not tell the baseline from a control."""
    if verdict.word not in ("better", "worse"):
        return verdict.word
    if results.unbeaten(metric) is not None:
        return SAYS_NOTHING
    return verdict.word + (ONCE if verdict.one_look else "")


def _run(name: str, subject: Subject, results: Results) -> RunResult:
    if name == "best":
        return results.best
    run = results.get(name)
    if run is None:
        names = [*(run.name for run in results.runs), *(one.name for one in results.controls)]
        raise BadAnswer(
            f"[[if {subject.text} …]]: {name!r} is no accepted run; {nearest(name, [*names, 'best', *WORDS])}"
        )
    return run


def _metric(name: str, subject: Subject, results: Results) -> None:
    if name not in results.metrics:
        raise BadAnswer(f"[[if {subject.text} …]]: no metric {name!r}; {nearest(name, results.metrics)}")

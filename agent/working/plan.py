"""The plan of the runs: asked once, shown in every brief."""

from __future__ import annotations

from agent.errors import BadAnswer, ModelUnavailable
from agent.models.replies.declined import check_given
from agent.models.replies.subject import check_speaks
from agent.results.registered.hypotheses import FORM, read_hypotheses
from agent.results.story import results_of, story_of
from agent.results.story.plan import HYPOTHESIS_LINE, checked_plan, is_laid_out, put_right, runs_planned
from agent.session.events import Exchanged, Planned, Registered
from agent.session.events.hypothesis import registered_sha256
from agent.session.steps import PLAN
from agent.working.parts import Parts, say
from agent.working.steering import take_up
from agent.writing.known import subject_of_session

NO_HYPOTHESIS = f"it registers no hypothesis; give the plan again with two to five lines of the form {FORM}"


def make_plan(parts: Parts) -> None:
    """The writer plans the runs; every later brief shows the plan. One that lists no run is asked for again."""
    take_up(parts, Planned, PLAN)
    say(parts, Planned, PLAN, "planning the runs")
    parts.session.journal.step(Planned, PLAN, lambda: Planned(text=_plan(parts)))
    _register(parts)


def _register(parts: Parts) -> None:
    """Record the plan's hypotheses before the first run, also that there are none though the writer was asked back; where a run is
    there already, nothing is."""
    session, story = parts.session, story_of(parts.session)
    if story.attempts:
        return
    read = read_hypotheses(story.plan, results_of(session).metrics)
    asked_back = any(event.step == PLAN.exchange(2) for event in session.journal.all(Exchanged))
    if not (read.hypotheses or read.problems or asked_back):
        return  # a recording of before: it plays as it did
    registered = Registered(
        hypotheses=list(read.hypotheses), sha256=registered_sha256(read.hypotheses), unread=list(read.problems)
    )
    session.journal.step(Registered, PLAN, lambda: registered)


def _plan(parts: Parts) -> str:
    """The writer's plan. Raises ModelUnavailable where it never lists a run, unless a recording holds no other answer.

    A hypothesis that is none is asked back, and once a plan without any; the last plan stands with what is wrong in it, which is
    recorded. Hypotheses that come alone then belong to the plan before them.
    """
    tries, answers, plans = parts.session.settings.models.max_answers, list[str](), list[str]()
    metrics, subject = results_of(parts.session).metrics, subject_of_session(parts.session)

    def parse(answer: str) -> str:
        answers.append(answer.strip())
        alone = plans and not runs_planned(answer) and HYPOTHESIS_LINE.search(answer)
        plan = check_given(checked_plan(put_right(plans[0], answer) if alone else answer))
        if not is_laid_out(plan):
            check_speaks(plan, subject, "a plan")
        plans.append(plan)
        read = read_hypotheses(plan, metrics)
        if read.problems and len(answers) < tries:
            raise BadAnswer("\n".join(f"- {problem}" for problem in read.problems))
        if not read.hypotheses and len(answers) < min(2, tries):
            raise BadAnswer(NO_HYPOTHESIS)
        if read.hedges and len(answers) < min(2, tries):
            raise BadAnswer("\n".join(f"- {hedge}" for hedge in read.hedges))
        return plan

    try:
        return parts.gateway.ask_for("writer", PLAN, "plan", parse, **parts.brief.plan())
    except BadAnswer as bad:
        if plans:  # what came after it was no plan
            return plans[-1]
        if len(answers) < tries:
            return answers[-1]
        text = " ".join(answers[-1].split())[:120]
        raise ModelUnavailable(
            f"the writer answered {tries} times without a plan ({text!r}): {bad}; raise max_answers (LABLOOP_MAX_ANSWERS) "
            "to ask again, or begin with another --model"
        ) from bad

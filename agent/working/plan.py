"""The plan of the runs: asked once, shown in every brief."""

from __future__ import annotations

from agent.errors import BadAnswer, ModelUnavailable
from agent.models.declined import check_given
from agent.results.plan import checked_plan
from agent.session.events import Planned
from agent.session.steps import PLAN
from agent.working.parts import Parts, say
from agent.working.steering import take_up


def make_plan(parts: Parts) -> None:
    """The writer plans the runs; every later brief shows the plan. One that lists no run is asked for again."""
    take_up(parts, Planned, PLAN)
    say(parts, Planned, PLAN, "planning the runs")
    parts.session.journal.step(Planned, PLAN, lambda: Planned(text=_plan(parts)))


def _plan(parts: Parts) -> str:
    """The writer's plan. Raises ModelUnavailable where it never lists a run, unless a recording holds no other answer."""
    tries, answers = parts.session.settings.models.max_answers, list[str]()

    def parse(answer: str) -> str:
        answers.append(answer.strip())
        return check_given(checked_plan(answer))

    try:
        return parts.gateway.ask_for("writer", PLAN, "plan", parse, **parts.brief.plan())
    except BadAnswer as bad:
        if len(answers) < tries:
            return answers[-1]
        text = " ".join(answers[-1].split())[:120]
        raise ModelUnavailable(
            f"the writer answered {tries} times without a plan ({text!r}): {bad}; raise max_answers (LABLOOP_MAX_ANSWERS) "
            "to ask again, or begin with another --model"
        ) from bad

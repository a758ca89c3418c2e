"""The whole session: baseline, plan, runs, figures, draft, audit, PDF.

Plain straight-line code. Every costly step goes through the journal: where its event is recorded already, the step
returns it and nothing is done again. So resuming a session is running this file from the top.
"""

from __future__ import annotations

from agent.paper import write_paper
from agent.results.english import counted
from agent.results.story import story_of
from agent.results.story.without_runs import why_no_run
from agent.session.events import CandidateChosen, SessionEnded
from agent.session.steps import CANDIDATE, RunName
from agent.working.confirm import confirm
from agent.working.figures import draw_figures
from agent.working.hypotheses import judge_hypotheses
from agent.working.parts import Parts
from agent.working.plan import make_plan
from agent.working.review import review_run
from agent.working.revision import look_back
from agent.working.run import work_run
from agent.working.steering import out_of_patience, take_up


def work_session(parts: Parts) -> SessionEnded:
    """From the idea to the paper. Raises Paused or Interrupted; whatever was done by then is in the journal."""
    session = parts.session
    parts.laboratory.measure_baseline()
    parts.laboratory.measure_controls()
    make_plan(parts)
    for number in range(1, session.settings.limits.max_runs + 1):
        accepted = work_run(parts, RunName.of(number))
        if accepted is None:
            break
        review_run(parts, accepted)
        if out_of_patience(parts, accepted.run):
            break
    take_up(parts, CandidateChosen, CANDIDATE)
    counted_any = len(story_of(session).counted) > 1
    why = why_no_run(session) if not counted_any else ""
    if not counted_any and not session.settings.paper.anyway:
        return SessionEnded(state="no_runs", exit_code=5, reason=f"{why}; no figures, no paper")
    confirm(parts)
    judge_hypotheses(parts)
    look_back(parts)
    draw_figures(parts)
    findings = write_paper(session, parts.gateway, parts.sandbox)
    if not counted_any:
        return SessionEnded(state="no_runs", exit_code=5, reason=f"{why}; figures and paper were asked for")
    if findings:
        return SessionEnded(state="findings", exit_code=5, reason=f"the audit has {counted(len(findings), 'finding')}")
    return SessionEnded(state="done")

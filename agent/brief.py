"""The brief: all that a fresh conversation is told, built from the journal alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.coding.reply import COMPLETED
from agent.coding.tries import Tries
from agent.experiment.doubts.asked import DOUBT
from agent.experiment.launch import fill
from agent.experiment.past import known_code
from agent.prompts import Prompts
from agent.results.choosing.deciding import powers
from agent.results.choosing.parents import Change, called
from agent.results.results import Results
from agent.results.story import Story, results_of, story_of
from agent.results.story.costs import launch_costs
from agent.results.story.plan import runs_planned
from agent.results.tables.asked import asked_for
from agent.results.tables.markdown import results_table
from agent.results.verdicts.matched import wanted_text
from agent.results.words.curves import curves_beside, totals_beside
from agent.results.words.phrases import direction_text, left_text
from agent.session.events import AttemptEnded, Edited, FiguresDrawn, RunAccepted
from agent.session.files import code_sha
from agent.session.idea import Idea
from agent.session.session import Session
from agent.session.settings import Settings
from agent.session.steps import RunName
from agent.session.template.contract import Template

_MAX_REPLY = 2000
_MAX_REPORT = 5000


def common_values(idea: Idea, template: Template, results: Results, asked: Sequence[str] = ()) -> dict[str, Any]:
    """What nearly every message shows; `asked` are metrics that its table must hold."""
    scale = template.scales[template.scale].description if template.scale else ""
    return {
        "idea": idea,
        "table": results_table(results, asked),
        "editable": template.experiment.editable,
        "scale": template.scale,
        "scale_description": scale,
        "fixed_settings": [key.split(".")[-1] for key in template.comparable.keys],
        "reported": template.reported,
        "said": [],
        "dropped": [],
    }


def steering(story: Story) -> dict[str, Sequence[str]]:
    """What a person said, and the runs that were dropped, as messages show them."""
    return {"said": story.said, "dropped": story.dropped_runs}


def plan_values(idea: Idea, template: Template, settings: Settings, results: Results) -> dict[str, Any]:
    """Values of plan.jinja."""
    seeds = idea.seeds_a_run(settings.experiment.seeds)
    return common_values(idea, template, results) | {
        "template": template,
        "metrics": {
            name: (direction_text(each), each.description + wanted_text(each)) for name, each in results.metrics.items()
        },
        "max_runs": settings.limits.max_runs,
        "primary": results.primary,
        "seed": template.experiment.seed,
        "seeds": len(template.baseline.seeds),
        "powers": [str(each) for each in powers(results, seeds)],
        "run_seeds": seeds,
        "files": {name: (template.root / name).read_text(encoding="utf-8") for name in template.experiment.editable},
    }


def run_values(
    idea: Idea, template: Template, settings: Settings, results: Results, run: str, asked: Sequence[str] = ()
) -> dict[str, Any]:
    """Values of coder_run.jinja as they are before anything was told: no plan, note, advice or parent, nothing given up."""
    return common_values(idea, template, results, asked) | {
        "run": run,
        "plan": "",
        "max_runs": settings.limits.max_runs,
        "last_note": "",
        "advice": "",
        "abandoned": [],
        "read_only": template.experiment.read_only,
        "command": experiment_command(template, run),
        "asked_back": False,
        "done": len(results.runs) - 1,
        "planned": 0,
        "parent": called(None),
        "why_parent": "",
    }


def experiment_command(template: Template, run: str) -> str:
    """The experiment's command for a run, as the coder is shown it."""
    values = {"out_dir": run, "seed": str(template.experiment.seed)}
    return " ".join(fill(template.experiment.command, values))


class Brief:
    """Renders the messages to coder and adviser for one session."""

    def __init__(self, session: Session, prompts: Prompts) -> None:
        self.session = session
        self.story = story_of(session)
        self.prompts = prompts

    def plan(self) -> dict[str, Any]:
        """Values of plan.jinja."""
        session = self.session
        values = plan_values(session.idea, session.template, session.settings, results_of(session))
        return values | steering(self.story)

    def run(self, run: str, asked_back: bool = False) -> str:
        """The first message for a run; `asked_back`: the coder had said that all is done, before the plan was."""
        session, story = self.session, self.story
        told = {
            "parent": called(story.parent_of(RunName(run))),
            "why_parent": story.why_parent(RunName(run)),
            "plan": story.plan,
            "last_note": _condensed(story.last_note.text) if story.last_note else "",
            "advice": story.advice.text if story.advice else "",
            "asked_back": asked_back,
            "planned": runs_planned(story.plan),
            "abandoned": [f"{event.title}: {event.reason}" for event in story.abandoned],
        }
        values = run_values(
            session.idea, session.template, session.settings, results_of(session), run, asked_for(session)
        )
        return self.prompts.render("coder_run", **values | told | steering(story))

    def repair(self, run: RunName, title: str, tries: Tries[AttemptEnded]) -> str:
        """The message after a turn that did not lead to an accepted run."""
        assert tries.last is not None
        last = tries.last.edited
        return self.prompts.render(
            "coder_repair",
            **self._common(),
            run=run,
            title=title,
            problem=tries.last.failure,
            repeated=tries.repeated,
            doubt=tries.last.failure.signature == DOUBT,
            unmatched=last.outcome == "unmatched" and not last.unread,
            unread=bool(last.unread),
            refused=last.refused,
            launchable=self._launchable(),
            spoke_of_end=COMPLETED in last.reply and not last.changed,
            left=last.left,
            left_report=last.left_report[:_MAX_REPORT],
            diff=last.diff if last.changed else "",
            turn=tries.number,
            turns=tries.limit,
            command=experiment_command(self.session.template, run),
            reply="" if last.changed else last.reply.strip()[:_MAX_REPLY],
        )

    def figures(self, structure: str, tries: Tries[FiguresDrawn]) -> str:
        """The message for the figures, with what came of the last try."""
        figures = self.session.template.figures
        failure = tries.last.failure if tries.last else None
        return self.prompts.render(
            "coder_figures",
            **self._common() | {"editable": figures.editable},
            command=" ".join(figures.command),
            runs=[run.name for run in results_of(self.session).runs],
            structure=structure,
            controls=[control.title for control in results_of(self.session).controls],
            problem=(failure.cause or failure.reason) if failure else "",
            repeated=tries.repeated,
        )

    def advice(self, accepted: RunAccepted, note: str, change: Change) -> dict[str, Any]:
        """Values of advice.jinja."""
        results = results_of(self.session)
        run = results.get(accepted.run)
        assert run is not None, f"{accepted.run} is accepted"
        return self._common() | {
            "plan": self.story.plan,
            "run": accepted.run,
            "taken": self._taken(accepted.run),
            "note": _condensed(note),
            "change": change,
            "curves": curves_beside(run, results.baseline),
            "totals": totals_beside(run, results.baseline),
            "unmatched": left_text(results, run),
            "costs": launch_costs(self.story, accepted.run),
            "candidates": [run.name for run in results.runs[1:] if not run.differences],
            "left": self.session.settings.limits.max_runs - len(self.story.runs),
        }

    def _launchable(self) -> bool:
        """Whether the code as it stands may be launched: it is no accepted run's, and did not fail by its own fault."""
        session, names = self.session, self.session.template.experiment.editable
        code = self.story.code(session.files)
        found = code_sha({name: session.blobs.get(code[name]) for name in names})
        accepted, failed = known_code(session)
        return found not in accepted and found not in failed

    def _taken(self, run: RunName) -> str:
        """What the coder said in this run of the advice before it; empty where there was none to answer."""
        if self.story.advice is None:
            return ""
        said = [event.advice for event in self.story.all(Edited) if event.step.run == run and event.advice]
        return said[-1] if said else ""

    def _common(self) -> dict[str, Any]:
        session = self.session
        values = common_values(session.idea, session.template, results_of(session), asked_for(session))
        return values | steering(self.story)


def _condensed(note: str, limit: int = 1800) -> str:
    """A note without its table: the brief has the table of all runs."""
    lines = [line for line in note.splitlines() if not line.lstrip().startswith("|")]
    return "\n".join(lines).strip()[:limit]

"""`--dry-run`: what a session would do, how long its prompts are, which commands it runs. Touches nothing."""

from __future__ import annotations

from agent.brief import plan_values, run_values
from agent.models.protocol import Message
from agent.models.tokens import count_tokens
from agent.prompts import Prompts
from agent.results.results import Results, RunResult
from agent.session.idea import Idea
from agent.session.settings import Settings
from agent.session.settings.confirm import AUTO, NONE
from agent.session.steps import BASELINE, RunName
from agent.session.template.contract import Template


def describe(idea: Idea, template: Template, settings: Settings) -> str:
    """The plan, prompt sizes in tokens and commands, as text."""
    return "\n".join(
        [*_plan(idea, template, settings), "", *_prompts(idea, template, settings), "", *_commands(template)]
    )


def _plan(idea: Idea, template: Template, settings: Settings) -> list[str]:
    seeds = ", ".join(map(str, template.baseline.seeds))
    limits = f"{settings.limits.max_repairs} repairs a run, {settings.experiment.timeout_s or template.experiment.timeout_s:g} s a launch"
    tokens, usd = settings.limits.budget_tokens, settings.limits.budget_usd
    budget = f"tokens {'unlimited' if tokens is None else tokens}, dollars {'unlimited' if usd is None else usd}"
    patience = settings.limits.patience
    models = settings.models.by_role
    review = f"review by {models['reviewer']}, " if settings.paper.review else ""
    paper = [f"6. draft, {review}audit, PDF"] if settings.paper.write else []
    return [
        f"{idea.Title}  (template {template.name}: {template.title})",
        *([f"scale    {template.scale}  (there are {', '.join(template.scales)})"] if template.scale else []),
        f"models   writer {models['writer']}, coder {models['coder']} through {settings.coder.name}, adviser {models['adviser']}",
        f"budget   {budget}",
        f"1. baseline with seeds {seeds} (reused where it was measured before)",
        *([f"   controls beside it: {', '.join(one.title for one in template.controls)}"] if template.controls else []),
        "2. plan, with its hypotheses registered",
        f"3. up to {settings.limits.max_runs} runs ({limits}), each from a parent, with note, advice and the note's final form",
        *([f"   ended after {patience} in a row without a gain beyond noise"] if patience else []),
        f"4. {_confirmation(template, settings)}",
        "5. figures",
        *paper,
    ]


def _confirmation(template: Template, settings: Settings) -> str:
    asked, offered = settings.confirmation, template.confirmation
    if offered is None or asked.run == NONE or asked.seeds == 0:
        return "nothing is confirmed"
    which = "the best run" if asked.run == AUTO else asked.run
    return f"{which} and the baseline again, on {len(offered.fresh_seeds(asked.seeds))} fresh seeds"


def _prompts(idea: Idea, template: Template, settings: Settings) -> list[str]:
    """Sizes of the first messages, made as a session makes them, before there is a result."""
    baseline = RunResult(name=BASELINE, title="Baseline", values={}, config={}, training={})
    empty = Results(
        metrics=idea.in_order(template.metrics),
        primary=idea.Primary_Metric or template.primary,
        runs=(baseline,),
        named=idea.leading,
    )
    prompts = Prompts()
    shown = [*template.experiment.editable, *template.experiment.read_only]
    sizes = {
        "plan": prompts.render("plan", **plan_values(idea, template, settings, empty)),
        "first brief to the coder": prompts.render(
            "coder_run", **run_values(idea, template, settings, empty, RunName.of(1))
        ),
        "files beside each brief": "".join((template.root / name).read_text(encoding="utf-8") for name in shown),
    }
    return ["prompts (tokens)", *(f"  {name}: {count_tokens([Message('user', text)])}" for name, text in sizes.items())]


def _commands(template: Template) -> list[str]:
    named = {**template.commands, **{f"control {one.name}": one.command for one in template.controls if one.command}}
    return ["commands", *(f"  {name}: {' '.join(command)}" for name, command in named.items())]

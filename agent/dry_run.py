"""`--dry-run`: what a session would do, how long its prompts are, which commands it runs. Touches nothing."""

from __future__ import annotations

from agent.experiment.results import Results, RunResult
from agent.experiment.table import results_table
from agent.models.protocol import Message
from agent.models.tokens import count_tokens
from agent.prompts import Prompts
from agent.session.idea import Idea
from agent.session.settings import Settings
from agent.session.template import Template


def describe(idea: Idea, template: Template, settings: Settings) -> str:
    """The plan, prompt sizes in tokens and commands, as text."""
    return "\n".join(
        [*_plan(idea, template, settings), "", *_prompts(idea, template, settings), "", *_commands(template)]
    )


def _plan(idea: Idea, template: Template, settings: Settings) -> list[str]:
    seeds = ", ".join(map(str, template.baseline.seeds))
    limits = f"{settings.max_repairs} repairs a run, {settings.timeout_s or template.experiment.timeout_s:g} s a launch"
    budget = f"tokens {settings.budget_tokens or 'unlimited'}, dollars {settings.budget_usd or 'unlimited'}"
    paper = ["5. draft, audit, PDF"] if settings.paper else []
    return [
        f"{idea.Title}  (template {template.name}: {template.title})",
        f"models   writer {settings.model}, coder {settings.coder_model or settings.model} through {settings.coder}, "
        f"adviser {settings.adviser or settings.model}",
        f"budget   {budget}",
        f"1. baseline with seeds {seeds} (reused where it was measured before)",
        "2. plan",
        f"3. up to {settings.max_runs} runs ({limits}), each with note and advice",
        "4. figures",
        *paper,
    ]


def _prompts(idea: Idea, template: Template, settings: Settings) -> list[str]:
    prompts = Prompts()
    empty = Results(
        template.metrics,
        idea.Primary_Metric or template.primary,
        (RunResult("run_0", "Baseline", {}, {}, {}),),
    )
    common = {"idea": idea, "table": results_table(empty), "editable": template.experiment.editable}
    files = {
        name: (template.root / name).read_text(encoding="utf-8") for name in template.experiment.editable
    }
    plan = prompts.render(
        "plan", **common, template=template, max_runs=settings.max_runs, primary=empty.primary,
        seed=template.experiment.seed, seeds=len(template.baseline.seeds), files=files,
    )  # fmt: skip
    run = prompts.render(
        "coder_run", **common, run="run_1", plan="", max_runs=settings.max_runs, last_note="", advice="", abandoned=[],
        read_only=template.experiment.read_only, command=" ".join(template.experiment.command), based_on="the baseline",
    )  # fmt: skip
    shown = [
        *files.values(),
        *((template.root / name).read_text(encoding="utf-8") for name in template.experiment.read_only),
    ]
    sizes = {"plan": plan, "first brief to the coder": run, "files beside each brief": "".join(shown)}
    return [
        "prompts (tokens)",
        *(f"  {name}: {count_tokens([Message('user', text)])}" for name, text in sizes.items()),
    ]


def _commands(template: Template) -> list[str]:
    found = {
        "prepare": template.prepare.command if template.prepare else [],
        "experiment": template.experiment.command,
        "evaluator": template.evaluator.command if template.evaluator else [],
        "figures": template.figures.command,
    }
    return ["commands", *(f"  {name}: {' '.join(command)}" for name, command in found.items() if command)]

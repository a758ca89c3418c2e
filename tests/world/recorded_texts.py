"""The texts of a shipped recording, with evidence in which all that they name exists; its values mean nothing, no run was made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from agent.evidence.evidence import Evidence
from agent.models.recording import load_recording
from agent.proofreading.problems import free_text
from agent.results.controls import ControlResult
from agent.results.results import Results, RunResult
from agent.results.values import Value
from agent.session.idea import load_idea
from agent.session.steps import BASELINE, RunName
from agent.session.template import load_template, template_of
from agent.writing.draft.sections import section_of
from agent.writing.fields import read_fields
from agent.writing.notes.note import ANSWER, FIELDS, REVISED

_LATEX = re.compile(r"```latex\n(.*?)```", re.DOTALL)
_NOTE = re.compile(r"run_\d+/note\w*/|notes/revised|figures/note")
_SETTING = re.compile(r"config\.([\w.]+)")


class Told(NamedTuple):
    """A text of a recording; `tells` as its section has it."""

    step: str
    text: str
    latex: bool
    tells: bool


class World(NamedTuple):
    """What a recording's texts may name, and the idea's own words."""

    evidence: Evidence
    free: str


def told(recording: Path) -> Iterator[Told]:
    """Every section in each of its forms, and every note without what it proposes."""
    for (_, step), answer in load_recording(recording).answers.items():
        kind, _, rest = step.partition("/")
        if kind in ("draft", "review") and (latex := _LATEX.search(answer.reply)):
            section = section_of(rest.partition("/")[0])
            yield Told(step, latex[1], True, section is None or section.tells)
        elif _NOTE.match(step):
            fields = read_fields(answer.reply, (*FIELDS, ANSWER, REVISED))
            said = [text for label, text in fields.items() if label != "Next"] or [answer.reply]
            yield Told(step, "\n\n".join(said), False, True)


def world_of(recording: Path) -> World:
    """The runs by their titles, the template's metrics and controls, the settings that the texts name."""
    template = load_template(template_of(recording))
    idea = load_idea(recording.with_name(recording.name.removesuffix(".recording.jsonl") + ".json"))
    answers = load_recording(recording).answers
    titles = {
        int(match[1]): read_fields(answer.reply, FIELDS).get("Title", "")
        for (role, step), answer in answers.items()
        if role == "writer" and (match := re.match(r"run_(\d+)/note", step))
    }
    settings = {name: 1 for answer in answers.values() for name in _SETTING.findall(answer.reply)}
    values = {name: Value(0.5) for name in template.metrics}
    seeds = {name: Value(0.5, 0.01, 3) for name in template.metrics}
    runs = [RunResult(BASELINE, "Baseline", seeds, settings, {"steps": 400}, ())]
    runs += [RunResult(RunName.of(n), titles[n], values, settings, {"steps": 400}, ()) for n in sorted(titles)]
    primary = next(name for name, metric in template.metrics.items() if metric.primary)
    controls = tuple(ControlResult(control.name, control.title, values) for control in template.controls)
    results = Results(template.metrics, primary, tuple(runs), controls=controls)
    return World(Evidence(results), free_text(idea, template.title))

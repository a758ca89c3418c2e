"""A review as a model gives it: read, and checked against the draft and what there is to cite. What cannot be checked goes back."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.reference import REFERENCE
from agent.session.events.review import Kind, Objection, ReviewForm
from agent.session.loose_json import latex_kept
from agent.writing.draft.text import DraftText

KINDS: tuple[str, ...] = get_args(Kind)
MOST = 12
"""Objections that a review may hold: the gravest."""
_COPY = ": copy a whole sentence of it, letter by letter"
_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
_BRACED = re.compile(r"\{.*\}", re.DOTALL)


class PartlyBorne(BadAnswer):
    """A review of which some objections cannot be checked: `objections` are the others under their own numbers, `left_out` says
    of each that is not among them why."""

    def __init__(self, problems: Sequence[str], objections: list[Objection], form: ReviewForm) -> None:
        super().__init__("\n".join(f"- {problem}" for problem in problems))
        self.objections, self.form = objections, form
        self.left_out = [problem.removesuffix(_COPY) for problem in problems]


@dataclass(frozen=True)
class Citable:
    """What an objection may rest on beside references: the names of what the reviewer was shown."""

    evidence: Evidence
    names: Collection[str]
    """`code`, `plan`, `diff of run_3`, `advice on run_2` …"""

    def lacks(self, given: str) -> str:
        """Why this is no evidence; empty where it is."""
        match = REFERENCE.fullmatch(given.strip())
        if match:
            try:
                self.evidence.resolve(match.group(1))
            except BadAnswer as bad:
                return str(bad)
            return ""
        known = {name.lower() for name in self.names}
        return (
            ""
            if given.strip().lower() in known
            else f"{given!r} is neither a reference nor one of {', '.join(self.names)}"
        )


def read_review(answer: str, draft: DraftText, citable: Citable) -> tuple[list[Objection], ReviewForm]:
    """Objections, numbered from 1, and the form. Raises BadAnswer with everything that is wrong; PartlyBorne where the form and
    some of the objections are right."""
    raw = object_of(answer)
    given = raw.get("objections")
    if not isinstance(given, list):
        raise BadAnswer('the object has no list "objections" (an empty one says that there are none)')
    if len(given) > MOST:
        raise BadAnswer(f"{len(given)} objections: give the {MOST} gravest")
    objections, problems = [], list[str]()
    for number, each in enumerate(given, start=1):
        found, wrong = _objection(number, each, draft, citable)
        problems += [f"objection {number}: {problem}" for problem in wrong]
        objections += [found] if found else []
    unborne = list(problems)
    form = _form(raw.get("form"), problems)
    if unborne and objections and form is not None:
        raise PartlyBorne(unborne, objections, form)
    if problems or form is None:
        raise BadAnswer("\n".join(f"- {problem}" for problem in problems))
    return objections, form


def object_of(answer: str) -> dict[str, Any]:
    """The JSON object in an answer, whatever stands around it. Raises BadAnswer where there is none."""
    fenced = _FENCED.findall(answer)
    source = max(fenced, key=len) if fenced else answer
    braced = _BRACED.search(source)
    try:
        value = json.loads(latex_kept(braced.group() if braced else source), strict=False)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"it is not the JSON object that was asked for: {error}") from error
    if not isinstance(value, dict):
        raise BadAnswer("it is not the JSON object that was asked for")
    return value


def _objection(number: int, raw: Any, draft: DraftText, citable: Citable) -> tuple[Objection | None, list[str]]:
    if not isinstance(raw, dict):
        return None, ["it is no object with quote, kind, evidence and objection"]
    quote, text, about = (str(raw.get(key) or "").strip() for key in ("quote", "objection", "kind"))
    evidence = raw.get("evidence")
    evidence = [evidence] if isinstance(evidence, str) else evidence
    problems = [] if text else ["it says nothing under objection"]
    section = draft.section_of(quote) if quote else None
    if section is None:
        problems.append(f"its quote {quote[:80]!r} does not stand in the draft{_COPY}")
    if about not in KINDS:
        problems.append(f"its kind {about!r} is none of {', '.join(KINDS)}")
    if not isinstance(evidence, list) or not evidence:
        problems.append("it names no evidence")
        evidence = []
    problems += [why for each in evidence if (why := citable.lacks(str(each)))]
    if problems:
        return None, problems
    made = {"number": number, "quote": quote, "section": section, "about": about, "text": text}
    return Objection.model_validate({**made, "evidence": [str(each).strip() for each in evidence]}), []


def _form(raw: Any, problems: list[str]) -> ReviewForm | None:
    try:
        return ReviewForm.model_validate(raw or {})
    except ValidationError as error:
        for each in error.errors()[:6]:
            field = ".".join(map(str, each["loc"]))
            problems.append(f"form{'.' if field else ''}{field}: {each['msg']}")
        return None

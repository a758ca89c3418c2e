"""A model's answer in named fields, read forgivingly: headings, bold labels, plain labels or a JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from agent.session.loose_json import latex_kept

_FENCE = re.compile(r"\A\s*```[\w-]*\s*\n(.*?)\n?```\s*\Z", re.DOTALL)


def read_fields(text: str, labels: Sequence[str]) -> dict[str, str]:
    """Each label's text; a label that the answer lacks is absent. Case, `#`, `*`, `-` and numbering do not matter."""
    body = text.strip()
    if fenced := _FENCE.match(body):
        body = fenced.group(1).strip()
    found = _from_json(body, labels)
    return found if found else _from_lines(body, labels)


def _from_json(body: str, labels: Sequence[str]) -> dict[str, str]:
    if not body.startswith("{"):
        return {}
    try:
        value = json.loads(latex_kept(body), strict=False)
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    tidy = {_tidy(str(key)): content for key, content in value.items()}
    return {label: _plain(tidy[_tidy(label)]) for label in labels if _tidy(label) in tidy}


def _plain(content: object) -> str:
    if isinstance(content, list):
        return "\n".join(f"- {item}" for item in content)
    return str(content).strip()


def _from_lines(body: str, labels: Sequence[str]) -> dict[str, str]:
    names = "|".join(re.escape(label).replace("\\ ", r"[\s_]+") for label in sorted(labels, key=len, reverse=True))
    mark = re.compile(
        rf"^[ \t]*(?:#+[ \t]*|[-*][ \t]+|\d+[.)][ \t]+)?[*_`\"]*(?P<label>{names})[*_`\"]*[ \t]*(?P<colon>[:：])?[*_`]*[ \t]*",
        re.MULTILINE | re.IGNORECASE,
    )
    # a label counts where a colon follows it or where it stands alone on its line
    marks = [
        match for match in mark.finditer(body) if match["colon"] or not body[match.end() :].partition("\n")[0].strip()
    ]
    by_tidy = {_tidy(label): label for label in labels}
    found: dict[str, str] = {}
    for match, following in zip(marks, [*marks[1:], None], strict=False):
        label = by_tidy[_tidy(match["label"])]
        content = body[match.end() : following.start() if following else len(body)].strip()
        found[label] = f"{found[label]}\n{content}" if label in found else content
    return found


def _tidy(label: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", label.lower())

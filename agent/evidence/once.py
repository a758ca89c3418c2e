"""What a text is told once: what a control scores, at the first value that cannot be told from it, and never in brackets within
brackets; what a run cost beside the baseline, and where it is not matched, at the first claim on it; a unit, where the writer did not
write it behind the reference; in a paper, the comparison behind a hypothesis' outcome."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from agent.evidence.escape import number_latex
from agent.evidence.filled import Filled, Style
from agent.results.results import Results
from agent.results.words.confirmed import dear_text
from agent.results.words.phrases import at_text, control_text
from agent.results.words.short import at_label

_PARAGRAPH = re.compile(r"\n\s*\n")
_SPACE = re.compile(r"\s+")
_BRACKETS = re.compile(r"(?<!\\)[()]")


@dataclass
class Once:
    """Which controls a text has named so far, each with the metrics of which it did, and beside what it has told the cost of which run."""

    results: Results
    said: set[tuple[str, str]] = field(default_factory=set)
    costed: set[tuple[str, str]] = field(default_factory=set)
    told_before: frozenset[str] = frozenset()
    """References that an earlier section of the same paper had in full."""

    def told(self, filled: Filled, before: str = "", after: str = "") -> Filled:
        """What a reference says between these texts: without the mark that the text has had for each of its metrics."""
        if filled.table is not None:
            return filled
        if filled.short and filled.reference.text in self.told_before:
            filled = replace(filled, text=filled.short)
        metrics = [metric for _, metric in filled.rows]
        text = _unit_dropped(filled, self.results) if _repeats(after, _unit(filled, self.results)) else filled.text
        return replace(filled, text=self.worded(self._costed(text, filled), metrics, is_inside(before)))

    def _costed(self, text: str, filled: Filled) -> str:
        """The text with what its runs cost, and where they are not matched, where that was not said of them yet."""
        costs = _costs(self.results, filled, text)
        told = {words for words, whose in costs.items() if whose <= self.costed}
        self.costed.update(*costs.values())
        return _uncosted(text, costs, told)

    def worded(self, text: str, metrics: Iterable[str], inside: bool = False) -> str:
        """A text on these metrics with the marks that were not said of them yet; `inside` brackets they stand behind a semicolon."""
        named = {*metrics}
        for words, marked in marks(self.results).items():
            if _mark(words) not in text:
                continue
            here = {(words, metric) for metric in marked if metric in named} or {(words, "")}
            first, self.said = not here <= self.said, self.said | here
            text = _with(text, words, inside) if first else _without(text, words)
        return text


def marks(results: Results) -> dict[str, tuple[str, ...]]:
    """`an untrained model scores 0.284 here`: the metrics on which the baseline is not better than that beyond noise."""
    found: dict[str, tuple[str, ...]] = {}
    for metric in results.metrics:
        if metric in results.baseline.values and (words := control_text(results, metric)):
            found[words] = (*found.get(words, ()), metric)
    return found


def reads(said: str, filled: Filled, results: Results, style: Style = "text") -> bool:
    """Whether this is what a reference may read in a text, whatever that told before: in whole or in short, with its unit or without,
    and without any of what is told once."""
    return _bare(said, filled, results, style) in _bare_forms(filled, results, style)


def is_read_in(text: str, filled: Filled, results: Results) -> bool:
    """Whether a text holds what a reference may read in it; where its lines break does not count."""
    bare = _bare(text, filled, results, "text")
    return any(form in bare for form in _bare_forms(filled, results, "text"))


def _bare_forms(filled: Filled, results: Results, style: Style) -> set[str]:
    whole = filled.reported if filled.reported and style == "latex" else filled.text
    found = set()
    for text in filter(None, (whole, filled.short)):
        for form in (text, _unit_dropped(replace(filled, text=text), results)):
            found.add(_bare(form if style == "text" else number_latex(form), filled, results, style))
    return found


def _bare(text: str, filled: Filled, results: Results, style: Style) -> str:
    """The text, in this style, without anything that is told once, each of its white spaces one."""

    def written(words: str) -> str:
        return _SPACE.sub(" ", words if style == "text" else number_latex(words))

    told = [*_costs(results, filled, filled.text), *(form for words in marks(results) for form in _marked(words))]
    bare = _SPACE.sub(" ", text).strip()
    return _any_of([*map(written, told)]).sub("", bare) if told else bare


def _costs(results: Results, filled: Filled, text: str) -> dict[str, set[tuple[str, str]]]:
    """What stands in the text of the cost of runs, and of whom, beside whom: of each run that a reference rests on.

    Runs that cost the same are told together.
    """
    found: dict[str, set[tuple[str, str]]] = {}
    runs = [run for name in dict.fromkeys(name for name, _ in filled.rows) if (run := results.get(name))]
    known = results.confirmation
    if known is not None and known.run and (words := dear_text(results)):  # of a candidate, by fresh seeds
        found.setdefault(words, set()).add((known.run, ""))
    for run in runs:
        for other in (None, *(other for other in runs if other is not run and not other.is_baseline)):
            for words in filter(None, (at_text(results, run, other), "" if other else at_label(results, run))):
                found.setdefault(words, set()).add((run.name, other.name if other else ""))
    stand = {match[0] for match in _any_of(found).finditer(text)} if found else set()
    return {words: whose for words, whose in found.items() if words in stand}


def _uncosted(text: str, costs: Collection[str], told: Collection[str]) -> str:
    """The text without those of its costs that were told."""
    return _any_of(costs).sub(lambda match: "" if match[0] in told else match[0], text) if costs else text


def _any_of(costs: Collection[str]) -> re.Pattern[str]:
    """Any of these, the longest first: one may begin another."""
    return re.compile("|".join(re.escape(words) for words in sorted(costs, key=len, reverse=True)))


def is_inside(before: str) -> bool:
    """Whether a text ends within brackets that are still open."""
    depth = 0
    for bracket in _BRACKETS.findall(_PARAGRAPH.split(before)[-1]):
        depth = depth + 1 if bracket == "(" else max(depth - 1, 0)
    return depth > 0


def _unit(filled: Filled, results: Results) -> str:
    """The unit that ends what a reference says; empty where it ends with none."""
    metrics = (results.metrics[metric] for _, metric in filled.rows[:1] if metric in results.metrics)
    unit = next((metric.unit for metric in metrics), "")
    return unit if unit and filled.text.endswith(unit) else "%" if filled.text.endswith("%") else ""


def _unit_dropped(filled: Filled, results: Results) -> str:
    return filled.text.removesuffix(_unit(filled, results)).rstrip()


def _repeats(after: str, unit: str) -> bool:
    """Whether the text behind a reference begins with its unit."""
    return bool(unit) and re.match(rf"[\s~]*\\?{re.escape(unit)}(?!\w)", after) is not None


def _mark(words: str) -> str:
    return f" ({words})"


def _marked(words: str) -> tuple[str, str]:
    """How a mark may stand: in brackets of its own, or within others."""
    return _mark(words), f"; {words}"


def _with(text: str, words: str, inside: bool) -> str:
    """The text with the first of its marks alone, which stands in brackets of its own where it is in none."""
    start = text.find(_mark(words))
    if start < 0:
        return text
    head, tail = text[:start], text[start + len(_mark(words)) :]
    mark = f"; {words}" if inside or is_inside(head) else _mark(words)
    return head + mark + _without(tail, words)


def _without(text: str, words: str) -> str:
    return text.replace(_mark(words), "")

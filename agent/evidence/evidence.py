"""What a text may refer to, and what is filled in for each reference. All of it is measured or computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import FIELDS, GROUPS, PLAIN_GROUPS, REPORTED, WORDS, Reference, nearest, parse_reference
from agent.evidence.reported import published, refuse_published
from agent.evidence.table import Table
from agent.results import phrases
from agent.results.results import Results, RunResult
from agent.session.reported import Reported

Style = Literal["text", "latex"]


@dataclass(frozen=True)
class Evidence:
    """The accepted runs, as references see them; beside them, apart, what others reported."""

    results: Results
    reported: Reported | None = None

    def resolve(self, inner: str | Reference) -> Filled:
        """What `[[inner]]` says. Raises BadAnswer naming the nearest valid references."""
        reference = parse_reference(inner) if isinstance(inner, str) else inner
        if reference.head == REPORTED:
            return published(reference, self.reported, self.results)
        refuse_published(reference, self.results)
        if reference.is_word:
            return self._word(reference)
        run = self._run(reference.head, reference)
        if not reference.rest:
            return Filled(reference, phrases.run_label(run))
        if reference.rest[0] in ("config", "training") and len(reference.rest) == 2:
            return self._setting(reference, run)
        if reference.rest == ("title",):
            return Filled(reference, run.title)
        if reference.rest == ("name",):
            return Filled(reference, phrases.run_label(run))
        if len(reference.rest) > 2:
            raise BadAnswer(f"[[{reference.text}]]: too many parts; write RUN.METRIC or RUN.METRIC.FIELD")
        metric = self._metric(reference.rest[0], reference)
        field = reference.rest[1] if len(reference.rest) == 2 else ""
        return Filled(reference, self._measured(reference, run, metric, field), ((run.name, metric),))

    def _measured(self, reference: Reference, run: RunResult, metric: str, field: str) -> str:
        results, kind, value = self.results, self.results.metrics[metric], run.values.get(metric)
        if field not in ("", *FIELDS):
            raise BadAnswer(f"[[{reference.text}]]: no field {field!r}; {nearest(field, FIELDS)}")
        if field == "verdict":
            return phrases.verdict_text(results, run, metric)
        if field == "percent":
            return phrases.percent_text(results, run, metric)
        if field == "noise":
            noise = results.noise(metric)
            return "unknown" if noise is None else phrases.number(noise, kind)
        if value is None:
            return phrases.MISSING
        if field == "spread":
            if value.spread is None or value.n < 2:
                raise BadAnswer(f"[[{reference.text}]]: {run.name} was measured once (n = 1), so it has no spread")
            return phrases.number(value.spread, kind)
        if field == "n":
            return str(value.n)
        if field == "delta":
            delta = results.verdict(run, metric).delta
            return phrases.MISSING if delta is None else phrases.number(delta, kind, signed=True)
        return phrases.bare_number(value.mean, kind) if field == "mean" else phrases.value_text(run, value, kind)

    def _setting(self, reference: Reference, run: RunResult) -> Filled:
        section, name = reference.rest
        known = self.settings(run) if section == "config" else self.training(run)
        if name not in known:
            raise BadAnswer(
                f"[[{reference.text}]]: {run.name} recorded no {section} value {name!r}; {nearest(name, known)}"
            )
        return Filled(reference, phrases.setting_text(known[name]), ((run.name, f"{section}.{name}"),))

    def _word(self, reference: Reference) -> Filled:
        match reference.head:
            case "compare":
                if len(reference.rest) != 3:
                    raise BadAnswer(f"[[{reference.text}]]: write [[compare run_2 run_5 {self.results.primary}]]")
                first, second = (self._run(name, reference) for name in reference.rest[:2])
                metric = self._metric(reference.rest[2], reference)
                text = phrases.compare_text(self.results, first, second, metric)
                return Filled(reference, text, ((first.name, metric), (second.name, metric)))
            case "count" | "list":
                return self._group(reference)
            case "table":
                return self._table(reference)
            case "conclusion":
                metric = self._metric(reference.rest[0] if reference.rest else self.results.primary, reference)
                text = phrases.conclusion_text(self.results, metric)
                return Filled(reference, text, tuple((run.name, metric) for run in self.results.runs))
            case _:
                metric = self._metric(reference.rest[0] if reference.rest else self.results.primary, reference)
                best = self.results.best_by(metric)
                return Filled(reference, phrases.run_label(best), ((best.name, metric),))

    def _group(self, reference: Reference) -> Filled:
        word = reference.rest[0] if reference.rest else ""
        if word in PLAIN_GROUPS:
            runs, rows = self.results.group(word), ()
        elif word in GROUPS and len(reference.rest) == 2:
            metric = self._metric(reference.rest[1], reference)
            runs = self.results.group(word, metric)
            rows = tuple((run.name, metric) for run in runs)  # type: ignore[assignment]
        else:
            raise BadAnswer(
                f"[[{reference.text}]]: write [[{reference.head} {'|'.join(GROUPS)} METRIC]] "
                f"or [[{reference.head} {'|'.join(PLAIN_GROUPS)}]]"
            )
        return Filled(reference, str(len(runs)) if reference.head == "count" else phrases.runs_text(runs), rows)

    def _table(self, reference: Reference) -> Filled:
        words = list(reference.rest)
        cut = words.index("|") if "|" in words else len(words)
        metrics = [self._metric(name, reference) for name in words[:cut]] or list(self.results.metrics)
        runs = [self._run(name, reference) for name in words[cut + 1 :]] or list(self.results.runs)
        table = Table(
            self.results, tuple(dict.fromkeys(metrics)), tuple(dict.fromkeys(run.name for run in runs)), reference
        )
        rows = tuple((run.name, metric) for run in runs for metric in metrics)
        return Filled(reference, table.plain(), rows, table)

    def _run(self, name: str, reference: Reference) -> RunResult:
        if name == "best":
            return self.results.best
        run = self.results.get(name)
        if run is None:
            names = [run.name for run in self.results.runs]
            raise BadAnswer(
                f"[[{reference.text}]]: {name!r} is neither an accepted run nor a word of the grammar; "
                f"{nearest(name, [*names, 'best', *WORDS])}. Accepted runs: {', '.join(names)}"
            )
        return run

    def _metric(self, name: str, reference: Reference) -> str:
        if name not in self.results.metrics:
            raise BadAnswer(f"[[{reference.text}]]: no metric {name!r}; {nearest(name, self.results.metrics)}")
        return name

    def settings(self, run: RunResult) -> dict[str, Any]:
        """Every setting that the run recorded, nested ones with dots."""
        return _flat(run.config)

    def training(self, run: RunResult) -> dict[str, Any]:
        """Every single value that training recorded (curves are left out)."""
        return {name: value for name, value in _flat(run.training).items() if not isinstance(value, (list, tuple))}

    @cached_property
    def setting_names(self) -> tuple[str, ...]:
        """Names of settings of all runs, the baseline's first."""
        return tuple(dict.fromkeys(name for run in self.results.runs for name in self.settings(run)))

    def names(self) -> str:
        """What can be referenced, compactly, for prompts."""
        results = self.results
        runs = "\n".join(
            f"  {run.name}{' (= baseline)' if run.index == 0 else ''}: {run.title}" for run in results.runs
        )
        metrics = ", ".join(
            f"{name} ({phrases.direction_text(kind)}{', primary' if name == results.primary else ''})"
            for name, kind in results.metrics.items()
        )
        base = self.settings(results.baseline)
        lines = [f"runs (RUN):\n{runs}", f"metrics (METRIC): {metrics}"]
        lines.append("settings of every run: " + _listed(base))
        for run in results.runs[1:]:
            own = {k: v for k, v in self.settings(run).items() if k not in base or base[k] != v}
            if own:
                lines.append(f"settings of {run.name} that differ from the baseline's: {_listed(own)}")
        lines.append("training values: " + ", ".join(self.training(results.baseline)))
        if self.reported:
            lines.append(
                "reported by others, not measured here (only as [[reported.NAME.METRIC]] in a sentence that says they were "
                "reported, with [[reported.source]]; never compared with):"
            )
            lines += [f"  {name}: {', '.join(one.metrics)}" for name, one in self.reported.baselines.items()]
        return "\n".join(lines)


def _listed(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {phrases.setting_text(value)[:60]}" for name, value in settings.items())


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat

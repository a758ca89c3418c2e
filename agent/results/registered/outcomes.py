"""What came of what was registered: each hypothesis against what was measured, and the planned runs that were not made."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.results.registered.margins import held_within
from agent.results.results import Results, RunResult
from agent.results.story import Story
from agent.results.story.plan import planned_runs, title_planned
from agent.results.values import Value
from agent.results.verdicts.student import bonferroni
from agent.results.verdicts.verdict import Tone, Verdict, improves, judge
from agent.results.verdicts.welch import welch
from agent.results.words import phrases
from agent.session.events import Edited, FiguresDrawn, HypothesesJudged, Registered, SessionEnded
from agent.session.events.hypothesis import Hypothesis, LeftOut, Outcome, OutcomeWord, Relation
from agent.session.steps import BASELINE, RunName

TONES: Mapping[OutcomeWord, Tone] = {
    "held": "good",
    "not held": "bad",
    "undecided within noise": "flat",
    "not tested": "none",
}
"""How an outcome is coloured, on the page."""
_OF_VERDICT: Mapping[Relation, Mapping[str, OutcomeWord]] = {
    "better than": {
        "better": "held",
        "worse": "not held",
        "within noise": "undecided within noise",
        "equal": "not held",
    },
    "worse than": {
        "worse": "held",
        "better": "not held",
        "within noise": "undecided within noise",
        "equal": "not held",
    },
    "not worse than": {"better": "held", "worse": "not held", "within noise": "held", "equal": "held"},
    "within noise of": {"better": "not held", "worse": "not held", "within noise": "held", "equal": "held"},
}
"""What each verdict says of each relation; verdicts that are missing leave it untested."""

NONE_REGISTERED = "None was registered before the first run, though the plan was asked back for some."
_LONGEST_TITLE, _NO_REASON = 120, "no reason given"


_WORD = re.compile(r"\w+")
_SMALL = frozenset({"a", "an", "the", "of", "for", "with", "on", "in", "at", "to", "by", "and", "as", "or", "from"})
_UNSEEN = "a smaller difference would not be seen"


@dataclass(frozen=True)
class Judged:
    """A hypothesis and what came of it."""

    hypothesis: Hypothesis
    outcome: OutcomeWord
    reason: str
    """The comparison with its numbers, or why there is none."""
    beside: str = ""
    """What stands beside every claim on the run: at what compute, where it is not matched; with it what a control scores."""

    @property
    def words(self) -> str:
        """In words that fit after `is`: `held (better than the baseline by 0.0120, beyond noise)`."""
        return f"{self.outcome} ({self.reason})"

    @property
    def short(self) -> str:
        """The same where a reader has had the comparison: `held`, with what stands beside every claim. What held since noise shows
        no difference keeps its words: that is no proof of sameness."""
        return self.words if self.outcome == "held" and _UNSEEN in self.reason else f"{self.outcome}{self.beside}"

    @property
    def recorded(self) -> Outcome:
        return Outcome(name=self.hypothesis.name, outcome=self.outcome, words=self.words)


@dataclass(frozen=True)
class Registration:
    """What a session registered before its first run, as it stands; empty where the plan holds no hypothesis."""

    tested: tuple[Judged, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    """Planned runs that were not made, once no more are."""
    sha256: str = ""
    unread: tuple[str, ...] = ()
    none: str = ""
    """That the writer registered none though it was asked; empty where there are some, or nobody asked."""
    retitled: tuple[str, ...] = ()
    """Runs with a hypothesis that were made under another title than the plan's, a sentence each: it may not be of what was planned."""

    def get(self, name: str) -> Judged | None:
        """The hypothesis of this name, or None."""
        return next((each for each in self.tested if each.hypothesis.name == name), None)


NOTHING = Registration()
"""What a session without hypotheses registered."""


def registration_of(story: Story, results: Results, over: bool = False) -> Registration:
    """What the session registered, each hypothesis held against what is measured by now; `over`: no more runs will be made."""
    registered = story.last(Registered)
    left_out = tuple(_left_out(story)) if over or runs_are_over(story) else ()
    if registered is None:
        return Registration(left_out=left_out)
    count = max(1, len(registered.hypotheses))
    tested = (_tested(each, results, story, count) for each in registered.hypotheses)
    none = "" if registered.hypotheses else NONE_REGISTERED
    retitled = tuple(_retitled(registered.hypotheses, story))
    return Registration(
        tuple(tested), left_out, registered.sha256, tuple(registered.unread), none=none, retitled=retitled
    )


def registered_lines(event: Registered | HypothesesJudged) -> Iterator[str]:
    """What was registered, or what came of it, a line each: for the terminal."""
    if isinstance(event, Registered):
        known = f"{len(event.hypotheses)} hypotheses registered (sha256 {event.sha256[:12]})"
        yield known if event.hypotheses else f"hypotheses: {NONE_REGISTERED}"
        yield from (f"warning: not registered: {line}" for line in event.unread)
        return
    yield from (f"{each.name} {each.words}" for each in event.outcomes)
    yield from (
        f"planned, without a result that counts: {each.run}, {each.title}: {each.reason}" for each in event.left_out
    )


def statement_text(hypothesis: Hypothesis) -> str:
    """The hypothesis in words: `coactive cosine of run 1 better than the baseline`."""
    against = "the baseline" if hypothesis.against.is_baseline else f"run {hypothesis.against.number}"
    return f"{phrases.metric_label(hypothesis.metric)} of run {hypothesis.run.number} {hypothesis.stands_to(against)}"


def _tested(hypothesis: Hypothesis, results: Results, story: Story, count: int) -> Judged:
    """The hypothesis against the results, those on fresh seeds where there are any. Its noise counts the hypotheses registered
    (Bonferroni), not all looks: these were announced before the first run."""
    run, against = results.get(hypothesis.run), results.get(hypothesis.against)
    if why := _not_tested(hypothesis.run, run, story) or _not_tested(hypothesis.against, against, story):
        return Judged(hypothesis, "not tested", why)
    if run is None or against is None or hypothesis.metric not in results.metrics:
        return Judged(hypothesis, "not tested", phrases.MISSING)
    fresh = _on_fresh_seeds(results, hypothesis, count)
    verdict = fresh or _verdict(results, run, against, hypothesis.metric, count)
    outcome = _OF_VERDICT[hypothesis.relation].get(verdict.word, "not tested")
    reason = _reason(results, verdict, against, hypothesis.metric)
    if hypothesis.margin is not None:
        within = held_within(hypothesis, verdict, results.metrics[hypothesis.metric])
        outcome, reason = within.outcome, reason + within.words
    if fresh and results.confirmation is not None:
        reason += f", over {len(results.confirmation.seeds)} fresh seeds a side"
    at, here = phrases.at_text(results, run, against), phrases.here_text(results, hypothesis.metric)
    beside = (f" ({at.removeprefix(', ')})" if at else "") + here
    return Judged(hypothesis, outcome, reason + at + here, beside)


def _not_tested(name: RunName, run: RunResult | None, story: Story) -> str:
    """Why a hypothesis on this run cannot be tested; empty where it can."""
    moved = [event.run for event in story.abandoned if event.run.number <= name.number]
    if moved and not name.is_baseline:
        return f"{moved[0]} was given up and its name used again, so {name} may be another than the plan's"
    if run is None:
        dropped = story.dropped.get(name)
        return f"{name} was not made" if dropped is None else f"{name} was dropped: {dropped.why or _NO_REASON}"
    return f"{name} is not comparable: {'; '.join(run.differences)}" if run.differences else ""


def _retitled(hypotheses: Iterable[Hypothesis], story: Story) -> Iterator[str]:
    """Of each accepted run with a hypothesis the title in the plan and its own, where that keeps less than half of the plan's words.

    "Shuffled control: the same weights on other directions" is the plan's "Shuffled control".
    """
    for run in dict.fromkeys(run for each in hypotheses for run in (each.run, each.against)):
        made = story.accepted[run].title if run in story.accepted else ""
        planned = title_planned(story.plan, run.number)
        own, asked = (set(_WORD.findall(title.lower())) - _SMALL for title in (made, planned))
        if made and 2 * len(own & asked) < len(asked):
            yield f"{run} was planned as “{planned}” and made as “{made}”"


def _on_fresh_seeds(results: Results, hypothesis: Hypothesis, count: int) -> Verdict | None:
    """How the two stand by the samples of the confirmation; None where it did not measure both of them."""
    known, metric = results.confirmation, hypothesis.metric
    if known is None:
        return None
    mine, theirs = known.sample(hypothesis.run, metric), known.sample(hypothesis.against, metric)
    if not mine or not theirs:
        return None
    noise = welch(mine, theirs, count).half_width
    means = Value(statistics.fmean(mine)), Value(statistics.fmean(theirs))
    return judge(*means, noise, results.metrics[metric], True, results.is_exact(metric))


def _verdict(results: Results, run: RunResult, against: RunResult, metric: str, count: int) -> Verdict:
    mine, theirs = run.values.get(metric), against.values.get(metric)
    noise = results.noise_between(run, against, metric, bonferroni(count))
    return judge(mine, theirs, noise, results.metrics[metric], True, results.is_exact(metric))


def _reason(results: Results, verdict: Verdict, against: RunResult, metric: str) -> str:
    """The comparison with its numbers, or why there is none."""
    other, kind = phrases.run_label(against), results.metrics[metric]
    if verdict.delta is None:
        return phrases.MISSING
    if verdict.word in ("noise unknown", "direction unknown"):
        return verdict.word + (f", since {phrases.SAME}" if results.all_same(metric) else "")
    if verdict.word == "equal" or not verdict.delta:
        return f"equal to {other}"
    word = "better" if improves(verdict.delta, kind) else "worse"
    size = phrases.size_text(abs(verdict.delta), kind)
    if verdict.exact or verdict.noise is None:
        return f"{word} than {other} by {size}, exact"
    noise = phrases.number(verdict.noise, kind)
    if verdict.word == "within noise":
        return f"{word} than {other} by {size}, within the noise of {noise}: {_UNSEEN}"
    return f"{word} than {other} by {size}, beyond the noise of {noise}"


def runs_are_over(story: Story) -> bool:
    """Whether the session has gone on from its runs, or has ended; what is planned, without a result that counts until then may still come."""
    if any(isinstance(event, HypothesesJudged | FiguresDrawn) for event in story.events):
        return True
    return bool(story.events) and isinstance(story.events[-1], SessionEnded)


def _cut(title: str) -> str:
    """The beginning of a plan's line, which may be a paragraph."""
    return title if len(title) <= _LONGEST_TITLE else title[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"


def _left_out(story: Story) -> list[LeftOut]:
    """What was given up, what a person dropped, and the runs of the plan that were not reached."""
    found = [LeftOut(run=each.run, title=each.title, reason=f"given up: {each.reason}") for each in story.abandoned]
    for run, dropped in story.dropped.items():
        if run in story.accepted:
            found.append(
                LeftOut(run=run, title=story.accepted[run].title, reason=f"dropped: {dropped.why or _NO_REASON}")
            )
    last = max(story.accepted, key=lambda run: run.number, default=BASELINE)
    for number, title in sorted(planned_runs(story.plan).items()):
        if number > last.number:
            found.append(LeftOut(run=RunName.of(number), title=_cut(title), reason=_why_not_reached(story)))
    return found


def _why_not_reached(story: Story) -> str:
    if story.ended_early is not None:
        return story.ended_early.reason
    done = any(event.completed for event in story.all(Edited) if event.step.run is not None)
    return "the coder said that all was completed" if done else "the session's runs ended before it"

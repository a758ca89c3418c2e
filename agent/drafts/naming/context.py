"""What a number must be of, and the names by which a folder's runs, metrics and settings are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from agent.drafts.naming.data_sets import DataSets, data_sets
from agent.drafts.naming.likeness import Likeness
from agent.drafts.naming.metric_names import KeyNames
from agent.drafts.naming.run_names import RunNames
from agent.drafts.records.runs import Key, Records

_SETS_P = re.compile(r"(?<![A-Za-z0-9])p\W{0,2}=?\W{0,2}0?\.\d", re.IGNORECASE)
"""`Masked p=0.1`, `drop_p0.3`."""


@dataclass(frozen=True)
class AtHand:
    """What may be meant where the first reading does not hold. An empty set of runs or metrics means any."""

    runs: frozenset[str] = frozenset()
    metrics: frozenset[Key] = frozenset()
    kin: frozenset[Key] = frozenset()
    """The metrics of the first reading, on all data sets where none is named up to the end of the clause."""
    clause: frozenset[str] = frozenset()
    """Those of the runs that the number's own clause calls."""
    sure_run: bool = False
    """Whether the run is called in the number's own clause, or is the only one that there is."""
    sure_metric: bool = False
    """Whether the metric is called by its whole name in the number's own clause."""


@dataclass(frozen=True)
class Context:
    """What a number must be of. An empty set means that nothing is named."""

    metrics: frozenset[Key] = frozenset()
    runs: frozenset[str] = frozenset()
    settings: frozenset[Key] = frozenset()
    others: frozenset[str] = frozenset()
    """Runs that the sentence names besides, as what is compared with."""
    near: bool = True
    """The metric stands in the number's own clause or header, not somewhere else in the sentence or before it."""
    words: str = ""
    """The clause, or the headers and the caption."""
    sentence: str = ""
    leading: frozenset[Key] = frozenset()
    """The metric that the draft's tables are mostly about, where a paragraph names none."""
    main: frozenset[Key] = frozenset()
    """The same, whatever the sentence names."""
    headed: frozenset[str] = frozenset()
    """The run that the heading names under which the sentence stands."""
    placed: frozenset[str] = frozenset()
    """The runs of the place, a data set or a size, that the heading names."""
    stale: bool = False
    """Its metrics were named in another paragraph."""
    between: tuple[frozenset[Key], ...] = ()
    """The two metrics of which the sentence gives the difference."""
    before: frozenset[str] = frozenset()
    """Runs that the sentence before it named: what it may go on to compare with."""
    targets: frozenset[str] = frozenset()
    """Runs that the sentence says it compares with: `than the baseline`."""
    against: frozenset[str] = frozenset()
    """Runs that this very number is said against: `5.6 points below LoRA`; a change is of one of these and of no other's."""
    parts: frozenset[str] = frozenset()
    """Parts of runs' names that the sentence, or the one before it, says: `vit_s` and `r=13` of `vit_s/pets/r=13`."""
    called: str = ""
    """The words that name the run, for messages."""
    hand: AtHand | None = None
    """What else the sentence may mean; None in a table."""


@dataclass(frozen=True)
class Names:
    """All names of a folder."""

    records: Records
    runs: RunNames
    glossary: Mapping[str, str] = field(default_factory=dict)
    """What the draft's own abbreviations stand for."""
    called: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What its tables call runs."""
    spreads: frozenset[str] = frozenset()
    """The one kind of spread that the draft says it gives throughout; empty where it says none, or several."""

    @cached_property
    def likeness(self) -> Likeness:
        return Likeness(self.records.runs, self.called)

    @cached_property
    def metrics(self) -> KeyNames:
        counted = {one.key for one in self.records.measured if one.role == "count"}
        told = (one for one in self.records.measured if one.role != "count" and one.key not in counted)
        return KeyNames(told, glossary=self.glossary)  # of how many a mean is, is no metric

    def told(self, text: str) -> frozenset[Key]:
        """The metrics that a text names; a word of a run's or a data set's name is no part of one: ImageNet-100 of no `img_per_s`."""
        found = self.metrics.named(text)
        if not found or not self.metrics.only_in_part(text):
            return found
        left = self.runs.without(text)
        for each in self.sets.named(left):
            left = left[: each.start] + " " * (each.end - each.start) + left[each.end :]
        if left == text:
            return found
        kept = self.metrics.named(left)
        return found & self.metrics.widened(kept) or kept

    @cached_property
    def sets(self) -> DataSets:
        return data_sets(one.key.qualifiers for one in self.records.measured)

    @cached_property
    def p_is_set(self) -> bool:
        """Whether something that is set is called p, a share or a probability: then `p = 0.3` need be no outcome of a test."""
        said = (title for run in self.records.runs for title in (run.name, *run.labels))
        keys = (word for one in self.records.configured for word in one.key.path[-1].lower().split("_"))
        return "p" in keys or any(_SETS_P.search(title) for title in said)

    @cached_property
    def settings(self) -> KeyNames:
        return KeyNames(self.records.configured, nested=False, glossary=self.glossary)

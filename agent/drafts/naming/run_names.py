"""Which runs a text names, and where: by folder, title, number, by what sets them apart, as baseline or as one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from agent.drafts.naming import phrases
from agent.drafts.naming.aliases import (
    OUR_NAME,
    WHOLE_NAME,
    aliases,
    combined,
    gone_on_from,
    lacking,
    plainly,
    single_words,
    sized,
    title_words,
    varied,
)
from agent.drafts.naming.mention import Mention
from agent.drafts.naming.mentions import is_target, with_what_stands_behind
from agent.drafts.naming.sizes import alone, by_size
from agent.drafts.naming.spelt import is_short_for, pattern_of, respelt, spellings
from agent.drafts.naming.together import added, as_one, parted, sub_names, without_it, without_part
from agent.drafts.naming.words import JOINTS, plain_words_and_digits, tokens, with_pluses
from agent.drafts.records.runs import PLAIN_NAME, Records
from agent.drafts.text.numerals import Numeral, numerals
from agent.proofreading.sentences.names import named_runs
from agent.session.steps import BASELINE, RunName


class RunNames:
    """All the ways to call the runs of a folder."""

    def __init__(
        self, records: Records, learned: Mapping[str, frozenset[str]] | None = None, texts: Sequence[str] = ()
    ) -> None:
        self._runs = records.runs
        self.all = frozenset(run.name for run in records.runs)
        self.baseline = frozenset(plainly(records.runs, PLAIN_NAME)) | (self.all & {BASELINE})
        if not self.baseline:
            self.baseline = frozenset(run.name for run in records.runs if WHOLE_NAME & set(run.name.lower().split("/")))
        self.baseline = self.baseline or gone_on_from(self.all)
        self.ours = frozenset(plainly(records.runs, OUR_NAME)) or (self.all - self.baseline)
        self._aliases = dict(aliases(records.runs))
        for name, runs in (learned or {}).items():
            self._aliases.setdefault(tuple(plain_words_and_digits(name)), runs)
        keys = (frozenset(tokens(part)) for run in records.runs for one in run.quantities for part in one.key.path[-1:])
        for part, runs in sub_names(records.runs, keys).items():
            self._aliases.setdefault(part, runs)
        self._aliases |= respelt(
            self._aliases, spellings([*map(with_pluses, texts)], {word for alias in self._aliases for word in alias})
        )
        self._aliases.pop((), None)
        self._joined = {"".join(alias): runs for alias, runs in self._aliases.items()}
        longest = sorted(self._aliases, key=lambda alias: -sum(map(len, alias)))
        self._pattern = re.compile(
            rf"(?<![A-Za-z0-9])(?:{'|'.join(pattern_of(alias) for alias in longest) or '(?!)'})(?![A-Za-z0-9])(?!\.\d)",
            re.IGNORECASE,
        )
        self._sized = sized(self.all)
        self.varied = {**self._sized, **varied(records.runs)}
        self._combined = combined(records.runs)
        self._lacking = lacking(records.runs)
        self._single = single_words(records.runs)
        self._titled = title_words(records.runs)
        self._cache: dict[str, tuple[Mention, ...]] = {}

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every run that the text names, in order of place."""
        text = with_pluses(text)
        if text not in self._cache:
            found = sorted(self._found(text), key=lambda each: (each.start, -each.end))
            found = [self._with_its_setting(self._longer(each, found, text), found, text) for each in found]
            found = added(as_one(with_what_stands_behind(found, text), text, self._aliases), text, self._aliases)
            more = (*self._others(text, found), *without_it(found, text, self._runs, self._aliases))
            self._cache[text] = tuple(sorted(map(self._with_its_own, [*found, *more]), key=lambda each: each.start))
        return self._cache[text]

    def without(self, text: str) -> str:
        """The text with blanks for the runs that it names."""
        for each in self.mentions(text):
            text = text[: each.start] + " " * (each.end - each.start) + text[each.end :]
        return text

    def _with_its_own(self, one: Mention) -> Mention:
        """Of a method on data sets also the run that is called by the method alone: `lora` beside `sst2/lora` and `rte/lora`."""
        parts = [frozenset(run.split("/")) for run in one.runs if "/" in run]
        alone = frozenset.intersection(*parts) & self.all if len(parts) > 1 else frozenset[str]()
        return replace(one, runs=one.runs | alone) if alone else one

    def is_size(self, number: float) -> bool:
        """Whether runs are called by this size: the 64 of `fno/res64`."""
        return any(number in values.values() for values in self._sized.values())

    def called_short(self, glossary: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """The abbreviations of a draft that stand for runs, with those runs."""
        told = {short: self.mentions(long) for short, long in glossary.items() if not self.mentions(short)}
        whole = {short: found[0].runs for short, found in told.items() if len(found) == 1}
        return {**self._by_a_word({short: glossary[short] for short, found in told.items() if not found}), **whole}

    def _by_a_word(self, glossary: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """Abbreviations of which what they stand for has one word of runs' names: the hindsight of `td3_hindsight`."""
        told = {
            short: [self._single[word] for word in plain_words_and_digits(long) if word in self._single]
            for short, long in glossary.items()
        }
        return {short: found[0] for short, found in told.items() if len(found) == 1}

    def _others(self, text: str, found: list[Mention]) -> Iterator[Mention]:
        """`only SGD …, the others …`: all runs but the one named before."""
        for match in phrases.OTHERS.finditer(text):
            before = [each for each in found if each.end <= match.start()]
            if before and (rest := self.all - before[-1].runs):
                yield Mention(match.start(), match.end(), rest, is_target(text, match.start(), match.end()))

    def _with_its_setting(self, one: Mention, found: list[Mention], text: str) -> Mention:
        """`InfoNCE (tau=0.07)`: of the runs with that name the one of which a setting has the value that stands behind it."""
        behind = phrases.SETTING.match(text, one.end) if len(one.runs) > 1 and not (one.plain or one.ours) else None
        if behind is None or any(one.end <= each.start < behind.end() for each in found):
            return one
        value = float(behind[1])
        told = {run for known in self.varied.values() for run in one.runs if known.get(run) == value}
        return replace(one, runs=frozenset(told), end=behind.end()) if 0 < len(told) < len(one.runs) else one

    def _longer(self, one: Mention, found: list[Mention], text: str) -> Mention:
        """`With warmup, tied heads …` may mean "tied heads + warmup": a longer name whose other words stand elsewhere."""
        said = tuple(plain_words_and_digits(text[one.start : one.end]))
        if said not in self._aliases:
            return one
        rest = text
        for each in found:
            rest = rest[: each.start] + " " * (each.end - each.start) + rest[each.end :]
        free = set(plain_words_and_digits(rest))
        longer = (runs for alias, runs in self._aliases.items() if set(said) < set(alias) <= free | set(said))
        return replace(one, runs=one.runs.union(*longer))

    def _found(self, text: str) -> Iterator[Mention]:
        taken: list[tuple[int, int, frozenset[str]]] = []
        ranges = (
            (
                match.start(),
                match.end(),
                self.all & {str(RunName.of(each)) for each in range(int(match[1]), int(match[2]) + 1)},
            )
            for match in phrases.RANGE.finditer(text)
            if int(match[1]) < int(match[2]) < 1000
        )
        named = ((each.start, each.end, frozenset({str(each.run)}) & self.all) for each in named_runs(text))
        places = (
            span
            for match in self._pattern.finditer(text)
            for span in parted(text, match.start(), match.end(), self._aliases)
        )
        aliased = ((start, end, self._called(text[start:end])) for start, end in places)
        single = (
            (match.start(), match.end(), self._single[match.group().lower()])
            for match in phrases.CAPITALS.finditer(text)
            if match.group().lower() in self._single
        )
        said = ((match.start(), match.end(), self.baseline) for match in phrases.BASELINE.finditer(text))
        both = (
            (match.start(), match.end(), self._combined) for match in phrases.COMBINED.finditer(text) if self._combined
        )
        own = ((match.start(), match.end(), self.ours) for match in phrases.OURS.finditer(text))
        for kind, spans in (
            ("", ranges),
            ("", named),
            ("", by_size(text, self.all, self.varied)),
            ("", self._by_setting(text)),
            ("", self._without(text)),
            ("", aliased),
            ("", single),
            ("", self._by_title(text)),
            ("", both),
            ("plain", said),
            ("ours", own),
        ):
            for start, end, runs in spans:
                if any(start < right and left < end for left, right, _ in taken):
                    continue
                if kind == "plain" and any(text[end:at].isspace() and not own & runs for at, _, own in taken):
                    continue  # `plain BatchTopK` is that one
                taken.append((start, end, runs))
                target = is_target(text, start, end)
                yield Mention(start, end, runs, target, kind == "plain", kind == "ours")

    def _without(self, text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        """By what a run lacks, or the part of a combination that it does without."""
        for match in phrases.WITHOUT.finditer(text):
            lacking = frozenset(run for word, run in self._lacking if is_short_for(word, match[1]))
            if runs := lacking or without_part(match[1], self._aliases, self._combined):
                yield match.start(), match.end(), runs

    def _by_title(self, text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        """By a word of a title that one run alone has: `Matryoshka models`, `the distilled model`."""
        for match in phrases.WITHIN.finditer(text):
            if match.group() in self._titled:
                yield match.start(), match.end(), self._titled[match.group()]
        kinds = {word.lower(): runs for word, runs in self._titled.items()}
        for match in phrases.OF_ITS_KIND.finditer(text):
            if match[1] in kinds:
                yield match.start(1), match.end(1), kinds[match[1]]

    def _called(self, text: str) -> frozenset[str]:
        """The runs of an alias as it was written: in the plural, its words joined by `with`."""
        words = tuple(plain_words_and_digits(text))
        if len(words) == 2 and words[1].isdigit() and words not in self._aliases:  # resolution 64 of res64
            fitting = (
                one for one in self._aliases if len(one) == 2 and one[1] == words[1] and words[0].startswith(one[0])
            )
            words = next(fitting, words)
        singular = (*words[:-1], words[-1].removesuffix("s")) if words else words
        for said in (words, singular):
            bare = tuple(word for word in said if word not in JOINTS)
            if runs := self._aliases.get(said) or self._aliases.get(bare):
                return runs
        return self._joined.get("".join(words), frozenset())

    def _by_setting(self, text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        """`lambda = 0.1` where the runs differ in lambda."""
        if not self.varied:
            return
        for number in (told := list(numerals(text))):
            before = text[max(0, number.start - 40) : number.start]
            if (self._sized and (phrases.AT_SIZE.search(before) or not re.search(r"[A-Za-z]", text))) or (
                phrases.WITH.search(before) and phrases.ITS_VALUE.match(text, number.end)
            ):
                yield from self._of_value(number)
            if not re.search(r"(?:=|:|\bof\b|\bis\b|[A-Za-z])\s*$", before):
                continue
            said = tokens(before)
            for name, values in alone(number, told, text, self.varied):
                words = tuple(tokens(name))
                if (words and said[-len(words) :] == words) or (
                    said[-1:] == ("of",) and said[-1 - len(words) : -1] == words
                ):
                    runs = frozenset(run for run, value in values.items() if _near(value, number))
                    if runs and runs < self.all:
                        start = max(0, number.start - 40) + max(
                            before.rfind(before.split()[-1]) if before.split() else 0, 0
                        )
                        yield start, number.end, runs

    def _of_value(self, number: Numeral) -> Iterator[tuple[int, int, frozenset[str]]]:
        """`With 0.001 the loss is …` where runs differ in one setting that has this value."""
        told = [
            frozenset(run for run, value in known.items() if _near(value, number)) for known in self.varied.values()
        ]
        told = [runs for runs in told if runs]
        if len(told) == 1 and told[0] < self.all:
            yield number.start, number.end, told[0]


def _near(value: float, number: Numeral) -> bool:
    return abs(value - number.value) <= 1e-9 + 1e-6 * abs(value)

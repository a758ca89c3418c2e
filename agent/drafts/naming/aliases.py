"""What a run can be called: by its folder, its titles, words of its settings, or a word that its name alone has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.drafts.naming.words import JOINTS, initials, plain_words, plain_words_and_digits
from agent.drafts.records.runs import PLAIN_NAME, Run

WHOLE_NAME = frozenset(
    ["fp32", "fp16", "bf16", "float32", "float16", "bfloat16", "dense", "uncompressed", "erm", "none"]
)
"""What a baseline is called where none is called so: what is not yet made smaller, or is left as it is."""
OUR_NAME = frozenset(["ours", "our", "proposed"])
_IDLE = frozenset(
    [
        "run",
        "the",
        "a",
        "an",
        "of",
        "with",
        "and",
        "method",
        "model",
        "implementation",
        "experiment",
        "results",
        "result",
        "our",
        "final",
    ]
)


_A_NAME = 4
"""Words of a title that is a name, no sentence."""


def aliases(runs: Iterable[Run]) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Names of a folder's runs in words; one that several share stands for all of them, a whole name before a part."""
    held: dict[tuple[str, ...], set[str]] = {}
    whole = [(run, {run.name, *run.name.split("/"), *run.labels}) for run in runs]
    parts = [(run, set(_split(run.labels))) for run in runs]
    written_out: set[tuple[str, ...]] = set()
    for names in (whole, parts):
        before = set(held)
        for run, texts in names:
            for words in map(tuple, map(plain_words_and_digits, texts)):
                if _tells(words) and words not in before:
                    held.setdefault(words, set()).add(run.name)
    for name, words in _spelt_out(runs):
        if words not in held:
            held[words] = {name}
        elif words in written_out:
            held[words].add(name)
        written_out.add(words)
    for words in [words for words in held if JOINTS & set(words)]:
        held.setdefault(tuple(word for word in words if word not in JOINTS), set(held[words]))  # `Heun + churn`
    for words in [words for words in held if len(words) == 2 and all(len(word) > 2 for word in words)]:
        held.setdefault(words[::-1], set(held[words]))  # `TRADES + AWP` of `awp_trades`
    for text, named in _differing_words(runs).items():
        held.setdefault(tuple(plain_words_and_digits(text)), set()).update(named)
    yield from ((words, frozenset(named)) for words, named in held.items() if words)


def _tells(words: tuple[str, ...]) -> bool:
    """Whether words can be the name of a run: more than "the method", "run", "1"."""
    idle = all(word in _IDLE or word.isdigit() for word in words) and "run" not in words
    return not idle and len("".join(words)) >= 2 and words not in (("baseline",), ("ours",), ("our",))


def _spelt_out(runs: Iterable[Run]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`actor critic entropy` of `ac_entropy`, where another run is called `actor_critic`."""
    runs = list(runs)
    parts = {run.name: [tuple(plain_words_and_digits(part)) for part in run.name.split("/")] for run in runs}
    short = {initials(words): words for each in parts.values() for words in each if initials(words)}
    for run, each in parts.items():
        for words in each:
            if len(words) > 1 and any(word in short for word in words):
                yield run, tuple(part for word in words for part in short.get(word, (word,)))


def _split(labels: Iterable[str]) -> Iterator[str]:
    for label in labels:
        parts = re.split(r"\s*[:–—()\[\],]\s*", label)
        yield from (part for part in parts if len(part) > 2 and len(parts) > 1)


def _differing_words(runs: Iterable[Run]) -> dict[str, set[str]]:
    """Words of settings in which runs differ: the optimizer's name."""
    runs = list(runs)
    found: dict[str, set[str]] = {}
    for name in {name for run in runs for name in run.words}:
        values = {run.name: run.words[name] for run in runs if name in run.words}
        if len(set(values.values())) < 2:
            continue
        for run, value in values.items():
            if 2 < len(value) <= 40 and not re.search(r"[/\\]|\d{4}-", value) and plain_words(value):
                found.setdefault(value, set()).add(run)
    return found


def single_words(runs: Iterable[Run]) -> dict[str, frozenset[str]]:
    """Words of runs' names that not all have: LoRA of roberta-large-lora, InfoNCE of infonce_t007 and infonce_t02."""
    runs = list(runs)
    held: dict[str, set[str]] = {}
    for run in runs:
        for word in plain_words_and_digits(run.name):
            if len(word) > 2 and word not in _IDLE | PLAIN_NAME:
                held.setdefault(word, set()).add(run.name)
    return {word: frozenset(names) for word, names in held.items() if len(names) < max(len(runs), 2)}


def title_words(runs: Iterable[Run]) -> dict[str, frozenset[str]]:
    """Words in capitals of the titles that only one run has: Matryoshka of "Matryoshka BatchTopK"."""
    runs = list(runs)
    held: dict[str, set[str]] = {}
    for run in runs:
        for label in run.labels:
            words = re.findall(r"[A-Za-z][\w]*", label)
            for word in words if 1 < len(words) <= _A_NAME else ():
                held.setdefault(word, set()).add(run.name)
    lower = {word.lower() for word in held if word[0].islower()}
    return {
        word: frozenset(names)
        for word, names in held.items()
        if len(names) == 1 and word[0].isupper() and len(word) > 4 and word.lower() not in lower | _IDLE | PLAIN_NAME
    }


def plainly(runs: Iterable[Run], words: frozenset[str]) -> Iterator[str]:
    for run in runs:
        names = [run.name, *run.labels]
        if any(words & set(plain_words_and_digits(name)) for name in names):
            yield run.name


def varied(runs: Iterable[Run]) -> dict[str, dict[str, float]]:
    """Settings in which runs differ: name → run → value."""
    held: dict[str, dict[str, float]] = {}
    for run in runs:
        for one in run.quantities:
            if one.role == "setting":
                held.setdefault(one.key.path[-1], {}).setdefault(run.name, one.value)
    return {name: values for name, values in held.items() if len(set(values.values())) > 1}


def combined(runs: Iterable[Run]) -> frozenset[str]:
    """The runs whose name is made of the names of two others: `rdrop_backtrans`, on whatever data set."""
    parts = {
        run.name: [frozenset(plain_words_and_digits(part)) for part in (*run.name.split("/"), *run.labels)]
        for run in runs
    }
    whole = {words for each in parts.values() for words in each}
    made = {
        words
        for words in whole
        if len({other for other in whole if other < words}) >= 2
        and words == frozenset().union(*(other for other in whole if other < words))
    }
    made |= {words for words in whole if _is_joined(words, whole)}
    return frozenset(run for run, each in parts.items() if any(words in made for words in each))


def _is_joined(words: frozenset[str], whole: Iterable[frozenset[str]]) -> bool:
    """Whether a name says that it combines, or shares two words or more with each of two others and has hardly more of its own."""
    if any(word.startswith("combine") for word in words):
        return True
    shared = [words & other for other in whole if len(words & other) > 1 and not words <= other]
    pairs = ((one, two) for at, one in enumerate(shared) for two in shared[at + 1 :])
    return any(len(one - two) > 1 and len(two - one) > 1 and len(words - one - two) < 2 for one, two in pairs)


def sized(names: Iterable[str]) -> dict[str, dict[str, float]]:
    """Sizes in runs' names, as settings in which they differ: the 64 of `fno/res64`, the 128 of `fno/res128`."""
    held: dict[str, dict[str, float]] = {}
    for name in names:
        others = name.split("/")[1:]
        told = [re.fullmatch(r"([A-Za-z]{1,12})[_-]?(\d+)", part) for part in others]
        for match in (*told, re.fullmatch(r".*[A-Za-z]\d*_([A-Za-z]{1,4})(\d+)", name.split("/")[-1])):
            if match:
                held.setdefault(match[1].lower(), {})[name] = float(match[2])
    return {word: values for word, values in held.items() if len(set(values.values())) > 1}


def lacking(runs: Iterable[Run]) -> list[tuple[str, str]]:
    """(what it lacks, run) of each run whose name says so: `ours_no_warmup`."""
    found = []
    for run in runs:
        for match in re.finditer(r"(?:^|[_\W])(?:no|wo|without|minus|sans)[_\W]([a-z]{2,})", run.name.lower()):
            found.append((match[1], run.name))
    return found


def gone_on_from(names: frozenset[str]) -> frozenset[str]:
    """The one run with whose name those of all others begin: `pythia-410m` beside `pythia-410m-sft` and `pythia-410m-dpo`."""
    words = {name: plain_words_and_digits(name) for name in names}
    first = min(words, key=lambda name: (len(words[name]), name), default="")
    begun = all(own[: len(words[first])] == words[first] for name, own in words.items() if name != first)
    return frozenset({first}) if begun and len(words) > 2 else frozenset()

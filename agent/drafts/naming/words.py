"""Words of names and of prose in one form, so that `val_acc`, "validation accuracy" and "Val. Acc." can meet."""

from __future__ import annotations

import re
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[α-ωΑ-Ω])(?=[A-Za-z])")
_WORD = re.compile(r"[A-Za-zα-ωΑ-Ω]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_LETTER_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_PLURAL = re.compile(r"\b([A-Z]{2,})s\b")
"""Several of what is called by capitals: `MSEs`."""
_SAME = {
    short: whole.replace("_", " ")
    for short, _, whole in (
        pair.partition("=")
        for pair in [
            "acc=accuracy",
            "accurate=accuracy",
            "update=step",
            "div=division",
            "minus=subtraction",
            "plus=addition",
            "mem=memory",
            "val=validation",
            "valid=validation",
            "dev=validation",
            "avg=mean",
            "average=mean",
            "averaged=mean",
            "ppl=perplexity",
            "err=error",
            "prec=precision",
            "rec=recall",
            "temp=temperature",
            "std=deviation",
            "stddev=deviation",
            "stdev=deviation",
            "lr=learning_rate",
            "wd=weight_decay",
            "bs=batch_size",
            "num=number",
            "nb=number",
            "n=number",
            "dim=dimension",
            "dims=dimension",
            "hid=hidden",
            "iter=iteration",
            "iters=iteration",
            "sec=second",
            "secs=second",
            "min=minimum",
            "max=maximum",
            "maximal=maximum",
            "minimal=minimum",
            "params=parameter",
            "param=parameter",
            "reg=regularization",
            "normalized=norm",
            "normalised=norm",
            "cls=class",
            "cos=cosine",
            "cossim=cosine_similarity",
            "sim=similarity",
            "recon=reconstruction",
            "attn=attention",
            "prob=probability",
            "coeff=coefficient",
            "coef=coefficient",
            "ckpt=checkpoint",
            "minute=time",
            "hour=time",
            "pct=percent",
            "frac=fraction",
            "bpp=bit_pixel",
            "freq=frequency",
            "var=variance",
            "exp=explained",
            "init=initial",
            "opt=optimizer",
            "emb=embedding",
            "img=image",
            "imgs=image",
            "embd=embedding",
            "embed=embedding",
            "ctx=context",
            "len=length",
            "seq=sequence",
            "tok=token",
            "toks=token",
            "grad=gradient",
            "λ=lambda",
            "α=alpha",
            "β=beta",
            "γ=gamma",
            "ε=epsilon",
            "eps=epsilon",
            "τ=tau",
            "σ=sigma",
            "μ=mu",
            "η=eta",
            "δ=delta",
            "θ=theta",
            "ρ=rho",
            "duration=time",
            "runtime=time",
            "elapsed=time",
            "auroc=auc",
            "lambd=lambda",
            "held=test",
            "losses=loss",
            "classes=class",
            "faster=speed",
            "speedup=speed",
            "corr=correlation",
            "acts=activation",
            "pretraining=pretrain",
            "layers=layer",
            "gflop=flop",
            "mflop=flop",
            "tflop=flop",
            "pflop=flop",
            "gmac=mac",
            "mmac=mac",
        ]
    )
}
"""Short forms that most fields share."""
GENERIC = frozenset(
    [
        "score",
        "value",
        "mean",
        "final",
        "result",
        "metric",
        "number",
        "fraction",
        "rate",
        "total",
        "full",
        "overall",
        "level",
        "percent",
        "percentage",
        "measured",
        "of",
        "in",
        "number",
        "evaluation",
        "the",
        "a",
        "an",
        "on",
        "at",
        "by",
        "for",
        "per",
        "with",
        "to",
        "and",
        "or",
        "is",
        "as",
        "best",
        "last",
        "first",
    ]
)
"""Words that tell little about which metric is meant."""
_STEMS = (
    ("ies", "y"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("sses", "ss"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word in lower case without its plural, short forms written out; a number as it is."""
    low = word.lower()
    if low in _SAME:
        return _SAME[low]
    if len(low) > 3:
        for end, instead in _STEMS:
            if low.endswith(end):
                low = low[: len(low) - len(end)] + instead
                break
    return _SAME.get(low, low)


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a name or a text, in order, each by its stem; camelCase, digits and signs part them."""
    parted = _LETTER_DIGIT.sub(" ", _CAMEL.sub(" ", _PLURAL.sub(r"\1", text.replace("_", " "))))
    return tuple(part for word in _WORD.findall(parted) for part in stem(word).split())


_HYPHENATED = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")


@lru_cache(maxsize=65536)
def hyphenated(text: str) -> frozenset[str]:
    """Words with a hyphen as one: the mtbench of MT-Bench."""
    return frozenset(word.replace("-", "").lower() for word in _HYPHENATED.findall(text))


_WITH_UNIT = re.compile(r"(?<![\w.])(\d+)[ -]?([A-Za-z])(?!\w)")


@lru_cache(maxsize=65536)
def with_units(text: str) -> frozenset[str]:
    """Numbers with a letter behind them as one word: the 24h of `24 h`."""
    return frozenset(f"{number}{unit.lower()}" for number, unit in _WITH_UNIT.findall(text))


@lru_cache(maxsize=65536)
def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case; `L0` and `top1` stay whole. For names made of initials."""
    return tuple(word.lower() for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", text))


def initials(names: tuple[str, ...]) -> str:
    """EV of explained variance; empty for a single word."""
    letters = "".join(name[0] for name in names if name[0].isalpha() or name.isdigit())
    return letters if len(names) > 1 and len(letters) > 1 else ""


JOINTS = frozenset({"with", "plus", "a", "an", "the"})
"""Words that join those of a name."""


_PLUSES = re.compile(r"(?<=[A-Za-z])\+\+(?!\+)")
_PLUSES_IN_WORDS = re.compile(r"(?<=[A-Za-z])[_-]?plus[_-]?plus(?![A-Za-z])", re.IGNORECASE)


def with_pluses(text: str) -> str:
    """The text, as long as it was, with what ends in `++` as folders spell it: `unetpp` of U-Net++."""
    return _PLUSES.sub("pp", text)


def plain_words_and_digits(text: str) -> list[str]:
    """`Cosine decay (0.1)` as cosine, decay, 0, 1: how names are compared, whatever joins their words."""
    said = _PLUSES_IN_WORDS.sub("pp", with_pluses(text))
    return [word.lower() for word in re.findall(r"[A-Za-zα-ω]+|\d+", said)]

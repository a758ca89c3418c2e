"""What several tests of the evaluation read: the shipped language model, and what is made of it alone.

Fixtures import what is slow (sae-bench takes 7 s) only where a test asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.evaluation.measures.prepared import sizes
from harness.read.lm import LM, LOCAL_MODEL, load_lm

if TYPE_CHECKING:
    from harness.evaluation.measures.prepared.artifacts import Artifacts
    from harness.evaluation.measures.questions import Exam

FEW = replace(
    sizes.SIZES,
    core_rows=4,
    spelling_rows=4,
    train_glosses=24,
    test_glosses=12,
    gloss_tokens=12,
    repeats=2,
    scr_train=20,
    scr_test=12,
)
LAYER, CONTEXT = 2, 128


@pytest.fixture(scope="module")
def lm() -> LM:
    """The shipped language model as transformers has it."""
    return load_lm(LOCAL_MODEL)


@pytest.fixture(scope="module")
def hooked() -> Any:
    """The shipped language model as sae-bench runs it."""
    from harness.evaluation.upstream.lens import load_hooked

    return load_hooked(LOCAL_MODEL)


def some_words_of_each_letter(words: Iterable[str]) -> list[str]:
    """Up to 25 words of each letter, so that few words still have all letters."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words):
        by_letter.setdefault(word.strip()[0].lower(), []).append(word)
    return [word for kept in by_letter.values() for word in kept[:25]]


@pytest.fixture(scope="module")
def artifacts(hooked: Any) -> Artifacts:
    """What the evals need of the shipped model, from few words and texts."""
    from harness.evaluation.measures.prepared import artifacts as made
    from harness.evaluation.measures.prepared import letters

    with pytest.MonkeyPatch.context() as patch:
        for module in (made, letters):
            patch.setattr(module, "SIZES", FEW)
        patch.setattr(letters, "label_words", some_words_of_each_letter)
        return made.build(hooked, LAYER, CONTEXT)["heldout"]


@pytest.fixture(scope="module")
def exam(hooked: Any) -> Exam:
    """Few questions of unlearning, and what the shipped model knows of them."""
    from harness.evaluation.measures import questions
    from tests.harness.evaluation.exams import SMALL

    return questions.build(hooked, LAYER, SMALL)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer questions are enough, and they are those of SMALL."""
    from harness.evaluation.measures import unlearning
    from tests.harness.evaluation.exams import SMALL

    monkeypatch.setattr(unlearning, "SIZES", SMALL)
    monkeypatch.setattr(unlearning, "MIN_KNOWN", {"forget": 5, "side": 5})


@pytest.fixture
def virus() -> tuple[Any, Any]:
    """A hooked model that knows the answers, and an SAE with a latent for " virus"."""
    from tests.harness.evaluation.exams import knowing_of_viruses

    return knowing_of_viruses()


@pytest.fixture
def ravel_data(tmp_path: Path, lm: LM, monkeypatch: pytest.MonkeyPatch) -> Path:
    """RAVEL's files for words, and a cache of its own."""
    from tests.harness.evaluation.attributes import stand_in

    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    return stand_in(tmp_path / "data", lm)


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache that nothing is in yet."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"

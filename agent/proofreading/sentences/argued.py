"""A text with passages as its checks read it: every branch once, each sentence with the conditions under which it is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from agent.evidence.evidence import Evidence
from agent.evidence.fill import settled
from agent.evidence.passages import Passage, Piece, passages, pieces
from agent.proofreading.sentences.prose import Sentence, sentences
from agent.proofreading.sentences.traced import Traced


def readings(text: str, evidence: Evidence) -> list[list[Piece]]:
    """The text as it is printed now, then with the first, the second … branch of each passage: no branch is left unread."""
    most = max((len(passage.branches) for passage in passages(text)), default=0)
    return [settled(text, evidence), *(pieces(text, _branch(place)) for place in range(most))]


def read_texts(text: str, evidence: Evidence) -> list[str]:
    """The same as texts, each once; the one that is printed now comes first."""
    return list(dict.fromkeys("".join(piece.text for piece in read) for read in readings(text, evidence)))


def argued_sentences(text: str, latex: bool, evidence: Evidence) -> Iterator[Sentence]:
    """Every sentence of every reading once; one that no condition touches is that of the text as it is printed."""
    lines, seen = Traced.of(text).lines, set[Sentence]()
    for place, read in enumerate(readings(text, evidence)):
        whole = "".join(piece.text for piece in read)
        at = [piece.start + offset for piece in read for offset in range(len(piece.text))]
        under = [piece.given for piece in read for _ in piece.text]
        before: Sentence | None = None
        for sentence in sentences(Traced(whole, tuple(range(len(whole)))), latex):
            given = tuple(under[offset] for offset in sentence.lines) if any(under) else ()
            last, before = before, replace(sentence, before=before)
            if place and not any(given):
                continue
            own = tuple(lines[at[offset]] for offset in sentence.lines)
            known = replace(
                sentence, line=own[0] if own else 1, lines=own, under=given if any(given) else (), before=last
            )
            if known not in seen:
                seen.add(known)
                yield known


def _branch(place: int) -> Callable[[Passage], int | None]:
    """The choice of this branch, or the last one where there are fewer."""

    def choose(passage: Passage) -> int | None:
        return min(place, len(passage.branches) - 1)

    return choose

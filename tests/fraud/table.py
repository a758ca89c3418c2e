"""`python -m tests.fraud.table`: write the counts of the corpus into its README; a test holds them to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tests.fraud.cases import CORPUS, DOMAINS, Case, cases

README = CORPUS / "README.md"
FRONT = CORPUS.parents[1] / "README.md"
_SENTENCE = re.compile(r"\d+ planted frauds and \d+ honest cases")
_PLACE = re.compile(r"(<!-- counts -->\n).*?(<!-- end -->)", re.DOTALL)


def table(found: Iterable[Case]) -> str:
    """The number of cases of each kind, by domain, as Markdown."""
    counted = Counter((case.kind, case.domain) for case in found)
    kinds = sorted({kind for kind, _ in counted}, key=lambda kind: (kind.startswith("honest"), kind))
    rows = [[kind, *(str(counted[kind, domain] or "") for domain in DOMAINS)] for kind in kinds]
    for what, honest in (("**frauds**", False), ("**honest cases**", True)):
        sums = [
            sum(n for (kind, of), n in counted.items() if of == domain and kind.startswith("honest") is honest)
            for domain in DOMAINS
        ]
        rows.append([what, *map(str, sums)])
    head = [["kind", *DOMAINS], ["---", *("---:" for _ in DOMAINS)]]
    return "\n".join("| " + " | ".join(row) + " |" for row in [*head, *rows]) + "\n"


def with_table(text: str, found: Iterable[Case]) -> str:
    """The README with the table in its place."""
    return _PLACE.sub(lambda match: match[1] + table(found) + match[2], text)


def with_counts(text: str, found: Sequence[Case]) -> str:
    """The project's README with the sum of frauds and of honest cases."""
    honest = sum(case.is_clean for case in found)
    return _SENTENCE.sub(f"{len(found) - honest} planted frauds and {honest} honest cases", text)


if __name__ == "__main__":
    corpus = list(cases())
    README.write_text(with_table(README.read_text(encoding="utf-8"), corpus), encoding="utf-8")
    FRONT.write_text(with_counts(FRONT.read_text(encoding="utf-8"), corpus), encoding="utf-8")

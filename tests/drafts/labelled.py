"""Drafts with a label behind each number, and how well the audit finds the labels: `python -m tests.drafts.labelled`.

`0.143@s` is a number that the folder supports; what has no label claims nothing. Where the value is not what stands
before the mark, it follows: `$10^{-3}$@g{0.001}`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.drafts.audit import audit_draft

HERE = Path(__file__).parent
STATUS = {
    "s": "supported",
    "d": "derived",
    "g": "setting",
    "m": "misattributed",
    "w": "spread_without_seeds",
    "u": "unsupported",
}
SILENT = "claims nothing"
_MARK = re.compile(r"@([sdgmwu])(?:\{([-\d.e]+)\})?(?![A-Za-z0-9])")
_NUMBER = re.compile(r"(-?\d[\d.,{}]*(?:e-?\d+)?)([kM]?)[^\d]{0,9}$")


@dataclass(frozen=True)
class Label:
    """A number of a draft with its status, by hand or by the audit."""

    file: str
    line: int
    value: float
    status: str


def labelled_drafts() -> list[Path]:
    """Every draft that has labels; the folder above it names its results."""
    return sorted(path for path in (HERE / "labelled").glob("*/*") if path.is_file())


def results_of(draft: Path) -> Path:
    """The folder of results of a labelled draft."""
    return HERE / "results" / draft.parent.name


def files_of(draft: Path) -> list[Path]:
    """The draft and what lies in folders beside it, which it inputs."""
    return [draft, *sorted(path for path in draft.parent.glob("*/**/*") if path.is_file())]


def labels(text: str, file: str) -> Iterator[Label]:
    """The labels of a file of a draft, in order."""
    for number, line in enumerate(text.split("\n"), 1):
        for match in _MARK.finditer(line):
            yield Label(file, number, abs(_value(_MARK.sub("", line[: match.start()]), match[2])), STATUS[match[1]])


def _value(before: str, given: str | None) -> float:
    if given:
        return float(given)
    found = _NUMBER.search(before)
    assert found, before
    return float(re.sub(r"[,{}]", "", found[1]).rstrip(".")) * {"k": 1e3, "M": 1e6}.get(found[2], 1)


def unlabelled(text: str) -> str:
    """The draft as its author wrote it."""
    return _MARK.sub("", text)


def found(draft: Path, folder: Path) -> list[Label]:
    """What the audit says of a labelled draft; `folder` is for its copy without labels."""
    for path in files_of(draft):
        plain = folder / path.relative_to(draft.parent)
        plain.parent.mkdir(parents=True, exist_ok=True)
        plain.write_text(unlabelled(path.read_text(encoding="utf-8")), encoding="utf-8")
    audit = audit_draft(folder / draft.name, results_of(draft))
    return [Label(Path(one.file).name, one.line, abs(one.value), one.status) for one in audit.numbers]


def compared(draft: Path, folder: Path) -> list[tuple[Label, str]]:
    """Each number with what it should be and what the audit made of it, both SILENT where there is nothing."""
    told = found(draft, folder)
    pairs: list[tuple[Label, str]] = []
    wanted = [label for path in files_of(draft) for label in labels(path.read_text(encoding="utf-8"), path.name)]
    for label in wanted:
        same = [
            one
            for one in told
            if (one.file, one.line) == (label.file, label.line)
            if abs(one.value - label.value) <= 1e-9 + 1e-6 * label.value
        ]
        one = next((each for each in same if each.status == label.status), same[0] if same else None)
        if one is not None:
            told.remove(one)
        pairs.append((label, one.status if one else SILENT))
    return [*pairs, *((Label(one.file, one.line, one.value, SILENT), one.status) for one in told)]


def main() -> int:
    """Print every difference, then precision and recall of each status."""
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for draft in labelled_drafts():
        with tempfile.TemporaryDirectory() as folder:
            for label, status in compared(draft, Path(folder)):
                wanted[label.status] += 1
                given[status] += 1
                right[status] += label.status == status
                if label.status != status:
                    place = f"{draft.parent.name}/{label.file}:{label.line}"
                    print(f"{place}: {label.value:g} is {label.status}, and was called {status}")
    for status in (*STATUS.values(), SILENT):
        precision, recall = right[status] / (given[status] or 1), right[status] / (wanted[status] or 1)
        print(f"{status:22} precision {precision:.2f}  recall {recall:.2f}  of {wanted[status]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A diff that is cut keeps whole hunks, the method's first, and says what is gone and where; functions are found in source."""

from __future__ import annotations

import pytest

from agent.session.code_parts import part_at, parts_of
from agent.session.shorter_diff import shorter_diff
from agent.session.versions import unified_diff

BEFORE = "\n".join(
    ["import math", "", *(f"A{n} = {n}" for n in range(10)), ""]
    + ["class Model:", "    @property", "    def loss(self):", "        return self.a", ""]
    + [line for n in range(6) for line in (f"def step_{n}():", *[f"    x{i} = {i}" for i in range(12)], "")]
)
AFTER = (
    BEFORE.replace("A3 = 3", "A3 = 30")
    .replace("return self.a", "return self.a + self.b")
    .replace("def step_5():\n    x0 = 0", "def step_5():\n    x0 = 50")
    .replace("def step_2():\n    x0 = 0", "def step_2():\n    " + "x0 = 1  # " + "y" * 300)
)
DIFF = unified_diff("experiment.py", BEFORE.encode(), AFTER.encode())


def test_what_fits_is_left_alone() -> None:
    """No word on cuts where there is none."""
    assert shorter_diff(DIFF, len(DIFF)) == DIFF and shorter_diff("", 10) == ""


def test_the_method_stays_and_the_rest_is_named() -> None:
    """The hunk of the function that the template names is there whole, with its file; the others are told by their functions."""
    cut = shorter_diff(DIFF, 240, {"experiment.py": AFTER}, ["loss"])
    assert "+        return self.a + self.b" in cut and "step_2():" not in cut.partition("[…")[0].replace(
        "def step_0", ""
    )
    assert cut.endswith("lines not shown, in experiment.py, line 6, step_2, step_5]\n")
    assert "[… 3 hunks with 6 changed" in cut


def test_without_a_method_the_first_hunks_stay_in_order() -> None:
    """The file is named above the first of them, and the count of what is gone is right."""
    cut = shorter_diff(DIFF, len(DIFF) - 10, {"experiment.py": AFTER})
    assert cut.startswith("--- a/experiment.py\n+++ b/experiment.py\n@@") and "+A3 = 30" in cut
    assert "x0 = 50" not in cut and "[… 1 hunk with 2 changed lines not shown, in step_5]" in cut


def test_one_hunk_that_is_too_long_is_begun() -> None:
    """In whole lines, with how many more there are; source that is no Python is told by its lines."""
    diff = unified_diff("a.txt", b"", "".join(f"line {n} of a new file\n" for n in range(100)).encode())
    cut = shorter_diff(diff, 400, {"a.txt": "no python ("})
    shown = sum(line.startswith("+line") for line in cut.splitlines())
    assert 5 < shown < 20 and f"[… {100 - shown} more lines of this hunk]" in cut and len(cut) < 480


def test_two_files_keep_their_names() -> None:
    """Hunks of the second file stand below its own head, also where all of the first are cut."""
    other = unified_diff("other.py", b"def f():\n    return 1\n", b"def f():\n    return 2\n")
    cut = shorter_diff(DIFF + other, 150, {"other.py": "def f():\n    return 2\n"}, ["f"])
    assert cut.startswith("--- a/other.py\n+++ b/other.py\n@@") and "return 2" in cut


@pytest.mark.parametrize(("line", "name"), [(1, ""), (15, "Model.loss"), (14, "Model"), (19, "step_0")])
def test_a_line_is_told_by_its_innermost_function(line: int, name: str) -> None:
    """A method by its class, decorators among it."""
    found = part_at(parts_of(BEFORE), line + (1 if name.startswith("Model.") else 0))
    assert found == name


def test_parts_carry_their_text() -> None:
    """As it stands in the file, decorator included; found by the bare name and with the class."""
    (part,) = [part for part in parts_of(BEFORE) if part.is_called("loss")]
    assert part.name == "Model.loss" and part.is_called("Model.loss") and not part.is_called("Other.loss")
    assert part.text == "    @property\n    def loss(self):\n        return self.a\n"
    assert parts_of("def broken(:") == []

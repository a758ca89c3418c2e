"""Which files are the template's own, and how the coder knows them."""

from __future__ import annotations

import pytest

from agent.experiment.failure.own_code import OwnCode

OWN = OwnCode.of(["experiment.py", "judge", "README.md"], ["judge", "README.md", "extra/tool.py"])


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("/session/attempts/003/code/experiment.py", "experiment.py"),
        ("/template/judge/deep/world.py", "judge/deep/world.py"),
        ("/x/lib/python3.11/site-packages/judge/core.py", "…/judge/core.py"),
        ("/usr/lib/python3.11/json/decoder.py", "…/3.11/json/decoder.py"),
        ("/elsewhere/other.py", "other.py"),
    ],
)
def test_a_file_goes_by_the_name_that_the_coder_knows(file: str, name: str) -> None:
    """Its own by their place in the template, a library's by its package, others by their last part."""
    assert OWN.name(file) == name
    assert OWN.holds(file) == (name.startswith(("experiment", "judge")))


def test_its_modules_are_those_of_the_fixed_half() -> None:
    """A folder, or a script by its name; a text is no module."""
    assert OWN.fixed_modules == {"judge", "extra"}
    assert OwnCode.of(["a.py"], ["tool.py"]).fixed_modules == {"tool"}


def test_the_code_whose_imports_work_is_told_in_words() -> None:
    """Scripts by name, folders with a slash, each once."""
    assert OWN.importers == "experiment.py, judge/ and extra/tool.py"
    assert OwnCode.of(["experiment.py", "harness"], ["harness"]).importers == "experiment.py and harness/"
    assert OwnCode.of(["plot.py"]).importers == "plot.py" and OwnCode(()).importers == "the template"

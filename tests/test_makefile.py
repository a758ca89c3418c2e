"""`make t` and `make fast`: the right tests in the right environment, without a set-up pass."""

from __future__ import annotations

import os
import re
import shlex
import subprocess

import pytest

from agent.session.paths import REPOSITORY

AGENT, EXPERIMENT = ".venv/agent/bin/python", ".venv/experiment/bin/python"


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """make as typed in a fresh shell: these tests may themselves run below `make t`, which hands its variables down."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "T", "ARGS")
    }
    return subprocess.run(
        ["make", *words], cwd=REPOSITORY, env=environ, capture_output=True, text=True, check=False, timeout=60
    )


def commands(target: str, *variables: str) -> list[list[str]]:
    """The pytest commands that a target would type, each as its words from the interpreter on."""
    done = subprocess.run(
        ["make", "-n", target, *variables], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if "-m pytest" in line]
    assert "-m setup" not in done.stdout
    return [shlex.split(line[line.index(".venv") :].split(" || ")[0]) for line in lines]


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ("tests/agent/test_loop.py", {AGENT: ["tests/agent/test_loop.py"]}),
        ("./tests/test_experiment.py", {EXPERIMENT: ["tests/test_experiment.py"]}),
        ("tests/harness/evaluation/", {EXPERIMENT: ["tests/harness/evaluation"]}),
        ("tests/test_plot.py::test_x[a b]", {EXPERIMENT: ["tests/test_plot.py::test_x[a b]"]}),
        ("tests/a.py::x[{'k': 1} b] tests/b.py::y[c]", {AGENT: ["tests/a.py::x[{'k': 1} b]", "tests/b.py::y[c]"]}),
        ("tests/templates", {AGENT: ["tests/templates"], EXPERIMENT: ["tests/templates/synthetic"]}),
        ("tests/test_docs.py tests/harness", {AGENT: ["tests/test_docs.py"], EXPERIMENT: ["tests/harness"]}),
    ],
)
def test_tests_run_in_their_environment(named: str, wanted: dict[str, list[str]]) -> None:
    """A path or a node id, with spaces in its parameters too, is given to the Python that has what it imports."""
    ran = commands("t", f"T={named}", "ARGS=-x")
    assert all("-x" in words for words in ran)
    assert {words[0]: [word for word in words[3:] if word[0] != "-"] for words in ran} == wanted


def test_a_folder_of_both_halves_leaves_nothing_out() -> None:
    """`make t T=tests` runs all of `make test`: what one command leaves out, the other is given."""
    (_, *agent), (_, *experiment) = commands("t", "T=tests")
    left_out = [word.removeprefix("--ignore=") for word in agent if word.startswith("--ignore=")]
    assert left_out == [word for word in experiment if word.startswith("tests")] and "tests/harness" in left_out


def test_t_without_names_says_what_to_type() -> None:
    """No name is a mistake, not all tests."""
    done = make("t")
    assert done.returncode != 0 and "make t T=" in done.stderr


def test_fast_leaves_out_what_waits() -> None:
    """Both halves, without the tests that are marked; each mark is told of in pyproject.toml."""
    told = set(re.findall(r'^    "(\w+): ', (REPOSITORY / "pyproject.toml").read_text(), re.MULTILINE))
    ran = commands("fast")
    assert [words[0] for words in ran] == [AGENT, EXPERIMENT]
    for words in ran:
        (left_out,) = (word for word in words if word.startswith("not "))
        assert set(re.findall(r"not (\w+)", left_out)) == told


def test_set_up_is_handed_the_template() -> None:
    """`make setup TEMPLATE=…` makes that template's own environment too, whatever its folder is called; plain set-up none."""
    assert "-m setup --template 'templates/a b'" in make("-n", "setup", "TEMPLATE=templates/a b").stdout
    assert "--template" not in make("-n", "setup", "TEMPLATE=").stdout

"""The rules of the house hold: every guard is tried on this tree, and on a planted one in which it trips."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.session.paths import REPOSITORY
from tests.guards import rooms, sizes, words

PAGE = (REPOSITORY / "docs" / "structure.md").read_text(encoding="utf-8")
LONG_TEXTS = {
    "agent/commands/reference.py": "a page of the documentation",
    "agent/experiment/failure/outside.py": "patterns of error texts, in a table",
    "agent/models/faults/words.py": "patterns of error texts, in a table",
    "agent/models/replies/declined.py": "patterns of refusals, in a table",
    "agent/proofreading/compared/comparing.py": "patterns of words that compare, in a table",
    "agent/proofreading/claimed/grammar/common_words.py": "words, in tables",
    "agent/proofreading/claimed/of_whom.py": "words, in tables",
    "agent/proofreading/claimed/plain_words.py": "words, in tables",
    "agent/proofreading/claimed/concluded.py": "patterns of closed classes of words, in tables",
    "agent/proofreading/claimed/kinds/of_turns.py": "patterns of turns of phrase, in a table",
    "agent/proofreading/claimed/procedures.py": "words, in tables",
    "agent/proofreading/claimed/grammar/word_classes.py": "words, in tables",
    "agent/proofreading/claimed/excused.py": "patterns of words that claim nothing, in a table",
    "agent/proofreading/claimed/predicates.py": "patterns of verbs, in a table",
    "agent/proofreading/claimed/ended.py": "patterns of verbs, in a table",
    "agent/proofreading/claimed/kinds/of_procedure.py": "patterns of words that claim, in a table",
    "agent/proofreading/claimed/kinds/of_reach.py": "patterns of words that claim, in a table",
    "agent/proofreading/claimed/kinds/of_runs.py": "patterns of words that claim, in a table",
    "agent/proofreading/claimed/kinds/of_worth.py": "patterns of words that claim, in a table",
    "agent/proofreading/claimed/whose.py": "patterns of words that claim, in a table",
    "agent/proofreading/claimed/kinds/words.py": "patterns of words that claim, in a table",
    "agent/printing/appendix.py": "the appendix of the paper",
    "agent/proofreading/source/allowed.py": "names of LaTeX's commands, in lists",
    "agent/proofreading/source/commands.py": "names of LaTeX's commands, in lists",
}
FIELD_WORDS = {
    ("agent/coding/registry.py", "aider"): "the coder's name",
    ("agent/session/settings/__init__.py", "aider"): "the default coder's name",
}


def planted(root: Path, **files: str) -> Path:
    """A tree with these files; `a__b` names a/b.py."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("package", ["agent", "harness"])
def test_arrows_between_rooms_are_on_the_list(package: str) -> None:
    """docs/structure.md lists which room may import which; `python -m tests.guards.rooms agent` prints them."""
    assert rooms.unlisted_arrows(REPOSITORY, package, PAGE) == []


@pytest.mark.parametrize("package", ["agent", "harness"])
def test_halves_and_modules_stand_apart(package: str) -> None:
    """No half imports the other, and no two modules import one another."""
    assert rooms.walls_broken(REPOSITORY, package) + rooms.circles(REPOSITORY, package) == []


@pytest.mark.parametrize("judge", sorted(REPOSITORY.glob("templates/*/judge")), ids=lambda path: path.parent.name)
def test_no_modules_of_a_judge_import_one_another(judge: Path) -> None:
    """A template's evaluator goes down only, as the halves do."""
    assert rooms.circles(judge.parent, judge.name) == []


@pytest.mark.parametrize("package", ["agent", "harness"])
def test_no_room_has_more_than_six_floors(package: str) -> None:
    """The longest chain of imports within a folder has at most six modules."""
    assert rooms.too_many_floors(REPOSITORY, package) == []


def test_modules_are_short() -> None:
    """At most 260 lines each."""
    assert sizes.long_modules(REPOSITORY) == []


def test_functions_are_short() -> None:
    """At most 50 lines each."""
    assert sizes.long_functions(REPOSITORY) == []


def test_wide_objects_are_built_by_keyword() -> None:
    """A call says which field each value is for where a class has more than six."""
    assert sizes.wide_objects_built_by_position(REPOSITORY) == []


def test_names_of_runs_and_steps_have_one_place() -> None:
    """Only names.py (runs) and session/steps.py put them together or take them apart."""
    assert words.names_spelt_elsewhere(REPOSITORY) == []


def test_directions_have_one_place() -> None:
    """Only template.toml says whether more of a metric is better."""
    assert words.directions_in_code(REPOSITORY) == []


def test_prompts_have_one_place() -> None:
    """Only prompts/ holds words to a model."""
    assert words.prompts_in_code(REPOSITORY, LONG_TEXTS) == []


def test_the_agent_names_no_field() -> None:
    """No word of a field of research or its libraries stands in agent/, in comments and strings either."""
    assert words.fields_named(REPOSITORY, FIELD_WORDS) == []


def test_an_arrow_that_is_not_listed_trips(tmp_path: Path) -> None:
    """A new import between rooms is named, also within a function, and so is a line of the list that is past."""
    root = planted(
        tmp_path,
        agent__errors="",
        agent__session__lock="from agent import errors",
        agent__session__late="def f():\n    from agent.page.view import x",
        agent__page__view="import agent.session.lock\nfrom agent.session import late",
    )
    page = "```rooms agent\nerrors:\nsession: errors models\npage: session\n```\n"
    assert rooms.unlisted_arrows(root, "agent", page) == ["session imports page", "session no longer imports models"]
    assert "page is not on the list" in rooms.unlisted_arrows(
        root, "agent", "```rooms agent\nsession: errors page\n```\n"
    )


def test_a_broken_wall_trips(tmp_path: Path) -> None:
    """agent/ may import no harness, and harness/ no agent, hidden in a function or not."""
    root = planted(tmp_path, agent__a="def f():\n    from harness.sae import x", harness__b="import agent.loop")
    assert rooms.walls_broken(root, "agent") == ["agent/a.py:2 imports harness.sae.x"]
    assert rooms.walls_broken(root, "harness") == ["harness/b.py:1 imports agent.loop"]


def test_a_circle_trips(tmp_path: Path) -> None:
    """Three modules in a ring are told once, though one import is for type checkers only and one is relative."""
    root = planted(
        tmp_path,
        agent__a="if TYPE_CHECKING:\n    from agent.b import x",
        agent__b="from . import c",
        agent__c="import agent.a",
        agent__d="import agent.a",
    )
    assert rooms.circles(root, "agent") == ["agent.a → agent.b → agent.c → agent.a"]


def test_a_seventh_floor_trips(tmp_path: Path) -> None:
    """A chain of seven modules in one folder is shown; a folder within counts as one floor."""
    chain = {f"agent__room__m{n}": f"from agent.room import m{n + 1}" for n in range(6)}
    root = planted(
        tmp_path,
        **chain,
        agent__room__m6="import agent.room.inner.x",
        agent__room__inner__x="import agent.room.inner.y",
    )
    planted(root, agent__room__inner__y="", agent__other="import agent.room.m0")
    assert rooms.too_many_floors(root, "agent") == ["agent.room has 8 floors: m0 → m1 → m2 → m3 → m4 → m5 → m6 → inner"]
    assert rooms.too_many_floors(root, "agent", most=8) == []


def test_length_trips(tmp_path: Path) -> None:
    """A module of 261 lines and a function of 51 are named, one line less is not."""
    body = "    pass\n"
    root = planted(
        tmp_path,
        agent__long="x = 1\n" * 261,
        agent__fits="x = 1\n" * 260,
        harness__f="def f():\n" + body * 50 + "def g():\n" + body * 49,
        templates__t__judge__j="class A:\n    async def h(self):\n" + "        pass\n" * 50,
    )
    assert sizes.long_modules(root) == ["agent/long.py: 261 lines"]
    assert sizes.long_functions(root) == ["harness/f.py:1 f: 51 lines", "templates/t/judge/j.py:2 h: 51 lines"]


def test_a_wide_object_built_by_position_trips(tmp_path: Path) -> None:
    """Three positions are too many for seven fields, in another module too; a class of the same name elsewhere is another."""
    wide = "class Wide:\n" + "".join(f"    f{n}: int\n" for n in range(7))
    root = planted(
        tmp_path,
        agent__wide=wide + "Wide(1, 2, f2=3)\n",
        agent__uses="from agent.wide import Wide\nWide(1, 2, 3)\n",
        agent__other="class Wide:\n    a: int\nWide(1, 2, 3)\n",
    )
    assert sizes.wide_objects_built_by_position(root) == ["agent/uses.py:2 Wide takes 3 by position"]


@pytest.mark.parametrize(
    "code",
    [
        'name.removeprefix("run_")',
        'f"run_{number}"',
        'run.name != "run_0"',
        'step.split("/again_")',
        'step.startswith("draft/Method")',
        'f"{run}/note"',
        'f"{run}/turn_{n}"',
        'f"figures/turn_{n}"',
        'Step("paper/marked")',
    ],
)
def test_a_name_spelt_elsewhere_trips(tmp_path: Path, code: str) -> None:
    """Each way in which a name was put together or taken apart is found; in names.py, steps.py it may."""
    root = planted(tmp_path, agent__x=code, agent__names=code, agent__session__steps=code)
    assert [place.split()[0] for place in words.names_spelt_elsewhere(root)] == ["agent/x.py:1"]


def test_names_as_examples_are_no_names(tmp_path: Path) -> None:
    """A docstring, a command's help, a reference in a message and a word that only looks like a run are left alone."""
    fine = '"""As in run_3/note."""\nadd("--rerun", help="a run (run_3)")\ntell("write [[run_1.x]]")\nrun_tex = "run_tex"\n'
    assert words.names_spelt_elsewhere(planted(tmp_path, agent__x=fine)) == []


def test_a_direction_in_code_trips(tmp_path: Path) -> None:
    """A list of metrics in a plot script and a comparison in a page are found; results may compare, a script may ask."""
    root = planted(
        tmp_path,
        plot='HIGHER_IS_BETTER = {"f1"}',
        templates__t__plot='HIGHER_IS_BETTER: set[str] = set()\nfine = metric["direction"] == "higher"\nif name == "lower": pass',
        agent__page__x='metric.direction == "higher"',
        agent__results__x='metric.direction == "higher"',
    )
    found = [place.split()[0] for place in words.directions_in_code(root)]
    assert found == ["agent/page/x.py:1", "plot.py:1", "templates/t/plot.py:3"]


def test_a_prompt_in_code_trips(tmp_path: Path) -> None:
    """A long text is found, in pieces and as an f-string too; docstring, help and pattern are not prompts."""
    long = "You are a careful writer. " * 9
    root = planted(
        tmp_path,
        agent__x=f'"""{long}"""\nadd(help="{long}")\nre.compile("{long}")\nask(f"{long} {{name}}")\nask("{long[:130]}"\n    "{long[:130]}")\n',
        agent__page="x = 1",
    )
    assert [place.split()[0] for place in words.prompts_in_code(root, {})] == ["agent/x.py:4", "agent/x.py:5"]
    assert words.prompts_in_code(root, {"agent/x.py": "", "agent/page.py": ""}) == ["agent/page.py has no long text"]


@pytest.mark.parametrize(
    "word", ["torch", "harness/", "an SAE", "autoencoders", "google/gemma-2", "aider", "sae-bench", "sae_bench"]
)
def test_a_word_of_a_field_trips(tmp_path: Path, word: str) -> None:
    """Each is found in a string and in a comment; the adapter of aider may name what it drives."""
    root = planted(
        tmp_path,
        agent__x=f'"{word}"\n# {word}\n',
        agent__coding__aider_turn=word.split("/")[0].replace("-", " - ").split()[0],
    )
    assert [place.split()[0] for place in words.fields_named(root, {})] == ["agent/x.py:1", "agent/x.py:2"]


def test_a_reason_that_is_not_needed_trips(tmp_path: Path) -> None:
    """An exception to a rule goes when its cause goes; PYTORCH_… is a variable, not a field."""
    root = planted(tmp_path, agent__x='"PYTORCH_CUDA_ALLOC_CONF"')
    assert words.fields_named(root, {("agent/x.py", "torch"): "why"}) == ["agent/x.py does not say torch"]


def ruff(folder: Path, *arguments: str) -> list[dict[str, object]]:
    """What ruff finds with the rules of this repository."""
    config = str(REPOSITORY / "pyproject.toml")
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--config",
        config,
        "--output-format=json",
        *arguments,
        ".",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def dead_layout_comments(folder: Path, files: Sequence[Path]) -> list[str]:
    """`# fmt: skip` and its kin, and each noqa on a line where ruff, told to ignore noqa, finds nothing of that code."""
    found = {(str(each["filename"]), each["noqa_row"], str(each["code"])) for each in ruff(folder, "--ignore-noqa")}
    told = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"#\s*fmt:\s*(?:skip|off|on)\b", line):
                told.append(f"{path.relative_to(folder)}:{number} {line.strip()[-40:]}")
            noqa = re.search(r"#\s*noqa(?::\s*([A-Z0-9, ]+))?", line)
            codes = re.findall(r"[A-Z]+\d+", noqa[1] or "") if noqa else []
            if noqa and not (codes and all((str(path), number, code) in found for code in codes)):
                told.append(f"{path.relative_to(folder)}:{number} {noqa[0]}")
    return told


def python_files(folder: Path) -> list[Path]:
    places = [
        "*.py",
        *(f"{name}/**/*.py" for name in ("agent", "benchmarks", "harness", "setup", "templates", "tests")),
    ]
    here = Path(__file__).resolve()
    return [path for place in places for path in sorted(folder.glob(place)) if path != here]


def test_ruff_lays_the_code_out_alone() -> None:
    """No `# fmt: skip`, and no noqa that keeps nothing quiet."""
    assert dead_layout_comments(REPOSITORY, python_files(REPOSITORY)) == []


def test_dead_layout_comments_trip(tmp_path: Path) -> None:
    """A skip, a noqa without a code, and one whose rule finds nothing there are named; one that is needed is not."""
    path = tmp_path / "x.py"
    path.write_text("a = [1,2]  # fmt: skip\nb = 1  # noqa\nc = 1  # noqa: F401\nimport os  # noqa: F401, E402\n")
    assert dead_layout_comments(tmp_path, [path]) == [
        "x.py:1 a = [1,2]  # fmt: skip",
        "x.py:2 # noqa",
        "x.py:3 # noqa: F401",
    ]


def printed_on_import(folder: Path, modules: Sequence[str]) -> str:
    """What importing these modules prints."""
    command = [sys.executable, "-c", "".join(f"import {module}\n" for module in modules)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_commands_print_nothing_when_imported(tmp_path: Path) -> None:
    """Only main() speaks; a module that prints as it is imported is caught."""
    names = [path.stem for path in (REPOSITORY / "agent" / "commands").glob("*.py") if path.stem != "__init__"]
    assert printed_on_import(REPOSITORY, [f"agent.commands.{name}" for name in names]) == ""
    assert printed_on_import(planted(tmp_path, loud='print("here I am")'), ["loud"]) == "here I am\n"

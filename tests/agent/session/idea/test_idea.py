"""Ideas: bad ones end with file, field and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import IdeaError
from agent.prompts import Prompts
from agent.session.idea import Idea, load_idea
from agent.session.paths import REPOSITORY

GOOD = {"Name": "an_idea", "Title": "T", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}


def write(folder: Path, value: object) -> Path:
    path = folder / "idea.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    """Scores and evaluations of an idea generator travel along."""
    idea = load_idea(write(tmp_path, GOOD | {"Interestingness": 9}))
    assert idea.model_extra == {"Interestingness": 9}


@pytest.mark.parametrize("field", list(GOOD))
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    """The message names the file, the field and what to do."""
    path = write(tmp_path, {name: value for name, value in GOOD.items() if name != field})
    with pytest.raises(IdeaError, match=rf"idea\.json.*'{field}'.*add it"):
        load_idea(path)


def test_every_wrong_field_is_named_at_once(tmp_path: Path) -> None:
    """A bad name, a missing plan and a misspelt title are one message, which says what the misspelling is meant to be."""
    wrong = {("Titel" if key == "Title" else key): value for key, value in GOOD.items()} | {"Name": "../x"}
    del wrong["Implementation_Plan"]
    with pytest.raises(IdeaError, match=r"(?s)'Name'.*'Title'.*rename 'Titel' to it.*'Implementation_Plan'.*add it"):
        load_idea(write(tmp_path, wrong))


@pytest.mark.parametrize("name", ["../x", "a/../b", "/etc", "\\x", "", " ", ".hidden", "a\n", "a\x00b"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Name becomes a folder's name, so a path is none."""
    with pytest.raises(IdeaError, match="Name"):
        load_idea(write(tmp_path, GOOD | {"Name": name}))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("an idea of mine", "an_idea_of_mine"),
        ("a/b", "a_b"),
        ("α: Größe & Schärfe!", "Groe_Scharfe"),
        ("x" * 300, "x" * 64),
        ("Nguyễn's idea", "Nguyen_s_idea"),
        ("稀疏", "idea_"),
    ],
)
def test_a_name_in_any_words_names_a_folder(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, plain: str
) -> None:
    """Spaces, slashes, other scripts and any length: the folder has a plain name, which is said."""
    found = load_idea(write(tmp_path, GOOD | {"Name": name})).Name
    assert found.startswith(plain) and found.isascii() and len(found) <= 64
    assert f"the session is called {found}" in caplog.text
    listed = write(tmp_path, [GOOD, GOOD | {"Name": name}])
    assert load_idea(listed, name).Name == load_idea(listed, found).Name == found


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"idea"', "[" * 100_000, "\x00"])
def test_what_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    """Malformed JSON and other values end in one clear error."""
    with pytest.raises(IdeaError, match="idea.json"):
        load_idea(write(tmp_path, text))


def test_a_file_that_is_nearly_there_is_what_was_meant(tmp_path: Path) -> None:
    """A slip in the name of an idea's file is answered with the name beside it."""
    (tmp_path / "decay_2.json").write_text("{}")
    with pytest.raises(IdeaError, match=r"there is no such idea file; did you mean .*decay_2\.json\?"):
        load_idea(tmp_path / "decay2.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path itself is in the message; of a folder the idea files in it."""
    with pytest.raises(IdeaError, match=r"a folder, no idea file; ideas/ holds examples"):
        load_idea(tmp_path)
    idea = write(tmp_path, GOOD)
    with pytest.raises(IdeaError, match=rf"name the file in it: {idea}"):
        load_idea(tmp_path)
    with pytest.raises(IdeaError, match="nowhere.json"):
        load_idea(tmp_path / "nowhere.json")


V2 = {
    "Name": "one_of_many",
    "Title": "T",
    "Short Hypothesis": "It does.",
    "Related Work": "Old.",
    "Abstract": "We ask.",
    "Experiments": ["Average all iterates.", "Average the last half."],
    "Risk Factors and Limitations": ["One problem only.", "One seed."],
}
V1 = {"Name": "averaging", "Title": "T", "Experiment": "Average.", "Interestingness": 6, "Feasibility": 9, "Novelty": 3}


def test_an_idea_of_the_newer_form_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its list of Experiments is the steps, its Abstract the method, as the log says; its other texts reach the model."""
    idea = load_idea(write(tmp_path, V2))
    assert idea.Experiment == idea.Implementation_Plan == "1. Average all iterates.\n2. Average the last half."
    assert idea.Technical_Details == idea.Abstract == "We ask."
    assert (
        "idea.json: Experiment is taken from its Experiments, Technical_Details is taken from its Abst" in caplog.text
    )
    prompt = Prompts().render("idea", idea=idea)
    assert "## Short Hypothesis\nIt does." in prompt
    assert "## Risk Factors and Limitations\n1. One problem only.\n2. One seed." in prompt
    assert idea == Idea.model_validate_json(idea.model_dump_json())


def test_scores_are_kept_from_the_model(tmp_path: Path) -> None:
    """Texts under unknown keys are shown; numbers, flags and empty texts change no prompt."""
    plain = Prompts().render("idea", idea=load_idea(write(tmp_path, GOOD)))
    scored = load_idea(
        write(tmp_path, GOOD | {"Novelty": 9, "sound": True, "Evaluation": "", "Notes": None, "Code": []})
    )
    assert Prompts().render("idea", idea=scored) == plain


def test_an_idea_of_the_older_form_says_what_its_missing_fields_hold(tmp_path: Path) -> None:
    """All that is to be added stands in one message, each field with what it is for, and the page that shows it."""
    with pytest.raises(
        IdeaError, match=r"'Technical_Details'.*the method.*'Implementation_Plan'.*how the code.*docs/ideas.md"
    ):
        load_idea(write(tmp_path, V1))
    assert load_idea(write(tmp_path, V1 | {"Technical_Details": "D", "Implementation_Plan": ["a", "b"]})).model_extra


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ("as it is", "as it is"),
        (["one"], "one"),
        (["one", "two"], "1. one\n2. two"),
        (["1. one", "2) two"], "1. one\n2) two"),
        (["Step 1: one", "step 2: two"], "Step 1: one\nstep 2: two"),
        ([{"Name": "a", "Runs": 3}, "two"], "1. Name: a\nRuns: 3\n2. two"),
        ({"first": "one", "second": ["a", "b"]}, "first: one\nsecond: 1. a\n2. b"),
    ],
)
@pytest.mark.parametrize("field", ["Experiment", "Technical_Details", "Implementation_Plan", "Abstract"])
def test_a_list_is_read_as_steps(tmp_path: Path, field: str, steps: object, text: str) -> None:
    """Lists are numbered unless they are already; objects in them are written out."""
    assert getattr(load_idea(write(tmp_path, GOOD | {field: steps})), field) == text


@pytest.mark.parametrize("value", [[], [3], {}, 7, None, ""])
def test_what_says_nothing_is_no_text(tmp_path: Path, value: object) -> None:
    """An empty list, numbers and null are refused by field, in place of becoming a text."""
    with pytest.raises(IdeaError, match=r"idea\.json.*'Experiment'.*mend it"):
        load_idea(write(tmp_path, GOOD | {"Experiment": value}))


def test_fields_spelt_otherwise_are_known(tmp_path: Path) -> None:
    """Capitals, spaces and hyphens do not make another field; a field that is there under its own name stays."""
    other = {"name": "an_idea", "TITLE": "T", "experiment": "E", "Technical Details": "D", "implementation-plan": ["P"]}
    idea = load_idea(write(tmp_path, other))
    assert idea == Idea.model_validate(GOOD)
    both = load_idea(write(tmp_path, GOOD | {"title": "another"}))
    assert both.Title == "T" and both.others == {"title": "another"}


@pytest.mark.parametrize("form", ["Experiments", "experiments"])
def test_what_an_idea_says_itself_is_not_replaced(tmp_path: Path, form: str) -> None:
    """Its own Experiment and details go before a list of Experiments and an Abstract, which stay beside them."""
    idea = load_idea(write(tmp_path, GOOD | {form: ["x"], "Abstract": "A"}))
    assert (idea.Experiment, idea.Technical_Details, idea.Implementation_Plan) == ("E", "D", "P")
    assert idea.others == {"Experiments": "x"}


def test_of_a_list_one_idea_is_chosen_by_name(tmp_path: Path) -> None:
    """--idea NAME picks one; without it, or with a name that is not there, the names are listed."""
    path = write(tmp_path, [GOOD, V2, V1])
    assert load_idea(path, "an_idea").Title == "T" and load_idea(path, "one_of_many").Abstract == "We ask."
    with pytest.raises(IdeaError, match=r"idea\.json: a list of ideas.*--idea NAME.*an_idea, one_of_many, averaging"):
        load_idea(path)
    with pytest.raises(
        IdeaError, match=r"--idea on_of_many: no idea.*one_of_many is meant.*an_idea, one_of_many, aver"
    ):
        load_idea(path, "on_of_many")
    with pytest.raises(IdeaError, match=r"'Technical_Details'"):
        load_idea(path, "averaging")


@pytest.mark.parametrize(
    "value",
    [
        [GOOD],
        [GOOD, GOOD],
        {"idea": GOOD},
        {"ideas": [GOOD], "model": "m"},
        {"archive": [GOOD]},
        {"data": {"ideas": [GOOD]}},
        {"results": [{"idea": GOOD, "score": 5}]},
        [{"idea": GOOD, "score": 5}],
        {"Ideas": {"idea": GOOD}},
        {"an_idea": {key: value for key, value in GOOD.items() if key != "Name"}},
        f"```json\n{json.dumps(GOOD)}\n```\n",
        json.dumps(GOOD) + "\n" + json.dumps(GOOD) + "\n",
    ],
    ids=["list", "twice", "idea", "ideas", "archive", "data", "results", "items", "both", "by name", "fence", "lines"],
)
def test_one_idea_needs_no_name(tmp_path: Path, value: object) -> None:
    """However it is wrapped: there is nothing to choose."""
    assert load_idea(write(tmp_path, value)) == Idea.model_validate(GOOD)


@pytest.mark.parametrize(
    "value",
    [
        {"ideas": [GOOD, V2]},
        {"idea": [GOOD, V2]},
        {"an_idea": GOOD, "one_of_many": V2},
        f"{json.dumps(GOOD)}\n\n{json.dumps(V2)}\n",
    ],
    ids=["ideas", "idea", "by name", "lines"],
)
def test_several_ideas_are_chosen_from_however_they_are_wrapped(tmp_path: Path, value: object) -> None:
    """By name or by number; without one the names are listed."""
    path = write(tmp_path, value)
    assert load_idea(path, "one_of_many") == load_idea(path, "2")
    with pytest.raises(IdeaError, match=r"--idea NAME; it holds an_idea, one_of_many"):
        load_idea(path)
    with pytest.raises(IdeaError, match=r"--idea 3: no idea"):
        load_idea(path, "3")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_any_encoding_of_unicode_is_read(tmp_path: Path, encoding: str) -> None:
    """As editors on other systems save it; what is no Unicode is told with the remedy."""
    path = tmp_path / "idea.json"
    path.write_bytes(json.dumps(GOOD | {"Title": "Größe"}, ensure_ascii=False).encode(encoding))
    assert load_idea(path).Title == "Größe"
    path.write_bytes(json.dumps(GOOD | {"Title": "Größe"}, ensure_ascii=False).encode("latin-1"))
    with pytest.raises(IdeaError, match=r"idea\.json.*save it as UTF-8"):
        load_idea(path)


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("idea.yaml", "Name: x\nTitle: T\n", "YAML"),
        ("idea.json", "---\nName: x\n", "YAML"),
        ("idea.json", "- Name: x\n  Title: T\n", "YAML"),
        ("idea.toml", 'Name = "x"\n', "TOML"),
        ("idea.md", "# An idea\n", "MD"),
    ],
)
def test_another_form_is_named(tmp_path: Path, name: str, text: str, form: str) -> None:
    """YAML and its like are refused with what they are, and where an example stands."""
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(IdeaError, match=rf"looks like {form}.*docs/ideas\.md"):
        load_idea(path)


def test_metrics_may_be_a_line(tmp_path: Path) -> None:
    """Names with commas between them are the list."""
    assert load_idea(write(tmp_path, GOOD | {"Metrics": "loss, distance"})).Metrics == ["loss", "distance"]


def test_scores_of_any_kind_are_no_reason_to_refuse(tmp_path: Path) -> None:
    """A generator's scores come as numbers, texts, nothing."""
    scores = {"Interestingness": "8/10", "Feasibility": None, "Novelty": "high", "novel": None}
    assert load_idea(write(tmp_path, GOOD | scores)).Name == "an_idea"


def test_a_single_idea_may_be_named(tmp_path: Path) -> None:
    """Its own name is right, another is refused with the one that there is."""
    assert load_idea(write(tmp_path, GOOD), "an_idea").Name == "an_idea"
    with pytest.raises(IdeaError, match=r"--idea other.*it holds an_idea.*leave --idea out"):
        load_idea(write(tmp_path, GOOD), "other")


def test_lists_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    """Ideas without a name are counted, ideas of one name told, what is no idea named by its type."""
    nameless = {key: value for key, value in GOOD.items() if key != "Name"}
    with pytest.raises(IdeaError, match=r"it holds an_idea, \(number 2, without a Name\)"):
        load_idea(write(tmp_path, [GOOD, nameless]))
    two = write(tmp_path, [GOOD, GOOD | {"Title": "another"}])
    with pytest.raises(IdeaError, match=r"2 of its ideas are called 'an_idea'.*--idea 1 or 2"):
        load_idea(two, "an_idea")
    assert load_idea(two, "2").Title == "another"
    with pytest.raises(IdeaError, match=r"a list of such objects, found str"):
        load_idea(write(tmp_path, ["one", GOOD]), "an_idea")


def test_the_idea_of_the_page_can_be_read(tmp_path: Path) -> None:
    """The example of docs/ideas.md is a whole idea."""
    shown = (REPOSITORY / "docs" / "ideas.md").read_text().split("```json\n")[1].split("```")[0]
    assert load_idea(write(tmp_path, shown)).Experiment.startswith("1. Average over more")


@pytest.mark.parametrize(
    "form", ["// mine\n{text}", "{text},\n# the end\n", "Here it is:\n\n```json\n{text}\n```\nGood luck."]
)
def test_an_idea_as_it_is_typed_is_read(tmp_path: Path, form: str) -> None:
    """With comments, single quotes, commas too many, line ends in its texts, among words: what it holds is plain."""
    path = tmp_path / "idea.json"
    fields = {"Name": "x", "Title": "T", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}
    typed = (
        "{"
        + "".join(
            f"'{name}': '{text}\n more',\n" if name != "Name" else "Name: 'x', // its name\n"
            for name, text in fields.items()
        )
        + "}"
    )
    path.write_text(form.replace("{text}", typed))
    assert load_idea(path).Experiment == "E\n more"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:ab\n", "git lfs pull"),
        ("<!DOCTYPE html><html></html>", "a page of HTML"),
        ("{\n<<<<<<< HEAD\n}\n", "choose one side"),
        (
            '{"Name": "x", "Title": " ", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}',
            "must hold words",
        ),
    ],
)
def test_what_lies_in_an_idea_s_place_is_named(tmp_path: Path, text: str, said: str) -> None:
    """An empty file, a note of Git LFS, a server's page, an unfinished merge, a title of spaces: each with what helps."""
    path = tmp_path / "idea.json"
    path.write_text(text)
    with pytest.raises(IdeaError, match=said):
        load_idea(path)


def test_no_metrics_are_none(tmp_path: Path) -> None:
    """null names no metric, as an empty list does."""
    path = tmp_path / "idea.json"
    fields = {"Name": "x", "Title": "T", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}
    path.write_text(json.dumps(fields | {"Metrics": None}))
    assert load_idea(path).Metrics == []
    named = load_idea(write(path.parent, fields | {"metrics": ["loss"], "primary metric": "loss", "seeds": 3}))
    assert (named.leading, named.Seeds, named.others) == (("loss",), 3, {})
    prose = {"metrics": ["the loss, on held-out points", "distance"], "seeds": "as many as there is time for"}
    told = load_idea(write(path.parent, fields | prose))
    assert told.Metrics == [] and told.Seeds is None and set(told.others) == {"metrics", "seeds"}


@pytest.mark.parametrize(
    "text",
    [
        "idea = " + repr(GOOD),
        "export default " + json.dumps(GOOD) + ";",
        "const idea = " + json.dumps(GOOD),
        "THOUGHT:\nhm\n\nNEW IDEA JSON:\n" + json.dumps(GOOD, indent=1),
        "Here it is: \n" + json.dumps(GOOD) + "\nThat is all.",
        json.dumps(GOOD).replace('"', "”"),
        json.dumps(GOOD, indent=1).replace(" ", "\u00a0"),
        json.dumps(json.dumps(GOOD)),
    ],
)
def test_an_idea_round_which_something_stands_is_read(tmp_path: Path, text: str) -> None:
    """A program's assignment, a model's words, an editor's quotes and spaces, JSON within JSON."""
    assert load_idea(write(tmp_path, text)).Experiment == "E"


def test_latex_in_an_idea_is_not_lost(tmp_path: Path) -> None:
    """Single backslashes, as people type them: a command keeps its first letter, and nothing is refused."""
    text = json.dumps(GOOD | {"Experiment": r"$\frac{1}{2} \nabla f$, \alpha"}).replace("\\\\", "\\")
    assert load_idea(write(tmp_path, text)).Experiment == r"$\frac{1}{2} \nabla f$, \alpha"


def test_ideas_one_after_another_are_a_list(tmp_path: Path) -> None:
    """Objects without a list round them are chosen from, also by a name in other capitals."""
    path = write(
        tmp_path, json.dumps(GOOD, indent=1) + "\n" + json.dumps(GOOD | {"Name": "Other", "Title": "U"}, indent=1)
    )
    assert load_idea(path, "other").Title == "U"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\x1f\x8b\x08\x00abc", "packed .gzip."),
        (b"PK\x03\x04aaaa", "packed .zip."),
        (b"```json\n{}\n```\n```json\n{}\n```", "2 blocks of JSON"),
    ],
)
def test_what_must_be_unpacked_or_parted_is_told(tmp_path: Path, text: bytes, said: str) -> None:
    """An archive, several blocks: the message says what helps."""
    (tmp_path / "idea.json").write_bytes(text)
    with pytest.raises(IdeaError, match=said):
        load_idea(tmp_path / "idea.json")

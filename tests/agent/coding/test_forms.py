"""Edits in the forms that models use are read; what is no edit says why."""

from __future__ import annotations

import difflib
import html
import json
import time

import pytest

from agent.coding.forms import NO_FORM, Editing, read_edits
from tests.world.toy import TEMPLATE

NOW = (TEMPLATE / "experiment.py").read_text()
NEW = NOW.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")
EDITING = Editing({"experiment.py": NOW}, ("out_dir", "seed"))
OLD, FRESH = "LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005"
OLD_NEW = f"-{OLD}\n+{FRESH}"
CHANGE = {"path": "experiment.py", "search": OLD, "replace": FRESH}
NESTED = NEW.replace('"""Minimise', '"""\n```\ncode\n```\nMinimise', 1)


def diff(header: str = "--- a/experiment.py\n+++ b/experiment.py\n", lines: int = 3) -> str:
    """The change as `diff -u` writes it."""
    made = difflib.unified_diff(NOW.splitlines(keepends=True), NEW.splitlines(keepends=True), n=lines)
    return header + "".join(list(made)[2:])


@pytest.mark.parametrize(
    "reply",
    [
        f"TITLE: x\n\nexperiment.py\n```python\n{NEW}```\n",
        f"```python\n{NEW}```",
        f"```\n{NEW}```",
        f"~~~python\n{NEW}~~~",
        f"## experiment.py\n\n```python\n{NEW}```\n",
        f"**`experiment.py`**:\n```py\n{NEW}```\nThat is all.",
        f"Here is the full experiment.py:\n\n```python\n{NEW}```",
        f"The new version:\n```python\n{NEW}```",
        f"```python:experiment.py\n{NEW}```",
        f'```python title="experiment.py"\n{NEW}```',
        f"workspace/experiment.py\n```python\n{NEW}```",
        f"/home/me/runs/x/workspace/experiment.py\n```python\n{NEW}```",
        f"```text/x-python\n{NEW}```",
        f"It prints\n```text\nwritten to\nrun_1/answer.json\n```\n```python\n{NEW}```",
        f"This is v1.2:\n```python\n{NEW}```",
        f"<source>\n{NEW}</source>",
        f'<file name="experiment.py">\n{NEW}</file>',
        f"Run this after:\n```bash\npython experiment.py\n```\n\nexperiment.py\n```python\n{NEW}```",
        f"The line is\n```python\nLEARNING_RATE = 0.005\n```\nand the file:\n```python\n{NEW}```",
        f"The file was\n```python\n{NOW}```\nand is now\n```python\n{NEW}```",
        f"```diff\n{diff()}```",
        diff(),
        f"```diff\n{diff('')}```",
        f"```patch\n{diff(lines=1).replace('@@ -19', '@@ -4')}```",
        "```diff\n-LEARNING_RATE = 0.01\n+LEARNING_RATE = 0.005\n```",
        "experiment.py\n```diff\n--- experiment.py\n+++ experiment.py\n-LEARNING_RATE = 0.01\n+LEARNING_RATE = 0.005\n```",
        "*** Begin Patch\n*** Update File: experiment.py\n@@\n-LEARNING_RATE = 0.01\n+LEARNING_RATE = 0.005\n*** End Patch",
        f"*** Begin Patch\n*** Update File: experiment.py\n{OLD_NEW}\n*** End Patch",
        f"```\n*** Begin Patch\n*** Update File: experiment.py\n{OLD_NEW}\n*** End of File\n*** End Patch\n```",
        f"```patch\n*** Begin Patch\n*** Update File: workspace/experiment.py\n@@ def train\n{OLD_NEW}\n*** End Patch\n```",
        "*** Begin Patch\n*** Add File: experiment.py\n"
        + "".join(f"+{line}\n" for line in NEW.splitlines())
        + "*** End Patch",
        json.dumps(CHANGE),
        json.dumps([CHANGE]),
        json.dumps({"edits": [CHANGE]}, indent=1),
        f"TITLE: x\n\n```json\n{json.dumps(CHANGE, indent=2)}\n```\n",
        f"TITLE: x\n\n```\n{json.dumps([CHANGE])}\n```\nThat is all.",
        f"The edit:\n{json.dumps(CHANGE)}\n",
        json.dumps({"search": OLD, "replace": FRESH}),
        json.dumps({"file": "experiment.py", "edits": [{"old_string": OLD, "new_string": FRESH}]}),
        json.dumps(
            {
                "name": "str_replace",
                "arguments": json.dumps({"path": "experiment.py", "old_str": OLD, "new_str": FRESH}),
            }
        ),
        json.dumps(
            {
                "tool_calls": [
                    {
                        "function": {
                            "name": "edit",
                            "arguments": {"file_path": "experiment.py", "oldText": "0.01", "newText": "0.005"},
                        }
                    }
                ]
            }
        ),
        json.dumps({"file": "experiment.py", "content": NEW}),
        json.dumps({"path": "/workspace/experiment.py", "content": NEW.splitlines()}),
        json.dumps({"experiment.py": NEW}),
        json.dumps({"files": {"experiment.py": {"content": NEW}}}),
        '{"path": "experiment.py", "content": "' + NEW.replace("\\", "\\\\").replace('"', '\\"') + '"}',
        f"<edit>\n<path>experiment.py</path>\n<search>\n{OLD}\n</search>\n<replace>\n{FRESH}\n</replace>\n</edit>",
        f'<edit path="experiment.py">\n<old>{OLD}</old>\n<new>{FRESH}</new>\n</edit>',
        f"<write_to_file>\n<path>experiment.py</path>\n<content>\n{NEW}</content>\n</write_to_file>",
        f"<file><path>experiment.py</path><content><![CDATA[\n{NEW}]]></content></file>",
        f'<file path="experiment.py">\n{NEW}</file>',
        f'<file path="experiment.py">\n```python\n{NEW}```\n</file>',
        f'<invoke name="str_replace"><parameter name="path">experiment.py</parameter><parameter name="old_str">{OLD}</parameter>'
        f'<parameter name="new_str">{FRESH}</parameter></invoke>',
        f"Replace:\n```python\n{OLD}\n```\nWith:\n```python\n{FRESH}\n```\n",
        f"**Replace:**\n\n```python\n{OLD}\n```\n\n**With:**\n\n```python\n{FRESH}\n```\n",
        f"In experiment.py, change this line\n```\n{OLD}\n```\nto\n```\n{FRESH}\n```\n",
        f"Before:\n```python\n{OLD}\n```\nAfter:\n```python\n{FRESH}\n```",
        f"Replace: `{OLD}`\nWith: `{FRESH}`",
        f"From 1 Mon Sep 17\nSubject: x\n---\n{diff()}-- \n2.40.1\n",
        json.dumps([{"explanation": "smaller steps"}, CHANGE]),
        f"**SEARCH**\n```python\n{OLD}\n```\n**REPLACE**\n```python\n{FRESH}\n```\n",
        f'```json\n{{\n  // the file\n  "path": "experiment.py",\n  "search": "{OLD}", # as it is\n  "replace": "{FRESH}",\n}}\n```',
        f"{{'path': 'experiment.py', 'search': '{OLD}', 'replace': '{FRESH}'}}",
        f"{{path: “experiment.py”, search: “{OLD}”, replace: “{FRESH}”}}",
        json.dumps({"name": "experiment", "type": "code/python", "content": NEW}),
        f"```diff\n--- a/experiment.py\n+++ b/experiment.py\n@@ -17,2 +17,2 @@\nfrom judge.problem import DIMENSION, GRADIENTS, NOISE, START, loss, noisy_gradient\n\n{OLD_NEW}\n```",
        f"C:\\runs\\workspace\\experiment.py\n```python\n{NEW}```\n",
        f".\\experiment.py\n```python\n{NEW}```\n",
        f"Experiment.py\n```python\n{NEW}```\n",
        f"<details><summary>experiment.py</summary>\n\n```python\n{NEW}```\n</details>",
        f"experiment.py\n```python\n{NEW}```\n".replace("\n", "\r\n"),
        f"experiment.py\n```python\n\ufeff{NEW}```\n",
        f"experiment.py\n```python\n{html.escape(NEW)}```\n",
        "".join(f"> {line}\n" for line in f"experiment.py\n```python\n{NEW}```".splitlines()),
        "experiment.py\n```python\n"
        + "".join(f"{at:4d} | {line}\n" for at, line in enumerate(NEW.splitlines(), 1))
        + "```",
        "experiment.py\n```python\n" + "".join(f">>> {line}\n" for line in NEW.splitlines()) + "```",
        f"experiment.py\n\n{NEW}",
        f"TITLE: x\n\n{NEW}\nThat is all.",
        f"\\begin{{lstlisting}}\n{NEW}\\end{{lstlisting}}",
        f"#+BEGIN_SRC python :tangle experiment.py\n{NEW}#+END_SRC\n",
        f'<pre><code class="language-python">\n{html.escape(NEW)}</code></pre>'.replace("<", "&lt;").replace(
            ">", "&gt;"
        ),
        f'<antArtifact identifier="experiment.py" language="python">\n{NEW}</antArtifact>',
        f"```bash\ncat > experiment.py <<'EOF'\n{NEW}EOF\n```",
        f"'''python\n{NEW}'''",
        "The file:\n\n" + "".join(f"    {line}".rstrip() + "\n" for line in NEW.splitlines()) + "\nDone\n",
        "- it is now\n\n  ```python\n" + "".join(f"  {line}\n" for line in NEW.splitlines()) + "  ```\n",
    ],
)
@pytest.mark.parametrize("whole", [False, True])
def test_a_form_that_models_use_is_the_edit(reply: str, whole: bool) -> None:
    """Whole files in any fence, under any name that means the file, and diffs with right, wrong or no line numbers."""
    found = read_edits(reply, Editing(EDITING.files, EDITING.flags, whole))
    assert found.wholes == (("experiment.py", NEW),), found.problem
    assert not found.blocks and not found.refused and not found.problem


def test_data_that_cannot_be_applied_says_why() -> None:
    """Broken JSON, a change of another file, one that changes nothing: each is answered, none is passed over."""
    for reply, why in (
        ('```json\n{"path": "experiment.py", "search": "LEARNING_RATE = 0.01, "replace": "x"}\n```', "does not parse"),
        (json.dumps(CHANGE | {"replace": OLD}), "change nothing"),
        (json.dumps({"path": "experiment.py", "content": "x = 1\n"}), "does not take"),
        (json.dumps({"path": "experiment.py", "search": "", "replace": "x = 1"}), "does not say what it replaces"),
    ):
        found = read_edits(reply, EDITING)
        assert not found.edits and NO_FORM in found.problem and why in found.problem, reply
    assert read_edits(json.dumps(CHANGE | {"path": "harness/sae.py"}), EDITING).refused == ("harness/sae.py",)


@pytest.mark.parametrize(
    "place",
    [
        {"insert_after": "import json"},
        {"action": "append"},
        {"command": "insert"},
        {"line": 7},
        {"start_line": 3, "end_line": 9},
        {"position": "end"},
    ],
)
def test_a_part_of_a_file_never_takes_the_place_of_the_whole(place: dict[str, object]) -> None:
    """Data that says where its content belongs gives no whole file, however whole the content looks: it is answered."""
    content = EDITING.files["experiment.py"] + "# more\n"
    found = read_edits(json.dumps({"path": "experiment.py", **place, "content": content}), EDITING)
    assert not found.edits and "does not say what it replaces" in found.problem


def test_a_snippet_of_a_script_without_flags_is_no_whole_file() -> None:
    """Where the tool gives a file no flags, content that defines next to nothing of it is refused as a listing is."""
    editing = Editing({"plot.py": "A = 1\nB = 2\n\n\ndef draw():\n    return A + B\n"})
    found = read_edits(json.dumps({"path": "plot.py", "content": "BLUE = 3"}), editing)
    assert not found.edits and "lacks most of what the file defines" in found.problem


def test_data_without_a_plain_place_is_left_to_be_searched() -> None:
    """What does not stand in the file as it is given, or twice, goes to the coder as a block, whose report the model hears."""
    assert read_edits(json.dumps(CHANGE | {"search": "RATE = 7"}), EDITING).blocks[0][:2] == (
        "experiment.py",
        "RATE = 7\n",
    )
    assert read_edits(json.dumps(CHANGE | {"search": "import"}), EDITING).blocks


@pytest.mark.parametrize(
    "reply",
    [
        f"experiment.py: `{OLD}` -> `{FRESH}`",
        f"| file | old | new |\n|---|---|---|\n| experiment.py | `{OLD}` | `{FRESH}` |",
        f"<del>{OLD}</del><ins>{FRESH}</ins>",
        f"- In experiment.py:\n  - `{OLD}` becomes `{FRESH}`.",
        f":%s/{OLD}/{FRESH}/g # of LEARNING_RATE",
        f"Line 20 now:\n{OLD}\nNew line 20:\n{FRESH}",
    ],
)
def test_a_change_that_is_only_told_is_answered(reply: str) -> None:
    """A line of the file that is quoted as changed, in no form that is read: the model hears which line, and that nothing was done."""
    found = read_edits(reply, EDITING)
    assert not found.edits and NO_FORM + ": " in found.problem


@pytest.mark.parametrize("unknown", [{"frobnicate": "x"}, {"op": "move", "lines": "3-5"}, {"text_at": 7, "note": "y"}])
def test_one_change_of_a_list_that_is_not_read_stops_all(unknown: dict[str, object]) -> None:
    """It names the file, so it is a change: none is made, and the reason is told."""
    found = read_edits(json.dumps([CHANGE, {"path": "experiment.py", **unknown}]), EDITING)
    assert not found.edits and "does not say what it replaces" in found.problem


def test_json_that_is_no_edit_is_none() -> None:
    """Results, settings and prose about JSON are no edit and no problem."""
    for reply in (
        '```json\n{"learning_rate": 0.005, "path": "experiment.py"}\n```',
        'It writes {"loss": 0.1} to final_info.json.',
        "{'a': 1}",
        "{// nothing\n}",
        '{"content": "hello"}',
        "I replace nothing: `a` stays with `b`.",
    ):
        found = read_edits(reply, EDITING)
        assert not found.edits and not found.problem, reply


def test_fences_in_the_file_do_not_end_its_listing() -> None:
    """A listing ends where what it holds is Python, not at the first line that looks like its end."""
    found = read_edits(f"experiment.py\n```python\n{NESTED}```\nDone.\n", EDITING)
    assert found.wholes == (("experiment.py", NESTED),)


def test_two_files_are_two_listings() -> None:
    """Each under its own name, in a reply with words between."""
    files = {"a.py": "x = 1\n", "b.py": "y = 1\n"}
    found = read_edits("a.py\n```\nx = 2\n```\nand\n\nb.py\n```\ny = 2\n```\n", Editing(files))
    assert found.wholes == (("a.py", "x = 2\n"), ("b.py", "y = 2\n"))


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("Here is how:\n```python\nreturn a + b\n```\n", "lack|no whole Python|does not take"),
        ("experiment.py\n```python\nLEARNING_RATE = 0.005\n```\n", "does not take --out_dir"),
        (f"experiment.py\n```python\n{NEW}", "never ends"),
        (f"experiment.py\n```python\n{NEW[:900]}\n", "never ends"),
        (f"experiment.py\n```python\n{NESTED[:120]}\n", "never ends|no whole Python"),
        (f"<source>\n{NEW}", "never ends"),
        (f"```diff\n{diff()}", "never ends"),
        (
            f"experiment.py\n```python\n{NEW.replace('    rng = random', '    # ... rest unchanged ...')}```",
            "leaves out",
        ),
        (f"```python\n{NEW.replace('def main() -> None:', 'def main( -> None:')}```", "no whole Python"),
        ("import os\n\ndef f():\n    return 1\n", NO_FORM),
        ("```yaml\nfile: experiment.py\nsearch: |\n  a = 1\nreplace: |\n  a = 2\n```", "form that is not read"),
        ("```bash\nsed -i 's/0.01/0.005/' experiment.py\n```", "form that is not read"),
        ('<invoke name="edit_file">\n<parameter name="x">1</parameter>\n</invoke>', "form that is not read"),
        (
            '{"command":"insert","path":"experiment.py","insert_line":1,"new_str":"x = 1"}',
            "does not say what it replaces",
        ),
        (NEW[: NEW.index("if __name__")], NO_FORM),
        (NEW.replace("    rng = random", "    # ... rest unchanged ..."), NO_FORM),
        (f"First\n{NEW[: NEW.index('if __name__')]}and then\n\ndef more():\n    return 1\n", NO_FORM),
        ("19c19\n< a = 1\n---\n> a = 2\n", "form that is not read"),
        ("*** a.py\n--- a.py\n***************\n! a = 2\n", "form that is not read"),
        ('```toml\n[[edit]]\npath = "experiment.py"\n```', "form that is not read"),
        ('{"cells": [{"cell_type": "code", "source": ["a = 1"]}]}', "form that is not read"),
        (json.dumps([CHANGE, {"path": "experiment.py", "op": "insert", "at": 3, "value": "x"}]), "what it replaces"),
    ],
)
def test_code_that_is_no_edit_says_why(reply: str, why: str) -> None:
    """A snippet, a file without its flags, cut off, with parts left out, broken, or without a fence is not applied."""
    import re

    found = read_edits(reply, EDITING)
    assert not found.edits and found.problem.startswith(NO_FORM) and re.search(why, found.problem), found


@pytest.mark.parametrize("reply", ["", "ALL_COMPLETED", "I would average.", "```bash\nls\n```", "```json\n{}\n```"])
def test_words_are_no_code(reply: str) -> None:
    """Words, commands and output hold no edit and no problem."""
    found = read_edits(reply, EDITING)
    assert not found.edits and not found.problem


@pytest.mark.parametrize("name", ["harness/sae.py", "../experiment.py", "..\\experiment.py", "other.py", "/dev/zero"])
def test_another_file_is_refused(name: str) -> None:
    """A listing or a diff of a file that is not editable is named, and is not taken for the one that is."""
    assert read_edits(f"{name}\n```python\n{NEW}```\n", EDITING).refused == (name,)
    assert read_edits(diff(f"--- a/{name}\n+++ {name}\n"), EDITING).refused == (name,)


def test_a_hunk_without_its_place_is_left_to_be_searched() -> None:
    """One hunk lands, the other stays a block that the model hears of."""
    text = diff() + "@@ -1,2 +1,2 @@\n-no such line\n+another\n"
    found = read_edits(text, EDITING)
    assert found.wholes == (("experiment.py", NEW),)
    assert found.blocks == (("experiment.py", "no such line\n", "another\n"),)


@pytest.mark.parametrize("line", ["[don't\n", '{"path": "experiment.py", "search": "x\n', "> x\n", "<<<<<<<\n"])
def test_a_reply_that_goes_on_for_ever_is_read_in_time(line: str) -> None:
    """A model that repeats itself up to its limit holds nobody up: the coder's process may be silent for two minutes."""
    began = time.monotonic()
    read_edits(line * 4000, EDITING)
    assert time.monotonic() - began < 30

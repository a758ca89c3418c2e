"""Edits that a reply packs into data, tools' calls or commands: read where that is safe, else told by the form's name."""

from __future__ import annotations

import base64
import json
import re
import time

import pytest

from agent.coding.forms import NO_FORM, Editing, read_edits
from tests.agent.coding.test_forms import EDITING, FRESH, NEW, NOW, OLD

NUMBER = NOW.splitlines().index(OLD) + 1
CALL = json.dumps({"path": "experiment.py", "old_str": OLD, "new_str": FRESH})
HUNK = f"@@ -{NUMBER} +{NUMBER} @@\n-{OLD}\n+{FRESH}\n"
WHOLE = "".join(f"+{line}\n" for line in NEW.splitlines())


def numbered(form: str) -> str:
    """The new file with a number before each line."""
    return "".join(f"{form.format(at)}{line}\n" for at, line in enumerate(NEW.splitlines(), 1))


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps({"fileName": "experiment.py", "searchText": OLD, "replaceText": FRESH}),
        json.dumps({"file": "experiment.py", "find": OLD, "replaceWith": FRESH}),
        json.dumps({"file": "experiment.py", "changes": [{"remove": [OLD], "add": [FRESH]}]}),
        json.dumps({"file": "experiment.py", "current_code": OLD, "updated-code": FRESH}),
        json.dumps({"file": "experiment.py", "diff": HUNK}),
        json.dumps({"patch": f"--- a/experiment.py\n+++ b/experiment.py\n{HUNK}"}),
        json.dumps({"experiment.py": {"diff": HUNK}}),
        json.dumps({"cmd": ["apply_patch", f"*** Begin Patch\n*** Update File: experiment.py\n{HUNK}*** End Patch\n"]}),
        f"<function=edit_file>{CALL}</function>",
        f'[TOOL_CALLS][{{"name": "edit", "arguments": {CALL}}}]',
        f"<|tool_call_begin|>functions.edit:0<|tool_call_argument_begin|>{CALL}<|tool_call_end|>",
        f"edit_file({CALL})",
        f"--- /dev/null\n+++ b/experiment.py\n@@ -0,0 +1,{len(NEW.splitlines())} @@\n{WHOLE}",
        f"```diff\n- {OLD}\n+ {FRESH}\n```",
        f"1. Smaller steps:\n   ```diff\n   --- a/experiment.py\n   +++ b/experiment.py\n   {HUNK.strip()}\n   ```\n".replace(
            f"\n-{OLD}\n+", f"\n   -{OLD}\n   +"
        ),
        *(f"experiment.py\n```python\n{numbered(form)}```" for form in ("L{}: ", "[{}] ", "{}. ", "{:>3} ")),
    ],
)
def test_a_packed_edit_is_read(reply: str) -> None:
    """Keys under any usual name, diffs within JSON, calls behind a server's marks, lines under numbers of any form."""
    found = read_edits(reply, EDITING)
    assert found.wholes == (("experiment.py", NEW),), found
    assert not found.blocks and not found.refused and not found.problem


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("experiment.py:\n```\n" + base64.b64encode(NEW.encode()).decode() + "\n```", "base64"),
        ("```base64\n" + base64.encodebytes(NEW.encode()).decode() + "```", "base64"),
        (json.dumps({"path": "experiment.py", "content_base64": base64.b64encode(NEW.encode()).decode()}), "base64"),
        ("data:text/x-python;base64," + base64.b64encode(NEW.encode()).decode(), "base64"),
        (f'file,line,old,new\nexperiment.py,{NUMBER},"{OLD}","{FRESH}"\n', "quotes"),
        (f"path\told\tnew\nexperiment.py\t{OLD}\t{FRESH}\n", "quotes"),
        (f"{OLD}    |    {FRESH}", "quotes"),
        (f"Line {NUMBER}: {OLD} → {FRESH}", "quotes"),
        (f"ed experiment.py <<EOF\n{NUMBER}s/0.01/0.005/\nw\nq\nEOF", "not read"),
        (f":{NUMBER}s/0.01/0.005/", "not read"),
        (f"```ed\n{NUMBER}c\n{FRESH}\n.\nw\nq\n```", "not read"),
        ("awk '{sub(/0.01/,\"0.005\")}1' experiment.py > t && mv t experiment.py", "not read"),
        ("$ perl -i -pe 's/0\\.01/0.005/' experiment.py", "not read"),
        ("(Get-Content experiment.py) -replace '0.01','0.005' | Set-Content experiment.py", "not read"),
        (f"experiment.py\n{NUMBER}#a1|{FRESH}\n", "not read"),
        (json.dumps({"experiment.py": {"LEARNING_RATE": 0.005}}), "what it replaces"),
    ],
)
def test_what_is_packed_too_well_is_told(reply: str, why: str) -> None:
    """Base64, tables, editors' and shells' commands, settings: nothing is guessed, and the model hears what it was."""
    found = read_edits(reply, EDITING)
    assert not found.edits and found.problem.startswith(NO_FORM) and re.search(why, found.problem), found


def test_a_listing_of_two_files_is_two() -> None:
    """Under comments with their names in one fence, each goes where it belongs; one name alone is a comment."""
    files = {"a.py": "x = 1\n", "b.py": "y = 1\n"}
    found = read_edits("```python\n# a.py\nx = 2\n\n# b.py\ny = 2\n```", Editing(files))
    assert found.wholes == (("a.py", "x = 2\n"), ("b.py", "y = 2\n"))
    assert read_edits("a.py\n```python\n# a.py\nx = 2\n```", Editing(files)).wholes == (("a.py", "# a.py\nx = 2\n"),)


def test_a_file_whose_beginning_stands_elsewhere_is_not_taken_without_it() -> None:
    """Its first lines beside a tag that is not known: what follows them is not the whole file."""
    found = read_edits(f"<files><name>experiment.py</name><body>{NEW}</body></files>", EDITING)
    assert not found.edits and found.problem


@pytest.mark.parametrize("reply", ["Run `python experiment.py --out_dir=run_1`.", "python experiment.py", "1. a\n2. b"])
def test_words_that_name_a_file_are_no_edit(reply: str) -> None:
    """How a script is run, or a list of steps, is told as nothing."""
    found = read_edits(reply, EDITING)
    assert not found.edits and not found.problem


@pytest.mark.parametrize("line", ["\n", "```\n", "<x>{\n", "1a\n"])
def test_a_line_that_comes_for_ever_is_read_in_time(line: str) -> None:
    """Blank lines and fences up to a reply's limit hold nobody up."""
    began = time.process_time()
    read_edits(line * (8000 // len(line)), EDITING)
    assert time.process_time() - began < 20

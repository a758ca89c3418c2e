"""SEARCH/REPLACE blocks in the marks that models write: each is read as it was meant, and what cannot be is told."""

from __future__ import annotations

import pytest

from agent.coding.as_meant import as_meant
from agent.coding.blocks import Block, Broken, blocks_of, has_blocks
from tests.world.toy import TEMPLATE

NOW = (TEMPLATE / "experiment.py").read_text()
FILES = {"experiment.py": NOW}
OLD, FRESH = "LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005"
BLOCK = f"<<<<<<< SEARCH\n{OLD}\n=======\n{FRESH}\n>>>>>>> REPLACE\n"
CHANGE = Block("experiment.py", f"{OLD}\n", f"{FRESH}\n")


def read(reply: str, files: dict[str, str] | None = None) -> list[Block]:
    """The blocks of a reply as a turn reads them."""
    text = as_meant(reply, (files or FILES).values())
    assert has_blocks(text)
    return blocks_of(text, files or FILES)


def fenced(block: str, name: str = "experiment.py") -> str:
    return f"{name}\n```python\n{block}```\n"


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (fenced(BLOCK), "experiment.py"),
        (BLOCK, "experiment.py"),
        (f"```python\n{BLOCK}```", "experiment.py"),
        (f"The change:\n```python\n{BLOCK}```", "experiment.py"),
        (f"### `workspace/experiment.py`\n\n```python\n{BLOCK}```", "experiment.py"),
        (f"```python experiment.py\n{BLOCK}```", "experiment.py"),
        (f"In experiment.py:\n<source>\n{BLOCK}</source>", "experiment.py"),
        (f"<path>experiment.py</path><diff>\n{BLOCK}</diff>", "experiment.py"),
        (f"<path>experiment.py</path>\n<diff>\n{BLOCK}</diff>", "experiment.py"),
        (BLOCK.replace("SEARCH", "SEARCH experiment.py"), "experiment.py"),
        (fenced(BLOCK, "C:\\runs\\workspace\\experiment.py"), "experiment.py"),
        (fenced(BLOCK, ".\\experiment.py"), "experiment.py"),
        (fenced(BLOCK, "\u200bexperiment.py"), "experiment.py"),
        (fenced(BLOCK, "and"), "experiment.py"),
        (fenced(BLOCK, "Then"), "experiment.py"),
        (fenced(BLOCK, "harness/sae.py"), "harness/sae.py"),
        (fenced(BLOCK, "Makefile"), "Makefile"),
        (fenced(BLOCK, "../experiment.py"), "../experiment.py"),
        (fenced(BLOCK, "..\\experiment.py"), "..\\experiment.py"),
    ],
)
def test_each_block_gets_the_name_of_its_file(reply: str, name: str) -> None:
    """What a model leaves out or writes another way is found; another file stays another file; a word is no file."""
    assert read(reply) == [Block(name, CHANGE.search, CHANGE.replace)]


@pytest.mark.parametrize(
    "block",
    [
        BLOCK.replace("SEARCH", "ORIGINAL").replace("REPLACE", "UPDATED"),
        BLOCK.replace("SEARCH", "search").replace("REPLACE", "replace"),
        BLOCK.replace("<<<<<<<", "-------").replace(">>>>>>>", "+++++++"),
        BLOCK.replace("<<<<<<<", "<<<<").replace("=======", "====").replace(">>>>>>>", ">>>>"),
        BLOCK.replace("<<<<<<< ", "<<<").replace("=======", "===").replace(">>>>>>> ", ">>>"),
        BLOCK.replace("<<<<<<<", "<" * 11).replace("=======", "=" * 11).replace(">>>>>>>", ">" * 11),
        BLOCK.replace("=======", "======= REPLACE").replace(">>>>>>> REPLACE", ">>>>>>>"),
        BLOCK.replace(">>>>>>> REPLACE", ">>>>>>>"),
        BLOCK.replace(">>>>>>> REPLACE\n", ""),
        BLOCK.replace("SEARCH", "HEAD").replace("REPLACE", "feature/rate"),
        f"<<<<<<< ours\n{OLD}\n||||||| base\nanything\n=======\n{FRESH}\n>>>>>>> theirs\n",
        BLOCK.replace("SEARCH\n", "SEARCH\n:start_line:19\n-------\n"),
        BLOCK.replace("SEARCH\n", "SEARCH\n:start_line:19\n:end_line:19\n-------\n"),
        BLOCK.replace(OLD, f"19 | {OLD}").replace(FRESH, f"19 | {FRESH}"),
        BLOCK.replace("RATE = ", "RATE\u00a0=\u00a0"),
        BLOCK.replace("\n", "\r\n"),
        BLOCK.replace("\n", "\r"),
        BLOCK.replace("<", "&lt;").replace(">", "&gt;"),
        BLOCK.replace("<", "＜").replace(">", "＞").replace("=======", "＝＝＝＝＝＝＝"),
        f"\ufeff{BLOCK}",
    ],
)
def test_marks_in_other_lengths_and_words_are_marks(block: str) -> None:
    """Merges, tools' dialects, numbers before lines, entities, wide signs, an end that was left out in a closed fence."""
    assert read(fenced(block)) == [CHANGE]


def test_a_quoted_reply_is_a_reply() -> None:
    """The marks of a quotation round all of it, or round the block alone, are none of the code's."""
    quoted = "".join(f"> {line}\n" for line in fenced(BLOCK).splitlines())
    assert read(quoted) == read(f"I would say:\n\n{quoted}\nThat is all.") == [CHANGE]


@pytest.mark.parametrize("underline", ["=======", "=====", "==="])
def test_an_underline_in_the_text_divides_nothing(underline: str) -> None:
    """A heading in a docstring, among the lines to be found or among the new ones, does not cut the block short."""
    before, after = f'"""Title\n{underline}\nText."""', f'"""Other\n{underline}\nMore."""\nX = 1'
    block = f"<<<<<<< SEARCH\n{before}\n=======\n{after}\n>>>>>>> REPLACE\n"
    files = {"experiment.py": before + "\nY = 2\n"}
    assert read(fenced(block), files) == [Block("experiment.py", before + "\n", after + "\n")]


def test_what_the_file_holds_stays_as_it_is() -> None:
    """Typeset quotes, entities and numbers that stand in the file are searched for as they stand there."""
    now = 'A = "“x”"\nB = "&lt;"\n1: 2\n'
    for line in now.splitlines():
        block = f"<<<<<<< SEARCH\n{line}\n=======\n{line}0\n>>>>>>> REPLACE\n"
        assert read(fenced(block), {"experiment.py": now})[0].search == line + "\n"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("experiment.py\n```python\n" + BLOCK.split(">>>>>>>")[0], "Expected `>>>>>>> REPLACE`"),
        (fenced(BLOCK) + "experiment.py\n```python\n<<<<<<< SEARCH\nX = 1\n=======\nX =", "Expected `>>>>>>> REPLACE`"),
        (fenced(BLOCK) + fenced(BLOCK.replace("=======\n", "")), "Expected `=======`"),
    ],
)
def test_a_block_that_is_cut_off_is_none(reply: str, why: str) -> None:
    """Without its end and without the fence's, or without its middle, nothing of the reply is taken: it says why."""
    with pytest.raises(Broken) as told:
        read(reply)
    assert why in str(told.value)


def test_a_block_without_a_name_goes_to_the_file_that_holds_it() -> None:
    """Of several editable files, the only one with these lines; the next block follows it; where none holds them, it is told."""
    files = {"experiment.py": NOW, "plot.py": "x = 1\n"}
    assert read(f"```\n{BLOCK}```\n```\n{BLOCK}```\n", files) == [CHANGE, CHANGE]
    with pytest.raises(Broken, match="names no file"):
        read(f"```\n{BLOCK.replace(OLD, 'no such line')}```\n", files)

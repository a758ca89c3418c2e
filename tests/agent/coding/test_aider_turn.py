"""Turns of the real aider: what lands in the files, what does not, and what the model is shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.coding.aider_client import AiderCoder
from agent.coding.coder import CoderFailed, TurnRequest
from agent.coding.edit import TurnOutcome, compare_turn, snapshot
from agent.models.protocol import Message
from agent.models.tokens import count_tokens
from tests.agent.coding.conftest import CODE, Answers, block

pytestmark = pytest.mark.process

Make = Callable[..., TurnRequest]
GOOD = block("    return a - b\n", "    return a + b\n")
MISS = block("    return a * b\n", "    return a + b\n")


def turned(coder: AiderCoder, request: TurnRequest, ask: Callable[[list[Message]], str]) -> TurnOutcome:
    """A turn, and its outcome from the files."""
    before = snapshot(request.workspace)
    return compare_turn(before, request.workspace, request.editable, coder.work(request, ask))


def test_an_edit_lands_in_the_file(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """One block changes its lines, and outcome, diff, counts and transcript say so."""
    edit = turned(aider, request_for(), Answers("TITLE: add adds\n\n" + GOOD))
    assert (workspace / "experiment.py").read_text() == CODE.replace("a - b", "a + b")
    assert edit.outcome == "applied"
    assert edit.changed == ("experiment.py",)
    assert not edit.outside
    assert "-    return a - b\n+    return a + b\n" in edit.diff
    assert edit.reply.text.startswith("TITLE: add adds")
    assert (edit.reply.edits_applied, edit.reply.edits_unmatched, edit.reply.exchanges) == (1, 0, 1)
    assert "Applied edit to experiment.py" in edit.reply.transcript
    assert not edit.partial


def test_several_blocks_land_in_several_files(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """Blocks for two files and a new one, all editable, are all applied."""
    (workspace / "plot.py").write_text("colour = 'red'\n")
    reply = (
        GOOD
        + block("    return a / 3\n", "    return a / 2\n")
        + block("colour = 'red'\n", "colour = 'blue'\n", "plot.py")
    )
    reply += block("", "x = 1\n", "deep/new.py")
    edit = turned(aider, request_for(editable=("experiment.py", "plot.py", "deep/new.py")), Answers(reply))
    assert edit.changed == ("deep/new.py", "experiment.py", "plot.py")
    assert not edit.outside
    assert "a + b" in (workspace / "experiment.py").read_text()
    assert "a / 2" in (workspace / "experiment.py").read_text()
    assert (workspace / "deep/new.py").read_text() == "x = 1\n"
    assert edit.reply.edits_applied == 4


def test_an_unmatched_block_is_put_right(aider: AiderCoder, request_for: Make) -> None:
    """A block that matches nothing goes back to the model with the report; its second answer lands."""
    ask = Answers(MISS, GOOD)
    edit = turned(aider, request_for(), ask)
    assert edit.outcome == "applied"
    assert not edit.partial
    assert "failed to match" in ask.asked[1][-1].content
    assert (edit.reply.edits_unmatched, edit.reply.edits_left, edit.reply.exchanges) == (1, 0, 2)
    assert edit.reply.left_report == ""


def test_a_block_that_never_matches_is_unmatched(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """After three reflections the turn ends, the file is as it was, and the outcome says why."""
    edit = turned(aider, request_for(), Answers(MISS, MISS, MISS, MISS))
    assert edit.outcome == "unmatched"
    assert edit.diff == ""
    assert (workspace / "experiment.py").read_text() == CODE
    assert (edit.reply.edits_unmatched, edit.reply.edits_left, edit.reply.exchanges) == (4, 1, 4)


def test_giving_up_on_a_block_is_unmatched_too(aider: AiderCoder, request_for: Make) -> None:
    """A model that answers the report with mere words has still left an edit undone."""
    edit = turned(aider, request_for(), Answers(MISS, "I give up."))
    assert edit.outcome == "unmatched"
    assert edit.reply.edits_left == 1


def test_a_partly_applied_reply_is_told(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """Where one block lands and the other never does, the turn is applied, and partial."""
    edit = turned(aider, request_for(), Answers(GOOD + MISS, "I leave it at that."))
    assert edit.outcome == "applied"
    assert edit.partial
    assert "a + b" in (workspace / "experiment.py").read_text()
    assert (edit.reply.edits_applied, edit.reply.edits_left) == (1, 1)
    search = MISS.split("<<<<<<< SEARCH\n")[1].split("\n=======")[0]
    assert search in edit.reply.left_report and "failed to match" in edit.reply.left_report


@pytest.mark.parametrize("reply", ["ALL_COMPLETED", "", "Here is how:\n```python\nreturn a + b\n```\n"])
def test_a_reply_without_an_edit_is_no_edit(aider: AiderCoder, request_for: Make, workspace: Path, reply: str) -> None:
    """Words, nothing at all, or code outside a block change nothing and cost one exchange."""
    edit = turned(aider, request_for(), Answers(reply))
    assert edit.outcome == "no_edit"
    assert edit.reply.text == reply.strip()
    assert edit.reply.exchanges == 1
    assert (workspace / "experiment.py").read_text() == CODE


def test_an_edit_to_the_same_text_is_not_an_edit(aider: AiderCoder, request_for: Make) -> None:
    """aider reports an applied edit where the new lines equal the old; the hashes know better, and it is called unchanged."""
    edit = turned(aider, request_for(), Answers(block("    return a - b\n", "    return a - b\n")))
    assert edit.reply.edits_applied == 1
    assert edit.outcome == "unchanged"
    assert not edit.changed


@pytest.mark.parametrize("new", [True, False])
@pytest.mark.parametrize("where", ["../../x.py", "{outside}/x.py", "../secret.py", "{outside}/secret.py", "other.py"])
def test_nothing_is_written_elsewhere(
    aider: AiderCoder, request_for: Make, workspace: Path, tmp_path: Path, where: str, new: bool
) -> None:
    """A block that names another path, there or not, is refused; the model hears it, and no file changes."""
    for path in (tmp_path / "secret.py", workspace / "other.py"):
        path.write_text("    return a * b\n")
    before = snapshot(tmp_path)
    name = where.format(outside=tmp_path)
    ask = Answers(block("" if new else "    return a * b\n", "evil\n", name), "I see.")
    edit = turned(aider, request_for(), ask)
    assert snapshot(tmp_path) == before
    assert edit.outcome == "outside"
    assert edit.reply.refused == (name,)
    assert "Only these files may be edited: experiment.py" in ask.asked[1][-1].content


def test_a_device_or_a_link_named_by_a_reply_is_not_read(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """/dev/zero and a FIFO would hang whoever reads them: a refused path is never opened, in either format."""
    os.mkfifo(workspace / "pipe.py")
    for name in ("/dev/zero", "pipe.py"):
        assert turned(aider, request_for(), Answers(block("x\n", "y\n", name), "")).reply.refused == (name,)
        whole = Answers(f"{name}\n```\ny\n```\n", "")
        assert turned(aider, request_for(unmatched_before=True), whole).reply.refused == (name,)


@pytest.mark.parametrize("message", ["/run touch {mark}", "!touch {mark}", "/add /etc/passwd", "/exit"])
def test_a_message_is_never_a_command(aider: AiderCoder, request_for: Make, tmp_path: Path, message: str) -> None:
    """A message that looks like a command reaches the model as text and runs nothing."""
    mark = tmp_path / "mark"
    ask = Answers("Fine.")
    turned(aider, request_for(message.format(mark=mark)), ask)
    assert ask.asked[0][-1].content == message.format(mark=mark)
    assert not mark.exists()


def test_a_url_is_only_text(aider: AiderCoder, request_for: Make) -> None:
    """A URL in message and reply is neither fetched nor asked about."""
    ask = Answers("See https://example.org/b and `ls`.")
    edit = turned(aider, request_for("read https://example.org/a please"), ask)
    assert len(ask.asked) == 1
    assert "browser" not in edit.reply.transcript.lower()


def test_a_shell_block_in_a_reply_is_not_run(aider: AiderCoder, request_for: Make, tmp_path: Path) -> None:
    """A suggested shell command stays a suggestion."""
    turned(aider, request_for(), Answers(f"```bash\ntouch {tmp_path}/mark\n```\n"))
    assert not (tmp_path / "mark").exists()


def test_a_long_prompt_travels(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """A message, a file and an answer past 100,000 characters each come through whole."""
    (workspace / "experiment.py").write_text("x = 1\n" * 30_000 + CODE)
    ask = Answers("word " * 40_000 + "\n\n" + GOOD)
    message = "0123456789" * 12_000
    edit = turned(aider, request_for(message), ask)
    assert ask.asked[0][-1].content == message
    assert sum(len(m.content) for m in ask.asked[0]) > 300_000
    assert edit.outcome == "applied"
    assert len(edit.reply.text) > 200_000


def test_unicode_travels(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """Greek, an emoji, a line separator and a lone surrogate pass; the surrogate becomes a question mark in the file."""
    (workspace / "experiment.py").write_text("s = '\u2028'\nλ = 'ä'\n", encoding="utf-8")
    reply = block("λ = 'ä'\n", "λ = '🧪 \ud800'\n")
    edit = turned(aider, request_for("λ₂(p) \ud800 ✓"), Answers(reply))
    assert edit.outcome == "applied"
    assert (workspace / "experiment.py").read_text(encoding="utf-8") == "s = '\u2028'\nλ = '🧪 ?'\n"


def test_a_file_without_a_final_newline(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """Its last line can be edited, and the fence that shows it to the model stands on a line of its own."""
    (workspace / "experiment.py").write_text("a = 1\nb = 2")
    ask = Answers(block("b = 2\n", "b = 3\n"))
    edit = turned(aider, request_for(), ask)
    assert (workspace / "experiment.py").read_text() == "a = 1\nb = 3\n"
    assert edit.outcome == "applied"
    assert "b = 2\n```\n" in "".join(m.content for m in ask.asked[0])


def test_line_ends_are_kept(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """A CRLF reply edits an LF file, and a CRLF file stays one, so that the diff is one line."""
    edit = turned(aider, request_for(), Answers(GOOD.replace("\n", "\r\n")))
    assert (workspace / "experiment.py").read_bytes() == CODE.replace("a - b", "a + b").encode()
    (workspace / "experiment.py").write_bytes(CODE.replace("\n", "\r\n").encode())
    edit = turned(aider, request_for(), Answers(GOOD))
    assert (workspace / "experiment.py").read_bytes() == CODE.replace("a - b", "a + b").replace("\n", "\r\n").encode()
    assert edit.diff.count("\n-") == 1


def test_whole_files_are_the_fall_back(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """In the whole format the reply's listing replaces the file."""
    ask = Answers("All new.\n\nexperiment.py\n```\nx = 1\n```\n")
    edit = turned(aider, request_for(unmatched_before=True), ask)
    assert edit.outcome == "applied"
    assert (workspace / "experiment.py").read_text() == "x = 1\n"
    assert "whole new content" in ask.asked[0][0].content


def test_a_snippet_does_not_replace_the_file(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """In the whole format, fenced text under a sentence is no listing: the model is told, and the file stays."""
    ask = Answers("Change one line, like this:\n```\n    return a + b\n```\n", "I see.")
    edit = turned(aider, request_for(unmatched_before=True), ask)
    assert (workspace / "experiment.py").read_text() == CODE
    assert edit.outcome == "unmatched"
    assert "Only these files may be edited: experiment.py" in ask.asked[1][-1].content


def test_fences_in_a_file_do_not_end_its_listing(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """A file that holds a line of three backticks is shown in another fence, and the rules name that one."""
    (workspace / "experiment.py").write_text('"""\n```\ncode\n```\n"""\nx = 1\n')
    ask = Answers("experiment.py\n````\n'''\n```\n'''\nx = 2\n````\n")
    edit = turned(aider, request_for(unmatched_before=True), ask)
    assert "````" in ask.asked[0][0].content
    assert (workspace / "experiment.py").read_text() == "'''\n```\n'''\nx = 2\n"
    assert edit.outcome == "applied"


NEW = CODE.replace("a - b", "a + b")


@pytest.mark.parametrize(
    "reply",
    [
        f"experiment.py\n```python\n{NEW}```\n",
        f"## The file\n\n```\n{NEW}```\n",
        f"<source>\n{NEW}</source>\n",
        "```diff\n--- a/experiment.py\n+++ b/experiment.py\n@@ -1,2 +1,2 @@\n def add(a, b):\n-    return a - b\n+    return a + b\n```\n",
        GOOD.replace("experiment.py", "workspace/experiment.py"),
        GOOD.replace("experiment.py\n", ""),
        GOOD,
        GOOD.replace("\n", "\r\n").replace("<<<<<<<", "<<<").replace("=======", "===").replace(">>>>>>>", ">>>"),
        "{'path': 'experiment.py', 'search': 'return a - b', 'replace': 'return a + b', /* mended */}",
    ],
    ids=["file", "heading", "source", "diff", "path", "no name", "block", "marks", "data"],
)
@pytest.mark.parametrize("whole", [False, True])
def test_an_edit_in_any_form_lands(
    aider: AiderCoder, request_for: Make, workspace: Path, reply: str, whole: bool
) -> None:
    """Whichever form was asked for: one exchange, applied, nothing else touched."""
    edit = turned(aider, request_for(unmatched_before=whole), Answers(reply))
    assert (edit.outcome, edit.reply.exchanges, edit.reply.unread) == ("applied", 1, "")
    assert (workspace / "experiment.py").read_text() == NEW and not edit.outside


def test_an_underline_does_not_cut_a_block_short(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """A docstring's heading in the new text, underlined as a block is divided, is written whole."""
    new = 'def add(a, b):\n    """\n    Sum\n    =======\n    Of two.\n    """\n    return a + b\n'
    edit = turned(aider, request_for(), Answers(block("def add(a, b):\n    return a - b\n", new)))
    assert edit.outcome == "applied" and (workspace / "experiment.py").read_text().startswith(new)


@pytest.mark.parametrize("whole", [False, True])
def test_a_listing_that_is_cut_off_is_not_applied(
    aider: AiderCoder, request_for: Make, workspace: Path, whole: bool
) -> None:
    """A fence that never ends holds no whole file; where whole files were asked for the model hears it at once."""
    ask = Answers(f"experiment.py\n```python\n{NEW}", "Sorry.")
    edit = turned(aider, request_for(unmatched_before=whole), ask)
    assert edit.outcome == ("unmatched" if whole else "no_edit") and "never ends" in edit.reply.unread
    assert len(ask.asked) == 1 + whole and (workspace / "experiment.py").read_text() == CODE
    assert not whole or "never ends" in ask.asked[1][-1].content


def test_a_whole_script_keeps_its_flags(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """A listing that drops an argument which the tool gives is no whole file."""
    (workspace / "experiment.py").write_text(CODE + "# --out_dir\n")
    ask = Answers(f"experiment.py\n```python\n{NEW}```\n")
    edit = turned(aider, request_for(flags=("out_dir",)), ask)
    assert edit.outcome == "no_edit" and "does not take --out_dir" in edit.reply.unread


def test_what_was_refused_leaves_the_rest_whole(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """A block for another file is refused and told; with the editable one's landed, nothing is left open."""
    ask = Answers(block("x = 1\n", "x = 2\n", "harness/sae.py") + GOOD, "I see.")
    edit = turned(aider, request_for(), ask)
    assert edit.outcome == "applied" and not edit.partial
    assert edit.reply.refused == ("harness/sae.py",) and "Not editable" in ask.asked[1][-1].content


def test_a_block_that_misses_stays_open_beside_a_refused_file(aider: AiderCoder, request_for: Make) -> None:
    """Naming only a refused file in the next answer mends no block."""
    other = block("x = 1\n", "x = 2\n", "harness/sae.py")
    edit = turned(aider, request_for(), Answers(GOOD + MISS, other, "I see."))
    assert edit.outcome == "applied" and edit.reply.edits_left == 1


def test_each_turn_is_a_conversation_of_its_own(aider: AiderCoder, request_for: Make) -> None:
    """The second turn's messages hold nothing of the first one."""
    turned(aider, request_for("an earlier message"), Answers("an earlier reply"))
    ask = Answers("the second reply")
    turned(aider, request_for("the second message"), ask)
    assert "earlier" not in "".join(m.content for m in ask.asked[0])


def test_read_only_files_are_shown_and_stay(aider: AiderCoder, request_for: Make, tmp_path: Path) -> None:
    """A file to read is shown under a short name that tells nothing of this machine, and an edit to it is refused."""
    (tmp_path / "harness").mkdir()
    (tmp_path / "harness/README.md").write_text("What the fixed half offers.\n")
    ask = Answers(block("What the fixed half offers.\n", "evil\n", "harness/README.md"), "")
    request = request_for(read_only=(tmp_path / "harness/README.md",))
    turned(aider, request, ask)
    shown = "".join(m.content for m in ask.asked[0])
    assert "\nharness/README.md\n```\nWhat the fixed half" in shown
    assert str(tmp_path) not in shown
    assert (tmp_path / "harness/README.md").read_text() == "What the fixed half offers.\n"


def test_settings_and_keys_in_the_workspace_change_nothing(
    aider: AiderCoder, request_for: Make, workspace: Path
) -> None:
    """A planted .aider.conf.yml, .env, .aider.model.settings.yml and git hook leave the messages as they are."""
    plain, planted = Answers(GOOD), Answers(GOOD)
    turned(aider, request_for(), plain)
    (workspace / "experiment.py").write_text(CODE)
    (workspace / ".aider.conf.yml").write_text("edit-format: whole\nread: [/etc/passwd]\nmessage: hello\n")
    (workspace / ".env").write_text("OPENAI_API_KEY=planted\nAIDER_EDIT_FORMAT=whole\nAIDER_AUTO_TEST=true\n")
    (workspace / ".aider.model.settings.yml").write_text("- name: labloop\n  edit_format: whole\n  lazy: true\n")
    edit = turned(aider, request_for(), planted)
    assert plain.asked == planted.asked
    assert edit.outcome == "applied"
    assert edit.changed == ("experiment.py",)


def test_the_coder_adds_few_tokens(aider: AiderCoder, request_for: Make, workspace: Path) -> None:
    """All that is sent beside the message and the file stays under 500 tokens, a reflection's report under 300."""
    ask = Answers(MISS, GOOD)
    turned(aider, request_for(), ask)
    own = [Message("user", "mend add()"), Message("user", CODE)]
    assert count_tokens(ask.asked[0]) - count_tokens(own) < 500
    report = count_tokens(ask.asked[1]) - count_tokens(ask.asked[0]) - count_tokens([Message("assistant", MISS)])
    assert report < 300


def test_a_full_disk_is_no_answer_for_the_model(aider_python: Path, request_for: Make, workspace: Path) -> None:
    """A file that cannot be written ends the turn with the reason, instead of four paid exchanges about it."""
    coder = AiderCoder(aider_python)
    ask = Answers(block("", "x\n", "deep/new.py"))
    (workspace / "deep").mkdir()

    def then_block(messages: list[Message]) -> str:
        (workspace / "deep").rmdir()
        (workspace / "deep").write_text("a file where a folder must be")
        return ask(messages)

    try:
        with pytest.raises(CoderFailed, match="deep"):
            coder.work(request_for(editable=("experiment.py", "deep/new.py")), then_block)
    finally:
        coder.close()
    assert len(ask.asked) == 1

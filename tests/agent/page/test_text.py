"""Text made fit to be shown."""

from __future__ import annotations

from pathlib import Path

from agent.page.text import log_tail, note_markdown, prose


def test_markdown_keeps_structure_and_drops_what_is_live() -> None:
    """Lists, emphasis and tables are rendered; raw HTML is text; a link or a picture is text too."""
    html = prose(
        "# Head\n\n- **bold**\n\n<b onclick=x>raw</b>\n\n[a](https://x.example) ![b](https://x.example/p.png) <https://x.example>",
        5,
    )
    assert "<li><strong>bold</strong></li>" in html
    assert "<h5>Head</h5>" in html
    assert "&lt;b onclick=x&gt;raw" in html
    assert "<a" not in html
    assert "<img" not in html


def test_labelled_lines_stay_lines() -> None:
    """Hypotheses, an objection and the run to begin from stand one below the other, as they were written; wrapped text runs on."""
    html = prose("Then:\nH1: f1 of run_1 better than baseline\nH2: mcc of run_1\nworse than baseline\nFrom: run_2", 5)
    assert html.count("<br") == 2 + 1 and "run_1\nworse" in html


def test_markdown_that_is_very_long_is_shown_plainly() -> None:
    """A text that could keep the parser busy is shown as it is, escaped."""
    html = prose("<b>" + "[" * 100_000, 5)
    assert html.startswith("<pre>&lt;b&gt;[[")


def test_the_end_of_a_log_says_what_was_left_out(tmp_path: Path) -> None:
    """Sixty lines at most, the number of those before, no colours, no progress bars, no endless line."""
    log = tmp_path / "stderr.log"
    bar = " 10%|█         | 4/40 [00:01<00:09,  4.0it/s]\r"
    log.write_text("".join(f"line {n}\n" for n in range(100)) + bar * 50 + "\x1b[31mlast\x1b[0m " + "x" * 5000)
    lines = log_tail(log).splitlines()
    assert lines[0] == "… 41 lines before"
    assert lines[1] == "line 41"
    assert lines[-1].startswith("last xxx")
    assert lines[-1].endswith("(5005 characters)")


def test_the_labels_of_a_note_run_into_their_text() -> None:
    """The heading of a notes.txt section goes, its labels become bold; a list or table after a label stays one."""
    text = "## run_1: Title\n\n| a | b |\n\nWhat changed:\nThe loss.\n\nNext:\n- one\n- two"
    assert note_markdown(text).strip() == "| a | b |\n\n**What changed.** The loss.\n\n**Next.**\n\n- one\n- two"
    assert note_markdown("## Figures\n\nmetric.pdf:\nA curve.").strip() == "**metric.pdf.** A curve."
    assert note_markdown("") == ""

"""Text made fit to be shown."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from agent.page.text import count, duration, log_tail, note_markdown, prose, visible


def test_terminal_sequences_and_controls_are_shown_as_marks() -> None:
    """ESC, BEL, NUL, carriage return and DEL become marks that a reader sees; newline and tab stay."""
    assert visible("\x1b[31mred\x1b[0m \x07\x00\r|\x7f\n\t") == "␛[31mred␛[0m ␇␀␍|⟨U+007F⟩\n\t"


def test_characters_that_reorder_or_hide_text_are_named() -> None:
    """A right-to-left override, a zero-width space, a tag character and a line separator show their code points."""
    assert visible("a\u202eb\u200bc\U000e0041d\u2028e") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+E0041⟩d⟨U+2028⟩e"


def test_no_format_or_control_character_of_unicode_gets_through() -> None:
    """Every character of the categories Cc, Cf and Cs is replaced, whatever the Unicode version knows."""
    hidden = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs")]
    left = [f"{ord(c):X}" for c in hidden if c not in "\n\t" and visible(c) == c]
    assert not left


def test_plain_text_of_any_script_stays_as_it_is() -> None:
    """Greek, Chinese, Arabic, accents, mathematics and emoji are not touched."""
    text = "λ₂(p) = λ₂max·(1−p)² 学习 مرحبا é 🙂"
    assert visible(text) == text


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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (192, "3 min 12 s"), (3720, "1 h 02 min")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    """Seconds, minutes and hours, without a sixtieth second."""
    assert duration(seconds) == text


def test_the_labels_of_a_note_run_into_their_text() -> None:
    """The heading of a notes.txt section goes, its labels become bold; a list or table after a label stays one."""
    text = "## run_1: Title\n\n| a | b |\n\nWhat changed:\nThe loss.\n\nNext:\n- one\n- two"
    assert note_markdown(text).strip() == "| a | b |\n\n**What changed.** The loss.\n\n**Next.**\n\n- one\n- two"
    assert note_markdown("## Figures\n\nmetric.pdf:\nA curve.").strip() == "**metric.pdf.** A curve."
    assert note_markdown("") == ""


def test_large_counts_are_grouped() -> None:
    """Digits in threes, by thin spaces."""
    assert (count(0), count(1234567)) == ("0", "1\u202f234\u202f567")

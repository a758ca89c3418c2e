"""Text that is shown hides nothing."""

from __future__ import annotations

import unicodedata

from agent.session.visible import visible


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

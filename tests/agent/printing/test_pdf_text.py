"""The reader of PDFs: what stands in print, as a reader copies it."""

from __future__ import annotations

from pathlib import Path

from agent.printing.pdf_text import text_of

CMAP = b"1 beginbfrange\n<61> <7A> <0061>\nendbfrange\n1 beginbfchar\n<1C> <00660069>\nendbfchar\n"


def pdf(folder: Path, content: bytes, font: bytes) -> Path:
    """A page with one font, F1, every glyph of which is half as wide as high."""
    widths = b"[" + b"500 " * 123 + b"]"
    bodies = [
        b"<< /Type /Page /Contents 2 0 R /Resources 3 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Font << /F1 4 0 R >> >>",
        b"<< /Type /Font /FirstChar 0 /Widths 5 0 R %s >>" % font,
        widths,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(CMAP), CMAP),
    ]
    path = folder / "a.pdf"
    path.write_bytes(b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, body) for number, body in enumerate(bodies, 1)))
    return path


def test_words_are_what_the_fonts_say(tmp_path: Path) -> None:
    """Ligatures come apart; kerns join; a wide gap, a jump and a new line are spaces."""
    content = b"BT /F1 10 Tf 50 90 Td [(o)-50(f\\034ce)-300(of)]TJ 40 0 Td (far)Tj -40 -12 Td (low)Tj ET"
    assert text_of(pdf(tmp_path, content, b"/ToUnicode 6 0 R")) == "office of far low"


def test_glyphs_that_stand_for_nothing_cannot_be_copied(tmp_path: Path) -> None:
    """A font without ToUnicode, as bitmaps have none, gives replacement characters."""
    assert text_of(pdf(tmp_path, b"BT /F1 10 Tf 0 0 Td (ab)Tj ET", b"")) == "\N{REPLACEMENT CHARACTER}" * 2

"""JSON as people and models type it is read; what is no JSON in any way is refused."""

from __future__ import annotations

import json

import pytest

from agent.session.loose_json import latex_kept, loose_value

VALUE = {"a": "x // y # z /* w */", "b": [1, 2.5, True, None], "c": {"d": 'say "no", it\'s,'}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(VALUE),
        json.dumps(VALUE, indent=2).replace("\n", " // why\n"),
        json.dumps(VALUE, indent=2).replace("\n", " # why\n"),
        "/* of mine */" + json.dumps(VALUE),
        json.dumps(VALUE).replace("]", ", ]").replace("}", ",\n}"),
        repr(VALUE),
        json.dumps(VALUE).replace('"a"', "a").replace('"d"', "'d'").replace('"b"', "“b”"),
    ],
)
def test_what_was_meant_is_read(text: str) -> None:
    """Comments outside texts, commas too many, single and curly quotes, bare keys, Python's own words."""
    assert loose_value(text)[0] == VALUE


def test_a_line_end_in_a_text_is_one() -> None:
    """A text of several lines, as it is typed; and where the value ends is told."""
    text = '{"a": "one\ntwo\tthree"} and more'
    value, end = loose_value(text)
    assert value == {"a": "one\ntwo\tthree"} and text[end:] == " and more"


@pytest.mark.parametrize("text", ["", "{", '{"a": "b', "{a b}", "{'a': }", "words", "}", "[1 2]"])
def test_what_is_none_is_refused(text: str) -> None:
    """A value that is cut off, or words, are no JSON however one reads them."""
    with pytest.raises(ValueError):
        loose_value(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"$\frac{1}{2} \alpha$", r"$\frac{1}{2} \alpha$"),
        (
            r"\nabla f, $x_\theta \to 0$, \beta, \rho, $\nu$, \textbf{x}",
            r"\nabla f, $x_\theta \to 0$, \beta, \rho, $\nu$, \textbf{x}",
        ),
        (r"50\% of a\_b in \(x\)", r"50\% of a\_b in \(x\)"),
        (r"\\frac and \\nabla", r"\frac and \nabla"),
        (
            r"\lVert D h \rVert^2 \rangle \bmod \flushleft \tbinom",
            r"\lVert D h \rVert^2 \rangle \bmod \flushleft \tbinom",
        ),
        (r"a\r\nb \f c\b", "a\r\nb \f c\b"),
        (
            r"one\nnext\neq. 3\nu is it\tan extra\ttext \u00e9 \"q\" a\/b",
            'one\nnext\neq. 3\nu is it\tan extra\ttext é "q" a/b',
        ),
    ],
)
def test_latex_with_single_backslashes_is_kept(text: str, meant: str) -> None:
    r"""`\frac` is no form feed and `\theta` no tab; escapes that JSON knows stay what they are, doubled ones too."""
    assert json.loads(latex_kept(f'{{"a": "{text}"}}')) == {"a": meant}

"""The bibliography is sound, and an entry from outside is let in only where it is."""

from __future__ import annotations

import pytest

from agent.session.paths import REPOSITORY
from agent.writing.bibliography import in_plain_words, mended, read_entries, why_unfit


def test_the_shipped_bibliography_is_sound() -> None:
    """Every entry has title, authors and year, a key of its own, and braces that close."""
    text = (REPOSITORY / "latex" / "references.bib").read_text()
    entries = read_entries(text)
    assert len(entries) == text.count("\n@") + 1 >= 20
    assert [why_unfit(entry) for entry in entries if why_unfit(entry)] == []
    assert len({entry.key for entry in entries}) == len(entries)
    assert "gao2024scaling: Gao et al. (2024), Scaling and Evaluating Sparse Autoencoders" in [
        e.summary for e in entries
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@article{x1, title = {A}, author = {B}, year = {2020}}", "plain"),
        ("@article{abc, title = {A}, author = {B}}", "lacks year"),
        ("@article{abc, title = {}, author = {B}, year = {2020}}", "lacks title"),
        ("@article{abc, title = {A}, author = {B}, year = {soon}}", "its year"),
        ("@article{abc, title = {A \\input{x}}, author = {B}, year = {2020}}", "TeX command"),
        ("@article{gao2024scaling, title = {A}, author = {B}, year = {2020}}", "is taken"),
    ],
)
def test_refuses_unfit_entries(text: str, why: str) -> None:
    """Each reason is named."""
    assert why in why_unfit(read_entries(text)[0], {"gao2024scaling"})


def test_an_entry_that_does_not_close_is_no_entry() -> None:
    """Cut-off BibTeX gives what is whole."""
    assert [e.key for e in read_entries("@misc{one, title={A}, year=2020}\n@misc{two, title={B")] == ["one"]


@pytest.mark.parametrize(
    ("value", "set_as"),
    [
        ("Signals & Systems", "Signals \\& Systems"),
        ("Top 50% of a_b, #1", "Top 50\\% of a\\_b, \\#1"),
        ("A \\& B costs 5$", "A \\& B costs 5\\$"),
        ("On $x_1 & y^2$ & more", "On $x_1 & y^2$ \\& more"),
        ("See \\url{http://a/b_c%20d} & more", "See \\url{http://a/b_c%20d} \\& more"),
        ("λ and Nguye\u0302\u0303n", "\\ensuremath{\\lambda} and Nguy\\~{\\^{e}}n"),
        ("{\\'E}tude {SAE}s", "{\\'E}tude {SAE}s"),
    ],
)
def test_an_entry_is_mended_where_that_is_safe(value: str, set_as: str) -> None:
    """Bare & % # _ $ outside of mathematics and addresses are escaped, other scripts become commands; the rest stands."""
    text = f'@article{{a2020b,\n  title = {{{value}}},\n  author = "{value} and C",\n  url = {{http://a/b_c%20&d}},\n  year = 2020\n}}'
    (entry,) = read_entries(text)
    better = mended(entry)
    assert better.fields["title"] == set_as and better.fields["author"] == f"{set_as} and C"
    assert better.fields["url"] == "http://a/b_c%20&d" and better.fields["year"] == "2020"
    assert mended(better).text == better.text and (value != set_as or better is entry)


def test_an_entry_in_plain_words_holds_no_command() -> None:
    """What is left of an entry that TeX does not take: author, title and year."""
    (entry,) = read_entries(
        "@article{a2020b, title={On \\foo{bar} {SAE}s}, author={A \\& B and \\'E. C}, year={2020}, note={\\x}}"
    )
    plain = in_plain_words(entry)
    assert (plain.kind, plain.key) == ("misc", "a2020b") and "\\foo" not in plain.text and "note" not in plain.fields
    assert "SAEs" in plain.fields["title"] and plain.fields["author"].startswith("A \\& B and")

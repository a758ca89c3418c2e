"""The bibliography is sound, and an entry from outside is let in only where it is."""

from __future__ import annotations

import pytest

from agent.session.paths import REPOSITORY
from agent.writing.bibliography import read_entries, why_unfit


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

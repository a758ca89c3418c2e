"""The report in print: what is planted stays text, the same idea stands side by side, looks are said."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from agent.campaigns.report import Family, Report, as_json
from agent.campaigns.rows import Row
from agent.campaigns.shown import markdown, side_by_side, view_of
from agent.models.shared import Budget
from agent.page.campaign_view import render_campaign
from agent.results.verdicts.looks import Looks
from tests.world.reading import read_page

PLANT = "</td><script>alert(1)</script>|\n\x1b[31m"


def row(key: str, **given: object) -> Row:
    return replace(Row(key=key, folder=Path("/nowhere") / key, idea="averaged"), **given)  # type: ignore[arg-type]


def report(*rows: Row) -> Report:
    looks = Looks(6, ("loss",), 3)
    return Report(
        name="night",
        folder="/runs/night",
        state="paused",
        reason="",
        rows=rows,
        families=(Family(template="toy", scale="", metric="loss", sessions=2, looks=looks),),
        budget=Budget(usd=5.0),
        at_once=4,
        begun=2,
        ended=2,
        waits=(),
    )


def test_planted_text_stays_text() -> None:
    """Script, a table's bar, a line's end and an escape of the terminal, planted in every text of a row, break neither page nor table."""
    planted = row(
        "001_a",
        idea=PLANT,
        title=PLANT,
        model=PLANT,
        state="paused",
        reason=PLANT,
        verdict="better",
        delta=PLANT,
        best="run_1",
    )
    found = report(planted, row("002_b", state="queued", waits_for=PLANT))
    page = render_campaign(view_of(found))
    assert "<script>" not in page and "\x1b" not in page
    assert len(read_page(page).all("tr")) == 3
    table = [line for line in markdown(found).splitlines() if line.startswith("| 00")]
    assert len(table) == 2 and all(line.replace("\\|", "").count("|") == 9 for line in table)


def test_no_text_is_a_part_of_the_markdown() -> None:
    """Tags, links, code and headings planted in names, models, reasons stay words, a long one is cut with a sign; the page holds it whole."""
    sign, long = "<img src=x>[a](b)`c`*d*\u202e\u0000", "x" * 400
    rows = [
        row(f"00{number}", idea=f"{sign}\n# {long}", title=long, model=sign, reason=long, state="failed")
        for number in (1, 2)
    ]
    found = replace(report(*rows), name=sign, reason=f"{sign}\n\n# {sign}")
    text = markdown(found)
    assert re.findall(r"(?<!\\)[<`\[\u202e\u0000]", text) == []
    assert [line[:4] for line in text.splitlines() if line.startswith("#")] == ["# Ca", "## \\", "## L"]
    assert max(map(len, text.splitlines())) < 1500 and "…" in text
    assert long in render_campaign(view_of(found))


def test_the_same_idea_stands_side_by_side_over_models_and_repeats() -> None:
    """Two models twice each are two rows of two; another idea, worked once, is not among them; the summary counts."""
    rows = [
        row(
            f"00{number}", model=model, repeat=repeat, verdict=verdict, confirmed=confirmed, metric="loss", state="done"
        )
        for number, (model, repeat, verdict, confirmed) in enumerate(
            [
                ("a", 1, "better", "confirmed better"),
                ("a", 2, "within noise", ""),
                ("b", 1, "better (one look)", "not confirmed"),
                ("b", 2, "", ""),
            ]
        )
    ]
    (idea,) = side_by_side([*rows, row("009", idea="other")])
    assert [(model, [cell.text for cell in cells]) for model, cells in idea.rows] == [
        ("a", ["better", "within noise"]),
        ("b", ["better (one look)", "done"]),
    ]
    assert idea.summary == "Worked 4 times: 3 judged, 1 better, 1 confirmed."


def test_what_is_not_there_is_null_and_not_zero() -> None:
    """A session without a judged run has no verdict, difference or noise in report.json."""
    (session,) = as_json(report(row("001_a")))["sessions"]
    assert [session[name] for name in ("best", "verdict", "difference", "noise_of_all_looks", "confirmed")] == [
        None
    ] * 5


def test_what_only_one_look_bears_is_not_counted_as_better() -> None:
    """The sentence counts verdicts that hold for all looks made, and names what fresh seeds confirmed."""
    found = report(
        row("001_a", verdict="better (one look)"),
        row("002_b", verdict="better", confirmed="confirmed better"),
        row("003_c"),
    )
    assert found.conclusion == (
        "Of 2 sessions with a judged run, 1 beats the baseline beyond the noise of all looks made; confirmed on fresh seeds: 002_b."
    )


def test_two_ideas_of_one_name_are_not_one_idea() -> None:
    """Side by side stands what is the same idea, whatever file it came from; another of its name stands alone."""
    rows = [row("001", whole="{1}"), row("002", whole="{2}"), row("003", whole="{1}")]
    assert side_by_side(rows[:2]) == ()
    (idea,) = side_by_side(rows)
    assert idea.summary.startswith("Worked 2 times")


def test_one_session_is_said_as_one() -> None:
    """Neither Markdown nor page says "1 sessions"."""
    found = report(row("001_a"))
    found = replace(found, families=(replace(found.families[0], sessions=1),))
    assert "(1 session)" in markdown(found) and "(1 session)" in render_campaign(view_of(found))


def test_findings_of_a_campaign_are_told_as_what_they_are() -> None:
    """A refused idea is no finding: for people the campaign has ended, not all clean; its JSON keeps the word."""
    ended = replace(report(row("a", state="refused", reason="no Experiment")), state="findings")
    assert ended.shown == "ended, not all clean" and as_json(ended)["state"] == "findings"
    assert "ended, not all clean. " in markdown(ended) and view_of(ended).state == "ended, not all clean"
    assert "or refused" in view_of(ended).sentence

"""A campaign's report in print: Markdown for reading and mailing, and what its page shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.campaigns.campaign import Campaign
from agent.campaigns.report import Report, as_json
from agent.campaigns.rows import QUEUED, REFUSED, Row, cost_text
from agent.page.campaign_view import CampaignView, Cell, SessionLine, SideBySide, render_campaign
from agent.page.pieces import Fact, Link, Tone
from agent.page.record import STATES
from agent.results.english import counted
from agent.results.values import count, dollars
from agent.results.verdicts.verdict import MARKS, TONES
from agent.results.words.phrases import metric_label
from agent.session.files import write_json, write_text

_LONGEST = 300
_SENTENCES: dict[str, tuple[Tone, str]] = {
    "running": ("busy", "It is at work; this page shows it as of its last look."),
    "done": ("good", "Every session is complete."),
    "findings": ("bad", "Every session has ended; some with findings, without a run, with an error, or refused."),
    "paused": ("flat", "It stopped in good order and can be resumed."),
    "interrupted": ("flat", "It was interrupted and can be resumed."),
    "failed": ("bad", "It stopped with an error."),
    "unfinished": ("flat", "It stopped without a closing word (killed, or the machine went down); it can be resumed."),
}


def write_report(campaign: Campaign, report: Report) -> None:
    """report.md, report.json and index.html in the campaign's folder."""
    write_text(campaign.paths.markdown, markdown(report))
    write_json(campaign.paths.report, as_json(report))
    write_text(campaign.paths.page, render_campaign(view_of(report)))


def markdown(report: Report) -> str:
    """The report as Markdown: the sentence, a row a session, the same idea side by side, the looks."""
    lines = [
        f"# Campaign {_plain(report.name)}",
        "",
        f"{report.shown}{f' ({_plain(report.reason)})' if report.reason else ''}. {_plain(report.conclusion)}",
        f"{cost_text(report.usd, report.tokens)}; {_counted(report)}.",
        "",
        "| session | model | state | waits for | verdict on the primary metric | confirmed | runs | cost |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += ["| " + " | ".join(_plain(cell) for cell in _cells(row)) + " |" for row in report.rows]
    for idea in side_by_side(report.rows):
        lines += ["", f"## {_plain(idea.idea)}, side by side", "", idea.summary, ""]
        for model, cells in idea.rows:
            told = "; ".join(f"{_plain(cell.text)} {_plain(cell.detail)}".strip() for cell in cells)
            lines.append(f"- {_plain(model)}: {told}")
    if report.families:
        lines += ["", "## Looks", "", *(f"- {_plain(looks)}" for looks in _looks(report))]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> Sequence[str]:
    verdict = row.verdict_shown or "–"
    state = f"{row.shown}{f': {row.reason}' if row.reason else ''}"
    return row.key, row.model, state, row.waits_for or "–", verdict, row.confirmed or "–", str(row.runs), row.cost_shown


def _plain(text: str) -> str:
    """As text that stays text: in one line, without control characters, of a length that can be read; no table, tag or link begins in it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    short = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return re.sub(r"[|<`*\[\]]", lambda found: f"\\{found[0]}", short)


def _counted(report: Report) -> str:
    return ", ".join(f"{number} {state.replace('_', ' ')}" for state, number in report.counts.items())


def view_of(report: Report) -> CampaignView:
    """All that the page shows."""
    tone, sentence = _SENTENCES[report.state]
    return CampaignView(
        title=f"Campaign {report.name}",
        name=report.folder,
        state=report.shown,
        tone=tone,
        sentence=f"{sentence} {report.reason}".strip(),
        conclusion=report.conclusion,
        facts=_facts(report),
        lines=tuple(_line(row) for row in report.rows),
        several_models=len({row.model for row in report.rows}) > 1,
        repeated=any(row.repeat > 1 for row in report.rows),
        looks=_looks(report),
        beside=side_by_side(report.rows),
        waits=report.waits,
    )


def _looks(report: Report) -> tuple[str, ...]:
    return tuple(
        f"{each.name}: {each.looks.told or 'one look'} ({counted(each.sessions, 'session')})"
        for each in report.families
    )


def _facts(report: Report) -> tuple[Fact, ...]:
    usd, tokens = report.budget.usd, report.budget.tokens
    return (
        Fact(label="Sessions", value=str(len(report.rows)), note=_counted(report)),
        Fact(label="At once", value=str(report.at_once)),
        Fact(label="Cost", value=dollars(report.usd), note=f"of {dollars(usd)}" if usd is not None else ""),
        Fact(label="Tokens", value=count(report.tokens), note=f"of {count(tokens)}" if tokens is not None else ""),
        Fact(label="Begun", value=str(report.begun), note=f"{report.ended} ended"),
    )


def _line(row: Row) -> SessionLine:
    return SessionLine(
        key=row.key,
        link=Link(text=row.key, href=f"{row.key}/index.html") if (row.folder / "index.html").is_file() else None,
        idea=row.idea,
        title=row.title,
        model=row.model,
        repeat=str(row.repeat),
        state=row.shown,
        tone=_tone(row.state),
        note=row.waits_for or row.reason,
        runs=str(row.runs),
        verdict=row.verdict,
        verdict_tone=_verdict_tone(row),
        detail=f"{metric_label(row.metric)}: {row.best_shown}" if row.best else "",
        confirmed=row.confirmed,
        confirmed_tone={"confirmed better": "good", "confirmed worse": "bad", "not confirmed": "flat"}.get(  # type: ignore[arg-type]
            row.confirmed, "none"
        ),
        cost=dollars(row.usd),
        tokens=f"{count(row.tokens)} tokens",
    )


def _tone(state: str) -> Tone:
    if state in (QUEUED, REFUSED):
        return "none" if state == QUEUED else "bad"
    return {word: tone for word, (tone, _) in STATES.items()}.get(state, "none")  # type: ignore[call-overload, no-any-return]


def _verdict_tone(row: Row) -> Tone:
    word = row.verdict.partition(" (")[0]
    return TONES[word] if word in MARKS else "none"  # type: ignore[index]


def side_by_side(rows: Sequence[Row]) -> tuple[SideBySide, ...]:
    """Each idea that was worked more than once: over models, and over repeats of one."""
    ideas: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        ideas.setdefault((row.idea, row.whole, row.template), []).append(row)
    return tuple(_beside(name, mine) for (name, *_), mine in ideas.items() if len(mine) > 1)


def _beside(idea: str, rows: Sequence[Row]) -> SideBySide:
    models = dict.fromkeys(row.model for row in rows)
    judged = [row for row in rows if row.verdict]
    better = sum(row.verdict == "better" for row in judged)
    confirmed = sum(row.confirmed == "confirmed better" for row in rows)
    return SideBySide(
        idea=idea,
        metric=next((metric_label(row.metric) for row in rows if row.metric), ""),
        rows=tuple((model, tuple(_cell(row) for row in rows if row.model == model)) for model in models),
        summary=f"Worked {len(rows)} times: {len(judged)} judged, {better} better, {confirmed} confirmed.",
    )


def _cell(row: Row) -> Cell:
    if not row.verdict:
        return Cell(text=row.shown, tone=_tone(row.state), detail=row.waits_for)
    detail = ", ".join(filter(None, [row.delta, row.confirmed]))
    return Cell(text=row.verdict, tone=_verdict_tone(row), detail=detail)

"""What a campaign's page shows, as frozen values, and how it is printed: in the style of its sessions' pages."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from agent.page.pieces import Fact, Link, Tone
from agent.page.printed import TEMPLATES, environment, policy


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """A row of the table: one idea, model and repeat."""

    key: str
    link: Link | None
    idea: str
    title: str
    model: str
    repeat: str
    state: str
    tone: Tone
    note: str
    """What it waits for, or why it stands as it does."""
    runs: str
    verdict: str
    verdict_tone: Tone
    detail: str
    """Of which run the verdict is, and the difference."""
    confirmed: str
    confirmed_tone: Tone
    cost: str
    tokens: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One model and repeat of an idea, beside the others."""

    text: str
    tone: Tone
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """An idea that was worked more than once: a row a model, a cell a repeat."""

    idea: str
    metric: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    summary: str


@dataclass(frozen=True, kw_only=True)
class CampaignView:
    """The whole page."""

    title: str
    name: str
    state: str
    tone: Tone
    sentence: str
    conclusion: str
    facts: tuple[Fact, ...]
    lines: tuple[SessionLine, ...]
    several_models: bool
    repeated: bool
    looks: tuple[str, ...]
    """How often each family of sessions looked for a difference."""
    beside: tuple[SideBySide, ...]
    waits: tuple[str, ...]
    """Providers that are left alone now."""


def render_campaign(view: CampaignView) -> str:
    """The page's HTML."""
    style = (TEMPLATES / "page.css").read_text("utf-8")
    template = environment().get_template("campaign.html.jinja")
    return template.render(view=view, style=Markup(style), policy=policy(style, ""))

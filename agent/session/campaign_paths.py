"""Every path of a campaign, beside its sessions, whose folders lie in its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.session.paths import SessionPaths


@dataclass(frozen=True)
class CampaignPaths:
    """The folder of one campaign. Its sessions lie directly in it, so that no experiment of theirs sees anything of it."""

    root: Path

    @property
    def spec(self) -> Path:
        """campaign.json: ideas, models, and the settings that a session which is begun now is worked with."""
        return self.root / "campaign.json"

    @property
    def journal(self) -> Path:
        return self.root / "campaign.jsonl"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    def session(self, key: str) -> SessionPaths:
        return SessionPaths(self.root / key)

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def log(self, key: str) -> Path:
        """What a session said on its way: what `run_idea` prints on a terminal."""
        return self.logs / f"{key}.log"

    @property
    def shared(self) -> Path:
        """What the sessions tell each other: what each has spent, until when a provider is left alone."""
        return self.root / "shared"

    @property
    def death(self) -> Path:
        """After which event of the journal the campaign died without a word, where somebody was told so."""
        return self.root / ".death"

    @property
    def page(self) -> Path:
        return self.root / "index.html"

    @property
    def markdown(self) -> Path:
        return self.root / "report.md"

    @property
    def report(self) -> Path:
        return self.root / "report.json"


def campaign_of(session: Path) -> CampaignPaths | None:
    """The campaign that the session in this folder belongs to: the one it lies in; None where it lies in none."""
    found = CampaignPaths(session.resolve().parent)
    return found if found.spec.is_file() else None

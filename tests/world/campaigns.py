"""A campaign of toy sessions that play a recording, whose coder needs no process; also as a program that a test can kill.

python -m tests.world.campaigns FOLDER IDEAS [AT_ONCE]    # begins a campaign in FOLDER, or takes it up again
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agent import conduct as conduct_module
from agent.campaigns import one
from agent.campaigns.campaign import Campaign, open_campaign, resumed_with, start_campaign
from agent.campaigns.conduct import conduct_campaign
from agent.campaigns.named import idea_files
from agent.campaigns.planning import Asked, plan_entries
from agent.campaigns.report import Report
from agent.commands.choices import answered, read_task, template_folder
from agent.models.shared import Budget
from agent.session.campaign_paths import CampaignPaths
from agent.session.events import AttemptBegun, LaunchEnded
from agent.session.idea import Idea
from agent.session.paths import SessionPaths
from agent.session.reading import read_session
from agent.session.settings import Settings
from tests.world.toy import IDEA, TEMPLATE, BlockCoder, toy_recording

WORK = "tests.world.campaigns:work"


def work(**given: Any) -> int:
    """A session's process, with a coder that needs none of its own."""
    vars(conduct_module)["coder_for"] = lambda *_: BlockCoder()
    return one.work(**given)


def idea_folder(folder: Path, number: int) -> Path:
    """`number` ideas of the toy template, each with its recording."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = json.loads(IDEA.read_text())
    for each in range(number):
        (folder / f"idea_{each:03d}.json").write_text(json.dumps({**raw, "Name": f"averaged_{each}"}))
        toy_recording(folder / f"idea_{each:03d}.recording.jsonl")
    return folder


def toy_campaign(
    root: Path,
    ideas: Iterable[Path],
    at_once: int = 2,
    budget: Budget | None = None,
    template: Path = TEMPLATE,
    asked: Asked | None = None,
    **settings: object,
) -> Campaign:
    """A new campaign of these ideas; two runs each and no paper unless the settings say otherwise."""
    chosen = Settings.model_validate({"max_runs": 2, "paper": False, **settings})

    def read(path: Path, number: str) -> tuple[Idea, Path]:
        idea, found = read_task(path, template_folder(template, path), chosen.experiment, number)
        return idea, found.root

    entries = plan_entries(idea_files(list(ideas)), asked or Asked((chosen.models.writer,)), chosen, read, answered)
    return start_campaign(root, entries, chosen, at_once, budget or Budget())


def conducted(campaign: Campaign, resume: bool = False) -> Report:
    """How it stands after it was worked."""
    return conduct_campaign(campaign, lambda text: None, resume, work_by=WORK)[1]


def launches(sessions: Iterable[SessionPaths]) -> list[str]:
    """Each launch that was begun, as `key step`, of all sessions."""
    return [
        f"{paths.root.name} {event.step}" for paths in sessions for event in read_session(paths.root).all(AttemptBegun)
    ]


def ended_launches(sessions: Iterable[SessionPaths]) -> list[str]:
    """Each launch that came to its end, likewise."""
    return [
        f"{paths.root.name} {event.step}" for paths in sessions for event in read_session(paths.root).all(LaunchEnded)
    ]


def sessions_of(campaign: Campaign) -> list[SessionPaths]:
    """Where the sessions that were begun lie."""
    found = [campaign.paths.session(entry.key) for entry in campaign.spec.wanted]
    return [paths for paths in found if paths.journal.is_file()]


def main(folder: str, ideas: str, at_once: str = "2") -> int:
    """Begin or resume; the campaign's exit code."""
    root = Path(folder)
    resume = CampaignPaths(root).spec.is_file()
    campaign = (
        resumed_with(open_campaign(root), None, Budget(), {}, None)
        if resume
        else toy_campaign(root, [Path(ideas)], int(at_once))
    )
    ended, _ = conduct_campaign(campaign, lambda text: print(text, flush=True), resume, work_by=WORK)
    return ended.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

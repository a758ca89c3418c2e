"""Bad input ends with exit code 2 or 3 and one message, before anything is spent or written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.session.events import Probed
from agent.session.paths import REPOSITORY
from agent.session.session import open_session
from tests.agent.session.template.test_scales import write_template
from tests.world.provider import Provider
from tests.world.toy import toy_recording

pytestmark = pytest.mark.process

TOY = REPOSITORY / "templates" / "toy"
GOOD = {"Name": "an_idea", "Title": "T", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """run_idea.py as a user starts it, with sessions under tmp_path/runs."""

    def start(*flags: object, **environ: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(REPOSITORY / "agent" / "run_idea.py"), "--out", str(tmp_path / "runs")]
        environment = {**os.environ, "NO_COLOR": "1", **environ}
        environment.pop("PYTHONPATH", None)
        return subprocess.run(
            [*command, *map(str, flags)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )

    return start


@pytest.fixture
def idea(tmp_path: Path) -> Path:
    path = tmp_path / "idea.json"
    path.write_text(json.dumps(GOOD))
    return path


def refused(result: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Ended with the code, one error that holds every word, no traceback."""
    assert result.returncode == code, result.stderr
    assert result.stderr.count("error:") == 1 and "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


def test_no_model_and_no_recording_says_what_to_set(run: Run, idea: Path, tmp_path: Path) -> None:
    """The error names --model, the recording looked for, and manual."""
    refused(run(idea, "--template", TOY), 2, "--model", "idea.recording.jsonl", "manual")
    assert not (tmp_path / "runs").exists()


def test_a_recording_that_is_named_is_the_one_that_is_played(run: Run, idea: Path, tmp_path: Path) -> None:
    """Without --model too, not the one beside the idea; beside a model that plays none it is refused."""
    shutil.copy(REPOSITORY / "ideas" / "progressive.recording.jsonl", tmp_path / "idea.recording.jsonl")
    mine = toy_recording(tmp_path / "mine.jsonl")
    shown = run(idea, "--template", TOY, "--recording", mine, "--dry-run")
    assert shown.returncode == 0 and f"playing the recording {mine}" in shown.stderr, shown.stderr
    refused(run(idea, "--template", TOY, "--recording", tmp_path / "gone.jsonl"), 3, "gone.jsonl")
    refused(run(idea, "--template", TOY, "--recording", mine, "--model", "manual"), 2, "--recording", "leave one")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Name": "../x"}, ["Name"]),
        ({"Title": None}, ["Title"]),
        ({"Experiment": ""}, ["Experiment"]),
        ({"Primary_Metric": "beauty"}, ["beauty"]),
    ],
    ids=str,
)
def test_a_bad_idea_names_file_and_field(
    run: Run, idea: Path, change: dict[str, Any], words: list[str], tmp_path: Path
) -> None:
    """Each fault of the idea is exit 2, and no session's folder is made."""
    idea.write_text(json.dumps(GOOD | change))
    refused(run(idea, "--template", TOY, "--model", "manual"), 2, *words)
    assert not (tmp_path / "runs").exists()


def test_a_misspelt_variable_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """Before anything is made; it would be ignored without a word."""
    refused(run(idea, "--template", TOY, "--model", "manual", LABLOOP_MAX_RUN="3"), 2, "LABLOOP_MAX_RUNS")
    assert not (tmp_path / "runs").exists()


def test_an_idea_that_is_no_json_is_refused(run: Run, idea: Path) -> None:
    """The message names the file."""
    idea.write_text("{ not json")
    refused(run(idea, "--model", "manual"), 2, "idea.json", "JSON")


def test_an_unknown_template_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """A folder that is not there, and one without its contract."""
    refused(run(idea, "--template", tmp_path / "gone", "--model", "manual"), 2, "no such template")
    (tmp_path / "empty").mkdir()
    refused(run(idea, "--template", tmp_path / "empty", "--model", "manual"), 2, "template.toml", "missing")


def test_a_missing_interpreter_is_found_by_the_check(run: Run, idea: Path, tmp_path: Path) -> None:
    """A template whose environment is not installed is exit 3 and says what to type."""
    folder = tmp_path / "template"
    shutil.copytree(TOY, folder)
    contract = (folder / "template.toml").read_text().replace('environment = "agent"', 'environment = "gone"')
    (folder / "template.toml").write_text(contract)
    assert '"gone"' in contract
    refused(run(idea, "--template", folder, "--model", "manual"), 3, "gone", "make setup")
    assert not (tmp_path / "runs").exists()


def test_half_a_tex_is_found_by_the_check(run: Run, idea: Path, tmp_path: Path) -> None:
    """With pdflatex alone on the PATH the check names what is missing; without any TeX the paper is HTML."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pdflatex").symlink_to("/bin/true")
    refused(run(idea, "--template", TOY, "--model", "manual", PATH=str(tmp_path / "bin")), 3, "bibtex, kpsewhich")
    assert not (tmp_path / "runs").exists()


def test_an_unwritable_out_folder_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """--out below a file is exit 2 or 3 with the path."""
    (tmp_path / "file").write_text("")
    result = run(idea, "--template", TOY, "--model", "manual", "--out", tmp_path / "file" / "runs")
    refused(result, result.returncode, "file/runs")
    assert result.returncode in (2, 3)


def test_an_unknown_model_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """A name that litellm cannot place is refused before a session begins."""
    result = run(idea, "--template", TOY, "--model", "no-such-model-anywhere")
    refused(result, result.returncode, "no-such-model-anywhere")
    assert result.returncode in (2, 3) and not (tmp_path / "runs").exists()


def test_an_unknown_coder_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """--coder takes the coders that there are."""
    result = run(idea, "--template", TOY, "--model", "manual", "--coder", "nobody")
    refused(result, 2, "nobody", "aider")
    assert not (tmp_path / "runs").exists()


def test_a_model_without_its_key_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """A provider's key that is not set is named with its variable."""
    result = run(idea, "--template", TOY, "--model", "anthropic/claude-sonnet-4-5", ANTHROPIC_API_KEY="")
    refused(result, 3, "ANTHROPIC_API_KEY")
    assert not (tmp_path / "runs").exists()


def test_a_limit_on_money_without_a_price_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """By the check, with the name and both remedies; with a price in the settings it is taken. A budget that allows no call
    is not spent by the check either."""
    with Provider() as server:
        flags = (idea, "--template", TOY, "--model", "Qwen/Qwen3-8B", "--base-url", server.url, "--no-paper")
        refused(
            run(*flags, "--budget-usd", 5), 3, "the price of Qwen/Qwen3-8B is not known", "prices = ", "--budget-tokens"
        )
        assert not (tmp_path / "runs").exists()
        none = run(*flags, "--budget-usd", 0, LABLOOP_PRICES='{"Qwen/Qwen3-8B": [1, 2]}')
    assert none.returncode == 4 and "$0.00 used of --budget-usd 0.00" in none.stdout, none.stderr
    assert "--budget-usd 0\n" in none.stdout
    assert server.calls == []


def test_what_the_check_paid_is_metered_and_kept(run: Run, idea: Path, tmp_path: Path) -> None:
    """The token of the check counts towards the budget, lies among the exchanges and in the journal."""
    with Provider() as server:
        flags = (idea, "--template", TOY, "--model", "m", "--base-url", server.url, "--no-paper")
        ended = run(*flags, "--budget-tokens", 500)
    assert ended.returncode == 4 and "10 tokens used of --budget-tokens 500" in ended.stdout, ended.stderr
    assert [call["max_tokens"] for call in server.calls] == [1]
    (session,) = (tmp_path / "runs").iterdir()
    (kept,) = (json.loads(path.read_text()) for path in (session / "exchanges").iterdir())
    assert (kept["reply"], kept["tokens_sent"], kept["tokens_received"], kept["step"]) == ("yes", 9, 1, "check")
    assert [event.number for event in open_session(session).journal.all(Probed)] == [1]


def test_a_model_that_does_not_answer_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """Each role's is asked once before the baseline; the adviser's key is its own, and so is its address."""
    with Provider() as writer, Provider(refuse=(401, "no such key", "invalid_api_key")) as adviser:
        result = run(
            *(idea, "--template", TOY, "--model", "m", "--base-url", writer.url, "--no-paper"),
            *("--adviser", "anthropic/claude-sonnet-4-5", "--adviser-base-url", adviser.root),
            OPENAI_API_KEY="key-of-openai",
            ANTHROPIC_API_KEY="key-of-anthropic",
        )
    refused(result, 3, "model (adviser, reviewer)", "no such key", "ANTHROPIC_API_KEY")
    assert not (tmp_path / "runs").exists()
    assert [call["key"] for call in (*writer.calls, *adviser.calls)] == ["key-of-openai", "key-of-anthropic"]


def test_resume_of_what_is_no_session_is_refused(run: Run, tmp_path: Path) -> None:
    """--resume names a session's folder."""
    refused(run("--resume", tmp_path), 1, "session.json")
    refused(run(), 2, "--resume")


def test_a_dry_run_touches_nothing(run: Run, idea: Path, tmp_path: Path) -> None:
    """It prints plan, prompt sizes and commands, and writes no file."""
    before = sorted(tmp_path.rglob("*"))
    result = run(idea, "--template", TOY, "--model", "manual", "--dry-run")
    assert result.returncode == 0, result.stderr
    assert "experiment.py" in result.stdout and "tokens" in result.stdout and "baseline" in result.stdout
    assert (
        "controls beside it: the starting point" in result.stdout
        and "control start: python -m judge.start" in result.stdout
    )
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ((), ("4. the best run and the baseline again, on 3 fresh seeds", "6. draft, review by manual, audit, PDF")),
        (("--confirm", "2", "--confirm-seeds", "4"), ("4. run_2 and the baseline again, on 4 fresh seeds",)),
        (("--confirm", "none", "--no-review"), ("4. nothing is confirmed", "6. draft, audit, PDF")),
    ],
)
def test_a_dry_run_tells_every_step(flags: tuple[str, ...], told: tuple[str, ...], run: Run, idea: Path) -> None:
    """Confirmation, figures and review stand in their places; what a flag leaves out is not promised."""
    shown = run(idea, "--template", TOY, "--model", "manual", "--dry-run", *flags).stdout
    assert all(line in shown for line in told), shown


def test_an_unknown_scale_is_refused(run: Run, idea: Path, tmp_path: Path) -> None:
    """--scale, or the setting of that name, is one of the template's; the message names those there are."""
    folder = write_template(tmp_path / "sized")
    refused(run(idea, "--template", folder, "--model", "manual", "--scale", "huge"), 2, "huge", "tiny, full")
    refused(run(idea, "--template", folder, "--model", "manual", LABLOOP_SCALE="huge"), 2, "huge", "tiny, full")
    refused(run(idea, "--template", TOY, "--model", "manual", "--scale", "full"), 2, "has no scales")
    assert not (tmp_path / "runs").exists()


def test_a_dry_run_shows_the_scale(run: Run, idea: Path, tmp_path: Path) -> None:
    """The scale is named and stands in the commands that would be run."""
    folder = write_template(tmp_path / "sized")
    shown = run(idea, "--template", folder, "--model", "manual", "--dry-run", "--scale", "full").stdout
    assert "scale    full  (there are tiny, full)" in shown
    assert "experiment: python experiment.py --scale=full" in shown and "fixed.prepare --scale=full" in shown
    assert "seeds 7, 8" in shown and "1000 s a launch" in shown


def test_an_idea_finds_the_template_that_it_lies_in(run: Run, tmp_path: Path) -> None:
    """templates/toy/idea.json is worked on templates/toy; --template wins over where the idea lies."""
    inside = run(TOY / "idea.json", "--model", "manual", "--dry-run")
    assert "(template toy:" in inside.stdout, inside.stderr
    folder = write_template(tmp_path / "sized")
    other = run(TOY / "idea.json", "--model", "manual", "--dry-run", "--template", folder)
    assert "(template sized:" in other.stdout, other.stderr


def test_an_idea_of_a_list_is_chosen_by_its_name(run: Run, idea: Path, tmp_path: Path) -> None:
    """A list without --idea is refused with the names it holds; with --idea that one is worked; a session needs none."""
    idea.write_text(json.dumps([GOOD, GOOD | {"Name": "other", "Title": "Another"}]))
    refused(run(idea, "--template", TOY, "--model", "manual"), 2, "idea.json", "--idea NAME", "an_idea, other")
    refused(run(idea, "--idea", "gone", "--template", TOY, "--model", "manual"), 2, "--idea gone", "an_idea, other")
    chosen = run(idea, "--idea", "other", "--template", TOY, "--model", "manual", "--dry-run")
    assert chosen.returncode == 0 and chosen.stdout.startswith("Another"), chosen.stderr
    refused(run("--resume", tmp_path, "--idea", "other"), 2, "--idea other", "leave it out")
    assert not (tmp_path / "runs").exists()

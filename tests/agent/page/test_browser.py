"""The page in a real browser: planted scripts do not run, ours does, nothing is refused that should load."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import fields, replace
from pathlib import Path

import pytest

from agent.page.build import build_view
from agent.page.write import render, write_page
from agent.session.reading import read_session
from tests.world.reading import read_page
from tests.world.scribe import Texts
from tests.world.sessions import make_session

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
]

PLANT = (
    "</style></pre></td></svg><script>document.documentElement.dataset.owned='yes'</script>"
    "<img src=x onerror=\"document.documentElement.dataset.owned='yes'\"><svg onload=\"document.documentElement.dataset.owned='yes'\">"
    '<a href="javascript:alert(1)">x</a><meta http-equiv=refresh content=0;url=about:blank>\x1b[31m\u202e'
)


def browse(page: Path, profile: Path, *flags: str) -> tuple[str, str]:
    """The document after its scripts ran, and what the browser's console said."""
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            "--enable-logging=stderr",
            "--virtual-time-budget=3000",
            *flags,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_planted_scripts_do_not_run_and_the_page_s_own_does(tmp_path: Path) -> None:
    """Script, handler, SVG and refresh planted in every field stay text, and the filter of the transcript is there."""
    texts = Texts(**{field.name: PLANT for field in fields(Texts) if field.name != "figure"})
    document, console = browse(write_page(make_session(tmp_path, texts)), tmp_path / "profile", "--dump-dom")
    assert "data-owned" not in document.split("<body>")[0]
    assert 'type="search"' in document
    assert "&lt;script&gt;document.documentElement.dataset.owned" in document
    assert not [link for link in read_page(document).all("a") if "javascript:" in link["href"]]
    assert console == ""


def test_the_page_breaks_no_rule_of_its_own_policy(tmp_path: Path) -> None:
    """With pictures inside and beside the page and the paper embedded, the browser refuses nothing."""
    session = make_session(tmp_path)
    picture = session.paths.figures / "metric_by_run.png"
    picture.write_bytes(picture.read_bytes() + bytes(2_000_000))
    _, console = browse(write_page(session), tmp_path / "profile", "--dump-dom")
    assert console == ""


def test_our_own_policy_would_stop_a_script_that_got_in(tmp_path: Path) -> None:
    """Should markup ever get through the escaping, the policy still keeps it from running: tried by planting it in the file."""
    page = write_page(make_session(tmp_path))
    planted = page.read_text(encoding="utf-8").replace(
        "<main ", "<script>document.documentElement.dataset.owned='yes'</script><main ", 1
    )
    page.write_text(planted, encoding="utf-8")
    document, console = browse(page, tmp_path / "profile", "--dump-dom")
    assert 'data-owned="yes"' not in document.split("<body>")[0]
    assert "Content Security Policy" in console


def room(page: Path, width: int, needed: str, given: str) -> tuple[int, int]:
    """What two expressions on the page's document `d` come to in a window so wide, every fold open, in pixels."""
    frame = page.with_name("frame.html")
    frame.write_text(
        f"<iframe id=f width={width} height=900 src={json.dumps(page.as_uri())}></iframe><script>f.onload = () => {{"
        "const d = f.contentDocument; d.querySelectorAll('details').forEach((e) => { e.open = true; });"
        f"document.title = `${{{needed}}} of ${{{given}}}`; }};</script>"
    )
    document, _ = browse(frame, page.with_name("profile"), "--allow-file-access-from-files", "--dump-dom")
    first, second = document.split("<title>")[1].split("</title>")[0].split(" of ")
    return int(first), int(second)


@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_never_scrolls_sideways(tmp_path: Path, width: int) -> None:
    """Wide tables, long words and long lines scroll in their own boxes: the page is as wide as its window."""
    texts = Texts(title="word" * 60, reason="/".join(["path"] * 80), log="x" * 3000)
    page = write_page(make_session(tmp_path, texts))
    needed, given = room(page, width, "d.documentElement.scrollWidth", "f.clientWidth")
    assert given == width
    assert needed <= given


@pytest.mark.parametrize("metrics", [5, 9])
def test_a_table_of_many_metrics_is_read_without_scrolling(tmp_path: Path, metrics: int) -> None:
    """On a window of 1280 pixels: long names break at their underscores, and more columns than five are set closer."""
    session = make_session(tmp_path)
    view = build_view(read_session(session.paths.root), session.paths.page)
    (column, *_), names = view.columns, ("explained_variance", "coactive_cosine", "frontier_ce_loss_score")
    better = "lower is better, good at 0 or below"
    many = tuple(replace(column, name=name, better=better, folded=False) for name in (names * 3)[:metrics])
    rows = tuple(replace(row, cells=row.cells[:1] * metrics) for row in view.rows)
    page = session.paths.root / "index.html"
    page.write_text(render(replace(view, columns=many, rows=rows, controls=())), encoding="utf-8")
    table = "d.querySelector('.runs').parentElement"
    needed, given = room(page, 1280, f"{table}.scrollWidth", f"{table}.clientWidth")
    assert needed <= given


def test_the_table_of_a_note_is_read_without_scrolling(tmp_path: Path) -> None:
    """On the same window: ten columns, with names at their beginning and verdicts in words at their end."""
    columns = (
        "metric",
        "value",
        "baseline",
        *(f"control_{n}" for n in range(3)),
        "delta",
        "noise",
        "all looks",
        "verdict",
    )
    words = "better than the baseline, beyond noise (a frozen random decoder scores 0.595 here)"
    cells = ("coactivation_overlap (lower is better)", "0.8203", "0.8210 ± 0.0005", *["0.1823"] * 6, words)
    table = "\n".join(f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), cells))
    page = write_page(make_session(tmp_path, Texts(prose=table)))
    needed, given = room(page, 1280, *(f"d.querySelector('.prose table').{what}Width" for what in ("scroll", "client")))
    assert needed <= given

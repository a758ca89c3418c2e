"""A session's files on the page: linked, shown, or named as missing; never anything from outside."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

from agent.page.files import diff_lines
from agent.page.write import write_page
from tests.agent.page.planted import page_of
from tests.world.files import png
from tests.world.sessions import make_session


def test_missing_files_are_named(tmp_path: Path) -> None:
    """Without figures, logs, exchanges, blobs and the paper, the page says of each that it is missing."""
    session = make_session(tmp_path)
    for name in ("figures", "exchanges", "attempts", "blobs"):
        shutil.rmtree(session.paths.root / name)
    session.paths.paper.unlink()
    text = page_of(session).text
    for sentence in (
        "metric_by_run.pdf, metric_by_run.png are missing",
        "exchanges/0001.json is missing or damaged",
        "attempts/001/stderr.log is missing",
        "A recorded version of experiment.py is missing from blobs/",
        "paper.pdf is missing from the session",
    ):
        assert sentence in text, sentence


def test_a_file_name_never_leads_out_of_the_session(tmp_path: Path) -> None:
    """A figure that names, or links to, a file elsewhere is not shown, and its contents are not in the page."""
    session = make_session(tmp_path)
    secret = tmp_path / "secret.png"
    secret.write_bytes(png() + b"SECRET")
    (session.paths.figures / "link.png").symlink_to(secret)
    journal = session.paths.journal.read_text(encoding="utf-8")
    names = '["metric_by_run.pdf","metric_by_run.png"]'
    assert names in journal
    planted = f'["../../../secret.png","{secret}","link.png","/etc/passwd"]'
    session.paths.journal.write_text(journal.replace(names, planted), encoding="utf-8")
    html = write_page(session).read_text(encoding="utf-8")
    assert base64.b64encode(secret.read_bytes()).decode()[-40:] not in html
    assert "link.png is missing" in html
    assert 'href="../' not in html


def test_a_digest_never_leads_out_of_the_blobs(tmp_path: Path) -> None:
    """Code whose recorded hash is a path elsewhere is missing, not read."""
    session = make_session(tmp_path)
    (tmp_path / "secret").write_text("SECRET")
    journal = session.paths.journal.read_text(encoding="utf-8")
    code = re.findall(r'"code":{"experiment.py":"([0-9a-f]{64})"', journal)[1]
    session.paths.journal.write_text(journal.replace(code, "../../../secret"), encoding="utf-8")
    text = page_of(session).text
    assert "SECRET" not in text
    assert "A recorded version of experiment.py is missing" in text


def test_a_large_picture_is_linked_and_not_put_inside(tmp_path: Path) -> None:
    """A picture of two megabytes is read from beside the page, so that the page stays small."""
    session = make_session(tmp_path)
    (session.paths.figures / "metric_by_run.png").write_bytes(png() + bytes(2_000_000))
    page = write_page(session)
    assert page.stat().st_size < 400_000
    assert 'src="figures/metric_by_run.png"' in page.read_text(encoding="utf-8")


def test_a_very_long_diff_is_cut_and_says_so() -> None:
    """Each line has its kind; after fifteen hundred of them it says how many more there are."""
    lines = diff_lines("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n same\n" + "+more\n" * 1500)
    assert [line.kind for line in lines[:6]] == ["file", "file", "hunk", "del", "add", "same"]
    assert (len(lines), lines[-1].text) == (1501, "… 6 more lines")

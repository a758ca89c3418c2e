"""Figures: plot.py run on real results, its output checked, typed results refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.experiment.figures import sound_figures, structure
from agent.results.to_draw import described
from agent.session.events import FiguresDrawn
from agent.session.steps import BASELINE, Step
from tests.agent.experiment.conftest import Bench, Maker, replaced

pytestmark = pytest.mark.process

INFOS = {
    "run_1": {
        "metrics": {"mse": {"mean": 0.48231, "spread": 0.00412, "n": 3}, "l0": {"mean": 16.0, "spread": None, "n": 1}}
    }
}
PDF, PNG = b"%PDF-1.4 ...", b"\x89PNG\r\n\x1a\n..."


def test_figures_are_told_which_runs_are_not_comparable(measured: Bench) -> None:
    """not_comparable.json lies beside the titles where there is one, and names what differs; else there is none."""
    plot = (measured.template / "plot.py").read_text()
    without = plot + "    assert not Path('not_comparable.json').exists()\n"
    assert draw(measured, without).ok
    slower = ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")
    measured.accept(replaced(measured.code, slower, ('"noise": NOISE', '"noise": 2 * NOISE')), title="More noise")
    told = plot + (
        "    assert json.loads(Path('not_comparable.json').read_text()) == {'run_1': ['config.noise: 0.3 → 0.6']}\n"
    )
    drawn = draw(measured, told, "figures/turn_2")
    assert drawn.ok, drawn


def draw(bench: Bench, plot: str, step: str = "figures/turn_1") -> FiguresDrawn:
    """What comes of a coder's plot.py."""
    return bench.lab.draw(Step(step), bench.edit(None, "figures", plot))


def test_figures_are_drawn_from_accepted_runs(measured: Bench) -> None:
    """plot.py sees run_*/final_info.json, the baseline's seeds and the titles, and its figures get their place."""
    measured.accept(replaced(measured.code, ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")), title="Half the rate")
    plot = (measured.template / "plot.py").read_text() + (
        "    assert json.loads(Path('titles.json').read_text())['run_1'] == 'Half the rate'\n"
        "    known = json.loads(Path('metrics.json').read_text())\n"
        "    assert list(known) == ['excess_loss', 'distance'] and known['excess_loss']['direction'] == 'lower'\n"
        "    assert len(list(Path('run_0/seeds').glob('*/final_info.json'))) == 2\n"
    )
    drawn = draw(measured, plot)
    assert drawn.ok, drawn
    assert drawn.files == ["excess_loss.pdf", "excess_loss.png"]
    assert (measured.session.paths.figures / "excess_loss.pdf").read_bytes().startswith(b"%PDF")
    attempts = len(list(measured.session.paths.attempts.iterdir()))
    assert measured.lab.draw(Step("figures/turn_1"), measured.edit(None, "figures")) == drawn
    assert len(list(measured.session.paths.attempts.iterdir())) == attempts


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise KeyError('absorption evaluation results')", "KeyError: 'absorption evaluation results' (plot.py:1"),
        ("pass", "no folder figures/ was written"),
        ("import os; os.mkdir('figures'); open('figures/a.png', 'w')", "figures/a.png is empty or no PNG"),
        ("import os; os.mkdir('figures'); open('figures/a.pdf', 'wb').write(b'%PDF-1.4')", "a.pdf has no PNG"),
        ("import os; os.mkdir('figures'); os.symlink('/etc/passwd', 'figures/a.pdf')", "not a regular file"),
        ("values = [0.8912, 0.7766, 0.6123]", "typed in, line 1: a list of decimals"),
        ("import os; open('run_0/final_info.json', 'w').write('{}'); raise ValueError('x')", "ValueError"),
    ],
)
def test_a_bad_plot_is_a_reason_for_the_coder(measured: Bench, code: str, reason: str) -> None:
    """Crashes, missing and unsound files and typed results come back; the old figures stay."""
    assert measured.lab.draw_template(Step("figures/first")).ok
    drawn = draw(measured, code)
    assert not drawn.ok
    assert reason in drawn.reason
    assert drawn.cause
    assert drawn.signature
    kept = sorted(path.name for path in measured.session.paths.figures.iterdir())
    assert kept == ["excess_loss.json", "excess_loss.pdf", "excess_loss.png"]


def test_a_plot_cannot_change_the_results(measured: Bench) -> None:
    """plot.py works on copies: whatever it writes, the session's results stay."""
    kept = (measured.session.paths.run(BASELINE) / "final_info.json").read_bytes()
    draw(
        measured,
        "from pathlib import Path\nfor p in Path('.').glob('run_*/final_info.json'):\n    p.write_text('{}')\n",
    )
    assert (measured.session.paths.run(BASELINE) / "final_info.json").read_bytes() == kept


def test_every_pdf_needs_its_png(tmp_path: Path) -> None:
    """The paper takes the PDF, the page the PNG; a figure without either is not done, other files do not count."""
    (tmp_path / "a.pdf").write_bytes(PDF)
    assert "a.pdf has no PNG" in sound_figures(tmp_path)[1]
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "notes.txt").write_text("x")
    assert sound_figures(tmp_path) == (["a.pdf", "a.png"], "")
    (tmp_path / "b.png").write_bytes(PDF)
    assert "b.png is empty or no PNG" in sound_figures(tmp_path)[1]


@pytest.mark.parametrize("name", ["λ_sweep", "top_50%", "a b", "a&b", "é", "a#1"])
def test_a_figure_s_name_is_one_that_latex_takes(tmp_path: Path, name: str) -> None:
    """Refused with the reason while the coder can still change it; letters, digits, _ - . are taken."""
    (tmp_path / f"{name}.pdf").write_bytes(PDF)
    (tmp_path / f"{name}.png").write_bytes(PNG)
    assert f"figures/{name}.pdf must be named with letters A-Z a-z, digits, _ - . only" in sound_figures(tmp_path)[1]
    for suffix in ("pdf", "png"):
        (tmp_path / f"{name}.{suffix}").rename(tmp_path / f"top-5_k.1.{suffix}")
    assert sound_figures(tmp_path)[1] == ""


def test_the_structure_names_every_key() -> None:
    """Whoever writes plot.py learns the keys and kinds of a result, not its values."""
    text = structure({"config": {"k": 16}, "training": {"curve": {"step": [1, 2], "loss": []}}, **INFOS["run_1"]})
    assert text.splitlines() == [
        "config:",
        "  k: int",
        "training:",
        "  curve:",
        "    step: list of 2 int",
        "    loss: list of 0 nothing",
        "metrics: (in run_0 each also with noise: number or null, the half-width of the band that verdicts use)",
        "  mse:",
        "    mean: number, spread: number or null, n: count",
        "  l0:",
        "    mean: number, spread: number or null, n: count",
    ]


def test_what_each_metric_is_stands_beside_the_titles(measured: Bench) -> None:
    """Direction, unit, label and digits come from template.toml; the primary metric is the session's."""
    written = json.loads(measured.session.paths.metrics.read_text())
    template = measured.session.template
    assert written == described(template.metrics, "excess_loss")
    assert written["distance"] == {
        "direction": "lower",
        "unit": "",
        "label": "distance",
        "description": template.metrics["distance"].description,
        "digits": template.metrics["distance"].digits,
        "target": template.metrics["distance"].target,
        "primary": False,
    }
    assert [name for name, metric in described(template.metrics, "distance").items() if metric["primary"]] == [
        "distance"
    ]


def test_a_plot_without_its_metrics_says_so(measured: Bench, tmp_path: Path) -> None:
    """Run by hand in a folder of results alone, the toy's script draws and tells what it misses."""
    shutil.copytree(measured.session.paths.run(BASELINE), tmp_path / "hand" / "run_0")
    script = [sys.executable, str(measured.template / "plot.py")]
    done = subprocess.run(script, cwd=tmp_path / "hand", capture_output=True, text=True, check=True)
    assert "metrics.json: not here" in done.stdout
    assert b"lower is better" not in (tmp_path / "hand/figures/excess_loss.pdf").read_bytes()
    measured.lab.draw_template(Step("figures/one"))
    assert b"lower is better" in (measured.session.paths.figures / "excess_loss.pdf").read_bytes()


def test_controls_lie_beside_the_titles_for_a_plot_to_read(make: Maker) -> None:
    """controls.json says what each is and measured; a plot that types such a value in is refused as for any result."""
    bench = make()
    bench.lab.measure_baseline()
    bench.lab.measure_controls()
    read = "import json\nassert json.load(open('controls.json'))['start']['metrics']['distance']['mean'] > 4\n"
    good = (bench.template / "plot.py").read_text()
    edit = bench.edit(None, "figures", plot=replaced(good, ("import json\n", read)))
    assert bench.lab.draw(edit.step, edit).ok
    value = round(20**0.5, 6)
    typed = bench.edit(None, "figures", plot=good + f"\nBEST = {value}\n")
    drawn = bench.lab.draw(typed.step, typed)
    assert not drawn.ok and "typed in" in drawn.reason and "the control start's distance" in drawn.reason

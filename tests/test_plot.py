"""plot.py itself, as the tool runs it: with one run, with many, and with what is missing."""

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import plot

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).resolve().parents[1]
METRICS = {"explained_variance": 0.86, "decoder_cosine": 0.31, "coactive_cosine": 0.1, "absorption_fraction": 0.7}
CURVE = {
    "step": [0, 10, 20, 30],
    "loss": [1, 0.5, 0.3, 0.2],
    "reconstruction": [1, 0.5, 0.3, 0.2],
    "l0": [16.0, 16.0, 16.0, 16.0],
    "dead": [0, 0, 1, 2],
}
DETAILS = {
    "decoder_cosine_histogram": {"edges": [0.0, 0.5, 1.0], "counts": [30, 2]},
    "probing_by_k": {"1": 0.6, "5": 0.7},
    "absorption_by_letter": {"a": {"absorption_fraction": 0.4, "full_absorption": 0.1, "n": 30}},
}
Draw = Callable[..., dict[str, bytes]]
BASIC = {"training_curves", "metrics_by_run", "separation_tradeoff"}


def write_run(folder: Path, number: int, details: object = None, **metrics: float) -> None:
    info = {
        "format": 1,
        "config": {},
        "training": {"curve": CURVE},
        "metrics": {
            name: {"mean": value, "spread": None, "n": 1, "noise": 0.01 if number == 0 else None}
            for name, value in {**METRICS, **metrics}.items()
        },
        **({"details": details} if details else {}),
    }
    (folder / f"run_{number}").mkdir(parents=True)
    (folder / f"run_{number}" / "final_info.json").write_text(json.dumps(info))


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Draws one figure, or all, as plot.py does, in a folder; a warning of matplotlib's is an error."""

    def drawing(folder: Path, figure: str = "") -> dict[str, bytes]:
        monkeypatch.chdir(folder)
        plot.style()
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            if figure:
                getattr(plot, figure)(plot.load_runs(Path()))
            else:
                plot.main()
        return {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}

    return drawing


def pdf_and_png(stems: set[str]) -> set[str]:
    return {f"{stem}.{kind}" for stem in stems for kind in ("pdf", "png")}


@pytest.mark.parametrize(
    ("count", "details", "more"), [(1, None, set()), (11, DETAILS, {"features", "absorption_by_letter"})]
)
def test_plot_draws_what_there_is_as_pdf_and_png(
    tmp_path: Path, draw: Draw, count: int, details: object, more: set[str]
) -> None:
    """With the baseline alone and with a full session, each figure that has its data is written as PDF and PNG, none empty."""
    for number in range(count):
        write_run(tmp_path, number, details, explained_variance=0.86 - 0.001 * number)
    drawn = draw(tmp_path)
    assert set(drawn) == pdf_and_png(BASIC | more)
    assert min(map(len, drawn.values())) > 3000


def test_a_figure_whose_data_is_missing_is_left_out(tmp_path: Path, draw: Draw) -> None:
    """Without probing there is no picture of features; the others come."""
    write_run(tmp_path, 0, {name: found for name, found in DETAILS.items() if name != "probing_by_k"})
    assert set(draw(tmp_path)) == pdf_and_png(BASIC | {"absorption_by_letter"})


def test_the_command_draws_in_the_folder_it_is_called_in(tmp_path: Path) -> None:
    """`python plot.py` reads and writes its working directory, from wherever the harness comes."""
    write_run(tmp_path, 0)
    env = {"PYTHONPATH": str(REPOSITORY), "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path / "mpl")}
    command = [sys.executable, "-W", "error::UserWarning", str(REPOSITORY / "plot.py")]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "figures").iterdir()} == pdf_and_png(BASIC)


def test_figures_depend_on_the_results_alone(tmp_path: Path, draw: Draw) -> None:
    """The same results give the same bytes; another result gives another figure: nothing is typed into plot.py."""
    pictures = []
    for name, value in (("a", 0.86), ("b", 0.86), ("c", 0.85)):
        write_run(tmp_path / name, 0)
        write_run(tmp_path / name, 1, explained_variance=value)
        pictures.append(draw(tmp_path / name, "separation_tradeoff")["separation_tradeoff.png"])
    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]


def test_directions_come_from_the_tools_file(tmp_path: Path, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    """metrics.json decides; by hand, where there is none, template.toml beside the script does."""
    monkeypatch.setattr(plot, "HIGHER_IS_BETTER", set())
    monkeypatch.setattr(plot, "METRICS", {})
    write_run(tmp_path, 0)
    plain = draw(tmp_path)["metrics_by_run.png"]
    assert "explained_variance" in plot.HIGHER_IS_BETTER and "decoder_cosine" not in plot.HIGHER_IS_BETTER
    plot.HIGHER_IS_BETTER.clear()
    plot.METRICS.clear()
    turned = {"explained_variance": {"direction": "lower"}, "decoder_cosine": {"direction": "higher"}}
    (tmp_path / "metrics.json").write_text(json.dumps(turned))
    assert draw(tmp_path)["metrics_by_run.png"] != plain
    assert {"decoder_cosine"} == plot.HIGHER_IS_BETTER


def test_without_any_word_on_directions_nothing_is_drawn(
    tmp_path: Path, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A figure with arrows that were guessed is worse than none."""
    write_run(tmp_path, 0)
    monkeypatch.setattr(plot, "__file__", str(tmp_path / "plot.py"))
    with pytest.raises(SystemExit, match=r"neither metrics\.json nor"):
        draw(tmp_path)


def test_the_candidate_s_fresh_seeds_are_a_figure(tmp_path: Path, draw: Draw) -> None:
    """confirmation.json and bands.json give `fresh_seeds`; without them there is none."""
    for number in range(3):
        write_run(tmp_path, number, explained_variance=0.86 + 0.01 * number)
    said = {"run": "run_2", "seeds": [101, 102]}
    samples = {"candidate": {"explained_variance": [0.88, 0.881]}, "baseline": {"explained_variance": [0.86, 0.861]}}
    (tmp_path / "confirmation.json").write_text(json.dumps({**said, **samples, "failed": []}))
    fresh = {"word": "confirmed better", "difference": 0.02, "noise": 0.003}
    bands = {"explained_variance": {"one_look": 0.01, "all_looks": 0.02, "looks": 2, "fresh": fresh}}
    (tmp_path / "bands.json").write_text(json.dumps(bands))
    assert set(draw(tmp_path)) == pdf_and_png(BASIC | {"fresh_seeds"})

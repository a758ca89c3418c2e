"""Baselines kept between sessions: what their key knows, two sessions at once, a damaged cache."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from agent.experiment.baseline_store import baseline_key
from agent.experiment.laboratory import Laboratory
from agent.sandbox import choose
from agent.session.events import AttemptBegun
from agent.session.session import start_session
from agent.session.settings import Settings
from agent.session.steps import BASELINE
from agent.session.template import load_template
from tests.agent.experiment.conftest import IDEA, REPOSITORY, Maker, replaced

pytestmark = pytest.mark.process


def test_a_second_session_reuses_it(make: Maker) -> None:
    """The same template is measured once on a machine: the second session launches nothing and has the same numbers."""
    first = make("bwrap", own_cache=True).lab.measure_baseline()
    bench = make("bwrap", own_cache=True)
    assert bench.lab.measure_baseline().results == first.results
    assert list(bench.session.journal.all(AttemptBegun)) == []
    assert (bench.session.paths.run(BASELINE) / "answer.json").is_file()


def test_the_key_knows_what_the_numbers_depend_on(make: Maker) -> None:
    """Code, evaluator and commands change the key; figures, descriptions and budgets of time do not."""
    root = make(own_cache=True).template

    def changed(name: str, old: str, new: str) -> bool:
        before, text = baseline_key(load_template(root)), (root / name).read_text()
        (root / name).write_text(replaced(text, (old, new)))
        after = baseline_key(load_template(root))
        (root / name).write_text(text)
        return before != after

    assert changed("experiment.py", "LEARNING_RATE = 0.01", "LEARNING_RATE = 0.02")
    assert changed("judge/problem.py", "NOISE = 0.3", "NOISE = 0.4")
    assert changed("template.toml", '"-m", "judge"', '"-m", "judge", "-v"')
    assert not changed("template.toml", 'environment = "agent"', 'environment = { name = "agent", imports = ["json"] }')
    assert not changed("plot.py", "WIDTH, HEIGHT", "WIDTH,  HEIGHT")
    assert not changed("template.toml", "timeout_s = 20", "timeout_s = 21")
    assert not changed("template.toml", "seeds = [0, 1]", "seeds = [0, 1, 2]")


def test_a_damaged_cache_is_measured_anew(make: Maker) -> None:
    """A kept result that is cut off or lacks a metric is not believed."""
    bench = make(own_cache=True)
    bench.lab.measure_baseline()
    kept = bench.lab.store.seed_folder(0) / "final_info.json"
    info = json.loads(kept.read_text())
    del info["metrics"]["distance"]
    kept.write_text(json.dumps(info))
    (bench.lab.store.seed_folder(1) / "final_info.json").write_text("{")
    again = make(own_cache=True)
    again.lab.measure_baseline()
    assert len(list(again.session.journal.all(AttemptBegun))) == 2


def test_two_sessions_at_once_measure_it_once(make: Maker, tmp_path: Path) -> None:
    """Two processes that start together share the work: each seed is launched by one of them only."""
    benches = [make("bwrap"), make("bwrap")]
    program = """
        import sys
        from pathlib import Path
        from agent.experiment.laboratory import Laboratory
        from agent.sandbox import choose
        from agent.session.session import open_session
        session = open_session(Path(sys.argv[1]))
        Laboratory(session, choose("bwrap"), cache=Path(sys.argv[2])).measure_baseline()
    """
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), str(bench.session.paths.root), str(tmp_path / "cache")],
            cwd=REPOSITORY,
        )
        for bench in benches
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    launched = [
        line
        for bench in benches
        for line in bench.session.paths.journal.read_text().splitlines()
        if '"attempt_begun"' in line
    ]
    assert len(launched) == 2
    results = [json.loads((bench.session.paths.run(BASELINE) / "final_info.json").read_text()) for bench in benches]
    assert results[0] == results[1]


def test_each_scale_has_its_own_baseline(make: Maker, tmp_path: Path) -> None:
    """The experiment gets the scale in its command, with that scale's seeds; nothing measured at one is used at another."""
    scales = (
        'default_scale = "small"\n[scales.small]\n[scales.large]\nseeds = [5]\nexperiment_timeout_s = 19\n[experiment]'
    )

    def alter(root: Path) -> None:
        contract = replaced(
            (root / "template.toml").read_text(),
            ("[experiment]", scales),
            ('"--seed={seed}"', '"--seed={seed}", "--scale={scale}"'),
            ('"judge.start", "--out_dir={out_dir}"', '"judge.start", "--out_dir={out_dir}", "--scale={scale}"'),
        )
        (root / "template.toml").write_text(contract)
        code = replaced(
            (root / "experiment.py").read_text(),
            ('parser.add_argument("--seed"', 'parser.add_argument("--scale")\n    parser.add_argument("--seed"'),
            ('"seed": args.seed', '"scale": args.scale, "seed": args.seed'),
        )
        (root / "experiment.py").write_text(code)

    root = make("bwrap", alter=alter, own_cache=True).template
    runs = {}
    for scale in ("small", "large"):
        session = start_session(
            tmp_path / "runs", IDEA, load_template(root, scale), Settings.model_validate({"scale": scale})
        )
        runs[scale] = Laboratory(session, choose("bwrap"), cache=tmp_path / "cache").measure_baseline()
    assert {scale: run.results["config"]["scale"] for scale, run in runs.items()} == {
        "small": "small",
        "large": "large",
    }
    assert (runs["small"].results["seeds"], runs["large"].results["seeds"]) == ([0, 1], [5])
    assert len(list((tmp_path / "cache" / "baselines").iterdir())) == 2

"""docs/evals.md adds an eval: what it says is typed here, file by file and line by line, and run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import save_file

from harness.evaluation.evals import EVALS, Eval
from harness.read.lm import LOCAL_MODEL
from harness.read.text import DATA
from harness.saved import write_json
from harness.store.cache import Cache
from tests.harness.evaluation.examples import an_sae

REPOSITORY = Path(__file__).resolve().parents[4]
PAGE = (REPOSITORY / "docs" / "evals.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w./]+)`:\n\n```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
LINES = re.findall(r"^```diff\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COMMANDS = re.findall(r"^\$ \S+/python (.*)$", PAGE, re.MULTILINE)
TOML = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the harness, to which a reader has added the page's file and its line."""
    skipped = shutil.ignore_patterns("__pycache__", DATA.name)
    shutil.copytree(REPOSITORY / "harness", tmp_path / "harness", ignore=skipped)
    (tmp_path / "harness" / DATA.name).symlink_to(DATA)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    evals = tmp_path / "harness" / "evaluation" / "evals" / "__init__.py"
    text = evals.read_text(encoding="utf-8")
    for diff in LINES:
        before, after = (
            "".join(line[1:] for line in diff.splitlines(True) if line[0] in signs) for signs in (" ", " +")
        )
        assert text.count(before) == 1, f"the page's lines are not in {evals.name}: {before}"
        text = text.replace(before, after)
    evals.write_text(text, encoding="utf-8")
    return tmp_path


def a_run(folder: Path) -> None:
    """A run that left a random TopK SAE for the shipped model."""
    submission = an_sae(d_sae=64, k=4)
    tensors = {name: getattr(submission.sae, name).contiguous() for name in ("W_enc", "b_enc", "W_dec", "b_dec")}
    config = {"sae": "topk", "k": 4, "d_sae": 64, "model": LOCAL_MODEL, "layer": 2, "context": 128}
    write_json(folder / "final_info.json", {"config": config})
    write_json(folder / "sae" / "cfg.json", {"architecture": "topk", "d_in": 128, "d_sae": 64, "k": 4})
    save_file({name: tensor.detach() for name, tensor in tensors.items()}, folder / "sae" / "sae_weights.safetensors")


def typed(tree: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A command of the page, in the reader's tree."""
    env = {"LABLOOP_CACHE": str(Cache().root), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    words = [sys.executable, *command.split()]
    return subprocess.run(words, cwd=tree, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_page_s_eval_is_chosen_checked_and_run(tree: Path) -> None:
    """By one file and one line in the tuple: the check finds nothing lacking, the run leaves its metric and its file."""
    assert len(FILES) == 1 and len(LINES) == 1 and len(COMMANDS) == 2
    check, run = COMMANDS
    done = typed(tree, check)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "nothing is lacking for robustness at scale tiny"
    a_run(tree / "run_1")
    done = typed(tree, f"{run.replace('core,', '')} --heldout_tokens=500")  # core reads what takes a minute to make
    assert done.returncode == 0, done.stderr
    found = json.loads((tree / "run_1" / "scores.json").read_text())
    metric = found["metrics"]["robustness"]
    assert 0.3 < metric["mean"] < 1
    assert metric["n"] == 3 and metric["spread"] > 0
    written = json.loads((tree / "run_1/sae_bench/robustness/run_1_custom_sae_eval_results.json").read_text())
    assert written["eval_result_metrics"]["overlap"] == pytest.approx(metric["mean"])
    assert len(written["eval_result_details"]) == 3


@pytest.mark.slow
def test_an_eval_whose_line_is_missing_is_not_known(tree: Path) -> None:
    """The tuple is the only list: without its line the page's file is there and cannot be chosen."""
    evals = tree / "harness" / "evaluation" / "evals" / "__init__.py"
    evals.write_text(evals.read_text().replace('    _eval_in("robustness"),\n', ""))
    done = typed(tree, COMMANDS[0])
    assert done.returncode == 1
    assert done.stderr.startswith("error: no such eval: robustness. There are: core, absorption,")


def test_the_page_names_what_an_eval_may_say() -> None:
    """Every attribute and method of the base class stands in the page's table, and no other."""
    own = {name for name in {**Eval.__annotations__, **vars(Eval)} if not name.startswith("_")}
    assert set(re.findall(r"^\| `(\w+)(?:\(\w+\))?` \|", PAGE, re.MULTILINE)) == own


def test_the_page_s_template_is_toml() -> None:
    """The metric is declared with a direction, and the evaluator runs the eval."""
    tomllib = pytest.importorskip("tomllib")
    [text] = TOML
    template = tomllib.loads(text)
    assert template["metrics"]["robustness"]["direction"] in ("higher", "lower")
    assert all("--evals=default,robustness" in template["evaluator"][each] for each in ("command", "check"))


OTHER_MEANINGS = {  # the same word, for something else
    ("autointerp.py", "autointerp"): "a metric",
    ("unlearning.py", "unlearning"): "a metric",
    ("ravel.py", "ravel"): "a metric, and a kind of the cache",
    ("exam.py", "unlearning"): "a kind of the cache",
    ("absorption.py", "absorption"): "a folder of sae-bench's",
    ("artifacts.py", "scr"): "a field of the kept file",
    ("sae_probes.py", "sae_probes"): "the package",
}


PUBLISHED = (
    "protocol.py",
    "published.py",
)  # sae-bench's own evals as its published runs had them: no other is added there


def test_no_other_module_of_the_evaluation_names_an_eval() -> None:
    """The names are spelt in the evals' own files: a table by name would be a second place to add one."""
    names = "|".join(each.name for each in EVALS)
    literal = re.compile(rf"""["']({names})["']""")
    rest = [path for path in (REPOSITORY / "harness" / "evaluation").rglob("*.py") if path.parent.name != "evals"]
    rest = [path for path in rest if path.name not in PUBLISHED]
    found = {(path.name, name) for path in rest for name in literal.findall(path.read_text(encoding="utf-8"))}
    assert found == OTHER_MEANINGS.keys()

"""A template for tests: a folder with a contract, an experiment and a plot, without torch and without an evaluator."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from agent.session.files import write_text
from agent.session.template import load_template
from agent.session.template.contract import Metric, Template

CONTRACT = """\
format = 1
name = "{name}"
title = "{title}"
environment = "agent"
[experiment]
command = ["python", "experiment.py", "--out_dir={{out_dir}}", "--seed={{seed}}"]
editable = ["experiment.py"]
timeout_s = 60
[baseline]
seeds = [0, 1, 2]
[figures]
command = ["python", "plot.py"]
editable = ["plot.py"]
[[proofs]]
check = "training.steps > 0"
reason = "the run trained no step"
[comparable]
keys = {keys}
"""
PLOT = "import json\n"


def write_template(
    folder: Path, title: str, metrics: Mapping[str, Metric], code: str = "pass\n", keys: Iterable[str] = ()
) -> Template:
    """The template in `folder`, which names it; three seeds of the baseline, `keys` that a run must share with it."""
    contract = CONTRACT.format(name=folder.name, title=title, keys=json.dumps(list(keys)))
    write_text(folder / "template.toml", contract + "".join(_metric(*metric) for metric in metrics.items()))
    write_text(folder / "experiment.py", code)
    write_text(folder / "plot.py", PLOT)
    return load_template(folder)


def _metric(name: str, metric: Metric) -> str:
    """A metric's table in TOML; JSON's strings, numbers and booleans are TOML's too."""
    fields = metric.model_dump(exclude_defaults=True, exclude_none=True)
    return f"[metrics.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())

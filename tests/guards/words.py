"""Words that have one place: names of runs and steps, directions of metrics, prompts, fields of research."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.guards.source import Source, sources

PROMPT_LENGTH = 200
_NAMES = re.compile(
    r"\brun_(?:\d|\{|$)"  # run_0, run_{number}, and "run_" alone, which is there to be cut off or added to
    r"|(?:^|/)(?:turn|seed|again|repair|compile|abandoned)_(?:\d|\{|$)"
    r"|^draft/|^figures/(?:turn|template|note)|^paper/marked"
    r"|^(?:\{\}|[\w.]+)?/(?:note|advice|fill|refine|title|plain|marked|template)(?:/|$)"
)
_EXAMPLE = re.compile(r"\[\[.*?\]\]")
"""A reference shown as an example in a message."""
_NAMES_LIVE_IN = ("agent/names.py", "agent/session/steps.py")
_DIRECTION_NAME = re.compile(r"(?:higher|lower)_is_better|\bis_higher_better", re.IGNORECASE)
_DIRECTIONS_LIVE_IN = ("agent/session/template/", "agent/results/")
_FIELD = re.compile(
    r"(?<![A-Za-z])((?i:torch|harness|saes?|autoencoders?|gemma|aider|sae[-_ ]?bench|latents?)|transformers)(?![A-Za-z])"
)
"""Not in the midst of a word: a variable of the environment that the sandbox hands on, PYTORCH_…, names no field."""
_ADAPTER = re.compile(r"agent/coding/(?:aider\w*|worker)\.py|agent/coding/aider/.*")


def names_spelt_elsewhere(root: Path) -> list[str]:
    """Names of runs and steps that are put together, cut apart or typed outside of names.py and session/steps.py.

    Docstrings may give examples; so may a command's help, and a message in a [[reference]].
    """
    return [
        f"{source.path}:{line} {text[:60]!r}"
        for source in sources(root, ["agent"])
        if source.path not in _NAMES_LIVE_IN
        for line, text in source.strings()
        if _NAMES.search(_EXAMPLE.sub("", text)) and line not in _help_lines(source)
    ]


def directions_in_code(root: Path) -> list[str]:
    """A metric's direction anywhere but in template.toml: typed as a list in a script, or compared outside the results.

    A script may ask a metric for the direction that was declared: `metric["direction"] == "higher"`.
    """
    told = []
    for source in sources(root, ["agent", "harness", "benchmarks", "plot.py", "experiment.py", "templates"]):
        told += [f"{source.path}:{line} {name}" for line, name in _typed_directions(source)]
        if not source.path.startswith(_DIRECTIONS_LIVE_IN):
            asked = _asked_directions(source)
            told += [
                f"{source.path}:{line} {text!r}"
                for line, text in source.strings()
                if text in ("higher", "lower") and line not in asked
            ]
    return told


def _typed_directions(source: Source) -> Iterator[tuple[int, str]]:
    """Names such as HIGHER_IS_BETTER that are given something typed."""
    for node in ast.walk(source.tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        typed = isinstance(node.value, (ast.Set, ast.List, ast.Tuple, ast.Dict, ast.Constant))
        for target in targets if typed else []:
            if isinstance(target, ast.Name) and _DIRECTION_NAME.search(target.id):
                yield node.lineno, target.id


def _asked_directions(source: Source) -> set[int]:
    """Lines that compare what a file of metrics declares."""
    return {
        node.lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Subscript)
        if isinstance(node.left.slice, ast.Constant) and node.left.slice.value == "direction"
    }


def prompts_in_code(root: Path, meant: Mapping[str, str]) -> list[str]:
    """Strings of more than 200 characters in agent/ that are neither docstring, pattern nor help; prompts/ holds prompts.

    `meant` names the modules whose long texts are for people, each with the reason; one that is not needed is told too.
    """
    long = [
        (source.path, f"{source.path}:{line} {text[:60]!r}")
        for source in sources(root, ["agent"])
        for line, text in source.strings()
        if len(text) > PROMPT_LENGTH and line not in _help_lines(source) | _pattern_lines(source)
    ]
    spare = [f"{path} has no long text" for path in meant if path not in dict(long)]
    return [*(told for path, told in long if path not in meant), *spare]


def fields_named(root: Path, meant: Mapping[tuple[str, str], str]) -> list[str]:
    """Words of a field of research, of its libraries and of aider in agent/, comments and strings included.

    The adapter of aider may name it. `meant` holds (path, word) → the reason; one that is not needed is told too.
    """
    found = [
        (source.path, match[1].lower(), f"{source.path}:{number} {match[1]}")
        for source in sources(root, ["agent"])
        if not _ADAPTER.fullmatch(source.path)
        for number, line in enumerate(source.text.splitlines(), 1)
        for match in _FIELD.finditer(line)
    ]
    spare = [f"{path} does not say {word}" for path, word in meant if (path, word) not in {each[:2] for each in found}]
    return [*(told for path, word, told in found if (path, word) not in meant), *spare]


def _help_lines(source: Source) -> set[int]:
    """The lines of texts that a command prints about itself."""
    return {
        line
        for node in ast.walk(source.tree)
        if isinstance(node, ast.keyword) and node.arg in ("help", "description", "epilog", "usage", "metavar")
        for line in range(node.value.lineno, (node.value.end_lineno or node.value.lineno) + 1)
    }


def _pattern_lines(source: Source) -> set[int]:
    """The lines of arguments of re.compile."""
    return {
        line
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile"
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }

"""What goes back to the coder once before it counts: a setting that nothing reads, a budget that is not the baseline's.

A coder that keeps it has its way: it is launched, or counts as not comparable.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from agent.experiment.doubts.parsed import parsed
from agent.results.story import Story, story_of
from agent.results.verdicts.comparable import differences
from agent.session.events import AttemptEnded, Edited
from agent.session.session import Session
from agent.session.steps import BASELINE, RunName, Step

DOUBT = "doubt"
"""Of a failure that is a question back."""


def before_launch(session: Session, run: RunName, step: Step, edited: Edited) -> AttemptEnded | None:
    """The question on settings that this edit records and nothing reads; None where there is none, or where it was launched already."""
    story, names = story_of(session), session.template.experiment.editable
    parent = story.parent_of(run)
    if (
        not edited.changed
        or edited.left
        or parent is None
        or not parent.code
        or session.journal.find(AttemptEnded, step)
    ):
        return None
    after, before = (
        {name: session.blobs.get(files[name]) for name in names if name in files}
        for files in (edited.files, parent.code)
    )
    unread = [name for name in unread_settings(before, after, _recorded(story)) if not _in_fixed_half(session, name)]
    if not unread:
        return None
    named = ", ".join(unread)
    reason = (
        f"{named} {'are' if len(unread) > 1 else 'is'} recorded as a setting, but nothing in the code reads "
        f"{'them' if len(unread) > 1 else 'it'}, so the run would be that of before under another name"
    )
    return _question(run, reason)


def not_comparable(session: Session, run: RunName, attempt: AttemptEnded) -> AttemptEnded | None:
    """The question on a run that ended well with other than the baseline's budget; None where it is comparable or counts already."""
    story = story_of(session)
    baseline = story.accepted.get(BASELINE)
    if baseline is None or run in story.accepted:
        return None
    changed = differences(session.template.comparable.keys, attempt.results, baseline.results)
    if not changed:
        return None
    told = "; ".join(changed)
    return _question(
        run,
        f"the run ended well, but it is not comparable with the baseline: you changed {told}. As it is it counts as not comparable, "
        "gets no verdict and cannot be the best run",
    )


def _question(run: RunName, reason: str) -> AttemptEnded:
    return AttemptEnded(number=None, run=Step(run), outcome="no_edit", reason=reason, cause=reason, signature=DOUBT)


def _recorded(story: Story) -> frozenset[str]:
    """Names of the settings that the baseline recorded, without their groups."""
    baseline = story.accepted.get(BASELINE)
    config = baseline.results.get("config") if baseline else None
    return frozenset(_names(config)) if isinstance(config, Mapping) else frozenset()


def _in_fixed_half(session: Session, name: str) -> bool:
    """Whether a module that is not edited knows the name, and so may read the setting from what it is given."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    roots = [session.template.root / fixed for fixed in session.template.experiment.fixed]
    files = [path for root in roots for path in (root.rglob("*.py") if root.is_dir() else [root])]
    return any(
        path.suffix == ".py" and word.search(path.read_text("utf-8", "replace")) for path in files if path.is_file()
    )


def _names(config: Mapping[str, object]) -> Iterator[str]:
    for name, value in config.items():
        yield name
        if isinstance(value, Mapping):
            yield from _names(value)


def unread_settings(before: Mapping[str, bytes], after: Mapping[str, bytes], recorded: Collection[str]) -> list[str]:
    """Names of settings that stand in `after` and are read nowhere in it: new ones, and those that `before` still read.

    A setting is a field of a class, or a key of a dict, in which settings stand that were `recorded` before. Only what can be told
    without running it: a number, a constant of the module, a flag. Code that reads a setting by a name that does not exist is left to its
    launch, whose traceback tells more.
    """
    old, new = (parsed(files) for files in (before, after))
    if not new or _reads_what_is_not_there(new, recorded):
        return []
    known, reads, had = {name for name, _ in _settings(old, recorded)}, _reads(new), _reads(old)
    fresh = {name for name, value in _settings(new, recorded) if name not in known and not _is_read(name, value, reads)}
    fields = {name for name, value in _settings(new, recorded) if value is None and name in known}
    gone = {name for name in fields if had[name] and not reads[name]}
    gone |= {name for name, value in _settings(new, recorded) if name in known and _is_left_alone(value, had, reads)}
    return sorted(fresh | gone)


def _is_left_alone(value: ast.expr | None, had: Counter[str], reads: Counter[str]) -> bool:
    """Whether a constant of the module is recorded as ever, and was read elsewhere before, and is not any more."""
    return isinstance(value, ast.Name) and value.id.isupper() and had[value.id] > 1 and reads[value.id] <= 1


def _settings(trees: list[ast.Module], recorded: Collection[str]) -> Iterator[tuple[str, ast.expr | None]]:
    """(name, what a dict gives for it; None for a field) of all that is recorded as a setting."""
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ClassDef):
            fields = [f.target.id for f in node.body if isinstance(f, ast.AnnAssign) and isinstance(f.target, ast.Name)]
            if _holds_settings(fields, recorded):
                yield from ((name, None) for name in fields)
        elif isinstance(node, ast.Dict):
            items = [(key.value, value) for key, value in zip(node.keys, node.values, strict=True) if _is_text(key)]  # type: ignore[union-attr]
            if _holds_settings([str(name) for name, _ in items], recorded):
                yield from ((str(name), value) for name, value in items)


def _reads_what_is_not_there(trees: list[ast.Module], recorded: Collection[str]) -> bool:
    """Whether an attribute that no class has is read of the object of which the settings are read."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    holders = {ast.dump(node.value) for node in attributes if node.attr in recorded and _of_settings(node.value)}
    there = {name for name, value in _settings(trees, recorded) if value is None}
    there |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return bool(there & set(recorded)) and any(
        ast.dump(node.value) in holders and node.attr not in there for node in attributes
    )


def _of_settings(node: ast.expr) -> bool:
    named = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return re.search(r"settings|config|cfg|hparams|options|params", named, re.IGNORECASE) is not None


def _holds_settings(names: Collection[str], recorded: Collection[str]) -> bool:
    """One name may be shared by chance, as by a record of what training did."""
    return len(set(names) & set(recorded)) >= min(2, len(recorded)) > 0


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _reads(trees: list[ast.Module]) -> Counter[str]:
    """How often each name is read: as a variable, an attribute, a key, or by its name in a string that is no key of a dict."""
    found = Counter[str]()
    keys = {id(key) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found[node.id] += 1
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            found[node.attr] += 1
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in keys:
            found[node.value] += 1
    return found


def _is_read(name: str, value: ast.expr | None, reads: Counter[str]) -> bool:
    if value is None:
        return reads[name] > 0
    if isinstance(value, ast.Constant) and not isinstance(value.value, str) and value.value is not None:
        return reads[name] > 0
    if isinstance(value, ast.Name) and value.id.isupper():
        return reads[value.id] > 1
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id == "args":
        return reads[value.attr] > 1
    return True  # a label, or what is computed: no setting that the code could leave unread

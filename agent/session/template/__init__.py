"""A template, read from its folder and checked, at one of its scales."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.errors import TemplateError, UsageError
from agent.session.paths import REPOSITORY
from agent.session.template.contract import Template
from agent.session.template.reported import load_reported
from agent.session.template.scales import PLACE
from agent.session.values import VALUES, filled

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib  # type: ignore[no-redef]


def load_template(folder: Path, scale: str = "", values: Mapping[str, str] | None = None) -> Template:
    """The template in `folder` at `scale` (its default where empty), its commands given `values`.

    Raises TemplateError naming file, field and remedy; UsageError for a scale that it does not have, and for values that it does not take.
    """
    template = _read(folder)
    path = folder / "template.toml"
    shown = (*template.experiment.read_only, *template.figures.read_only)
    hidden = [*template.experiment.hidden, *(template.evaluator.hidden if template.evaluator else ())]
    for name in hidden:
        if not name.startswith(("{cache}/", "{models}")) and not any(folder.glob(name)):
            raise TemplateError(f"{path}: {name!r} does not exist in {folder}; add it or take it out of the list")
    for name in (*template.editable, *shown, *template.experiment.fixed):
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise TemplateError(f"{path}: {name!r} lies outside the template's folder; name files inside it")
        if not target.exists():
            raise TemplateError(f"{path}: {name!r} does not exist in {folder}; add it or take it out of the list")
    return with_values(at_scale(template, scale), values or {})


def declared_template(folder: Path, scale: str = "", values: Mapping[str, str] | None = None) -> Template:
    """As `load_template`, for looking at what it declares: its fixed half need not be there, and nothing can be run.

    No file that it names is read from outside of `folder`.
    """
    template = _read(folder)
    reported = [one.reported for one in template.scales.values() if one.reported]
    for name in (*template.editable, *template.experiment.fixed, *reported):
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise TemplateError(f"{folder / 'template.toml'}: {name!r} lies outside the template's folder")
    return with_values(at_scale(template, scale), values or {})


def template_here(name: str, scale: str = "", values: Mapping[str, str] | None = None) -> Template | None:
    """The template of this name that labloop itself ships, at `scale`; None where there is none, or none that fits."""
    for folder in (REPOSITORY, REPOSITORY / "templates" / name):
        try:
            template = load_template(folder, scale, values)
        except (TemplateError, UsageError, OSError):
            continue
        if template.name == name:
            return template
    return None


def _read(folder: Path) -> Template:
    """What template.toml in `folder` declares. Raises TemplateError."""
    path = folder / "template.toml"
    if not folder.is_dir():
        raise TemplateError(f"{folder}: there is no such template; `templates/` and the repository root hold them")
    if not path.is_file():
        raise TemplateError(f"{path}: missing; a template's contract is declared there (see {_page(folder)})")
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return Template.model_validate(_declared(raw) | {"root": folder.resolve()})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise TemplateError(f"{path}: {_wrong(error)}") from error


def _wrong(error: ValidationError) -> str:
    """The first thing that is wrong with a template's contract, and what mends it; a name beside what is missing may be its slip."""
    first, *others = error.errors()
    *table, name = first["loc"] or ("the file",)
    beside = [
        str(each["loc"][-1]) for each in others if each["type"] == "extra_forbidden" and [*each["loc"][:-1]] == table
    ]
    near = get_close_matches(str(name), beside, n=1) if first["type"] == "missing" else []
    remedy = f"rename {near[0]!r} to it" if near else "mend this field"
    return f"{'.'.join(str(part) for part in [*table, name])}: {first['msg'].removeprefix('Value error, ')}; {remedy}"


def choose_scale(template: Template, asked: str) -> str:
    """The name of the scale to work at: `asked`, else the default; empty for a template without scales.

    Raises UsageError naming those there are.
    """
    if not template.scales:
        if asked:
            raise UsageError(f"--scale {asked}: the template {template.name} has no scales; leave it out")
        return ""
    if asked and asked not in template.scales:
        raise UsageError(
            f"--scale {asked}: the template {template.name} has no such scale; it has {', '.join(template.scales)}"
        )
    return asked or template.default_scale


def at_scale(template: Template, asked: str) -> Template:
    """The template with one scale chosen: commands filled in, limits and seeds replaced, published results read.

    Raises UsageError for a scale that there is not, TemplateError for a bad file of published results.
    """
    name = choose_scale(template, asked)
    if not name:
        return template
    scale = template.scales[name]
    limits = {
        "experiment": scale.experiment_timeout_s,
        "evaluator": scale.evaluator_timeout_s,
        "prepare": scale.prepare_timeout_s,
        "data": None,
        "figures": None,
    }
    update: dict[str, object] = {"scale": name}
    for part, command in template.commands.items():
        changed: dict[str, object] = {"command": [word.replace(PLACE, name) for word in command]}
        if part == "evaluator" and template.evaluator is not None:
            for field in ("check", "warm"):
                changed[field] = [word.replace(PLACE, name) for word in getattr(template.evaluator, field)]
        if limits[part] is not None:
            changed["timeout_s"] = limits[part]
        update[part] = getattr(template, part).model_copy(update=changed)
    update["controls"] = [
        control.model_copy(update={"command": [word.replace(PLACE, name) for word in control.command]})
        for control in template.controls
    ]
    if template.confirmation is not None:
        words = [word.replace(PLACE, name) for word in template.confirmation.evaluator]
        update["confirmation"] = template.confirmation.model_copy(update={"evaluator": words})
    if scale.seeds is not None:
        update["baseline"] = template.baseline.model_copy(update={"seeds": scale.seeds})
    if scale.optional or scale.descriptions:
        update["metrics"] = {
            key: metric.model_copy(
                update={
                    "optional": metric.optional or key in scale.optional,
                    "may_fail": metric.may_fail or key in scale.optional,
                    "description": scale.descriptions.get(key, metric.description),
                }
            )
            for key, metric in template.metrics.items()
        }
    if scale.reported:
        update["reported"] = load_reported(_inside_fixed(template, name, scale.reported))
    return template.model_copy(update=update)


def with_values(template: Template, values: Mapping[str, str]) -> Template:
    """The template with `values` in place of {values} in its commands, and said in its scale's description.

    Raises UsageError where its experiment takes none, and for a name that one of its commands gives itself.
    """
    if values and VALUES not in template.experiment.command:
        raise UsageError(
            f"--value {' '.join(values)}: the experiment of the template {template.name} takes no values (its command has no "
            f"{VALUES}); leave them out"
        )
    update: dict[str, object] = {}
    for part, command in template.commands.items():
        changed = {"command": filled(command, values)}
        if part == "evaluator" and template.evaluator is not None:
            changed["check"] = filled(template.evaluator.check, values)
        update[part] = getattr(template, part).model_copy(update=changed)
    update["controls"] = [one.model_copy(update={"command": filled(one.command, values)}) for one in template.controls]
    if template.confirmation is not None:
        words = filled(template.confirmation.evaluator, values)
        update["confirmation"] = template.confirmation.model_copy(update={"evaluator": words})
    if values and template.scale:
        scale = template.scales[template.scale]
        said = f"{scale.description} (with {', '.join(f'{name} = {value}' for name, value in values.items())})"
        update["scales"] = {**template.scales, template.scale: scale.model_copy(update={"description": said})}
    return template.model_copy(update=update)


def _inside_fixed(template: Template, scale: str, name: str) -> Path:
    """The file of published results; it belongs to the fixed half, so that nobody changes it in a session."""
    path = (template.root / name).resolve()
    fixed = [(template.root / part).resolve() for part in template.experiment.fixed]
    if not any(path == part or path.is_relative_to(part) for part in fixed):
        raise TemplateError(
            f"{template.root / 'template.toml'}: scales.{scale}.reported: {name!r} lies outside the fixed half "
            f"({', '.join(template.experiment.fixed) or 'experiment.fixed is empty'}); move it there"
        )
    return path


def template_of(idea: Path) -> Path:
    """The template that an idea belongs to: the nearest folder above it that is one, else the repository's root."""
    above = (folder for folder in idea.resolve().parents if (folder / "template.toml").is_file())
    return next(above, REPOSITORY)


def _page(folder: Path) -> str:
    """Where it is said what a folder lacks to be a template: AI-Scientist's are told by the files that only they have."""
    theirs = any((folder / name).is_file() for name in ("prompt.json", "seed_ideas.json"))
    return 'docs/templates.md, "A template from AI-Scientist"' if theirs else "docs/templates.md"


def _declared(raw: dict[str, Any]) -> dict[str, Any]:
    """The file's fields, those that labloop fills in under names that no file may use."""
    return {
        f"{name} (unknown)" if name in ("root", "scale", "reported") else name: value for name, value in raw.items()
    }

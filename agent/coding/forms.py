"""The edits of a reply without blocks, in the forms that models use: whole files in any fence, diffs, data. Standard library only.

Blocks go to the coder's own parser (blocks.py). Whole files, diffs and data are read here. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.coding.as_meant import as_meant, unnumbered
from agent.coding.diffs import by_file, hunks_of, is_diff, patched
from agent.coding.listings import Listing, editable_of, listings_of, name_of, split_by_file, why_not_whole
from agent.coding.packed import diffs_in_data, packed_in
from agent.coding.structured import AskedChange, changes_as_data, changes_in_words
from agent.coding.unfenced import whole_in

NO_FORM = "the reply held code in no form that can be applied"
_NOWHERE = "(a hunk without a line of the file round it: its place cannot be told)"
_UNKNOWN = re.compile(
    r"<(?:invoke|tool_call|function_call|edit|edits|change|patch|diff|str_replace|apply_diff|replace_in_file|write_to_file|insert|update)\b[^<>\n]*>"
    r"|\b(?:str_replace(?:_editor|_based_edit_tool)?|apply_(?:patch|diff|edit)|insert_line|edit_file|replace_in_file|write_to_file)\b|[\"']op[\"']\s*:"
    r"|^[ \t]*(?:-[ \t]*)?(?:search|find|old|old_str|replace|new|new_str|before|after|patch|diff)[ \t]*:[ \t]*(?:[|>][-+]?[ \t]*$|\S)|^\*\*\* (?:Begin|Update|Add)\b|^\*{15}$|^\d+(?:,\d+)?[acd]\d+(?:,\d+)?$|\[-.*-\]\{\+|^\[/?SEARCH\]|^\[\[?(?:edit|change|file)s?\]\]?$|\"cell_type\"|^[ \t]*(?:-[ \t]*)?content:[ \t]*[|>]|^[ \t]*(?::?%s/|sed -i|perl -p|cat\s*>+|tee |ed -s)",
    re.MULTILINE | re.IGNORECASE,
)
"""Marks of an edit in a form that is not read here: tools' calls, patches of JSON, YAML, commands of a shell."""
_LEAST_QUOTED = 12
_SPAN, _DELETED = re.compile(r"`([^`\n]+)`"), re.compile(r"<(?:del|s|strike)>([^<\n]+)</")
_PARTED = re.compile(r"\s*(?:->|=>|→|⇒|\||\t|;|,(?=[\"'])|:\s)\s*")
"""What parts the old from the new in a line of a table, or of words."""
_CHANGES = re.compile(r"->|=>|→|<ins>|\b(?:replac|chang|becom|set|edit|new|update|modif|instead)\w*|\|", re.IGNORECASE)
_CODE = re.compile(r"^(?:def \w+\(|class \w+|import \w+|from \S+ import )", re.MULTILINE)


@dataclass(frozen=True)
class Editing:
    """What a reply may edit."""

    files: Mapping[str, str]
    """Each editable file as it reads now; empty where it is yet to be made."""
    flags: tuple[str, ...] = ()
    """Flags that the tool gives the script: a whole new one must still take them."""
    whole: bool = False
    """Whole files were asked for."""


@dataclass(frozen=True)
class Found:
    """What a reply without blocks wants."""

    wholes: tuple[tuple[str, str], ...] = ()
    """New contents by the file's name."""
    blocks: tuple[tuple[str, str, str], ...] = ()
    """File, lines to be found, lines in their place: hunks whose place is not plain."""
    refused: tuple[str, ...] = ()
    """Files that are not editable."""
    problem: str = ""
    """Why code in the reply is no edit; empty where there is none, or all was taken."""

    @property
    def edits(self) -> bool:
        """Whether anything is to be edited, with leave or without."""
        return bool(self.wholes or self.blocks or self.refused)


def read_edits(text: str, editing: Editing) -> Found:
    """The edits of a reply that holds no block: as data, as diffs, as whole files, in words."""
    text = as_meant(text, editing.files.values())
    wanted, broken = changes_as_data(text)
    if not any(change.search or change.new for change in wanted) and (packed := diffs_in_data(text)):
        return _read_diff(packed, editing)
    if wanted:
        return _read_changes(wanted, editing)
    listings = split_by_file([listing for listing in listings_of(text) if listing.is_code], list(editing.files))
    if any(not listing.bodies for listing in listings):
        return Found(problem=f"{NO_FORM}: a listing in it never ends (the reply was cut off), so nothing was applied")
    if diff := _diff_in(text, listings, editing):
        return _read_diff(diff, editing)
    if words := changes_in_words(text, listings, editing.files):
        return _read_changes(words, editing)
    found = _read_listings(listings, editing)
    if not found.edits and (wholes := _read_bare(text, editing)):
        return Found(wholes)
    if not found.edits and (packed := packed_in(text, editing.files)):
        return Found(problem=f"{NO_FORM}: {packed}")
    if found.edits or found.problem:
        return found
    if (why := broken or _of_no_form(text, editing)) or len(_CODE.findall(text)) > 1:
        return Found(problem=f"{NO_FORM}: {why}" if why else NO_FORM)
    return found


def _of_no_form(text: str, editing: Editing) -> str:
    """What in a reply is meant as an edit and is none that is read; empty where nothing is."""
    if unknown := _UNKNOWN.search(text):
        return f"{' '.join(unknown.group().split())[:40]!r} begins an edit of a form that is not read here"
    quoted = _quoted(text, editing)
    return f"it quotes {quoted!r}, and gives no edit of it" if quoted else ""


def _quoted(text: str, editing: Editing) -> str:
    """A line of an editable file that a reply quotes though it stays as it is: what is to become of it is told in a form that is not read."""
    lines = {
        line.strip()
        for now in editing.files.values()
        for line in now.splitlines()
        if len(line.strip()) >= _LEAST_QUOTED
    }
    parts = {part.strip(" \t\"'`,") for line in text.splitlines() for part in (line, *_PARTED.split(line))}
    told = parts | set(_SPAN.findall(text)) | set(_DELETED.findall(text))
    return next((line[: _LEAST_QUOTED * 3] for line in sorted(lines & told) if _CHANGES.search(text)), "")


def _read_bare(text: str, editing: Editing) -> tuple[tuple[str, str], ...]:
    """The file that stands in a reply without a fence, where only one of the editable ones can be meant."""
    found = [
        (name, whole) for name, now in editing.files.items() if (whole := whole_in(text, name, now, editing.flags))
    ]
    return tuple(found) if len(found) == 1 and found[0][0].endswith(".py") else ()


def _read_listings(listings: Sequence[Listing], editing: Editing) -> Found:
    """Listings as whole files."""
    wholes, refused, problems = dict[str, str](), list[str](), list[str]()
    for listing in listings:
        name, named = name_of(listing, editing.files, editing.whole)
        file = editable_of(name, list(editing.files))
        if name and not file:
            refused.append(name)
        elif file:
            bodies = _bare(listing.bodies) if file.endswith(".py") else listing.bodies[-1:]
            asked = editing.whole and named
            whys = [why_not_whole(file, body, editing.files[file], editing.flags, asked) for body in bodies]
            if "" in whys:
                wholes[file] = bodies[whys.index("")]
            else:
                problems.append(whys[-1])
        else:
            problems.append("a listing names no file, and several are editable")
    if wholes or refused:
        return Found(tuple(wholes.items()), refused=tuple(dict.fromkeys(refused)))
    return Found(problem=f"{NO_FORM}: {'; '.join(dict.fromkeys(problems))}" if problems else "")


def _bare(bodies: Sequence[str]) -> Sequence[str]:
    """The bodies without numbers or prompts before their lines."""
    return ["".join(f"{line}\n" for line in unnumbered(body.splitlines())) if body else body for body in bodies]


def _read_changes(wanted: Sequence[AskedChange], editing: Editing) -> Found:
    """Changes that name what they replace: made where that stands once in the file, else left to be searched for.

    Where one of them cannot be read, none is made.
    """
    names, now = list(editing.files), dict(editing.files)
    blocks, refused, problems = list[tuple[str, str, str]](), list[str](), list[str]()
    for change in wanted:
        file = editable_of(change.path, names) if change.path else _holding(change, now)
        if not file and change.path:
            refused.append(change.path)
        elif why := _why_unread(change, file, now, editing):
            problems.append(why)
        elif change.search is None:
            now[file] = _ended(change.new)
        elif change.search.strip() and now[file].count(change.search) == 1:
            now[file] = now[file].replace(change.search, change.new)
        else:
            blocks.append((file, _lines(change.search.splitlines()), _lines(change.new.splitlines())))
    wholes = tuple((name, text) for name, text in now.items() if text != editing.files[name])
    if not wholes and not blocks and not refused and not problems:
        problems.append("its changes change nothing")
    if problems:
        return Found(problem=f"{NO_FORM}: {'; '.join(dict.fromkeys(problems))}")
    return Found(wholes, tuple(blocks), tuple(dict.fromkeys(refused)))


def _why_unread(change: AskedChange, file: str, now: Mapping[str, str], editing: Editing) -> str:
    """Why a change cannot be made; empty where it can be tried."""
    if not file:
        return "a change names no file, and several are editable"
    if change.search is None:
        return why_not_whole(file, _ended(change.new), editing.files[file], editing.flags, False)
    if not change.search.strip() and now[file].strip():
        return f"a change of {file} does not say what it replaces"
    return ""


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else text + "\n"


def _holding(change: AskedChange, files: Mapping[str, str]) -> str:
    """The only editable file, or the only one that holds what a change without a name replaces; empty where there is none."""
    holding = [name for name, text in files.items() if (change.search or "").strip() and (change.search or "") in text]
    return next(iter(files)) if len(files) == 1 else holding[0] if len(holding) == 1 else ""


def _diff_in(text: str, listings: Sequence[Listing], editing: Editing) -> str:
    """The reply where it holds hunks; else its listings in the language of diffs, each as one hunk; empty without one."""
    if is_diff(text):
        return text
    parts = []
    for listing in listings:
        body = listing.bodies[-1]
        if is_diff(body):
            parts.append(body)
        elif listing.language in ("diff", "patch", "udiff") and re.search(r"^[+-]", body, re.MULTILINE):
            headed, heads = re.subn(r"^(\+\+\+ .*\n)", r"\1@@\n", body, flags=re.MULTILINE)
            parts.append(headed if heads else f"+++ {name_of(listing, editing.files, False)[0]}\n@@\n{body}")
    return "\n```\n".join(parts)


def _read_diff(text: str, editing: Editing) -> Found:
    """The edits of a diff: hunks with a plain place as a whole file, the others as blocks to be searched for."""
    held = frozenset(line for now in editing.files.values() for line in now.splitlines())
    hunks, refused = by_file(hunks_of(text, held), editing.files)
    wholes, blocks = list[tuple[str, str]](), list[tuple[str, str, str]]()
    for name, of_file in hunks.items():
        new, missed = patched(editing.files[name], of_file)
        if len(missed) < len(of_file):
            wholes.append((name, new))
        blocks += [(name, _lines(hunk.before or [_NOWHERE]), _lines(hunk.after)) for hunk in missed]
    if not wholes and not blocks and not refused:
        return Found(problem=f"{NO_FORM}: its diff changes nothing")
    return Found(tuple(wholes), tuple(blocks), tuple(dict.fromkeys(refused)))


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)

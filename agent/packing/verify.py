"""A package verified: all that its paper says derived again from what it holds, with nothing but the file and this tool."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.auditing.session import audit_session
from agent.errors import UsageError
from agent.packing.checks import (
    beside,
    calls,
    confirmed,
    drawn,
    edits,
    excused,
    judged,
    launches,
    older_words,
    printed,
    printed_order,
    printed_words,
    quoted,
    record,
    refused,
    registered,
    said,
    signed,
    timed,
    written_by,
)
from agent.packing.checks.listing import changed_members, keys_twice
from agent.packing.container import ZLIB, BadArchive, Limits, decoded, repacked_otherwise
from agent.packing.derived import Derived, derived_results, looked_at
from agent.packing.guarded import Check, guarded, unforeseen
from agent.packing.manifest import NAME, Manifest, read_manifest
from agent.packing.opened import Opened, lay_out
from agent.packing.rerun import run_again
from agent.results.english import counted
from agent.results.story import story_of
from agent.session.events import Finding
from agent.session.files import sha256

_CHECKS: tuple[Check, ...] = (
    keys_twice,
    excused.left_behind,
    excused.taken_out,
    beside.members,
    beside.untold,
    record.beginning,
    record.untouched,
    record.same_contract,
    record.order,
    written_by.numbered,
    written_by.known_fields,
    written_by.one_version,
    timed.times,
    timed.ends,
    timed.reports,
    record.versions_of_code,
    edits.diffs,
    calls.calls,
    calls.texts,
    calls.own_words,
    said.whole_texts,
    refused.refused_notes,
    said.revised_notes,
    said.titles,
    said.objections,
    said.idea,
    quoted.briefs,
    registered.hypotheses,
    launches.launches,
    launches.left,
    launches.accepted,
    launches.copied_runs,
    judged.baseline,
    judged.results_on_disk,
    judged.proofs,
    judged.comparable,
    judged.controls,
    confirmed.samples,
    judged.told_to_figures,
    drawn.figures,
    printed.styles,
    printed.entries,
    printed.pdfs,
    printed.pages,
    printed.printed_numbers,
    printed_words.printed_words,
    printed_order.printed_order,
    older_words.older_prose,
    printed.audited,
    signed.signatures,
)
"""In the order in which a session comes about; the audit of notes and paper follows them."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What came of verifying one file."""

    file: str
    sha256: str = ""
    """Hash of its manifest."""
    manifest: Manifest | None = None
    differences: tuple[Finding, ...] = ()
    """What is not as it must be; empty where all holds."""
    findings: tuple[Finding, ...] = ()
    """What the session's own audit had told, and still does: its paper is marked as a draft."""
    results: Derived = field(default_factory=dict)
    """Every accepted run's metrics and verdicts, as they follow from the package."""
    run_again: str = ""
    """The run that was run again; what it gave otherwise stands among the differences."""
    checked: dict[str, int] = field(default_factory=dict)
    """How much was looked at, by kind."""
    remarks: tuple[str, ...] = ()
    """What could not be looked at, and why."""

    @property
    def holds(self) -> bool:
        """Whether nothing differs, and the session's own audit had nothing to say."""
        return not self.differences and not self.findings


def verify(file: Path, expected: str = "", again: str = "", sandbox: str = "auto") -> Verified:
    """Verify the package in `file`; `expected` is the hash that its maker told, `again` a run to be run again in `sandbox`.

    Raises UsageError where there is no such file or run, CheckFailed where the run's code cannot be kept apart. Anything
    wrong with the package is a difference.
    """
    data = _read(file)
    try:
        members = decoded(data)
        manifest = read_manifest(members)
    except BadArchive as bad:
        found = Finding(where=file.name, what="this is no package, or it was changed", why=str(bad))
        return Verified(file=str(file), differences=(found,))
    told = sha256(members[NAME])
    begun = Verified(
        file=str(file),
        sha256=told,
        manifest=manifest,
        differences=(
            *_other_hash(expected, told, data),
            *_other_bytes(data, members, manifest),
            *changed_members(members, manifest),
        ),
        checked={"members": len(members), "bytes": sum(map(len, members.values()))},
        remarks=_remarks(manifest),
    )
    with tempfile.TemporaryDirectory(prefix="labloop-verify-") as place:
        try:
            opened = lay_out(Path(place), manifest, members)
        except BadArchive as bad:
            found = Finding(where=file.name, what="the session in it cannot be read", why=str(bad))
            return replace(begun, differences=(*begun.differences, found))
        verified = _derived(begun, opened)
        if again:
            found_again = tuple(run_again(opened, again, sandbox))
            verified = replace(verified, differences=(*verified.differences, *found_again), run_again=again)
        return verified


def _derived(begun: Verified, opened: Opened) -> Verified:
    """Everything that follows from the record, made again."""
    found: list[Finding] = []
    for check in _CHECKS:
        found += guarded(opened, check)
    session, numbers = opened.session, 0
    if story_of(session).accepted:
        try:
            audit = audit_session(session)
            numbers = audit.numbers
            found += [*audit.findings, *printed.counted(session, numbers)]
        except Exception as error:  # whatever a stranger's file holds: it is told, and the rest is looked at
            found.append(unforeseen("the audit", error))
    recorded = story_of(session).audit
    known = {str(finding) for finding in recorded.findings} if recorded else set()
    once = {str(each): each for each in found}
    results = derived_results(session)
    told = record.local_template(opened)
    return replace(
        begun,
        differences=(*begun.differences, *(each for text, each in once.items() if text not in known)),
        findings=tuple(each for text, each in once.items() if text in known),
        results=results,
        checked={**begun.checked, **looked_at(session, numbers, results)},
        remarks=(*begun.remarks, *([told] if told else []), *written_by.told_of(opened), *signed.told_of(opened)),
    )


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(Limits().file_bytes + 1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; name a file that `labloop pack` has written") from error


def _other_hash(expected: str, manifest: str, data: bytes) -> Iterator[Finding]:
    if expected and expected.lower() not in (manifest, sha256(data)):
        yield Finding(where="manifest.json", what=f"its sha256 is {manifest}", why=f"you were told {expected}")


def _other_bytes(data: bytes, members: dict[str, bytes], manifest: Manifest) -> Iterator[Finding]:
    if repacked_otherwise(data, members, manifest.zlib):
        why = "it unpacks to the same members, but the tool would have packed them otherwise"
        yield Finding(where="the file", what="its compressed bytes were changed", why=why)


def _remarks(manifest: Manifest) -> tuple[str, ...]:
    told = []
    if manifest.zlib != ZLIB:
        told.append(
            f"it was compressed by zlib {manifest.zlib}, here is {ZLIB}: its compressed form is not compared, only what it holds"
        )
    if manifest.redacted:
        count, files = sum(manifest.redacted.values()), len(manifest.redacted)
        told.append(
            f"placeholders for {counted(count, 'secret or machine path', 'secrets and machine paths')}, in {counted(files, 'member')}; "
            "hashes are over what stands there now"
        )
    if manifest.left_out:
        told.append(
            f"{len(manifest.left_out)} files stayed behind (size or a secret in them); only their hashes are listed"
        )
    return tuple(told)

"""`python -m tests.fraud`: try every case of the corpus and print, by kind, how many got the right status."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fraud.cases import DOMAINS, cases
from tests.fraud.judge import Judged, judged
from tests.fraud.other import judged_by
from tests.fraud.world import World


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 0 where every case that could be tried is right, else 1."""
    flags = argparse.ArgumentParser(
        prog="python -m tests.fraud",
        description="Planted fraud and honest cases, tried by this tool or by another one.",
    )
    flags.add_argument("domains", nargs="*", metavar="DOMAIN", help=f"{', '.join(DOMAINS)} (default: all)")
    flags.add_argument(
        "--tool",
        default="",
        metavar="COMMAND",
        help="another tool: `{draft}` and `{results}` are filled in, else both are put behind it; exit 5 is a finding, 0 is none",
    )
    flags.add_argument("--json", action="store_true", help="one JSON object on stdout")
    args = flags.parse_args(argv)
    if unknown := set(args.domains) - set(DOMAINS):
        flags.error(f"{', '.join(sorted(unknown))}: there is no such domain; there are {', '.join(DOMAINS)}")
    with TemporaryDirectory(prefix="fraud-world-") as folder, contextlib.redirect_stderr(io.StringIO()):
        world = World(Path(folder))
        found = [
            judged_by(args.tool, case, world) if args.tool else judged(case, world) for case in cases(*args.domains)
        ]
    print(json.dumps(_value(found)) if args.json else "\n".join(_lines(found)))
    return 1 if any(each.tried and not each.right for each in found) else 0


def counts(found: Sequence[Judged]) -> dict[tuple[str, str], tuple[int, int]]:
    """(domain, kind) → how many were right, of how many that could be tried."""
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for each in found:
        if each.tried:
            right, of = counted.get((each.case.domain, each.case.kind), (0, 0))
            counted[each.case.domain, each.case.kind] = (right + each.right, of + 1)
    return counted


def _lines(found: Sequence[Judged]) -> Iterator[str]:
    for (domain, kind), (right, of) in counts(found).items():
        yield f"{domain:9} {kind:60} {right:3} of {of}"
    for clean, what in ((False, "frauds found"), (True, "honest cases without a false alarm")):
        these = [each for each in found if each.tried and each.case.is_clean is clean]
        yield f"{what}: {sum(each.right for each in these)} of {len(these)}"
    if left := sum(not each.tried for each in found):
        yield f"not tried, since there is no draft in them: {left}"
    yield from (f"WRONG {each}" for each in found if each.tried and not each.right)


def _value(found: Sequence[Judged]) -> dict[str, object]:
    return {
        "kinds": [
            {"domain": domain, "kind": kind, "right": right, "of": of}
            for (domain, kind), (right, of) in counts(found).items()
        ],
        "wrong": [str(each) for each in found if each.tried and not each.right],
        "not_tried": sum(not each.tried for each in found),
    }


if __name__ == "__main__":
    sys.exit(main())

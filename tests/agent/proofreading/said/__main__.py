"""Print what is wrong: honest sentences that are stopped, dishonest ones that pass, then both rates."""

from __future__ import annotations

import sys
from collections import Counter

from agent.evidence.evidence import Evidence
from agent.proofreading.problems import problems_of
from tests.agent.proofreading.said import said
from tests.world.fresh_seeds import confirmed_and_not, tried
from tests.world.study import REPORTED, results


def main() -> int:
    """Print every sentence that is judged wrongly, by kind."""
    study, confirmed = Evidence(results(), REPORTED), Evidence(tried(confirmed_and_not()), REPORTED)
    for name in ("honest", "dishonest", "honest_confirmed", "dishonest_confirmed"):
        sentences, stopped = said(name), Counter[str]()
        known = confirmed if name.endswith("confirmed") else study
        for kind, text in sentences:
            problems = problems_of(text, known, latex=True)
            stopped[kind] += bool(problems)
            if bool(problems) == name.startswith("honest"):
                print(f"{name}, {kind}: {text}", *problems, sep="\n    ")
        kinds = Counter(kind for kind, _ in sentences)
        print(f"{name}: {stopped.total()} of {len(sentences)} stopped")
        print(*(f"  {kind}: {stopped[kind]} of {count}" for kind, count in kinds.items()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

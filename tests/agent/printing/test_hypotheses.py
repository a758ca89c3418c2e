"""The appendix's part on what was registered reads like the rest of the paper."""

from __future__ import annotations

from agent.evidence.evidence import Evidence
from agent.printing.hypotheses import registered_appendix
from agent.results.registered.outcomes import Judged, Registration
from agent.results.words.phrases import here_text
from agent.session.events.hypothesis import Hypothesis
from agent.session.steps import RunName
from tests.world.study import controlled


def test_what_a_control_scores_is_said_of_the_first_hypothesis_on_its_metric() -> None:
    """Once, in no brackets within brackets; signs of differences are minus signs."""
    results = controlled()
    mark = here_text(results, "absorption_fraction")
    tested = tuple(
        Judged(
            Hypothesis(
                name=f"H{number}",
                metric="absorption_fraction",
                run=RunName(f"run_{number}"),
                relation="better than",
                against=RunName("run_0"),
            ),
            "held",
            f"better than the baseline by 0.1, a change of -10%{mark}",
        )
        for number in (1, 2)
    )
    text = "\n".join(registered_appendix(Evidence(results, registration=Registration(tested, sha256="0" * 64))))
    assert mark and text.count("an untrained model scores 0.592 here") == 1
    assert "(better than the baseline by 0.1, a change of \\ensuremath{-}10\\%; an untrained model" in text
    assert "H2 & absorption fraction of run 2 better than the baseline & held (better" in text


def test_a_run_under_another_title_than_planned_is_told() -> None:
    """Both titles stand below the table, as plain text."""
    told = Registration(retitled=("run_1 was planned as “a & b” and made as “c”",))
    text = "\n".join(registered_appendix(Evidence(controlled(), registration=told)))
    assert "run\\_1 was planned as" in text and "a \\& b" in text

"""How drafts call runs and whose their numbers are, on folders of the labelled drafts."""

from __future__ import annotations

import pytest

from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.reader import Reader
from agent.drafts.naming.run_names import RunNames
from agent.drafts.records.folder import read_folder
from agent.drafts.tables.titled import named_in_title
from agent.drafts.text.markdown import document_of_markdown
from tests.drafts.labelled import HERE


def names_of(folder: str) -> Names:
    records = read_folder(HERE / "results" / folder)
    return Names(records, RunNames(records))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("On CartPole the actor-critic with entropy is slow.", "cartpole/ac_entropy"),
        ("Actor-critic + entropy on CartPole", "cartpole/ac_entropy"),
        ("CartPole: actor-critics", "cartpole/actor_critic"),
        ("CartPole: AC plus an entropy", "cartpole/ac_entropy"),
    ],
)
def test_a_run_is_called_by_its_words_written_out(text: str, runs: str) -> None:
    """`ac` is what another run is called in full; words are joined by signs or `with`; plurals are the same."""
    found = [each.runs for each in names_of("rl").runs.mentions(text)]
    assert frozenset.intersection(*found) == {runs}


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Against ARIMA the TCN reduces the MAE by 24.8%.", {"tcn"}),
        ("Against the naive forecast the MAE falls by 1.828 MW.", {"arima", "lstm", "tcn"}),
        ("Against a naive forecast with an MAE of 4.812 the TCN is strong.", {"naive"}),
    ],
)
def test_who_is_compared_with_is_no_subject(text: str, runs: set[str]) -> None:
    """What stands behind `against` is the base of a change, and still has its own value."""
    reader = Reader(names_of("load"), text, Context())
    assert reader.context(reader.numbers[0]).runs == runs


def test_a_title_of_one_word_names_the_work_itself() -> None:
    """A README calls its method by its own name; a title that is a common heading names nothing."""
    names = names_of("codecs")
    assert list(named_in_title(document_of_markdown("# tinycodec\n\nx\n"), names)) == ["tinycodec"]
    assert list(named_in_title(document_of_markdown("# Results\n\nx\n"), names)) == []
    assert list(named_in_title(document_of_markdown("# JPEG\n\nx\n"), names)) == []

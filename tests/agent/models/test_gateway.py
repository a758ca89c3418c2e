"""The one way to a model: metered, recorded, paid once, within budget."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import BadAnswer, BudgetReached, ModelUnavailable, SessionError
from agent.models.exchanges import Exchanges
from agent.models.gateway import Gateway
from agent.models.limits import Limits
from agent.models.prices import Price
from agent.models.protocol import Message, Model, Reply, Request, Role
from agent.models.tokens import count_tokens
from agent.results.story.counts import counts_of
from agent.session.events import SESSION, Exchanged, SessionStarted, Unused
from agent.session.journal import Journal
from agent.session.session import Session, open_session
from tests.world.toy import toy_session

pytestmark = pytest.mark.whole


class Queue:
    """A model with a queue of replies and a history of requests; an exception in the queue is raised."""

    name = "queue"

    def __init__(self, *replies: Reply | Exception) -> None:
        self.replies = list(replies)
        self.history: list[Request] = []

    def answer(self, request: Request) -> Reply:
        self.history.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def gateway(
    session: Session, *replies: Reply | Exception, limits: Limits | None = None, price: Price | None = None
) -> tuple[Gateway, Queue]:
    queue = Queue(*replies)
    models: dict[Role, Model] = {"writer": queue, "coder": queue, "adviser": queue, "reviewer": queue}
    exchanges = Exchanges(session.paths.exchanges)
    prices: dict[str, Price | None] = {"writer": price, "coder": price, "adviser": price, "reviewer": price}
    return Gateway(session.journal, exchanges, models, limits or Limits(), prices=prices), queue


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return toy_session(tmp_path)


HELLO = [Message("user", "hello there")]


def test_an_answered_step_is_never_asked_again(session: Session) -> None:
    """Also after a restart, the answer comes from the session's own record."""
    asked, queue = gateway(session, Reply("hi", "m"))
    assert asked.ask("writer", "plan/1", HELLO) == "hi"
    again, other = gateway(open_session(session.paths.root))
    assert again.ask("writer", "plan/1", HELLO) == "hi"
    assert (len(queue.history), len(other.history)) == (1, 0)


def test_a_question_is_told_as_it_goes_out(session: Session) -> None:
    """Who shows what is worked on hears of each question, and of none that was answered before."""
    asked, _ = gateway(session, Reply("hi", "m"))
    heard = list[tuple[str, str]]()
    asked.asks = lambda role, step: heard.append((role, step))
    asked.ask("writer", "draft/Method/fill/1", HELLO)
    asked.ask("writer", "draft/Method/fill/1", HELLO)
    assert heard == [("writer", "draft/Method/fill/1")]


def test_every_exchange_is_metered_and_kept(session: Session) -> None:
    """Reported usage is taken; where there is none our own meter counts; the whole exchange is on disk."""
    asked, _ = gateway(session, Reply("hi", "m", tokens_sent=7, tokens_received=3, usd=0.5), Reply("ho", "m"))
    asked.ask("writer", "a", HELLO)
    asked.ask("coder", "b", HELLO)
    first, second = session.journal.all(Exchanged)
    assert (first.tokens_sent, first.tokens_received, first.usd) == (7, 3, 0.5)
    assert second.tokens_sent == count_tokens(HELLO) > 0 and second.tokens_received > 0
    kept = json.loads(session.paths.exchange(1).read_text())
    assert kept["messages"] == [{"role": "user", "content": "hello there"}] and kept["reply"] == "hi"
    assert asked.spent().usd == 0.5


@pytest.mark.parametrize("limits", [Limits(budget_tokens=100, max_output_tokens=10), Limits(budget_usd=0.4)])
def test_a_budget_stops_before_the_next_call(session: Session, limits: Limits) -> None:
    """What was paid is kept, and nothing more is asked once the budget is used."""
    asked, queue = gateway(session, Reply("hi", "m", 97, 3, 0.5), Reply("never", "m"), limits=limits)
    asked.ask("writer", "a", HELLO)
    with pytest.raises(BudgetReached, match="resume"):
        asked.ask("writer", "b", HELLO)
    assert len(queue.history) == 1
    assert asked.ask("writer", "a", HELLO) == "hi"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(budget_tokens=500, max_output_tokens=500), "--budget-tokens 500, and the next call may go beyond it"),
        (Limits(budget_usd=1.0, max_output_tokens=600), r"--budget-usd 1\.00, and .* up to 600 received: \$1\.20"),
        (Limits(budget_usd=0), r"\$0\.00 used of --budget-usd 0\.00"),
        (Limits(budget_tokens=0), "0 tokens used of --budget-tokens 0"),
    ],
)
def test_a_call_that_could_go_beyond_a_budget_is_not_made(session: Session, limits: Limits, said: str) -> None:
    """The longest reply is reckoned with before the call, at the price of the model that is asked; 0 is 0."""
    asked, queue = gateway(session, Reply("never", "m"), limits=limits, price=Price(0, 2000, given=True))
    with pytest.raises(BudgetReached, match=said):
        asked.ask("writer", "a", HELLO)
    assert queue.history == [] and list(session.journal.all(Exchanged)) == []


@pytest.mark.parametrize(
    ("price", "reported", "usd"),
    [
        (Price(1000, 2000, given=True), 9.0, 0.013),
        (Price(1000, 2000), 9.0, 9.0),
        (Price(1000, 2000), None, 0.013),
        (None, None, 0.0),
    ],
    ids=["the settings' goes first", "then what was reported", "then the list's", "else not known"],
)
def test_what_a_call_costs(session: Session, price: Price | None, reported: float | None, usd: float) -> None:
    """Seven tokens sent and three received, at what the person says, the provider said, or the list says."""
    asked, _ = gateway(session, Reply("hi", "m", 7, 3, reported), price=price)
    asked.ask("writer", "a", HELLO)
    assert asked.spent().usd == pytest.approx(usd)


def test_tokens_that_were_not_reported_are_not_free(session: Session) -> None:
    """A provider that tells no usage is reckoned at nothing; our own count is paid for."""
    asked, _ = gateway(session, Reply("hi", "m", usd=0.0), price=Price(1000, 1000))
    asked.ask("writer", "a", HELLO)
    spent = asked.spent()
    assert spent.usd == pytest.approx(spent.tokens / 1000) and spent.tokens > 0


def test_a_bad_answer_goes_back_with_its_reason(session: Session) -> None:
    """The model sees its own answer and what was wrong with it; each try is a step of its own."""
    asked, queue = gateway(session, Reply("seven", "m"), Reply("7", "m"))

    def parse(text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise BadAnswer("give digits") from None

    assert asked.ask_for("writer", "n", "bad_answer", parse, problem="x") == 7
    second = queue.history[1]
    assert (
        second.step == "n/2" and second.messages[2].content == "seven" and "give digits" in second.messages[3].content
    )


def test_tries_are_limited(session: Session) -> None:
    """After `max_answers` the last reason is raised, and each answer asked for is as long as the limits allow."""
    asked, queue = gateway(session, *[Reply("x", "m")] * 3, limits=Limits(max_answers=2, max_output_tokens=500))

    def parse(text: str) -> int:
        raise BadAnswer("give digits")

    with pytest.raises(BadAnswer, match="give digits"):
        asked.ask_for("writer", "n", "bad_answer", parse, problem="x")
    assert [(request.step, request.max_tokens) for request in queue.history] == [("n/1", 500), ("n/2", 500)]


def test_another_journal_than_a_sessions_will_do(tmp_path: Path) -> None:
    """Whoever has a journal and a folder can ask: the gateway knows no session."""
    journal = Journal(tmp_path / "journal.jsonl", SESSION)
    journal.append(SessionStarted())
    queue = Queue(Reply("hi", "m"))
    asked = Gateway(journal, Exchanges(tmp_path / "asked"), {"writer": queue}, Limits())
    assert asked.ask("writer", "rank/1", HELLO) == asked.ask("writer", "rank/1", HELLO) == "hi"
    assert [path.name for path in (tmp_path / "asked").iterdir()] == ["0001.json"] and len(queue.history) == 1


def test_a_lost_reply_is_an_error_with_its_file(session: Session) -> None:
    """An exchange that the journal names and the folder lacks is told, not asked and paid again."""
    asked, queue = gateway(session, Reply("hi", "m"))
    asked.ask("writer", "a", HELLO)
    for damage in ("not json", "{}"):
        session.paths.exchange(1).write_text(damage)
        with pytest.raises(SessionError, match=r"0001\.json: the recorded reply cannot be read"):
            asked.ask("writer", "a", HELLO)
    assert len(queue.history) == 1


def test_a_model_that_cannot_be_asked_records_nothing(session: Session) -> None:
    """A failed call is no exchange: it is asked again on resume."""
    asked, _ = gateway(session, ModelUnavailable("no key"), Reply("hi", "m"))
    with pytest.raises(ModelUnavailable):
        asked.ask("writer", "a", HELLO)
    assert list(session.journal.all(Exchanged)) == []
    assert asked.ask("writer", "a", HELLO) == "hi"


@pytest.mark.parametrize(
    ("first", "fault", "words"),
    [
        (
            Reply("half a sen", "m", 7, 100, 0.5, finish="length"),
            "cut",
            "cut off: a reply may have at most 8192 tokens",
        ),
        (Reply("half", "m", 7, 100, 0.5, finish="content_filter"), "filtered", "content filter"),
        (Reply("", "m", 7, 100, 0.5, finish="tool_calls", tools=("search",)), "tools", "no tools or functions here"),
        (Reply("", "m", 7, 100, 0.5, refusal="I will not"), "refused", "You declined"),
        (Reply("<think>hm", "m", 7, 100, 0.5), "reasoned", "nothing outside its reasoning"),
        (Reply("", "m", 7, 100, 0.5), "empty", ""),
        (Reply("x" * 1_000_001, "m", 7, 100, 0.5), "long", "at most 8192 tokens"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_reply_that_is_no_answer_is_paid_kept_and_asked_again(
    session: Session, first: Reply, fault: str, words: str
) -> None:
    """Its tokens count, its file says why it was not used, the model hears what was wrong, the step has the answer."""
    asked, queue = gateway(session, first, Reply("whole", "m", 1, 1))
    assert asked.ask("writer", "plan/1", HELLO) == "whole"
    (unused,) = session.journal.all(Unused)
    assert (unused.asked, unused.fault, unused.tokens_received) == ("plan/1", fault, 100)
    assert json.loads(session.paths.exchange(1).read_text())["unused"] == fault
    (used,) = session.journal.all(Exchanged)
    assert used.number == 2 and asked.spent().tokens == 109 and counts_of(session.journal.events).tokens_received == 101
    assert words in queue.history[1].messages[-1].content and queue.history[1].again == 1
    again, other = gateway(open_session(session.paths.root))
    assert again.ask("writer", "plan/1", HELLO) == "whole" and not other.history


@pytest.mark.parametrize(
    ("reply", "asked_for", "remedy"),
    [
        (Reply("half", "m", finish="length"), 2, "raise max_output_tokens"),
        (Reply("", "m", finish="length", reasoning="hm"), 1, r"\(into reasoning\): raise max_output_tokens"),
        (Reply("", "m", finish="length"), 1, "raise max_output_tokens"),
        (Reply("<think>hm", "m"), 2, "only reasoning: raise max_output_tokens"),
        (Reply("", "m"), 4, "an empty reply .* 4 times over"),
        (Reply("", "m", refusal="I will not"), 2, r'refuses \("I will not"\): name another model'),
        (Reply("", "m", tools=("search",)), 2, "calls tools"),
        (Reply("half", "m", finish="content_filter"), 2, "content filter"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_model_that_never_answers_pauses_with_the_remedy(
    session: Session, reply: Reply, asked_for: int, remedy: str
) -> None:
    """Asked no more often than helps, each try metered, and told with the setting or flag that mends it."""
    asked, queue = gateway(session, *[reply] * 9)
    with pytest.raises(ModelUnavailable, match=remedy):
        asked.ask("writer", "plan/1", HELLO)
    assert len(queue.history) == len(list(session.journal.all(Unused))) == asked.spent().calls == asked_for
    assert not list(session.journal.all(Exchanged))


def test_a_budget_counts_what_could_not_be_used(session: Session) -> None:
    """Empty replies use a budget up, also over a resume: it stops before the next try."""
    asked, queue = gateway(session, *[Reply("", "m", 7, 3)] * 9, limits=Limits(budget_tokens=30, max_output_tokens=10))
    with pytest.raises(BudgetReached):
        asked.ask("writer", "plan/1", HELLO)
    again, other = gateway(open_session(session.paths.root), limits=Limits(budget_tokens=30, max_output_tokens=10))
    with pytest.raises(BudgetReached):
        again.ask("writer", "plan/1", HELLO)
    assert (len(queue.history), len(other.history)) == (2, 0)


def test_reasoning_is_kept_beside_the_reply(session: Session) -> None:
    """Whoever asked gets the answer alone; the exchange's file has the reasoning, the journal its length."""
    asked, _ = gateway(session, Reply("<think>drop it</think>keep it", "m"), Reply("fine", "m", reasoning="a field"))
    assert asked.ask("writer", "a", HELLO) == "keep it"
    assert asked.ask("writer", "b", HELLO) == "fine"
    assert [json.loads(session.paths.exchange(n).read_text())["reasoning"] for n in (1, 2)] == ["drop it", "a field"]
    assert [event.reasoning_characters for event in session.journal.all(Exchanged)] == [7, 7]


@pytest.mark.parametrize(
    "first", [Reply("hi", "m", 7, 3, 0.5), Reply("half", "m", 7, 3, 0.5, finish="length")], ids=str
)
def test_a_reply_without_its_line_in_the_journal_is_taken_up(session: Session, first: Reply) -> None:
    """A kill between file and line: the same question takes the paid reply, used or not; another one does not."""
    lines = session.paths.journal.read_text()
    asked, _ = gateway(session, first, Reply("hi", "m", 1, 1))
    assert asked.ask("writer", "plan/1", HELLO) == "hi"
    for left in session.paths.exchanges.glob("0002*"):
        left.unlink()
    session.paths.journal.write_text(lines)
    again, queue = gateway(open_session(session.paths.root), Reply("hi", "m", 1, 1))
    assert again.ask("writer", "plan/1", HELLO) == "hi"
    assert len(queue.history) == (first.finish == "length") and again.spent().tokens == 10 + 2 * len(queue.history)
    session.paths.journal.write_text(lines)
    other, queue = gateway(open_session(session.paths.root), Reply("ho", "m"))
    assert other.ask("writer", "plan/1", [Message("user", "something else")]) == "ho" and len(queue.history) == 1


def test_a_torn_file_without_its_line_is_asked_for(session: Session) -> None:
    """Half a file is no reply: the question is asked, and its file written whole."""
    session.paths.exchanges.mkdir(exist_ok=True)
    session.paths.exchange(1).write_text('{"step": "plan/1", "reply": "h')
    asked, queue = gateway(session, Reply("hi", "m"))
    assert asked.ask("writer", "plan/1", HELLO) == "hi" and len(queue.history) == 1

"""A reply as it is metered and kept: its line in the journal, its file among the exchanges."""

from __future__ import annotations

from agent.models.exchanges import Exchange, messages_sha256
from agent.models.prices import Price, cost
from agent.models.protocol import Message, Reply, Request
from agent.models.replies import Heard, hear
from agent.models.tokens import count_tokens
from agent.session.events import Called, Exchanged


def taken_up(number: int, left: Exchange) -> tuple[Exchanged, Reply, Heard]:
    """An exchange whose file was whole before its line in the journal was: it was paid, so it is not asked again."""
    told = left.model_dump(
        include={"role", "model", "tokens_sent", "tokens_received", "usd", "seconds", "finish", "retries"}
    )
    said = messages_sha256([*left.messages, Message("assistant", left.reply)])
    event = Exchanged(number=number, reasoning_characters=len(left.reasoning), messages_sha256=said, **told)
    reply = Reply(left.reply, left.model, finish=left.finish, refusal=left.detail.get("refusal", ""))
    return event, reply, Heard(left.reply, left.reasoning, left.unused)


def as_it_came(request: Request, reply: Reply, seconds: float) -> Exchange:
    """The exchange before anybody has read the reply: whole, so that whatever happens next loses nothing that was paid."""
    return Exchange(
        step=request.step,
        role=request.role,
        model=reply.model,
        messages=request.messages,
        reply=reply.text,
        reasoning=reply.reasoning,
        finish=reply.finish,
        detail=_detail(reply),
        tokens_sent=reply.tokens_sent or 0,
        tokens_received=reply.tokens_received or 0,
        usd=reply.usd or 0.0,
        seconds=round(seconds, 3),
        retries=reply.retries,
        metered=False,
    )


def reply_of(left: Exchange) -> Reply:
    """The reply that was kept as it came."""
    return Reply(
        text=left.reply,
        model=left.model,
        tokens_sent=left.tokens_sent or None,
        tokens_received=left.tokens_received or None,
        usd=left.usd or None,
        finish=left.finish,
        retries=left.retries,
        reasoning=left.reasoning,
        refusal=left.detail.get("refusal", ""),
        tools=tuple(name for name in left.detail.get("tools", "").split(", ") if name),
        detail={name: text for name, text in left.detail.items() if name not in ("refusal", "tools")},
    )


def metered(number: int, request: Request, reply: Reply, seconds: float, price: Price | None) -> Exchanged:
    """What a reply cost: as the provider reported it, else as our own meter counts."""
    heard, sent, received = hear(reply), reply.tokens_sent, reply.tokens_received
    sent = count_tokens(request.messages) if sent is None else sent
    if received is None:
        received = count_tokens([Message("assistant", heard.reasoning + heard.text)])
    return Exchanged(
        number=number,
        role=request.role,
        model=reply.model,
        tokens_sent=sent,
        tokens_received=received,
        usd=cost(price, reply, sent, received),
        seconds=round(seconds, 3),
        finish=reply.finish,
        retries=reply.retries,
        reasoning_characters=len(heard.reasoning),
        messages_sha256=messages_sha256([*request.messages, Message("assistant", heard.text)]),
    )


def kept(event: Called, request: Request, reply: Reply, heard: Heard) -> Exchange:
    """The whole exchange, as it is kept in its file."""
    read = {
        "reply": heard.text,
        "reasoning": heard.reasoning,
        "unused": heard.fault,
        "tokens_sent": event.tokens_sent,
        "tokens_received": event.tokens_received,
        "usd": event.usd,
        "metered": True,
    }
    return as_it_came(request, reply, event.seconds).model_copy(update=read)


def _detail(reply: Reply) -> dict[str, str]:
    """What else it said, as it is kept."""
    told = {"refusal": reply.refusal, "tools": ", ".join(reply.tools)}
    return reply.detail | {name: text for name, text in told.items() if text}

"""A reply that is no answer: how often it is asked for again, and what is said where that does not help."""

from __future__ import annotations

from agent.errors import NoAnswer
from agent.models.protocol import Message, Reply
from agent.models.replies import Heard
from agent.models.replies.endings import kind_of
from agent.prompts import Prompts

_AGAIN = {"cut": 1, "long": 1, "filtered": 1, "refused": 1, "tools": 1, "reasoned": 1, "empty": 3}
"""How often each kind is asked again within one question; what is not listed never is: it would only be paid again."""
_WHY = {
    "spent": "all of max_output_tokens ({limit}) went before a word of the answer{thinking}: raise max_output_tokens "
    "(LABLOOP_MAX_OUTPUT_TOKENS, or [models] in the settings), or turn the model's reasoning down",
    "cut": "the reply was cut off at max_output_tokens ({limit}), also when asked to be shorter: raise max_output_tokens "
    "(LABLOOP_MAX_OUTPUT_TOKENS, or [models] in the settings)",
    "broken": "the provider broke the reply off (finish: {finish}), also when asked again: look at its status page or the server's log, "
    "or name another model with --model",
    "long": "the reply is longer than any answer ({size} characters): name another model with --model, "
    "or lower max_output_tokens",
    "filtered": "the provider's content filter stopped the reply: name another model with --model, or change the idea's words",
    "refused": "the model refuses{words}: name another model with --model, or change the idea's words",
    "tools": "the model calls tools that do not exist in place of an answer: name another model with --model, "
    "or turn tool calls off on its server",
    "reasoned": "a reply that is only reasoning: raise max_output_tokens (now {limit}), turn the model's reasoning down, "
    "or name another model with --model",
    "empty": "an empty reply (finish: {finish}), {tries} times over: look at the server's log, or name another model with --model",
}

MEND_AND_RESUME = "; mend that and continue with --resume"


def may_ask_again(fault: str, times: int) -> bool:
    """Whether a question whose reply had this fault `times` times may be asked once more."""
    return times <= _AGAIN.get(fault, 0)


def asked_again(prompts: Prompts, messages: tuple[Message, ...], heard: Heard, limit: int) -> tuple[Message, ...]:
    """The question with what was wrong with its answer; an empty reply is asked for in the same words."""
    if heard.fault == "empty":
        return messages
    said = (Message("assistant", heard.text),) if heard.fault == "cut" else ()
    words = prompts.render("again", fault=heard.fault, limit=limit)
    if not said and messages and messages[-1].role == "user":  # providers want roles by turns
        return (*messages[:-1], Message("user", f"{messages[-1].content}\n\n{words}"))
    return (*messages, *said, Message("user", words))


def no_answer(name: str, reply: Reply, heard: Heard, limit: int, times: int) -> NoAnswer:
    """What a person is told: the model, what its reply was, and what mends that."""
    refusal = " ".join(reply.refusal.split())[:300]
    broken = heard.fault == "cut" and kind_of(reply.finish) == "broken"
    why = _WHY["broken" if broken else heard.fault].format(
        limit=limit,
        finish=reply.finish,
        size=len(reply.text),
        tries=times,
        thinking=" (into reasoning)" if heard.reasoning else "",
        words=f' ("{refusal}")' if refusal else "",
    )
    return NoAnswer(f"model {name}: {why}{MEND_AND_RESUME}")

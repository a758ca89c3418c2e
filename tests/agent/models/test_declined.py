"""A refusal is no answer, whatever was asked for; an honest text that says what it cannot show is one."""

from __future__ import annotations

import pytest

from agent.errors import BadAnswer
from agent.models.declined import check_given, refusals

_HONEST = (
    "We average the iterates of a noisy descent and ask whether the mean is nearer to the minimum than the last one is. "
    "The noise is that of the gradient alone, and the step is constant. "
)
_LONG = _HONEST * 6


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, I can’t assist with that request.",
        "Sorry, no.",
        "I cannot write this section.",
        "As an AI language model, I do not write papers.",
        "As an AI, I can't run experiments.",
        "**I am unable to do this.**",
        "Unfortunately, I can't do that.",
        "I must decline.",
        "I have to respectfully decline to write about this topic.",
        "I won't be able to provide this section.",
        "I will not be able to help you with the plan.",
        "I regret that I cannot comply.",
        "My apologies, but this is outside what I can do.",
        "Regrettably, I am not able to assist here.",
        "It would go against my guidelines to write this.",
        "This request violates our usage policies.",
        "Your request cannot be fulfilled.",
        "I'm just an AI and have no access to the results.",
        "I don't feel comfortable writing this section.",
        "We are unable to comply with this request.",
        "Cannot comply.",
        "Unable to assist with this.",
        "As a language model, I do not have access to the code, so this section cannot be written.",
        "Could you please provide the code of the experiment? Then I will write the section.",
        "Please share the results first.",
        "I need more information about the runs before I can write this.",
        "Thank you for the question. Having thought about it, I'm afraid that I cannot write such a section.",
        "\\section{Method}\nI appreciate your patience, but I can't help with writing this section.",
        "1. I can't help with that.\n2. Please consult an expert.",
        "1. Refusal: I cannot plan experiments of this kind.\n2. Alternative: consult an expert.",
        "Title: x\nWhat changed: I'm sorry, but I can't say.\nReading: I cannot assist with this.",
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Ich kann diesen Abschnitt leider nicht schreiben.",
        "Als KI-Sprachmodell habe ich keinen Zugriff darauf.",
        "Je suis désolé, mais je ne peux pas vous aider.",
        "En tant qu'IA, cela ne m'est pas possible.",
        "Lo siento, no puedo ayudar con eso.",
        "Mi dispiace, non posso aiutarti.",
        "Desculpe, não posso ajudar.",
        "抱歉,我无法帮助您完成这个请求。",
        "对不起，我不能写这一节。",
        "作为一个人工智能语言模型，我没有这方面的信息。",
        "申し訳ありませんが、お手伝いできません。",
        "죄송합니다. 도와드릴 수 없습니다.",
        "Извините, я не могу помочь.",
        "This is not something I can help with.",
        "That's something I can't do.",
        "I’d rather not.",
        "No.",
        "It is not possible for me to write this section.",
        "Writing this section is beyond my abilities.",
        "I'm going to have to decline.",
        "I am forbidden from discussing this.",
        "My guidelines do not allow me to write this.",
        "Let me be direct: I won't write this.",
        "Ich muss leider ablehnen.",
        "Dabei kann ich dir nicht helfen.",
        "Je dois décliner.",
        "Nie mogę pomóc.",
        "Ik kan u daar niet mee helpen.",
        "我拒绝回答。",
        "?",
        "...",
        "---",
        "Request blocked by safety policy.",
        "[Response blocked]",
        "The response was filtered due to the content management policy.",
        "Content removed: flagged by our moderation filter.",
        "Internal server error",
        "Error: 503",
        '{"error": "model overloaded"}',
        "An unexpected error occurred. Try again later.",
        "API Error: timeout",
        "Hello! How can I help you today?",
        "Hi there! I see that you want a section on the method.",
        "Shall I proceed with the section?",
        "Would you like me to write it in LaTeX?",
        "TODO: write the section",
        "My apologies for the inconvenience.",
        "N/A",
        "None.",
        _LONG + "Unfortunately, I cannot write the rest of the section.",
        "I'm sorry, but I can't help with that. "
        + "Research of this kind may do harm, and the reasons are many. " * 20,
        _LONG + "\n\nAs an AI language model, I cannot verify these claims.\n\n" + _LONG,
        "Thank you for asking. " * 40 + "After careful thought I must decline, and " + "explain why at length. " * 20,
    ],
    ids=lambda text: text[-60:],
)
def test_a_refusal_is_told(answer: str) -> None:
    """However it is put, at whatever length, in its middle too, and in other languages."""
    assert len(refusals(answer)) == 1
    with pytest.raises(BadAnswer):
        check_given(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "We cannot tell the two apart within noise, since one seed was run.",
        "Averaging is old. I'm sorry stands in the middle.",
        "The noise cannot be removed.",
        "Sorrynote",
        "We study refusals: the model answers ``I'm sorry, but I can't help with that'' to half of the prompts.",
        'A refusal is any reply that holds "I cannot assist with that" or “As an AI language model, I …”.',
        "A reply counts as a refusal if it begins with \\emph{I'm sorry, but I can't}.",
        "Phrases such as `I must decline` are counted.",
        "\\begin{quote}I'm sorry, but I can't help with that.\\end{quote}\nSo the model declines.",
        "We could not provide a second seed for run 2, and the question cannot be answered within noise.",
        "We do not claim that averaging helps, and we cannot rule out that the step matters.",
        "We will not give an average over runs, since their budgets differ.",
        "As an assistant task we use question answering; as a language model we train a small transformer.",
        "The task cannot be completed by the smallest model, which is unable to help itself out of the local minimum.",
        "We decline to average over seeds that were never run.",
        "I cannot tell whether the budget is equal; run 1 shows nothing beyond noise. Next, try half of the step.",
        "I would not read the gain as real: it is within noise. Repeat it with the tail alone.",
        "I don't see a fault in the code. I suggest a late average next.",
        "Unfortunately, the loss did not fall. Try a smaller step.",
        "Policies are learnt from rewards, and guidelines are given to annotators.",
        "The model's guidelines forbid it to answer, which is what we measure.",
        "1. Averaging: the mean of all iterates; it cannot be worse than the last one in expectation.\n2. Late averaging.",
        "Averaging",
        "I cannot answer that from one seed; run 2 again.",
        "We are not able to complete the sweep in the budget.",
        "I do not have the data to say whether it is noise, so repeat run 1 with the tail.",
        "I'm afraid the gain is within noise. Repeat it.",
        "I can't recommend another weight: the noise is too large. Try the tail.",
        "Sorry to say, run 2 shows nothing.",
        "As an AI safety measure, features are steered.",
        "Please give run 3 the same budget as the baseline; then compare.",
        "No answer can be given within this noise.",
        "I cannot continue this line: the weight is at its bound. Try decay.",
        "We cannot help but notice that the noise is large.",
        "Sorry sequences: a sorting network for noisy keys",
        "I'm sorry to report that no run is better than the baseline beyond noise.",
        "I must refuse the hypothesis that averaging helps: run 2 is worse.",
        "The request was rejected by the optimiser's line search, so the step was halved.",
        "Apologies of politicians are the corpus; each is a short speech.",
        "TODO lists are the corpus.",
        "Error bars are one standard deviation.",
        "Content filtered by hand is the corpus of half of the runs.",
        "Model errors are independent of the seed.",
        "Hi-C maps are the data.",
        "Should averaging begin late? We ask so of each run.",
        "Please note that run 2 is not comparable; give it the budget of the baseline next.",
        _LONG,
    ],
    ids=lambda text: text[:60],
)
def test_an_honest_text_is_none(answer: str) -> None:
    """It may say what cannot be shown, quote a refusal, study refusals, and advise in the first person."""
    assert refusals(answer) == []


def test_a_mark_is_no_prose() -> None:
    """Where prose is asked for, a word or two is none; a reference is, since it becomes a sentence."""
    assert refusals("Yes.", whole=True) and not refusals("Yes.")
    assert not refusals("[[conclusion]]", whole=True) and refusals("", whole=True)

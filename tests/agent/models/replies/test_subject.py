"""An answer that speaks of its session is told from one that does not, in whatever language either is."""

from __future__ import annotations

import pytest

from agent.errors import BadAnswer
from agent.models.replies.subject import Subject, check_speaks, subject_of

_IDEA = (
    "Averaged iterates near a noisy minimum. Average the last iterates of a noisy gradient descent, from a fraction of the "
    "steps on, and compare the distance to the minimum with that of the last iterate. Quadratic toy"
)


@pytest.fixture(scope="module")
def subject() -> Subject:
    """That of a small session."""
    return subject_of(["loss", "distance", "explained_variance"], _IDEA)


@pytest.mark.parametrize(
    "answer",
    [
        "Tyvärr kan jag inte hjälpa till med detta.",
        "Jag är ledsen, men jag kan inte utföra den här uppgiften.",
        "1. Jag kan inte planera detta.\n2. Fråga en expert.",
        "Title: Avböjande\nWhat changed: Jag kan inte svara.\nWhat was seen: Inget svar.\nReading: Jag avböjer.",
        "Omlouvám se, ale s tímto vám nemohu pomoci.",
        "Je mi líto, takový požadavek nemohu splnit.",
        "عذرًا، لا أستطيع المساعدة في ذلك.",
        "آسف، لا يمكنني تنفيذ هذا الطلب. يرجى استشارة خبير.",
        "क्षमा करें, मैं इसमें आपकी सहायता नहीं कर सकता।",
        "मुझे खेद है, लेकिन मैं यह काम नहीं कर सकता।",
        "Pahoittelen, mutta en voi auttaa tässä asiassa.",
        "Sajnálom, ebben nem tudok segíteni.",
        "Îmi pare rău, dar nu vă pot ajuta cu aceasta.",
        "Λυπάμαι, αλλά δεν μπορώ να βοηθήσω με αυτό.",
        "מצטער, אני לא יכול לעזור עם זה.",
        "متأسفم، نمی‌توانم در این مورد کمک کنم.",
        "Xin lỗi, tôi không thể giúp bạn việc này.",
        "ขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้",
        "Maaf, saya tidak dapat membantu permintaan ini.",
        "Вибачте, я не можу з цим допомогти.",
        "Съжалявам, но не мога да помогна с това.",
        "Žao mi je, ne mogu pomoći s tim.",
        "Det kan jeg desværre ikke hjelpe med.",
        "Því miður get ég ekki aðstoðað við þetta.",
        "Kahjuks ei saa ma sellega aidata.",
        "Diemžēl es nevaru palīdzēt ar šo pieprasījumu.",
        "Atsiprašau, negaliu padėti.",
        "Samahani, siwezi kusaidia na hilo.",
        "Jammer, ek kan nie hiermee help nie.",
        "Sentim molt no poder ajudar-vos.",
        "Ní féidir liom cabhrú leis seo.",
        "দুঃখিত, আমি এতে সাহায্য করতে পারছি না।",
        "மன்னிக்கவும், என்னால் உதவ முடியாது.",
        "ขอโทษค่ะ",
        "Someone else ought to take this on.",
        "That's a no from me, friend.",
        "This isn't a topic for us today.",
        "Let's leave it there.",
        "The cat sat on the mat, and the dog was not amused.",
        "Jag kan inte svara på frågor om forskning efter 2023 (fel 503).",
        "Hej! Vad kan jag hjälpa dig med i dag?",
        "Kan du dela med dig av mer information först?",
    ],
)
def test_an_answer_that_names_nothing_of_its_session_is_none(answer: str, subject: Subject) -> None:
    """Refusals in languages that no list holds, greetings, questions back, and talk of anything else."""
    assert not subject.is_named_in(answer)
    with pytest.raises(BadAnswer, match="names no run, no metric"):
        check_speaks(answer, subject, "a note")


@pytest.mark.parametrize(
    "answer",
    [
        "No puedo elaborar un plan para mejorar explained_variance.",
        "Je préfère m'abstenir de proposer un plan sur explained variance et loss.",
        "Non voglio aiutare con explained_variance, mi spiace.",
        "explained_variance に関する計画を作成することはできません。",
        "我不便就explained_variance制定计划。",
        "Nie będę pisać planu dotyczącego loss.",
        "explained_variance hakkında plan yazamam, üzgün değilim.",
        "لا أستطيع المساعدة في explained_variance.",
        "بدون تغيير في loss.",
    ],
)
def test_a_metric_alone_is_not_enough_in_another_language(answer: str, subject: Subject) -> None:
    """A refusal whose words are on no list may name what it refuses: it is asked for a run, a setting or a measurement."""
    assert not subject.is_named_in(answer)
    assert subject.is_named_in(f"{answer} run 1: 0.5")


@pytest.mark.parametrize(
    "answer",
    [
        # written before the check was tried on any
        "Nothing differs. Try a smaller step next.",
        "Yes. Yes. No. Nothing differs.",
        "Average later.",
        "Nothing more is worth running.",
        "No objection; halve the learning rate.",
        "From: baseline",
        "The loss fell.",
        "More seeds are needed.",
        "All within noise.",
        "Go on from run 2.",
        "Set AVERAGE_FROM to a half.",
        "The distance is shorter, which is all that was asked.",
        "The effect is gone when the threshold is doubled.",
        "Same budget, same starting weights. Vary the schedule.",
        "1. Averaging: the mean of the last iterates\n2. Control: no averaging",
        "1. Mean of the second half of all iterates.",
        "Bilden visar att `loss` sjunker.",
        "Medelvärdet ger 0,37 i stället för 0,52.",
        "Ingenting skiljer sig från baseline.",
        "Halvera learning_rate i nästa körning.",
        "Kör med 100 steg.",
        "Rozdíl je v mezích šumu: [[run_1.loss]].",
        "अगला कदम: average_from = 0.5",
        "下一步:把 average_from 减半。",
        "損失は baseline と同じです。",
        "Следующий шаг: усреднять с 50 % шагов.",
        "Der Abstand sinkt, siehe run_3.",
        "Même bruit que la baseline ; doubler le pas : 0.02 → 0.04.",
        "H1 håller inte.",
        "La explained variance no cambia.",
        "The update is $x_{t+1} = x_t - \\eta g$.",
        "It averages iterates \\cite{polyak}.",
    ],
)
def test_an_honest_answer_stands_however_short(answer: str, subject: Subject) -> None:
    """One run, setting, number or formula is enough, in any language; in English, a metric or a word of the work."""
    assert subject.is_named_in(answer)
    assert check_speaks(answer, subject, "advice") == answer


def test_a_line_s_number_is_no_run(subject: Subject) -> None:
    """`Run 1: …` in a list names nothing by its number."""
    assert not subject.is_named_in("Run 1: Jag kan inte hjälpa till.\nRun 2: Fråga någon annan.")


def test_a_session_without_metrics_has_a_subject() -> None:
    """Where no metric is declared, none is found in any text."""
    assert not subject_of([], "").is_named_in("anything")

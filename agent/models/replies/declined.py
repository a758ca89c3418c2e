"""A refusal told from an answer: by what it lacks first, then by its words. One place for plans, notes, advice, sections, titles.

A sentence that refuses is one of the speaker's own: it begins (or begins a clause) with it. Words in quotes, in code or
in emphasis are spoken of, and an honest "we cannot tell" names no request, no guideline and no help.
"""

from __future__ import annotations

import re

from agent.errors import BadAnswer

DECLINES = "it declines instead of giving what is asked for; write it, from what you were given"
NO_WORDS = "it holds no words: write what is asked for, from what you were given"
_SHORT = 600
"""Characters within which words of apology or a question back at the beginning are the whole answer."""
_FEW_LETTERS = 12

_SPOKEN_OF = re.compile(
    r"```.*?(?:```|\Z)|``.*?''|`[^`\n]+`|\\(?:verb\*?(\W).*?\1|(?:emph|texttt|textit|textquote|enquote)\{[^{}]*\})"
    r"|\\begin\{(quot\w*|verbatim)\}.*?\\end\{\2\}|“.*?”|„.*?[“”]|«.*?»|「.*?」|『.*?』|\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)"
    r"|(?<!\w)‘[^‘\n]*?’(?!\w)|^>.*$",
    re.DOTALL | re.MULTILINE,
)
"""Quotes, code, emphasis: of these a text speaks."""
_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_BEGINS = (
    r"(?:^[\s\W\d_]*(?:[A-Z][\w ]{0,30}:\s*)?|(?:[.!?:;—。！？，：]|,)\W*|\b(?:but|so|because|since|therefore|hence|and|that)\s+)"
    r"(?:(?:unfortunately|regrettably|sadly|however|sorry|apologies|again|still|therefore|thus|instead|honestly|but|so)[,:]?\s+){0,3}"
)
_NOT = r"(?:can[’']?t|cannot|can\s+not|could\s*n[o’']?t|won[’']?t|will\s+not|would\s+not|wouldn[’']t|do\s+not|don[’']t|shouldn[’']t|should\s+not|must\s+not)"
_UNABLE = (
    rf"(?:{_NOT}\s+(?:be\s+able\s+to\s+|be\s+(?=\w+ing\b)|in\s+good\s+conscience\s+|currently\s+|actually\s+|really\s+|feel\s+comfortable\s+|want\s+to\s+)?"
    r"|(?:[’']m|\s+am|[’']re|\s+are)\s+(?:currently\s+|simply\s+|just\s+|also\s+)?(?:(?:un|not\s+)able\s+to|not\s+(?:allowed|permitted|in\s+a\s+position|comfortable|willing|going|programmed|designed)\s*(?:to)?|unwilling\s+to|forbidden\s+to)\s+)"
)
_SERVE = r"(?:help|assist|comply|fulfil+|oblige|answer|complete)\s+(?:you\b|with\s+(?:this|that|your)\b|this\s+request|your\s+request|the\s+request)"
_HELP = (
    r"(?:help|assist|comply|fulfil+|oblige|accommodate|(?:engage|participate|proceed|continue|respond)(?=\s*(?:with\b|to\s+(?:this|that|your)|further|[.!,;]|\Z|this\s+(?:conversation|request|task)))|support\s+(?:this|that|you)|be\s+of\s+(?:help|assistance)"
    r"|answer\s+(?:your|this\s+(?:question|request)|the\s+(?:question|request)|any)\b|(?:do|writ|draft|compos|produc|provid|generat|creat|giv|offer|supply|deliver|plann?|complet|prepar|propos|suggest|advis|review|titl|discuss|process|handl|carry\s+out|work\s+on)(?:e|ing)?"
    r"\s+(?:you\s+|with\s+|on\s+)?(?:this|that|it|these|those|such|so|your|the|any|an?|papers?|scientific|research|experiments?|sections?|advice|plans?|content|text)\b)"
)
_NO_HYPOTHESIS = r"(?!\s+(?:the|this|that|H\d+|any|every|both|such)\b[^.!?]{0,30}?(?:hypothes|claim|conjectur|explanation|reading|null|idea\s+that|result|conclusion|inference))"
_NO_FILTER = r"(?![^.!?]{0,60}(?:filter|polic|safety|moderat|provider|guideline|guardrail))"
_STRONG = re.compile(
    "|".join(
        (
            rf"{_BEGINS}I\s*{_UNABLE}{_HELP}",
            rf"{_BEGINS}we\s*{_UNABLE}{_SERVE}",
            rf"\bI\s+(?:must|have\s+to|need\s+to|will|would\s+rather)\s+(?:respectfully\s+|politely\s+|therefore\s+)?(?:decline|refuse|abstain)\b{_NO_HYPOTHESIS}",
            rf"{_BEGINS}I\s+(?:respectfully\s+|politely\s+)?(?:decline|refuse)\s+(?:to|this|that|your)\b",
            rf"{_BEGINS}as\s+an?\s+(?:\w+[\s-]+){{0,3}}(?:AI|artificial\s+intelligence|language\s+model|LLM|chatbot|assistant)\b[^.]{{0,60}}?,?\s+(?:I\b|my\b|it\s+is\s+not)",
            rf"{_BEGINS}I\s*(?:[’']m|\s+am)\s+(?:only\s+|just\s+)?an?\s+(?:\w+[\s-]+){{0,3}}(?:AI|language\s+model|LLM|chatbot|assistant)\b",
            rf"{_BEGINS}(?:I\s*(?:[’']m|\s+am)\s+(?:so\s+|very\s+|really\s+|truly\s+)?(?:sorry|afraid)|(?:my\s+)?(?:sincere\s+)?apologies|I\s+(?:do\s+)?apologi[sz]e|I\s+regret)\b[^.!?]{{0,60}}?\b(?:I|this|that|it)\b[^.!?]{{0,20}}?(?:{_NOT}|unable|not\s+able|declin|beyond|outside|against)",
            r"\b(?:against|violates?|outside(?:\s+of)?|not\s+(?:permitted|allowed)\s+(?:by|under)|conflicts?\s+with)\s+(?:my|our|the\s+provider[’']s|usage|content|openai[’']?s?|anthropic[’']?s?)\s+(?:\w+\s+)?(?:guidelines|polic(?:y|ies)|programming|capabilities|rules)\b",
            rf"{_BEGINS}(?:this|that|your|the)\s+(?:request|prompt)\s+(?:(?:{_NOT}|can)\s+(?:not\s+)?be\s+(?:fulfil|complet|answer|process|handl|met|carried)|(?:is|was|has\s+been|must\s+be)\s+(?:declined|refused|denied|rejected|blocked|flagged)(?!\s+by\b{_NO_FILTER}))",
            rf"{_BEGINS}I\s+(?:have|hold|offer)\s+no\s+(?:opinion|view|comment|answer|plan|advice)\b",
            r"\bI(?:[’']ll|\s+will|\s+can)\b[^.!?]{0,80}\b(?:once|after|when|as\s+soon\s+as|if)\s+you\s+(?:provide|confirm|verify|share|send|tell|give|choose|specify|let)\b",
            r"\blet\s+me\s+know\b[^.!?]{0,80}\b(?:and|then|so)\s+I(?:[’']ll|\s+will|\s+can)\b",
            r"\bsomething\s+(?:that\s+)?I(?:[’']m|\s+am|\s+can(?:[’']?t|not)?)\s+(?:not\s+)?(?:able\s+to\s+)?(?:help|assist|do|write|provide|support)\b",
            r"\b(?:not\s+possible|impossible)\s+for\s+me\s+to\b|\b(?:beyond|outside|exceeds)\s+(?:of\s+)?my\s+(?:abilit|capabilit|scope|competence|remit|role)",
            r"\bI(?:[’']m|\s+am)\s+(?:going\s+to\s+have\s+to|obliged\s+to|forced\s+to|compelled\s+to)\s+(?:decline|refuse)\b",
            r"\bI(?:[’']m|\s+am)\s+(?:forbidden|prohibited|barred|prevented)\s+from\b",
            r"\bmy\s+(?:own\s+)?(?:guidelines|polic(?:y|ies)|training|programming|rules|instructions|principles|guardrails)\s+(?:do(?:es)?\s*n[o’']?t|do(?:es)?\s+not|won[’']t|"
            r"prevents?|prohibits?|forbids?|restricts?|keeps?|stops?)\b",
            # other languages: apologies and refusals that no paper written in English holds
            r"\b(?:es\s+tut\s+mir\s+leid|tut\s+mir\s+leid|ich\s+(?:kann|darf|werde|möchte)\b[^.!?]{0,60}\bnicht\b[^.!?]{0,40}\b(?:helfen|schreiben|erfüllen|beantworten|unterstützen|nachkommen|erstellen|liefern|verfassen|weiterhelfen|dienen|tun)|ich\s+muss\s+(?:das\s+|dies\s+)?(?:leider\s+)?(?:das\s+|dies\s+)?(?:ablehnen|passen|absagen)|kann\s+ich\s+(?:\w+\s+){0,3}nicht\s+(?:\w+\s+)?(?:helfen|schreiben|dienen|weiterhelfen|beantworten|erfüllen)|als\s+(?:KI|künstliche|Sprachmodell))",
            r"\b(?:je\s+(?:suis\s+(?:vraiment\s+)?(?:désolée?|navrée?)|regrette|ne\s+(?:peux|puis|pourrai|suis)\s+(?:malheureusement\s+)?pas)|désolée?,|je\s+dois\s+(?:malheureusement\s+)?(?:décliner|refuser)|à\s+l[’']encontre\s+de\s+mes|en\s+tant\s+qu[’'](?:IA|assistant|intelligence|un\s+mod)|en\s+tant\s+que\s+mod)",
            r"\b(?:lo\s+siento|lamento|no\s+puedo\s+(?:ayudar|cumplir|escribir|responder|proporcionar|hacer|asistir)|como\s+(?:modelo|asistente|una?\s+IA)|mi\s+dispiace|non\s+posso\s+(?:aiutar|scriver|fornir|soddisf|risponder)|sinto\s+muito|desculpe|nie\s+mogę\s+(?:w\s+tym\s+)?(?:pomóc|tego|napisać)|przykro\s+mi|het\s+spijt\s+me|ik\s+kan\s+(?:\w+\s+){0,4}niet\s+(?:mee\s+)?(?:helpen|schrijven)|beklager,|tyvärr\s+kan\s+jag\s+inte|üzgünüm|não\s+posso\s+(?:ajudar|escrever|fornecer|atender|cumprir))",
            r"(?:抱歉|对不起|對不起|很遗憾|我(?:无法|無法|不能|不可以|没办法|不会|拒绝)|作为(?:一个|一名|一款)?(?:AI|人工智能|语言模型|大型|助手)|申し訳|お手伝いできません|お応えできません|お答えできません|できかねます|죄송|도와드릴\s*수\s*없|извините|простите|к\s+сожалению,?\s+я\s+не|я\s+не\s+могу|как\s+(?:ИИ|языковая\s+модель))",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
"""A refusal wherever it stands."""
_WEAK = re.compile(
    rf"[\s\W\d_]*(?:(?:unfortunately|regrettably|sadly|sorry|no)[,.:;]?\s+)*(?:sorry\s*[,.!:;–—]|sorry\s+(?:but|I)\b|sorry\W*\Z|(?:my\s+)?(?:sincere\s+)?apologies(?=\W*\Z|\s*[,.!:;–—]|\s+(?:but|for|I)\b)|(?:I|we)(?:[’']m|\s+am|[’']re|\s+are)\s+(?:so\s+|very\s+)?(?:sorry\b(?!\s+to\s+(?:report|say|find|note|see))|afraid\s+(?:that\s+)?(?:I|we|not|so)\b)"
    rf"|I\s*{_UNABLE}{_HELP}|I\s+(?:must\s+decline|apologi[sz]e|refuse|decline)\b|(?:unable|not\s+able)\s+to\s+(?:help|assist|comply|fulfil|provide|write|complete|answer)"
    r"|cannot\s+(?:help|assist|comply|fulfil|provide|write|do|complete|answer)"
    r"|(?:(?:could|can|would|will)\s+you\s+(?:please\s+|kindly\s+)?|please\s+|kindly\s+)(?:provide|share|send|upload|paste|clarify|specify|give\s+me|tell\s+me)\b"
    r"|(?:provide|share|send|give|upload|paste|tell)\s+(?:me|us|your)\b"
    r"|as\s+an?\s+(?:large\s+|AI\s*)*(?:AI|language\s+model|assistant|model)\b[^.]{0,40}\bI\b"
    r"|I(?:\s+(?:need|require|would\s+need|don[’']t\s+have|do\s+not\s+have|lack)|[’']d\s+need)\s+(?:\w+\s+){0,2}(?:access|information|details|context|the\s+code|clarification)\b|I[’']?d?\s+(?:would\s+)?rather\s+not\b|no\W*\Z|(?:this|the)\s+section\s+(?:cannot|can\s*not|can[’']t|could\s+not)\s+be\s+(?:written|given|provided|completed)"
    r"|no\s+(?:section|text|title|plan|advice|note)\s+(?:can|could|will)\s+be\s+(?:written|given|provided)|n/?a\W*\Z|none\W*\Z|null\W*\Z|nothing\W*\Z|todo(?:\W*\Z|\s*[:–—-]|\s+(?:write|add|fill|complete|insert)\b)|\[?(?:section|text|answer|redacted|refused|declined)\]?\W*\Z)",
    re.IGNORECASE,
)
"""A refusal, or a question back, where it begins a short answer."""
_FILTERS = r"(?:polic(?:y|ies)|safety|filter(?:s|ing)?|moderat\w+|guidelines?|guardrails?)"
_BLOCKED = r"(?:blocked|filtered|flagged|rejected|stopped|moderated|denied|withheld|removed|censored)"
_MACHINE = re.compile(
    rf"[\s\W\d_]*(?:(?:the|this|your)\s+)?(?:(?:request|response|content|prompt|output|message|generation|answer|reply)\s+(?:was\s+|has\s+been\s+|is\s+)?{_BLOCKED}(?:\W*\Z|[^.!?]{{0,40}}\b{_FILTERS}\b)"
    rf"|{_BLOCKED}\s+by\b[^.!?]{{0,40}}{_FILTERS}\b|internal\s+server\s+error|bad\s+gateway|(?:service|server|model)\s+(?:is\s+)?(?:temporarily\s+|currently\s+)?(?:unavailable|overloaded|busy)"
    r"|gateway\s+time-?out|too\s+many\s+requests|rate\s+limit\s+(?:exceeded|reached)|an?\s+(?:unexpected\s+|unknown\s+|internal\s+)?error\s+(?:has\s+)?occurred|something\s+went\s+wrong"
    r"|(?:api|server|network|connection|http|model|runtime|stream)\s+(?:error|failure|time-?out)\W|error\s*(?::\s*(?=[{{\"'\d]|\w+(?:Error|Exception)|\W*\Z|(?:failed|unable|could|connect\w*|time-?out|timed|internal|upstream|request|invalid|no|an?|api|model|server|network|unknown|something|rate|too)\b)|\(?\d{3}\b|code\b)|[\"']?(?:error|detail|message)[\"']?\s*:\s*[\"'{]|(?:please\s+)?try\s+again\s+(?:later|in)\b|max(?:imum)?\s+(?:tokens|retries)\b)",
    re.IGNORECASE,
)
"""A message of a filter or a server in the answer's place."""
_ELSEWHERE = re.compile(
    r"[\s\W\d_]*(?:upstream\s+connect\s+error|error\]?\s+upstream|!?doctype\s+html|html(?:\s[^<>]*)?>\s*<(?:head|body)"
    r"|this\s+(?:conversation|chat|session)\s+has\s+(?:reached|ended|expired)|you(?:[’']ve|\s+have)\s+(?:reached|used\s+up|exceeded|hit)\s+your\b"
    r"|let[’']?s\s+(?:talk\s+about|discuss|change)\s+(?:something\s+else|the\s+(?:topic|subject))|I(?:[’']d|\s+would)\s+prefer\s+not\b"
    r"|\[?insert\s+(?:your\s+|the\s+)?(?:text|content|section|title|answer)\s+here|lorem\s+ipsum"
    r"|(?:the\s+|your\s+)?(?:plan|section|text|note|advice|title|answer)\s+(?:goes|omitted|left\s+out|to\s+be\s+(?:written|added|done))\b[^.\n]{0,20}\W*\Z"
    r"|(?:(?:sure|okay|ok|certainly|of\s+course|absolutely|as\s+requested|great|understood)\W+)?(?:here(?:[’']s|\s+is|\s+are)\b[^.:\n]{0,60}[.:]\W*)\Z"
    r"|(?:sure|okay|ok|certainly|of\s+course|absolutely|great|understood|got\s+it)\W*\Z"
    r"|(?:I(?:[’']ll|\s+will|\s+am\s+going\s+to)|let\s+me)\s+(?:now\s+|first\s+)?(?:write|draft|begin|start|prepare|think|work)\s+(?:on\s+|about\s+|with\s+)?"
    r"(?:it|this|that|(?:the|a|your)\s+(?:[\w-]+\s+){0,3}(?:section|plan|note|advice|title|paper|answer|draft|abstract))\b[^.\n]{0,30}[.:…]*\s*\Z)",
    re.IGNORECASE,
)
"""A page, another program's message, a way out, a place-holder, or the promise of an answer that is all there is."""
_GREETING = re.compile(
    r"[\s\W\d_]*(?:(?:hello|hi|hey|greetings|good\s+(?:morning|day|evening|afternoon)|welcome)(?:\s+there)?\s*[!,.](?!\w)|how\s+(?:can|may)\s+I\s+(?:help|assist)\b"
    r"|what\s+(?:would\s+you\s+like|can\s+I\s+(?:do|help)|do\s+you\s+(?:want|need))\b|(?:shall|should)\s+I\s+(?:proceed|go\s+on|continue|begin|start|write)\b|(?:would|do)\s+you\s+(?:like|want|prefer)\b|(?:are\s+you\s+)?ready\s+when\s+you\b)",
    re.IGNORECASE,
)
"""A greeting, or a question back."""
_ASKS_BACK = re.compile(
    r"\b(?:(?:do|would|did|could|can|will)\s+you\s+(?:want|like|prefer|mean|need|provide|share|tell|clarify)\b|(?:shall|should)\s+I\b)[^.!?]*\?\W*\Z",
    re.IGNORECASE,
)
"""A question back with which a short answer ends."""


def refusals(answer: str, whole: bool = False) -> list[str]:
    """The problem of an answer that declines or says nothing; none otherwise.

    `whole`: the answer is to be prose of some length, so that a mark or a word alone is none.
    """
    said = _SPOKEN_OF.sub(" … ", answer).strip()
    with_blocks = _SPOKEN_OF.sub(" … ", _BLOCK.sub(_held, answer)).strip()
    letters = sum(char.isalpha() for char in answer)
    if not any(char.isalnum() for char in answer) or (whole and letters < _FEW_LETTERS and "[[" not in answer):
        return [NO_WORDS] if answer.strip() or whole else []
    short = len(said) <= _SHORT and (
        _WEAK.match(said)
        or _MACHINE.match(answer)
        or _GREETING.match(said)
        or _ELSEWHERE.match(with_blocks)
        or _ASKS_BACK.search(said)
    )
    return [DECLINES] if short or _STRONG.search(said) else []


def _held(block: re.Match[str]) -> str:
    """What stands for a fenced block: a word where it holds some, since "Here is the note:" before it is no empty promise."""
    return " … text … " if sum(char.isalpha() for char in block[0]) > _FEW_LETTERS else " … "


def check_given(answer: str, whole: bool = False) -> str:
    """The answer, stripped. Raises BadAnswer where it declines or holds no words."""
    if problems := refusals(answer, whole) or ([] if answer.strip() else [NO_WORDS]):
        raise BadAnswer(problems[0])
    return answer.strip()

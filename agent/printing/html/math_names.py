"""What the commands of a formula are drawn as."""

from __future__ import annotations

ACCENTS = {
    "hat": "^",
    "widehat": "^",
    "bar": "¯",
    "overline": "¯",
    "tilde": "~",
    "widetilde": "~",
    "vec": "→",
    "dot": "˙",
    "ddot": "¨",
    "check": "ˇ",
    "breve": "˘",
    "acute": "´",
    "grave": "`",
    "mathring": "˚",
    "overbrace": "⏞",
    "overrightarrow": "→",
    "overleftarrow": "←",
}
BELOW = {"underbrace": "⏟", "underline": "_", "underrightarrow": "→"}
UPRIGHT = frozenset(["mathrm", "operatorname", "mathsf", "mathtt", "mathit", "mathnormal"])
FACES = {
    "mathbf": "\\mathbf",
    "boldsymbol": "\\mathbf",
    "bm": "\\mathbf",
    "pmb": "\\mathbf",
    "mathbb": "\\mathbb",
    "mathcal": "\\mathcal",
    "mathscr": "\\mathcal",
    "mathfrak": "\\mathfrak",
}
_FUNCTION_NAMES = (
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min Pr sec sin sinh "
    "sup tan tanh argmin argmax"
)
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
LARGE = frozenset(
    [
        "sum",
        "prod",
        "coprod",
        "bigcup",
        "bigcap",
        "bigoplus",
        "bigotimes",
        "lim",
        "max",
        "min",
        "sup",
        "inf",
        "argmax",
        "argmin",
    ]
)
TEXTS = frozenset(["text", "mbox", "textrm", "textbf", "textit", "texttt", "textsf", "intertext", "shortintertext"])
SPACES = {
    ",": "0.17em",
    ":": "0.22em",
    ";": "0.28em",
    " ": "0.3em",
    "quad": "1em",
    "qquad": "2em",
    "!": "0",
    "enspace": "0.5em",
}
IGNORED = frozenset(
    [
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "bigm",
        "Bigm",
        "mathop",
        "mathbin",
        "mathrel",
        "mathord",
        "ensuremath",
        "relax",
        "allowbreak",
        "hfill",
        "centering",
        "protect",
    ]
)
FENCES = {
    "cases": ("{", ""),
    "dcases": ("{", ""),
    "rcases": ("", "}"),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
}
NAMED = {
    "lvert": "|",
    "rvert": "|",
    "lVert": "‖",
    "rVert": "‖",
    "|": "‖",
    "{": "{",
    "}": "}",
    "lbrace": "{",
    "rbrace": "}",
    "colon": ":",
    "coloneqq": "≔",
    "middle": "",
    "backslash": "\\",
}

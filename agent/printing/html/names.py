"""What the commands and environments of a paper are called in HTML, or stand for."""

from __future__ import annotations

DISPLAYED = ("equation", "align", "gather", "multline", "eqnarray", "flalign", "alignat", "displaymath")
SEVERAL = ("align", "gather", "eqnarray", "flalign", "alignat")
TAGS = {
    "emph": "em", "textit": "em", "textsl": "em", "textbf": "strong", "texttt": "code", "verb": "code", "textsuperscript": "sup",
    "textsubscript": "sub", "underline": "u", "textsc": "span", "footnote": "small", "enquote": "q",
}  # fmt: skip
HEADS = {"section": "h2", "subsection": "h3", "subsubsection": "h4"}
DROPPED = {"label": 1, "vspace": 1, "hspace": 1, "setlength": 2, "color": 1, "rule": 2, "cmidrule": 1, "cline": 1, "addlinespace": 0,
            "definecolor": 3, "resizebox": 2, "scalebox": 1, "rotatebox": 1, "raisebox": 1, "textcolor": 1, "rowcolor": 1, "cellcolor": 1,
            "renewcommand": 2}  # fmt: skip
"""Commands that set no words themselves, and how many of their arguments hold none."""
LISTS = {"itemize": "ul", "enumerate": "ol", "algorithmic": "ol"}
QUOTES = {"quote": "blockquote", "quotation": "blockquote", "abstract": "section", "center": "div"}
MARKS = {"evidbetter": "<sup>+</sup>", "evidworse": "<sup>−</sup>", "evidbetteronce": "<sup>(+)</sup>", "evidworseonce": "<sup>(−)</sup>",
          "evidunfair": "<sup>*</sup>", "eviduncertain": "<sup>?</sup>", "evidcontrol": "<sup>∼</sup>", "evidup": "↑", "eviddown": "↓",
          "ldots": "…", "dots": "…", "textellipsis": "…", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
          "textunderscore": "_", "textbar": "|", "textless": "&lt;", "textgreater": "&gt;", "quad": " ", "qquad": " ", "S": "§", "P": "¶",
          "dag": "†", "ddag": "‡", "textdegree": "°", "textdagger": "†", "textminus": "−", "textbullet": "•", "aa": "å", "AA": "Å", "ae": "æ",
          "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "ss": "ß", "l": "ł", "L": "Ł", "i": "ı", "LaTeX": "LaTeX", "TeX": "TeX"}  # fmt: skip
STEPS = {"If": ("if ", " then"), "ElsIf": ("else if ", " then"), "Else": ("else", ""), "EndIf": ("end if", ""), "For": ("for ", " do"),
          "ForAll": ("for all ", " do"), "EndFor": ("end for", ""), "While": ("while ", " do"), "EndWhile": ("end while", ""),
          "Repeat": ("repeat", ""), "Until": ("until ", ""), "Loop": ("loop", ""), "EndLoop": ("end loop", ""), "State": ("", ""),
          "Require": ("Require: ", ""), "Ensure": ("Ensure: ", ""), "EndFunction": ("end function", ""), "EndProcedure": ("end procedure", "")}  # fmt: skip
GUARDED = ("If", "ElsIf", "For", "ForAll", "While", "Until")
THEOREMS = frozenset(
    [
        "theorem",
        "lemma",
        "proposition",
        "corollary",
        "conjecture",
        "claim",
        "definition",
        "assumption",
        "example",
        "remark",
        "proof",
    ]
)
OLD = {"STATE": "State", "IF": "If", "ELSIF": "ElsIf", "ELSE": "Else", "ENDIF": "EndIf", "FOR": "For", "FORALL": "ForAll", "ENDFOR": "EndFor",
        "WHILE": "While", "ENDWHILE": "EndWhile", "REPEAT": "Repeat", "UNTIL": "Until", "REQUIRE": "Require", "ENSURE": "Ensure",
        "RETURN": "State return", "COMMENT": "Comment", "LOOP": "Loop", "ENDLOOP": "EndLoop"}  # fmt: skip

"""The body of paper.tex as HTML: sections, lists, tables, floats, formulas, citations, and links to the rows of the evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from agent.printing.html.maths import mathml
from agent.printing.html.names import DROPPED, HEADS, MARKS, TAGS
from agent.printing.html.structure import BLOCK
from agent.printing.html.structure import environment as environment_html
from agent.printing.html.tokens import Tokens

_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
"""Addresses that become links: no other kind can act."""


@dataclass
class Body:
    """What is gathered while the text is read: numbers of labels, and counts."""

    figures: Mapping[str, str]
    """By file name: its <img> or <embed>."""
    cited: Callable[[str], str]
    """A key as it is called in the text."""
    numbers: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    here: str = ""
    """What a label that comes next names."""
    lettered: bool = False
    """Whether sections have letters by now: those of an appendix."""

    def linked(self, html: str) -> str:
        """A text with its references resolved, once all labels are known."""
        return re.sub("\x01([^\x01]*)\x01", lambda match: self._link(match[1]), html)

    def blocks(self, latex: str) -> str:
        """A text in paragraphs, with what stands between them."""
        pieces = re.split(f"{BLOCK}(.*?){BLOCK}", self.inline(latex), flags=re.DOTALL)
        made = []
        for place, piece in enumerate(pieces):
            if place % 2:
                made.append(piece)
            else:
                made += [f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", piece) if part.strip()]
        return "\n".join(made)

    def inline(self, latex: str) -> str:
        """A text within a paragraph; blocks in it stand between marks."""
        tokens, made = Tokens(latex), []
        while not tokens.done:
            start, token = tokens.at, tokens.next()
            if token.startswith("\\") and len(token) > 1:
                made.append(self._command(tokens, token[1:].rstrip("*"), token.endswith("*")))
            elif token == "{":
                tokens.at = start
                made.append(self.inline(tokens.argument()))
            elif token == "$":
                display = tokens.text.startswith("$", tokens.at)
                tokens.at += display
                made.append(mathml(tokens.until("$$" if display else "$"), display))
            else:
                made.append({"~": " ", "}": ""}.get(token, escape(token)))
        text = "".join(made)
        return text.replace("---", "—").replace("--", "–").replace("``", "“").replace("&#x27;&#x27;", "”")

    def _command(self, tokens: Tokens, name: str, starred: bool) -> str:
        if name in MARKS:
            return MARKS[name]
        if name in ("begin", "end"):
            environment = tokens.argument()
            return environment_html(self, tokens, environment) if name == "begin" else ""
        if name in HEADS or name in ("paragraph", "subparagraph"):
            return self._head(tokens, name, starred)
        if name in ("(", "["):
            return mathml(tokens.until("\\)" if name == "(" else "\\]"), name == "[")
        if name in ("ref", "autoref", "cref", "Cref", "eqref", "nameref", "pageref", "subref"):
            return self._reference(name, tokens.argument())
        if name.lower().startswith("cite"):
            return self._cite(tokens, name)
        if name.startswith("evid"):
            return self._evidence(tokens, name)
        if name == "ensuremath":
            return mathml(tokens.argument())
        return self._words(tokens, name)

    def _words(self, tokens: Tokens, name: str) -> str:
        """A command that sets words; of one that nobody knows its argument stands."""
        if (set_by := _SET_BY.get(name)) is not None:
            return set_by(self, tokens, name)
        if len(name) == 1 and not name.isalnum():
            return self._sign(tokens, name)
        return self.inline(tokens.argument()) if tokens.text.startswith("{", tokens.at) else ""

    def _verbatim(self, tokens: Tokens, _: str) -> str:
        return f"<code>{escape(tokens.until(tokens.next()))}</code>"

    def _tagged(self, tokens: Tokens, name: str) -> str:
        tokens.option()
        return f"<{TAGS[name]}>{self.inline(tokens.argument())}</{TAGS[name]}>"

    def _address(self, tokens: Tokens, name: str) -> str:
        address = re.sub(r"\\([%#&_~])", r"\1", tokens.argument())
        shown = self.inline(tokens.argument()) if name == "href" else escape(address)
        plain = "" if name == "href" else ' class="address"'
        return f'<a{plain} href="{escape(address)}">{shown}</a>' if _WEB.match(address) else shown

    def _last_of_three(self, tokens: Tokens, _: str) -> str:
        """Of a cell over several its text; of a file nothing is read, and what is said without it is said."""
        tokens.option()
        tokens.argument()
        tokens.argument()
        return self.inline(tokens.argument())

    def _to_label(self, tokens: Tokens, _: str) -> str:
        label = tokens.option()
        return f'<a href="#{escape(label)}">{self.inline(tokens.argument())}</a>'

    def _labelled(self, tokens: Tokens, _: str) -> str:
        label = tokens.argument()
        self.numbers[label] = self.here
        return f'<a id="{escape(label)}"></a>'

    def _figure(self, tokens: Tokens, _: str) -> str:
        tokens.option()
        return self.figures.get(tokens.argument().rsplit("/", 1)[-1], "<em>[figure]</em>")

    def _dropped(self, tokens: Tokens, name: str) -> str:
        tokens.option()
        for _ in range(DROPPED[name]):
            tokens.argument()
        return ""

    def _broken(self, tokens: Tokens, _: str) -> str:
        tokens.option()
        return "<br>"

    def _sign(self, tokens: Tokens, name: str) -> str:
        accents = {
            "'": "\u0301",
            "`": "\u0300",
            "^": "\u0302",
            '"': "\u0308",
            "~": "\u0303",
            "=": "\u0304",
            ".": "\u0307",
        }
        if name in accents:
            letter = self.inline(tokens.argument())
            return f"{letter[:1]}{accents[name]}{letter[1:]}"
        return {",": "\u2009", ";": " ", ":": " ", " ": " ", "-": "", "/": "", "@": "", "!": "", "\n": " "}.get(
            name, escape(name)
        )

    def _head(self, tokens: Tokens, name: str, starred: bool) -> str:
        text = self.inline(tokens.argument())
        if name not in HEADS:
            return f"\n\n<strong>{text}</strong> "
        number = "" if starred else self.counted(name)
        self.here = number
        return f"{BLOCK}<{HEADS[name]}>{number} {text}</{HEADS[name]}>{BLOCK}"

    def counted(self, name: str) -> str:
        """The next number of a kind; of subsections behind that of their section."""
        self.counts[name] = self.counts.get(name, 0) + 1
        if name == "section":
            self.counts["subsection"] = 0
            return self._section()
        if name == "subsection":
            return f"{self._section()}.{self.counts['subsection']}"
        return str(self.counts[name])

    def _section(self) -> str:
        number = self.counts.get("section", 0)
        return chr(ord("A") + number - 1) if self.lettered and 0 < number <= 26 else str(number)

    def _appendix(self, _: Tokens, __: str) -> str:
        self.lettered, self.counts["section"] = True, 0
        return ""

    def _reference(self, name: str, labels: str) -> str:
        links = "\x01, \x01".join(f"{name}:{label.strip()}" for label in labels.split(","))
        return f"\x01{links}\x01"

    def _link(self, wanted: str) -> str:
        if wanted == ", ":
            return ", "
        name, _, label = wanted.partition(":")
        number = self.numbers.get(label, "??")
        if name in ("ref", "eqref", "subref", "pageref"):
            number = number.rsplit(" ", 1)[-1]
        elif re.fullmatch(r"[A-Z](?:\.\d+)?", number):
            number = f"Appendix {number}"
        elif number[:1].isdigit():
            number = f"{'Equation' if label.startswith('eq') else 'Section'} {number}"
        return f'<a href="#{escape(label)}">{f"({number})" if name == "eqref" else number}</a>'

    def _cite(self, tokens: Tokens, name: str) -> str:
        options = [option for option in (tokens.option(), tokens.option()) if option]
        keys = [key.strip() for key in tokens.argument().split(",")]
        named = "; ".join(f'<a href="#cite-{escape(key)}">{escape(self.cited(key))}</a>' for key in keys)
        before = f"{self.inline(options[0])} " if len(options) == 2 else ""
        after = f", {self.inline(options[-1])}" if options else ""
        return (
            named + after
            if name.lower().startswith(("citet", "citealt", "citeauthor"))
            else f"({before}{named}{after})"
        )

    def _evidence(self, tokens: Tokens, name: str) -> str:
        if name in _LEGENDS:
            return f'<span class="legend">{_LEGENDS[name]}</span>'
        target = tokens.argument()
        if name == "evidrow":
            return f'<a id="{escape(target)}"></a>'
        if name in ("evidif", "evidend"):
            return ""
        if name == "evidlookslegend":
            return f'<span class="legend">{_OF_LOOKS.format(self.inline(target))}</span>'
        if name in ("evidunknown", "evidstale"):
            return f"<em>{self.inline(target)}</em>"
        mark = "<sup>†</sup>" if name == "evidreported" else ""
        return f'<a class="evidence" href="#{escape(target)}">{self.inline(tokens.argument())}</a>{mark}'


_LEGENDS: Mapping[str, str] = {
    "evidlegend": "<sup>+</sup> better, <sup>−</sup> worse than the baseline, beyond noise; <sup>*</sup> not comparable; "
    "<sup>?</sup> noise unknown; unmarked: within noise",
    "evidcontrollegend": "<sup>∼</sup> the baseline is not better than a control beyond noise, so the metric says nothing of what was learnt",
    "evidunmatchedlegend": "<sup>‡</sup> not at the baseline's value of what comparisons are made at",
}
_OF_LOOKS = "noise: of one look; all looks: {}; in brackets: beyond the noise of one look only"
"""What stands below a table, as labwords.sty has it in print."""

_SET_BY: Mapping[str, Callable[[Body, Tokens, str], str]] = {
    **dict.fromkeys(DROPPED, Body._dropped),
    **dict.fromkeys(TAGS, Body._tagged),
    **dict.fromkeys(("url", "nolinkurl", "href"), Body._address),
    **dict.fromkeys(("multicolumn", "multirow", "InputIfFileExists"), Body._last_of_three),
    "verb": Body._verbatim,
    "hyperref": Body._to_label,
    "label": Body._labelled,
    "appendix": Body._appendix,
    "includegraphics": Body._figure,
    "\\": Body._broken,
}
"""By command how its words are set; what stands further down has the word where two tables name one."""

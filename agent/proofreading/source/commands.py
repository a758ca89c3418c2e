"""The commands of a section against what may stand in one: an allow-list, so that what nobody thought of is not set either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agent.proofreading.source.allowed import COMMANDS, OURS, SETTABLE, SYMBOLS
from agent.proofreading.source.preamble import defines, lacking


class Refused(NamedTuple):
    """Commands of one kind that no section holds, whatever the preamble has: their names, and what to do instead."""

    names: re.Pattern[str]
    instead: str


def _refused(names: str, instead: str) -> Refused:
    return Refused(re.compile("|".join(names.split())), instead)


_REFUSED = (
    _refused(
        r"input include includeonly subfile(include)? import subimport includefrom inputfrom @+input InputIfFileExists IfFileExists openin"
        r" closein read(line)? lstinputlisting verbatiminput VerbatimInput inputminted includepdf(merge)? includesvg includestandalone"
        r" bibliography bibliographystyle addbibresource printbibliography font(dimen)? endlinechar loadfile CatchFileDef pdffiledump"
        r" pdfximage externaldocument graphicspath DeclareGraphics\w* csvreader csvautotabular pgfplotstableread pgfplotstabletypeset tikzset",
        "a section reads no file: write the text itself, and show a figure by \\includegraphics{FILE}",
    ),
    _refused(
        r"write\w* immediate openout closeout ShellEscape directlua luaexec luadirect latelua sys_shell\w* filecontents\w* typeout message wlog"
        r" errmessage newwrite newread show(the|box|tokens)? addtocontents addcontentsline protected@write",
        "a section writes no file and runs no program: leave it out",
    ),
    _refused(
        r"special pdf\w+ embedfile\w* (text)?attachfile\w* includemedia movie\w* animategraphics Acrobat\w* (text|push|check)?[Ff]ield PushButton"
        r" TextField hyper@\w* hyperbaseurl hypersetup hyperimage HREF Hy@\w* Launch marginnote cooltooltip pdftooltip",
        "a paper holds no active content: leave it out",
    ),
    _refused(
        r"([egx])?def let futurelet (new|renew|provide)command (new|renew)environment (New|Renew|Provide|Declare)(Expandable)?Document\w+"
        r" Declare\w+ newtheorem\w* newcount(er)? newlength newdimen newskip newtoks newbox newif newfam newsavebox newfont global long outer protected"
        r" advance multiply divide (set|addto|step|refstep)counter (math|tok|char|count|dimen|skip)\w*def AtBeginDocument AtEndDocument"
        r" AddToHook\w* AtBegin\w+ theoremstyle definecolor colorlet",
        "no section defines anything: write out what it stands for",
    ),
    _refused(
        r"(cat|lc|uc|sf|math|del)code csname endcsname expandafter noexpand unexpanded makeatletter makeatother scantokens scantextokens"
        r" upper(case)? lower(case)? MakeUppercase MakeLowercase active begingroup endgroup bgroup egroup string meaning detokenize romannumeral"
        r" the number jobname char mathchar accent loop foreach whiledo ifthenelse after(assignment|group) every\w+ output obeyl\w+"
        r" ExplSyntaxO\w+ [a-z]+_\w+ tracing\w+ begincsname ifincsname escapechar (un)?protect@\w+ ignorespaces @\w+ numexpr glueexpr",
        "a section does not change how TeX reads: write it in ordinary LaTeX",
    ),
    _refused(
        r"stop bye endinput endgraf (batch|nonstop|scroll|errorstop)mode shipout dump",
        "the paper goes on behind the section: leave it out",
    ),
    _refused(
        r"if\w* else fi or unless [hv]?phantom setbox (s|l)?box usebox savebox sbox copy un[hv](box|copy) lower raise transparent texttransparent"
        r" hidewidth rlap llap clap smashoperator",
        "it hides words from the reader, or moves them: write them, or leave them out",
    ),
    _refused(
        r"usepackage RequirePackage(WithOptions)? documentclass PassOptionsTo\w+ usetikzlibrary LoadClass",
        "the preamble is the tool's: leave it out",
    ),
    _refused(
        r"section chapter part appendix maketitle title author date thanks abstract tableofcontents listof\w+ (this)?pagestyle pagenumbering"
        r" newpage clearpage cleardoublepage twocolumn onecolumn today",
        "the tool places it: give the text of the section alone, with \\subsection and \\paragraph",
    ),
    _refused(
        r"evid\w* lab(?!elcref)[a-z@]* session hyperlink hypertarget hyperdef",
        "a number is bound by its reference: write [[run_1.metric]]",
    ),
)
_TOKEN = re.compile(r"\\([A-Za-z@]+|.|\n)", re.DOTALL)
_DEFINED = re.compile(
    r"\\(?:(?:new|renew|provide)command|DeclareMathOperator|DeclareRobustCommand|def|let|NewDocumentCommand|DeclarePairedDelimiter)\*?"
    r"\s*\{?\s*\\([A-Za-z]+)\}?(?:\[[^\]]*\])*(?P<body>\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})?"
)
_STRETCH = re.compile(r"\\renewcommand\*?\s*\{?\s*\\arraystretch\s*\}?\s*\{\s*\d*\.?\d+\s*\}")
_ADDRESS = r"(?:(?:https?|ftp)://|mailto:|doi:|www\.)(?:[^\s{}\\^]|\\[%#&_~])*"
_OPTION = (
    r"\s*(?:(?:width|height|totalheight|scale|angle|origin|trim|viewport|bb|alt|page)\s*=\s*(?:\{[^{}]*\}|[^,=\[\]{}]*)"
    r"|(?:clip|keepaspectratio)(?:\s*=\s*true)?)?\s*"
)
_WIDTH = r"\{\s*(?:!|(?:0?\.[1-9]\d*|1(?:\.\d+)?)?\s*\\(?:linewidth|textwidth|columnwidth|hsize|textheight)|[1-9][\d.]*\s*(?:cm|in))\s*\}"
"""A size at which something can still be seen."""
_LENGTHS = "|".join(sorted(SETTABLE))
_FORMS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("begin", re.compile(r"\s*\{[A-Za-z]+\*?\}"), "write \\begin{NAME}, with the name of an environment"),
    ("end", re.compile(r"\s*\{[A-Za-z]+\*?\}"), "write \\end{NAME}, with the name of an environment"),
    (
        "includegraphics",
        re.compile(rf"\*?\s*(?:\[{_OPTION}(?:,{_OPTION})*\])?\s*\{{[^{{}}\\]*\}}"),
        "write \\includegraphics[width=0.8\\linewidth]{FILE}, with width, height, scale, angle, trim, clip or keepaspectratio",
    ),
    (
        "href",
        re.compile(rf"\s*\{{{_ADDRESS}\}}\s*\{{"),
        "write \\href{https://…}{words}: no other kind of address is taken",
    ),
    ("url", re.compile(rf"\s*\{{{_ADDRESS}\}}"), "write \\url{https://…}: no other kind of address is taken"),
    (
        "resizebox",
        re.compile(rf"\*?\s*{_WIDTH}\s*{_WIDTH}\s*\{{"),
        "write \\resizebox{\\linewidth}{!}{…}, or leave it out: a table too wide is fitted by the tool",
    ),
    ("hyperref", re.compile(r"\s*\[[^\[\]{}\\]*\]\s*\{"), "write \\hyperref[LABEL]{words}"),
    (
        "setlength",
        re.compile(rf"\s*\{{?\s*\\(?:{_LENGTHS})(?![A-Za-z@])\s*\}}?\s*\{{"),
        f"it may set one of {', '.join(sorted(SETTABLE))}",
    ),
    (
        "addtolength",
        re.compile(rf"\s*\{{?\s*\\(?:{_LENGTHS})(?![A-Za-z@])\s*\}}?\s*\{{"),
        f"it may change one of {', '.join(sorted(SETTABLE))}",
    ),
)
"""Commands whose argument matters as much as the command, and the one form in which they are taken."""


def command_problems(text: str, preamble: str = "") -> list[str]:
    """A sentence for each command that is not on the list, or not in its form, with what to write in its place.

    `preamble` is what a template's own preamble holds, which may define more; empty for the shipped one.
    """
    problems = ["the notation ^^ is not allowed in a section: write the character itself"] if "^^" in text else []
    text = _STRETCH.sub("", text)
    own = {match[1]: _stands_for(match) for match in _DEFINED.finditer(text)}
    problems += [
        f"\\{name} is defined in a section, which is not allowed: write {body or 'what it stands for'} wherever it stands"
        for name, body in own.items()
    ]
    text = _DEFINED.sub(lambda match: match["body"] or "", text)
    for name in dict.fromkeys(_TOKEN.findall(text)):
        if name not in own and (problem := _problem(name, preamble)):
            problems.append(problem)
    return list(dict.fromkeys([*problems, *_formless(text)]))


def _stands_for(match: re.Match[str]) -> str:
    """What a definition's name stands for, as it can be written in its place; empty where that is not plain."""
    body = (match["body"] or "")[1:-1]
    return f"\\operatorname{{{body}}}" if match[0].startswith("\\DeclareMathOperator") else body


def _problem(name: str, preamble: str) -> str:
    """What is wrong with a command by its name; empty where it may stand."""
    if len(name) == 1 and not name.isalpha():
        return "" if name in SYMBOLS else f"\\{name} is not a command of this paper: leave the backslash out"
    if name.isalpha() and name in COMMANDS:
        lacks = preamble and name in OURS and not defines(preamble, name)
        return f"\\{name} is not available; {lacking(name, preamble) or 'say it in words'}" if lacks else ""
    if row := next((row for row in _REFUSED if row.names.fullmatch(name)), None):
        return f"\\{name} is not allowed in a section: {row.instead}"
    if preamble and defines(preamble, name):
        return ""
    if instead := lacking(name, preamble):
        return f"\\{name} is not available; {instead}"
    return f"\\{name} is not a command of this paper: use one of LaTeX, amsmath or amssymb, or say it in words"


def _formless(text: str) -> Iterator[str]:
    """Commands that do not have the one form in which they are taken."""
    for name, form, instead in _FORMS:
        for match in re.finditer(rf"\\{name}(?![A-Za-z@])", text):
            if not form.match(text, match.end()):
                shown = " ".join(text[match.start() : match.end() + 30].split())
                yield f"{shown!r} is not taken: {instead}"
                break

"""Secrets and machine paths out of a session's files, the same placeholder for the same thing everywhere.

Code, journal, texts and logs are changed by one rule, so what followed from one another still does: a diff is that of the
blobs, a reply is the one that the journal holds. A blob that changed is named by its new hash, wherever that is named.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.session.paths import REPOSITORY
from agent.session.report import SECRET_NAME
from agent.session.session import Session

SECRET, SESSION, TEMPLATE, LABLOOP, HOME, TEMPORARY, USER, HOST, PLACE = (
    "(secret)",
    "(session)",
    "(template)",
    "(labloop)",
    "(home)",
    "(tmp)",
    "(user)",
    "(host)",
    "(path)",
)
PLACEHOLDERS: Mapping[str, str] = {
    SECRET: "a key, a token, a password; (secret-2), (secret-3) are others",
    SESSION: "the folder of the session",
    TEMPLATE: "the folder of its template",
    LABLOOP: "the folder of labloop",
    HOME: "a user's home folder",
    TEMPORARY: "a folder for temporary files",
    USER: "the name of a user",
    HOST: "the name of a machine",
    PLACE: "another folder of the machine that a setting named",
}
_START = r"(?:(?<![\w.~-])|(?<=\\[nrt])|(?<=\[\dm)|(?<=\[\d\dm))"
"""No letter before it; but the n of a line end as JSON escapes it, or the end of a colour of the terminal, is none."""
_END = r"(?![\w.-])"
_NAMED_SECRET = re.compile(
    r"""(?ix) (?: api[_-]?key | x-api-key | access[_-]?token | auth[_-]?token | authorization | client[_-]?secret | password
        | secret[_-]?key ) \\*["'] \s* [:=] \s* \\*["'] (?: bearer\s+ | basic\s+ )? ([^"'\\\s]{6,})"""
)
_HEADER = re.compile(r"(?i)(?:authorization|x-api-key|api-key)\s*:\s*(?:bearer\s+|basic\s+)?([^\"'\\\s,}]{8,})")
_ASSIGNED = re.compile(_START + r"[A-Z0-9_]*(?:API_KEY|_TOKEN|SECRET|PASSWORD|PASSWD)[A-Z0-9_]*=([^\s\"'\\&,;]{6,})")
_SECRETS = (
    re.compile(_START + r"(?:sk|pk|rk)-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,}"),
    re.compile(_START + r"(?:hf|gsk|ghp|gho|ghs)_[A-Za-z0-9]{20,}"),
    re.compile(_START + r"(?:xai|glpat)-[A-Za-z0-9_-]{16,}"),
    re.compile(
        _START
        + r"(?:AKIA[A-Z0-9]{12,}|AIza[A-Za-z0-9_-]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abprs]-[A-Za-z0-9-]{10,})"
    ),
    re.compile(_START + r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"),  # a JSON web token
    re.compile(r"(?i)(?<=bearer )[A-Za-z0-9._~+/-]{16,}=*"),
    re.compile(r"(?<=://)[^/\s@\"'\\<>]+:[^/\s@\"'\\<>]+(?=@)"),
    re.compile(r"(?i)(?<=[?&]key=)[^&\s\"'\\<>]+"),
    re.compile(r"(?i)(?<=[?&]token=)[^&\s\"'\\<>]+"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.S),
)
_HOMES = re.compile(rf"(?:/home/[\w.-]+|/Users/[\w.-]+|/root{_END}|[A-Z]:(?:\\+|/)Users(?:\\+|/)[\w.-]+)")
_TEMPORARY = re.compile(r"(?:/private)?(?:/var/folders/[\w+-]+/[\w+-]+/[A-Z]|(?:/var)?/tmp/[\w.+-]+)")
_NO_VALUES = ("bearer", "basic", "none", "null", "false", "true")
_PUBLIC = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
_COMMON = 4
"""A name shorter than this is a word that may stand anywhere."""


@dataclass
class Redaction:
    """What is taken out of texts, and how often it was."""

    literals: Mapping[str, str]
    """What stands for what; the longest is looked for first."""
    user: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    """By member."""
    _secrets: dict[str, str] = field(default_factory=dict)

    def text(self, member: str, text: str) -> str:
        """The text without what must not leave the machine."""
        count = 0

        def counted(replacement: str | Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
            def one(match: re.Match[str]) -> str:
                nonlocal count
                new = replacement if isinstance(replacement, str) else replacement(match)
                count += new != match[0]
                return new

            return one

        for old in sorted(self.literals, key=len, reverse=True):
            for spelt in dict.fromkeys((old, json.dumps(old)[1:-1], _latex(old))):
                if spelt in text and (pattern := re.compile(_bounded(spelt))).search(text):
                    text = pattern.sub(counted(self._literal(old)), text)
        for pattern in _SECRETS:
            text = pattern.sub(counted(lambda match: self._secret(match[0])), text)
        for pattern in (_NAMED_SECRET, _HEADER, _ASSIGNED):
            text = pattern.sub(counted(self._valued), text)
        text = _TEMPORARY.sub(counted(TEMPORARY), _HOMES.sub(counted(HOME), text))
        for pattern in _user_patterns(self.user):
            text = pattern.sub(counted(USER), text)
        if count:
            self.counts[member] = self.counts.get(member, 0) + count
        return text

    def stands_in(self, content: bytes) -> bool:
        """Whether a binary file holds a secret or a path of this machine as plain bytes; what is compressed is not looked into."""
        return any(old.encode() in content for old in self.literals if len(old) > _COMMON)

    def moved(self, member: str, name: str) -> str:
        """The member's new name, under which its places count from now on."""
        self.counts[name] = self.counts.pop(member, 0)
        return name

    def _literal(self, old: str) -> str:
        new = self.literals[old]
        return self._secret(old) if new == SECRET else new

    def _secret(self, value: str) -> str:
        """Its own placeholder for each secret, numbered as they come."""
        if value.startswith("(secret"):
            return value
        number = len(self._secrets) + 1
        return self._secrets.setdefault(value, SECRET if number == 1 else f"(secret-{number})")

    def _valued(self, match: re.Match[str]) -> str:
        """The match with its value taken out; a value that is read from elsewhere or taken out already is none."""
        value = match[1]
        if value.startswith(("(", "os.", "$", "<", "{", "[")) or value.isdigit() or value.lower() in _NO_VALUES:
            return match[0]
        return match[0].replace(value, self._secret(value))


def redaction_of(session: Session, recorded_template: str) -> Redaction:
    """What must not leave this machine with the session: `recorded_template` is the folder that its session.json names."""
    found: dict[str, str] = {
        str(session.paths.root): SESSION,
        recorded_template: TEMPLATE,
        str(session.template.root): TEMPLATE,
        str(REPOSITORY): LABLOOP,
        str(session.paths.root.parent): PLACE,
        str(Path.home()): HOME,
        socket.gethostname(): HOST,
    }
    if (folder := tempfile.gettempdir()) not in ("/tmp", "/var/tmp"):
        found[folder] = TEMPORARY
    given = [*_strings(session.settings.model_dump(mode="json")), *_strings(dict(session.surroundings))]
    for value in given:
        if value.startswith("/") and len(value) > 1:
            found.setdefault(str(Path(value).parent), PLACE)
        elif "://" in value:
            found.setdefault(_host_of(value), HOST)
    if command := session.settings.notify.command:  # an address in it may be all that is needed to write there
        found[command] = SECRET
    found |= {value: SECRET for name, value in os.environ.items() if SECRET_NAME.search(name) and _is_secret(value)}
    plain = {
        old: new for old, new in found.items() if len(old) >= _COMMON and old not in (*_PUBLIC, "/tmp", "/var/tmp")
    }
    return Redaction(plain, _user())


def _is_secret(value: str) -> bool:
    """Whether the value of a variable with a key's name can be one: a path, a number, a switch is none."""
    return len(value) > 5 and not value.isdigit() and not value.startswith("/")


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _strings(inner)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _user_patterns(user: str) -> tuple[re.Pattern[str], ...]:
    """Where a user's name is one: in a path, before @, after `user`; one that is no word (a digit, - or _) anywhere."""
    if not user:
        return ()
    name = re.escape(user)
    if len(user) >= _COMMON and re.search(r"[\d_.-]", user):
        return (re.compile(rf"{_START}{name}{_END}"),)
    return (
        re.compile(rf"(?<=-of-){name}{_END}"),
        re.compile(rf"{_START}{name}(?=@[\w.-])"),
        re.compile(rf"(?i)(?<=user[\"'=: ]){name}{_END}"),
    )


def _bounded(spelt: str) -> str:
    """A pattern for a literal that is no part of a longer word."""
    before = _START if spelt[0].isalnum() else ""
    after = r"(?![\w-])" if spelt[-1].isalnum() else ""
    return before + re.escape(spelt) + after


def _latex(text: str) -> str:
    return text.replace("_", r"\_").replace("#", r"\#").replace("%", r"\%").replace("&", r"\&")

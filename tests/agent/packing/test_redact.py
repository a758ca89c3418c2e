"""What must not leave a machine is replaced wherever it stands, in whatever spelling; what only looks like it stays."""

from __future__ import annotations

import json

import pytest

from agent.packing.redact import HOME, HOST, SECRET, SESSION, TEMPORARY, USER, Redaction

KEY = "sk-live-0123456789abcdefABCDEF"


def redacted(text: str, user: str = "") -> str:
    literals = {"/srv/runs/one": SESSION, "my-own-value": SECRET, "node17.lab.example": HOST, "/srv/home_of/x": HOME}
    return Redaction(literals, user).text("a", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"key {KEY}.", f"key {SECRET}."),
        (json.dumps({"content": f"a\n{KEY}\n/home/alice/x"}), f'{{"content": "a\\n{SECRET}\\n{HOME}/x"}}'),
        (json.dumps(json.dumps(f"a\n/home/alice/x {KEY}")), f'"\\"a\\\\n{HOME}/x {SECRET}\\""'),
        (f"\x1b[32m{KEY}\x1b[0m", f"\x1b[32m{SECRET}\x1b[0m"),
        (json.dumps("\x1b[1m/Users/bob/y"), f'"\\u001b[1m{HOME}/y"'),
        ('{"api_key": "abcdef12345"}', f'{{"api_key": "{SECRET}"}}'),
        (json.dumps('{"Authorization": "Bearer abcdef12345"}'), f'"{{\\"Authorization\\": \\"Bearer {SECRET}\\"}}"'),
        ("x-api-key: abcdef12345", f"x-api-key: {SECRET}"),
        ("DB_PASSWORD=hunter22 next", f"DB_PASSWORD={SECRET} next"),
        ("https://me:pass@host/x?key=abc&b=1", f"https://{SECRET}@host/x?key=(secret-2)&b=1"),
        ("ghp_" + "a1" * 15, SECRET),
        ("/srv/runs/one/attempts on node17.lab.example", f"{SESSION}/attempts on {HOST}"),
        ("/tmp/pytest-of-alice/x and /var/tmp/y/z", f"{TEMPORARY}/x and {TEMPORARY}/z"),
        ("C:\\Users\\alice\\x", f"{HOME}\\x"),
        (r"\texttt{/srv/home\_of/x}", rf"\texttt{{{HOME}}}"),
        ("my-own-value", SECRET),
    ],
)
def test_it_is_replaced(text: str, expected: str) -> None:
    """Plain, in JSON, in JSON within JSON, in colours, in LaTeX, in headers, URLs and assignments."""
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "skip_connection_weights and sk-learn based features",
        "task-12345678901234567890 of the set",
        'token = os.environ["API_KEY"]',
        "MAX_TOKEN=1000000",
        '"password": null, "api_key": "", "authorization": "none"',
        "the bearer of bad news; a key=value pair",
        "my-own-values and node17.lab.examples",
        "a root mean square; /rootkit; temperature /tmp",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    """Words, names of code, empty values and numbers are no secrets."""
    assert redacted(text) == text


def test_a_user_s_name_goes_where_it_is_one() -> None:
    """A name that is a word goes in an address and behind `user`, and stays in a sentence; one with a digit goes anywhere."""
    assert redacted("root@host, user=root, pytest-of-root: the root of it", "root") == (
        f"{USER}@host, user={USER}, pytest-of-{USER}: the root of it"
    )
    assert redacted("as alice_b7 says", "alice_b7") == f"as {USER} says"


def test_each_secret_has_its_own_number_in_every_file() -> None:
    """The same one is the same everywhere, and the count is kept by file."""
    other = KEY.replace("live", "test")
    redaction = Redaction({})
    assert redaction.text("a", f"{KEY} {other}") == "(secret) (secret-2)"
    assert redaction.text("b", f"{other} {other}") == "(secret-2) (secret-2)"
    assert redaction.counts == {"a": 2, "b": 2}

"""Whether the models a session names answer: known provider, library, key, recording, server; then one token is asked for."""

from __future__ import annotations

import http.client
import logging
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.errors import UsageError
from agent.models.address import address_of
from agent.models.names import MANUAL, RECORDED
from agent.models.prices import check_prices
from agent.models.probe import Probe, lacking_library, probe
from agent.models.recording import load_recording
from agent.session.settings import Asked, ModelSettings, Settings

Paid = Callable[[Probe], None]
_ADDRESS = re.compile(
    r"https?://(?:[^\s/@]+@)?(?:\[[0-9A-Fa-f:.%]+\]|[^\s/:?#\[\]@]+)(?::\d{1,5})?(?:[/?]\S*)?", re.IGNORECASE
)
_PATIENCE_S = 10
_FLAGS = {
    "writer": "--base-url",
    "adviser": "--adviser-base-url",
    "reviewer": "--reviewer-base-url",
    "coder": "--coder-base-url",
}
_BY_SERVER = "ask it through an OpenAI-compatible server that has it (litellm's proxy), named by --base-url"


def named_models(settings: ModelSettings) -> list[tuple[str, str]]:
    """Each model at each address once, with its roles: ("writer, coder", "gpt-5")."""
    roles_of: dict[Asked, list[str]] = {}
    for role, asked in settings.asked.items():
        roles_of.setdefault(asked, []).append(role)
    return [(", ".join(roles), asked.name) for asked, roles in roles_of.items()]


def model_check(
    roles: str, name: str, settings: ModelSettings, why_not: str = "", paid: Paid = lambda probe: None
) -> CheckResult:
    """Whether the model of these roles answers; a model of a provider's, or of a server's, is asked for one token.

    It is not asked where `why_not` says why; `paid` hears of each reply, which costs what one token costs.
    """
    title = f"model ({roles})"
    if not name:
        remedy = "give --model NAME, --model manual, or an idea with a recording"
        return failed(title, "none named", remedy, fatal=False)
    if name == MANUAL:
        return passed(title, "manual: questions are laid down as files in the session's requests/")
    if name == RECORDED:
        return _recorded(title, settings.recording)
    role = roles.split(", ")[0]
    place, problem = _found(title, name, settings.asked[role].base_url, _FLAGS[role])
    if problem:
        return problem
    if why_not:
        remedy = "raise the limit where the session is to ask"
        return failed(
            title, f"{name} ({place}): not asked, since the limit allows no call ({why_not})", remedy, fatal=False
        )
    silence = probe(role, name, settings.asked[role].base_url, settings.check_s, paid)
    if silence:
        detail = f"{name} ({place}) does not answer: {silence.cause}"
        return failed(title, detail, silence.remedy, fatal=not silence.passing)
    return passed(title, f"{name} ({place}) answers")


def lacking(settings: ModelSettings, before: ModelSettings) -> list[CheckResult]:
    """What a model that is asked under these settings, and was not under those `before`, lacks before anybody can ask it:
    a name that is known, a library, a key. Nothing is asked.
    """
    known, found = set(before.asked.values()), []
    for roles, name in named_models(settings):
        role = roles.split(", ")[0]
        if name not in ("", MANUAL, RECORDED) and (asked := settings.asked[role]) not in known:
            found.append(_placed(f"model ({roles})", name, asked.base_url, _FLAGS[role])[1])
    return [problem for problem in found if problem]


def budget_check(settings: Settings) -> CheckResult:
    """Whether a limit on money can hold: the price of each model is known."""
    try:
        check_prices(settings)
    except UsageError as error:
        detail, _, remedy = str(error).partition("; ")
        return failed("budget", detail, remedy)
    return passed("budget", f"--budget-usd {settings.limits.budget_usd:g}: the price of each model is known")


def _recorded(title: str, path: str) -> CheckResult:
    if not path:
        return failed(title, "recorded, but no recording is named", "name one with --recording FILE")
    try:
        recording = load_recording(Path(path))
    except UsageError as error:
        return failed(title, str(error), "name another with --recording FILE, or a model with --model")
    return passed(title, recording.name.replace(":", ": ", 1))


def _found(title: str, name: str, base_url: str, flag: str) -> tuple[str, CheckResult | None]:
    """Who would be asked, in words; and what is missing before anybody can be, a server among it."""
    if base_url and not _ADDRESS.fullmatch(base_url):
        remedy = f"write {flag} http://HOST:PORT/v1, with http:// or https:// before the host"
        return "", failed(title, f"{name}: {base_url!r} is no address of a server", remedy)
    if base_url and (silent := _silent(base_url)):
        if "CERTIFICATE_VERIFY_FAILED" in silent:
            remedy = "name the file of the one who signed it in SSL_CERT_FILE"
            return "", failed(title, f"{name}: the certificate of {base_url} is not trusted here", remedy)
        detail = f"{name}: nothing answers at {base_url} ({silent})"
        return "", failed(title, detail, f"start the server, or name its address with {flag}")
    return _placed(title, name, base_url, flag)


def _placed(title: str, name: str, base_url: str, flag: str) -> tuple[str, CheckResult | None]:
    """Who would be asked, in words; and what is missing before anybody can be: a name that is known, a library, a key."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded
    import litellm

    for key in [name for name, value in os.environ.items() if name.endswith("_API_KEY") and not value.strip()]:
        del os.environ[key]  # a blank key is no key, and litellm takes it for one
    logging.getLogger("LiteLLM").setLevel(logging.ERROR)
    litellm.suppress_debug_info = True
    asked, where = address_of(name, base_url)
    if "api_key" in where:
        return f"at {base_url}", None
    try:
        provider = str(litellm.get_llm_provider(asked, api_base=base_url or None)[1])
        found = litellm.validate_environment(asked, api_base=base_url or None)
    except Exception as error:  # litellm's classes differ by version; any of them: the name is not known
        first = (str(error).splitlines() or [type(error).__name__])[0]
        remedy = f"write it as litellm does, PROVIDER/MODEL (openai/…, anthropic/…, ollama/…), or add {flag} URL"
        return "", failed(title, f"{name}: {first[:160]}", remedy)
    if module := lacking_library(provider):
        return "", failed(
            title, f"{name} ({provider}): {module} is not installed, which this provider needs", _remedy(provider)
        )
    missing = [key for key in found.get("missing_keys", []) if not key.endswith("_API_BASE")]  # a base has a default
    if missing:
        return "", failed(title, f"{name} ({provider}): no key", f"set {' and '.join(missing)} in the environment")
    return f"{provider} at {base_url}" if base_url else provider, None


def _remedy(provider: str) -> str:
    if provider.startswith("vertex_ai"):
        return f"take gemini/MODEL with GEMINI_API_KEY, or {_BY_SERVER}"
    return _BY_SERVER


def _silent(base_url: str) -> str:
    """Why no server is at an address; empty where one is, whatever it answers."""
    try:
        with urllib.request.urlopen(f"{base_url.rstrip('/')}/models", timeout=_PATIENCE_S):
            return ""
    except urllib.error.HTTPError:
        return ""
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", error))

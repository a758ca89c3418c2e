"""Whether the models a session names can be asked: known provider, key, recording, a server that answers. None is asked."""

from __future__ import annotations

import http.client
import logging
import os
import urllib.error
import urllib.request
from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.errors import UsageError
from agent.models.names import MANUAL, RECORDED
from agent.models.prices import check_prices
from agent.models.recording import load_recording
from agent.session.settings import ModelSettings, Settings

_PATIENCE_S = 10


def named_models(settings: ModelSettings) -> list[tuple[str, str]]:
    """Each model that is named once, with its roles: ("writer, coder", "gpt-5")."""
    by_name: dict[str, list[str]] = {}
    for role, name in settings.by_role.items():
        by_name.setdefault(name, []).append(role)
    return [(", ".join(roles), name) for name, roles in by_name.items()]


def model_check(roles: str, name: str, settings: ModelSettings) -> CheckResult:
    """Whether this model can be asked, told without asking it."""
    title = f"model ({roles})"
    if not name:
        remedy = "give --model NAME, --model manual, or an idea with a recording"
        return failed(title, "none named", remedy, fatal=False)
    if name == MANUAL:
        return passed(title, "manual: questions are laid down as files in the session's requests/")
    if name == RECORDED:
        return _recorded(title, settings.recording)
    return _litellm(title, name, settings.base_url)


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
    return passed(title, f"recorded: {recording.name}")


def _litellm(title: str, name: str, base_url: str) -> CheckResult:
    if base_url and (silent := _silent(base_url)):
        detail = f"{name}: nothing answers at {base_url} ({silent})"
        return failed(title, detail, "start the server, or name its address with --base-url")
    if base_url and "/" not in name:
        return passed(title, f"{name} at {base_url}")
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded
    import litellm

    for key in [name for name, value in os.environ.items() if name.endswith("_API_KEY") and not value.strip()]:
        del os.environ[key]  # a blank key is no key, and litellm takes it for one
    logging.getLogger("LiteLLM").setLevel(logging.ERROR)
    litellm.suppress_debug_info = True
    try:
        provider = str(litellm.get_llm_provider(name, api_base=base_url or None)[1])
        found = litellm.validate_environment(name, api_base=base_url or None)
    except Exception as error:  # litellm's classes differ by version; any of them: the name is not known
        first = (str(error).splitlines() or [type(error).__name__])[0]
        remedy = "write it as litellm does, PROVIDER/MODEL (openai/…, anthropic/…, ollama/…), or add --base-url URL"
        return failed(title, f"{name}: {first[:160]}", remedy)
    if base_url:
        return passed(title, f"{name} ({provider}) at {base_url}")
    missing = [key for key in found.get("missing_keys", []) if not key.endswith("_API_BASE")]  # a base has a default
    if missing:
        return failed(title, f"{name} ({provider}): no key", f"set {' and '.join(missing)} in the environment")
    return passed(title, f"{name} ({provider}): key found, or none needed")


def _silent(base_url: str) -> str:
    """Why no server is at an address; empty where one is, whatever it answers."""
    try:
        with urllib.request.urlopen(f"{base_url.rstrip('/')}/models", timeout=_PATIENCE_S):
            return ""
    except urllib.error.HTTPError:
        return ""
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", error))

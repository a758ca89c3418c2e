"""Whether the models a session names can be asked: known provider, key, recording, a server that answers. None is asked."""

from __future__ import annotations

import http.client
import logging
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from agent.errors import UsageError
from agent.models.recording import load_recording
from agent.session.settings import Settings

_PATIENCE_S = 10


class ModelAnswer(NamedTuple):
    """What was found about one model."""

    detail: str
    remedy: str
    ok: bool
    fatal: bool = True


def named_models(settings: Settings) -> dict[str, str]:
    """Roles, joined where one model has several, to the model's name."""
    by_name: dict[str, list[str]] = {}
    roles = {"writer": settings.models.writer, "coder": settings.models.coder, "adviser": settings.models.adviser}
    for role, name in roles.items():
        by_name.setdefault(name or settings.models.writer, []).append(role)
    return {", ".join(roles): name for name, roles in by_name.items()}


def model_problem(name: str, settings: Settings) -> ModelAnswer:
    """What stands in the way of asking this model, told without asking it."""
    if not name:
        return ModelAnswer("none named", "give --model NAME, --model manual, or an idea with a recording", False, False)
    if name == "manual":
        return ModelAnswer("manual: questions are laid down as files in the session's requests/", "", True)
    if name == "recorded":
        return _recorded(settings.models.recording)
    return _litellm(name, settings.models.base_url)


def _recorded(path: str) -> ModelAnswer:
    if not path:
        return ModelAnswer("recorded, but no recording is named", "name one with --recording FILE", False)
    try:
        recording = load_recording(Path(path))
    except UsageError as error:
        return ModelAnswer(str(error), "name another with --recording FILE, or a model with --model", False)
    return ModelAnswer(f"recorded: {recording.name}", "", True)


def _litellm(name: str, base_url: str) -> ModelAnswer:
    if base_url and (silent := _silent(base_url)):
        return ModelAnswer(
            f"{name}: nothing answers at {base_url} ({silent})",
            "start the server, or name its address with --base-url",
            False,
        )
    if base_url and "/" not in name:
        return ModelAnswer(f"{name} at {base_url}", "", True)
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
        return ModelAnswer(
            f"{name}: {first[:160]}",
            "write it as litellm does, PROVIDER/MODEL (openai/…, anthropic/…, ollama/…), or add --base-url URL",
            False,
        )
    if base_url:
        return ModelAnswer(f"{name} ({provider}) at {base_url}", "", True)
    missing = [key for key in found.get("missing_keys", []) if not key.endswith("_API_BASE")]  # a base has a default
    if missing:
        return ModelAnswer(f"{name} ({provider}): no key", f"set {' and '.join(missing)} in the environment", False)
    return ModelAnswer(f"{name} ({provider}): key found, or none needed", "", True)


def _silent(base_url: str) -> str:
    """Why no server is at an address; empty where one is, whatever it answers."""
    try:
        with urllib.request.urlopen(f"{base_url.rstrip('/')}/models", timeout=_PATIENCE_S):
            return ""
    except urllib.error.HTTPError:
        return ""
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", error))

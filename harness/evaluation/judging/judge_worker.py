"""Asks models through litellm: a JSON line in, a JSON line out. Run by judge.py with an interpreter that has litellm.

{"id": 0, "model": "openai/gpt-4o-mini", "base_url": "", "messages": […], "max_tokens": 30, "timeout_s": 120}
→ {"id": 0, "text": …} or {"id": 0, "error": …};  {"id": 1, "model": …, "check": true} → {"id": 1, "missing": […]}
"""

from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

AT_ONCE = 10
TRIES = 4
WAIT_S = 3.0  # longer by as much after each try
PASSING = ("RateLimitError", "APIConnectionError", "Timeout", "InternalServerError", "ServiceUnavailableError")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The model's answer, or why there is none."""
    import litellm

    if request.get("check"):
        litellm.get_llm_provider(request["model"])  # raises for a model of no provider
        found = litellm.validate_environment(request["model"])
        by_url = request["base_url"] and any("KEY" in name for name in found.get("missing_keys", []))
        return {"missing": [] if by_url else found.get("missing_keys", [])}
    own = {"base_url": request["base_url"], "api_key": "none"} if request["base_url"] else {}
    problem = ""
    for attempt in range(TRIES):
        time.sleep(attempt * WAIT_S)
        try:
            response = litellm.completion(
                model=request["model"],
                messages=request["messages"],
                max_tokens=request["max_tokens"],
                timeout=request["timeout_s"],
                **own,
            )
        except Exception as error:  # of any of litellm's classes, which differ by provider and version
            problem = f"{type(error).__name__}: {error}"
            if type(error).__name__ not in PASSING:
                break
            continue
        text = response.choices[0].message.content if response.choices else ""
        return {"text": text} if text else {"error": "the answer is empty"}
    return {"error": problem}


def main() -> None:
    """Serve until stdin ends."""
    lock = threading.Lock()
    out, sys.stdout = sys.stdout, sys.stderr  # what litellm prints must not stand among the answers

    def serve(request: dict[str, Any]) -> None:
        try:
            reply = answer(request)
        except Exception as error:  # the caller waits for this line
            reply = {"error": f"{type(error).__name__}: {error}"}
        with lock:
            out.write(json.dumps({"id": request["id"], **reply}) + "\n")
            out.flush()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for line in sys.stdin:
            pool.submit(serve, json.loads(line))


if __name__ == "__main__":
    main()

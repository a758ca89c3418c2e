"""Which proxy of the environment a question goes through, in words: a connection that fails there fails for that."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it


def through(error: BaseException) -> str:
    """Which variable sent the failed request of an exception, or of what led to it, through which proxy; empty where none did.

    A name and password in the proxy's address are left out.
    """
    url = _asked(error)
    parts = urlsplit(url)
    proxies = getproxies_environment()
    name = next((name for name in (parts.scheme, "all") if proxies.get(name)), "")
    if not name or not parts.hostname or proxy_bypass_environment(parts.netloc.rpartition("@")[2]):
        return ""
    place = proxies[name].rpartition("@")[2].removeprefix("http://").removeprefix("https://") or "nothing"
    return f"; it went through the proxy that {name.upper()}_PROXY names ({place}): mend that, or name {parts.hostname} in NO_PROXY"


def named_socks() -> str:
    """The variables of the environment that name a SOCKS proxy, and which: `ALL_PROXY (127.0.0.1:1080)`; empty where none does."""
    found = {name: url for name, url in getproxies_environment().items() if url.lower().startswith("socks")}
    return ", ".join(
        f"{name.upper()}_PROXY ({url.rpartition('//')[2].rpartition('@')[2]})" for name, url in found.items()
    )


def _asked(error: BaseException | None) -> str:
    """The address of the request that failed, as the client's own exception knows it."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        request = getattr(error, "_request", None)  # httpx's own; what litellm puts beside it is made up
        if url := str(getattr(request, "url", "")):
            return url
        error = error.__cause__ or error.__context__
    return ""

"""Fixtures that several tests of the harness ask for."""

from __future__ import annotations

from typing import Any

import pytest

from harness.fast import compiled


@pytest.fixture(params=["compiled", "torch"])
def kernels(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A test that asks for it runs twice: with the compiled kernels, and with torch alone."""
    if request.param == "torch":
        monkeypatch.setattr(compiled, "library", lambda: None)
    elif compiled.library() is None:
        pytest.skip("no C compiler here")
    return request.param

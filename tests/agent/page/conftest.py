"""Sessions for these tests are made by the dozen; nobody pulls the plug on them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def without_fsync() -> Iterator[None]:
    """No waiting for the disk: durability is tested with the journal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield

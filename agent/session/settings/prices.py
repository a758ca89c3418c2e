"""Prices as a person gives them: dollars for a million tokens, sent and received, by a model's name."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def _from_text(given: Any) -> Any:
    """In the environment they are JSON. Raises ValueError where they are not."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise ValueError(f'write {{"NAME": [0.1, 0.3]}}: {error}') from error


_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
PriceList = Annotated[dict[str, tuple[_Dollars, _Dollars]], BeforeValidator(_from_text)]

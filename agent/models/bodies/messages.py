"""What a provider's message says, and what it holds of reasoning, however it is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def words_of(content: Any) -> str:
    """A message's content as text: as it is, or the text of its parts; thinking and pictures among them are left out."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return words_of(content.get("text", "")) if content.get("type", "text") in ("text", "output_text") else ""
    return "".join(words_of(part) for part in content) if isinstance(content, (list, tuple)) else ""


def thoughts_of(message: Mapping[str, Any]) -> str:
    """What a provider's message holds of reasoning in fields of its own, each thing once."""
    found: list[str] = []
    inner = message.get("provider_specific_fields")
    for fields in (message, inner if isinstance(inner, Mapping) else {}):
        content = fields.get("content")
        for value in (
            fields.get("reasoning_content"),
            fields.get("reasoning"),
            fields.get("thinking_blocks"),
            fields.get("reasoning_details"),
            [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else None,
        ):
            words = _thought(value).strip()
            if words and words not in found:
                found.append(words)
    return "\n\n".join(found)


def _thought(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        told = value.get("thinking") or value.get("reasoning") or value.get("summary")
        kind = str(value.get("type", ""))
        return (
            _thought(told) if told else words_of(value.get("text", "")) if "reason" in kind or "think" in kind else ""
        )
    return "\n".join(filter(None, map(_thought, value))) if isinstance(value, (list, tuple)) else ""

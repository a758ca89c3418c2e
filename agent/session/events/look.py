"""What is wrong with the printed paper, as the journal keeps it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Look(BaseModel):
    """Something that whoever looks at the pages would send back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    section: str = ""
    """The section whose writer can mend it; empty where none can."""
    told: str
    """What is wrong, and what to do."""
    spoils: bool = False
    """Words or figures cannot be read: what stays so is a finding, not only a warning."""

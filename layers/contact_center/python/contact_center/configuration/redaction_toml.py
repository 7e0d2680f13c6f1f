"""What an owner may write in [redaction] of config/policy.toml. Used by the tools only."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from contact_center.configuration.tables import Table
from contact_center.records.domain.redaction_kinds import USUAL_GAP_SECONDS


def _stays_on(card: bool) -> bool:  # noqa: FBT001 - pydantic calls it
    if not card:
        raise ValueError("must be true: card numbers are never kept")
    return card


class RedactionToml(Table):
    """[redaction]: what is taken out of words before they are kept."""

    card: Annotated[bool, AfterValidator(_stays_on)] = True
    account: bool = True
    ssn: bool = True
    email: bool = True
    phone: bool = True
    birth_date: bool = True
    seconds_between_turns: Annotated[int, Field(ge=5, le=120)] = USUAL_GAP_SECONDS

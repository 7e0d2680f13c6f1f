"""What an owner may write in config/reception.toml. Used by the tools only."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from contact_center.configuration.hours_toml import LONGEST_SPOKEN
from contact_center.configuration.tables import E164, Name, Table
from contact_center.visits.domain.opening_hours import WhenClosed

Spoken = Annotated[str, Field(min_length=1, max_length=LONGEST_SPOKEN)]


class NobodyFreeToml(Table):
    """What happens to a caller whom nobody can take."""

    action: Annotated[str, Field(pattern="^(message|voicemail|number)$")]
    say: Spoken
    number: E164 | None = None

    @model_validator(mode="after")
    def _the_number_is_for_its_action(self) -> Self:
        if (self.action == WhenClosed.NUMBER) != (self.number is not None):
            raise ValueError('number and action = "number" go together')
        return self


class TextsToml(Table):
    """What is said besides."""

    failed: Spoken
    leave_message: Spoken
    message_taken: Spoken
    call_again: Spoken
    goodbye: Spoken
    not_here: Spoken


class ReceptionToml(Table):
    """reception.toml: what a caller hears where no assistant speaks."""

    nobody_free: NobodyFreeToml
    departments: dict[Name, NobodyFreeToml] = {}
    texts: TextsToml

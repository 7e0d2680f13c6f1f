"""Departments' messages, as the API reads and tells them."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from contact_center.aws.api_fields import (
    NOT_BLANK,
    STRICT,
    Asked,
    Instant,
    Time,
    Told,
    about,
    companions,
)
from contact_center.kernel.field_errors import FieldError
from contact_center.visits.domain import department_messages
from contact_center.visits.domain.department_messages import LONGEST_SECONDS, LONGEST_TEXT

MessageText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT, pattern=NOT_BLANK
    ),
]


WITH_ON = companions("on", {True: {"text": False, "until": False}, False: {}})


class MessageWish(Asked, json_schema_extra=WITH_ON):
    """Whether callers of a department are to hear a message first, and which."""

    on: Annotated[bool, STRICT]
    text: Annotated[
        MessageText | None,
        about(
            f"What is said, at most {LONGEST_SECONDS} s by a slow voice; left out: the last one."
        ),
    ] = None
    until: Annotated[
        Time | None, about("When it ends by itself; left out: when somebody turns it off.")
    ] = None

    def wish(self) -> department_messages.MessageWish:
        """It, as the domain knows it. Raises FieldError: off goes alone."""
        if not self.on:
            for name in ("text", "until"):
                if getattr(self, name) is not None:
                    raise FieldError(name, "goes with on alone")
        until_ms = None if self.until is None else round(self.until.timestamp() * 1000)
        return department_messages.MessageWish(on=self.on, text=self.text, until_ms=until_ms)


class DepartmentMessage(Told):
    """What callers of a department hear first, once a visit."""

    department: str
    on: Annotated[bool, about("Whether it is said now.")]
    text: Annotated[str | None, about("What is said, or was last; null: there never was one.")]
    since: Annotated[Instant | None, about("Since when it is on.")]
    until: Annotated[Instant | None, about("When it ends by itself; null: it does not.")]

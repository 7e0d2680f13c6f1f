"""People who take callers, as the API reads and tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from contact_center.aws.api_fields import (
    NOT_BLANK,
    Asked,
    Count,
    Instant,
    OneOf,
    Rule,
    Told,
    Unreadable,
    about,
    companions,
)
from contact_center.kernel.field_errors import FieldError
from contact_center.people.domain.people import (
    LONGEST_REASON,
    NOBODY_WAITS,
    Happening,
    PersonEvent,
    PersonState,
)

WISHES = {
    "ready": PersonEvent.LOG_IN,
    "off": PersonEvent.LOG_OUT,
    "away": PersonEvent.GO_AWAY,
}

AwayReason = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_REASON, pattern=NOT_BLANK
    ),
]
# Why a person cannot take a caller, or do what was asked, as things stand.
PersonRefusal = Annotated[str, OneOf((NOBODY_WAITS, *PersonState))]


WITH_AWAY = companions("state", {"ready": {}, "off": {}, "away": {"reason": True}})


class PersonWish(Asked, json_schema_extra=WITH_AWAY):
    """What a person shall be."""

    state: Annotated[
        Literal["ready", "off", "away"],
        Rule("must be ready or off or away"),
        about("Who talks to a caller is so after the talk, see `afterwards`."),
    ]
    reason: Annotated[
        AwayReason | None, about("Why away; with `away` it is needed, else there is none.")
    ] = None

    def wish(self) -> Happening:
        """It, as the domain knows it. Raises FieldError: away and a reason go together."""
        away = self.state == "away"
        if away and self.reason is None:
            raise FieldError("reason", "is needed with away")
        if not away and self.reason is not None:
            raise FieldError("reason", "goes with away alone")
        return Happening(event=WISHES[self.state], reason=self.reason)


class Colleague(Told):
    """A person who takes callers: as configured, and as it stands."""

    id: Annotated[str, about("The key in people.toml.")]
    name: str
    departments: Annotated[list[str], about("Whose callers are offered to this person.")]
    number: Annotated[str | None, about("Whom it rings, E.164; to a viewer masked.")]
    sip_address: Annotated[str | None, about("Or this one; a viewer is not told.")]
    ring_seconds: Count
    state: Annotated[PersonState, about("wrapping: after a talk, and not ready yet.")]
    since: Annotated[Instant | None, about("Since when; null: never logged in.")]
    reason: Annotated[
        str | None, about("Why away: a person's word, or missed_offers after two in a row.")
    ]
    afterwards: Annotated[
        Literal["off", "away"] | None, about("What becomes of the person after this talk.")
    ]
    missed_offers: Annotated[Count, about("In a row, until now.")]
    visit_id: Annotated[str | None, about("Of the caller who is offered, or talks.")]


class Colleagues(Told):
    """Everybody, in the order of people.toml."""

    people: list[Colleague]
    unreadable: Unreadable

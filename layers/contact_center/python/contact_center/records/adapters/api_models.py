"""What the API says of effects, and what it is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contact_center.aws.api_fields import (
    NOT_BLANK,
    STRICT,
    Asked,
    Count,
    Instant,
    OneOf,
    Phone,
    Told,
    about,
)
from contact_center.records.domain.effects import EffectKind


class Effect(Told):
    """Something that must happen elsewhere because of a fact, or that was given up."""

    id: str
    receiver: Annotated[str, about("Who is to be told.")]
    kind: Annotated[
        Annotated[str, OneOf(tuple(EffectKind))] | None,
        about("What is to be done; null when a newer release wrote it."),
    ]
    state: Literal["waiting", "delivering", "dead"]
    cause: Annotated[
        str | None, about("Why it did not happen the last time, or never will; null: not tried.")
    ]
    customer: Annotated[str, about("E.164, to a viewer masked; or the visit of one without.")]
    call_id: str | None
    caused_at: Instant | None
    number: Annotated[
        int | None, about("Its place among the customer's for this receiver; null of a dead one.")
    ]
    behind: Annotated[Count, about("How many of the same customer wait behind it.")]
    tries: Annotated[Count | None, about("How often it was tried; null of a dead one.")]
    due_at: Annotated[
        Instant | None, about("When it is tried again, or whoever tries it is believed lost.")
    ]
    died_at: Instant | None


class EffectOfCall(Told):
    """Something that a call has caused elsewhere."""

    id: str
    receiver: Annotated[str, about("Who is to be told.")]
    kind: Annotated[str, OneOf(tuple(EffectKind))]
    state: Annotated[Literal["open", "done", "dead"], about("dead: it was given up.")]
    caused_at: Instant | None
    closed_at: Annotated[Instant | None, about("When it was told, or given up.")]


class EffectsOfCall(Told):
    """All that a call has caused, as it was caused."""

    effects: list[EffectOfCall]


class EffectPage(Told):
    """Of what is open the oldest of each customer, or what was given up, the oldest first."""

    effects: list[Effect]
    next_cursor: Annotated[
        str | None,
        about("To ask for the next page with; null on the last. Of one cause a page may be short."),
    ]


class StoryWish(Asked):
    """Whose story."""

    phone: Annotated[Phone, about("The customer's whole number.")]
    limit: Annotated[int, STRICT, Field(ge=1, le=100), about("Rows of a page; 50 if left out.")] = (
        50
    )
    cursor: Annotated[str | None, STRICT, Field(min_length=1, max_length=512)] = None


class Detail(Told):
    """One thing that is known of what happened."""

    name: str
    value: Annotated[str, about("A time in ISO 8601, a number in digits, or words.")]


class HappenedOnce(Told):
    """One thing that happened with a customer."""

    kind: Annotated[str, about("As of an effect: call, lead, task, deal, subscribe.")]
    at: Instant
    call_id: str | None
    title: Annotated[str | None, about("To a viewer null.")]
    text: Annotated[str | None, about("What was said, redacted; to a viewer null.")]
    details: Annotated[list[Detail], about("To a viewer how it went, and nothing he said.")]


class StoryPage(Told):
    """What happened with a customer, the newest first."""

    happened: list[HappenedOnce]
    next_cursor: Annotated[
        str | None, about("To ask for the next page with, of the same customer; null on the last.")
    ]


class ReplayWish(Asked):
    """Which of those that were given up are to be tried again."""

    cause: Annotated[
        str, Field(min_length=1, max_length=64, pattern=NOT_BLANK), STRICT, about("As listed.")
    ]


class Replayed(Told):
    """What is tried again."""

    replayed: Annotated[Count, about("How many.")]
    more: Annotated[bool, about("Whether there was no time for all: ask again.")]

"""Consent and the evidence of a decision, as the API reads and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from contact_center.aws.api_fields import (
    DATE_TIME,
    NOT_BLANK,
    YEARS,
    Asked,
    Count,
    Instant,
    OneOf,
    ReadWith,
    Told,
    about,
)
from contact_center.permission.domain.consent import (
    KINDS,
    LONGEST_SOURCE,
    NEEDED_FOR,
    NO_SOURCE,
    NO_TIME,
    Consent,
    consent_source,
    consent_time,
)

Purpose = Annotated[str, OneOf(sorted(NEEDED_FOR))]
Kind = Annotated[str, OneOf(KINDS)]


class StatedConsent(Asked):
    """A customer's consent to be called."""

    kind: Kind
    at: Annotated[
        datetime,
        ReadWith(consent_time, DATE_TIME | YEARS, NO_TIME),
        about("When it was given; in the past."),
    ]
    source: Annotated[
        str,
        ReadWith(
            consent_source,
            {"type": "string", "minLength": 1, "maxLength": LONGEST_SOURCE, "pattern": NOT_BLANK},
            NO_SOURCE,
        ),
        about("Where it can be proved."),
    ]

    def consent(self) -> Consent:
        """It, as the domain knows it."""
        return Consent(kind=self.kind, at=self.at, source=self.source)


# -- what an answer tells of a decision: the names are those of the evidence -----------------


class Kept(Told, alias_generator=None):
    """A part of the evidence, as it is kept with attempts."""


class RuleThatHeld(Kept):
    id: str
    source: str
    confidence: str


class Zone(Kept):
    zone: str
    local: Instant
    open: Annotated[str | None, about("HH:MM")]
    close: Annotated[str | None, about("HH:MM")]
    holiday: str | None


class NationalWord(Kept):
    name: str
    listed: bool | None
    list: Annotated[str | None, about("Which import it was.")]
    imported_at: Instant | None
    max_age_days: Count
    fresh: bool
    lifted_by: str | None


class ConsentThatCounts(Kept):
    needed: str
    kind: str | None
    at: Instant | None
    source: str | None
    revoked_at: Instant | None
    reassigned_at: Instant | None


class Cap(Kept):
    rule: str
    allowed: Count
    used: Count


class CallsKnown(Kept):
    known: Count
    caps: list[Cap]
    last_at: Instant | None
    conversation_at: Instant | None
    refusal_at: Instant | None


class Gates(Kept):
    dialing_stopped: bool
    campaign_running: bool
    customer_busy: bool


class Evidence(Kept):
    """What a decision of contactability rested on, as kept with attempts; numbers are masked."""

    version: Count
    decided_for: Annotated[Instant, about("The instant that was judged.")]
    number: Annotated[str, about("Masked.")]
    country: str
    test_number: bool
    purpose: str
    rules_version: str
    areas_version: str
    jurisdictions: list[str]
    rules: list[RuleThatHeld]
    zones_from: str
    zones: list[Zone]
    suppressed_at: Instant | None
    suppression_source: str
    national_list: NationalWord | None
    consent: ConsentThatCounts
    calls: CallsKnown
    callback_at: Instant | None
    gates: Gates

"""Campaigns and our own numbers, as the API reads and tells them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, StringConstraints

from contact_center.aws.api_fields import (
    NOT_BLANK,
    STRICT,
    Asked,
    Count,
    Instant,
    Rule,
    Time,
    Told,
    Unreadable,
    about,
)
from contact_center.campaigns.domain.campaign_wishes import MICROS
from contact_center.campaigns.domain.campaign_wishes import CampaignWish as Wish
from contact_center.campaigns.domain.campaigns import CampaignState
from contact_center.campaigns.domain.retry_policy import (
    DEFAULT_RULES,
    DELAY,
    LONGEST_DELAY_MINUTES,
    MOST_ATTEMPTS,
    RetryPolicy,
)
from contact_center.campaigns.services.caller_desk import LONGEST_REST_HOURS
from contact_center.dialing.adapters.api_models import Voicemail
from contact_center.dialing.domain.voicemail import HANG_UP
from contact_center.permission.adapters.api_models import Purpose

if TYPE_CHECKING:
    from datetime import datetime

NUMBER_ID = "^[A-Za-z0-9_-]{1,64}$"
TABLE = Rule("must be a table")
DISPOSITIONS = {"propertyNames": {"enum": ["most_attempts", *DEFAULT_RULES]}}

Minutes = Annotated[int, STRICT, Field(ge=1, le=LONGEST_DELAY_MINUTES)]
Attempts = Annotated[int, STRICT, Field(ge=1, le=MOST_ATTEMPTS)]
Priority = Annotated[int, STRICT, Field(ge=1, le=5)]
NumberId = Annotated[
    str,
    Field(pattern=NUMBER_ID),
    Rule("must be an id of at most 64 characters"),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NOT_BLANK),
]


# -- what a campaign is asked to be ----------------------------------------------------------


BOTH_ENDS = {"dependentRequired": {one: [other] for one, other in (DELAY, DELAY[::-1])}}


class RetryRuleWish(Asked, alias_generator=None, json_schema_extra=BOTH_ENDS):
    """What is to follow an outcome, where it is not to be as by default."""

    shortest_minutes: Minutes = 0
    longest_minutes: Minutes = 0
    most: Annotated[
        int,
        STRICT,
        Field(ge=0, le=MOST_ATTEMPTS, description="Further attempts after this outcome; 0: none."),
    ] = 0


class RetryWish(Asked, alias_generator=None, extra="allow", json_schema_extra=DISPOSITIONS):
    """What a campaign wants otherwise than the default, by disposition."""

    __pydantic_extra__: dict[str, Annotated[RetryRuleWish, TABLE]] = Field(init=False)

    most_attempts: Annotated[Attempts, about("Attempts at a contact that count.")] = 0

    def policy(self) -> RetryPolicy:
        """It, with the default where nothing is said. Raises FieldError."""
        return RetryPolicy.of(self.model_dump(exclude_unset=True))


class CampaignWish(Asked):
    """What a campaign is asked to be; null counts as left out."""

    UNKNOWN: ClassVar[str] = "is not a field of a campaign"

    name: Name
    purpose: Annotated[Purpose, about("marketing needs written consent.")]
    assistant: Annotated[
        str,
        Rule("must be an assistant of the configuration that may call out"),
        about("A key of the configuration's assistants that may call out."),
    ]
    phone_number_id: Annotated[NumberId | None, about("Vapi's id of the number that calls.")] = None
    priority: Annotated[
        Priority | None, about("5 has five times the share of 1; 3 when left out.")
    ] = None
    stagger_seconds: Annotated[
        Annotated[float, STRICT, Field(ge=0, le=60)] | None,
        about("The least gap between two of its calls."),
    ] = None
    start_at: Time | None = None
    end_at: Time | None = None
    retry: Annotated[RetryWish, TABLE] | None = None
    voicemail: Annotated[Voicemail | None, about("What to do about an answering machine.")] = None
    daily_cap: Annotated[
        Annotated[int, STRICT, Field(ge=1, le=10_000_000)] | None,
        about("Attempts in any 24 hours."),
    ] = None
    spend_cap: Annotated[
        Annotated[float, STRICT, Field(ge=0.01, le=1_000_000)] | None, about("USD.")
    ] = None

    def wish(self, stagger_seconds: float) -> Wish:
        """It, as the domain knows it.

        Args:
            stagger_seconds: The gap when the request names none.

        Raises:
            FieldError: Two fields contradict each other.
        """
        stagger = stagger_seconds if self.stagger_seconds is None else self.stagger_seconds
        return Wish(
            name=self.name,
            purpose=self.purpose,
            assistant=self.assistant,
            retry=(self.retry or RetryWish()).policy(),
            phone_number_id=self.phone_number_id,
            priority=self.priority or 3,
            stagger_ms=math.ceil(stagger * 1000),
            start_at_ms=_ms(self.start_at),
            end_at_ms=_ms(self.end_at),
            voicemail=self.voicemail or HANG_UP,
            daily_cap=self.daily_cap,
            spend_cap_micros=None if self.spend_cap is None else round(self.spend_cap * MICROS),
        )


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


# -- what is told of campaigns ---------------------------------------------------------------


class RetryRule(Told, alias_generator=None):
    """The delay after an outcome, and how often."""

    shortest_minutes: Count
    longest_minutes: Count
    most: Annotated[Count, about("Further attempts after this outcome; 0: none.")]


class Retry(Told, alias_generator=None, extra="allow", json_schema_extra=DISPOSITIONS):
    """A campaign's rules, every one written out."""

    __pydantic_extra__: dict[str, RetryRule] = Field(init=False)

    most_attempts: Attempts


class Campaign(Told):
    id: str
    state: CampaignState
    reason: Annotated[
        str | None,
        about(
            "Why it is paused or stopped: an operator's word, circuit_breaker, spend_cap, or the "
            "error that would have failed every further call."
        ),
    ]
    created_at: Instant
    changed_at: Instant | None
    running_since: Instant | None
    name: Name
    purpose: Purpose
    assistant: str
    phone_number_id: str | None
    priority: Priority
    stagger_seconds: Annotated[float, Field(ge=0)]
    start_at: Instant | None
    end_at: Instant | None
    retry: Retry
    voicemail: Voicemail
    daily_cap: int | None
    spend_cap: float | None


class CampaignPage(Told):
    campaigns: Annotated[list[Campaign], about("The newest first.")]
    unreadable: Unreadable
    next_cursor: str | None


class Minutes5(Told):
    """How calls fared that ended in five minutes."""

    began_at: Annotated[Instant, about("Of these five minutes.")]
    ended: Count
    failed: Count


class Progress(Told):
    id: str
    state: CampaignState
    reason: str | None
    total: Annotated[Count, about("Contacts in all.")]
    open: Annotated[Count, about("Those who may still be called.")]
    contacts: Annotated[
        dict[str, Count],
        about("By where they stand: waiting, in_flight, done:busy, never:suppressed and the like."),
    ]
    spent: Annotated[float, Field(ge=0, description="USD, for calls whose price is known.")]
    priced_calls: Count
    unpriced_calls: Count
    planned_in_24_hours: Annotated[Count, Field(alias="plannedIn24Hours")]
    recent: Annotated[list[Minutes5], about("The last hour in fives of minutes.")]


# -- our own numbers -------------------------------------------------------------------------


class RestWish(Asked):
    hours: Annotated[
        int,
        STRICT,
        Field(
            ge=1,
            le=LONGEST_REST_HOURS,
            description="As long as a flagged number rests when left out.",
        ),
    ] = 0


class CallerNumber(Told):
    """One of our own numbers, and how its calls fared in the last 24 hours."""

    id: Annotated[
        str,
        about(
            "Vapi's id of the number, or `default`: the one that calls when a campaign names none."
        ),
    ]
    rests_until: Instant | None
    reason: Annotated[str | None, about("Why it rests.")]
    rang: Annotated[Count, about("Calls of the last 24 hours that rang.")]
    answered: Annotated[Count, about("By a person.")]
    answer_rate: Annotated[float, Field(ge=0, le=1)] | None
    short: Annotated[Count, about("Answered, and hung up on at once.")]
    flagged: Annotated[Count, about("Calls that a carrier refused because of the number.")]


class CallerNumbers(Told):
    caller_numbers: list[CallerNumber]

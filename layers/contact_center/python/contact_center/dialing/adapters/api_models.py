"""Attempts and the one switch, as the API reads and tells them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from contact_center.aws.api_fields import STRICT, Asked, Count, Instant, OneOf, Told, about
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.voicemail import VOICEMAIL
from contact_center.permission.adapters.api_models import Evidence

Voicemail = Annotated[str, OneOf(VOICEMAIL)]
NoEvidence = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "maxProperties": 0})]


class Resolution(Asked):
    rang: Annotated[bool, STRICT, about("Whether the telephone rang.")]


class Switch(Told):
    stopped: bool


class Attempt(Told):
    attempt_id: str
    status: AttemptState
    disposition: Disposition | None
    reason: Annotated[str | None, about("Vapi's ended reason, a refusal or a denial.")]
    waits_for: Annotated[
        WaitsFor | None, about("What has to come before it can be dialled; null: not queued.")
    ]
    since: Annotated[Instant | None, about("Since when it waits for that.")]
    call_id: str | None
    name: Annotated[str | None, about("Of the last POST, as Vapi knows it: `attempt.k`.")]
    posts: Count
    number: Annotated[str, about("Masked.")]
    campaign_id: str | None
    contact_id: str | None
    customer_id: str | None
    test_of: Annotated[str | None, about("The campaign that a test call lets one hear.")]
    voicemail: Voicemail
    assistant: str
    n: Annotated[int, Field(ge=1, description="Which attempt at this contact.")]
    created_at: Instant
    expires_at: Instant
    slot_at: Instant | None
    ended_at: Instant | None
    not_before: Instant | None
    next_allowed_at: Instant | None
    empty_look_ups: Count
    failed_look_ups: Count
    failures: Annotated[Count, about("How often in a row looking after it broke off.")]
    trouble: Annotated[str | None, about("Kind and place of the last such failure.")]
    set_aside: Annotated[
        bool, about("Whether nobody looks after it any more because it failed too often.")
    ]
    evidence: Annotated[
        Evidence | NoEvidence,
        about("Of the contactability that let it ring, or did not; empty while it waits."),
    ]

"""One call wished for, and what people permit, as the API reads and tells them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from contact_center.aws.api_fields import (
    NOT_BLANK,
    Asked,
    Instant,
    Phone,
    Rule,
    Told,
    about,
)
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.permission.adapters.api_models import Evidence, Kind, Purpose, StatedConsent
from contact_center.permission.domain.contactability import Reason
from contact_center.permission.services.suppress import LONGEST_SOURCE
from contact_center.triggers.services.state_permission import BY_OPERATOR
from contact_center.triggers.services.trigger_call import Trigger

LONGEST_NAME, LONGEST_KEY = 128, 255


def _as_text(said: object) -> object:
    """Ids are numbers in many systems."""
    return str(said) if isinstance(said, int) and not isinstance(said, bool) else said


def _one_line(said: str) -> str:
    line = said.strip()
    if not 0 < len(line) <= LONGEST_SOURCE or not line.isprintable():
        raise ValueError
    return line


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NOT_BLANK)]
Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, pattern=NOT_BLANK)]
CustomerId = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_NAME, pattern=NOT_BLANK),
    BeforeValidator(_as_text),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "minLength": 1,
            "maxLength": LONGEST_NAME,
            "pattern": NOT_BLANK,
        }
    ),
    Rule(f"must be a text of 1 to {LONGEST_NAME} characters"),
]


# -- one call --------------------------------------------------------------------------------


class Customer(Asked):
    phone: Phone
    id: Annotated[
        CustomerId | None, about("Your own id of the customer, at most 128 characters.")
    ] = None


class TriggerWish(Asked):
    UNKNOWN: ClassVar[str] = "is not a field of a trigger"
    OTHERWISE: ClassVar[str] = "must be an object"

    customer: Customer
    campaign_id: Annotated[Name | None, about("The call is that campaign's.")] = None
    assistant: Annotated[Name | None, about("Which assistant speaks; without one the default.")] = (
        None
    )
    idempotency_key: Annotated[
        Key | None, about("The same key and body get the same answer for 24 hours.")
    ] = None
    consent: StatedConsent | None = None

    def trigger(self) -> Trigger:
        """It, as the use case knows it."""
        return Trigger(
            phone=self.customer.phone,
            customer_id=self.customer.id,
            campaign_id=self.campaign_id,
            assistant=self.assistant,
            key=self.idempotency_key,
            consent=None if self.consent is None else self.consent.consent(),
        )


class TestCall(Asked):
    UNKNOWN: ClassVar[str] = "is not a field of a test call"
    OTHERWISE: ClassVar[str] = "must be an object"

    phone: Phone
    idempotency_key: Key | None = None


class Accepted(Told):
    attempt_id: str
    status: AttemptState


# -- what people permit ----------------------------------------------------------------------


class PhoneOnly(Asked):
    UNKNOWN: ClassVar[str] = "is not one of phone"
    OTHERWISE: ClassVar[str] = "must be an object"

    phone: Phone


class StatedSuppression(PhoneOnly):
    UNKNOWN: ClassVar[str] = "is not one of phone, source"

    source: Annotated[
        str,
        AfterValidator(_one_line),
        WithJsonSchema(
            {"type": "string", "minLength": 1, "maxLength": LONGEST_SOURCE, "pattern": NOT_BLANK}
        ),
        Rule(f"must be one line of 1 to {LONGEST_SOURCE} characters"),
        about("What puts it there; `operator` when left out."),
    ] = BY_OPERATOR


class NewConsent(StatedConsent, PhoneOnly):
    UNKNOWN: ClassVar[str] = "is not one of phone, kind, at, source"


class Question(PhoneOnly):
    UNKNOWN: ClassVar[str] = "is not one of phone, purpose"

    purpose: Purpose


class Suppression(Told):
    """Whether a number is on our own do-not-call list."""

    phone: Annotated[str, about("E.164.")]
    suppressed: bool
    suppressed_at: Instant | None
    source: str | None


class ConsentGiven(Told):
    kind: Kind
    at: Instant
    source: str
    stands: Annotated[bool, about("Neither revoked nor given by who had the number before.")]


class Consents(Told):
    phone: Annotated[str, about("E.164.")]
    revoked_at: Annotated[
        Instant | None, about("What was given at this instant or before is void.")
    ]
    consents: list[ConsentGiven]


class Contactability(Told):
    allowed: bool
    reason: Reason | None
    next_allowed_at: Annotated[
        Instant | None,
        about(
            "The first instant at which all that depends on time would allow it; null: never, as "
            "things stand, or now."
        ),
    ]
    evidence: Evidence

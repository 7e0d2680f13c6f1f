"""What decides whether a customer may be called: the contact, the history, the gates."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.time_zones import known_zone
from contact_center.permission.domain.consent import NEEDED_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from contact_center.permission.domain.consent import Consent
    from contact_center.permission.domain.national_listing import NationalListing


class BadContactError(FieldError):
    """A contact that cannot be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer who may be called, as far as permission goes. All times are aware.

    Attributes:
        purpose: marketing or informational: what the campaign calls for.
        consents: All that were given for this number.
        revoked_at: The last revocation of consent.
        reassigned_at: When the number is known to have gone to somebody else.
        suppressed_at: When the number came onto our own do-not-call list.
        suppression_source: What put it there: "spoken opt-out", "import".
        national: The national list's word on this number, None when none has named it.
        complete_lists: By country, the time of the latest complete national list: whoever it
            does not name is not on it.
        relationship_at: The last purchase, an inquiry_at the last inquiry: they lift the
            national list for a while, and replace no consent.
        timezone: The customer's own IANA zone, if known.
        state: State of the address; `postal_code` likewise.
        callback_at: When the customer asked to be called.
        for_this_call: Consent to this one call and no other: it lifts nothing.
    """

    purpose: str
    consents: tuple[Consent, ...] = ()
    revoked_at: datetime | None = None
    reassigned_at: datetime | None = None
    suppressed_at: datetime | None = None
    suppression_source: str = ""
    national: NationalListing | None = None
    relationship_at: datetime | None = None
    inquiry_at: datetime | None = None
    timezone: str | None = None
    state: str | None = None
    postal_code: str | None = None
    callback_at: datetime | None = None
    complete_lists: Mapping[str, datetime] = field(default_factory=dict)
    for_this_call: Consent | None = None

    def __post_init__(self) -> None:
        """Refuse what would be judged wrongly.

        Raises:
            BadContactError: An unknown purpose or zone, or a time without a zone.
        """
        if self.purpose not in NEEDED_FOR:
            raise BadContactError("purpose", f"must be {' or '.join(sorted(NEEDED_FOR))}")
        if self.timezone is not None and not known_zone(self.timezone):
            raise BadContactError("timezone", "must be an IANA zone such as America/Denver")
        for name in _TIMES:
            at = getattr(self, name)
            if at is not None and at.utcoffset() is None:
                raise BadContactError(name, "must carry a time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHistory:
    """What happened to a person across all campaigns. All times are aware.

    Attributes:
        rung_at: Every attempt that counts, the later of its slot and its ring, as far back as is
            remembered (call_memory.py). Order does not matter.
        conversation_at: The last conversation that came to an end.
        refusal_at: The last "not interested" (an opt-out is a suppression instead).
    """

    rung_at: tuple[datetime, ...] = ()
    conversation_at: datetime | None = None
    refusal_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What is closed at this moment, whoever the customer is.

    Attributes:
        dialing_stopped: The one switch that stops every dial.
        campaign_running: False while paused, cancelled or finished; a trigger has no campaign.
        customer_busy: Another attempt is ringing or talking to this person, or they rang us.
    """

    dialing_stopped: bool = False
    campaign_running: bool = True
    customer_busy: bool = False


_TIMES = (
    "revoked_at",
    "reassigned_at",
    "suppressed_at",
    "relationship_at",
    "inquiry_at",
    "callback_at",
)

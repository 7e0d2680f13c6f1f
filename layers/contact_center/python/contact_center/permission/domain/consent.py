"""Consent to be called: what a customer agreed to, when, and whether it still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import EARLIEST, read_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

EXPRESS = "express"
EXPRESS_WRITTEN = "express_written"
KINDS = (EXPRESS, EXPRESS_WRITTEN)

# An assistant's voice is "artificial" (FCC 24-17): express consent for information, express
# written consent for marketing (dialing §1). Rules may ask for more, never for less.
NEEDED_FOR = {"informational": EXPRESS, "marketing": EXPRESS_WRITTEN}

LONGEST_SOURCE = 500
NO_TIME = (
    "must be an ISO 8601 time with a time zone, such as 2026-03-01T12:00:00Z,"
    f" from {EARLIEST.year} on"
)
NO_SOURCE = "must be a text that says where consent can be proved"


class BadConsentError(FieldError):
    """A consent that proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A customer agreed to be called.

    Attributes:
        kind: express or express_written.
        at: When, aware.
        source: Where it can be proved: "web form 2026-03, version 4". Never empty.
    """

    kind: str
    at: datetime
    source: str

    def __post_init__(self) -> None:
        """Refuse what could not be shown to anybody.

        Raises:
            BadConsentError: A field is wrong.
        """
        if self.kind not in KINDS:
            raise BadConsentError("kind", f"must be {' or '.join(KINDS)}")
        _aware(self.at)
        consent_source(self.source)


class Standing(NamedTuple):
    """The consent that stands, or None; and whether a revocation is the last word."""

    consent: Consent | None
    revoked: bool


def consent_from(values: Mapping[str, object], now: datetime) -> Consent:
    """Read a consent that somebody states: `{"kind", "at", "source"}`.

    Args:
        values: As in a request or a row; `at` is ISO 8601 text with a zone, in the past.
        now: Aware.

    Raises:
        BadConsentError: A field is missing or wrong; the message names it.
    """
    kind = values.get("kind")
    if not isinstance(kind, str):
        raise BadConsentError("kind", f"must be {' or '.join(KINDS)}")
    at, source = consent_time(values.get("at")), consent_source(values.get("source"))
    return past_consent(Consent(kind=kind, at=at, source=source), now)


def consent_time(said: object) -> datetime:
    """When a consent was given, aware. Raises BadConsentError."""
    at = read_instant(said)
    if at is None:
        raise BadConsentError("at", NO_TIME)
    return at


def consent_source(said: object) -> str:
    """Where a consent can be proved. Raises BadConsentError."""
    if not isinstance(said, str):
        raise BadConsentError("source", NO_SOURCE)
    if not said.strip() or len(said.strip()) > LONGEST_SOURCE:
        raise BadConsentError("source", f"must be a text of 1 to {LONGEST_SOURCE} characters")
    return said.strip()


def past_consent(consent: Consent, now: datetime) -> Consent:
    """The consent, given before `now`, which is aware. Raises BadConsentError."""
    if consent.at > now:
        raise BadConsentError("at", "must be in the past")
    return consent


def needed_kind(purpose: str, asked_by_rules: Iterable[str]) -> str:
    """The kind of consent a call needs: the purpose's, or written where a rule asks for it."""
    return max({NEEDED_FOR[purpose], *asked_by_rules}, key=KINDS.index)


def standing_consent(
    consents: Iterable[Consent],
    needed: str,
    now: datetime,
    *,
    revoked_at: datetime | None,
    reassigned_at: datetime | None,
) -> Standing:
    """The latest consent that is strong enough and stands.

    Args:
        consents: All that were given for the number.
        needed: The weakest kind that will do; written consent is also express.
        now: Consent of the future does not count yet.
        revoked_at: The last revocation; what was given at that instant or before is void.
        reassigned_at: When the number went to somebody else, who has agreed to nothing.
    """
    theirs = [c for c in consents if reassigned_at is None or c.at > reassigned_at]
    kept = [c for c in theirs if c.at <= now and (revoked_at is None or c.at > revoked_at)]
    enough = [c for c in kept if KINDS.index(c.kind) >= KINDS.index(needed)]
    latest = max(enough, key=lambda consent: consent.at, default=None)
    return Standing(latest, revoked=revoked_at is not None and not kept)


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise BadConsentError("at", "must carry a time zone, such as 2026-03-01T12:00:00Z")
    return at

"""What operators say of one person: do not call, agreed, agreed no more; and may we call now?

    what is said ─► suppress.py ─► what stands now, and whether this request made it so

A claim is conditioned on the version of what a person permits, so what is answered here holds
for every call that has not left yet, slots already reserved included.
"""

from __future__ import annotations

from contextlib import suppress as suppressed
from datetime import UTC
from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.judge_call import judge_call
from contact_center.kernel.data_classes import dataclass
from contact_center.permission.domain.consent import EXPRESS, standing_consent
from contact_center.permission.domain.contactability import Deny
from contact_center.permission.services.suppress import (
    read_permission,
    record_consent,
    revoke_consent,
    suppress,
    unsuppress,
)

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.dialing.services.ledger_ports import AttemptLedger
    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.kernel.ports import Clock
    from contact_center.permission.domain.consent import Consent
    from contact_center.permission.domain.permission import Permission
    from contact_center.permission.services.permission_ports import (
        ForgottenPeople,
        PermissionStore,
    )

BY_OPERATOR = "operator"

# What evidence may say to an operator, named one by one: what is added to it later is kept with
# the attempt and stays unseen until somebody has thought about it.
EVIDENCE_SHOWN = (
    "version",
    "decided_for",
    "number",
    "country",
    "test_number",
    "purpose",
    "rules_version",
    "areas_version",
    "jurisdictions",
    "rules",
    "zones_from",
    "zones",
    "suppressed_at",
    "suppression_source",
    "national_list",
    "consent",
    "calls",
    "callback_at",
    "gates",
)

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementParts:
    """What taking such statements needs.

    Attributes:
        store: What people permit.
        ledger: To see, beside it, whom we ring and rang.
        judge: Contactability with its rules and its clock.
        clock: The machine's.
        forgotten: Who was forgotten, and is not to be called until that is lifted.
    """

    store: PermissionStore
    ledger: AttemptLedger
    judge: JudgeParts
    clock: Clock
    forgotten: ForgottenPeople

    def now(self) -> datetime:
        """The civil instant."""
        return self.judge.civil.at(self.clock.now_ms())


@dataclass(frozen=True, slots=True)
class Stated:
    """What stands now, ready for JSON.

    Attributes:
        new: It was not so before. Two who say the same in one instant may both be told so.
    """

    body: Json
    new: bool


def state_suppression(phone: PhoneNumber, source: str, parts: StatementParts) -> Stated:
    """Put a number onto our own do-not-call list.

    Args:
        phone: Whose.
        source: What puts it there, one line.
        parts: What it works with.

    Raises:
        PermissionBusyError, StoreUnavailableError: Nobody knows; to be said again.
    """
    before = read_permission(phone.e164, parts.store)
    after = suppress(phone.e164, source, parts.now(), parts.store)
    return Stated(_suppression(phone, after), new=before.suppressed_at is None)


def lift_suppression(phone: PhoneNumber, parts: StatementParts) -> Json:
    """Take a number off the list; one that is not on it stays so. Raises as above.

    One that was forgotten may be called again: who lifts it knows that the person wants it.
    """
    parts.forgotten.lift(phone.e164)
    return _suppression(phone, unsuppress(phone.e164, parts.store))


def state_consent(phone: PhoneNumber, given: Consent, parts: StatementParts) -> Stated:
    """Record a consent. Raises as above, and BadConsentError when it is not of the past."""
    before = read_permission(phone.e164, parts.store)
    after = record_consent(phone.e164, given, parts.now(), parts.store)
    return Stated(_consents(phone, after, parts.now()), new=after.consents != before.consents)


def end_consent(phone: PhoneNumber, parts: StatementParts) -> Json:
    """Revoke every consent given until now. Raises as above."""
    after = revoke_consent(phone.e164, parts.now(), parts.store)
    return _consents(phone, after, parts.now())


def ask_contactability(phone: PhoneNumber, purpose: str, parts: StatementParts) -> Json:
    """Whether a person may be called at this moment, for one of the purposes.

    It is judged as a call without a campaign would be, on what is stored; nothing is written.

    Returns:
        allowed; else the reason, and when it would be allowed (null: never, as things stand);
        and the evidence, the number masked.

    Raises:
        BadNumberError: It is not dialled here.
        StoreUnavailableError.
    """
    now_ms = parts.clock.now_ms()
    around = parts.ledger.circumstances(phone.e164, None)
    verdict = judge_call(_no_request(phone, purpose, now_ms), around, now_ms, parts.judge)
    denied = verdict if isinstance(verdict, Deny) else None
    return {
        "allowed": denied is None,
        "reason": denied and denied.reason,
        "nextAllowedAt": denied and _iso(denied.next_allowed_at),
        "evidence": {
            name: verdict.evidence[name] for name in EVIDENCE_SHOWN if name in verdict.evidence
        },
    }


def _no_request(phone: PhoneNumber, purpose: str, now_ms: int) -> DialRequest:
    """What would be dialled if it were: it is judged and never put."""
    return DialRequest(
        attempt_id=attempt_id("contactability", phone.e164),
        number=phone.e164,
        prefix=phone.prefix,
        purpose=purpose,
        assistant="",
        created_at_ms=now_ms,
        expires_at_ms=now_ms,
    )


def _suppression(phone: PhoneNumber, permission: Permission) -> Json:
    return {
        "phone": phone.e164,
        "suppressed": permission.suppressed_at is not None,
        "suppressedAt": _iso(permission.suppressed_at),
        "source": permission.suppression_source or None,
    }


def _consents(phone: PhoneNumber, permission: Permission, now: datetime) -> Json:
    return {
        "phone": phone.e164,
        "revokedAt": _iso(permission.revoked_at),
        "consents": [
            {
                "kind": one.kind,
                "at": _iso(one.at),
                "source": one.source,
                "stands": _stands(one, permission, now),
            }
            for one in permission.consents
        ],
    }


def _stands(consent: Consent, permission: Permission, now: datetime) -> bool:
    standing = standing_consent(
        [consent],
        EXPRESS,
        now,
        revoked_at=permission.revoked_at,
        reassigned_at=permission.reassigned_at,
    )
    return standing.consent is not None


def _iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    with suppressed(OverflowError):  # the first of all days, east of Greenwich
        at = at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

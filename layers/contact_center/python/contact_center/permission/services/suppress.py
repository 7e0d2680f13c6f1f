"""Who must not be called, and who agreed to be: suppressions and consents, by number.

Claims are conditioned on the person's permission and its version, so once a suppression or a
revocation has been answered no call to that person leaves any more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.permission.domain.consent import EXPRESS_WRITTEN, past_consent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from contact_center.permission.domain.consent import Consent
    from contact_center.permission.domain.national_listing import NationalListing
    from contact_center.permission.domain.permission import Permission
    from contact_center.permission.services.permission_ports import PermissionStore

TRIES = 6
LONGEST_SOURCE = 200
CONSENTS_KEPT = 20


class PermissionBusyError(Exception):
    """Others kept changing what this person permits. Nothing was written."""


def suppress(number: str, source: str, at: datetime, store: PermissionStore) -> Permission:
    """Put a number onto our own do-not-call list. Told again, the first word stands.

    Args:
        number: As people write it.
        source: What put it there: "spoken opt-out", "operator".
        at: Now, civil, aware.
        store: Where permissions are.

    Raises:
        BadNumberError: It is no number.
        PermissionBusyError, StoreUnavailableError.
    """
    return _change(number, lambda known: with_suppression(known, source, at), store)


def unsuppress(number: str, store: PermissionStore) -> Permission:
    """Take a number off the list again. Consent revoked stays revoked. Raises as `suppress`."""
    return _change(
        number, lambda known: replace(known, suppressed_at=None, suppression_source=""), store
    )


def record_consent(
    number: str, given: Consent, now: datetime, store: PermissionStore
) -> Permission:
    """Record a consent. The same again changes nothing.

    Raises:
        BadConsentError: It is not of the past.
        BadNumberError, PermissionBusyError, StoreUnavailableError.
    """
    consent = past_consent(given, now)
    return _change(number, lambda known: with_consent(known, consent), store)


def revoke_consent(number: str, at: datetime, store: PermissionStore) -> Permission:
    """Revoke every consent given until now; a later one counts again. Raises as `suppress`.

    The last word counts: what was agreed to before it may be on a list that comes later.
    """

    def change(known: Permission) -> Permission:
        said_before = known.revoked_at is not None and known.revoked_at >= at
        return known if said_before else replace(known, revoked_at=at)

    return _change(number, change, store)


def read_permission(number: str, store: PermissionStore) -> Permission:
    """What a person permits. Raises BadNumberError and StoreUnavailableError."""
    return store.read(parse_phone_number(number).e164)


def with_suppression(known: Permission, source: str, at: datetime) -> Permission:
    """The permission of somebody on our own list; of who is on it already the first word stands."""
    if known.suppressed_at is not None:
        return known
    return replace(known, suppressed_at=at, suppression_source=source[:LONGEST_SOURCE])


def with_consent(known: Permission, consent: Consent) -> Permission:
    """The permission with a consent; the latest are kept of very many.

    Among them is the latest in writing: what he said on the telephone since takes none of it back.
    """
    if consent in known.consents:
        return known
    every = sorted((*known.consents, consent), key=lambda one: one.at)
    latest, before = every[-CONSENTS_KEPT:], every[:-CONSENTS_KEPT]
    written = [one for one in before if one.kind == EXPRESS_WRITTEN]
    if written and all(one.kind != EXPRESS_WRITTEN for one in latest):
        latest[0] = written[-1]
    return replace(known, consents=tuple(latest))


def with_listing(known: Permission, listing: NationalListing) -> Permission:
    """The permission with the word of a national list, unless a newer list has spoken."""
    spoken = known.national
    if spoken == listing or (spoken is not None and spoken.imported_at > listing.imported_at):
        return known
    return replace(known, national=listing)


def without_listing(known: Permission, listing: NationalListing) -> Permission:
    """The permission when a complete newer list has the number no more."""
    spoken = known.national
    if spoken is None or not spoken.listed or spoken.imported_at >= listing.imported_at:
        return known
    return replace(known, national=listing)


def _change(
    number: str, change: Callable[[Permission], Permission], store: PermissionStore
) -> Permission:
    e164 = parse_phone_number(number).e164
    for _ in range(TRIES):
        before = store.read(e164)
        after = change(before)
        if after == before:
            return before
        if store.replace(e164, before, after):
            return replace(after, version=before.version + 1)
    raise PermissionBusyError

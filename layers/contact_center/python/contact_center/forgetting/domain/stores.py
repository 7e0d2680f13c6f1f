"""The stores that hold something of a person, in the order in which they let go of it.

store        what is erased there
contacts     contacts of every campaign, withdrawn first; consents and what else he permits
dialing      attempts, whom we rang, kept places, who was asked about him
reports      archived reports of his calls, and bodies that nobody has recorded
recordings   recordings of his calls that were copied to the bucket
calls        his calls, visits, what was to be told of him, his story, his card
lists        his row in lists that were handed in and in results that were written
vapi         his calls there
twilio       his calls there, and their recordings
hubspot      his contacts there, by HubSpot's own erasure; records that no contact leads to
webhook      nothing: what it was told is its owner's
calendar     nothing: what somebody else's calendar holds of a booking is its owner's
queues       nothing: a message is swallowed when it comes, or expires; then the others once more
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.records.domain.webhooks import takes_events

if TYPE_CHECKING:
    from collections.abc import Mapping


class Store(StrEnum):
    """One of them."""

    CONTACTS = "contacts"
    DIALING = "dialing"
    REPORTS = "reports"
    RECORDINGS = "recordings"
    CALLS = "calls"
    LISTS = "lists"
    VAPI = "vapi"
    TWILIO = "twilio"
    HUBSPOT = "hubspot"
    WEBHOOK = "webhook"
    CALENDAR = "calendar"
    QUEUES = "queues"


def store_of(receiver: str) -> Store | None:
    """The store that a receiver of effects is; None: it is our own, or is told of no customer."""
    if takes_events(receiver):
        return Store.WEBHOOK
    return Store.HUBSPOT if receiver == Store.HUBSPOT else None


_FOUND_BY_CALLS = frozenset({Store.DIALING, Store.REPORTS, Store.RECORDINGS})

# Where messages of calls are written down. What waited in a queue while these were asked may have
# come to them since, so they are asked again once the queues were seen empty.
FED_BY_QUEUES = _FOUND_BY_CALLS | {Store.CALLS, Store.VAPI, Store.TWILIO, Store.HUBSPOT}

# What has to be erased before: by calls and visits the rest of our own is found, and whoever tells
# others of him is to have nothing left to tell when they are asked to forget him.
AFTER: Mapping[Store, frozenset[Store]] = {
    Store.DIALING: frozenset({Store.CONTACTS}),
    Store.CALLS: _FOUND_BY_CALLS,
    Store.VAPI: frozenset({Store.CALLS}),
    Store.HUBSPOT: frozenset({Store.CALLS}),
    Store.QUEUES: FED_BY_QUEUES,
}

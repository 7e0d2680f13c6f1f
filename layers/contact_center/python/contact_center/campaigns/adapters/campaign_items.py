"""Campaigns, the planner's notes, figures and contacts as items of the contacts table, and back.

As everywhere, what an item says travels as one JSON text; beside it stand the attributes that
conditions, indexes and other readers need. Claims read `state`, `version` and `end_at_ms` of a
campaign.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import Item, dumps, known_fields, number, text
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.campaigns.domain.campaign_wishes import stored_wish, wish_json
from contact_center.campaigns.domain.campaigns import (
    TALLY_MS,
    Campaign,
    CampaignState,
    Figures,
    PlanNote,
    Tally,
)
from contact_center.campaigns.domain.contacts import (
    TERMINAL,
    AttemptOutcome,
    CampaignContact,
    ContactDetails,
    ContactState,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.permission.domain.consent import Consent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WOKEN = "woken"  # of the planner's note: somebody may have become due since it was written
COUNTED = "contacts:"  # an attribute of a count: `contacts:waiting`, `contacts:done:busy`


def campaign_key(campaign_id: str, sort_key: str = keys.CAMPAIGN) -> Item:
    """The key of a campaign, or of something that belongs to it."""
    return {"pk": {"S": keys.campaign(campaign_id)}, "sk": {"S": sort_key}}


def campaign_item(campaign: Campaign) -> Item:
    """The item of a campaign, under the version it carries."""
    said = {
        "campaign_id": campaign.campaign_id,
        "wish": wish_json(campaign.wish),
        "reason": campaign.reason,
        "running_since_ms": campaign.running_since_ms,
        "changed_at_ms": campaign.changed_at_ms,
    }
    item = campaign_key(campaign.campaign_id) | {
        "version": {"N": str(campaign.version)},
        "state": {"S": campaign.state.value},
        "listed": {"S": keys.LISTED},
        "created_at_ms": {"N": str(campaign.created_at_ms)},
        "said": {"S": dumps(said)},
    }
    if campaign.wish.end_at_ms is not None:
        item["end_at_ms"] = {"N": str(campaign.wish.end_at_ms)}
    return item | needs(campaign.changed_at_ms) if campaign.stopped_by_itself else item


def campaign_of(item: Mapping[str, Any]) -> Campaign:
    """Read a campaign back."""
    said = json.loads(text(item, "said") or "{}")
    return Campaign(
        campaign_id=said["campaign_id"],
        wish=stored_wish(said["wish"]),
        state=CampaignState(text(item, "state") or ""),
        reason=said["reason"],
        created_at_ms=number(item, "created_at_ms") or 0,
        running_since_ms=said["running_since_ms"],
        changed_at_ms=said["changed_at_ms"],
        version=number(item, "version") or 0,
    )


# -- the planner's note, figures, tallies ----------------------------------------------------


def note_item(campaign_id: str, note: PlanNote) -> Item:
    """The item of the planner's note; in the index of what is due while it says when."""
    item = campaign_key(campaign_id, keys.PLAN) | {
        "version": {"N": str(note.version)},
        "campaign_id": {"S": campaign_id},
        "by_hour": {"S": dumps(note.by_hour)},
    }
    if note.woken:
        item[WOKEN] = {"BOOL": True}
    if note.look_at_ms is not None:
        item |= {"due_shard": {"S": keys.RUNNING}, "due_at_ms": {"N": str(note.look_at_ms)}}
    return item


def note_of(item: Mapping[str, Any] | None) -> PlanNote:
    """Read the note back; no item: nothing noted."""
    if not item:
        return PlanNote()
    by_hour = json.loads(text(item, "by_hour") or "[]")
    return PlanNote(
        look_at_ms=number(item, "due_at_ms"),
        by_hour=tuple((hour, planned) for hour, planned in by_hour),
        woken=WOKEN in item,
        version=number(item, "version") or 0,
    )


def figures_of(items: Sequence[Mapping[str, Any]]) -> Figures:
    """The figures of a campaign: the sum of its counts."""
    contacts: dict[str, int] = {}
    sums = dict.fromkeys(("spent_micros", "priced", "unpriced", "open_legs"), 0)
    for item in items:
        for name in item:
            value = number(item, name) if "N" in item[name] else None
            if value is None:
                continue
            if name.startswith(COUNTED):
                label = name.removeprefix(COUNTED)
                contacts[label] = contacts.get(label, 0) + value
            elif name in sums:
                sums[name] += value
    return Figures(contacts={label: n for label, n in sorted(contacts.items()) if n}, **sums)


def tally_key(campaign_id: str, began_at_ms: int) -> Item:
    """The key of the outcomes of five minutes."""
    return campaign_key(campaign_id, keys.tally(began_at_ms // TALLY_MS))


def tally_of(item: Mapping[str, Any]) -> Tally:
    """Read a tally back."""
    bucket = int(item["sk"]["S"].partition("#")[2])
    return Tally(bucket * TALLY_MS, number(item, "ended") or 0, number(item, "failed") or 0)


# -- contacts --------------------------------------------------------------------------------


def contact_item(contact: CampaignContact, expires_at_s: int) -> Item:
    """The item of a contact, under the version it carries.

    Args:
        contact: The contact.
        expires_at_s: When DynamoDB may delete it once nothing is to be done with it any more.
    """
    said = asdict(contact)
    for name in ("version", "due_at_ms"):
        del said[name]
    consent = contact.details.consent
    if consent is not None:
        said["details"]["consent"] = {
            "kind": consent.kind,
            "at": consent.at.isoformat(),
            "source": consent.source,
        }
    item = campaign_key(contact.campaign_id, keys.contact(contact.contact_id)) | {
        "version": {"N": str(contact.version)},
        "said": {"S": dumps(said)},
    }
    if contact.due_at_ms is not None:
        shard = due_shard(contact)
        item |= {"due_shard": {"S": shard}, "due_at_ms": {"N": str(contact.due_at_ms)}}
    if contact.state in TERMINAL:
        item["expires_at"] = {"N": str(expires_at_s)}
    return item


def due_shard(contact: CampaignContact) -> str:
    """The partition of the index in which a contact is due."""
    if contact.state is ContactState.IN_FLIGHT:
        return keys.check(contact.campaign_id)
    if contact.urgent:
        return keys.urgent(contact.campaign_id)
    return keys.waiting(contact.campaign_id, contact.shard)


def contact_of(item: Mapping[str, Any]) -> CampaignContact:
    """Read a contact back."""
    said = known_fields(CampaignContact, json.loads(text(item, "said") or "{}"))
    details = known_fields(ContactDetails, said["details"])
    consent = details.get("consent")
    if consent is not None:
        at = datetime.fromisoformat(consent["at"])
        details["consent"] = Consent(kind=consent["kind"], at=at, source=consent["source"])
    said["details"] = ContactDetails(**details)
    said["state"] = ContactState(said["state"])
    said["outcomes"] = tuple(_outcome_of(one) for one in said.get("outcomes", ()))
    return CampaignContact(
        due_at_ms=number(item, "due_at_ms"), version=number(item, "version") or 0, **said
    )


def _outcome_of(said: dict[str, Any]) -> AttemptOutcome:
    known = known_fields(AttemptOutcome, said)
    known["disposition"] = Disposition(known["disposition"])
    return AttemptOutcome(**known)

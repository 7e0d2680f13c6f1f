"""Attempts and gates as items of the dialing and contacts tables, and back.

What an attempt says travels as one JSON text, as facts do (fact_items.py): a new
field has a default, an unknown one is ignored, and an item of a later version is refused. Beside
it stand the attributes that conditions, indexes and operators read, and the evidence of the verdict
that let it ring, packed: it is two thirds of all there is, and each write of the attempt pays for
it by the kilobyte. Version 2 is an item with such; one without is read by the release before.
"""

from __future__ import annotations

import json
import zlib
from base64 import b85decode, b85encode
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    Item,
    UnreadableItemError,
    dumps,
    known_fields,
    number,
    said_in,
    said_of,
    text,
)
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_circumstances import (
    CampaignGate,
    DialingSwitch,
)
from contact_center.dialing.domain.dial_requests import DialRequest
from contact_center.dialing.domain.due_attempts import DueFor, due_for

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEM_VERSION, WITH_EVIDENCE = 1, 2
EVIDENCE = "evidence"

LISTED = {DueFor.CARE: keys.OPEN, DueFor.REPORT: keys.TO_REPORT}

# Beside an attempt that somebody could not read: how often, and why the last time.
UNREAD_FAILURES, TROUBLE = "unread_failures", "trouble"

SWITCH_KEY: Item = {"pk": {"S": keys.SWITCH}, "sk": {"S": keys.DIALING}}


def attempt_key(attempt_id: str) -> Item:
    """The key of an attempt."""
    return {"pk": {"S": keys.attempt(attempt_id)}, "sk": {"S": keys.ATTEMPT}}


def campaign_key(campaign_id: str) -> Item:
    """The key of a campaign, in the contacts table."""
    return {"pk": {"S": keys.campaign(campaign_id)}, "sk": {"S": keys.CAMPAIGN}}


def attempt_item(attempt: DialAttempt, expires_at_s: int) -> Item:
    """The item of an attempt, under the version it carries.

    It is in the index `open-by-due-time` exactly while it is due at some time, or a person has to
    look at it; it expires only while it is not due. Whom it rings it is found by as long as it is
    there.
    """
    said = said_of(attempt) | {"state": attempt.state.value}
    said.pop("version", None)
    said.pop(EVIDENCE, None)
    if attempt.next_allowed_at is not None:
        said["next_allowed_at"] = attempt.next_allowed_at.isoformat()
    item: Item = attempt_key(attempt.attempt_id) | {
        "version": {"N": str(ITEM_VERSION)},
        "revision": {"N": str(attempt.version)},
        "attempt_id": {"S": attempt.attempt_id},
        "state": {"S": attempt.state.value},
        "customer": {"S": keys.word(attempt.request.number)},
        "said": {"S": dumps(said)},
    }
    if attempt.evidence:
        item |= {"version": {"N": str(WITH_EVIDENCE)}, EVIDENCE: _packed(attempt.evidence)}
    if attempt.waits_for is not None:
        item["waits_for"] = {"S": attempt.waits_for.value}
    if attempt.disposition is not None:
        item["disposition"] = {"S": attempt.disposition.value}
    if attempt.due_at_ms is None:
        return item | {"expires_at": {"N": str(expires_at_s)}} | _doubt(attempt)
    return item | {
        "open": {"S": keys.open_shard(attempt.attempt_id, LISTED[due_for(attempt)])},
        "due_at_ms": {"N": str(attempt.due_at_ms)},
    }


def _doubt(attempt: DialAttempt) -> Item:
    """Where an attempt is listed that nobody but a person looks after; nothing: it needs none."""
    if attempt.state is not AttemptState.DOUBTFUL and not attempt.set_aside:
        return {}
    since_ms = attempt.slot_at_ms or attempt.request.created_at_ms
    return {"open": {"S": keys.DOUBTS}, "due_at_ms": {"N": str(since_ms)}} | needs(since_ms)


def attempt_of(item: Mapping[str, Any]) -> DialAttempt:
    """Read an attempt back. Raises UnreadableItemError."""
    told = said_in(item, WITH_EVIDENCE) | _evidence_in(item)
    said = known_fields(DialAttempt, told) | _counted_beside(item)
    disposition, next_allowed_at = said.get("disposition"), said.get("next_allowed_at")
    return DialAttempt(
        **said
        | {
            "request": DialRequest(**known_fields(DialRequest, said["request"])),
            "state": AttemptState(said["state"]),
            "disposition": None if disposition is None else Disposition(disposition),
            "next_allowed_at": next_allowed_at and datetime.fromisoformat(next_allowed_at),
            "version": number(item, "revision") or 0,
        }
    )


def _packed(evidence: Mapping[str, object]) -> dict[str, str]:
    """As text, which whoever has no boto3 reads as well."""
    return {"S": b85encode(zlib.compress(dumps(evidence).encode(), level=9)).decode()}


def _evidence_in(item: Mapping[str, Any]) -> dict[str, Any]:
    """Of an item without any nothing: an earlier release has it in what the attempt says.

    Raises UnreadableItemError.
    """
    packed = text(item, EVIDENCE)
    if packed is None:
        return {}
    try:
        return {EVIDENCE: json.loads(zlib.decompress(b85decode(packed)))}
    except (ValueError, zlib.error):
        raise UnreadableItemError(EVIDENCE, "must be what was packed") from None


def _counted_beside(item: Mapping[str, Any]) -> dict[str, Any]:
    """What was counted with an attempt by those who could not read it (open_attempts.py)."""
    failures = number(item, UNREAD_FAILURES)
    if failures is None:
        return {}
    return {
        "failures": failures,
        "trouble": text(item, TROUBLE),
        "due_at_ms": None if text(item, "open") == keys.DOUBTS else number(item, "due_at_ms"),
    }


def number_in(item: Mapping[str, Any] | None) -> str | None:
    """Whom an attempt rings, E.164, whatever else is in its item and whichever release wrote it."""
    said = json.loads(text(item or {}, "said") or "{}")
    request = said.get("request") if isinstance(said, dict) else None
    number_said = request.get("number") if isinstance(request, dict) else None
    return number_said if isinstance(number_said, str) else None


def switch_of(item: Mapping[str, Any] | None) -> DialingSwitch:
    """Read the switch back; no item: not stopped."""
    if not item:
        return DialingSwitch()
    stopped = item.get("stopped", {}).get("BOOL", True)
    return DialingSwitch(stopped=stopped, version=number(item, "revision") or 0)


def gate_of(item: Mapping[str, Any] | None, campaign_id: str) -> CampaignGate | None:
    """As much of a campaign's item as a claim depends on; None when there is no campaign."""
    if not item:
        return None
    running = text(item, "state") == "running"
    return CampaignGate(
        campaign_id=campaign_id,
        running=running,
        version=number(item, "version") or 0,
        end_at_ms=number(item, "end_at_ms"),
    )

"""What must happen elsewhere because of what a caller left or booked. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import LEAD, DetailsLeft, MeetingBooked
from contact_center.records.domain.effects import Effect, EffectKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = {
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "company": "company",
    "interest": "interest",
}
_WORDS = {
    "name": "Name",
    "firstName": "First name",
    "lastName": "Last name",
    "email": "E-mail",
    "company": "Company",
    "interest": "Interest",
    "topic": "Topic",
}
NOTHING_SAID = "No details were left."


def effect_of_what_was_left(
    fact: MeetingBooked | DetailsLeft, *, customer: str, number: int, receiver: str
) -> Effect:
    """The effect of a stored fact at one receiver, the same however often it is made.

    Args:
        fact: What was booked (TASK, due when the meeting begins) or left (LEAD, SUBSCRIBE).
        customer: Whose it is: E.164, or `visit:<id>` of one who withheld his number.
        number: Its place among the effects of this customer, from 1.
        receiver: Where it is to happen.

    Returns:
        What it tells fits `records/domain/effect_fields.py`.
    """
    kind, told = _told(fact)
    words = f"{fact.call_id}\x1f{fact.key}\x1f{receiver}".encode("utf-8", "surrogatepass")
    return Effect(
        effect_id=hashlib.blake2b(words, digest_size=16).hexdigest(),
        customer=customer,
        number=number,
        kind=kind,
        receiver=receiver,
        told=told,
        caused_at_ms=fact.at_ms,
        call_id=fact.call_id,
    )


def _told(fact: MeetingBooked | DetailsLeft) -> tuple[EffectKind, dict[str, object]]:
    if isinstance(fact, MeetingBooked):
        body = _lines(fact.details)
        return EffectKind.TASK, {
            "title": "Meeting booked by telephone",
            "due_at_ms": fact.starts_at_ms,
            "body": body,
        }
    if fact.what == LEAD:
        known = {_NAMES[name]: said for name, said in fact.details.items() if name in _NAMES}
        return EffectKind.LEAD, {"said": _lines(fact.details), **known}
    agreed = {} if fact.agreed_at_ms is None else {"agreed_at_ms": fact.agreed_at_ms}
    return EffectKind.SUBSCRIBE, {
        "email": fact.details["email"],
        "topic": fact.details["topic"],
        **agreed,
    }


def _lines(details: Mapping[str, str]) -> str:
    said = [f"{_WORDS[name]}: {details[name]}" for name in _WORDS if name in details]
    return "\n".join(said) or NOTHING_SAID

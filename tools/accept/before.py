"""What has to be there before anything real rings, and whether the number may be rung now."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.kernel.environment import SettingsError
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.permission.adapters.dialing_rules_file import load_dialing_rules
from contact_center.permission.domain.consent import EXPRESS_WRITTEN, Consent
from contact_center.permission.domain.contact_permission import CallHistory, Contact, Gates
from contact_center.permission.domain.contactability import Deny, may_call
from local.demo.figures import PERSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.ports import Clock
    from tools.accept.callers import Script
    from tools.places import Place

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SOURCE = "test call to our own number, asked for by whoever runs make accept"
NEEDED = (
    "LIVE=1             so that nothing rings by accident",
    "TO=+14155550100    the number that is rung: ours at Vapi or Twilio, or of TEST_CALL_NUMBERS",
    "FROM=<id>          Vapi's id of another number of the account, from which the callers ring",
    "a set-up           ENV=dev, a deployed stack, or `make up` with VAPI_API_KEY in .env",
    "OPERATOR_TOKEN     that may read calls; of what runs here it is known",
)


class NotReadyError(Exception):
    """Nothing was called; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What real calls are told.

    Attributes:
        to: The number that is rung.
        from_id: Vapi's id of the number that rings.
        cap_usd: What may be spent.
    """

    to: str
    from_id: str
    cap_usd: float


def checked(to: str | None, from_id: str | None, cap_usd: float) -> Live:
    """What was told, if it is enough. Raises NotReadyError."""
    missing = [name for name, value in (("TO", to), ("FROM", from_id)) if not value]
    if missing or to is None or from_id is None:
        raise NotReadyError(" and ".join(missing) + (" are" if missing[1:] else " is") + " missing")
    if not E164.fullmatch(to):
        raise NotReadyError("TO must be a number such as +14155550100")
    if cap_usd <= 0:
        raise NotReadyError("CAP must be more than nothing, in USD")
    return Live(to=to, from_id=from_id, cap_usd=cap_usd)


def check_numbers(live: Live, place: Place, rings: str, ours: str) -> None:
    """Hold what is rung, and from where, to what is ours.

    Args:
        live: What was told.
        place: The set-up.
        rings: The number that rings, E.164; "" where it is none.
        ours: The set-up's number at Vapi, E.164; "" where it has none.

    Raises NotReadyError.
    """
    if not rings:
        raise NotReadyError("FROM is no telephone number of the account's: give Vapi's id of one")
    if rings == live.to:
        raise NotReadyError("FROM is the number that is rung: the callers need another")
    known = {place.values.get("TWILIO_PHONE_NUMBER", ""), ours, *test_numbers(place)}
    if live.to not in known:
        raise NotReadyError("TO is neither a number of this set-up nor one of TEST_CALL_NUMBERS")


def test_numbers(place: Place) -> Sequence[str]:
    """Telephones that test calls may ring. Raises NotReadyError."""
    try:
        return tuple(place.environment.numbers("TEST_CALL_NUMBERS"))
    except SettingsError as error:
        raise NotReadyError(str(error)) from None


def playable(scripts: Sequence[Script], place: Place) -> tuple[list[Script], list[str]]:
    """Who may ring, and who not: with some of them a person's telephone rings.

    Returns the scripts, and a sentence for each that is left out.
    """
    person = place.values.get("PERSON_NUMBER", "")
    if person and person in test_numbers(place):
        return list(scripts), []
    kept = [one for one in scripts if one.caller.expects.destination != PERSON]
    left = [
        f"{one.caller.name}: not played, for it rings a person: PERSON_NUMBER is not among "
        "TEST_CALL_NUMBERS"
        for one in scripts
        if one.caller.expects.destination == PERSON
    ]
    return kept, left


def refusal(to: str, clock: Clock, *, test_numbers: bool) -> str | None:
    """Why the number may not be rung at this moment, by the rules that hold for anybody.

    Args:
        to: The number, E.164.
        clock: For the time where it rings.
        test_numbers: Whether numbers that belong to nobody may be: where no carrier is.

    Returns None: it may be.
    """
    now = datetime.fromtimestamp(clock.now_ms() / 1000, tz=UTC)
    consent = Consent(kind=EXPRESS_WRITTEN, at=now, source=SOURCE)
    contact = Contact(purpose="informational", for_this_call=consent)
    rules = replace(load_dialing_rules(), allow_test_numbers=test_numbers)
    try:
        verdict = may_call(parse_phone_number(to), contact, CallHistory(), now, rules, Gates())
    except BadNumberError as error:
        return str(error)
    if not isinstance(verdict, Deny):
        return None
    after = verdict.next_allowed_at
    when = "never" if after is None else f"from {after.isoformat(timespec='minutes')} on"
    return f"{verdict.reason}; it may be {when}"

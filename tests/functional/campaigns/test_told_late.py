"""What an attempt came to that nobody told of at once, and what it says about our number."""

from __future__ import annotations

import json

from contact_center.campaigns.adapters.dynamodb_callers import DynamoDBCallers
from contact_center.campaigns.adapters.dynamodb_contacts import DynamoDBContacts
from contact_center.campaigns.domain.caller_numbers import (
    DEFAULT_NUMBER,
    FLAGGED,
    CallerTally,
    hour_of,
)
from contact_center.campaigns.domain.contacts import contact_id, put_off
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import HeardEnded
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.kernel.system_clock import SystemClock
from tests.fakes.raw_server import RawServer, answer
from tests.functional.campaigns.test_campaign_planner import NOON_MS, contact, rig, started
from tests.functional.dialing.dialing_rig import DialingRig, dial, now_ms, tick

__all__ = ["rig"]  # a fixture

AUTUMN = "autumn"
NOON_OF_THE_NEXT_DAY = "2026-07-09T17:00:00+00:00"


def rung(rig: DialingRig) -> str:
    """One of the campaign's calls rings."""
    started(rig)
    tick(rig.start("campaign_planner"))
    [said, *_] = rig.jobs()
    with RawServer(answer("201 Created", b'{"id": "call-1"}')) as vapi:
        rig.vapi_url = vapi.url
        dial(rig.start("dialer"), {"messageId": "m", "body": json.dumps(said)})
    return str(said["attemptId"])


def test_the_planner_finds_an_attempt_that_was_settled_and_tells_its_campaign(
    rig: DialingRig,
) -> None:
    name = rung(rig)
    ended = HeardEnded(
        posts=1,
        call_id="call-1",
        disposition=Disposition.BUSY,
        reason="customer-busy",
        ended_at_ms=now_ms(),
        now_ms=now_ms(),
    )
    settled = change_attempt(name, ended, rig.place.ledger)  # and nobody reports it
    assert settled is not None
    rig.settings = {"LOCAL_NOW": NOON_OF_THE_NEXT_DAY}
    planner = rig.start("campaign_planner")
    tick(planner)

    told = contact(planner, settled.request.number)
    assert [one.disposition for one in told.outcomes] == ["busy"]


def test_a_number_that_carriers_flag_rests(rig: DialingRig) -> None:
    callers = DynamoDBCallers(
        rig.account.client("dynamodb"), rig.account.contacts_table, SystemClock()
    )
    flagged = CallerTally(began_at_ms=hour_of(NOON_MS), rang=3, flagged=3)
    callers.add(DEFAULT_NUMBER, flagged)
    name = rung(rig)
    over = b'{"id": "call-1", "status": "ended", "endedReason": "customer-busy"}'
    with RawServer(answer("200 OK", over)) as vapi:
        rig.vapi_url = vapi.url
        rig.make_due(name)
        tick(rig.start("reconciler"))

    rest = callers.last_rest(DEFAULT_NUMBER)
    assert rest.reason == FLAGGED
    assert rest.until_ms > NOON_MS
    assert rig.attempt(name).reported


def test_a_call_that_did_not_ring_lets_another_campaign_call_that_telephone(
    rig: DialingRig,
) -> None:
    name = rung(rig)
    number = rig.attempt(name).request.number
    started(rig, AUTUMN)
    client, table = rig.account.client("dynamodb"), rig.account.contacts_table
    contacts = DynamoDBContacts(client, table, SystemClock(), 30)
    other = contact_id(AUTUMN, number)
    due = contacts.read(AUTUMN, other)
    assert due is not None
    contacts.move([ContactChange(before=due, after=put_off(due, NOON_MS * 2))])

    over = (
        b'{"id": "call-1", "status": "ended", "endedReason": "call.start.error-get-phone-number"}'
    )
    with RawServer(answer("200 OK", over)) as vapi:
        rig.vapi_url = vapi.url
        rig.make_due(name)
        tick(rig.start("reconciler"))

    assert rig.attempt(name).counts_at_ms is None
    sooner = contacts.read(AUTUMN, other)
    assert sooner is not None
    assert NOON_MS <= (sooner.due_at_ms or 0) < NOON_MS * 2

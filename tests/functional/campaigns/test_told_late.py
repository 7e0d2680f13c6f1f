"""What an attempt came to that nobody told of at once, and what it says about our number."""

from __future__ import annotations

import json

from contact_center.campaigns.adapters.dynamodb_callers import DynamoDBCallers
from contact_center.campaigns.domain.caller_numbers import (
    DEFAULT_NUMBER,
    FLAGGED,
    CallerTally,
    hour_of,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import HeardEnded
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.kernel.system_clock import SystemClock
from tests.fakes.raw_server import RawServer, answer
from tests.functional.campaigns.test_campaign_planner import NOON_MS, contact, rig, started
from tests.functional.dialing.dialing_rig import DialingRig, dial, now_ms, tick

__all__ = ["rig"]  # a fixture

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

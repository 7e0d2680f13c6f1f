"""What a call is about to book elsewhere, and has booked: in memory, and on the calls table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.adapters.call_reading import read_history
from contact_center.conversations.adapters.meeting_claims_lean import LeanMeetingClaims
from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.conversations.services.meeting_claims import Claimed
from contact_center.kernel.ports import StoreUnavailableError
from tests.contract.aws.test_queue_and_answers import KINDS, connection, real_account
from tests.fakes.clock import FakeClock
from tests.fakes.meeting_claims import FakeMeetingClaims

if TYPE_CHECKING:
    from contact_center.conversations.services.meeting_claims import MeetingClaims

AT_MS = 1_795_000_000_000
WANTED = MeetingBooked(
    call_id="call-1",
    at_ms=AT_MS,
    key="meeting",
    starts_at_ms=AT_MS + 86_400_000,
    ends_at_ms=AT_MS + 88_200_000,
    details={"name": "Zoë", "email": "zoe@example.com"},
)
OTHER = replace(WANTED, starts_at_ms=AT_MS + 90_000_000, ends_at_ms=AT_MS + 91_800_000)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(AT_MS)


@pytest.fixture(params=KINDS)
def claims(request: pytest.FixtureRequest, clock: FakeClock) -> MeetingClaims:
    if request.param == "fake":
        return FakeMeetingClaims(clock)
    account = real_account(request)
    lean = connection(request, account, "dynamodb")
    return LeanMeetingClaims(lean, account.calls_table, clock, 3_650)


def test_a_claim_is_read_as_it_was_made_and_made_once(
    claims: MeetingClaims, clock: FakeClock
) -> None:
    nothing = claims.read("call-1")
    assert nothing == Claimed()
    assert claims.claim(WANTED, nothing) == AT_MS
    assert claims.claim(OTHER, nothing) is None
    assert claims.read("call-1") == Claimed(None, WANTED, AT_MS)
    assert claims.read("call-2") == Claimed()
    clock.advance(60_000)
    assert claims.claim(OTHER, replace(claims.read("call-1"), claimed_ms=1)) is None
    assert claims.claim(OTHER, claims.read("call-1")) == AT_MS + 60_000
    assert claims.read("call-1") == Claimed(None, OTHER, AT_MS + 60_000)


def test_what_is_given_up_is_that_claim_and_no_later_one(
    claims: MeetingClaims, clock: FakeClock
) -> None:
    claims.claim(WANTED, Claimed())
    claims.give_up("call-1", AT_MS - 1)
    assert claims.read("call-1").wanted == WANTED
    claims.give_up("call-1", AT_MS)
    claims.give_up("call-1", AT_MS)
    assert claims.read("call-1") == Claimed()
    clock.advance(1)
    assert claims.claim(OTHER, Claimed()) == AT_MS + 1


def test_the_first_booking_of_a_call_stands(claims: MeetingClaims) -> None:
    claims.claim(WANTED, Claimed())
    assert claims.keep(WANTED) == WANTED
    assert claims.keep(OTHER) == WANTED
    known = claims.read("call-1")
    assert (known.meeting, known.wanted) == (WANTED, None)


@pytest.mark.emulator
def test_a_booking_is_a_fact_of_its_call_and_a_claim_is_none(
    request: pytest.FixtureRequest, clock: FakeClock
) -> None:
    account = real_account(request)
    lean = connection(request, account, "dynamodb")
    claims = LeanMeetingClaims(lean, account.calls_table, clock, 3_650)
    client = account.client("dynamodb")
    claims.claim(WANTED, Claimed())
    assert read_history(client, account.calls_table, "call-1").unrecorded == ()
    claims.keep(WANTED)
    assert read_history(client, account.calls_table, "call-1").unrecorded == (WANTED,)
    gone = LeanMeetingClaims(lean, "no-such-table", clock, 3_650)
    with pytest.raises(StoreUnavailableError):
        gone.read("call-1")

"""Calls that broke off: offered to one caller, what is asked is a fact, what was said read back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.call_items import record_item
from contact_center.conversations.adapters.call_reading import read_history
from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory
from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.conversations.adapters.resumptions_lean import (
    LeanEarlierTalks,
    LeanResumptions,
)
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import ResumeOffered
from contact_center.conversations.domain.resuming import Talk
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.kernel.ports import StoreUnavailableError
from tests.contract.aws.test_queue_and_answers import (
    BEGAN_MS,
    CUSTOMER,
    KINDS,
    connection,
    earlier,
    real_account,
    remember,
)
from tests.fakes.clock import FakeClock
from tests.fakes.resumptions import FakeResumptions
from tests.unit.conversations.histories import History

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.callers import Resumptions
    from tests.emulator import Account

EXPIRES_S = 4_000_000_000
OFFERED = ResumeOffered(
    call_id="", at_ms=BEGAN_MS, key="resume", earlier="call-1", department="billing"
)


@pytest.mark.emulator
def test_what_tells_whether_a_call_broke_off_is_remembered(
    request: pytest.FixtureRequest,
) -> None:
    account = real_account(request)
    parted = replace(earlier("call-4", 4), visit_post="v-CA1.1", goodbye_at_ms=BEGAN_MS)
    parted = replace(parted, names=("Ada Lovelace",))
    remember(account, parted, BEGAN_MS + 4 * 60_000)
    lean = LeanCallMemory(connection(request, account, "dynamodb"), account.calls_table)
    assert lean.latest_calls_of(CUSTOMER, but_not=None)[0] == parted


@dataclass
class ResumptionsUnderTest:
    resumptions: Resumptions
    broken: Resumptions


@pytest.fixture(params=KINDS)
def offers(request: pytest.FixtureRequest) -> ResumptionsUnderTest:
    if request.param == "fake":
        return ResumptionsUnderTest(FakeResumptions(), FakeResumptions(down=True))
    account = real_account(request)
    to_dynamodb = connection(request, account, "dynamodb")
    clock = FakeClock(BEGAN_MS)
    return ResumptionsUnderTest(
        LeanResumptions(to_dynamodb, account.calls_table, clock, 90),
        LeanResumptions(to_dynamodb, "no-such-table", clock, 90),
    )


def test_a_call_that_broke_off_is_offered_to_one_caller(offers: ResumptionsUnderTest) -> None:
    assert offers.resumptions.offer("call-1", "call-2")
    assert offers.resumptions.offer("call-1", "call-2")  # told again
    assert not offers.resumptions.offer("call-1", "call-3")
    assert offers.resumptions.offer("call-9", "call-3")
    with pytest.raises(StoreUnavailableError):
        offers.broken.offer("call-1", "call-2")
    with pytest.raises(StoreUnavailableError):
        offers.broken.asked(OFFERED, "call-2")


@pytest.mark.emulator
def test_what_a_call_begins_with_is_a_fact_of_it_and_the_offer_none(
    request: pytest.FixtureRequest,
) -> None:
    account = real_account(request)
    lean = LeanResumptions(
        connection(request, account, "dynamodb"), account.calls_table, FakeClock(BEGAN_MS), 90
    )
    lean.asked(OFFERED, "call-2")
    lean.asked(OFFERED, "call-2")
    lean.offer("call-2", "call-3")
    client = account.client("dynamodb", watched=False)
    history = read_history(client, account.calls_table, "call-2")
    assert history.unrecorded == (replace(OFFERED, call_id="call-2"),)
    assert history.facts == ()


@pytest.mark.emulator
def test_what_was_said_in_a_call_is_read_back(request: pytest.FixtureRequest) -> None:
    account = real_account(request)
    to_dynamodb = connection(request, account, "dynamodb")
    talks = LeanEarlierTalks(to_dynamodb, account.calls_table)
    assert talks.of("call-1") == Talk()
    call = History("call-1").says("my bill").after(900).assistant_says("Which one?")
    record = merge_all("call-1", call.facts)
    told = replace(record, registers=record.registers | {"summary": (BEGAN_MS, "About a bill.")})
    items = [record_item(told, CallGlance(destination="billing"), 0, EXPIRES_S)]
    items += [fact_item(fact, EXPIRES_S) for fact in call.facts]
    for item in items:
        account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)
    assert talks.of("call-1") == Talk(
        summary="About a bill.",
        turns=(("customer", "my bill"), ("assistant", "Which one?")),
        destination="billing",
    )
    with pytest.raises(StoreUnavailableError):
        LeanEarlierTalks(to_dynamodb, "no-such-table").of("call-1")


def put(account: Account, *items: dict[str, Any]) -> None:
    for item in items:
        account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)


@pytest.mark.emulator
def test_of_a_long_talk_only_the_end_is_read(account: Account) -> None:
    call = History("call-1")
    for said in "abcde":
        call.after(100).says(said)
    put(account, *(fact_item(fact, EXPIRES_S) for fact in call.facts))
    talks = LeanEarlierTalks(account.lean(), account.calls_table, turns=2)
    assert talks.of("call-1").turns == (("customer", "d"), ("customer", "e"))


@pytest.mark.emulator
@pytest.mark.parametrize(
    "merged",
    ["{}", "{", "[]", '{"registers": {"summary": 7}}', '{"registers": {"summary": [1, 7]}}'],
)
def test_a_summary_of_another_form_is_none(account: Account, merged: str) -> None:
    key = {"pk": {"S": "CALL#call-1"}, "sk": {"S": "RECORD"}}
    put(account, key | {"destination": {"S": "support"}, "merged": {"S": merged}})
    talks = LeanEarlierTalks(account.lean(), account.calls_table)
    assert talks.of("call-1") == Talk(destination="support")


@pytest.mark.emulator
def test_a_turn_of_a_later_release_is_passed_over(account: Account) -> None:
    call = History("call-1").says("Hello.").after(900).says("New.")
    known, newer = (fact_item(fact, EXPIRES_S) for fact in call.facts)
    put(account, known, newer | {"version": {"N": "99"}})
    talks = LeanEarlierTalks(account.lean(), account.calls_table)
    assert talks.of("call-1").turns == (("customer", "Hello."),)

"""What callers leave: kept once, as a fact of the call; fake and table alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.adapters.call_reading import read_history
from contact_center.conversations.adapters.left_details_lean import LeanLeftDetails
from contact_center.conversations.domain.facts import LEAD, DetailsLeft
from contact_center.kernel.ports import StoreUnavailableError
from tests.contract.aws.test_queue_and_answers import BEGAN_MS, KINDS, connection, real_account
from tests.fakes.clock import FakeClock
from tests.fakes.left_details import FakeLeftDetails

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.left_details import LeftDetails

LEFT = DetailsLeft(
    call_id="call-1", at_ms=BEGAN_MS, key="lead:0a", what=LEAD, details={"firstName": "Zoë ☎"}
)


@dataclass
class DetailsUnderTest:
    details: LeftDetails
    broken: LeftDetails


@pytest.fixture(params=KINDS)
def under_test(request: pytest.FixtureRequest) -> DetailsUnderTest:
    if request.param == "fake":
        return DetailsUnderTest(FakeLeftDetails(), FakeLeftDetails(down=True))
    account = real_account(request)
    to_dynamodb, clock = connection(request, account, "dynamodb"), FakeClock(BEGAN_MS)
    return DetailsUnderTest(
        LeanLeftDetails(to_dynamodb, account.calls_table, clock, 3_650),
        LeanLeftDetails(to_dynamodb, "no-such-table", clock, 3_650),
    )


def test_it_is_known_when_these_very_details_of_this_call_were_first_read_back(
    under_test: DetailsUnderTest,
) -> None:
    details = under_test.details
    assert details.read_back_at_ms(LEFT) is None
    details.note_read_back(LEFT)
    details.note_read_back(replace(LEFT, at_ms=BEGAN_MS + 9_000))
    assert details.read_back_at_ms(LEFT) == BEGAN_MS
    assert details.read_back_at_ms(replace(LEFT, key="lead:0b")) is None
    assert details.read_back_at_ms(replace(LEFT, call_id="call-2")) is None


def test_a_table_that_is_away_says_so(under_test: DetailsUnderTest) -> None:
    with pytest.raises(StoreUnavailableError):
        under_test.broken.note_read_back(LEFT)
    with pytest.raises(StoreUnavailableError):
        under_test.broken.read_back_at_ms(LEFT)
    with pytest.raises(StoreUnavailableError):
        under_test.broken.keep(LEFT)


@pytest.mark.emulator
def test_what_is_kept_is_a_fact_once_and_what_is_read_back_names_nobody(
    request: pytest.FixtureRequest,
) -> None:
    account = real_account(request)
    to_dynamodb = connection(request, account, "dynamodb")
    details = LeanLeftDetails(to_dynamodb, account.calls_table, FakeClock(BEGAN_MS), 3_650)
    client = account.client("dynamodb", watched=False)
    details.note_read_back(LEFT)
    [noted] = client.scan(TableName=account.calls_table, ConsistentRead=True)["Items"]
    assert noted.keys() == {"pk", "sk", "at_ms", "expires_at"}
    assert read_history(client, account.calls_table, "call-1").unrecorded == ()

    details.keep(LEFT)
    details.keep(replace(LEFT, at_ms=BEGAN_MS + 9_000))  # the first stands
    assert read_history(client, account.calls_table, "call-1").unrecorded == (LEFT,)

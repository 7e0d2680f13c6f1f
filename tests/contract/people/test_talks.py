"""Talks with assistants as a person is told of them, from the table of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.connection import AwsUnavailableError
from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.adapters.talks_lean import LATEST_TURNS, LeanTalks
from contact_center.people.services.visit_briefs import Talk

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

CALL = "call-1"
EXPIRES_S = 1_900_000_000


def heard(at_ms: int, text: str, role: Any = "customer", call_id: str = CALL) -> UtteranceHeard:
    return UtteranceHeard(
        call_id=call_id, key=f"u-{at_ms}", at_ms=at_ms, role=role, text=text, final=True
    )


def put(account: Account, *facts: UtteranceHeard) -> None:
    for fact in facts:
        item = fact_item(fact, EXPIRES_S)
        account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)


def record(account: Account, merged: str) -> None:
    item = {
        "pk": {"S": f"CALL#{CALL}"},
        "sk": {"S": "RECORD"},
        "destination": {"S": "support"},
        "merged": {"S": merged},
    }
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)


def talks(account: Account) -> LeanTalks:
    return LeanTalks(account.lean(), account.calls_table)


def test_of_a_call_that_nobody_knows_nothing_is_told(account: Account) -> None:
    assert talks(account).of(CALL) == Talk()


def test_what_the_caller_said_last_comes_first_and_is_his_own(account: Account) -> None:
    put(
        account,
        heard(1_000, "Hello."),
        heard(2_000, "How can I help?", "assistant"),
        heard(3_000, "I was charged twice, José said."),
        heard(4_000, "Somebody else.", call_id="call-2"),
    )
    record(account, '{"registers": {"summary": [5, "Charged twice."]}}')
    assert talks(account).of(CALL) == Talk(
        "support", "Charged twice.", ("I was charged twice, José said.", "Hello.")
    )


def test_of_a_long_talk_only_the_end_is_read(account: Account) -> None:
    put(account, *(heard(at, f"{at}") for at in range(1_000, 1_000 + 3 * LATEST_TURNS)))
    words = talks(account).of(CALL).words
    assert len(words) == LATEST_TURNS
    assert words[0] == f"{999 + 3 * LATEST_TURNS}"


@pytest.mark.parametrize(
    "merged",
    ["{}", "{", "[]", '{"registers": {"summary": 7}}', '{"registers": {"summary": [1, 7]}}'],
)
def test_a_summary_of_another_form_is_none(account: Account, merged: str) -> None:
    record(account, merged)
    assert talks(account).of(CALL) == Talk("support")


def test_a_turn_of_a_later_release_is_passed_over(account: Account) -> None:
    put(account, heard(1_000, "Hello."))
    newer = fact_item(heard(2_000, "New."), EXPIRES_S) | {"version": {"N": "99"}}
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=newer)
    assert talks(account).of(CALL).words == ("Hello.",)


def test_a_table_that_does_not_answer_is_told() -> None:
    class Down:
        def call(self, *_: object) -> None:
            raise AwsUnavailableError

    with pytest.raises(StoreUnavailableError):
        LeanTalks(Down(), "calls").of(CALL)  # type: ignore[arg-type]

"""The fake and the real store of visits: what holds of the one holds of the other."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.kernel.environment import Environment
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits
from contact_center.visits.adapters.visit_items import visit_key
from contact_center.visits.domain.legs import LegChanged, LegStatus
from contact_center.visits.domain.supervision import Mode, ModeSince, Supervision
from contact_center.visits.domain.visit_parts import (
    AsksAbout,
    LateAnswer,
    Message,
    Post,
    PostState,
    Stage,
    Told,
    WaitSaid,
    Wish,
)
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.visit_ports import Kept
from tests.fakes.clock import FakeClock
from tests.fakes.visits import FakeVisits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.visits.services.visit_ports import Visits
    from tests.emulator import Account

LEG = "CA" + "1" * 32
ID = f"v-{LEG}"
AT_MS = 1_900_000_000_000
CAME = Visit(visit_id=ID, stage=Stage.CAME, began_ms=AT_MS)
FULL = Visit(
    visit_id=ID,
    caller="+12125550199",
    called="+14155550100",
    department="support",
    began_ms=AT_MS,
    ended_ms=AT_MS + 9,
    place_ms=AT_MS + 1,
    stage=Stage.TALKING,
    stage_ms=AT_MS + 2,
    legs={LEG: LegChanged(leg=LEG, status=LegStatus.COMPLETED, sequence=3, seconds=7)},
    posts={
        f"{ID}.1": Post(
            state=PostState.PLACED,
            at_ms=AT_MS,
            call_id="call-1",
            reason="x",
            came_to="y",
            reported=True,
        ),
        f"{ID}.2": Post(
            state=PostState.PLACED,
            at_ms=AT_MS,
            joined_ms=AT_MS + 4,
            late=LateAnswer(AT_MS, "x"),
            asks=AsksAbout(AT_MS, "call-0", "billing"),
        ),
    },
    endings={"served": "assistant-ended-call"},
    recordings=frozenset({"RE2", "RE1"}),
    messages={
        "RE1": Message(at_ms=AT_MS + 5, seconds=7, text="Call me."),
        "RE2": Message(at_ms=AT_MS + 6),
    },
    attended_ms=AT_MS + 6,
    wishes={
        f"{ID}.1.3": Wish(whose="billing", at_ms=AT_MS + 2),
        f"{ID}.1.4": Wish(whose=None, at_ms=AT_MS + 3),
    },
    told={f"{ID}.1.3": Told(at_ms=AT_MS + 3, what="not_reached")},
    wait_said=WaitSaid(AT_MS + 1, 5, 8),
    breaks_ms=AT_MS + 9,
    judged_ms=AT_MS + 10,
    supervised={
        "1": Supervision(
            person_id="carla",
            by="Olga",
            offer_id=f"{ID}.1",
            asked_ms=AT_MS + 4,
            begun_ms=AT_MS + 5,
            leg="CA" + "3" * 32,
            wanted=frozenset({ModeSince(AT_MS + 7, Mode.BARGE)}),
            entered=frozenset(
                {ModeSince(AT_MS + 6, Mode.LISTEN), ModeSince(AT_MS + 7, Mode.BARGE)}
            ),
            ended_ms=AT_MS + 8,
            because="left",
        ),
        "2": Supervision(person_id="dora", by="Olga", offer_id=f"{ID}.2", asked_ms=AT_MS + 4),
    },
    answer_ms=AT_MS + 3,
    answer="<Response/>",
)


@pytest.fixture
def connected(account: Account) -> Iterator[DynamoDBVisits]:
    aws = LeanAws(AwsSettings.read(Environment(account.environment)))
    words = map(str, itertools.count())
    yield DynamoDBVisits(
        aws.connection("dynamodb"), account.calls_table, FakeClock(AT_MS), 90, lambda: next(words)
    )
    aws.close()


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def visits(request: pytest.FixtureRequest) -> Visits:
    found: Visits = (
        FakeVisits() if request.param == "fake" else request.getfixturevalue("connected")
    )
    return found


def test_open_wishes_are_listed_by_time_exactly_while_somebody_has_to_find_a_person(
    visits: Any,
) -> None:
    for number, name in enumerate(("v-CA-b", "v-CA-a", "v-CA-later")):
        wish = Wish(whose="billing", at_ms=AT_MS + 10 * number)
        talks = Visit(visit_id=name, stage=Stage.TALKING, wishes={f"{name}.1.1": wish})
        assert visits.write(talks, 0) is None
    assert visits.write(replace(FULL, ended_ms=None), 0) is None  # nobody any more
    assert list(visits.wished(AT_MS - 1, 10)) == []
    assert list(visits.wished(AT_MS + 10, 10)) == ["v-CA-b", "v-CA-a"]
    assert list(visits.wished(AT_MS + 10, 1)) == ["v-CA-b"]
    told = Told(at_ms=AT_MS + 11, what="not_reached")
    assert visits.write(replace(visits.read("v-CA-b").visit, told={"v-CA-b.1.1": told}), 1) is None
    assert list(visits.wished(AT_MS + 10, 10)) == ["v-CA-a"]


def test_breaks_are_listed_by_time_until_somebody_has_judged_them(visits: Any) -> None:
    for number, name in enumerate(("v-CA-b", "v-CA-a", "v-CA-later")):
        broke = Visit(visit_id=name, ended_ms=AT_MS, breaks_ms=AT_MS + 10 * number)
        assert visits.write(broke, 0) is None
    assert list(visits.unjudged(AT_MS + 10, 10)) == ["v-CA-b", "v-CA-a"]
    assert list(visits.unjudged(AT_MS + 10, 1)) == ["v-CA-b"]
    assert list(visits.wished(AT_MS + 10, 10)) == []
    assert visits.write(replace(visits.read("v-CA-b").visit, judged_ms=AT_MS + 11), 1) is None
    assert list(visits.unjudged(AT_MS + 10, 10)) == ["v-CA-a"]


def test_a_visit_that_nobody_began_is_none(visits: Visits) -> None:
    assert visits.read(ID) is None


@pytest.mark.parametrize("visit", [CAME, FULL], ids=["little", "all"])
def test_what_is_written_is_read(visits: Visits, visit: Visit) -> None:
    assert visits.write(visit, 0) is None
    assert visits.read(ID) == Kept(visit, 1)


def test_of_two_who_begin_a_visit_one_is_told_of_the_other(visits: Visits) -> None:
    assert visits.write(CAME, 0) is None
    assert visits.write(FULL, 0) == Kept(CAME, 1)
    assert visits.read(ID) == Kept(CAME, 1)


def test_who_has_read_an_older_visit_is_told_what_stands(visits: Visits) -> None:
    visits.write(CAME, 0)
    assert visits.write(FULL, 1) is None
    assert visits.write(replace(CAME, department="sales"), 1) == Kept(FULL, 2)
    assert visits.read(ID) == Kept(FULL, 2)


def test_a_visit_that_has_gone_is_not_written_over(visits: Visits) -> None:
    with pytest.raises(StoreUnavailableError):
        visits.write(CAME, 3)
    assert visits.read(ID) is None


@pytest.mark.emulator
def test_a_visit_is_kept_as_long_as_a_call_and_found_by_its_caller_apart_from_his_calls(
    connected: DynamoDBVisits, account: Account
) -> None:
    connected.write(FULL, 0)
    client = account.client("dynamodb", watched=False)
    [item] = client.scan(TableName=account.calls_table)["Items"]
    assert int(item["expires_at"]["N"]) == AT_MS // 1000 + 90 * 86_400
    assert item["pk"]["S"] == keys.visit(ID)
    for index in client.describe_table(TableName=account.calls_table)["Table"][
        "GlobalSecondaryIndexes"
    ]:
        found = client.scan(TableName=account.calls_table, IndexName=index["IndexName"])
        marked = index["IndexName"] == "effects-by-due-time"  # it is over, and to be counted
        if index["IndexName"] == "by-customer":
            assert [one["pk"] for one in found["Items"]] == [item["pk"]]
            continue
        assert [one["effects"]["S"] for one in found["Items"]] == ["TO_COUNT"] * marked
    assert item["customer"] == {"S": f"VISIT#{FULL.caller}"}


@pytest.mark.emulator
def test_a_later_release_s_visit_is_not_written_over(
    connected: DynamoDBVisits, account: Account
) -> None:
    connected.write(CAME, 0)
    account.client("dynamodb").update_item(
        TableName=account.calls_table,
        Key=visit_key(ID),
        UpdateExpression="SET #version = :two",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":two": {"N": "2"}},
    )
    with pytest.raises(UnreadableItemError):
        connected.read(ID)
    with pytest.raises(UnreadableItemError):
        connected.write(FULL, 0)


@pytest.mark.emulator
def test_a_write_that_is_sent_twice_is_known_as_one_s_own(
    connected: DynamoDBVisits, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connected._connection
    exchange = connection._exchange
    lost = iter([True])

    def losing(*request: object) -> tuple[int, bytes]:
        status, said = exchange(*request)  # type: ignore[arg-type]
        return (500, b"") if next(lost, False) else (status, said)

    monkeypatch.setattr(connection, "_exchange", losing)
    assert connected.write(CAME, 0) is None
    assert connected.read(ID) == Kept(CAME, 1)


@pytest.mark.emulator
def test_who_left_a_message_is_listed_until_somebody_attends_to_it(
    connected: DynamoDBVisits,
) -> None:
    left = replace(FULL, attended_ms=None)
    connected.write(left, 0)
    assert connected.left(10) == ([left], True)
    connected.write(FULL, 1)
    assert connected.left(10) == ([], True)

"""What customers left for people to do: judged alike everywhere, told in part, noticed in time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallSeen, MeetingBooked, ToolCalled
from contact_center.conversations.domain.follow_ups import left_by
from contact_center.conversations.services.follow_ups import (
    FollowUpDesk,
    FollowUpWatch,
    attend_to,
    count_overdue,
    list_follow_ups,
)
from contact_center.conversations.services.ports.follow_ups import FollowUp, FollowUpPage
from contact_center.kernel.ports import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.fact_queue import FakeFactQueue
from tests.fakes.fake_door import NOW_MS, FakeDoor
from tests.fakes.tool_answers import FakeToolAnswers
from tests.unit.conversations.vapi_questions import use

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR_MS = 3_600_000
LEFT: dict[str, Any] = {
    "takeMessage": {"about": "my bill", "callAt": "at nine"},
    "takeEmail": {"email": "ada@example.com"},
    "takeCancellation": {"contract": "gold", "endsOn": "May"},
}


def called(**more: Any) -> ToolCalled:
    fields: dict[str, Any] = {
        "call_id": "call 1/ä",
        "at_ms": NOW_MS,
        "key": "tool:t1",
        "tool_call_id": "t1",
        "name": "takeMessage",
        "arguments": {"about": "my bill", "count": 2},
        "follow_up": "message",
        **more,
    }
    return ToolCalled(**fields)


@dataclass
class FakeFollowUps:
    """What waits, in memory; the table's own are in contract/conversations/test_follow_ups.py."""

    facts: Sequence[ToolCalled | MeetingBooked] = field(default_factory=list)
    attended: dict[tuple[str, str], int] = field(default_factory=dict)
    down: bool = False
    number: str = "+14155550123"

    def waiting(self, limit: int, cursor: str | None) -> FollowUpPage:
        assert cursor is None
        record = merge_all(
            called().call_id,
            [
                CallSeen(
                    call_id=called().call_id,
                    at_ms=NOW_MS,
                    key="seen",
                    customer_number=self.number,
                    customer_name="Ada",
                )
            ],
        )
        found = [
            FollowUp(called=fact, asked_at_ms=fact.at_ms, record=record)
            for fact in self.facts[:limit]
        ]
        return FollowUpPage(found, None)

    def oldest_at_ms(self) -> int | None:
        if self.down:
            raise StoreUnavailableError
        return min((fact.at_ms for fact in self.facts), default=None)

    def attend(self, call_id: str, key: str, at_ms: int) -> int | None:
        if (call_id, key) not in {(fact.call_id, fact.key) for fact in self.facts}:
            return None
        return self.attended.setdefault((call_id, key), at_ms)


def desk(*facts: ToolCalled | MeetingBooked) -> FollowUpDesk:
    return FollowUpDesk(
        follow_ups=FakeFollowUps(list(facts)),
        clock=FakeClock(NOW_MS),
        forbidden=lambda _numbers: (),
    )


def listed(one: FollowUpDesk, *, whole: bool = True) -> Any:
    return list_follow_ups(one, 10, None, whole=whole)["followUps"]


def test_an_operator_is_told_who_and_what_and_a_viewer_that_something_waits() -> None:
    [whole] = listed(desk(called()))
    [part] = listed(desk(called()), whole=False)
    assert whole["said"] == {"about": "my bill", "count": "2"}
    assert (whole["customerNumber"], whole["customerName"]) == ("+14155550123", "Ada")
    told: Any = {"customerNumber": "+1415•••0123", "customerName": None, "said": {}}
    assert part == whole | told
    assert whole["kind"] == "message"


def test_whose_number_nobody_is_to_call_by_now_is_said_with_what_he_left() -> None:
    asked: list[list[str]] = []

    def forbidden(numbers: Sequence[str]) -> set[str]:
        asked.append(list(numbers))
        return {"+14155550123"}

    written = FakeFollowUps([called()], number="+1 (415) 555-0123")
    one = replace(desk(), follow_ups=written, forbidden=forbidden)
    assert [row["doNotCall"] for row in (*listed(one), *listed(one, whole=False))] == [True, True]
    assert asked == [["+14155550123"]] * 2
    assert [row["doNotCall"] for row in listed(desk(called()))] == [False]


def test_a_meeting_is_listed_with_its_time_and_a_viewer_is_told_none_of_it() -> None:
    booked = MeetingBooked(
        call_id=called().call_id,
        at_ms=NOW_MS,
        key="meeting",
        starts_at_ms=1_796_137_200_000,
        ends_at_ms=1_796_139_000_000,
        details={"name": "Ada"},
    )
    one = desk(booked)
    [whole], [part] = listed(one), listed(one, whole=False)
    assert (whole["kind"], part["said"]) == ("booking", {})
    assert whole["said"] == {"startsAt": "2026-12-01T15:00:00.000Z", "name": "Ada"}
    assert attend_to(one, whole["id"]) is not None


def test_the_id_that_is_told_is_the_one_that_is_attended_to() -> None:
    one = desk(called())
    [told] = listed(one)
    at = attend_to(one, told["id"])
    assert at == {"id": told["id"], "attendedAt": told["askedAt"]}
    assert attend_to(one, told["id"]) == at


@pytest.mark.parametrize("word", ["nobody", "", "~", "~W10", "~ä", "~" + "W" * 999, "[]", "null"])
def test_an_id_that_nobody_told_is_nothing(word: str) -> None:
    assert attend_to(desk(called()), word) is None


@pytest.mark.parametrize(
    ("age_ms", "overdue"), [(24 * HOUR_MS, 0), (24 * HOUR_MS + 1, 1), (0, 0), (None, 0)]
)
def test_what_waits_for_too_long_is_counted(age_ms: int | None, overdue: int) -> None:
    facts = [] if age_ms is None else [called(), called(at_ms=NOW_MS - age_ms)]
    metrics = CountedMetrics()
    watch = FollowUpWatch(
        follow_ups=FakeFollowUps(facts), clock=FakeClock(NOW_MS), metrics=metrics, hours=24
    )
    count_overdue(watch)
    assert len(metrics.of("follow_up_overdue")) == overdue


def test_a_table_that_is_down_ends_no_tick() -> None:
    metrics = CountedMetrics()
    follow_ups = FakeFollowUps(down=True)
    count_overdue(
        FollowUpWatch(follow_ups=follow_ups, clock=FakeClock(NOW_MS), metrics=metrics, hours=24)
    )
    assert metrics.of("read_failed") == [{"read": "follow_ups"}]


@pytest.mark.parametrize(("name", "arguments"), LEFT.items())
def test_door_and_router_judge_what_was_left_alike(name: str, arguments: dict[str, Any]) -> None:
    door = FakeDoor()
    assert use(door, name, arguments)["result"].startswith("Stored")
    ((fact, _),) = door.tool_answers.stored.values()
    assert fact.follow_up == left_by(name, arguments)
    assert left_by(name, {}) is None


@pytest.mark.parametrize(("name", "arguments"), LEFT.items())
@pytest.mark.parametrize("tool_call_id", ["t1", None])
@pytest.mark.parametrize(
    ("table", "queue"), [(True, True), (True, False), (False, True), (False,) * 2]
)
def test_nothing_is_said_to_be_stored_that_is_nowhere(
    name: str, arguments: dict[str, Any], tool_call_id: str | None, *, table: bool, queue: bool
) -> None:
    door = FakeDoor(
        tool_answers=FakeToolAnswers(down=not table), queue=FakeFactQueue(down=not queue)
    )
    answer = use(door, name, arguments, tool_call_id)
    kept = queue or (table and tool_call_id is not None)
    assert ("result" in answer) is kept
    if not kept:
        assert answer["error"].startswith("Not stored: say that it could not be noted")


def test_a_tool_call_of_no_call_promises_nothing() -> None:
    door = FakeDoor()
    asked = {"id": "t1", "name": "takeMessage", "arguments": LEFT["takeMessage"]}
    response = door.tell({"message": {"type": "tool-calls", "toolCallList": [asked]}})
    assert "Not stored" in response.body

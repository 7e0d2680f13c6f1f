"""What was decided is done once, in time, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.domain.deciding.call_commands import (
    Handoff,
    Instruct,
    Say,
    Transfer,
)
from contact_center.conversations.domain.deciding.carrying_out import ACTION_FRESH_MS
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.folding.conversation_state import ConversationState
from contact_center.conversations.services.act_on_decisions import (
    Acted,
    ActParts,
    act_on_decisions,
)
from contact_center.conversations.services.ports.calls import FAILED, CallGlance, ControlOutcome
from contact_center.conversations.services.record_parts import Recorded
from contact_center.understanding.domain.routes import PERSON
from tests.fakes.call_control import FakeCallControl
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.unit.conversations.histories import BEGAN_MS, CALL_ID, PERSON_NUMBER, POLICY, departments

CONTROL_URL = "https://x.vapi.ai/control"
RECORD = CallRecord(
    call_id=CALL_ID, status="in-progress", registers={"control_url": (BEGAN_MS, CONTROL_URL)}
)


@dataclass
class World:
    store: FakeCallStore = field(default_factory=FakeCallStore)
    control: FakeCallControl = field(default_factory=FakeCallControl)
    clock: FakeClock = field(default_factory=lambda: FakeClock(BEGAN_MS))
    by_name: bool = False
    metrics: CountedMetrics = field(default_factory=CountedMetrics)

    def committed(
        self,
        *decisions: Decision,
        record: CallRecord = RECORD,
        turn: int = 0,
        wanted: str | None = None,
        arrived: bool = False,
        outbound: bool = False,
    ) -> Recorded:
        """The call after these decisions were committed; it wants what the last one does."""
        history = self.store.read(CALL_ID)
        if not history.decisions:
            self.store.commit(history, record, [], decisions, CallGlance())
        history = self.store.read(CALL_ID)
        moves = [one.department for one in history.decisions if one.department]
        destination = wanted or (moves[-1] if moves else None)
        return Recorded(
            record=record,
            state=ConversationState(
                turn=turn, destination=destination, arrived=arrived, outbound=outbound
            ),
            decisions=history.decisions,
            new=decisions,
            actions=history.actions,
            failed=[n for n, mark in history.actions.items() if mark.outcome in FAILED],
        )

    def act(
        self, recorded: Recorded, heard_at_ms: int | None = None, *, on_list: bool = False
    ) -> Acted:
        return act_on_decisions(
            recorded,
            self.clock.now_ms() if heard_at_ms is None else heard_at_ms,
            ActParts(
                store=self.store,
                control=self.control,
                clock=self.clock,
                metrics=self.metrics,
                policy=POLICY,
                departments=departments(),
                handoff_by_name=self.by_name,
            ),
            on_list=on_list,
        )

    def outcome(self, number: int = 1) -> ControlOutcome | None:
        return self.store.read(CALL_ID).actions[number].outcome


def decision(
    kind: ActionKind, department: str | None = None, number: int = 1, turn: int = 0
) -> Decision:
    return Decision(
        call_id=CALL_ID,
        number=number,
        kind=kind,
        department=department,
        turn=turn,
        reason="final",
        decided_at_ms=BEGAN_MS,
        desire=f"{kind}:1",
    )


ROUTE = decision(ActionKind.ROUTE, "billing")
CLARIFY = decision(ActionKind.CLARIFY)


def test_a_route_hands_the_caller_to_the_departments_assistant() -> None:
    world = World()
    world.act(world.committed(ROUTE))
    ((url, command),) = world.control.sent
    assert url == CONTROL_URL
    assert isinstance(command, Handoff)
    assert (command.assistant, command.whole) == ("billing", True)
    assert world.outcome() is ControlOutcome.SENT
    assert world.metrics.of("actions") == [{"kind": "route", "outcome": "sent"}]


@pytest.mark.parametrize("by_name", [False, True])
def test_in_a_call_of_ours_the_assistant_is_sent_along(by_name: bool) -> None:  # noqa: FBT001
    world = World(by_name=by_name)
    world.act(world.committed(ROUTE, outbound=True))
    (command,) = world.control.commands
    assert isinstance(command, Handoff)
    assert (command.assistant, command.whole) == ("billing", True)


def test_where_an_owner_chose_names_a_caller_s_assistant_is_named() -> None:
    world = World(by_name=True)
    world.act(world.committed(ROUTE))
    (command,) = world.control.commands
    assert isinstance(command, Handoff)
    assert not command.whole


def test_where_a_name_was_refused_the_next_assistant_is_sent_along() -> None:
    world = World(control=FakeCallControl(outcomes=[ControlOutcome.REFUSED]), by_name=True)
    world.act(world.committed(ROUTE))
    to_sales = decision(ActionKind.ROUTE, "sales", number=2)
    recorded = world.committed()
    world.store.commit(world.store.read(CALL_ID), RECORD, [], [to_sales], CallGlance())
    world.act(replace(world.committed(wanted="sales"), actions=recorded.actions))
    wholes = [command.whole for command in world.control.commands if isinstance(command, Handoff)]
    assert wholes == [False, True]


@pytest.mark.parametrize(
    ("outcome", "failed"),
    [
        (ControlOutcome.REFUSED, True),
        (ControlOutcome.NOT_SENT, True),
        (ControlOutcome.UNKNOWN, False),
        (ControlOutcome.SENT, False),
    ],
)
def test_only_what_was_certainly_not_done_may_be_decided_anew(
    outcome: ControlOutcome,
    failed: bool,  # noqa: FBT001 - a row of the table
) -> None:
    world = World(control=FakeCallControl(outcomes=[outcome, outcome]))
    acted = world.act(world.committed(ROUTE))
    assert acted.failed is failed
    heard_by = (BEGAN_MS + POLICY.heard_within_ms,) if outcome is ControlOutcome.SENT else ()
    assert acted.look_again_ms == heard_by


def test_a_person_is_reached_by_a_transfer_to_the_configured_number() -> None:
    world = World()
    world.act(world.committed(decision(ActionKind.TO_PERSON, PERSON)))
    (command,) = world.control.commands
    assert isinstance(command, Transfer)
    assert command.number == PERSON_NUMBER


def test_what_was_done_is_not_done_again() -> None:
    world = World()
    recorded = world.committed(ROUTE)
    world.act(recorded)
    world.act(recorded)  # the same message once more, from a stale reading
    world.act(world.committed(ROUTE))
    assert len(world.control.sent) == 1


def test_what_somebody_began_and_never_finished_is_never_sent_again() -> None:
    world = World()
    recorded = world.committed(ROUTE)
    world.store.begin_action(ROUTE, BEGAN_MS)
    world.act(recorded)
    world.act(world.committed(ROUTE))
    assert world.control.sent == []
    assert world.outcome() is None


@pytest.mark.parametrize("outcome", [ControlOutcome.UNKNOWN, ControlOutcome.REFUSED])
def test_doubt_and_refusal_are_final(outcome: ControlOutcome) -> None:
    world = World(control=FakeCallControl(outcomes=[outcome]))
    world.act(world.committed(ROUTE))
    world.act(world.committed(ROUTE))
    assert len(world.control.sent) == 1
    assert world.outcome() is outcome


def test_what_never_left_is_tried_once_more() -> None:
    world = World(control=FakeCallControl(outcomes=[ControlOutcome.NOT_SENT]))
    world.act(world.committed(ROUTE))
    assert len(world.control.sent) == 2
    assert world.outcome() is ControlOutcome.SENT


def test_what_never_leaves_is_given_up() -> None:
    world = World(control=FakeCallControl(outcomes=[ControlOutcome.NOT_SENT] * 9))
    world.act(world.committed(ROUTE))
    assert len(world.control.sent) == 2
    assert world.outcome() is ControlOutcome.NOT_SENT


def test_without_a_control_url_the_decision_waits_for_the_message_that_brings_it() -> None:
    world = World()
    world.act(world.committed(ROUTE, record=CallRecord(call_id=CALL_ID)))
    assert dict(world.store.read(CALL_ID).actions) == {}
    world.clock.advance(1000)
    world.act(world.committed())
    assert len(world.control.sent) == 1


def test_speech_is_dropped_once_the_caller_has_cut_in() -> None:
    world = World()
    world.act(world.committed(CLARIFY, turn=1))
    assert world.control.sent == []
    assert world.outcome() is ControlOutcome.DROPPED
    assert world.metrics.of("actions") == [{"kind": "clarify", "outcome": "dropped"}]


def test_a_question_is_not_asked_before_the_model_has_had_its_moment() -> None:
    world = World()
    recorded = world.committed(CLARIFY)
    assert world.act(recorded) == Acted((BEGAN_MS + POLICY.clarify_wait_ms,))
    assert dict(world.store.read(CALL_ID).actions) == {}
    world.clock.advance(POLICY.clarify_wait_ms)
    assert world.act(world.committed()) == Acted()
    assert [type(command) for command in world.control.commands] == [Say]


def test_a_route_waits_for_nothing() -> None:
    world = World()
    world.act(world.committed(ROUTE))
    assert world.outcome() is ControlOutcome.SENT


def test_speech_of_the_present_turn_is_spoken() -> None:
    world = World()
    world.clock.advance(POLICY.clarify_wait_ms)
    world.act(world.committed(replace(CLARIFY, turn=1), turn=1))
    assert [type(command) for command in world.control.commands] == [Say]


def test_a_barge_in_does_not_stop_a_route() -> None:
    world = World()
    world.act(world.committed(ROUTE, turn=1))
    assert world.outcome() is ControlOutcome.SENT


@pytest.mark.parametrize(("late_ms", "sent"), [(0, True), (1, False)])
def test_speech_is_never_spoken_late(late_ms: int, *, sent: bool) -> None:
    world = World()
    recorded = world.committed(CLARIFY)
    world.clock.advance(POLICY.clarify_wait_ms + POLICY.speech_fresh_ms + late_ms)
    world.act(replace(recorded, new=()))
    assert bool(world.control.sent) is sent


@pytest.mark.parametrize(("late_ms", "sent"), [(0, True), (1, False)])
def test_a_route_found_after_a_crash_is_acted_on_only_while_fresh(
    late_ms: int, *, sent: bool
) -> None:
    world = World()
    world.clock.advance(ACTION_FRESH_MS + late_ms)
    world.act(world.committed(ROUTE))
    assert bool(world.control.sent) is sent
    assert world.outcome() is (ControlOutcome.SENT if sent else ControlOutcome.DROPPED)


def test_nothing_is_done_to_a_call_that_is_over() -> None:
    world = World()
    world.act(world.committed(ROUTE, record=replace(RECORD, status="ended")))
    assert world.control.sent == []
    assert world.outcome() is ControlOutcome.DROPPED


def test_a_destination_that_a_later_one_has_overtaken_is_not_visited() -> None:
    world = World()
    later = decision(ActionKind.ROUTE, "sales", number=2)
    world.act(world.committed(ROUTE, later))
    assert [getattr(command, "assistant", None) for command in world.control.commands] == ["sales"]
    assert (world.outcome(1), world.outcome(2)) == (ControlOutcome.DROPPED, ControlOutcome.SENT)


def test_a_question_is_not_asked_of_a_caller_who_is_leaving() -> None:
    world = World()
    world.act(world.committed(CLARIFY, replace(ROUTE, number=2)))
    assert [type(command) for command in world.control.commands] == [Handoff]


def test_simple_words_are_asked_for_even_of_a_caller_who_is_leaving() -> None:
    world = World()
    simplify = decision(ActionKind.SIMPLIFY)
    world.act(world.committed(simplify, replace(ROUTE, number=2)))
    assert [type(command) for command in world.control.commands] == [Instruct, Handoff]


def test_a_message_that_waited_too_long_makes_nobody_speak() -> None:
    world = World()
    world.act(world.committed(CLARIFY), heard_at_ms=BEGAN_MS - POLICY.speech_fresh_ms - 1)
    assert world.outcome() is ControlOutcome.DROPPED


def test_a_wish_that_waited_in_the_queue_is_still_granted() -> None:
    world = World()
    world.act(world.committed(ROUTE), heard_at_ms=BEGAN_MS - 180_000)
    assert world.outcome() is ControlOutcome.SENT


def test_a_caller_who_wants_something_else_by_now_is_not_moved() -> None:
    world = World()
    world.act(world.committed(ROUTE, wanted="sales"))
    assert world.outcome() is ControlOutcome.DROPPED


def test_a_caller_who_is_there_already_is_not_moved() -> None:
    world = World()
    world.act(world.committed(ROUTE, arrived=True))
    assert world.outcome() is ControlOutcome.DROPPED


GOODBYE = decision(ActionKind.STOP_CALLING, number=2)


def test_who_wants_no_more_calls_is_said_goodbye_and_nothing_that_was_decided_before() -> None:
    world = World()

    world.act(world.committed(ROUTE, GOODBYE), on_list=True)

    goodbye = Say(POLICY.texts.stop_calling, end_call_after=True)
    assert world.control.commands == [goodbye]
    assert world.outcome(1) is ControlOutcome.DROPPED
    assert world.outcome(2) is ControlOutcome.SENT


NUMBER_NEEDED = decision(ActionKind.NUMBER_NEEDED, number=2)


def test_what_is_not_stored_is_not_promised() -> None:
    world = World()

    world.act(world.committed(GOODBYE))

    assert world.control.commands == [Say(POLICY.texts.goodbye, end_call_after=True)]


EMERGENCY = decision(ActionKind.EMERGENCY, number=2)


@pytest.mark.parametrize("owed", [GOODBYE, NUMBER_NEEDED, EMERGENCY])
def test_what_is_owed_is_said_though_the_customer_cut_in_since(owed: Decision) -> None:
    world = World()

    world.act(world.committed(owed, turn=3))

    assert world.outcome(2) is ControlOutcome.SENT


def test_a_goodbye_is_never_too_late_while_the_customer_is_on_the_line() -> None:
    world = World()
    recorded = world.committed(GOODBYE)
    world.clock.advance(10 * ACTION_FRESH_MS)

    world.act(recorded, heard_at_ms=BEGAN_MS)

    assert world.outcome(2) is ControlOutcome.SENT


def test_nobody_says_goodbye_to_a_call_that_is_over() -> None:
    world = World()

    world.act(world.committed(GOODBYE, record=replace(RECORD, status="ended")))

    assert world.control.commands == []
    assert world.outcome(2) is ControlOutcome.DROPPED

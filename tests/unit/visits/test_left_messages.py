"""A message after the tone: understood later, kept without what is not kept, attended to once."""

from __future__ import annotations

from itertools import permutations

from contact_center.records.domain.redaction_kinds import Redaction
from contact_center.visits.domain.legs import MessageUnderstood
from contact_center.visits.domain.visit_merge import merged
from contact_center.visits.domain.visit_parts import Message
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.left_messages import attend_to_messages, message_understood
from tests.fakes.visits import FakeVisits

LEG = "CA" + "1" * 32
ID = f"v-{LEG}"
AT_MS = 1_787_266_800_000
RULES = Redaction()


def left(visits: FakeVisits, *recordings: str) -> None:
    messages = {name: Message(at_ms=AT_MS, seconds=9) for name in recordings}
    visits.write(Visit(visit_id=ID, messages=messages), 0)


def understood(text: str | None, recording: str = "RE1") -> MessageUnderstood:
    return MessageUnderstood(leg=LEG, recording=recording, text=text)


def test_what_was_understood_is_written_beside_what_was_recorded_without_card_numbers() -> None:
    visits = FakeVisits()
    left(visits, "RE1")
    message_understood(understood("My card is 4111 1111 1111 1111."), AT_MS + 9, visits, RULES)
    [message] = visits.kept[ID].visit.messages.values()
    assert (message.at_ms, message.seconds) == (AT_MS, 9)
    assert message.text == "My card is [card]."


def test_what_nobody_understood_writes_nothing() -> None:
    visits = FakeVisits()
    left(visits, "RE1")
    message_understood(understood(None), AT_MS + 9, visits, RULES)
    assert visits.written == 1


def test_in_whatever_order_it_is_told_the_same_is_known() -> None:
    told = [
        Visit(visit_id=ID, messages={"RE1": Message(at_ms=AT_MS, seconds=9)}),
        Visit(visit_id=ID, messages={"RE1": Message(at_ms=AT_MS + 5, text="Call me.")}),
        Visit(visit_id=ID, attended_ms=AT_MS + 7),
    ]
    for first, second, third in permutations(told):
        known = merged(merged(merged(first, second), third), second)
        assert known.messages == {"RE1": Message(at_ms=AT_MS, seconds=9, text="Call me.")}
        assert (known.attended_ms, known.left_ms) == (AT_MS + 7, None)


def test_whoever_attends_does_so_once_and_a_later_message_waits_again() -> None:
    visits = FakeVisits()
    left(visits, "RE1")
    assert visits.kept[ID].visit.left_ms == AT_MS
    assert attend_to_messages(ID, visits, AT_MS + 60) == AT_MS + 60
    assert attend_to_messages(ID, visits, AT_MS + 99) == AT_MS + 60
    assert visits.kept[ID].visit.left_ms is None
    later = Visit(visit_id=ID, messages={"RE2": Message(at_ms=AT_MS + 70)})
    assert merged(visits.kept[ID].visit, later).left_ms == AT_MS + 70


def test_of_who_left_nothing_there_is_nothing_to_attend_to() -> None:
    visits = FakeVisits()
    assert attend_to_messages(ID, visits, AT_MS) is None
    left(visits)
    assert attend_to_messages(ID, visits, AT_MS) is None

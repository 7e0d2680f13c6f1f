"""Nobody is rung through the provider while it is closed where the telephone is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.closed_people import ClosedPeople
from contact_center.conversations.domain.deciding.call_commands import Handoff, Say, Transfer
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.kernel.civil_time import CivilClock
from contact_center.visits.domain.opening_hours import (
    Closing,
    Hours,
    OpeningHours,
    Span,
    SpecialDay,
    WhenClosed,
)
from contact_center.visits.services.closed_departments import ClosedDepartments
from tests.fakes.fake_door import PERSON_NUMBER as THE_DOORS_PERSON
from tests.fakes.fake_door import FakeDoor
from tests.unit.conversations.histories import (
    BEGAN_MS,
    LEGAL_NUMBER,
    PERSON_NUMBER,
    POLICY,
)
from tests.unit.conversations.test_people_for_visits import Router
from tests.unit.conversations.vapi_questions import ask, use

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.deciding.call_commands import Command

OTHER_NUMBER = "+14155550166"
SORRY = "My colleagues are not in."
SAID = ClosedPeople(say=SORRY)
ELSEWHERE = ClosedPeople(say="We are closed; somebody else takes your call.", number=OTHER_NUMBER)

ALWAYS = ((Span(0, 24 * 60),),) * 7
NEVER: tuple[tuple[Span, ...], ...] = ((),) * 7
# 2026-08-20 is a Thursday: BEGAN_MS is in the evening of it, in Zone UTC.
WEEKDAYS = ((Span(9 * 60, 18 * 60),),) * 5 + ((),) * 2


@dataclass
class Shut:
    """Closed where it is said to be; what was asked is noted."""

    answer: ClosedPeople | None
    where: tuple[str, ...] = ("person", "legal")

    def __call__(self, department: str, at_ms: int) -> ClosedPeople | None:
        assert at_ms >= BEGAN_MS
        return self.answer if department in self.where else None


def caller(answer: ClosedPeople | None, *where: str) -> Router:
    shut = Shut(answer, where) if where else Shut(answer)
    return Router(of_visit=False, person_number=PERSON_NUMBER, closed_at=shut)


def wants_a_person(router: Router) -> None:
    router.call.after(6_000).says("Let me speak to a person", wants_person=True)
    router.hears()


def wants_legal(router: Router) -> None:
    router.call.after(6_000).says("I need your lawyers", "legal", 1.0)
    router.hears()


def keys_a_person(router: Router) -> None:
    router.call.after(6_000).presses("0")
    router.hears()


def has_a_person_called(router: Router) -> None:
    router.call.after(6_000).tool("person")
    router.hears()


def is_promised_a_person(router: Router) -> None:
    router.call.after(6_000).assistant_says("I am transferring you.", promises="person")
    for _ in range(2):  # it waits for the tool, and is taken at its word
        router.call.after(4_000).noticed("hang")
        router.hears()


def loses_patience(router: Router) -> None:
    router.call.after(900).assistant("router").after(2_000).speech("assistant", 60_000)
    for _ in range(3):
        router.call.after(4_000).barges_in()
    router.hears()


EVERY_WAY = [
    wants_a_person,
    wants_legal,
    keys_a_person,
    has_a_person_called,
    is_promised_a_person,
    loses_patience,
]


@pytest.mark.parametrize("asks", EVERY_WAY)
def test_however_people_are_wanted_they_are_rung_while_it_is_open(
    asks: Callable[[Router], None],
) -> None:
    router = caller(None)
    asks(router)
    [transfer] = [one for one in router.control.commands if isinstance(one, Transfer)]
    assert transfer.number == (LEGAL_NUMBER if asks is wants_legal else PERSON_NUMBER)


@pytest.mark.parametrize("asks", EVERY_WAY)
def test_and_while_it_is_closed_the_caller_is_told_so_once_and_nobody_is_rung(
    asks: Callable[[Router], None],
) -> None:
    router = caller(SAID)
    asks(router)
    assert router.control.commands == [Say(SORRY)]
    router.call.after(1_000).noticed("hang")
    router.hears()
    assert router.control.commands == [Say(SORRY)]


@pytest.mark.parametrize("asks", EVERY_WAY)
def test_for_the_caller_of_a_visit_people_are_asked_all_the_same_by_hours_of_their_own(
    asks: Callable[[Router], None],
) -> None:
    router = Router(of_visit=True, person_number=PERSON_NUMBER, closed_at=Shut(SAID))
    asks(router)
    assert len(router.wishes.whose) == 1
    assert Say(SORRY) not in router.control.commands


@pytest.mark.parametrize("asks", EVERY_WAY)
def test_or_the_other_telephone_of_the_hours_rings(asks: Callable[[Router], None]) -> None:
    router = caller(ELSEWHERE)
    asks(router)
    assert router.control.commands == [Transfer(OTHER_NUMBER, ELSEWHERE.say)]


@pytest.mark.parametrize(
    ("closed", "asks", "rung"),
    [
        ("legal", wants_legal, None),
        ("legal", wants_a_person, PERSON_NUMBER),
        ("person", wants_legal, LEGAL_NUMBER),
        ("person", wants_a_person, None),
    ],
)
def test_each_telephone_has_the_hours_of_whose_it_is(
    closed: str, asks: Callable[[Router], None], rung: str | None
) -> None:
    router = caller(SAID, closed)
    asks(router)
    numbers = [one.number for one in router.control.commands if isinstance(one, Transfer)]
    assert numbers == ([] if rung is None else [rung])


def test_a_department_that_refuses_is_not_followed_by_people_who_are_not_in() -> None:
    router = caller(SAID)
    router.control.outcomes = [ControlOutcome.REFUSED]
    router.call.says("My invoice is wrong", "billing")
    router.hears()
    assert router.control.commands[1:] == [Say(SORRY)]


def test_a_telephone_elsewhere_that_refuses_is_rung_once_a_wish() -> None:
    router = caller(ELSEWHERE)
    router.control.outcomes = [ControlOutcome.REFUSED]
    wants_legal(router)
    assert router.control.commands == [
        Transfer(OTHER_NUMBER, ELSEWHERE.say),
        Say(ELSEWHERE.say),
    ]


def test_who_was_told_so_is_bound_by_nothing() -> None:
    router = caller(SAID)
    wants_a_person(router)
    router.call.after(9_000).says("Billing then", "billing", 1.0)
    router.hears()
    handoff: Command = router.control.commands[-1]
    assert isinstance(handoff, Handoff)
    router.call.after(900).assistant("billing")
    wants_a_person(router)
    assert router.said == [SORRY] * 2
    router.closed_at = Shut(None)  # it has opened meanwhile
    wants_a_person(router)
    rung: Command = router.control.commands[-1]
    assert rung == Transfer(PERSON_NUMBER, POLICY.texts.person)


def test_the_tool_that_repeats_the_words_says_it_no_second_time() -> None:
    router = caller(SAID)
    wants_a_person(router)
    router.call.after(1_500).tool("person")
    router.hears()
    assert router.control.commands == [Say(SORRY)]


def test_people_for_a_caller_of_a_visit_are_judged_where_they_are_asked() -> None:
    router = Router(closed_at=Shut(SAID))
    wants_a_person(router)
    assert router.wishes.whose == ["support"]


# -- what a model is told, and what Vapi asks --------------------------------------------------


@pytest.mark.parametrize("name", ["routeToDepartment", "routeToAgent", "transferCall"])
@pytest.mark.parametrize(("word", "key"), [("person", "person"), ("workshop", "workshop")])
def test_the_tool_promises_no_person_who_is_not_rung(name: str, word: str, key: str) -> None:
    door = FakeDoor(closed_at=lambda _key, _at_ms: SAID)
    said = use(door, name, {"department": word})["result"]
    assert said.startswith("It is closed there now, and the caller is being told so.")
    assert "takeMessage" in said
    ((called, _),) = door.tool_answers.stored.values()
    assert called.department == key  # the router tells the caller


def test_it_offers_to_note_a_call_where_callers_are_called_back() -> None:
    shut = ClosedPeople(say=SORRY, calls_back=True)
    door = FakeDoor(closed_at=lambda _key, _at_ms: shut)
    assert "callCustomerBack" in use(door, "routeToDepartment", {"department": "person"})["result"]


@pytest.mark.parametrize(
    ("word", "closed"), [("person", ELSEWHERE), ("person", None), ("billing", SAID)]
)
def test_whoever_is_rung_all_the_same_and_an_assistant_are_promised(
    word: str, closed: ClosedPeople | None
) -> None:
    door = FakeDoor(closed_at=lambda _key, _at_ms: closed)
    said = use(door, "routeToDepartment", {"department": word})["result"]
    assert said.startswith("The caller is being connected to")


@pytest.mark.parametrize(
    ("department", "whose", "number"),
    [
        ("workshop", "workshop", "+14155550192"),
        ("billing", "billing", "+14155550191"),
        ("sales", "person", THE_DOORS_PERSON),
        ("person", "person", THE_DOORS_PERSON),
    ],
)
def test_of_whom_vapi_asks_it_is_told_by_the_same_hours(
    department: str, whose: str, number: str
) -> None:
    def asked(answer: ClosedPeople | None, where: str) -> object:
        shut = Shut(answer, (where,))
        door = FakeDoor(closed_at=shut)
        kind, words = "transfer-destination-request", {"department": department}
        return ask(door, kind, parameters=words)

    assert asked(SAID, whose) == {"error": SORRY}
    elsewhere = asked(ELSEWHERE, whose)
    assert elsewhere == {
        "destination": {"type": "number", "number": OTHER_NUMBER, "message": ELSEWHERE.say}
    }
    other = "workshop" if whose == "person" else "person"
    rung = asked(SAID, other)
    assert isinstance(rung, dict)
    assert rung["destination"]["number"] == number


# -- the hours that say so ---------------------------------------------------------------------


def closing(action: WhenClosed, number: str | None = None) -> Closing:
    return Closing(action=action, say="We are closed.", number=number)


@pytest.mark.parametrize(
    ("action", "number", "expected"),
    [
        (WhenClosed.MESSAGE, None, ClosedPeople(say=SORRY)),
        (WhenClosed.VOICEMAIL, None, ClosedPeople(say=SORRY)),
        (WhenClosed.CALLBACK, None, ClosedPeople(say=SORRY, calls_back=True)),
        (
            WhenClosed.NUMBER,
            OTHER_NUMBER,
            ClosedPeople(say="We are closed.", number=OTHER_NUMBER),
        ),
    ],
)
def test_it_is_as_the_owner_says_for_the_department(
    action: WhenClosed, number: str | None, expected: ClosedPeople
) -> None:
    company = Hours(zone="UTC", week=ALWAYS, closing=closing(WhenClosed.MESSAGE))
    legal = Hours(zone="UTC", week=NEVER, closing=closing(action, number))
    closed = ClosedDepartments(OpeningHours(company, {"legal": legal}), SORRY, CivilClock())
    assert closed.at("legal", BEGAN_MS) == expected
    assert closed.at("person", BEGAN_MS) is None


@pytest.mark.parametrize(
    ("when", "is_closed"),
    [
        (datetime(2026, 8, 20, 12, tzinfo=UTC), False),
        (datetime(2026, 8, 20, 18, tzinfo=UTC), True),  # at six it is over
        (datetime(2026, 8, 22, 12, tzinfo=UTC), True),  # a Saturday
        (datetime(2026, 8, 21, 12, tzinfo=UTC), True),  # a Friday, and a holiday
    ],
)
def test_hour_day_and_holiday_count(when: datetime, *, is_closed: bool) -> None:
    company = Hours(
        zone="UTC",
        week=WEEKDAYS,
        special_days={"2026-08-21": SpecialDay("Founders' Day", ())},
        closing=closing(WhenClosed.MESSAGE),
    )
    closed = ClosedDepartments(OpeningHours(company, {}), SORRY, CivilClock())
    at_ms = round(when.timestamp() * 1_000)
    assert (closed.at("person", at_ms) is not None) is is_closed

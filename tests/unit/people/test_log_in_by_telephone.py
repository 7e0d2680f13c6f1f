"""Log in and out by keying a PIN: what is right, what is wrong, and that it sounds the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.domain.people import Person, PersonEvent, PersonState
from contact_center.people.domain.pins import LOCKED_MS
from contact_center.people.domain.roster import Colleague
from contact_center.people.services.change_person import PersonParts
from contact_center.people.services.log_in_by_telephone import (
    NEXT_KEY,
    LogInAnswer,
    LogInParts,
    ask_for_pin,
    take_pin,
)
from contact_center.visits.domain.courtesies import AS_A_CALLER, PEOPLE_PATH
from contact_center.visits.domain.instructions import AskKeys, GoTo, HangUp, Instruction, Speak
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.people_book import FakePersonBook, FakePins, FakeTryBook
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.unit.people.test_people import HELD, IN_STATE, NOW_MS, WORDS, roster, step

ADA, BEN, STRANGER = "+14155550120", "+14155550121", "+12125550199"
FIVE = 5  # tries, as the issue says
PIN, WRONG = "471142", "471143"
PEOPLE = (
    Colleague(
        person_id="ada",
        name="Ada",
        departments=("sales",),
        address=ADA,
        ring_seconds=20,
        extension="201",
    ),
    Colleague(person_id="ben", name="Ben", departments=("sales",), address=BEN, ring_seconds=20),
)


class Telephone:
    """The business's number, as those hear it who key a PIN."""

    def __init__(self) -> None:
        self.book, self.tries = FakePersonBook(), FakeTryBook()
        self.pins = FakePins({"ada": PIN, "ben": "815000"})
        self.clock, self.metrics = FakeClock(NOW_MS), CountedMetrics()
        self.requests = count()
        people = PersonParts(book=self.book, clock=self.clock, metrics=self.metrics)
        self.parts = LogInParts(
            roster=roster(*PEOPLE), tries=self.tries, pins=self.pins, people=people
        )

    def take(self, caller: str | None, keys: str, told: str | None = None) -> LogInAnswer:
        return take_pin(caller, keys, told or f"request-{next(self.requests)}", self.parts)

    def key(self, caller: str | None, keys: str, told: str | None = None) -> str:
        return heard(self.take(caller, keys, told).instructions)

    def state(self, person_id: str = "ada") -> PersonState:
        return self.book.read(person_id).state


def heard(instructions: tuple[Instruction, ...]) -> str:
    [words, end] = instructions
    assert isinstance(words, Speak)
    assert end == HangUp()
    return words.text


@pytest.fixture
def telephone() -> Telephone:
    return Telephone()


def test_a_person_is_asked_for_a_pin_and_is_any_caller_who_keys_none() -> None:
    asked, after = ask_for_pin(WORDS)
    assert asked == AskKeys(sounds=(Speak(WORDS.ask_pin),), to=PEOPLE_PATH, most_keys=None)
    assert after == GoTo(AS_A_CALLER)


def test_the_right_pin_logs_in_and_the_next_time_out(telephone: Telephone) -> None:
    assert telephone.key(ADA, PIN) == WORDS.logged_in
    assert telephone.state() is PersonState.READY
    assert telephone.state("ben") is PersonState.OFF
    assert telephone.key(ADA, PIN) == WORDS.logged_out
    assert telephone.state() is PersonState.OFF


@pytest.mark.parametrize("caller", [STRANGER, BEN, None])
def test_from_another_telephone_the_extension_says_who_it_is(
    telephone: Telephone, caller: str | None
) -> None:
    assert telephone.key(caller, f"201*{PIN}") == WORDS.logged_in
    assert (telephone.state(), telephone.state("ben")) == (PersonState.READY, PersonState.OFF)


@pytest.mark.parametrize(
    ("state", "words", "after"),
    [
        (PersonState.OFF, WORDS.logged_in, PersonState.READY),
        (PersonState.READY, WORDS.logged_out, PersonState.OFF),
        (PersonState.RINGING, WORDS.logged_out, PersonState.OFF),
        (PersonState.BUSY, WORDS.logged_out_later, PersonState.BUSY),
        (PersonState.WRAPPING, WORDS.logged_out, PersonState.OFF),
        (PersonState.AWAY, WORDS.logged_in, PersonState.READY),
    ],
)
def test_what_the_pin_does_in_each_state(
    telephone: Telephone, state: PersonState, words: str, after: PersonState
) -> None:
    telephone.book.people["ada"] = IN_STATE[state]
    answer = telephone.take(ADA, PIN)
    assert heard(answer.instructions) == words
    assert telephone.state() is after
    assert answer.let_go == (HELD if state is PersonState.RINGING else None)


@pytest.mark.parametrize(
    ("state", "words", "after"),
    [
        (PersonState.OFF, WORDS.next_not_possible, PersonState.OFF),
        (PersonState.READY, WORDS.next_caller, PersonState.READY),
        (PersonState.RINGING, WORDS.next_not_possible, PersonState.RINGING),
        (PersonState.BUSY, WORDS.next_not_possible, PersonState.BUSY),
        (PersonState.WRAPPING, WORDS.next_caller, PersonState.READY),
        (PersonState.AWAY, WORDS.next_not_possible, PersonState.AWAY),
    ],
)
def test_what_the_key_for_the_next_caller_does_in_each_state(
    telephone: Telephone, state: PersonState, words: str, after: PersonState
) -> None:
    telephone.book.people["ada"] = IN_STATE[state]
    hints = FakeReceptionJobs()
    people = replace(telephone.parts.people, hints=hints)
    telephone.parts = replace(telephone.parts, people=people)
    assert [telephone.key(ADA, NEXT_KEY, "told twice") for _ in range(2)] == [words] * 2
    assert telephone.state() is after
    # The telephone is busy with this call: who is next is looked for when its end is told.
    assert hints.sent == []


@pytest.mark.parametrize("caller", [STRANGER, None])
@pytest.mark.parametrize("keys", [NEXT_KEY, f"201*{NEXT_KEY}"])
def test_from_another_telephone_no_key_brings_the_next_caller(
    telephone: Telephone, caller: str | None, keys: str
) -> None:
    telephone.book.people["ada"] = IN_STATE[PersonState.WRAPPING]
    assert telephone.key(caller, keys) == WORDS.refused  # as any wrong PIN, and counted as one
    assert telephone.state() is PersonState.WRAPPING
    assert {one.name for one in telephone.tries.tries.values() if one.count} >= {
        f"number:{caller or 'withheld'}"
    }


def test_who_leaves_after_this_talk_may_think_again(telephone: Telephone) -> None:
    telephone.book.people["ada"] = IN_STATE[PersonState.BUSY]
    assert telephone.key(ADA, PIN) == WORDS.logged_out_later
    assert telephone.key(ADA, PIN) == WORDS.logged_in
    assert telephone.book.read("ada").then is None


def test_who_was_freed_by_a_lease_logs_out_at_once(telephone: Telephone) -> None:
    telephone.book.people["ada"] = IN_STATE[PersonState.BUSY]
    telephone.clock.advance(10 * 60_000)
    assert telephone.key(ADA, PIN) == WORDS.logged_out


WRONGS = [
    pytest.param(ADA, WRONG, id="a wrong PIN"),
    pytest.param(ADA, "", id="no PIN"),
    pytest.param(ADA, PIN[:-1], id="a part of the PIN"),
    pytest.param(ADA, PIN + "1", id="more than the PIN"),
    pytest.param(ADA, "815000", id="another one's PIN"),
    pytest.param(ADA, f"202*{PIN}", id="an extension that there is not"),
    pytest.param(ADA, f"*{PIN}", id="no extension"),
    pytest.param(ADA, f"201*{PIN}*", id="a star too many"),
    pytest.param(BEN, PIN, id="from another one's telephone"),
    pytest.param(STRANGER, PIN, id="from a stranger's telephone"),
    pytest.param(None, PIN, id="from a withheld number"),
    pytest.param(None, "", id="nothing from nobody"),
]


@pytest.mark.parametrize(("caller", "keys"), WRONGS)
def test_whatever_is_wrong_sounds_the_same_and_changes_nobody(
    telephone: Telephone, caller: str | None, keys: str
) -> None:
    assert telephone.key(caller, keys) == WORDS.refused
    assert telephone.book.people == {}
    assert telephone.metrics.counted == [("log_in_refused", {})]


def test_who_has_no_pin_cannot_log_in_by_keying_none(telephone: Telephone) -> None:
    telephone.pins.pins.clear()
    for keys in ("", "201*", PIN):
        assert telephone.key(ADA, keys) == WORDS.refused


def test_five_wrong_tries_lock_the_number_and_the_person_for_fifteen_minutes(
    telephone: Telephone,
) -> None:
    for _ in range(FIVE):
        assert telephone.key(ADA, WRONG) == WORDS.refused
    assert telephone.key(ADA, PIN) == WORDS.refused  # right, and says nothing of it
    assert telephone.key(STRANGER, f"201*{PIN}") == WORDS.refused  # the person is locked
    assert telephone.key(ADA, "815000") == WORDS.refused

    telephone.clock.advance(LOCKED_MS - 1)
    assert telephone.key(ADA, PIN) == WORDS.refused
    telephone.clock.advance(1)
    assert telephone.key(ADA, PIN) == WORDS.logged_in


def test_the_number_is_locked_for_other_people_s_pins_too(telephone: Telephone) -> None:
    for _ in range(FIVE):
        telephone.key(STRANGER, "1234")
    assert telephone.key(STRANGER, f"201*{PIN}") == WORDS.refused
    assert telephone.key(ADA, PIN) == WORDS.logged_in  # who did nothing is not locked out


def test_a_person_is_locked_by_wrong_tries_from_five_numbers(telephone: Telephone) -> None:
    for number in range(FIVE):
        telephone.key(f"+1212555010{number}", f"201*{WRONG}")
    assert telephone.key(STRANGER, f"201*{PIN}") == WORDS.refused
    assert telephone.key(ADA, PIN) == WORDS.refused


def test_withheld_numbers_are_one_number(telephone: Telephone) -> None:
    for _ in range(FIVE):
        telephone.key(None, "1234")
    assert telephone.key(None, f"201*{PIN}") == WORDS.refused
    assert telephone.key(STRANGER, f"201*{PIN}") == WORDS.logged_in


def test_a_right_pin_forgives_the_wrong_ones_before_it(telephone: Telephone) -> None:
    for _ in range(4):
        for _ in range(FIVE - 1):
            telephone.key(ADA, WRONG)
        assert telephone.key(ADA, PIN) in {WORDS.logged_in, WORDS.logged_out}


def test_a_locked_number_that_goes_on_is_not_locked_for_longer(telephone: Telephone) -> None:
    for _ in range(FIVE):
        telephone.key(ADA, WRONG)
    for _ in range(14):
        telephone.clock.advance(60_000)
        telephone.key(ADA, WRONG)
    telephone.clock.advance(60_000)
    assert telephone.key(ADA, PIN) == WORDS.logged_in


def test_telephones_that_try_at_once_have_no_more_tries_together(telephone: Telephone) -> None:
    """Each try is counted before it is looked at, on what stands."""
    for _ in range(FIVE - 1):
        telephone.key(ADA, WRONG)

    def try_meanwhile() -> None:
        telephone.key(ADA, WRONG)

    telephone.tries.before_write = try_meanwhile  # in between the look at the tries and the count
    assert telephone.key(ADA, PIN) == WORDS.refused
    assert telephone.state() is PersonState.OFF


@pytest.mark.parametrize("broken", ["tries", "pins", "book"])
def test_what_cannot_be_judged_is_said_and_lets_nobody_in(
    telephone: Telephone, broken: str
) -> None:
    getattr(telephone, broken).down = True
    assert telephone.key(ADA, PIN) == WORDS.unavailable
    getattr(telephone, broken).down = False
    assert telephone.state() is PersonState.OFF
    assert telephone.metrics.of("log_in_unavailable") == [{}]


@pytest.mark.parametrize(("caller", "keys"), WRONGS)
def test_and_a_failure_sounds_the_same_for_who_is_nobody(
    telephone: Telephone, caller: str | None, keys: str
) -> None:
    telephone.pins.down = True
    assert telephone.key(caller, keys) == WORDS.unavailable


def test_a_right_pin_whose_doing_cannot_be_kept_does_nothing(
    telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = telephone.tries.write

    def fail_the_second(changes: object) -> None:
        monkeypatch.setattr(telephone.tries, "write", fails)
        write(changes)  # type: ignore[arg-type]

    def fails(_changes: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(telephone.tries, "write", fail_the_second)
    assert telephone.key(ADA, PIN, "again") == WORDS.unavailable
    assert telephone.state() is PersonState.OFF
    monkeypatch.setattr(telephone.tries, "write", write)
    assert telephone.key(ADA, PIN, "again") == WORDS.logged_in
    assert telephone.tries.tries["person:ada"].count == 0


def test_keys_that_are_told_again_log_nobody_in_and_out_again(telephone: Telephone) -> None:
    for words, state in (
        (WORDS.logged_in, PersonState.READY),
        (WORDS.logged_out, PersonState.OFF),
    ):
        for _ in range(3):
            assert telephone.key(ADA, PIN, f"request {words}") == words
            assert telephone.state() is state


def test_told_twice_at_once_both_come_to_the_same(telephone: Telephone) -> None:
    def told_meanwhile() -> None:
        assert telephone.key(ADA, PIN, "same") == WORDS.logged_in

    telephone.tries.before_write = told_meanwhile  # before the first is counted
    assert telephone.key(ADA, PIN, "same") == WORDS.logged_in

    def told_before_it_is_decided() -> None:
        telephone.tries.before_write = None
        assert telephone.key(ADA, PIN, "out") == WORDS.logged_out

    def counted() -> None:
        telephone.tries.before_write = told_before_it_is_decided

    telephone.tries.before_write = counted
    assert telephone.key(ADA, PIN, "out") == WORDS.logged_out
    assert telephone.state() is PersonState.OFF


def test_a_wrong_pin_told_again_is_one_try(telephone: Telephone) -> None:
    for _ in range(FIVE + 1):
        assert telephone.key(ADA, WRONG, "once") == WORDS.refused
    assert telephone.key(ADA, PIN) == WORDS.logged_in


def test_pins_are_compared_in_a_time_that_says_nothing(
    telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compare)
    for caller, keys in ((ADA, PIN), (ADA, "12"), (STRANGER, PIN)):
        telephone.key(caller, keys)
    assert compared == [(32, 32)] * 3


def test_nothing_of_a_pin_or_a_number_is_in_a_metric(telephone: Telephone) -> None:
    for caller, keys in ((ADA, PIN), (STRANGER, WRONG), (None, PIN)):
        telephone.key(caller, keys)
    assert all(not dimensions for _, dimensions in telephone.metrics.counted)
    assert PIN not in repr(telephone.take(ADA, PIN))


def test_the_step_is_the_table_s(telephone: Telephone) -> None:
    telephone.key(ADA, PIN)
    expected = step(Person(person_id="ada"), PersonEvent.LOG_IN, NOW_MS).person
    assert telephone.book.read("ada") == replace(expected, version=1)


@pytest.mark.parametrize(
    ("caller", "keys", "hints"),
    [
        (ADA, PIN, []),  # her telephone is busy with this call, whose end is told
        (ADA, f"201*{PIN}", []),
        (STRANGER, f"201*{PIN}", [ReceptionJob(JobKind.PERSON)]),
    ],
)
def test_who_logs_in_is_hinted_at_at_once_where_the_own_telephone_is_free(
    telephone: Telephone, caller: str, keys: str, hints: list[ReceptionJob]
) -> None:
    jobs = FakeReceptionJobs()
    people = replace(telephone.parts.people, hints=jobs)
    telephone.parts = replace(telephone.parts, people=people)
    assert telephone.key(caller, keys) == WORDS.logged_in
    assert jobs.sent == hints

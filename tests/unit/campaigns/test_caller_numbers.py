"""A number of ours that carriers flag is noticed by how its calls fare, and rests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.api_fields import read
from contact_center.campaigns.adapters.api_models import RestWish
from contact_center.campaigns.domain.caller_numbers import (
    ANSWER_RATE,
    DAY_MS,
    DEFAULT_NUMBER,
    FLAGGED,
    HOUR_MS,
    SHORT_CALLS,
    CallerTally,
    RestPolicy,
    tally_of_call,
    why_rest,
)
from contact_center.campaigns.services.caller_desk import CallerDesk
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.campaigns.services.finish_attempts import finish_attempts
from contact_center.campaigns.services.watch_callers import CallerWatch
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.kernel.field_errors import FieldError
from tests.campaign_scene import CampaignScene, numbers
from tests.fakes.caller_book import FakeCallerBook

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt

NOW_MS = 1_795_003_200_000  # on the hour
POLICY = RestPolicy()


def hour(back: int, rang: int, answered: int, short: int = 0, flagged: int = 0) -> CallerTally:
    return CallerTally(
        began_at_ms=NOW_MS - back * HOUR_MS,
        rang=rang,
        answered=answered,
        short=short,
        flagged=flagged,
    )


USUAL = [hour(back, 20, 8) for back in range(25, 73)]  # two in five pick up

CASES: dict[str, tuple[list[CallerTally], str | None]] = {
    "nothing is known": ([], None),
    "it fares as usual": ([*USUAL, hour(1, 60, 24)], None),
    "it fares a little worse": ([*USUAL, hour(1, 60, 13)], None),
    "half of those who picked up do not any more": ([*USUAL, hour(1, 60, 12)], ANSWER_RATE),
    "hardly anybody picks up": ([*USUAL, hour(2, 30, 1), hour(1, 30, 0)], ANSWER_RATE),
    "a bad beginning says nothing yet": ([*USUAL, hour(1, 49, 0)], None),
    "nobody knows what is usual": ([hour(1, 60, 0)], None),
    "what is usual is long ago": ([hour(9 * 24, 900, 400), hour(1, 60, 0)], None),
    "nobody ever picked up": ([hour(30, 300, 0), hour(1, 60, 0)], None),
    "the calls of yesterday are not the latest": ([*USUAL, hour(25, 60, 0)], None),
    "a good hour does not hide the latest": (
        [*USUAL, hour(5, 100, 45), hour(2, 40, 2), hour(1, 20, 1)],
        ANSWER_RATE,
    ),
    "they pick up and hang up at once": ([hour(1, 60, 24, short=12)], SHORT_CALLS),
    "some hang up at once": ([hour(1, 60, 24, short=11)], None),
    "few have picked up at all": ([hour(1, 60, 19, short=19)], None),
    "a carrier says so": ([hour(1, 4, 1, flagged=3)], FLAGGED),
    "a carrier said so twice": ([hour(1, 40, 20, flagged=2)], None),
}


@pytest.mark.parametrize(("tallies", "why"), CASES.values(), ids=CASES.keys())
def test_when_a_number_rests(tallies: list[CallerTally], why: str | None) -> None:
    assert why_rest(reversed(tallies), 0, NOW_MS, POLICY) == why


def test_what_was_before_its_rest_is_forgiven() -> None:
    tallies = [*USUAL, hour(3, 60, 0, flagged=9)]

    assert why_rest(tallies, NOW_MS - 4 * HOUR_MS, NOW_MS, POLICY) is not None
    assert why_rest(tallies, NOW_MS - 2 * HOUR_MS, NOW_MS, POLICY) is None


@pytest.mark.parametrize(
    ("disposition", "reason", "lasted_ms", "counted"),
    [
        (Disposition.COMPLETED, "customer-ended-call", 60_000, (1, 1, 0, 0)),
        (Disposition.COMPLETED, "customer-ended-call", 11_999, (1, 1, 1, 0)),
        (Disposition.COMPLETED, None, None, (1, 1, 0, 0)),
        (Disposition.DROPPED, "worker-died", 60_000, (1, 1, 0, 0)),
        (Disposition.NO_ANSWER, "customer-did-not-answer", 30_000, (1, 0, 0, 0)),
        (Disposition.VOICEMAIL, "voicemail", 5_000, (1, 0, 0, 0)),
        (Disposition.FAILED, "call.in-progress.error-outbound-sip-608-rejected", 0, (1, 0, 0, 1)),
        (Disposition.BAD_NUMBER, "twilio-outbound-sip-607-unwanted", 0, (1, 0, 0, 1)),
        (Disposition.FAILED, "vapifault-transport-never-connected", 0, None),
        (Disposition.CONFIGURATION, "assistant-not-found", 0, None),
        (Disposition.NOT_CALLED, "outside_window", None, None),
        (Disposition.UNKNOWN, None, None, None),
    ],
)
def test_which_ends_say_something_about_the_number(
    disposition: Disposition, reason: str | None, lasted_ms: int | None, counted: object
) -> None:
    tally = tally_of_call(NOW_MS + 5, disposition, reason, lasted_ms)

    if counted is None:
        assert tally is None
    else:
        assert tally is not None
        assert (tally.rang, tally.answered, tally.short, tally.flagged) == counted
        assert tally.began_at_ms == NOW_MS


# -- the watch, in a campaign ----------------------------------------------------------------


@dataclass
class Watched:
    """A campaign whose calls all end in the same way, and the number that makes them."""

    wish: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scene = CampaignScene()
        self.book = FakeCallerBook()
        self.scene.rests.until = Rests(self.book)
        watch = CallerWatch(
            book=self.book,
            clock=self.scene.clock,
            civil=self.scene.civil,
            metrics=self.scene.metrics,
            policy=RestPolicy(least=20, flagged=3),
        )
        self.parts = replace(self.scene.finish, callers=watch)
        self.scene.campaign("c1", **self.wish)
        self.scene.list_contacts("c1", numbers(212, 40))

    def ended(self, disposition: Disposition, reason: str) -> list[DialAttempt]:
        self.scene.tick()
        return [
            self.scene.settled(name, disposition, reason=reason)
            for name in list(self.scene.ledger.attempts)
        ]


class Rests(dict[str, int]):
    """What the planner reads of the book."""

    def __init__(self, book: FakeCallerBook) -> None:
        super().__init__()
        self.book = book

    def get(self, key: str, default: Any = None) -> Any:
        del default
        return self.book.last_rest(key).until_ms


@pytest.mark.parametrize("number", [None, "our-second-number"])
def test_a_number_that_carriers_refuse_rests_and_its_campaign_waits(number: str | None) -> None:
    watched = Watched({"phoneNumberId": number})
    ended = watched.ended(Disposition.NO_ANSWER, "outbound-sip-608-rejected")
    finish_attempts(ended, watched.parts)

    rest = watched.book.last_rest(number or DEFAULT_NUMBER)
    assert rest.reason == FLAGGED
    assert rest.until_ms == watched.scene.clock.now_ms() + 3 * DAY_MS
    assert watched.scene.metrics.of("caller_rests") == [{}]
    watched.scene.list_contacts("c1", numbers(646, 3))
    watched.scene.clock.advance(600_000)
    assert watched.scene.tick().planned == 0


def test_an_end_that_is_told_otherwise_takes_the_place_of_what_was_counted() -> None:
    watched = Watched()
    ended = watched.ended(Disposition.NO_ANSWER, "customer-did-not-answer")[:2]
    finish_attempts(ended, watched.parts)
    served = [
        replace(one, disposition=Disposition.COMPLETED, reason="customer-ended-call")
        for one in ended
    ]
    finish_attempts(served, watched.parts)
    finish_attempts(served, watched.parts)

    [tally] = watched.book.since(DEFAULT_NUMBER, 0)
    assert (tally.rang, tally.answered) == (2, 2)


def test_an_end_that_is_told_again_is_counted_once() -> None:
    watched = Watched()
    ended = watched.ended(Disposition.COMPLETED, "customer-ended-call")
    for _ in range(3):
        finish_attempts(ended, watched.parts)
        finish_attempt(ended[0], watched.parts)

    (total,) = watched.book.hours.values()
    assert (total.rang, total.answered) == (len(ended), len(ended))


def test_figures_that_cannot_be_written_keep_no_outcome_back() -> None:
    watched = Watched()
    ended = watched.ended(Disposition.BUSY, "customer-busy")
    watched.book.down = True

    assert finish_attempts(ended, watched.parts) == {one.attempt_id for one in ended}
    assert watched.scene.metrics.of("caller_not_counted")


# -- the desk --------------------------------------------------------------------------------


@pytest.fixture
def desk() -> CallerDesk:
    scene = CampaignScene()
    scene.campaign("c1", phoneNumberId="second")
    scene.campaign("c2")
    return CallerDesk(
        campaigns=scene.campaigns,
        book=FakeCallerBook(),
        policy=POLICY,
        clock=scene.clock,
        civil=scene.civil,
    )


def test_operators_see_how_their_numbers_fare(desk: CallerDesk) -> None:
    at_ms = desk.clock.now_ms() - HOUR_MS
    tally = tally_of_call(at_ms, Disposition.COMPLETED, None, 5_000)
    assert tally is not None
    desk.book.add("second", tally)
    desk.book.add("second", replace(tally, answered=0, short=0))

    shown: Any = desk.numbers()["callerNumbers"]
    default, second = shown

    assert (default["id"], default["rang"], default["answerRate"]) == (DEFAULT_NUMBER, 0, None)
    assert second == {
        "id": "second",
        "restsUntil": None,
        "reason": None,
        "rang": 2,
        "answered": 1,
        "answerRate": 0.5,
        "short": 1,
        "flagged": 0,
    }


def test_operators_let_a_number_rest_and_call_again(desk: CallerDesk) -> None:
    rests = desk.rest("second", 5)
    assert (rests["restsUntil"], rests["reason"]) == ("2026-11-18T23:00:00.000Z", "operator")
    assert desk.rest("second")["restsUntil"] == "2026-11-21T18:00:00.000Z"

    again = desk.end_rest("second")

    assert (again["restsUntil"], again["reason"]) == (None, None)
    assert desk.book.last_rest("second").until_ms == desk.clock.now_ms()  # forgiven until now


def test_campaigns_that_slept_while_their_number_rested_are_looked_at_when_it_calls_again(
    desk: CallerDesk,
) -> None:
    now_ms = desk.clock.now_ms()
    for name in ("c1", "c2"):
        head = desk.campaigns.head(name, 0)
        assert head is not None
        assert desk.campaigns.note(name, head.note, head.note.looking_at(now_ms + 5 * HOUR_MS))

    desk.end_rest("second")

    assert desk.campaigns.to_look_at(now_ms, 10) == ["c1"]  # the other is of another number


@pytest.mark.parametrize(
    ("values", "wrong"),
    [([], "body"), ({"hours": 0}, "hours"), ({"hours": True}, "hours"), ({"days": 1}, "days")],
)
def test_a_rest_that_is_asked_for_wrongly_is_refused(
    desk: CallerDesk, values: object, wrong: str
) -> None:
    with pytest.raises(FieldError) as refused:
        read(RestWish, values)
    assert refused.value.field == wrong
    with pytest.raises(FieldError):
        desk.end_rest("a b")

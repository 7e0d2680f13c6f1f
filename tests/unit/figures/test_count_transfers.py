"""Transfer success: a key and both together; every other end is a cause."""

from __future__ import annotations

from dataclasses import replace

from contact_center.figures.services.count_transfers import transfer_success
from contact_center.people.domain.offer_facts import PersonSaid
from contact_center.people.domain.offers import Offer, OfferOutcome, Said
from contact_center.people.services.tell_offer import tell_offer
from contact_center.visits.domain.legs import LegStatus
from tests.unit.people.offer_stage import CALLER_LEG, FIRST, VISIT, Stage

NOTHING = dict.fromkeys((outcome.value for outcome in OfferOutcome), 0)
DAY_MS = 86_400_000


def test_where_nobody_was_tried_there_is_no_share() -> None:
    told = transfer_success(dict.fromkeys(OfferOutcome, 0), {})
    assert told == {"tried": 0, "succeeded": 0, "share": None, "byOutcome": NOTHING}


def test_offers_and_transfers_are_one_figure() -> None:
    told = transfer_success(
        {OfferOutcome.ANSWERED: 2, OfferOutcome.DECLINED: 1}, {"answered": 1, "busy": 2}
    )
    assert told == {
        "tried": 6,
        "succeeded": 3,
        "share": 0.5,
        "byOutcome": NOTHING | {"answered": 3, "declined": 1, "busy": 2},
    }


def day_of(ms: int) -> str:
    return "2026-11-18" if ms < 1_795_046_400_000 else "2026-11-19"


def test_a_callback_that_comes_a_day_late_changes_no_figure_of_the_next_day() -> None:
    """Monday's status callback arriving on Tuesday (issue 10, sentence 15)."""
    stage = Stage()
    monday, tuesday = day_of(stage.clock.now_ms()), day_of(stage.clock.now_ms() + DAY_MS)
    assert monday != tuesday
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.comes_in("CA-person-1")
    stage.comes_in(CALLER_LEG)
    before = transfer_success(stage.book.outcomes(monday), {})
    assert (before["tried"], before["succeeded"]) == (1, 1)

    stage.clock.advance(DAY_MS)
    for status in (LegStatus.NO_ANSWER, LegStatus.BUSY, LegStatus.COMPLETED):
        stage.leg_ends(status, sequence=9)
    assert transfer_success(stage.book.outcomes(monday), {}) == before
    assert transfer_success(stage.book.outcomes(tuesday), {})["tried"] == 0


def test_what_ends_only_when_its_callback_comes_late_counts_for_its_own_day() -> None:
    stage = Stage()
    offer = stage.ask()
    midnight_ms = 1_795_046_400_000
    stage.book.offers[next(iter(stage.book.offers))] = late = replace(
        offer, asked_at_ms=midnight_ms - 5_000
    )
    stage.clock.advance(midnight_ms + 3_000 - stage.clock.now_ms())
    tell_offer(VISIT, FIRST, [_declined(late)], stage.parts)
    assert stage.outcome() is OfferOutcome.DECLINED
    assert stage.book.outcomes("2026-11-18")[OfferOutcome.DECLINED] == 1
    assert stage.book.outcomes("2026-11-19")[OfferOutcome.DECLINED] == 0


def _declined(offer: Offer) -> PersonSaid:
    return PersonSaid(Said.DECLINES, offer.asked_at_ms + 7_000, "2")

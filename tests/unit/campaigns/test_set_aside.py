"""Whatever is wrong with one contact or campaign never stops the next, and does not last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.campaigns import CampaignState
from contact_center.campaigns.domain.contacts import STUMBLES, ContactState
from contact_center.campaigns.services.campaign_ports import MovedInPartError
from contact_center.campaigns.services.change_campaign import resume_campaign
from contact_center.campaigns.services.show_campaign import show_contact, show_progress
from contact_center.campaigns.services.watch_callers import CallerWatch
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.kernel.ports import StoreUnavailableError
from tests.campaign_scene import CampaignScene, numbers
from tests.fakes.caller_book import FakeCallerBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactChange

HALF_AN_HOUR_MS = 1_800_000
WORDS = "a customer's own words"


@pytest.fixture
def scene() -> CampaignScene:
    return CampaignScene()


def poisoned(scene: CampaignScene, number: str) -> None:
    """Contactability breaks off at this number, with its words in the error."""
    judge = scene.plan.may_call

    def may_call(known: Any, *given: Any) -> Any:
        if known.e164 == number:
            raise OverflowError(WORDS)
        return judge(known, *given)

    scene.plan = replace(scene.plan, may_call=may_call)  # type: ignore[arg-type]


def ticks(scene: CampaignScene, count: int) -> None:
    for _ in range(count):
        scene.tick()
        scene.clock.advance(HALF_AN_HOUR_MS)


def finished(scene: CampaignScene, contacts: Sequence[CampaignContact]) -> None:
    """Every attempt of these contacts has ended well, and its campaign knows."""
    for one in contacts:
        done = scene.settled(attempt_id("c1", one.contact_id, 1), Disposition.COMPLETED)
        scene.plan.outcomes.report(done)


# -- contacts --------------------------------------------------------------------------------


def test_a_contact_that_breaks_the_judgement_keeps_nobody_out(
    scene: CampaignScene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.campaign("c1")
    bad, *others = scene.list_contacts("c1", numbers(212, 5))
    poisoned(scene, bad.details.number)

    done = scene.tick()

    assert (done.failed, done.planned) == (0, 4)
    waits = scene.contact(bad)
    assert (waits.state, waits.failures) == (ContactState.WAITING, 1)
    assert waits.trouble.startswith("OverflowError at test_set_aside.py:")
    logged = capsys.readouterr().out
    assert '"error":"OverflowError"' in logged
    assert WORDS not in logged
    assert all(scene.contact(one).state is ContactState.IN_FLIGHT for one in others)
    assert scene.metrics.of("plan_failed") == [{}]


def test_after_ten_times_it_is_doubtful_and_its_campaign_ends_without_it(
    scene: CampaignScene,
) -> None:
    scene.campaign("c1")
    bad, *others = scene.list_contacts("c1", numbers(212, 3))
    poisoned(scene, bad.details.number)
    scene.tick()
    finished(scene, others)

    ticks(scene, STUMBLES + 2)

    assert scene.labels("c1") == {"done:completed": 2, "doubtful": 1}
    assert scene.campaigns.campaigns["c1"].state is CampaignState.FINISHED
    assert scene.metrics.of("contact_doubtful") == [{}]
    head = scene.campaigns.head("c1", 0)
    assert head is not None
    progress = show_progress(head, scene.clock.now_ms())
    assert progress["contacts"] == {"done:completed": 2, "doubtful": 1}
    shown = show_contact(scene.contact(bad))
    assert shown["state"] == "doubtful"
    assert str(shown["trouble"]).startswith("OverflowError at ")
    assert WORDS not in f"{shown} {progress} {scene.metrics.counted}"


def test_a_table_that_does_not_answer_for_a_day_sets_nobody_aside(scene: CampaignScene) -> None:
    scene.campaign("c1")
    [one] = scene.list_contacts("c1", numbers(212, 1))
    read_many = scene.people.read_many

    def down(_: object) -> Any:
        raise StoreUnavailableError

    scene.people.read_many = down  # type: ignore[assignment,method-assign]
    ticks(scene, 48)
    scene.people.read_many = read_many  # type: ignore[method-assign]

    assert (scene.contact(one).state, scene.contact(one).failures) == (ContactState.WAITING, 0)
    assert scene.campaigns.campaigns["c1"].running


def test_somebody_whose_items_cannot_be_read_keeps_nobody_out(scene: CampaignScene) -> None:
    scene.campaign("c1")
    bad, _ = scene.list_contacts("c1", numbers(212, 2))
    read_many = scene.people.read_many

    def without(asked: Sequence[str]) -> Any:
        found = dict(read_many(asked))
        found.pop(bad.details.number, None)
        return found

    scene.people.read_many = without  # type: ignore[assignment,method-assign]

    assert scene.tick().planned == 1
    assert scene.contact(bad).trouble.startswith("KeyError at whom_to_call.py:")


def test_an_attempt_that_cannot_be_told_of_keeps_no_other_contact_in_flight(
    scene: CampaignScene,
) -> None:
    scene.campaign("c1")
    contacts = scene.list_contacts("c1", numbers(212, 3))
    scene.tick()
    names = [attempt_id("c1", one.contact_id, 1) for one in contacts]
    for name in names:
        scene.settled(name, Disposition.COMPLETED)
    scene.ledger.unreadable.add(names[0])

    ticks(scene, STUMBLES + 3)

    assert scene.labels("c1") == {"done:completed": 2, "doubtful": 1}
    scene.ledger.unreadable.clear()  # the release that can read it is back
    scene.plan.outcomes.report(scene.ledger.attempts[names[0]])
    assert scene.labels("c1") == {"done:completed": 3}


def test_a_contact_that_cannot_be_sent_keeps_no_other_from_being_sent(
    scene: CampaignScene,
) -> None:
    scene.campaign("c1")
    contacts = scene.list_contacts("c1", numbers(212, 4))
    enqueue, bad = scene.ledger.enqueue, attempt_id("c1", contacts[0].contact_id, 1)

    def broken(attempt: Any) -> bool:
        if attempt.attempt_id == bad:
            raise ValueError(WORDS)
        return enqueue(attempt)

    scene.ledger.enqueue = broken  # type: ignore[method-assign]

    assert scene.tick().planned == 3
    ticks(scene, STUMBLES + 2)
    assert scene.contact(contacts[0]).state is ContactState.DOUBTFUL


def test_what_was_certainly_taken_is_sent_when_the_rest_is_in_doubt(scene: CampaignScene) -> None:
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 40))
    move = scene.contacts.move

    def in_part(steps: Sequence[ContactChange]) -> frozenset[str]:
        if not steps:
            return frozenset()
        raise MovedInPartError(move(steps[:30]))

    scene.contacts.move = in_part  # type: ignore[assignment,method-assign]

    assert scene.tick().planned == 30
    assert len(scene.jobs.sent) == 30


# -- campaigns -------------------------------------------------------------------------------


def test_a_campaign_that_cannot_be_looked_at_is_stopped_after_ten_times_and_says_why(
    scene: CampaignScene, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("c1", "c2"):
        scene.campaign(name)
        scene.list_contacts(name, numbers(212 if name == "c1" else 646, 30))
    head = scene.campaigns.head

    def broken(campaign_id: str, since_ms: int) -> Any:
        if campaign_id == "c1":
            raise KeyError(WORDS)
        return head(campaign_id, since_ms)

    scene.campaigns.head = broken  # type: ignore[assignment,method-assign]
    assert scene.tick().planned == 30
    assert '"error":"KeyError"' in capsys.readouterr().out
    for _ in range(STUMBLES - 1):
        assert scene.campaigns.campaigns["c1"].running
        scene.clock.advance(6 * 60_000)
        scene.tick()

    stopped = scene.campaigns.campaigns["c1"]
    assert stopped.state is CampaignState.STOPPED
    assert stopped.reason.startswith("doubtful: KeyError at test_set_aside.py:")
    assert len(scene.metrics.of("campaign_doubtful")) == 1
    scene.campaigns.head = head  # type: ignore[method-assign]
    resume_campaign("c1", scene.change)
    scene.clock.advance(6 * 60_000)
    assert scene.tick().planned == 30


def test_a_campaign_that_can_be_looked_at_again_begins_anew(scene: CampaignScene) -> None:
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 3))
    head, broken_for = scene.campaigns.head, STUMBLES - 1

    def broken(campaign_id: str, since_ms: int) -> Any:
        nonlocal broken_for
        broken_for -= 1
        if broken_for >= 0:
            raise KeyError(WORDS)
        return head(campaign_id, since_ms)

    scene.campaigns.head = broken  # type: ignore[assignment,method-assign]
    for _ in range(2 * STUMBLES):
        scene.tick()
        scene.clock.advance(6 * 60_000)
        if broken_for < -2:
            broken_for = 3

    assert scene.campaigns.campaigns["c1"].running


def test_a_note_that_breaks_keeps_no_other_campaign_from_being_planned(
    scene: CampaignScene,
) -> None:
    for name, area in (("c1", 212), ("c2", 646)):
        scene.campaign(name)
        scene.list_contacts(name, numbers(area, 3))
    note = scene.campaigns.note

    def broken(campaign_id: str, *given: Any, **named: Any) -> bool:
        if campaign_id == "c1":
            raise ValueError(WORDS)
        return note(campaign_id, *given, **named)

    scene.campaigns.note = broken  # type: ignore[method-assign]

    assert scene.tick().planned == 3
    assert scene.labels("c2") == {"in_flight": 3}


# -- our own numbers -------------------------------------------------------------------------


def test_an_attempt_that_cannot_be_tallied_costs_its_own_figure_only(scene: CampaignScene) -> None:
    scene.campaign("c1")
    contacts = scene.list_contacts("c1", numbers(212, 3))
    scene.tick()
    book = FakeCallerBook()
    watch = CallerWatch(book=book, clock=scene.clock, civil=scene.civil, metrics=scene.metrics)
    scene.finish = replace(scene.finish, callers=watch)
    ended = [
        scene.settled(attempt_id("c1", one.contact_id, 1), Disposition.COMPLETED)
        for one in contacts
    ]

    no_such_day = replace(ended[0], counts_at_ms=10**18)
    watch.note([(one, None) for one in (no_such_day, *ended[1:])])

    assert [tally.rang for tally in book.hours.values()] == [2]
    assert scene.metrics.of("caller_not_counted") == [{}]

"""What was agreed on in a call is in its record, and is planned when the call has ended."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.change_campaign import cancel_campaign
from contact_center.campaigns.services.finish_attempts import FinishAttempts
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.kernel.ports import StoreUnavailableError
from tests.campaign_scene import NOON, CampaignScene, numbers

if TYPE_CHECKING:
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.domain.dial_attempts import DialAttempt

MINUTE_MS = 60_000
LATER = NOON + timedelta(hours=2)
AGREED = LATER.isoformat(timespec="minutes")


@pytest.fixture
def scene() -> CampaignScene:
    return CampaignScene()


@pytest.fixture
def contact(scene: CampaignScene) -> CampaignContact:
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    return contact


def called(scene: CampaignScene, contact: CampaignContact, n: int = 1) -> DialAttempt:
    """Attempt n, talked through."""
    scene.tick()
    ended = scene.settled(attempt_id("c1", contact.contact_id, n), Disposition.COMPLETED)
    return replace(ended, call_id=f"call-{n}")


def report(scene: CampaignScene, *attempts: DialAttempt) -> frozenset[str]:
    return FinishAttempts(scene.finish).report_all(attempts)


@pytest.mark.parametrize("alone", [True, False])
def test_who_agreed_on_a_time_is_called_then(
    scene: CampaignScene, contact: CampaignContact, *, alone: bool
) -> None:
    first = called(scene, contact)
    scene.calls.callbacks["call-1"] = AGREED

    if alone:
        FinishAttempts(scene.finish).report(first)
    else:
        assert report(scene, first) == {first.attempt_id}

    waits = scene.contact(contact)
    assert (waits.state, waits.n, waits.urgent) == (ContactState.WAITING, 2, True)
    assert waits.due_at_ms == LATER.timestamp() * 1000


def test_what_was_agreed_on_is_kept_once_however_often_it_is_told(
    scene: CampaignScene, contact: CampaignContact
) -> None:
    first = called(scene, contact)
    scene.calls.callbacks["call-1"] = AGREED
    report(scene, first)
    report(scene, first)
    scene.clock.advance(120 * MINUTE_MS)
    second = called(scene, contact, 2)
    assert report(scene, first) == {first.attempt_id}  # its price has come, say
    assert scene.contact(contact).state is ContactState.IN_FLIGHT

    report(scene, second)
    report(scene, first)

    assert scene.contact(contact).state is ContactState.DONE


@pytest.mark.parametrize(
    "older", [f"{NOON:%Y-%m-%d}T01:00", "2031-11-20T12:00", "9999-12-31T23:30"]
)
def test_what_an_older_release_kept_of_a_refused_time_is_no_promise_and_stops_nobody(
    scene: CampaignScene, contact: CampaignContact, older: str
) -> None:
    first = called(scene, contact)
    scene.calls.callbacks["call-1"] = older

    assert report(scene, first) == {first.attempt_id}

    assert scene.contact(contact).state is ContactState.DONE


def test_a_time_agreed_on_that_passed_while_they_talked_is_called_at_once(
    scene: CampaignScene, contact: CampaignContact
) -> None:
    first = replace(called(scene, contact), ended_at_ms=scene.clock.now_ms() + MINUTE_MS)
    scene.calls.callbacks["call-1"] = NOON.isoformat(timespec="minutes")

    report(scene, first)

    assert scene.contact(contact).due_at_ms == NOON.timestamp() * 1000


def test_nothing_is_planned_for_somebody_who_was_taken_off_the_list(
    scene: CampaignScene, contact: CampaignContact
) -> None:
    first = called(scene, contact)
    scene.calls.callbacks["call-1"] = AGREED
    del scene.contacts.contacts["c1", contact.contact_id]

    assert report(scene, first) == {first.attempt_id}


@pytest.mark.parametrize("alone", [True, False])
def test_outcome_and_promise_are_one_write_so_that_no_attempt_is_taken_in_between(
    scene: CampaignScene, contact: CampaignContact, *, alone: bool
) -> None:
    first = called(scene, contact)
    dropped = replace(first, disposition=Disposition.DROPPED)  # would be tried again in minutes
    scene.calls.callbacks["call-1"] = AGREED

    def down(campaign_id: str, at_ms: int) -> None:
        raise StoreUnavailableError(campaign_id, at_ms)

    scene.campaigns.look_soon = down  # type: ignore[method-assign]
    with suppress(StoreUnavailableError):
        if alone:
            FinishAttempts(scene.finish).report(dropped)
        else:
            assert report(scene, dropped) == frozenset()

    waits = scene.contact(contact)
    assert (waits.n, waits.urgent) == (2, True)
    assert waits.due_at_ms == LATER.timestamp() * 1000


def test_a_promise_that_could_not_be_noted_is_told_again(
    scene: CampaignScene, contact: CampaignContact
) -> None:
    first = called(scene, contact)
    scene.calls.callbacks["call-1"] = AGREED
    look_soon = scene.campaigns.look_soon

    def down(campaign_id: str, at_ms: int) -> None:
        raise StoreUnavailableError(campaign_id, at_ms)

    scene.campaigns.look_soon = down  # type: ignore[method-assign]
    assert report(scene, first) == frozenset()
    scene.campaigns.look_soon = look_soon  # type: ignore[method-assign]
    assert report(scene, first) == {first.attempt_id}

    assert scene.contact(contact).due_at_ms == LATER.timestamp() * 1000


def test_a_promise_that_a_cancelled_campaign_cannot_keep_is_seen(
    scene: CampaignScene, contact: CampaignContact
) -> None:
    """He was on the line when it was cancelled, and is told that we call back."""
    first = called(scene, contact)
    cancel_campaign("c1", scene.change)
    scene.calls.callbacks["call-1"] = AGREED

    report(scene, first)

    assert scene.contact(contact).state is ContactState.DONE
    assert scene.labels("c1")["done:callback_not_kept"] == 1


# -- a promised call that could not be made --------------------------------------------------


def promised(scene: CampaignScene, contact: CampaignContact) -> None:
    """They talked, agreed on another call, and its time has come."""
    first = called(scene, contact)
    talked = scene.ledger.customer(contact.details.number).talked(scene.clock.now_ms())
    scene.ledger.customers[contact.details.number] = talked
    scene.calls.callbacks["call-1"] = AGREED
    report(scene, first)
    scene.clock.advance(120 * MINUTE_MS)
    scene.tick()


@pytest.mark.parametrize(
    "not_made", [Disposition.EXPIRED, Disposition.CAPACITY, Disposition.NOT_CALLED]
)
def test_a_promised_call_that_was_not_made_goes_before_others_still(
    scene: CampaignScene, contact: CampaignContact, not_made: Disposition
) -> None:
    promised(scene, contact)
    later = scene.civil.at(scene.clock.now_ms() + 20 * MINUTE_MS)
    second = scene.settled(
        attempt_id("c1", contact.contact_id, 2), not_made, next_allowed_at=later, call_id=None
    )

    report(scene, second)

    waits = scene.contact(contact)
    assert (waits.state, waits.n, waits.urgent) == (ContactState.WAITING, 3, True)


def test_a_promised_call_that_rang_in_vain_is_tried_again_as_any_other(
    scene: CampaignScene, contact: CampaignContact
) -> None:
    promised(scene, contact)

    report(scene, scene.settled(attempt_id("c1", contact.contact_id, 2), Disposition.BUSY))

    assert not scene.contact(contact).urgent


@pytest.mark.parametrize("came_to", [Disposition.BUSY, Disposition.EXPIRED])
def test_quiet_days_do_not_stand_against_trying_a_promised_call_again(
    scene: CampaignScene, contact: CampaignContact, came_to: Disposition
) -> None:
    rules = replace(scene.rules, quiet_days_after_conversation=7)
    scene.plan = replace(scene.plan, rules=rules)
    promised(scene, contact)

    report(scene, scene.settled(attempt_id("c1", contact.contact_id, 2), came_to))
    scene.clock.advance(31 * MINUTE_MS)
    scene.tick()

    assert attempt_id("c1", contact.contact_id, 3) in scene.ledger.attempts

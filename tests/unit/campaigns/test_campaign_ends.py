"""How campaigns and their contacts come to an end when two things happen at the same time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.campaigns import WIND_UP_MS, Campaign, CampaignState
from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.call_back import call_back
from contact_center.campaigns.services.change_campaign import (
    cancel_campaign,
    pause_campaign,
    resume_campaign,
    withdraw_contacts,
)
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, GivenUp, HeardEnded, Withdrawn
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from tests.campaign_scene import LONG_MS, NOON, CampaignScene, numbers
from tests.unit.dialing.dialing_scene import NOW_MS, TIMINGS, in_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.dialing.domain.dial_attempts import DialAttempt

MINUTE_MS = 60_000
LIST = (
    b"phone,consent_kind,consent_at,consent_source\n"
    b"+12122000700,express_written,2026-01-05T09:00Z,web\n"
)
CALLED_OFF = GivenUp(disposition=Disposition.CANCELLED, now_ms=NOW_MS, reason="withdrawn")


def one_contact(scene: CampaignScene) -> CampaignContact:
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    return contact


def enqueue_never(scene: CampaignScene) -> Callable[[DialAttempt], bool]:
    """A planner that dies after it took its contacts; returns what it would have gone on with."""
    enqueue = scene.ledger.enqueue

    def down(attempt: DialAttempt) -> bool:
        raise StoreUnavailableError(attempt.attempt_id)

    scene.ledger.enqueue = down  # type: ignore[method-assign]
    scene.tick()
    scene.ledger.enqueue = enqueue  # type: ignore[method-assign]
    return enqueue


def finished(scene: CampaignScene, contact: CampaignContact) -> None:
    """The contact's first call was talked through, and the planner has seen it."""
    scene.tick()
    name = attempt_id("c1", contact.contact_id, 1)
    finish_attempt(scene.settled(name, Disposition.COMPLETED), scene.finish)
    scene.clock.advance(6 * MINUTE_MS)
    scene.tick()


def state_of(scene: CampaignScene) -> CampaignState:
    return scene.campaigns.campaigns["c1"].state


# -- withdrawn while it is being planned or dialled ------------------------------------------


def test_an_attempt_that_is_planned_while_its_contact_is_withdrawn_is_not_made() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    enqueue = enqueue_never(scene)

    assert withdraw_contacts("c1", [contact.details.number], scene.change).withdrawn == 1

    name = attempt_id("c1", contact.contact_id, 1)
    too_late = scene.ledger.attempts[name]
    assert not enqueue(too_late)
    assert (too_late.state, too_late.disposition, too_late.due_at_ms) == (
        AttemptState.SETTLED,
        Disposition.CANCELLED,
        None,
    )


def test_a_withdrawal_that_broke_off_is_completed_when_it_is_asked_for_again() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    scene.tick()
    commit = scene.ledger.commit

    def down(_change: object) -> None:
        raise StoreUnavailableError

    scene.ledger.commit = down  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreUnavailableError):
        withdraw_contacts("c1", [contact.details.number], scene.change)
    scene.ledger.commit = commit  # type: ignore[method-assign]

    assert withdraw_contacts("c1", [contact.details.number], scene.change).withdrawn == 1
    attempt = scene.ledger.attempts[attempt_id("c1", contact.contact_id, 1)]
    assert attempt.disposition is Disposition.CANCELLED


@pytest.mark.parametrize("state", [AttemptState.DIALING, AttemptState.PLACED])
def test_what_is_called_off_under_way_rings_on_and_is_not_dialled_again(
    state: AttemptState,
) -> None:
    called_off = next_step(in_state(state), CALLED_OFF, TIMINGS)
    assert called_off.state is state

    if state is AttemptState.DIALING:
        not_sent = Withdrawn(
            posts=1, reason="capacity", now_ms=NOW_MS, not_before_ms=NOW_MS + 15_000
        )
        after = next_step(called_off, not_sent, TIMINGS)
    else:
        full = HeardEnded(
            posts=1, call_id="call-1", now_ms=NOW_MS, disposition=Disposition.CAPACITY
        )
        after = next_step(called_off, full, TIMINGS)

    assert (after.state, after.disposition) == (AttemptState.SETTLED, Disposition.CANCELLED)
    assert not after.line
    assert after.counts_at_ms is None


def test_who_was_withdrawn_when_done_is_not_brought_back() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    finished(scene, contact)
    assert withdraw_contacts("c1", [contact.details.number], scene.change).finished == 1

    assert not call_back("c1", contact.contact_id, NOON + timedelta(hours=1), scene.finish)
    name = attempt_id("c1", contact.contact_id, 1)
    finish_attempt(scene.settled(name, Disposition.BUSY), scene.finish)

    assert scene.contact(contact).label == "done:completed"
    assert state_of(scene) is CampaignState.FINISHED


# -- campaigns that are over -----------------------------------------------------------------


@pytest.mark.parametrize(
    "halt",
    [
        lambda scene: cancel_campaign("c1", scene.change),
        lambda scene: pause_campaign("c1", scene.change),  # and its end passes meanwhile, say
        lambda scene: scene.finish.brake.stop("c1", "credentials"),
    ],
    ids=["cancelled", "paused", "stopped"],
)
def test_a_contact_taken_by_a_dead_planner_goes_back_when_its_campaign_runs_no_more(
    halt: Callable[[CampaignScene], object],
) -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    enqueue_never(scene)
    halt(scene)
    assert scene.labels("c1") == {"in_flight": 1}

    for _ in range(2):
        scene.clock.advance(WIND_UP_MS)
        scene.tick()

    assert scene.labels("c1") == {"waiting": 1}
    assert scene.contact(contact).n == 1
    assert scene.ledger.attempts == {}
    assert scene.campaigns.notes["c1"].look_at_ms is None


def test_a_campaign_cancelled_with_calls_under_way_is_looked_at_until_they_are_over() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    scene.tick()
    cancel_campaign("c1", scene.change)
    scene.clock.advance(WIND_UP_MS)
    scene.tick()
    assert scene.campaigns.notes["c1"].look_at_ms is not None

    name = attempt_id("c1", contact.contact_id, 1)
    scene.settled(name, Disposition.NO_ANSWER)  # and nobody reports it
    scene.clock.advance(scene.plan.settings.check_again_ms)
    for _ in range(2):
        scene.tick()
        scene.clock.advance(WIND_UP_MS)

    assert scene.labels("c1") == {"done:no_answer": 1}
    assert scene.campaigns.notes["c1"].look_at_ms is None


# -- an end that is told again, and otherwise -------------------------------------------------


def failures(scene: CampaignScene) -> list[tuple[int, int]]:
    return [(tally.ended, tally.failed) for tally in scene.campaigns.tallies["c1"].values()]


def test_who_turns_out_to_have_been_served_is_not_rung_again() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    scene.tick()
    name = attempt_id("c1", contact.contact_id, 1)
    finish_attempt(scene.settled(name, Disposition.DROPPED, reason="worker-died"), scene.finish)
    assert scene.contact(contact).urgent
    assert failures(scene) == [(1, 1)]

    served = scene.settled(name, Disposition.COMPLETED, reason="customer-ended-call")
    finish_attempt(served, scene.finish)
    finish_attempt(served, scene.finish)

    assert scene.labels("c1") == {"done:completed": 1}
    assert failures(scene) == [(1, 0)]
    scene.clock.advance(60 * MINUTE_MS)
    scene.tick()
    assert attempt_id("c1", contact.contact_id, 2) not in scene.ledger.attempts


# -- campaigns that finish just when somebody comes back -------------------------------------


def test_who_asks_to_be_called_back_after_the_campaign_finished_is_called() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    finished(scene, contact)
    assert state_of(scene) is CampaignState.FINISHED

    at = NOON + timedelta(minutes=30)
    assert call_back("c1", contact.contact_id, at, scene.finish)
    assert state_of(scene) is CampaignState.RUNNING
    scene.clock.advance(30 * MINUTE_MS)
    scene.tick()

    assert attempt_id("c1", contact.contact_id, 2) in scene.ledger.attempts


def test_nobody_is_promised_a_call_back_by_a_cancelled_campaign() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    cancel_campaign("c1", scene.change)

    assert not call_back("c1", contact.contact_id, NOON + timedelta(hours=1), scene.finish)
    assert scene.contact(contact).callback_at_ms is None


def test_a_contact_that_comes_back_while_its_campaign_finishes_keeps_it_running() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    scene.tick()
    name = attempt_id("c1", contact.contact_id, 1)
    finish_attempt(scene.settled(name, Disposition.COMPLETED), scene.finish)
    scene.clock.advance(6 * MINUTE_MS)
    save = scene.campaigns.save

    def truth_first(
        before: Campaign,
        after: Campaign,
        look_at_ms: int | None,
        snapshot: Mapping[str, object] | None = None,
    ) -> Campaign:
        """Between the planner's look and its word, the truth about the call is told."""
        scene.campaigns.save = save  # type: ignore[method-assign]
        finish_attempt(scene.settled(name, Disposition.BUSY), scene.finish)
        return save(before, after, look_at_ms, snapshot)

    scene.campaigns.save = truth_first  # type: ignore[method-assign]
    scene.tick()

    assert scene.labels("c1") == {"waiting": 1}
    assert state_of(scene) is CampaignState.RUNNING


def test_who_was_promised_a_call_waits_for_nothing_when_the_campaign_was_cancelled() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    scene.tick()
    assert call_back("c1", contact.contact_id, NOON + timedelta(hours=1), scene.finish)
    cancel_campaign("c1", scene.change)

    name = attempt_id("c1", contact.contact_id, 1)
    finish_attempt(scene.settled(name, Disposition.COMPLETED), scene.finish)

    assert scene.contact(contact).state is ContactState.DONE
    assert scene.labels("c1") == {"done:callback_not_kept": 1}


def test_who_comes_back_when_the_campaign_finished_between_read_and_write_reopens_it() -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    scene.tick()
    name = attempt_id("c1", contact.contact_id, 1)
    finish_attempt(scene.settled(name, Disposition.COMPLETED), scene.finish)
    scene.clock.advance(6 * MINUTE_MS)
    move = scene.contacts.move

    def finished_first(changes: Sequence[ContactChange]) -> frozenset[str]:
        """The planner finishes the campaign after it was read, and before the contact moves."""
        scene.contacts.move = move  # type: ignore[method-assign]
        scene.tick()
        assert state_of(scene) is CampaignState.FINISHED
        return move(changes)

    scene.contacts.move = finished_first  # type: ignore[method-assign]
    finish_attempt(scene.settled(name, Disposition.BUSY), scene.finish)

    assert scene.labels("c1") == {"waiting": 1}
    assert state_of(scene) is CampaignState.RUNNING


@pytest.mark.parametrize("finished_first", [True, False])
def test_a_list_lets_a_campaign_run_on_that_finished_while_it_was_imported(
    *, finished_first: bool
) -> None:
    scene = CampaignScene()
    contact = one_contact(scene)
    if finished_first:
        finished(scene, contact)
        scene.clock.advance(3 * MINUTE_MS)
    job = add_contacts("c1", "more", LIST, "US", scene.change)
    if not finished_first:
        del scene.imports.jobs[job.import_id]  # the planner has not seen it yet
        scene.clock.advance(1_000)
        finished(scene, contact)
        scene.imports.jobs[job.import_id] = job
    assert state_of(scene) is CampaignState.FINISHED

    import_contacts(job.import_id, LONG_MS, scene.importing)

    runs = CampaignState.FINISHED if finished_first else CampaignState.RUNNING
    assert state_of(scene) is runs  # who adds to a finished campaign lets it run on themselves
    resume_campaign("c1", scene.change)
    scene.clock.advance(MINUTE_MS)
    scene.tick()
    assert scene.labels("c1") == {"done:completed": 1, "in_flight": 1}

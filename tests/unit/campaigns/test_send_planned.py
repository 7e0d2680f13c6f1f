"""Attempts and jobs of a tick go together, and what is wrong with one keeps no other out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.campaign_calls import call_of_contact
from contact_center.campaigns.services import send_planned
from contact_center.campaigns.services.plan_parts import PlanSettings
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.domain.pacing import PaceLimits, SlotRequest
from contact_center.kernel.ports import (
    ContentionError,
    QueueUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)
from tests.campaign_scene import CampaignScene, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.dialing_ports import DialJob


def scene_of(count: int) -> tuple[CampaignScene, list[CampaignContact]]:
    scene = CampaignScene()
    scene.campaign("c1")
    return scene, scene.list_contacts("c1", numbers(212, count))


def name_of(contact: CampaignContact) -> str:
    return attempt_id("c1", contact.contact_id, 1)


def jobs_of(scene: CampaignScene) -> set[str]:
    return {job.attempt_id for job, _ in scene.jobs.sent}


def test_the_attempts_of_a_tick_are_one_request_and_so_are_their_jobs() -> None:
    scene, contacts = scene_of(8)
    asked: Counter[tuple[str, int]] = Counter()
    makes, sends = scene.ledger.enqueue_all, scene.jobs.send_all

    def made(attempts: Sequence[DialAttempt]) -> None:
        asked["enqueue_all", len(attempts)] += 1
        makes(attempts)

    def sent(jobs: Sequence[tuple[DialJob, int]]) -> frozenset[str]:
        asked["send_all", len(jobs)] += 1
        return sends(jobs)

    scene.ledger.enqueue_all = made  # type: ignore[method-assign]
    scene.jobs.send_all = sent  # type: ignore[method-assign]
    assert scene.tick().planned == 8
    assert asked == {("enqueue_all", 8): 1, ("send_all", 8): 1}
    assert set(scene.ledger.attempts) == jobs_of(scene) == {name_of(one) for one in contacts}


def test_each_job_is_shown_five_seconds_before_its_own_slot() -> None:
    scene, _ = scene_of(8)
    scene.tick()
    now_ms = scene.clock.now_ms()
    slots = {job.slot_at_ms for job, _ in scene.jobs.sent}
    assert len(slots) == 8
    for job, delay_seconds in scene.jobs.sent:
        assert job.slot_at_ms is not None
        assert delay_seconds == max(0, (job.slot_at_ms - 5_000 - now_ms) // 1_000)


def test_one_that_the_table_never_takes_keeps_no_other_from_being_called() -> None:
    scene, contacts = scene_of(5)
    odd = name_of(contacts[2])
    scene.ledger.refused.add(odd)
    assert scene.tick().planned == 4
    assert jobs_of(scene) == set(scene.ledger.attempts) == {*map(name_of, contacts)} - {odd}
    assert scene.metrics.of("plan_not_enqueued")


@pytest.mark.parametrize("error", [StoreUnavailableError, ContentionError, StoreRefusedError])
def test_what_is_not_written_together_goes_one_by_one(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, contacts = scene_of(5)

    def down(_attempts: object) -> None:
        raise error

    monkeypatch.setattr(scene.ledger, "enqueue_all", down)
    assert scene.tick().planned == 5
    assert jobs_of(scene) == {*map(name_of, contacts)}


def test_one_that_cannot_be_made_at_all_is_left_to_its_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, contacts = scene_of(3)

    def odd(campaign: Any, contact: CampaignContact, *times: Any) -> Any:
        if contact.contact_id == contacts[0].contact_id:
            raise OverflowError("a customer's words")
        return call_of_contact(campaign, contact, *times)

    monkeypatch.setattr(f"{send_planned.__name__}.call_of_contact", odd)
    assert scene.tick().planned == 2
    assert jobs_of(scene) == {*map(name_of, contacts[1:])}
    assert scene.metrics.of("plan_failed")


def test_jobs_that_are_not_taken_leave_their_attempts_to_the_reconciler() -> None:
    scene, contacts = scene_of(5)
    sends, odd = scene.jobs.send, name_of(contacts[3])

    def first_ones(job: DialJob, delay_seconds: int = 0) -> None:
        if job.attempt_id == odd:
            raise QueueUnavailableError
        sends(job, delay_seconds)

    scene.jobs.send = first_ones  # type: ignore[method-assign]
    assert scene.tick().planned == 5
    assert set(scene.ledger.attempts) == {*map(name_of, contacts)}
    assert odd not in jobs_of(scene)
    assert scene.metrics.of("plan_job_not_sent")


def test_a_batch_without_slots_does_not_undo_until_when_they_are_reserved() -> None:
    scene = CampaignScene(settings=PlanSettings(limits=PaceLimits(account_calls=10), batch=4))
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 8))
    reserves, asked = scene.slots.reserve, list[SlotRequest]()

    def first_alone(request: SlotRequest) -> Sequence[int | None]:
        asked.append(request)
        if len(asked) > 1:
            raise StoreUnavailableError
        return reserves(request)

    scene.slots.reserve = first_alone  # type: ignore[method-assign]
    assert scene.tick().planned == 4
    assert len(asked) == 2
    assert scene.notes.reserved_until() == max(job.slot_at_ms or 0 for job, _ in scene.jobs.sent)

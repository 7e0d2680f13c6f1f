"""The planner: the right contacts at the right time, whatever happens to its ticks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.call_back import call_back
from contact_center.campaigns.services.campaign_ports import DueQueue
from contact_center.campaigns.services.change_campaign import pause_campaign
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.campaigns.services.plan_campaigns import plan_campaigns
from contact_center.campaigns.services.plan_parts import PlanSettings
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.domain.pacing import PaceLimits
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from tests.campaign_scene import (
    LONG_MS,
    NIGHT,
    NOON,
    CampaignScene,
    ms,
    numbers,
    seconds_between,
)
from tests.unit.permission.dialing_examples import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.domain.pacing import SlotRequest

MINUTE_MS = 60_000


def slots_of(scene: CampaignScene) -> list[int]:
    return [job.slot_at_ms for job, _ in scene.jobs.sent if job.slot_at_ms is not None]


# -- one tick --------------------------------------------------------------------------------


def test_a_due_contact_is_taken_its_attempt_queued_and_its_job_sent_with_its_slot() -> None:
    scene = CampaignScene()
    campaign = scene.campaign("c1", phoneNumberId="line-1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))

    done = scene.tick()

    assert (done.looked, done.failed, done.planned) == (1, 0, 1)
    taken = scene.contact(contact)
    assert (taken.state, taken.n) == (ContactState.IN_FLIGHT, 1)
    name = attempt_id("c1", contact.contact_id, 1)
    request = scene.ledger.attempts[name].request
    assert (request.campaign_id, request.contact_id, request.n) == ("c1", contact.contact_id, 1)
    assert (request.assistant, request.phone_number_id) == (campaign.wish.assistant, "line-1")
    [(job, delay_seconds)] = scene.jobs.sent
    assert job.attempt_id == name
    assert job.slot_at_ms is not None
    assert scene.clock.now_ms() < job.slot_at_ms <= scene.clock.now_ms() + 150_000
    assert delay_seconds <= max(0, job.slot_at_ms - scene.clock.now_ms()) // 1000


def test_a_tick_fills_the_time_ahead_and_no_more() -> None:
    scene = CampaignScene(limits=PaceLimits(account_calls=10, kept_every=10))
    scene.campaign("c1")
    scene.list_contacts("c1", [n for area in range(212, 232) for n in _area(area, 100)])

    first = scene.tick().planned
    scene.clock.advance(MINUTE_MS)
    second = scene.tick().planned

    # 150 s at 10 calls a second and 2 % slack, a tenth kept for triggers; the campaign reads
    # 800 contacts a tick at most
    assert 700 <= first <= 1324
    assert 400 <= second <= 800
    assert max(slots_of(scene)) <= scene.clock.now_ms() + 150_000
    assert worst_second(slots_of(scene)) <= 10


def _area(area: int, count: int) -> list[str]:
    return [number for number in numbers(area, count, 3_000_000) if _valid(number)]


def _valid(number: str) -> bool:
    try:
        shipped().check_number(parse_phone_number(number))
    except BadNumberError:
        return False
    return True


def worst_second(slots: list[int]) -> int:
    return max(sum(at <= other < at + 1000 for other in slots) for at in slots)


def test_slots_of_a_campaign_keep_its_stagger() -> None:
    scene = CampaignScene()
    scene.campaign("c1", staggerSeconds=2)
    scene.list_contacts("c1", numbers(212, 200))

    planned = scene.tick().planned

    assert 60 <= planned <= 75
    assert min(seconds_between(slots_of(scene))) >= 2


def test_the_prefix_of_one_area_does_not_hold_up_another_campaign() -> None:
    scene = CampaignScene(limits=PaceLimits(account_calls=10, prefix_calls=1))
    scene.campaign("one-area", priority=5)
    scene.campaign("many-areas", priority=1)
    scene.list_contacts("one-area", numbers(212, 700))
    for area in (312, 415, 617, 713):
        scene.list_contacts("many-areas", numbers(area, 100))

    scene.tick()

    assert scene.labels("one-area")["in_flight"] <= 150
    assert scene.labels("many-areas")["in_flight"] >= 350


def test_who_is_talking_to_us_is_not_planned_and_comes_back_when_they_have_hung_up() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    talking, _ = scene.list_contacts("c1", numbers(212, 2))
    number, now_ms = talking.details.number, scene.clock.now_ms()
    known = Customer(number=number).talking("call:in-1", now_ms + 20 * MINUTE_MS, now_ms)
    scene.ledger.customers[number] = known

    assert scene.tick().planned == 1
    assert scene.contact(talking).state is ContactState.WAITING
    scene.ledger.customers[number] = known.hung_up("call:in-1")
    scene.clock.advance(6 * MINUTE_MS)
    assert scene.tick().planned == 1


# -- ticks doubled, late, lost, cut short ----------------------------------------------------


def test_a_doubled_tick_plans_nothing_twice() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 20))

    assert scene.tick().planned == 20
    assert scene.tick().planned == 0

    assert len({job.attempt_id for job, _ in scene.jobs.sent}) == len(scene.jobs.sent) == 20


def test_an_index_that_lags_leads_to_nothing() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 5))
    scene.campaigns.to_look_at = lambda *_: ["c1"]  # type: ignore[method-assign]

    assert scene.tick().planned == 5
    assert scene.tick().looked == 1
    assert scene.campaigns.reads["heads"] == 2
    assert scene.contacts.reads["contacts"] == 5  # served a moment ago: nobody else was read
    scene.clock.advance(10 * MINUTE_MS)
    pause_campaign("c1", scene.change)
    assert scene.tick().planned == 0


def test_a_tick_asks_for_no_more_slots_than_the_time_ahead_has_left() -> None:
    scene = CampaignScene(limits=PaceLimits(account_calls=3, kept_every=0))
    scene.campaign("c1")
    for area in (212, 312, 415):
        scene.list_contacts("c1", numbers(area, 400))
    asked: list[int] = []
    reserve = scene.slots.reserve

    def counting(request: SlotRequest) -> Sequence[int | None]:
        asked.append(len(request.calls))
        return reserve(request)

    scene.slots.reserve = counting  # type: ignore[method-assign]
    scene.tick()
    first = sum(asked)
    scene.clock.advance(MINUTE_MS)
    scene.tick()

    assert 420 <= first <= 450  # 150 s of three a second
    assert 160 <= sum(asked) - first <= 190  # the minute that has passed


def test_two_ticks_at_once_plan_each_contact_once() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 20))
    inner = scene.slots.reserve

    def other_tick_meanwhile(request: object) -> object:
        scene.slots.reserve = inner  # type: ignore[method-assign]
        scene.clock.advance(40_000)  # the other tick finds the campaign due again
        scene.tick()
        return inner(request)  # type: ignore[arg-type]

    scene.slots.reserve = other_tick_meanwhile  # type: ignore[assignment, method-assign]

    scene.tick()

    sent = [job.attempt_id for job, _ in scene.jobs.sent]
    assert len(set(sent)) == len(sent) == 20
    assert scene.labels("c1") == {"in_flight": 20}


def test_a_late_or_lost_tick_is_made_up_for_by_the_next() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 20))

    scene.clock.advance(17 * MINUTE_MS)

    assert scene.tick().planned == 20


@pytest.mark.parametrize("broken", ["enqueue", "take"])
def test_what_a_crash_left_taken_is_looked_after(broken: str) -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))

    def gone(*_: object) -> bool:
        raise StoreUnavailableError

    holder, name = {
        "enqueue": (scene.ledger, "enqueue"),
        "take": (scene.contacts, "move"),
    }[broken]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(holder, name, gone)
        assert scene.tick().planned == 0
    assert not scene.ledger.attempts

    for _ in range(7):
        scene.clock.advance(MINUTE_MS)
        scene.tick()

    assert list(scene.ledger.attempts) == [attempt_id("c1", contact.contact_id, 1)]
    assert scene.jobs.sent
    assert scene.contact(contact).state is ContactState.IN_FLIGHT


def test_a_job_that_could_not_be_sent_leaves_the_attempt_to_the_reconciler() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))

    def down(*_: object) -> None:
        raise QueueUnavailableError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene.jobs, "send", down)
        scene.tick()

    attempt = scene.ledger.attempts[attempt_id("c1", contact.contact_id, 1)]
    assert attempt.due_at_ms is not None
    assert attempt.due_at_ms <= scene.clock.now_ms() + 150_000 + MINUTE_MS
    assert scene.metrics.of("plan_job_not_sent")


def test_an_attempt_that_ended_unheard_is_found_by_its_check() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    scene.tick()
    scene.settled(attempt_id("c1", contact.contact_id, 1), Disposition.COMPLETED)

    scene.clock.advance(6 * MINUTE_MS)
    scene.tick()

    assert scene.contact(contact).label == "done:completed"


def test_one_bad_campaign_does_not_stop_the_next() -> None:
    scene = CampaignScene()
    scene.campaign("bad")
    scene.campaign("good")
    scene.list_contacts("good", numbers(212, 3))
    head = scene.campaigns.head

    def failing(campaign_id: str, since_ms: int) -> object:
        if campaign_id == "bad":
            raise ValueError
        return head(campaign_id, since_ms)

    scene.campaigns.head = failing  # type: ignore[assignment, method-assign]

    done = scene.tick()

    assert (done.failed, done.planned) == (1, 3)


def test_with_no_time_left_nothing_is_begun() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 3))
    assert plan_campaigns(scene.clock.now_ms() + 1_000, scene.plan).planned == 0
    assert plan_campaigns(LONG_MS, scene.plan).planned == 3


# -- contactability as advice ----------------------------------------------------------------


def test_contacts_in_a_closed_window_are_put_off_until_it_opens() -> None:
    scene = CampaignScene()
    scene.clock.at_ms = ms(NIGHT)
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))

    scene.tick()

    waiting = scene.contact(contact)
    assert waiting.state is ContactState.WAITING
    assert waiting.due_at_ms is not None
    assert datetime.fromtimestamp(waiting.due_at_ms / 1000, UTC).hour in {13, 14}  # New York
    scene.clock.at_ms = waiting.due_at_ms
    assert scene.tick().planned == 1


def test_nobody_is_planned_into_the_end_of_a_window() -> None:
    scene = CampaignScene()
    closes = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)  # 21:00 in New York, the state's own close
    scene.campaign("c1")
    contacts = scene.list_contacts("c1", numbers(212, 5))
    scene.clock.at_ms = ms(closes) - 100_000

    scene.tick()

    assert all(scene.contact(one).state is ContactState.WAITING for one in contacts)


@pytest.mark.parametrize(
    ("permission", "label"),
    [
        (Permission(version=1), "never:no_consent"),
        (Permission(suppressed_at=NOON, version=1), "never:suppressed"),
    ],
)
def test_who_may_never_be_called_is_told_apart(permission: Permission, label: str) -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    scene.permissions.permissions[contact.details.number] = permission

    scene.tick()

    assert scene.contact(contact).label == label
    assert not scene.ledger.attempts


def test_who_is_talking_now_is_asked_again_later() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    number = contact.details.number
    scene.ledger.customers[number] = Customer(number=number, held_by="another", version=1)

    scene.tick()
    assert scene.contact(contact).state is ContactState.WAITING

    scene.ledger.customers[number] = Customer(number=number, version=2)
    scene.clock.advance(5 * MINUTE_MS)
    assert scene.tick().planned == 1


def test_at_night_a_long_list_is_not_read_through() -> None:
    scene = CampaignScene()
    scene.clock.at_ms = ms(NIGHT)
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 3000))

    for _ in range(10):
        scene.tick()
        scene.clock.advance(MINUTE_MS)

    assert scene.contacts.reads["contacts"] <= 300


def test_a_tick_reads_what_is_due_and_not_the_list() -> None:
    read = {}
    for size in (100, 4000):
        scene = CampaignScene(limits=PaceLimits(account_calls=1))
        scene.campaign("c1")
        scene.list_contacts("c1", numbers(212, size))
        scene.tick()
        read[size] = (scene.contacts.reads["contacts"], scene.people.reads["people"])

    assert read[4000] <= (400, 400)
    scene = CampaignScene()
    scene.campaign("idle")
    for contact in scene.list_contacts("idle", numbers(212, 2000)):
        later = scene.clock.now_ms() + 10 * 3_600_000
        key = ("idle", contact.contact_id)
        scene.contacts.contacts[key] = _due(scene, key, later)
    scene.contacts.reads.clear()

    for _ in range(4):
        scene.tick()
        scene.clock.advance(MINUTE_MS)

    assert scene.contacts.reads["contacts"] == 0
    assert scene.campaigns.reads["heads"] == 1  # looked at once in five minutes


def _due(scene: CampaignScene, key: tuple[str, str], at_ms: int) -> CampaignContact:
    return replace(scene.contacts.contacts[key], due_at_ms=at_ms)


# -- callbacks and fairness ------------------------------------------------------------------


def test_a_callback_at_an_agreed_time_comes_before_a_long_list() -> None:
    scene = CampaignScene(limits=PaceLimits(account_calls=1))
    scene.campaign("c1")
    [first] = scene.list_contacts("c1", numbers(212, 1))
    scene.tick()
    name = attempt_id("c1", first.contact_id, 1)
    at = NOON + timedelta(hours=1)
    assert call_back("c1", first.contact_id, at, scene.finish)
    finish_attempt(scene.settled(name, Disposition.COMPLETED), scene.finish)
    scene.list_contacts("c1", numbers(312, 2000))
    scene.clock.at_ms = ms(at)
    scene.jobs.sent.clear()

    scene.tick()

    second = attempt_id("c1", first.contact_id, 2)
    slots = {job.attempt_id: job.slot_at_ms for job, _ in scene.jobs.sent}
    assert second in slots
    assert slots[second] == min(slot for slot in slots.values() if slot is not None)
    request = scene.ledger.attempts[second].request
    assert request.callback_at_ms == ms(at)


def test_a_callback_asked_for_while_waiting_is_no_second_attempt() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    at = NOON + timedelta(hours=1)

    assert call_back("c1", contact.contact_id, at, scene.finish)
    assert scene.tick().planned == 0
    urgent = scene.contacts.due("c1", DueQueue.URGENT, ms(at), 10)
    assert [one.n for one in urgent.contacts] == [1]


@pytest.mark.long
def test_many_campaigns_with_few_slots_are_all_served_in_the_end() -> None:
    scene = CampaignScene(limits=PaceLimits(account_calls=1))
    areas = (212, 312, 415, 617, 713, 303, 404, 206)
    for place, area in enumerate(areas):
        name = f"c{place}"
        scene.campaign(name, priority=1 + place % 5)
        scene.list_contacts(name, numbers(area, 100))

    for _ in range(12):
        scene.tick()
        scene.clock.advance(MINUTE_MS)

    planned = {name: scene.labels(name).get("in_flight", 0) for name in scene.campaigns.campaigns}
    assert all(count > 20 for count in planned.values()), planned
    assert planned["c4"] > planned["c0"]  # priority 5 against priority 1


def test_an_attempt_is_given_up_so_long_after_its_slot_and_not_after_its_plan() -> None:
    scene = CampaignScene(limits=PaceLimits(account_calls=1, kept_every=0))
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 20))
    scene.tick()

    slots = {job.attempt_id: job.slot_at_ms or 0 for job, _ in scene.jobs.sent}
    lasts_ms = {
        attempt.request.expires_at_ms - slots[name]
        for name, attempt in scene.ledger.attempts.items()
    }
    assert lasts_ms == {PlanSettings().expires_ms}
    assert len(set(slots.values())) > 1

"""A campaign that has nobody to ring sleeps until somebody is due, and costs nothing meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.campaigns import CampaignState, PlanNote
from contact_center.campaigns.domain.contacts import ContactState, put_off
from contact_center.campaigns.services.call_back import call_back
from contact_center.campaigns.services.campaign_ports import ContactChange, DuePage
from contact_center.campaigns.services.change_campaign import (
    pause_campaign,
    resume_campaign,
    withdraw_contacts,
)
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.campaigns.services.look_at_campaign import _room_again_ms
from contact_center.campaigns.services.plan_parts import PlanSettings
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from tests.campaign_scene import LONG_MS, NIGHT, CampaignScene, ms, numbers
from tests.fakes.clock import FakeClock
from tests.unit.triggers.test_trigger_contact import Desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
IDLE_MS, ASLEEP_MS = PlanSettings().idle_ms, PlanSettings().asleep_ms


def due_in(scene: CampaignScene, contact: CampaignContact, later_ms: int) -> CampaignContact:
    """The contact, due so much later."""
    later = put_off(contact, scene.clock.now_ms() + later_ms)
    scene.contacts.move([ContactChange(before=contact, after=later)])
    return scene.contact(contact)


def asleep(scene: CampaignScene, later_ms: int, count: int = 1) -> Sequence[CampaignContact]:
    """A campaign whose contacts are due so much later, after the planner has seen that."""
    scene.campaign("c1")
    contacts = [due_in(scene, one, later_ms) for one in scene.list_contacts("c1", numbers(212, 2))]
    for _ in range(count + 1):
        scene.tick()
        scene.clock.advance(IDLE_MS)
    return contacts


def look_at_ms(scene: CampaignScene) -> int:
    return scene.campaigns.notes["c1"].look_at_ms or 0


# -- what it costs ---------------------------------------------------------------------------


def test_campaigns_with_nobody_due_are_not_looked_at() -> None:
    """The reads of a tick are those of the one campaign that has somebody due."""
    asked = {}
    for others in (0, 150):
        scene = CampaignScene()
        for place in range(others):
            name = f"other-{place}"
            scene.campaign(name)
            [contact] = scene.list_contacts(name, [numbers(312, others)[place]])
            due_in(scene, contact, 24 * HOUR_MS)
        for _ in range(3):
            scene.tick()
            scene.clock.advance(IDLE_MS)
        scene.campaign("c1")
        scene.list_contacts("c1", numbers(212, 5))
        scene.contacts.reads.clear()
        scene.campaigns.reads.clear()

        assert scene.tick().planned == 5
        asked[others] = (dict(scene.campaigns.reads), dict(scene.contacts.reads))

    assert asked[0] == asked[150]


def test_it_sleeps_until_its_next_contact_is_due() -> None:
    scene = CampaignScene()

    one, _ = asleep(scene, 3 * HOUR_MS)

    assert look_at_ms(scene) == one.due_at_ms
    scene.clock.advance(3 * HOUR_MS)
    assert scene.tick().planned == 2


def test_it_is_looked_at_after_hours_though_nobody_woke_it() -> None:
    scene = CampaignScene()

    asleep(scene, 24 * HOUR_MS)

    assert look_at_ms(scene) == scene.clock.now_ms() - IDLE_MS + ASLEEP_MS


def test_while_somebody_is_under_way_it_does_not_sleep() -> None:
    """It is over soon after his call is, and stops soon when his and others' have failed."""
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 1))
    for _ in range(6):
        scene.tick()
        assert look_at_ms(scene) <= scene.clock.now_ms() + IDLE_MS
        scene.clock.advance(IDLE_MS)
    [one] = scene.contacts.of("c1")
    assert one.state is ContactState.IN_FLIGHT


def test_it_wakes_for_its_end() -> None:
    scene = CampaignScene()
    ends_ms = scene.clock.now_ms() + 2 * HOUR_MS
    scene.campaign("c1", endAt="2026-11-18T20:00:00Z")
    [one] = scene.list_contacts("c1", numbers(212, 1))
    due_in(scene, one, 5 * HOUR_MS)
    for _ in range(2):
        scene.tick()
        scene.clock.advance(IDLE_MS)

    assert look_at_ms(scene) == ends_ms
    scene.clock.advance(2 * HOUR_MS)
    scene.tick()
    assert scene.campaigns.campaigns["c1"].state is CampaignState.FINISHED


def test_what_a_day_has_used_up_is_waited_for_until_it_comes_back() -> None:
    scene = CampaignScene()
    scene.campaign("c1", dailyCap=1)
    scene.list_contacts("c1", numbers(212, 2))
    began_ms = scene.clock.now_ms()
    scene.tick()
    [taken] = [one for one in scene.contacts.of("c1") if one.state is ContactState.IN_FLIGHT]
    missed = scene.settled(attempt_id("c1", taken.contact_id, 1), Disposition.NOT_CALLED)
    finish_attempt(missed, scene.finish)
    for _ in range(3):
        scene.clock.advance(IDLE_MS)
        scene.tick()

    assert look_at_ms(scene) == began_ms + 25 * HOUR_MS
    scene.clock.advance(25 * HOUR_MS)
    assert scene.tick().planned == 1


def test_an_hour_with_room_is_found_and_now_when_there_is_some() -> None:
    note = PlanNote().planned(3, 10 * HOUR_MS).planned(2, 12 * HOUR_MS)
    now_ms = 13 * HOUR_MS + 5

    assert note.room_again_ms(6, now_ms) == now_ms
    assert note.room_again_ms(5, now_ms) == 35 * HOUR_MS
    assert note.room_again_ms(2, now_ms) == 37 * HOUR_MS


# -- who wakes it ----------------------------------------------------------------------------


def test_a_list_wakes_it_with_its_first_part() -> None:
    """Though the rest of it is a bad line that the whole of it fails for, or takes hours."""
    scene = CampaignScene()
    asleep(scene, 24 * HOUR_MS)
    rows = b"phone\n" + b"".join(f"{number}\n".encode() for number in numbers(312, 300))
    add_contacts("c1", "i", rows, "US", scene.change)

    import_contacts("c1.i", scene.clock.now_ms(), scene.importing)  # time for one part

    assert 0 < scene.labels("c1")["waiting"] - 2 < 300
    assert look_at_ms(scene) == scene.clock.now_ms()


def test_who_was_added_of_a_list_that_failed_is_called() -> None:
    scene = CampaignScene()
    asleep(scene, 24 * HOUR_MS)
    rows = b"phone\n" + b"".join(f"{number}\n".encode() for number in numbers(312, 300))
    add_contacts("c1", "i", rows, "US", scene.change)
    import_contacts("c1.i", scene.clock.now_ms(), scene.importing)
    noted = scene.campaigns.notes["c1"]
    later = noted.looking_at(scene.clock.now_ms() + HOUR_MS)  # as if nobody had woken it
    assert scene.campaigns.note("c1", noted, later)
    [job] = scene.imports.jobs.values()
    scene.files.files[job.file_key] = b"another list\n"

    failed = import_contacts("c1.i", LONG_MS, scene.importing)

    assert failed is not None
    assert failed.failed
    assert look_at_ms(scene) == scene.clock.now_ms()


def test_a_call_by_wish_wakes_it_when_its_contact_is_to_be_looked_after() -> None:
    """Should whoever took the contact die before the attempt is made, the planner makes it."""
    desk = Desk()
    name = "spring"
    note = desk.scene.campaigns.notes[name]
    far = note.looking_at(desk.scene.clock.now_ms() + 24 * HOUR_MS)
    assert desk.scene.campaigns.note(name, note, far)

    desk()

    check_at_ms = desk.now(desk.ada).due_at_ms
    assert desk.scene.campaigns.notes[name].look_at_ms == check_at_ms


def test_a_promise_wakes_it() -> None:
    scene = CampaignScene()
    one, _ = asleep(scene, 24 * HOUR_MS)
    soon = scene.civil.at(scene.clock.now_ms() + 10 * MINUTE_MS)

    assert call_back("c1", one.contact_id, soon, scene.finish)

    scene.clock.advance(10 * MINUTE_MS)
    assert scene.tick().planned == 1


def test_who_became_due_while_it_was_paused_is_found_when_it_runs_on() -> None:
    scene = CampaignScene()
    one, _ = asleep(scene, 24 * HOUR_MS)
    pause_campaign("c1", scene.change)
    now = scene.civil.at(scene.clock.now_ms())
    assert call_back("c1", one.contact_id, now, scene.finish)

    resume_campaign("c1", scene.change)
    lagging = scene.contacts.due
    scene.contacts.due = lambda *_given: DuePage([], None)  # type: ignore[method-assign]
    scene.contacts.earliest_due = lambda _name: None  # type: ignore[assignment,method-assign]
    scene.tick()
    scene.contacts.due = lagging  # type: ignore[method-assign]

    scene.clock.advance(IDLE_MS)
    assert scene.tick().planned == 1


def test_when_the_last_is_withdrawn_it_finishes() -> None:
    scene = CampaignScene()
    contacts = asleep(scene, 24 * HOUR_MS)

    withdraw_contacts("c1", [one.details.number for one in contacts], scene.change)
    scene.tick()

    assert scene.campaigns.campaigns["c1"].state is CampaignState.FINISHED


# -- an index that lags ----------------------------------------------------------------------


def test_who_becomes_due_while_the_planner_looks_is_not_slept_through() -> None:
    """The index does not show him yet, and the note said that the planner looks sooner anyway."""
    scene = CampaignScene()
    one, _ = asleep(scene, 24 * HOUR_MS, count=0)
    soon_ms = scene.clock.now_ms() + 20 * MINUTE_MS
    earliest_due = scene.contacts.earliest_due

    def meanwhile(campaign_id: str) -> int | None:
        shown = earliest_due(campaign_id)
        soon = scene.civil.at(soon_ms)
        assert call_back("c1", one.contact_id, soon, scene.finish)
        return shown

    scene.contacts.earliest_due = meanwhile  # type: ignore[method-assign]
    scene.tick()
    scene.contacts.earliest_due = earliest_due  # type: ignore[method-assign]

    while scene.clock.now_ms() < soon_ms:
        scene.clock.advance(MINUTE_MS)
        scene.tick()
    assert scene.labels("c1")["in_flight"] == 1


def test_who_became_due_just_before_the_planner_looked_is_not_slept_through() -> None:
    scene = CampaignScene()
    one, _ = asleep(scene, 24 * HOUR_MS, count=0)
    soon_ms = scene.clock.now_ms() + 20 * MINUTE_MS
    earliest_due, before = scene.contacts.earliest_due, one.due_at_ms
    assert call_back("c1", one.contact_id, scene.civil.at(soon_ms), scene.finish)

    scene.contacts.earliest_due = lambda _name: before  # type: ignore[assignment,method-assign]
    scene.tick()
    scene.contacts.earliest_due = earliest_due  # type: ignore[method-assign]
    assert not scene.campaigns.notes["c1"].woken  # and it is looked at no more often than that
    assert look_at_ms(scene) == scene.clock.now_ms() + IDLE_MS

    while scene.clock.now_ms() < soon_ms:
        scene.clock.advance(MINUTE_MS)
        scene.tick()
    assert scene.labels("c1")["in_flight"] == 1


def test_a_look_that_moved_somebody_is_not_the_last_before_it_sleeps() -> None:
    """Who was put off may be in neither place of the index for a moment."""
    scene = CampaignScene(clock=FakeClock(ms(NIGHT)))
    scene.campaign("c1")
    [one] = scene.list_contacts("c1", numbers(212, 1))
    due_in(scene, one, IDLE_MS)
    scene.tick()
    scene.clock.advance(IDLE_MS)
    scene.contacts.earliest_due = lambda _name: None  # type: ignore[assignment,method-assign]

    scene.tick()

    assert (scene.contact(one).due_at_ms or 0) > scene.clock.now_ms() + IDLE_MS
    assert look_at_ms(scene) == scene.clock.now_ms() + IDLE_MS


@pytest.mark.parametrize("told_soon", ["unpriced", "open_legs"])
def test_while_a_price_is_to_come_a_campaign_that_used_up_its_day_is_looked_at_soon(
    told_soon: str,
) -> None:
    scene = CampaignScene()
    scene.campaign("c1", dailyCap=1)
    scene.list_contacts("c1", numbers(212, 2))
    scene.tick()
    head = scene.campaigns.head("c1", 0)
    assert head is not None
    now_ms = scene.clock.now_ms()
    nobody = replace(head.figures, contacts={})
    alone = _room_again_ms(replace(head, figures=nobody), now_ms, scene.plan)
    assert alone > now_ms + IDLE_MS
    to_come: dict[str, Any] = {told_soon: 1}
    priced_soon = replace(head, figures=replace(nobody, **to_come))
    assert _room_again_ms(priced_soon, now_ms, scene.plan) == now_ms + IDLE_MS

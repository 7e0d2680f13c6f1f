"""What holds a campaign back: its state, its start and end, its caps, its failures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from contact_center.campaigns.domain.campaigns import CampaignState, PlanNote
from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.change_campaign import pause_campaign, resume_campaign
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.campaigns.services.plan_parts import PlanSettings
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.lists.services.import_ports import ImportJob
from tests.campaign_scene import NOON, CampaignScene, ms, numbers

MINUTE_MS = 60_000


def test_a_paused_campaign_plans_nothing_until_it_is_resumed() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 3))
    pause_campaign("c1", scene.change)

    assert scene.tick().planned == 0

    resume_campaign("c1", scene.change)
    assert scene.tick().planned == 3


def test_while_dialing_is_stopped_nothing_is_planned() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 3))
    scene.ledger.set_switch(stopped=True)

    assert scene.tick().planned == 0


def test_a_campaign_waits_for_its_start_and_ends_with_its_end() -> None:
    scene = CampaignScene()
    begins, ends = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    scene.campaign("c1", startAt=begins.isoformat(), endAt=ends.isoformat())
    scene.list_contacts("c1", numbers(212, 3))

    assert scene.tick().planned == 0
    scene.clock.at_ms = ms(begins)
    assert scene.tick().planned == 3
    scene.clock.at_ms = ms(ends)
    scene.tick()

    assert scene.campaigns.campaigns["c1"].state is CampaignState.FINISHED


def test_the_daily_cap_holds_in_any_24_hours() -> None:
    scene = CampaignScene()
    scene.campaign("c1", dailyCap=5)
    scene.list_contacts("c1", numbers(212, 30))
    planned_at: list[int] = []

    for _ in range(60):
        planned_at += [scene.clock.now_ms()] * scene.tick().planned
        scene.clock.advance(30 * MINUTE_MS)

    day_ms = 24 * 3_600_000
    assert len(planned_at) == 10
    assert all(sum(at <= other < at + day_ms for other in planned_at) <= 5 for at in planned_at)


def test_the_spend_cap_reckons_with_the_calls_under_way_and_then_pauses() -> None:
    scene = CampaignScene(settings=PlanSettings(expected_call_micros=500_000))
    scene.campaign("c1", spendCap=1.5)
    scene.list_contacts("c1", numbers(212, 10))

    assert scene.tick().planned == 3
    for name in list(scene.ledger.attempts):
        finish_attempt(scene.settled(name, Disposition.COMPLETED), scene.finish)
    scene.clock.advance(MINUTE_MS)
    scene.tick()
    assert scene.campaigns.campaigns["c1"].running  # no report has come: nobody knows a price
    for attempt in scene.ledger.attempts.values():
        scene.calls.micros[attempt.call_id or ""] = 450_000
        finish_attempt(attempt, scene.finish)  # told again, because its report has come
    scene.clock.advance(10 * MINUTE_MS)
    scene.tick()

    campaign = scene.campaigns.campaigns["c1"]
    assert (campaign.state, campaign.reason) == (CampaignState.PAUSED, "spend_cap")
    assert scene.campaigns.figures["c1"].spent_micros == 1_350_000
    assert scene.labels("c1")["waiting"] == 7


def test_a_campaign_is_not_spent_while_a_call_of_it_is_under_way() -> None:
    scene = CampaignScene(settings=PlanSettings(expected_call_micros=500_000))
    scene.campaign("c1", spendCap=1.5)
    scene.list_contacts("c1", numbers(212, 10))
    scene.tick()
    *ended, under_way = list(scene.ledger.attempts)

    for name in ended:
        attempt = scene.settled(name, Disposition.COMPLETED)
        scene.calls.micros[attempt.call_id or ""] = 600_000
        finish_attempt(attempt, scene.finish)
    scene.clock.advance(MINUTE_MS)
    scene.tick()
    assert scene.campaigns.campaigns["c1"].running

    finish_attempt(scene.settled(under_way, Disposition.BUSY), scene.finish)
    scene.clock.advance(20 * MINUTE_MS)
    scene.tick()
    assert scene.campaigns.campaigns["c1"].reason == "spend_cap"


def test_a_campaign_whose_prices_never_come_pauses_instead_of_standing_still() -> None:
    scene = CampaignScene(settings=PlanSettings(expected_call_micros=500_000))
    scene.campaign("c1", spendCap=1.5)
    scene.list_contacts("c1", numbers(212, 10))
    scene.tick()
    for name in list(scene.ledger.attempts):
        finish_attempt(scene.settled(name, Disposition.COMPLETED), scene.finish)

    for _ in range(5):
        scene.clock.advance(5 * MINUTE_MS)
        scene.tick()

    campaign = scene.campaigns.campaigns["c1"]
    assert (campaign.state, campaign.reason) == (CampaignState.PAUSED, "spend_cap")


def test_failing_calls_pause_the_campaign_and_sound_the_alarm() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.list_contacts("c1", numbers(212, 60))
    scene.tick()
    for name in list(scene.ledger.attempts)[:20]:
        finish_attempt(scene.settled(name, Disposition.FAILED), scene.finish)

    scene.clock.advance(MINUTE_MS)
    scene.tick()

    campaign = scene.campaigns.campaigns["c1"]
    assert (campaign.state, campaign.reason) == (CampaignState.PAUSED, "circuit_breaker")
    assert scene.metrics.of("campaign_broken")
    scene.clock.advance(10 * MINUTE_MS)
    resume_campaign("c1", scene.change)
    scene.tick()
    assert scene.campaigns.campaigns["c1"].running  # what failed before is forgiven


def test_a_configuration_error_stops_the_campaign_and_loses_no_contact() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    scene.tick()
    ended = scene.settled(
        attempt_id("c1", contact.contact_id, 1), Disposition.CONFIGURATION, reason="unauthorized"
    )

    finish_attempt(ended, scene.finish)

    campaign = scene.campaigns.campaigns["c1"]
    assert (campaign.state, campaign.reason) == (CampaignState.STOPPED, "unauthorized")
    assert scene.contact(contact).state is ContactState.WAITING
    resume_campaign("c1", scene.change)
    scene.clock.advance(15 * MINUTE_MS)
    assert scene.tick().planned == 1


def test_a_flagged_number_rests() -> None:
    scene = CampaignScene()
    scene.campaign("c1", phoneNumberId="flagged")
    scene.list_contacts("c1", numbers(212, 2))
    scene.rests.rest("flagged", scene.clock.now_ms() + 3_600_000)

    assert scene.tick().planned == 0

    scene.clock.advance(3_600_000)
    assert scene.tick().planned == 2


def test_a_campaign_that_was_started_before_its_list_waits_for_it() -> None:
    scene = CampaignScene()
    scene.campaign("c1")

    for _ in range(3):
        scene.tick()
        assert scene.campaigns.campaigns["c1"].state is CampaignState.RUNNING
        scene.clock.advance(6 * MINUTE_MS)

    scene.list_contacts("c1", numbers(212, 1))
    assert scene.tick().planned == 1


def test_a_campaign_whose_contacts_are_all_done_finishes_but_not_during_an_import() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    scene.tick()
    ended = scene.settled(attempt_id("c1", contact.contact_id, 1), Disposition.COMPLETED)
    finish_attempt(ended, scene.finish)
    now_ms = scene.clock.now_ms()
    scene.imports.create(
        ImportJob(import_id="c1.x", campaign_id="c1", file_key="x", created_at_ms=now_ms)
    )

    for _ in range(13):  # a checkpoint now and then, for longer than an hour
        scene.clock.advance(6 * MINUTE_MS)
        scene.imports.commit(
            replace(scene.imports.jobs["c1.x"], touched_at_ms=scene.clock.now_ms()), ()
        )
        scene.tick()
        assert scene.campaigns.campaigns["c1"].running

    scene.clock.advance(61 * MINUTE_MS)
    scene.tick()
    assert scene.campaigns.campaigns["c1"].state is CampaignState.FINISHED


def test_of_two_planners_at_one_campaign_one_plans_and_the_caps_hold() -> None:
    scene = CampaignScene()
    scene.campaign("c1", dailyCap=5)
    scene.list_contacts("c1", numbers(212, 30))
    note = scene.campaigns.note

    def beside(campaign_id: str, before: PlanNote, after: PlanNote) -> bool:
        assert note(campaign_id, before, before.planned(5, ms(NOON)))  # the other, of others
        return note(campaign_id, before, after)

    scene.campaigns.note = beside  # type: ignore[assignment,method-assign]

    assert scene.tick().planned == 0
    assert scene.labels("c1") == {"waiting": 30}


# -- the end of a campaign -------------------------------------------------------------------


def test_nobody_is_planned_for_after_the_end() -> None:
    scene = CampaignScene()
    ends = NOON + timedelta(seconds=4)
    scene.campaign("c1", staggerSeconds=1, endAt=ends.isoformat())
    scene.list_contacts("c1", numbers(212, 8))

    scene.tick()

    slots = [job.slot_at_ms or 0 for job, _ in scene.jobs.sent]
    assert slots
    assert max(slots) < ms(ends)
    assert scene.labels("c1")["waiting"] == 8 - len(slots)


def test_a_campaign_whose_people_sleep_is_over_when_its_end_comes() -> None:
    scene = CampaignScene()
    scene.clock.advance(12 * 3_600_000)  # all their windows are closed
    ends = scene.civil.at(scene.clock.now_ms()) + timedelta(seconds=90)
    scene.campaign("c1", endAt=ends.isoformat())
    scene.list_contacts("c1", numbers(212, 3))

    scene.tick()

    assert scene.campaigns.notes["c1"].look_at_ms == ms(ends)


def test_a_campaign_whose_number_rests_is_over_when_its_end_comes() -> None:
    scene = CampaignScene()
    ends = NOON + timedelta(hours=1)
    scene.campaign("c1", endAt=ends.isoformat())
    scene.list_contacts("c1", numbers(212, 3))
    scene.rests.rest("default", ms(NOON + timedelta(days=3)))

    scene.tick()

    assert scene.campaigns.notes["c1"].look_at_ms == ms(ends)

"""What the table never takes is set aside: it keeps no other contact or attempt waiting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.campaigns.domain.contacts import STUMBLES, CampaignContact, ContactState
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.services.report_settled import Tally, report_settled
from tests.campaign_scene import CampaignScene, numbers

HALF_AN_HOUR_MS = 1_800_000
LONG_MS = 10**15
TOO_MUCH = "\N{GRINNING FACE}" * 40_000  # twelve bytes each as an item holds them


@pytest.fixture
def scene() -> CampaignScene:
    return CampaignScene()


def swollen(scene: CampaignScene, contact: CampaignContact) -> None:
    """The contact has grown to more than an item may have."""
    details = replace(contact.details, variables={"said": TOO_MUCH})
    key = (contact.campaign_id, contact.contact_id)
    scene.contacts.contacts[key] = replace(scene.contact(contact), details=details)


def ended(scene: CampaignScene, contacts: list[CampaignContact]) -> list[str]:
    """Everybody was called, and whoever plans is still to be told."""
    scene.tick()
    names = [attempt_id(one.campaign_id, one.contact_id, 1) for one in contacts]
    for name in names:
        scene.settled(name, Disposition.COMPLETED, due_at_ms=scene.clock.now_ms())
    return names


def report(scene: CampaignScene) -> Tally:
    tally = Tally()
    report_settled(LONG_MS, tally, scene.plan.outcomes, scene.attempts)
    return tally


def test_a_contact_the_table_does_not_take_keeps_no_outcome_of_the_others_waiting(
    scene: CampaignScene,
) -> None:
    scene.campaign("c1")
    bad, *others = scene.list_contacts("c1", numbers(212, 6))
    name, *_ = ended(scene, [bad, *others])
    swollen(scene, bad)

    tally = report(scene)

    assert (tally.seen, tally.failed) == (6, 1)
    assert all(scene.contact(one).state is ContactState.DONE for one in others)
    for _ in range(scene.attempts.timings.stumbles):
        scene.clock.advance(scene.attempts.timings.longest_pause_ms)
        report(scene)
    aside = scene.ledger.attempts[name]
    assert (aside.set_aside, aside.state) == (True, AttemptState.SETTLED)
    assert (aside.trouble or "").startswith("StoreRefusedError at ")
    assert report(scene).seen == 0


def test_an_attempt_the_table_does_not_take_keeps_no_other_on_the_list(
    scene: CampaignScene,
) -> None:
    scene.campaign("c1")
    contacts = scene.list_contacts("c1", numbers(212, 6))
    bad, *others = ended(scene, contacts)
    scene.ledger.refused = {bad}

    tally = report(scene)

    assert (tally.seen, tally.failed) == (6, 1)
    assert all(scene.ledger.attempts[one].reported for one in others)
    assert all(scene.contact(one).state is ContactState.DONE for one in contacts)
    for _ in range(scene.attempts.timings.stumbles):
        scene.clock.advance(scene.attempts.timings.longest_pause_ms)
        report(scene)
    assert scene.ledger.attempts[bad].set_aside
    assert report(scene).seen == 0


def test_a_contact_that_cannot_be_put_off_keeps_nobody_from_being_called(
    scene: CampaignScene,
) -> None:
    scene.campaign("c1")
    bad, *others = scene.list_contacts("c1", numbers(212, 3))
    del scene.permissions.permissions[bad.details.number]  # to be given up: no consent
    swollen(scene, bad)

    done = scene.tick()

    assert (done.failed, done.planned) == (0, len(others))
    assert scene.metrics.of("plan_failed") == [{}]


def test_an_attempt_that_can_never_be_made_leaves_its_contact_in_doubt(
    scene: CampaignScene,
) -> None:
    scene.campaign("c1")
    bad, other = scene.list_contacts("c1", numbers(212, 2))
    scene.ledger.refused = {attempt_id("c1", bad.contact_id, 1)}

    assert scene.tick().planned == 1
    for _ in range(STUMBLES + 2):
        scene.tick()
        scene.clock.advance(HALF_AN_HOUR_MS)

    assert scene.contact(bad).state is ContactState.DOUBTFUL
    assert scene.contact(bad).trouble.startswith("StoreRefusedError at ")
    assert scene.contact(other).state is ContactState.IN_FLIGHT

"""An outcome whose writing nobody heard of is told again, and its contact is not forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.campaigns import CampaignEvent, CampaignState, changed
from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.finish_attempts import FinishAttempts
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.kernel.ports import StoreUnavailableError
from tests.campaign_scene import CampaignScene, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.dialing.domain.dial_attempts import DialAttempt


@pytest.fixture
def scene() -> CampaignScene:
    return CampaignScene()


def busy(scene: CampaignScene) -> DialAttempt:
    """The only contact of a campaign was busy, and is to be tried again."""
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    scene.tick()
    return scene.settled(attempt_id("c1", contact.contact_id, 1), Disposition.BUSY)


def reply_lost(scene: CampaignScene) -> None:
    """The next step of a contact is written, and nobody is told."""

    def lose(steps: list[ContactChange]) -> None:
        if steps:
            scene.contacts.after_transaction = lambda _steps: None
            raise StoreUnavailableError

    scene.contacts.after_transaction = lose  # type: ignore[assignment]


def tell(scene: CampaignScene, attempt: DialAttempt, *, alone: bool) -> bool:
    """Tell of an attempt, as the reconciler does; whether it is off its list."""
    outcomes = FinishAttempts(scene.finish)
    if not alone:
        return attempt.attempt_id in outcomes.report_all([attempt])
    try:
        outcomes.report(attempt)
    except StoreUnavailableError:
        return False
    return True


@pytest.mark.parametrize("alone", [True, False])
def test_the_planner_looks_when_the_contact_is_due_though_the_reply_was_lost(
    scene: CampaignScene, *, alone: bool
) -> None:
    attempt = busy(scene)
    reply_lost(scene)
    assert not tell(scene, attempt, alone=alone)
    [contact] = scene.contacts.of("c1")
    assert contact.state is ContactState.WAITING
    note = scene.campaigns.notes["c1"]
    scene.campaigns.notes["c1"] = note.looking_at((contact.due_at_ms or 0) + 10**9)

    assert tell(scene, attempt, alone=alone)

    assert scene.campaigns.notes["c1"].look_at_ms == contact.due_at_ms


@pytest.mark.parametrize("alone", [True, False])
def test_a_campaign_that_has_finished_meanwhile_runs_on_though_the_reply_was_lost(
    scene: CampaignScene, *, alone: bool
) -> None:
    attempt = busy(scene)
    reply_lost(scene)
    assert not tell(scene, attempt, alone=alone)
    running = scene.campaigns.campaigns["c1"]
    over = changed(running, CampaignEvent.FINISH, scene.clock.now_ms())
    scene.campaigns.save(running, over, None)

    assert tell(scene, attempt, alone=alone)

    assert scene.campaigns.campaigns["c1"].state is CampaignState.RUNNING


@pytest.mark.parametrize("alone", [True, False])
def test_a_reason_that_is_told_otherwise_takes_the_place_of_the_first(
    scene: CampaignScene, *, alone: bool
) -> None:
    first = busy(scene)
    for reason in ("customer-busy", "sip-busy", "sip-busy"):
        assert tell(scene, replace(first, reason=reason), alone=alone)

    [contact] = scene.contacts.contacts.values()
    assert [one.reason for one in contact.outcomes] == ["sip-busy"]
    assert (contact.n, scene.labels("c1")) == (2, {"waiting": 1})


def test_a_promise_that_cannot_be_kept_though_the_outcome_was_noted_is_told_again(
    scene: CampaignScene,
) -> None:
    ended = busy(scene)
    assert tell(scene, ended, alone=False)
    scene.calls.callbacks[ended.call_id or ""] = "2026-11-24T15:00:00+00:00"  # told late
    move = scene.contacts.move

    def down(steps: Sequence[ContactChange]) -> frozenset[str]:
        if steps:
            raise StoreUnavailableError
        return frozenset()

    scene.contacts.move = down  # type: ignore[assignment,method-assign]
    assert not tell(scene, ended, alone=False)
    scene.contacts.move = move  # type: ignore[method-assign]
    assert tell(scene, ended, alone=False)

    [contact] = scene.contacts.contacts.values()
    assert contact.urgent

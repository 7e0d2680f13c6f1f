"""Who was put off for a call that turns out not to have rung is judged anew, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.campaign_calls import call_of_contact
from contact_center.campaigns.domain.contacts import ContactState, contact_id, put_off, taken
from contact_center.campaigns.services.call_back import call_back
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.campaigns.services.finish_attempts import FinishAttempts
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.kernel.ports import StoreUnavailableError
from tests.campaign_scene import CampaignScene, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact

[NUMBER] = numbers(212, 1)
MINUTE_MS = 60_000
ALONE_OR_NOT = pytest.mark.parametrize("alone", [True, False])


@pytest.fixture
def scene() -> CampaignScene:
    return CampaignScene()


def dialled(scene: CampaignScene) -> str:
    """Campaign c1 has its only contact called; the attempt's id."""
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", [NUMBER])
    scene.tick()
    return attempt_id("c1", contact.contact_id, 1)


def put_off_for_it(scene: CampaignScene) -> CampaignContact:
    """Campaign c2 has the same telephone, which may not be called any more today."""
    rung = tuple((f"a.{at}", scene.clock.now_ms() - at) for at in range(12))
    scene.ledger.customers[NUMBER] = Customer(number=NUMBER, rung=rung, version=1)
    scene.campaign("c2")
    [contact] = scene.list_contacts("c2", [NUMBER])
    scene.clock.advance(MINUTE_MS)
    scene.tick()
    waits = scene.contact(contact)
    assert waits.put_off
    assert (waits.due_at_ms or 0) > scene.clock.now_ms() + 30 * MINUTE_MS
    scene.ledger.customers[NUMBER] = Customer(number=NUMBER, version=2)
    return waits


def tell(scene: CampaignScene, attempt: DialAttempt, *, alone: bool) -> None:
    outcomes = FinishAttempts(scene.finish)
    if alone:
        outcomes.report(attempt)
    else:
        assert outcomes.report_all([attempt]) == {attempt.attempt_id}


@ALONE_OR_NOT
def test_once_a_call_in_doubt_is_known_not_to_have_rung_the_other_campaign_calls(
    scene: CampaignScene, *, alone: bool
) -> None:
    name = dialled(scene)
    waits = put_off_for_it(scene)

    tell(scene, scene.settled(name, Disposition.FAILED, posts=1, counts_at_ms=None), alone=alone)
    now_ms = scene.clock.now_ms()
    assert scene.contact(waits).due_at_ms == now_ms
    assert scene.campaigns.notes["c2"].look_at_ms == now_ms
    scene.tick()

    assert scene.contact(waits).state is ContactState.IN_FLIGHT


@ALONE_OR_NOT
@pytest.mark.parametrize(
    ("posts", "rang"), [(1, True), (0, False)], ids=["it rang", "it was never sent"]
)
def test_a_call_that_rang_or_was_never_sent_moves_nobody(
    scene: CampaignScene, posts: int, *, rang: bool, alone: bool
) -> None:
    name = dialled(scene)
    waits = put_off_for_it(scene)
    counts_at_ms = scene.clock.now_ms() if rang else None

    ended = scene.settled(name, Disposition.BUSY, posts=posts, counts_at_ms=counts_at_ms)
    tell(scene, ended, alone=alone)

    assert scene.contact(waits) == waits


def test_a_retry_keeps_its_time(scene: CampaignScene) -> None:
    name = dialled(scene)
    waits = put_off_for_it(scene)
    retry = replace(waits, put_off=False)
    scene.contacts.move([ContactChange(before=waits, after=retry)])

    tell(scene, scene.settled(name, Disposition.FAILED, posts=1, counts_at_ms=None), alone=True)

    assert scene.contact(waits).due_at_ms == waits.due_at_ms


def test_its_own_contact_follows_the_rules_of_retries(scene: CampaignScene) -> None:
    """The campaign that called waits as after any call that failed, and is not planned at once."""
    name = dialled(scene)
    [contact] = scene.contacts.of("c1")

    tell(scene, scene.settled(name, Disposition.FAILED, posts=1, counts_at_ms=None), alone=True)

    assert (scene.contact(contact).due_at_ms or 0) >= scene.clock.now_ms() + 10 * MINUTE_MS


def test_who_was_denied_by_the_dialer_waits_as_who_was_denied_by_the_planner(
    scene: CampaignScene,
) -> None:
    name = dialled(scene)
    later_ms = scene.clock.now_ms() + 60 * MINUTE_MS
    denied = scene.settled(
        name,
        Disposition.NOT_CALLED,
        counts_at_ms=None,
        reason="frequency_cap",
        next_allowed_at=scene.civil.at(later_ms),
    )

    tell(scene, denied, alone=True)

    [contact] = scene.contacts.of("c1")
    assert (contact.put_off, contact.due_at_ms) == (True, later_ms)


@pytest.mark.parametrize("denied_since", [False, True], ids=["promised", "promised and denied"])
def test_a_call_that_was_promised_for_later_is_not_made_sooner(
    scene: CampaignScene, *, denied_since: bool
) -> None:
    name = dialled(scene)
    waits = put_off_for_it(scene)
    later_ms = scene.clock.now_ms() + 180 * MINUTE_MS
    assert call_back("c2", waits.contact_id, scene.civil.at(later_ms), scene.finish)
    if denied_since:
        promised = scene.contact(waits)
        scene.contacts.move([ContactChange(before=promised, after=taken(promised, later_ms))])
        denied = DialAttempt(
            request=call_of_contact(
                scene.campaigns.campaigns["c2"], promised, scene.clock.now_ms(), later_ms
            ),
            state=AttemptState.SETTLED,
            disposition=Disposition.NOT_CALLED,
            reason="frequency_cap",
            next_allowed_at=scene.civil.at(scene.clock.now_ms() + MINUTE_MS),
        )
        tell(scene, denied, alone=True)
    assert scene.contact(waits).due_at_ms == later_ms

    tell(scene, scene.settled(name, Disposition.FAILED, posts=1, counts_at_ms=None), alone=True)

    assert scene.contact(waits).due_at_ms == later_ms


@ALONE_OR_NOT
def test_while_the_table_does_not_answer_it_is_told_again(
    scene: CampaignScene, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    name = dialled(scene)
    waits = put_off_for_it(scene)
    silent = scene.settled(name, Disposition.FAILED, posts=1, counts_at_ms=None)

    def nobody(_now_ms: int, _limit: int) -> Sequence[str]:
        raise StoreUnavailableError

    with monkeypatch.context() as once:
        once.setattr(scene.campaigns, "to_look_at", nobody)
        with pytest.raises(StoreUnavailableError):
            tell(scene, silent, alone=alone)
    tell(scene, silent, alone=alone)

    assert scene.contact(waits).due_at_ms == scene.clock.now_ms()


def test_a_campaign_whose_contact_cannot_be_read_holds_up_neither_report_nor_the_others(
    scene: CampaignScene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = dialled(scene)
    waits = put_off_for_it(scene)
    scene.campaign("c0")
    read = scene.contacts.read_many

    def unreadable(campaign: str, names: Sequence[str]) -> Mapping[str, CampaignContact]:
        if campaign == "c0":
            raise ValueError(NUMBER)
        return read(campaign, names)

    monkeypatch.setattr(scene.contacts, "read_many", unreadable)
    tell(scene, scene.settled(name, Disposition.FAILED, posts=1, counts_at_ms=None), alone=False)

    assert scene.contact(waits).due_at_ms == scene.clock.now_ms()
    said = capsys.readouterr().out
    assert "plan sooner failed" in said
    assert NUMBER not in said


def test_a_contact_that_is_not_put_off_any_more_says_so(scene: CampaignScene) -> None:
    """Taken and put back, it waits for the planner and for nothing else."""
    dialled(scene)
    waits = put_off_for_it(scene)
    assert contact_id("c2", NUMBER) == waits.contact_id
    scene.clock.advance((waits.due_at_ms or 0) + MINUTE_MS - scene.clock.now_ms())
    scene.tick()
    assert scene.contact(waits).state is ContactState.IN_FLIGHT

    assert not scene.contact(waits).put_off
    assert not put_off(scene.contact(waits), 1).put_off  # in flight: nothing is put off

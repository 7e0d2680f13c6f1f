"""A call by wish at somebody who is on a campaign's list: it is the campaign's next attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.change_campaign import pause_campaign, withdraw_contacts
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.judge_call import JudgeParts
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from contact_center.triggers.services.trigger_answers import TriggerAnswer, TriggerParts
from tests.bodies import ask_to_call
from tests.campaign_scene import WRITTEN, CampaignScene, CivilAsMachine
from tests.fakes.call_scripts import fake_scripts
from tests.fakes.trigger_book import FakeTriggerBook

if TYPE_CHECKING:
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.domain.dial_attempts import DialAttempt

ADA, BOB = "+12122345678", "+12122345685"


@dataclass
class Desk:
    scene: CampaignScene = field(default_factory=CampaignScene)

    def __post_init__(self) -> None:
        scene = self.scene
        scene.campaign("spring")
        self.ada, self.bob = scene.list_contacts("spring", [ADA, BOB])
        for number in (ADA, BOB):
            scene.ledger.set_permission(number, Permission(consents=(WRITTEN,)))
        self.runs(running=True)
        self.parts = TriggerParts(
            ledger=scene.attempts,
            judge=JudgeParts(
                may_call=scene.plan.may_call, rules=scene.rules, civil=CivilAsMachine()
            ),
            book=FakeTriggerBook(),
            permissions=scene.ledger,
            campaigns=scene.campaigns,
            contacts=scene.contacts,
            scripts=fake_scripts(),
            jobs=scene.jobs,
            assistant="sales",
        )

    def runs(self, *, running: bool) -> None:
        self.scene.ledger.set_campaign("spring", running=running)

    def __call__(self, phone: str = ADA, **more: Any) -> TriggerAnswer:
        customer = {"phone": phone, "id": "crm-7"}
        return ask_to_call({"customer": customer, "campaignId": "spring", **more}, self.parts)

    def attempt(self, answer: TriggerAnswer) -> DialAttempt:
        return self.scene.ledger.attempts[str(answer.body["attemptId"])]

    def now(self, contact: CampaignContact) -> CampaignContact:
        return self.scene.contact(contact)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_contact_is_taken_and_the_planner_calls_only_the_other(desk: Desk) -> None:
    answer = desk()

    request = desk.attempt(answer).request
    assert (request.contact_id, request.n, request.customer_id) == (
        desk.ada.contact_id,
        1,
        "crm-7",
    )
    assert desk.now(desk.ada).state is ContactState.IN_FLIGHT
    assert desk.scene.tick().planned == 1
    assert {one.request.number for one in desk.scene.ledger.attempts.values()} == {ADA, BOB}


def test_what_became_of_the_call_is_noted_and_tried_again_by_the_campaigns_rules(
    desk: Desk,
) -> None:
    answer = desk()
    ended = desk.scene.settled(str(answer.body["attemptId"]), Disposition.BUSY)

    finish_attempt(ended, desk.scene.finish)

    contact = desk.now(desk.ada)
    assert [one.disposition for one in contact.outcomes] == [Disposition.BUSY]
    assert (contact.state, contact.n) == (ContactState.WAITING, 2)


def test_a_call_that_the_planner_has_planned_is_the_answer(desk: Desk) -> None:
    desk.scene.tick()
    planned = set(desk.scene.ledger.attempts)

    assert desk().body["attemptId"] in planned
    assert set(desk.scene.ledger.attempts) == planned


def test_wishes_again_are_the_same_call_while_it_is_open(desk: Desk) -> None:
    assert len({str(desk().body["attemptId"]) for _ in range(5)}) == 1


def test_a_contact_that_is_done_is_taken_up_again(desk: Desk) -> None:
    first = desk.scene.settled(str(desk().body["attemptId"]), Disposition.COMPLETED)
    finish_attempt(first, desk.scene.finish)
    assert desk.now(desk.ada).state is ContactState.DONE

    second = desk.attempt(desk())

    assert (second.request.n, second.attempt_id != first.attempt_id) == (2, True)
    assert desk.now(desk.ada).state is ContactState.IN_FLIGHT
    figures = desk.scene.labels("spring")
    assert (figures["in_flight"], figures.get("done:completed", 0)) == (1, 0)


def test_while_the_last_end_is_not_noted_yet_nobody_rings_again(desk: Desk) -> None:
    desk.scene.settled(str(desk().body["attemptId"]), Disposition.BUSY)

    answer = desk()

    assert (answer.status, answer.body["reason"]) == (409, "customer_busy")
    assert answer.body["nextAllowedAt"] == "2026-11-18T18:01:00Z"
    assert len(desk.scene.ledger.attempts) == 1


def test_a_withdrawn_contact_stays_withdrawn_and_the_call_is_nobodys(desk: Desk) -> None:
    withdraw_contacts("spring", [ADA], desk.scene.change)

    request = desk.attempt(desk()).request

    assert (request.campaign_id, request.contact_id) == ("spring", None)
    assert desk.now(desk.ada).state is ContactState.WITHDRAWN


def test_somebody_not_on_the_list_is_called_as_the_campaign_would(desk: Desk) -> None:
    stranger = "+12122345699"
    desk.scene.ledger.set_permission(stranger, Permission(consents=(WRITTEN,)))

    request = desk.attempt(desk(stranger)).request

    assert (request.contact_id, request.purpose, request.assistant) == (None, "marketing", "sales")
    assert desk.scene.campaigns.figures["spring"].total == 2


def test_a_refusal_leaves_the_contact_to_the_planner(desk: Desk) -> None:
    desk.scene.ledger.set_permission(ADA, Permission())

    assert desk().body["reason"] == "no_consent"
    assert desk.now(desk.ada) == desk.ada


def test_a_campaign_that_does_not_run_calls_nobody(desk: Desk) -> None:
    pause_campaign("spring", desk.scene.change)
    desk.runs(running=False)

    assert desk().body["reason"] == "campaign_not_running"
    assert desk.now(desk.ada).state is ContactState.WAITING


# -- under a key, with a crash anywhere ------------------------------------------------------


def dies(*_args: object) -> Any:
    raise StoreUnavailableError


@pytest.mark.parametrize("where", ["bind", "move", "enqueue", "complete"])
@pytest.mark.parametrize("settled", [False, True])
def test_one_key_is_one_ring_wherever_somebody_dies(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    settled: bool,  # noqa: FBT001
) -> None:
    owner = {
        "bind": desk.parts.book,
        "move": desk.scene.contacts,
        "enqueue": desk.scene.ledger,
        "complete": desk.parts.book,
    }[where]
    with monkeypatch.context() as broken:
        broken.setattr(owner, where, dies)
        with pytest.raises(StoreUnavailableError):
            desk(idempotencyKey="order-7")
    if settled:  # the call that was made is over before the client asks again
        for name in list(desk.scene.ledger.attempts):
            finish_attempt(desk.scene.settled(name, Disposition.BUSY), desk.scene.finish)

    answer = desk(idempotencyKey="order-7")

    assert answer.status == 202
    assert len(desk.scene.ledger.attempts) == 1
    assert desk(idempotencyKey="order-7") == answer


def test_a_contact_somebody_else_takes_meanwhile_is_called_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = desk.parts.ledger.ledger.circumstances

    def planned_meanwhile(number: str, campaign_id: str | None) -> Any:
        monkeypatch.undo()
        desk.scene.tick()
        return real(number, campaign_id)

    monkeypatch.setattr(desk.scene.ledger, "circumstances", planned_meanwhile)

    attempt = desk.attempt(desk())

    assert attempt.state is AttemptState.QUEUED
    assert [one.request.number for one in desk.scene.ledger.attempts.values()].count(ADA) == 1

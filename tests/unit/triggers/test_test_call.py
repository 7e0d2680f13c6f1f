"""Ring me first: an operator hears what a contact would, and it is nobody's call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.campaign_wishes import BadCampaignError
from contact_center.campaigns.domain.contacts import ContactDetails, new_contact
from contact_center.campaigns.services.change_campaign import (
    cancel_campaign,
    pause_campaign,
    start_campaign,
)
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.services.judge_call import JudgeParts, judge_call
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contactability import Allow
from contact_center.permission.domain.national_listing import NationalListing
from contact_center.permission.domain.permission import Permission
from contact_center.triggers.services.trigger_answers import TriggerAnswer, TriggerParts
from contact_center.triggers.services.trigger_call import cancel_attempt
from tests.bodies import ask_for_a_test_call
from tests.campaign_scene import CampaignScene, CivilAsMachine, ms
from tests.fakes.call_scripts import FakePresentScripts, FakeSnapshots, fake_scripts
from tests.fakes.trigger_book import FakeTriggerBook
from tests.unit.permission.dialing_examples import utc

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from contact_center.dialing.domain.dial_attempts import DialAttempt

MINE, ALSO_MINE, STRANGER = "+12122345678", "+12122345685", "+12122345699"

AGREED = Consent(kind="express_written", at=utc("2026-06-01T10:00:00+00:00"), source="web form")


class Desk:
    def __init__(self) -> None:
        self.scene = CampaignScene()
        self.scene.campaign(
            "spring",
            start=False,
            voicemail="leave_message",
            phoneNumberId="our-second-number",
            staggerSeconds=30,
        )
        self.present, self.snapshots = FakePresentScripts(), FakeSnapshots(default=None)
        self.scene.change = replace(self.scene.change, snapshot=self.present.snapshot)
        self.parts = TriggerParts(
            ledger=self.scene.attempts,
            judge=JudgeParts(
                may_call=self.scene.plan.may_call, rules=self.scene.rules, civil=CivilAsMachine()
            ),
            book=FakeTriggerBook(),
            permissions=self.scene.ledger,
            campaigns=self.scene.campaigns,
            contacts=self.scene.contacts,
            scripts=fake_scripts(self.present, self.snapshots),
            jobs=self.scene.jobs,
            assistant="support",
            test_numbers=frozenset({MINE, ALSO_MINE}),
        )

    def __call__(self, phone: Any = MINE, campaign: str = "spring", **more: Any) -> TriggerAnswer:
        return ask_for_a_test_call(campaign, {"phone": phone, **more}, self.parts)

    def attempt(self, answer: TriggerAnswer) -> DialAttempt:
        return self.scene.ledger.attempts[str(answer.body["attemptId"])]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_draft_can_be_heard_before_anybody_is_rung(desk: Desk) -> None:
    answer = desk("(212) 234-5678")

    request = desk.attempt(answer).request
    assert (answer.status, answer.body["status"]) == (202, "queued")
    assert (request.number, request.assistant, request.voicemail, request.phone_number_id) == (
        MINE,
        "sales",
        "leave_message",
        "our-second-number",
    )
    assert len(desk.scene.jobs.sent) == 1
    script = desk.parts.scripts.of_call(request, None)
    assert script.body["firstMessage"] == "now"


def test_once_started_it_is_the_campaigns_own_words_that_are_heard(desk: Desk) -> None:
    kept = FakePresentScripts(release="at start").snapshot("sales")
    desk.snapshots.stored["spring"] = kept
    request = desk.attempt(desk()).request

    assert desk.parts.scripts.of_call(request, None).body["firstMessage"] == "at start"


def test_the_first_contact_lends_its_variables(desk: Desk) -> None:
    details = ContactDetails(
        number="+12122345000", prefix="+1212", name="Ada", variables={"plan": "gold"}
    )
    contact = new_contact("spring", details, 0, 0)
    desk.scene.contacts.contacts["spring", contact.contact_id] = contact

    assert desk.attempt(desk()).request.variables == {"name": "Ada", "plan": "gold"}


@pytest.mark.parametrize("change", [start_campaign, pause_campaign, cancel_campaign])
def test_it_is_no_call_of_the_campaign_whatever_state_that_is_in(desk: Desk, change: Any) -> None:
    if change is pause_campaign:
        start_campaign("spring", desk.scene.change)
    change("spring", desk.scene.change)
    answer = desk()
    request = desk.attempt(answer).request
    ended = desk.scene.settled(request.attempt_id, Disposition.BUSY)

    assert finish_attempt(ended, desk.scene.finish) is None
    assert (request.campaign_id, request.contact_id, request.stagger_ms) == (None, None, 0)
    assert desk.scene.campaigns.figures.get("spring") is None
    assert desk.scene.campaigns.tallies == {}


# -- consent and everything else that stands against a call ----------------------------------


def test_without_a_named_telephone_there_are_no_test_calls_and_how_to_have_them_is_said(
    desk: Desk,
) -> None:
    desk.parts = replace(desk.parts, test_numbers=frozenset())

    answer = desk()

    assert answer.status == 409
    assert "TEST_CALL_NUMBERS" in str(answer.body["detail"])
    assert desk.scene.ledger.attempts == {}


@pytest.mark.parametrize("key", [{}, {"idempotencyKey": "k"}])
def test_a_telephone_that_is_not_named_is_not_rung_whatever_it_permits(
    desk: Desk, key: dict[str, str]
) -> None:
    desk.scene.ledger.set_permission(STRANGER, Permission(consents=(AGREED,)))

    answer = desk(STRANGER, **key)

    assert (answer.status, answer.body["field"]) == (422, "phone")
    assert desk.scene.ledger.attempts == {}
    assert STRANGER not in str(answer.body)


def test_a_telephone_that_is_named_later_is_rung_under_the_key_it_was_refused_with(
    desk: Desk,
) -> None:
    assert desk(STRANGER, idempotencyKey="k").status == 422
    desk.parts = replace(desk.parts, test_numbers=frozenset({STRANGER}))

    assert desk(STRANGER, idempotencyKey="k").status == 202


def test_naming_and_asking_is_the_consent_and_the_evidence_and_permits_nothing_else(
    desk: Desk,
) -> None:
    attempt = desk.attempt(desk())

    around = desk.scene.ledger.circumstances(MINE, None)
    verdict = judge_call(attempt.request, around, desk.scene.clock.now_ms(), desk.parts.judge)
    assert isinstance(verdict, Allow)
    assert verdict.evidence["consent"]["source"].startswith("test call to a telephone of TEST_CALL")
    assert desk.scene.ledger.permissions == {}  # nothing is on record for the number
    other = replace(attempt.request, test_of=None)
    assert not isinstance(
        judge_call(other, around, desk.scene.clock.now_ms(), desk.parts.judge), Allow
    )


@pytest.mark.parametrize("purpose", ["marketing", "informational"])
@pytest.mark.parametrize(
    ("permission", "reason"),
    [
        (lambda at: Permission(revoked_at=at), "consent_revoked"),
        (lambda at: Permission(reassigned_at=at), "no_consent"),
        (
            lambda at: Permission(national=NationalListing(listed=True, imported_at=at)),
            "national_dnc",
        ),
        (lambda at: Permission(suppressed_at=at), "suppressed"),
    ],
)
def test_it_lifts_nothing_that_stands_against_the_number(
    desk: Desk, purpose: str, permission: Callable[[datetime], Permission], reason: str
) -> None:
    desk.scene.campaign("autumn", start=False, purpose=purpose)
    before = permission(desk.scene.civil.at(desk.scene.clock.now_ms()) - timedelta(days=1))
    desk.scene.ledger.set_permission(MINE, before)
    before = desk.scene.ledger.permissions[MINE]

    assert desk(campaign="autumn").body == {"reason": reason, "nextAllowedAt": None}
    assert desk.scene.ledger.permissions == {MINE: before}


def test_a_consent_on_record_lifts_the_national_list_for_a_test_call_too(desk: Desk) -> None:
    at = desk.scene.civil.at(desk.scene.clock.now_ms()) - timedelta(days=1)
    listed = NationalListing(listed=True, imported_at=at)
    agreed = Consent(kind="express_written", at=at, source="web form")
    desk.scene.ledger.set_permission(MINE, Permission(national=listed, consents=(agreed,)))

    assert desk().status == 202


def test_a_suppressed_number_is_not_rung_even_by_its_owner(desk: Desk) -> None:
    suppressed = desk.scene.civil.at(desk.scene.clock.now_ms())
    desk.scene.ledger.set_permission(MINE, Permission(suppressed_at=suppressed))

    assert desk() == TriggerAnswer(409, {"reason": "suppressed", "nextAllowedAt": None})


def test_calling_hours_are_those_of_the_phone(desk: Desk) -> None:
    desk.scene.clock.at_ms = ms(utc("2026-11-19T07:00:00+00:00"))  # two in the morning in New York

    answer = desk()

    assert (answer.status, answer.body["reason"]) == (409, "outside_window")


def test_the_switch_stops_it(desk: Desk) -> None:
    desk.scene.ledger.set_switch(stopped=True)

    assert desk().body["reason"] == "dialing_stopped"


def test_a_talk_with_oneself_earns_no_quiet_days(desk: Desk) -> None:
    strict = replace(desk.parts.judge.rules, quiet_days_after_conversation=30)
    desk.parts = replace(desk.parts, judge=replace(desk.parts.judge, rules=strict))
    talked = desk.scene.ledger.customer(MINE).talked(desk.scene.clock.now_ms() - 60_000)
    desk.scene.ledger.customers[MINE] = talked

    assert desk().status == 202


# -- the answers -----------------------------------------------------------------------------


def test_without_a_key_it_is_one_call_while_it_is_open(desk: Desk) -> None:
    first = desk()
    assert desk() == first
    cancel_attempt(str(first.body["attemptId"]), desk.scene.attempts)
    assert desk().body["attemptId"] != first.body["attemptId"]


def test_a_key_is_answered_the_same_and_is_not_that_of_a_trigger(desk: Desk) -> None:
    first = desk(idempotencyKey="k")
    cancel_attempt(str(first.body["attemptId"]), desk.scene.attempts)

    assert desk(idempotencyKey="k") == first
    assert desk(ALSO_MINE, idempotencyKey="k").status == 422
    desk.scene.campaign("autumn", start=False)
    assert desk(campaign="autumn", idempotencyKey="k").body != first.body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ({}, "phone"),
        ({"phone": 7}, "phone"),
        ({"phone": "+19002345678"}, "phone"),
        ({"phone": MINE, "speed": 1}, "speed"),
        ({"phone": MINE, "idempotencyKey": ""}, "idempotencyKey"),
    ],
)
def test_a_body_that_is_wrong_names_its_field(desk: Desk, body: Any, field: str) -> None:
    answer = ask_for_a_test_call("spring", body, desk.parts)

    assert (answer.status, answer.body["field"]) == (400, field)
    assert desk.scene.ledger.attempts == {}


def test_a_campaign_that_does_not_exist_is_not_found(desk: Desk) -> None:
    assert desk(campaign="nobody-knows").status == 404


def test_a_start_that_could_leave_no_message_is_refused(desk: Desk) -> None:
    desk.present.messages = {}
    with pytest.raises(BadCampaignError) as refused:
        start_campaign("spring", desk.scene.change)
    assert refused.value.field == "voicemail"


def test_what_would_stop_the_campaign_is_said_at_once(desk: Desk) -> None:
    desk.present.messages = {}
    assert desk().body["field"] == "voicemail"
    desk.present.assistants = ()
    assert desk().body["field"] == "assistant"

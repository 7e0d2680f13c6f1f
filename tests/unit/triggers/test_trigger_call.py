"""One call by wish: who gets what answer, and that a wish told twice is one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.campaigns import Campaign
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from contact_center.triggers.services.trigger_answers import TriggerAnswer, TriggerParts
from contact_center.triggers.services.trigger_call import cancel_attempt
from tests.bodies import ask_to_call, wish_of
from tests.fakes.campaign_stores import FakeCampaigns, FakeContacts
from tests.fakes.trigger_book import FakeTriggerBook
from tests.unit.dialing.dialing_scene import NOW_MS, NUMBER, Scene
from tests.unit.permission.dialing_examples import WRITTEN, rules

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt

BODY: dict[str, Any] = {"customer": {"phone": "(212) 234-5678", "id": "c-17"}}
WISH: dict[str, Any] = {
    "name": "spring",
    "purpose": "informational",
    "assistant": "sales",
    "phoneNumberId": "our-second-number",
    "staggerSeconds": 3,
    "voicemail": "leave_message",
}
DAY_MS = 24 * 3_600_000


@dataclass
class Triggers:
    scene: Scene
    parts: TriggerParts

    def __call__(self, **changed: Any) -> TriggerAnswer:
        return ask_to_call({**BODY, **changed}, self.parts)

    def attempt(self, answer: TriggerAnswer) -> DialAttempt:
        return self.scene.tables.attempts[str(answer.body["attemptId"])]


@pytest.fixture
def wish() -> Triggers:
    scene, campaigns = Scene(), FakeCampaigns()
    spring = wish_of(WISH)
    campaigns.create(Campaign(campaign_id="spring", wish=spring, created_at_ms=NOW_MS))
    parts = TriggerParts(
        ledger=scene.ledger,
        judge=scene.judge,
        book=FakeTriggerBook(),
        permissions=scene.tables,
        campaigns=campaigns,
        contacts=FakeContacts(campaigns),
        scripts=scene.place.scripts,
        jobs=scene.jobs,
        assistant="support",
    )
    return Triggers(scene, parts)


def test_a_wish_is_queued_and_a_job_is_sent(wish: Triggers) -> None:
    answer = wish()

    attempt = wish.attempt(answer)
    assert answer == TriggerAnswer(202, {"attemptId": attempt.attempt_id, "status": "queued"})
    assert wish.scene.jobs.sent == [(DialJob(attempt.attempt_id), 0)]
    request = attempt.request
    assert (request.number, request.prefix, request.contact_id) == (NUMBER, "+1212", "c-17")
    assert (request.assistant, request.purpose) == ("support", "marketing")
    assert (request.voicemail, request.phone_number_id) == ("hang_up", None)
    assert attempt.due_at_ms is not None


def test_an_assistant_is_taken_from_the_wish(wish: Triggers) -> None:
    assert wish.attempt(wish(assistant="retention")).request.assistant == "retention"


def test_in_a_campaign_the_call_is_as_the_campaign_wants_it(wish: Triggers) -> None:
    request = wish.attempt(wish(campaignId="spring")).request

    assert (request.campaign_id, request.assistant, request.purpose, request.stagger_ms) == (
        "spring",
        "sales",
        "informational",
        3_000,
    )
    assert (request.phone_number_id, request.voicemail) == ("our-second-number", "leave_message")
    assert (request.customer_id, request.contact_id) == ("c-17", None)


@pytest.mark.parametrize(
    "named",
    [{"assistant": "nobody"}, {"assistant": "retention", "campaignId": "spring"}],
)
def test_an_assistant_who_cannot_speak_here_is_refused(wish: Triggers, named: Any) -> None:
    answer = wish(**named)

    assert (answer.status, answer.body["field"]) == (400, "assistant")
    assert wish.scene.tables.attempts == {}


def test_a_job_that_cannot_be_sent_is_for_the_reconciler(wish: Triggers) -> None:
    def down(*_job: object) -> None:
        raise QueueUnavailableError

    wish.scene.jobs.send = down  # type: ignore[method-assign,assignment]

    assert wish().status == 202


# -- the same wish again ---------------------------------------------------------------------


def test_twenty_wishes_without_a_key_are_one_call(wish: Triggers) -> None:
    answers = {str(wish().body["attemptId"]) for _ in range(20)}

    assert len(answers) == 1
    assert len(wish.scene.jobs.sent) == 1


def test_when_the_call_is_over_the_next_wish_is_another_call(wish: Triggers) -> None:
    first = wish()
    cancel_attempt(str(first.body["attemptId"]), wish.scene.ledger)

    second, third = wish(), wish()

    assert second.body["attemptId"] != first.body["attemptId"]
    assert third.body == second.body


def test_another_campaign_is_another_call(wish: Triggers) -> None:
    assert wish().body["attemptId"] != wish(campaignId="spring").body["attemptId"]


def test_the_same_key_gets_the_same_answer_even_when_the_call_is_over(wish: Triggers) -> None:
    first = wish(idempotencyKey="order-7")
    cancel_attempt(str(first.body["attemptId"]), wish.scene.ledger)

    assert wish(idempotencyKey="order-7") == first
    assert len(wish.scene.jobs.sent) == 1


def test_another_key_is_another_call(wish: Triggers) -> None:
    assert wish(idempotencyKey="a").body != wish(idempotencyKey="b").body


def test_the_same_key_with_another_body_is_refused(wish: Triggers) -> None:
    wish(idempotencyKey="order-7")
    answer = wish(idempotencyKey="order-7", assistant="another")

    assert answer.status == 422
    assert "idempotencyKey" in str(answer.body["detail"])


def test_the_order_of_the_fields_makes_no_other_body(wish: Triggers) -> None:
    first = wish(idempotencyKey="order-7")
    backwards = {"idempotencyKey": "order-7", "customer": dict(reversed(BODY["customer"].items()))}

    assert ask_to_call(backwards, wish.parts) == first


def test_a_denial_is_the_answer_of_its_key_too(wish: Triggers) -> None:
    wish.scene.tables.set_permission(NUMBER, Permission())
    denied = wish(idempotencyKey="order-7")
    wish.scene.tables.set_permission(NUMBER, Permission(consents=(WRITTEN,)))

    assert denied.status == 409
    assert wish(idempotencyKey="order-7") == denied


@pytest.mark.parametrize(("later_ms", "same"), [(DAY_MS - 1, True), (DAY_MS, False)])
def test_a_key_is_kept_for_a_day(wish: Triggers, later_ms: int, same: bool) -> None:  # noqa: FBT001
    first = wish(idempotencyKey="order-7")
    wish.scene.clock.advance(later_ms)

    assert (wish(idempotencyKey="order-7").body == first.body) == same


def test_whoever_dies_before_the_answer_is_kept_finds_the_same_call(wish: Triggers) -> None:
    def dies(*_answer: object) -> None:
        raise StoreUnavailableError

    real = wish.parts.book.complete
    wish.parts.book.complete = dies  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreUnavailableError):
        wish(idempotencyKey="order-7")
    wish.parts.book.complete = real  # type: ignore[method-assign]
    wish.scene.clock.advance(5_000)

    wish(idempotencyKey="order-7")

    assert len(wish.scene.tables.attempts) == 1


# -- who may not be called -------------------------------------------------------------------


def test_without_consent_the_answer_names_the_reason(wish: Triggers) -> None:
    wish.scene.tables.set_permission(NUMBER, Permission())

    assert wish() == TriggerAnswer(409, {"reason": "no_consent", "nextAllowedAt": None})
    assert wish.scene.tables.attempts == {}


def test_consent_that_comes_with_the_wish_is_written_down_first(wish: Triggers) -> None:
    wish.scene.tables.set_permission(NUMBER, Permission())
    consent = {"kind": "express_written", "at": "2026-03-01T12:00:00Z", "source": "web form"}

    assert wish(consent=consent).status == 202
    (kept,) = wish.scene.tables.permissions[NUMBER].consents
    assert (kept.kind, kept.source) == ("express_written", "web form")


def test_out_of_hours_the_answer_says_when(wish: Triggers) -> None:
    wish.scene.clock.advance(10 * 3_600_000)  # ten in the evening in New York

    assert wish() == TriggerAnswer(
        409, {"reason": "outside_window", "nextAllowedAt": "2026-11-24T13:00:00Z"}
    )


def test_a_customer_who_is_on_the_phone_is_busy(wish: Triggers) -> None:
    held = wish.scene.tables.customer(NUMBER).held("another")
    wish.scene.tables.customers[NUMBER] = held

    assert wish().body["reason"] == "customer_busy"


def test_a_stopped_dialer_says_so(wish: Triggers) -> None:
    wish.scene.tables.set_switch(stopped=True)

    assert wish().body["reason"] == "dialing_stopped"


def test_a_campaign_that_does_not_exist_is_not_found(wish: Triggers) -> None:
    assert wish(campaignId="never heard of").status == 404


# -- what is wrong with a body ---------------------------------------------------------------

WRITTEN_DOWN = {"kind": "express_written", "at": "2026-03-01T12:00:00Z", "source": "form"}
BAD: list[tuple[Any, str]] = [
    ([], "body"),
    ("call them", "body"),
    ({}, "customer"),
    ({"customer": "Ada"}, "customer"),
    ({"customer": {}}, "customer.phone"),
    ({"customer": {"phone": 2122345678}}, "customer.phone"),
    ({"customer": {"phone": "+1 900 234 5678"}}, "customer.phone"),
    ({"customer": {"phone": "+881 612 345 678"}}, "customer.phone"),
    ({"customer": {"phone": "911"}}, "customer.phone"),
    ({"customer": {"phone": "+4915123456789"}}, "customer.phone"),
    ({"customer": {**BODY["customer"], "id": ["c"]}}, "customer.id"),
    ({"customer": {**BODY["customer"], "fax": "1"}}, "customer.fax"),
    ({**BODY, "assistant": ""}, "assistant"),
    ({**BODY, "campaignId": 7}, "campaignId"),
    ({**BODY, "idempotencyKey": "k" * 256}, "idempotencyKey"),
    ({**BODY, "speed": 3}, "speed"),
    ({**BODY, "consent": "yes"}, "consent"),
    ({**BODY, "consent": {**WRITTEN_DOWN, "kind": "implied"}}, "consent.kind"),
    ({**BODY, "consent": {**WRITTEN_DOWN, "at": "2027-01-01T00:00:00Z"}}, "consent.at"),
    ({**BODY, "consent": {**WRITTEN_DOWN, "at": "2026-01-01T00:00:00"}}, "consent.at"),
    ({**BODY, "consent": {**WRITTEN_DOWN, "source": " "}}, "consent.source"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_a_bad_body_is_told_its_field(wish: Triggers, body: Any, field: str) -> None:
    answer = ask_to_call(body, wish.parts)

    assert answer.status == 400
    assert answer.body["field"] == field
    assert str(answer.body["detail"]).startswith(field)
    assert wish.scene.tables.attempts == {}


def test_a_bad_body_uses_up_no_key(wish: Triggers) -> None:
    ask_to_call({"idempotencyKey": "order-7"}, wish.parts)

    assert wish(idempotencyKey="order-7").status == 202


def test_a_test_number_is_refused_where_the_rules_allow_none(wish: Triggers) -> None:
    strict = replace(wish.parts.judge, rules=rules(allow_test_numbers=False))
    parts = replace(wish.parts, judge=strict)

    answer = ask_to_call({"customer": {"phone": "+14155550123"}}, parts)

    assert (answer.status, answer.body["field"]) == (400, "customer.phone")


def test_no_answer_holds_the_number(wish: Triggers) -> None:
    bad = ask_to_call({"customer": {"phone": "+19002345678"}}, wish.parts)

    assert "9002345678" not in str(bad.body)


# -- cancelling ------------------------------------------------------------------------------


def test_a_queued_wish_can_be_cancelled(wish: Triggers) -> None:
    cancelled = cancel_attempt(str(wish().body["attemptId"]), wish.scene.ledger)

    assert cancelled is not None
    assert (cancelled.state, cancelled.disposition) == (
        AttemptState.SETTLED,
        Disposition.CANCELLED,
    )


def test_one_that_rings_cannot(wish: Triggers) -> None:
    attempt = wish.attempt(wish())
    ringing = replace(attempt, state=AttemptState.PLACED, posts=1)
    wish.scene.tables.attempts[attempt.attempt_id] = ringing

    after = cancel_attempt(attempt.attempt_id, wish.scene.ledger)

    assert after is not None
    assert (after.state, after.disposition, after.reason) == (AttemptState.PLACED, None, None)
    assert cancel_attempt("nobody", wish.scene.ledger) is None
    assert wish.scene.clock.at_ms == NOW_MS


def test_what_the_operator_can_put_right_is_not_kept_under_its_key(wish: Triggers) -> None:
    said = {"idempotencyKey": "k-1", "campaignId": "autumn"}
    assert wish(**said).status == 404

    autumn = Campaign(campaign_id="autumn", wish=wish_of(WISH), created_at_ms=NOW_MS)
    wish.parts.campaigns.create(autumn)
    wish.scene.tables.set_campaign("autumn", running=True)

    first = wish(**said)
    assert first.status == 202
    assert wish(**said) == first

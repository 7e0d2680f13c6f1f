"""POST /trigger/outbound: one call, wished for by an operator (DESIGN §7 and §10).

    may it ring? ─► key: seen before? ─► campaign ─► its contact ─► consent ─► may it? ─► attempt
         400         same answer, 422       404                                 409      job, 202

What is answered under a key is answered for 24 hours. An attempt's name follows from the key,
from phone and campaign without one, or from the contact, so whoever dies on the way and is
asked again finds the same attempt.

In a campaign the call is the campaign's: its purpose, assistant, number and voicemail. A phone
that is one of its contacts is that contact's next attempt, taken as the planner takes it: the
planner does not call the person too, and what becomes of the call is noted with the contact.
A phone that is none of them, or was withdrawn, is called once and counted nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_calls import call_of_contact, taken_by_wish
from contact_center.campaigns.domain.contacts import ContactState, contact_id
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import DialAttempt, GivenUp
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.change_attempt import change_attempt, civil_ms
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.consent import BadConsentError, past_consent
from contact_center.permission.domain.contactability import ASK_AGAIN_SECONDS
from contact_center.triggers.services.trigger_answers import (
    WAITS_MS,
    KeyInUse,
    TriggerAnswer,
    TriggerParts,
    accepted,
    answer_once,
    enqueue,
    name_without_key,
    not_now,
    refusal,
    wrong_field,
)

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.permission.domain.consent import Consent

# The planner looks after a contact whose attempt a crash kept from being made.
CHECK_MS = 300_000

_TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What an operator wishes for."""

    phone: PhoneNumber
    customer_id: str | None = None
    campaign_id: str | None = None
    assistant: str | None = None
    key: str | None = None
    consent: Consent | None = None


def trigger_call(trigger: Trigger, body: object, parts: TriggerParts) -> TriggerAnswer:
    """Wish for a call.

    Args:
        trigger: What is wished for.
        body: The parsed JSON of the request: another one under the same key is refused.
        parts: What it works with.

    Returns:
        202 {"attemptId", "status"}; 400 {"field", "detail"}; 404 {"detail"} for a campaign that
        does not exist; 409 {"reason", "nextAllowedAt"} when the person may not be called; 422
        {"field", "detail"} for a key that came with another body.

    Raises:
        StoreUnavailableError: To be asked again: nothing was promised.
    """
    now_ms = parts.ledger.clock.now_ms()
    try:
        parts.judge.rules.check_number(trigger.phone, "customer.phone")
        if trigger.consent is not None:
            past_consent(trigger.consent, parts.judge.civil.at(now_ms))
    except BadConsentError as error:
        return wrong_field(f"consent.{error.field}", error.reason)
    except FieldError as error:
        return wrong_field(error.field, error.reason)
    if trigger.key is None:
        return _decide(trigger, None, parts)
    return answer_once(trigger.key, body, lambda key: _decide(trigger, key, parts), parts)


def cancel_attempt(attempt: str, parts: LedgerParts) -> DialAttempt | None:
    """Give a queued attempt up. One that is being dialled, or is over, stays as it is.

    Returns:
        The attempt as it stands now: cancelled when its disposition says so; None when there
        is none of that id. Raises StoreUnavailableError and AttemptBusyError.
    """
    event = GivenUp(
        disposition=Disposition.CANCELLED, now_ms=parts.clock.now_ms(), reason="cancelled"
    )
    return change_attempt(attempt, event, parts)


def _decide(trigger: Trigger, key: KeyInUse | None, parts: TriggerParts) -> TriggerAnswer:
    for made in _perhaps_made(trigger, key):
        known = parts.ledger.ledger.read(made)
        if known is not None:
            return accepted(known)
    campaign = None
    if trigger.campaign_id is not None:
        campaign = parts.campaigns.read(trigger.campaign_id)
        if campaign is None:
            return TriggerAnswer(404, {"detail": "there is no campaign of this campaignId"})
    wrong = _wrong_assistant(trigger, campaign, parts)
    if wrong is not None:
        return wrong
    if campaign is not None:
        contact = _contact(campaign, trigger, parts)
        if contact is not None and contact.state is not ContactState.WITHDRAWN:
            return _call_contact(trigger, campaign, contact, key, parts)
    return _call_alone(trigger, campaign, key, parts)


def _perhaps_made(trigger: Trigger, key: KeyInUse | None) -> list[str]:
    """The attempts that an earlier request with this key may have made before it died."""
    if key is None or trigger.key is None:
        return []
    bound = key.entry.attempt_id
    return [*([bound] if bound else []), _name_of_key(trigger.key, key)]


def _name_of_key(said: str, key: KeyInUse) -> str:
    return attempt_id("trigger", said, key.entry.first_at_ms)


def _wrong_assistant(
    trigger: Trigger, campaign: Campaign | None, parts: TriggerParts
) -> TriggerAnswer | None:
    if campaign is not None:
        own = campaign.wish.assistant
        if trigger.assistant in {None, own}:
            return None
        return wrong_field("assistant", f"must be the campaign's own, {own}, or left out")
    if parts.scripts.knows(trigger.assistant or parts.assistant):
        return None
    return wrong_field("assistant", "must be an assistant of the configuration that may call out")


def _contact(campaign: Campaign, trigger: Trigger, parts: TriggerParts) -> CampaignContact | None:
    name = contact_id(campaign.campaign_id, trigger.phone.e164)
    return parts.contacts.read(campaign.campaign_id, name)


# -- somebody on the campaign's list ---------------------------------------------------------


def _call_contact(
    trigger: Trigger,
    campaign: Campaign,
    contact: CampaignContact,
    key: KeyInUse | None,
    parts: TriggerParts,
) -> TriggerAnswer:
    """The next attempt at a contact, now; the one that is open, when there is one."""
    found: CampaignContact | None = contact
    for _ in range(_TRIES):
        if found is None:
            break
        if found.state is ContactState.IN_FLIGHT:
            name = attempt_id(campaign.campaign_id, found.contact_id, found.n)
            attempt = parts.ledger.ledger.read(name)
            if attempt is not None:
                return accepted(attempt) if attempt.open else _being_noted(parts)
        now_ms = parts.ledger.clock.now_ms()
        check_at_ms = civil_ms(now_ms, parts.judge.civil) + CHECK_MS
        after = taken_by_wish(found, check_at_ms)
        request = replace(
            call_of_contact(campaign, after, now_ms, now_ms + WAITS_MS),
            customer_id=trigger.customer_id,
        )
        refused = refusal(request, trigger.consent, parts)
        if refused is not None:
            return refused
        if key is not None:
            parts.book.bind(key.digest, request.attempt_id)
        if after is found or parts.contacts.move([ContactChange(before=found, after=after)]):
            parts.campaigns.look_soon(campaign.campaign_id, check_at_ms)
            return accepted(enqueue(request, parts))
        found = _contact(campaign, trigger, parts)
    raise StoreUnavailableError  # others kept being faster: to be asked again


def _being_noted(parts: TriggerParts) -> TriggerAnswer:
    """The contact's last attempt is over, or in doubt, and not yet written down with it."""
    now = parts.judge.civil.at(parts.ledger.clock.now_ms())
    return not_now("customer_busy", now + timedelta(seconds=ASK_AGAIN_SECONDS))


# -- anybody else ----------------------------------------------------------------------------


def _call_alone(
    trigger: Trigger, campaign: Campaign | None, key: KeyInUse | None, parts: TriggerParts
) -> TriggerAnswer:
    if key is not None and trigger.key is not None:
        name = _name_of_key(trigger.key, key)
    else:
        pair = ("trigger", trigger.phone.e164, trigger.campaign_id or "")
        name = name_without_key(pair, parts)
        known = parts.ledger.ledger.read(name)
        if known is not None:
            return accepted(known)
    request = _request(trigger, campaign, name, parts)
    refused = refusal(request, trigger.consent, parts)
    return refused if refused is not None else accepted(enqueue(request, parts))


def _request(
    trigger: Trigger, campaign: Campaign | None, name: str, parts: TriggerParts
) -> DialRequest:
    now_ms = parts.ledger.clock.now_ms()
    request = DialRequest(
        attempt_id=name,
        number=trigger.phone.e164,
        prefix=trigger.phone.prefix,
        purpose="marketing",  # the stricter one: DESIGN §10
        assistant=trigger.assistant or parts.assistant,
        created_at_ms=now_ms,
        expires_at_ms=now_ms + WAITS_MS,
        contact_id=trigger.customer_id,
    )
    if campaign is None:
        return request
    wish = campaign.wish
    return replace(
        request,
        purpose=wish.purpose,
        assistant=wish.assistant,
        phone_number_id=wish.phone_number_id,
        stagger_ms=wish.stagger_ms,
        voicemail=wish.voicemail,
        campaign_id=campaign.campaign_id,
        contact_id=None,
        customer_id=trigger.customer_id,
    )

"""POST /api/campaigns/{id}/test-call: ring me first, before anybody else is rung.

The operator's own phone hears what a contact would hear: the campaign's assistant, number,
voicemail and the variables of the first contact on its list; in a draft already, then with the
configuration that a start would keep. It is no call of the campaign: it counts in none of its
figures, is not retried, and rings although the campaign does not run.

Only telephones that the owner named in TEST_CALL_NUMBERS are rung: that he named one, and that
an operator asks, is the consent. It is the evidence kept with the attempt; it permits this call
and no other, nothing is recorded for the number and nothing lifted. All else holds as for anybody:
the number's class, suppression, a revoked consent, national lists, calling hours where the phone
is, caps, the one switch, pace and lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.spoken_names import spoken
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.dialing.services.find_script import NO_MESSAGE, WrongScriptError
from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.triggers.services.trigger_answers import (
    WAITS_MS,
    TriggerAnswer,
    accepted,
    answer_once,
    enqueue,
    name_without_key,
    refusal,
    wrong_field,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.triggers.services.trigger_answers import TriggerParts

NOT_NAMED = (
    "phone is none of the telephones that TEST_CALL_NUMBERS names; a test call rings no other."
)
OFF = (
    "Test calls are off. Name your own telephones in the setting TEST_CALL_NUMBERS (parameter "
    "TestCallNumbers of the stack), in E.164 and separated by commas, to turn them on."
)


def ring_me_first(
    campaign_id: str, phone: PhoneNumber, key: str | None, body: object, parts: TriggerParts
) -> TriggerAnswer:
    """Wish for a test call.

    Args:
        campaign_id: The campaign that is to be heard.
        phone: One of the owner's own telephones.
        key: The same key and body get the same answer for 24 hours.
        body: The parsed request.
        parts: What it works with.

    Returns:
        As `trigger_call`; 409 {"detail"} while no telephone is named, 422 {"field", "detail"} for
        one that is not.

    Raises:
        StoreUnavailableError: To be asked again: nothing was promised.
    """
    try:
        parts.judge.rules.check_number(phone, "phone")
    except BadNumberError as error:
        return wrong_field(error.field, error.reason)
    if not parts.test_numbers:
        return TriggerAnswer(409, {"detail": OFF})
    if phone.e164 not in parts.test_numbers:
        return TriggerAnswer(422, {"field": "phone", "detail": NOT_NAMED})
    if key is None:
        name = name_without_key(("test", campaign_id, phone.e164), parts)
        return _decide(campaign_id, phone, name, parts)
    return answer_once(
        f"test\x1f{campaign_id}\x1f{key}",
        body,
        lambda used: _decide(
            campaign_id,
            phone,
            attempt_id("test", campaign_id, key, used.entry.first_at_ms),
            parts,
        ),
        parts,
    )


def _decide(campaign_id: str, phone: PhoneNumber, name: str, parts: TriggerParts) -> TriggerAnswer:
    known = parts.ledger.ledger.read(name)
    if known is not None:
        return accepted(known)
    campaign = parts.campaigns.read(campaign_id)
    if campaign is None:
        return TriggerAnswer(404, {"detail": "there is no such campaign"})
    request = _request(campaign, phone, name, parts)
    try:
        parts.scripts.of_call(request, None)
    except WrongScriptError as error:
        if error.reason == NO_MESSAGE:
            return wrong_field("voicemail", "asks for a message, and the assistant has none")
        return wrong_field("assistant", "is not in the configuration any more")
    refused = refusal(request, None, parts)
    return refused if refused is not None else accepted(enqueue(request, parts))


def _request(campaign: Campaign, phone: PhoneNumber, name: str, parts: TriggerParts) -> DialRequest:
    now_ms = parts.ledger.clock.now_ms()
    wish = campaign.wish
    return DialRequest(
        attempt_id=name,
        number=phone.e164,
        prefix=phone.prefix,
        purpose=wish.purpose,
        assistant=wish.assistant,
        phone_number_id=wish.phone_number_id,
        voicemail=wish.voicemail,
        variables=_sample(campaign, parts),
        test_of=campaign.campaign_id,
        callback_at_ms=civil_ms(now_ms, parts.judge.civil),  # they ask to be called now
        created_at_ms=now_ms,
        expires_at_ms=now_ms + WAITS_MS,
    )


def _sample(campaign: Campaign, parts: TriggerParts) -> Mapping[str, str]:
    """The variables of the first contact on the list; none while the list is empty."""
    page = parts.contacts.page(campaign.campaign_id, 1, None)
    if not page.contacts:
        return {}
    details = page.contacts[0].details
    return spoken(details.name, details.variables)

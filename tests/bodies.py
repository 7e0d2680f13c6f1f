"""Bodies of requests, read as the API reads them, for tests of what comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.api_fields import read
from contact_center.campaigns.adapters.api_models import CampaignWish
from contact_center.kernel.field_errors import FieldError
from contact_center.lists.adapters.api_models import NationalListOfQuery
from contact_center.triggers.adapters.api_models import TestCall, TriggerWish
from contact_center.triggers.services.test_call import ring_me_first
from contact_center.triggers.services.trigger_answers import wrong_field
from contact_center.triggers.services.trigger_call import trigger_call

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaign_wishes import CampaignWish as Wish
    from contact_center.lists.services.national_desk import NationalListSaid
    from contact_center.triggers.services.trigger_answers import TriggerAnswer, TriggerParts

STAGGER_SECONDS = 2.0


def wish_of(values: object, stagger_seconds: float = STAGGER_SECONDS) -> Wish:
    """What the body of `POST /api/campaigns` asks for."""
    return read(CampaignWish, values).wish(stagger_seconds)


def list_said(values: object) -> NationalListSaid:
    """What the query of `POST /api/national-list` says of a list."""
    return read(NationalListOfQuery, values).said()


def ask_to_call(body: Any, parts: TriggerParts) -> TriggerAnswer:
    """`POST /trigger/outbound`."""
    try:
        trigger = read(TriggerWish, body).trigger()
    except FieldError as error:
        return wrong_field(error.field, error.reason)
    return trigger_call(trigger, body, parts)


def ask_for_a_test_call(campaign: str, body: Any, parts: TriggerParts) -> TriggerAnswer:
    """`POST /api/campaigns/{id}/test-call`."""
    try:
        asked = read(TestCall, body)
    except FieldError as error:
        return wrong_field(error.field, error.reason)
    return ring_me_first(campaign, asked.phone, asked.idempotency_key, body, parts)

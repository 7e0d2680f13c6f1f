"""Builds what forgets people, for functions/importer: loaded when somebody is to be forgotten.

Each store's part is made when it is first asked: Twilio's client takes a third of a second.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from contact_center.forgetting.adapters.bucket import Bucket
from contact_center.forgetting.adapters.customer_items import CustomerItems
from contact_center.forgetting.adapters.dynamodb_forgettings import DynamoDBForgettings
from contact_center.forgetting.adapters.s3_register import S3Register
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services.forget_person import ForgetParts, forgetting_work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.forgetting.services.forget_ports import Eraser
    from contact_center.kernel.civil_time import CivilClock
    from contact_center.lists.services.work_on_lists import Work
    from contact_center.wiring.shop import Shop


@cache
def forget_work(shop: Shop, civil: CivilClock) -> Work:
    """The work on forgetting.

    Raises SettingsError: a setting is missing or cannot be used; it is named.
    """
    return forgetting_work(forget_parts(shop, civil))


def forget_parts(shop: Shop, civil: CivilClock) -> ForgetParts:
    """What forgetting works with; nothing is asked yet. Raises SettingsError."""
    made: Mapping[Store, Callable[[Shop], Eraser]] = {
        Store.CONTACTS: _contacts,
        Store.DIALING: _dialing,
        Store.REPORTS: _reports,
        Store.RECORDINGS: _recordings,
        Store.CALLS: _calls,
        Store.LISTS: _lists,
        Store.VAPI: _vapi,
        Store.TWILIO: _twilio,
        Store.HUBSPOT: _hubspot,
        Store.WEBHOOK: _webhook,
        Store.CALENDAR: _calendar,
        Store.QUEUES: _queues,
    }
    return ForgetParts(
        forgettings=DynamoDBForgettings(shop.dynamodb, shop.tables.contacts_table),
        register=S3Register(shop.clients.s3, shop.list_settings.bucket),
        erasers={store: cache(partial(made[store], shop)) for store in shop.forgetting_stores},
        key=shop.forget_key,
        clock=shop.clock,
        civil=civil,
        metrics=shop.metrics,
    )


def _calls_table(shop: Shop) -> str:
    return shop.environment.required("CALLS_TABLE")


def _found(shop: Shop) -> CustomerItems:
    return CustomerItems(shop.dynamodb, _calls_table(shop), shop.clock)


def _bucket(shop: Shop) -> Bucket:
    return Bucket(shop.clients.s3, shop.list_settings.bucket)


def _contacts(shop: Shop) -> Eraser:
    from contact_center.forgetting.adapters.erase_contacts import ContactsEraser

    return ContactsEraser(
        shop.dynamodb,
        shop.tables.contacts_table,
        shop.tables.dialing_table,
        shop.campaigns,
        shop.contacts,
        shop.settle.ledger,
        shop.imports,
    )


def _dialing(shop: Shop) -> Eraser:
    from contact_center.forgetting.adapters.erase_dialing import DialingEraser, DialingParts

    return DialingEraser(
        DialingParts(
            client=shop.dynamodb,
            table=shop.tables.dialing_table,
            found=_found(shop),
            ledger=shop.settle.ledger,
            queue=shop.waiting,
        )
    )


def _reports(shop: Shop) -> Eraser:
    from contact_center.forgetting.adapters.erase_objects import ObjectsEraser, ReportKeys

    keys = ReportKeys(_bucket(shop), shop.dynamodb, _calls_table(shop))
    return ObjectsEraser(_bucket(shop), _found(shop), keys)


def _recordings(shop: Shop) -> Eraser:
    from contact_center.forgetting.adapters.erase_objects import ObjectsEraser, RecordingKeys

    return ObjectsEraser(_bucket(shop), _found(shop), RecordingKeys(_bucket(shop)))


def _calls(shop: Shop) -> Eraser:
    from contact_center.forgetting.adapters.erase_calls import CallsEraser
    from contact_center.forgetting.adapters.erase_objects import ThenObjects

    calls = CallsEraser(shop.dynamodb, _calls_table(shop), _found(shop), shop.clock)
    return ThenObjects(calls, (_reports(shop), _recordings(shop)))


def _lists(shop: Shop) -> Eraser:
    from contact_center.forgetting.adapters.erase_lists import ListsEraser

    return ListsEraser(shop.files, shop.imports)


def _vapi(shop: Shop) -> Eraser:
    from contact_center.vapi.calls.erasing import VapiEraser

    return VapiEraser(shop.voice, shop.tables.retention_days)


def _twilio(shop: Shop) -> Eraser:
    from contact_center.forgetting.adapters.not_ours import NO_TWILIO, NotOurs
    from contact_center.twilio.settings import account_of

    account = account_of(shop.environment)
    if account is None:
        return NotOurs(NO_TWILIO)
    from contact_center.aws.stored_key import StoredKey
    from contact_center.twilio.api import REAL_TWILIO, TwilioApi
    from contact_center.twilio.erasing import TwilioEraser
    from contact_center.twilio.twiml import TwimlWriter

    secret = shop.environment.required("TWILIO_SECRET_NAME")
    token = StoredKey(shop.clients.secrets_manager, secret, "current", shop.clock)
    base_url = shop.environment.url("TWILIO_BASE_URL") or REAL_TWILIO
    return TwilioEraser(TwilioApi(account, token, TwimlWriter(""), "", base_url))


def _hubspot(shop: Shop) -> Eraser:
    from contact_center.crm.hubspot.erasing import HubSpotEraser
    from contact_center.wiring.hubspot import hubspot_api

    return HubSpotEraser(hubspot_api(shop))


def _calendar(_: Shop) -> Eraser:
    from contact_center.forgetting.adapters.not_ours import CALENDAR, NotOurs

    return NotOurs(CALENDAR)


def _webhook(_: Shop) -> Eraser:
    from contact_center.forgetting.adapters.not_ours import WEBHOOK, NotOurs

    return NotOurs(WEBHOOK)


def _queues(shop: Shop) -> Eraser:
    from contact_center.dialing.services.change_attempt import civil_ms
    from contact_center.figures.adapters.settings import read_queues
    from contact_center.figures.adapters.sqs_queue_depths import SqsQueueDepths
    from contact_center.forgetting.adapters.wait_for_queues import QueuesEraser
    from contact_center.kernel.civil_time import civil_clock

    queues = read_queues(shop.environment, HOLD_WORDS)
    civil = civil_clock(shop.tables.civil)
    return QueuesEraser(
        SqsQueueDepths(shop.clients.sqs, queues), lambda: civil_ms(shop.clock.now_ms(), civil)
    )


# The others hold ids of ours alone.
HOLD_WORDS = frozenset({"call-events", "effects"})

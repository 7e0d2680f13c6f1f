"""What forgets a person, beside simulated providers, and a raw look at all that is left of him."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from contact_center.wiring.forgetting import forget_parts
from contact_center.wiring.shop import Shop
from local.crm.simulator import HubSpotSimulator
from local.settings import SIMULATED_HUBSPOT_TOKEN
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN, TwilioSimulator
from local.twilio.telephones.account import Number
from local.twilio.telephones.legs import Leg
from local.twilio.twiml.record import Recording, Transcription
from local.vapi.simulator import VapiSimulator
from tests.functional.conversations.routing_rig import AT_MS, Context
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.lists.list_rig import ListRig
from tests.functional.operator_api.operator_rig import start_operator_api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType, TracebackType
    from typing import Self

    import pytest

    from contact_center.forgetting.services.forget_person import ForgetParts
    from tests.emulator import Account
    from tests.functional.operator_api.operator_rig import OperatorRig

type Json = dict[str, Any]

HIS, THEIRS = "+14155550123", "+14155550199"
OURS = "+14155550100"
OF_HIM = ("4155550123", "415) 555-0123", "415-555-0123", "Canary", "canary@example.com")
OF_ANOTHER = "Bystander"


@dataclass
class Forgetful:
    """The simulators, the API, and the worker; `left` is what a raw look finds of him."""

    account: Account
    monkeypatch: pytest.MonkeyPatch
    vapi: VapiSimulator
    twilio: TwilioSimulator
    hubspot: HubSpotSimulator

    def __post_init__(self) -> None:
        account = self.account
        events, effects = account.call_events_queue, account.effects_queue
        self.settings = {
            "LOCAL_STARTED_AT_MS": str(now_ms()),  # one civil clock for both
            "FORGET_KEY_NAME": "forget-key",
            "TWILIO_PHONE_NUMBER": OURS,
            "VAPI_BASE_URL": self.vapi.url,
            "VAPI_API_KEY_NAME": "vapi-key",
            "TWILIO_BASE_URL": self.twilio.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_SECRET_NAME": "twilio-key",
            "EFFECT_RECEIVERS": "built_in,hubspot,webhook",
            "MEETING_CALENDAR": "calcom",
            "HUBSPOT_BASE_URL": self.hubspot.url,
            "HUBSPOT_SECRET_NAME": "hubspot-key",
            "LIST_JOBS_QUEUE_URL": account.list_jobs_queue,
            "REPORTS_BUCKET": account.reports_bucket,
            "CALL_EVENTS_QUEUE_URL": events,
            "CALL_EVENTS_DEAD_QUEUE_URL": account._create("CallEventsDead"),
            "EFFECTS_QUEUE_URL": effects,
            "EFFECTS_DEAD_QUEUE_URL": account._create("EffectsDead"),
        }
        account.secret("vapi-key", json.dumps({"key": "local-vapi-key"}))
        account.secret("twilio-key", json.dumps({"current": AUTH_TOKEN}))
        account.secret("hubspot-key", json.dumps({"current": SIMULATED_HUBSPOT_TOKEN}))
        self.api = self._api()
        self.lists = ListRig(account, self.monkeypatch, self.settings)

    def _api(self) -> OperatorRig:
        return start_operator_api(self.account, self.monkeypatch, **self.settings)

    def forget(self, number: str = HIS) -> str:
        status, told = self.api.ask("POST", "/api/forget", {"phone": number})
        assert status == 202, told
        return str(told["forgetId"])

    def certificate(self, forget_id: str) -> Json:
        status, told = self.api.ask("GET", f"/api/forget/{forget_id}")
        assert status == 200
        return dict(told)

    def states(self, forget_id: str) -> dict[str, tuple[str, str | None]]:
        stores = self.certificate(forget_id)["stores"]
        return {one["store"]: (one["state"], one["why"]) for one in stores}

    def start(self, *, days_later: int = 0) -> ModuleType:
        """The worker as a cold start."""
        started = int(self.settings["LOCAL_STARTED_AT_MS"]) - days_later * 86_400_000
        self.lists.settings = self.settings | {"LOCAL_STARTED_AT_MS": str(started)}
        return self.lists.start()

    def parts(self, app: ModuleType) -> ForgetParts:
        """What the worker forgets with."""
        shop = Shop("Importer")
        return forget_parts(shop, app.PARTS.lists.civil)

    def work(self, app: ModuleType) -> None:
        self.lists.work(app)

    @property
    def context(self) -> Context:
        return Context(900_000)

    def drain(self) -> None:
        """Whatever waits in queues is taken: the router's reminders, hints at effects."""
        for url in (self.account.call_events_queue, self.account.effects_queue):
            self.account.client("sqs").purge_queue(QueueUrl=url)

    def left(self) -> list[str]:
        """Where anything of him is, wherever it may be."""
        return [place for place, text in self.everything() if any(one in text for one in OF_HIM)]

    def reports_of(self, call_id: str) -> list[str]:
        """Where the bucket has reports of a call."""
        found = self.account.client("s3").list_objects_v2(
            Bucket=self.account.reports_bucket, Prefix="reports/"
        )
        keys_there = (one["Key"] for one in found.get("Contents", ()))
        return [key for key in keys_there if call_id in key and "/raw/" not in key]

    def others_left(self) -> list[str]:
        return [place for place, text in self.everything() if OF_ANOTHER in text]

    def everything(self) -> Iterator[tuple[str, str]]:
        yield from self._items()
        yield from self._objects()
        for call in self.vapi.calls.values():
            yield "vapi", json.dumps(call.record.whole(call.status, 0)) + call.caller.number
        for leg in self.twilio.account.kept(Leg).values():
            yield "twilio: call", f"{leg.from_} {leg.to}"
        for recording in self.twilio.account.kept(Recording).values():
            yield "twilio: recording", " ".join(recording.words)
        for understood in self.twilio.account.kept(Transcription).values():
            yield "twilio: transcription", understood.text
        for kind in ("contacts", "calls", "notes", "tasks"):
            for record in self.hubspot.portal.records.of(kind):
                yield f"hubspot: {kind}", json.dumps(record.versions)

    def stored(self) -> list[tuple[str, Any]]:
        """Each item of the tables, with the name of its table."""
        account, dynamodb = self.account, self.account.client("dynamodb")
        return [
            (table, item)
            for table in (account.calls_table, account.dialing_table, account.contacts_table)
            for page in dynamodb.get_paginator("scan").paginate(TableName=table)
            for item in page["Items"]
        ]

    def _items(self) -> Iterator[tuple[str, str]]:
        for table, item in self.stored():
            pk, sk = (item[name]["S"].partition("#")[0] for name in ("pk", "sk"))
            name = table.rpartition("-")[2].lower()
            yield f"{name}: {pk} {sk}", json.dumps(item, ensure_ascii=False)

    def _objects(self) -> Iterator[tuple[str, str]]:
        s3, bucket = self.account.client("s3"), self.account.reports_bucket
        for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
            yield f"bucket: {one['Key'].partition('/')[0]}", one["Key"] + body.decode("latin-1")

    def object(self, key: str) -> bytes | None:
        try:
            found = self.account.client("s3").get_object(
                Bucket=self.account.reports_bucket, Key=key
            )
        except ClientError:
            return None
        body: bytes = found["Body"].read()
        return body

    def close(self) -> None:
        self.api.close()
        self.lists.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def simulators() -> tuple[VapiSimulator, TwilioSimulator, HubSpotSimulator]:
    return (
        VapiSimulator(server_url="http://127.0.0.1:9/"),
        TwilioSimulator(
            numbers=[Number(number=OURS)], speed=None, starts_at=datetime(2026, 8, 20, tzinfo=UTC)
        ),
        HubSpotSimulator(now_ms=_past()),
    )


def _past() -> Any:
    """A clock that goes on a minute each time it is read: no search lags, no limit is reached."""
    at = AT_MS

    def now_ms() -> int:
        nonlocal at
        at += 60_000
        return at

    return now_ms

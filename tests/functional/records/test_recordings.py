"""A recorded call, from its report to what an operator hears; and one whose recording is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from contact_center.aws.dynamodb import keys
from contact_center.records.adapters.s3_recordings import PART_BYTES
from tests.fakes.control_server import ControlServer
from tests.fakes.raw_server import RawServer, answer
from tests.fakes.recordings import WAV
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.conversations.routing_rig import CALL_ID, Rig, start_router
from tests.functional.dialing.dialing_rig import DialingRig, tick
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.operator_api.operator_rig import VIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ENOUGH_MS = 300_000
LINK = "https://x.r2.cloudflarestorage.com/1.wav?X-Amz-Signature=secret"
AUDIO = answer("200 OK", WAV, "Content-Type: audio/wav")
PATH = f"/api/calls/{CALL_ID}/recording"


@pytest.fixture
def router(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with ControlServer() as vapi:
        made = start_router(account, vapi, monkeypatch, RECORDINGS="true")
        yield made
        made.close()


@pytest.fixture
def copies(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    account.secret("vapi-api-key", '{"key": "local-vapi-key"}')
    made = DialingRig(account, "", "a-number", monkeypatch)
    made.settings = {
        "TWILIO_SECRET_NAME": "twilio",
        "RECORDINGS": "true",
        "REPORTS_BUCKET": account.reports_bucket,
    }
    yield made
    made.close()


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    made = start_campaign_api(
        account, monkeypatch, REPORTS_BUCKET=account.reports_bucket, **queues_of(account)
    )
    yield made
    made.app.PARTS.dialing().trigger.ledger.ledger._client.close()
    made.app.PARTS.dialing().trigger.jobs._client.close()
    made.close()


def ends_recorded(router: Rig) -> None:
    told = router.message(
        "end-of-call-report",
        endedReason="customer-ended-call",
        artifact={"presignedMonoUrl": LINK, "recordingUrl": LINK},
    )
    assert router.deliver(told) == []


def due_now(account: Account) -> None:
    account.client("dynamodb").update_item(
        TableName=account.calls_table,
        Key={"pk": {"S": keys.call(CALL_ID)}, "sk": {"S": keys.LOOK_UPS}},
        UpdateExpression="SET due_at_ms = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def copy(router: Rig, copies: DialingRig, *answers: bytes) -> list[bytes]:
    """A tick with a Vapi that answers so, and the router; what Vapi was asked."""
    with RawServer(*answers) as vapi:
        copies.vapi_url = vapi.url
        tick(copies.start("reconciler"), ENOUGH_MS)
        for record in router.reminders(2):
            assert router.handle(record, record) == []
        return vapi.requests


def trail(api: CampaignRig) -> list[tuple[str, ...]]:
    _, told = api.ask("GET", "/api/audit")
    fields = ("role", "action", "kind", "onId", "status", "reason")
    return [tuple(str(one[name]) for name in fields) for one in told["entries"]]


def shown(api: CampaignRig) -> Any:
    return api.ask("GET", f"/api/calls/{CALL_ID}")[1]["recording"]


def test_a_recorded_call_can_be_heard_by_operators_and_each_time_is_written_down(
    router: Rig, copies: DialingRig, api: CampaignRig
) -> None:
    assert api.ask("GET", PATH)[0] == 404
    ends_recorded(router)
    assert shown(api) == {"state": "not_yet", "reason": None, "bytes": None}
    status, told = api.ask("GET", PATH)
    assert (status, told["reason"]) == (404, "not_yet")

    asked = copy(router, copies, AUDIO)  # its minute is long past

    assert [one.split(b"\r\n")[0].split(b" ")[1] for one in asked] == [
        f"/call/{CALL_ID}/mono-recording".encode()
    ]
    assert shown(api) == {"state": "kept", "reason": None, "bytes": len(WAV)}
    status, told = api.ask("GET", PATH)
    assert (status, told["mediaType"], told["bytes"]) == (200, "audio/wav", len(WAV))
    heard = requests.get(told["url"], timeout=10)
    assert (heard.status_code, heard.content) == (200, WAV)
    assert api.ask("GET", PATH, token=VIEWER)[0] == 403
    router.account.client("s3").delete_object(
        Bucket=router.account.reports_bucket, Key=f"recordings/{CALL_ID}"
    )
    status, told = api.ask("GET", PATH)
    assert (status, told["reason"]) == (404, "gone")

    listened = sorted(one for one in trail(api) if one[1] == "listenToCall")
    assert listened == sorted(
        [
            ("operator", "listenToCall", "listen", CALL_ID, "404", "None"),
            ("operator", "listenToCall", "listen", CALL_ID, "404", "not_yet"),
            ("operator", "listenToCall", "listen", CALL_ID, "200", "None"),
            ("viewer", "listenToCall", "listen", CALL_ID, "403", "None"),
            ("operator", "listenToCall", "listen", CALL_ID, "404", "gone"),
        ]
    )


def test_no_link_of_vapis_is_stored_anywhere(
    router: Rig, copies: DialingRig, capsys: pytest.CaptureFixture[str]
) -> None:
    ends_recorded(router)
    due_now(router.account)
    copy(router, copies, answer("302 Found", b"", f"Location: {LINK}"))

    items = router.account.client("dynamodb").scan(TableName=router.account.calls_table)["Items"]
    assert "Signature" not in str(items)
    assert not any(b"Signature" in body for body in router.objects().values())
    assert "Signature" not in capsys.readouterr().out


def test_of_a_long_one_that_breaks_off_nothing_is_left(router: Rig, copies: DialingRig) -> None:
    ends_recorded(router)
    due_now(router.account)
    begun = WAV + bytes(PART_BYTES)  # its first part is on the shelf already
    breaks_off = answer("200 OK", begun, "Content-Type: audio/wav", says_length=len(begun) + 1)
    copy(router, copies, breaks_off)

    s3, bucket = router.account.client("s3"), router.account.reports_bucket
    assert s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="recordings/")


def test_one_that_is_lost_is_listed_until_somebody_attends_to_it(
    router: Rig, copies: DialingRig, api: CampaignRig
) -> None:
    ends_recorded(router)
    for _ in range(4):  # a minute, ten, an hour and a day after the end
        due_now(router.account)
        copy(router, copies, answer("404 Not Found"))

    assert shown(api) == {"state": "lost", "reason": "not_there", "bytes": None}
    status, told = api.ask("GET", PATH)
    assert (status, told["reason"]) == (404, "lost")
    [left] = api.ask("GET", "/api/follow-ups")[1]["followUps"]
    assert (left["kind"], left["callId"], left["said"]) == (
        "recording",
        CALL_ID,
        {"reason": "not_there"},
    )
    [need] = api.ask("GET", "/api/needs")[1]["needs"]
    waits = (need["kind"], need["id"], need["says"], need["callId"])
    assert waits == ("recording_lost", left["id"], "not_there", CALL_ID)
    assert api.ask("POST", f"/api/follow-ups/{left['id']}/attend", {})[0] == 200
    assert api.ask("GET", "/api/follow-ups")[1]["followUps"] == []


def test_without_the_setting_nothing_is_asked_for(
    account: Account, copies: DialingRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.settings = {**copies.settings, "RECORDINGS": "false"}
    with ControlServer() as vapi:
        router = start_router(account, vapi, monkeypatch)
        ends_recorded(router)
        due_now(account)
        asked = copy(router, copies, answer("500 Oh"))
        router.close()
    assert not any(b"recording" in one for one in asked)

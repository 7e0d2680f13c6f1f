"""The worker on lists through its handler, on the emulator, and what the API then tells."""

from __future__ import annotations

import csv
import io
import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from contact_center.lists.services.import_contacts import ENDING_MS
from contact_center.lists.services.list_tries import MOST_TRIES
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.lists.list_rig import ListRig, handle, job_record, tick
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NUMBERS = [f"+1212555{place:04d}" for place in range(100, 120)]
CONSENT = "express_written,2026-06-01T10:00:00Z,web form"
HEADER = "phone,id,name,city,consent_kind,consent_at,consent_source\n"
LIST = HEADER + "".join(f"{number},k{at},Ada,Oslo,{CONSENT}\n" for at, number in enumerate(NUMBERS))
LATER = "2026-07-08T17:03:00+00:00"  # three minutes after OPEN_HOURS
NEXT_DAY = "2026-07-09T17:01:00+00:00"


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    account.announce_uploads()
    made = start_campaign_api(account, monkeypatch)
    yield made
    made.close()


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListRig]:
    made = ListRig(account, monkeypatch)
    yield made
    made.close()


def put(url: str, body: bytes) -> int:
    """PUT to a link as an operator's tool does, with nothing but the file; the status."""
    return _http("PUT", url, body)[0]


def fetched(url: str) -> str:
    status, body = _http("GET", url, None)
    assert status == 200, body
    assert body.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes UTF-8 without a mark for another"
    return body.decode("utf-8-sig")


def _http(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    where = urlsplit(url)
    connection = HTTPConnection(where.netloc, timeout=LIVENESS_SECONDS)
    try:
        connection.request(method, f"{where.path}?{where.query}", body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def as_json(told: object) -> dict[str, object]:
    assert isinstance(told, dict)
    return told


def shown(api: CampaignRig, import_id: str) -> dict[str, object]:
    status, told = api.ask("GET", f"/api/imports/{import_id}")
    assert status == 200
    return told


def test_a_list_that_came_with_the_request_becomes_contacts(api: CampaignRig, rig: ListRig) -> None:
    campaign = api.create()
    text = LIST + f"{NUMBERS[0]},twice,,,,,\n" + "555,bad,,,,,\n"
    job = api.add(campaign, text)["importId"]

    assert rig.work(rig.start()) == 1

    told = shown(api, job)
    assert (told["state"], told["rows"], told["added"]) == ("done", 22, 20)
    assert (told["known"], told["bad"], told["error"]) == (1, 1, None)
    assert told["bytes"] == told["bytesDone"] == len(text)
    assert told["firstBad"] == [
        {
            "line": 23,
            "field": "phone",
            "reason": "is too short (emergency and short numbers are never dialled)",
            "row": 23,
            "column": "A (phone)",
            "looksLike": "999",
        }
    ]
    report = fetched(str(told["reportUrl"])).splitlines()
    assert report[0] == "line,field,reason,row,column,looks_like"
    assert report[1].startswith("23,phone,")
    progress = api.get(f"/api/campaigns/{campaign}/progress")[1]
    assert (progress["total"], progress["contacts"]) == (20, {"waiting": 20})


def test_a_list_that_is_uploaded_by_link_is_imported_by_itself(
    api: CampaignRig, rig: ListRig
) -> None:
    campaign = api.create()
    told = api.ask("POST", f"/api/campaigns/{campaign}/contacts")[1]
    worker = rig.start()
    assert rig.work(worker) == 0

    assert put(told["uploadUrl"], LIST.encode("utf-16")) == 200

    assert rig.work_uploaded(worker) == 1
    assert shown(api, told["importId"])["added"] == 20


def test_contacts_are_listed_and_withdrawn(api: CampaignRig, rig: ListRig) -> None:
    campaign = api.create()
    path = f"/api/campaigns/{campaign}/contacts"
    job = api.add(campaign, LIST)
    rig.work(rig.start())

    first = api.get(path, limit="15")[1]
    rest = api.get(path, limit="15", cursor=first["nextCursor"])[1]
    found = [*first["contacts"], *rest["contacts"]]
    assert {one["id"] for one in found} == {f"k{at}" for at in range(20)}
    assert rest["nextCursor"] is None
    assert {one["state"] for one in found} == {"waiting"}
    assert {(one["id"], one["row"]) for one in found} == {(f"k{at}", at + 2) for at in range(20)}
    assert {one["importId"] for one in found} == {job["importId"]}
    assert NUMBERS[0] not in json.dumps(found)  # numbers are masked
    other = api.create()
    assert api.get(f"/api/campaigns/{other}/contacts", cursor=first["nextCursor"])[0] == 400

    phones = ["(212) 555-0100", NUMBERS[1], "+13125550100"]
    assert api.ask("DELETE", path, {"phones": phones}) == (
        200,
        {"withdrawn": 2, "finished": 0, "unknown": 1},
    )
    assert api.get(f"/api/campaigns/{campaign}/progress")[1]["contacts"] == {
        "waiting": 18,
        "withdrawn": 2,
    }


def test_an_import_goes_over_as_many_invocations_as_it_takes(
    api: CampaignRig, rig: ListRig
) -> None:
    numbers = [f"+1312555{place:04d}" for place in range(100, 200)]
    numbers += [f"+1415555{place:04d}" for place in range(100, 200)]
    numbers += [f"+1213555{place:04d}" for place in range(100, 200)]
    campaign = api.create()
    job = api.add(campaign, "phone\n" + "\n".join(numbers) + "\n")["importId"]

    # so little time is left that each does the least there is
    assert rig.work(rig.start(), remaining_ms=ENDING_MS - 1) == 4

    told = shown(api, job)
    assert (told["state"], told["added"], told["rows"]) == ("done", 300, 300)


def test_two_at_the_same_import_do_no_harm(api: CampaignRig, rig: ListRig) -> None:
    campaign = api.create()
    job = api.add(campaign, LIST)["importId"]
    one, other = rig.start(), rig.start()
    record = job_record("import", campaign, job)

    files = other.PARTS.lists.works["import"].__closure__[0].cell_contents.files
    size = files.size

    def overtaken(key: str) -> int | None:
        assert handle(one, record) == []
        return size(key)  # type: ignore[no-any-return]

    files.size = overtaken
    assert handle(other, record) == []

    assert shown(api, job)["added"] == 20
    rig.messages()
    assert handle(one, record) == []  # once more, long after
    assert rig.messages() == []


def test_what_a_lost_message_left_is_taken_up_by_a_tick(api: CampaignRig, rig: ListRig) -> None:
    campaign = api.create()
    job = api.add(campaign, LIST)["importId"]
    uploaded = api.ask("POST", f"/api/campaigns/{campaign}/contacts")[1]
    put(uploaded["uploadUrl"], b"phone\n+13125550100\n")
    preview = api.ask("POST", f"/api/campaigns/{campaign}/preview")[1]["jobId"]
    assert len(rig.messages()) == 3  # and nobody ever reads them

    assert tick(rig.start()) == {"sent": 0}  # somebody may be at it
    rig.settings = {"LOCAL_NOW": LATER}
    worker = rig.start()
    assert tick(worker) == {"sent": 3}
    assert tick(worker) == {"sent": 0}  # not every minute anew
    assert rig.work(worker) == 3

    assert shown(api, job)["state"] == shown(api, uploaded["importId"])["state"] == "done"
    counted = api.get(f"/api/campaigns/{campaign}/preview", job=preview)[1]
    assert counted["state"] == "done"
    rig.settings = {"LOCAL_NOW": NEXT_DAY}
    assert tick(rig.start()) == {"sent": 0}  # what is done is looked at no more


def test_an_upload_that_never_comes_fails_after_a_day(api: CampaignRig, rig: ListRig) -> None:
    campaign = api.create()
    job = api.ask("POST", f"/api/campaigns/{campaign}/contacts")[1]["importId"]
    rig.settings = {"LOCAL_NOW": LATER}
    worker = rig.start()
    tick(worker)
    assert rig.work(worker) == 1
    assert shown(api, job)["state"] == "waiting"
    rig.settings = {"LOCAL_NOW": NEXT_DAY}
    worker = rig.start()
    assert tick(worker) == {"sent": 1}
    rig.work(worker)
    told = shown(api, job)
    assert told["state"] == "failed"
    error = {"line": 0, "field": "file", "reason": "was not uploaded within 24 hours"}
    assert error.items() <= as_json(told["error"]).items()


def test_a_formula_for_the_name_of_a_column_does_not_get_out(
    api: CampaignRig, rig: ListRig
) -> None:
    rows = ['=phone,";=State",";\uff1dzip"', f"{NUMBERS[0]},Nowhere,", f"{NUMBERS[1]},,?!"]
    job = api.add(api.create(), "\n".join(rows))
    rig.work(rig.start())

    report = fetched(str(shown(api, job["importId"])["reportUrl"])).splitlines()

    assert report[1].startswith("2,state,")
    assert "B (;'=State)" in report[1]
    assert report[2].startswith("3,zip,")
    assert "C (;'\uff1dzip)" in report[2]


def test_a_file_that_is_no_list_fails_and_says_why(api: CampaignRig, rig: ListRig) -> None:
    job = api.add(api.create(), "fax;name\n1;2\n")["importId"]
    rig.work(rig.start())
    told = shown(api, job)
    assert (told["state"], told["reportUrl"]) == ("failed", None)
    said = str(told["error"])
    assert "'line': 1" in said
    assert "names no column for the telephone number" in said
    assert "A (fax), B (name)" in said


def test_a_list_s_columns_are_told_at_once_and_a_start_on_one_that_failed_is_refused(
    api: CampaignRig, rig: ListRig
) -> None:
    campaign = api.create()
    bad = api.add(campaign, "Phone Number,Opt-in\n1,2\n")
    rig.work(rig.start())

    assert bad["columns"] is None
    status, problem = api.ask("POST", f"/api/campaigns/{campaign}/start")
    assert (status, problem["importId"]) == (409, bad["importId"])
    assert "B (Opt-in) looks like consent" in str(problem["detail"])

    mended = api.add(campaign, f"Phone Number,Time Zone,DNC\n{NUMBERS[0]},America/New_York,1\n")
    taken = [(one["column"], one["takenFor"]) for one in mended["columns"]]
    assert taken == [("A", "phone"), ("B", "timezone"), ("C", "do_not_call")]
    rig.work(rig.start())
    told = shown(api, mended["importId"])
    assert (told["doNotCall"], told["columns"]) == (1, mended["columns"])
    path = f"/api/campaigns/{campaign}/preview"
    job = api.ask("POST", path)[1]["jobId"]
    rig.work(rig.start())
    result = api.get(path, job=job)[1]["result"]
    assert result["neverBy"] == {"suppressed": 1}
    assert result["rowsBy"] == {"suppressed": [{"importId": mended["importId"], "row": 2}]}
    assert api.ask("POST", f"/api/campaigns/{campaign}/start")[0] == 200


def test_a_preview_counts_now_later_and_never(api: CampaignRig, rig: ListRig) -> None:
    campaign = api.create()
    path = f"/api/campaigns/{campaign}/preview"
    api.add(campaign, LIST + "+18085550100,far,,,,,\n")  # nobody has agreed; night in Hawaii
    worker = rig.start()
    rig.work(worker)
    job = api.ask("POST", path)[1]["jobId"]
    assert rig.work(worker, remaining_ms=ENDING_MS - 1) == 1

    told = api.get(path, job=job)[1]
    assert told["state"] == "done"
    assert (told["result"]["callable"], told["result"]["never"]) == (20, 1)
    assert told["result"]["neverBy"] == {"no_consent": 1}


def test_results_are_a_file_behind_a_link(api: CampaignRig, rig: ListRig) -> None:
    campaign = api.create()
    path = f"/api/campaigns/{campaign}/results"
    api.add(campaign, LIST)
    worker = rig.start()
    rig.work(worker)
    job = api.ask("POST", path)[1]["jobId"]
    rig.work(worker)

    assert api.get(path, job=job)[1]["url"] is None  # whoever only looks is given no whole numbers
    told = api.ask("GET", path, job=job)[1]
    assert told["state"] == "done"
    rows = list(csv.DictReader(io.StringIO(fetched(told["url"]))))
    assert {row["phone"] for row in rows} == set(NUMBERS)
    assert {row["state"] for row in rows} == {"waiting"}


def test_results_that_were_being_written_when_the_worker_died_are_taken_up_by_a_tick(
    api: CampaignRig, rig: ListRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = api.create()
    path = f"/api/campaigns/{campaign}/results"
    job = api.ask("POST", path)[1]["jobId"]
    dying = rig.start()

    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    work = dying.PARTS.lists.works["export"].__closure__[0].cell_contents
    monkeypatch.setattr(type(work.files), "write", killed)
    with pytest.raises(KilledError):
        handle(dying, job_record("export", campaign, job))
    monkeypatch.undo()
    rig.messages()

    assert api.get(path, job=job)[1]["state"] == "running"
    assert tick(rig.start()) == {"sent": 0}  # somebody may be at it still
    rig.settings = {"LOCAL_NOW": LATER}
    worker = rig.start()
    assert tick(worker) == {"sent": 1}
    rig.work(worker)
    assert api.get(path, job=job)[1]["state"] == "done"


def test_work_that_breaks_every_time_has_failed_in_the_end_and_says_why(
    api: CampaignRig, rig: ListRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = api.create()
    path = f"/api/campaigns/{campaign}/results"
    job = api.ask("POST", path)[1]["jobId"]
    rig.messages()
    worker = rig.start()

    def breaks(*_: object) -> None:
        raise ValueError("+12125550100")

    work = worker.PARTS.lists.works["export"].__closure__[0].cell_contents
    monkeypatch.setattr(type(work.files), "write", breaks)
    for _ in range(MOST_TRIES):
        assert handle(worker, job_record("export", campaign, job)) == ["message-1"]
    assert handle(worker, job_record("export", campaign, job)) == []

    told = api.get(path, job=job)[1]
    assert (told["state"], told["url"]) == ("failed", None)
    assert "ValueError at test_importer.py" in told["error"]
    assert "5550100" not in told["error"]


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "{}", '{"version": 1, "kind": "feast", "campaignId": "c", "jobId": "j"}'],
)
def test_what_is_no_job_comes_back(rig: ListRig, body: str) -> None:
    assert handle(rig.start(), {"messageId": "m", "body": body}) == ["m"]


@pytest.mark.parametrize("kind", ["import", "preview", "export"])
def test_a_job_of_nothing_is_done(rig: ListRig, kind: str) -> None:
    assert handle(rig.start(), job_record(kind, "c", "c.j")) == []


def test_while_the_store_is_down_the_message_comes_back(rig: ListRig) -> None:
    rig.settings = {"CONTACTS_TABLE": "absent"}
    assert handle(rig.start(), job_record("import", "c", "c.j")) == ["message-1"]

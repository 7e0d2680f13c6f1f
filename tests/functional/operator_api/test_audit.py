"""Who did what, through the API: written down before the answer leaves, and looked up again."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.operator_api.openapi_document import operations
from tests.functional.operator_api.operator_rig import AUDIT_KEY, OPERATOR, VIEWER
from tests.functional.operator_api.test_viewers import (
    LISTED,
    THEIRS,
    TRIGGERED,
    Door,
    door,
    readable,
    words,
    write_a_call,
)

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from tests.emulator import Account

__all__ = ["door"]

pytestmark = pytest.mark.emulator

ADA, BEN = "ada-" + "a" * 30, "ben-" + "b" * 30
PEOPLE = [
    {"name": "Ada Lovelace", "role": "operator", "token": ADA},
    {"name": "Ben", "role": "viewer", "token": BEN},
]
METHODS = {operation["operationId"]: method for method, _, operation in operations()}
WITH_ID = {operation["operationId"] for _, path, operation in operations() if "{id}" in path}
OURS = {"listCampaigns", "showCampaign", "listCallerNumbers", "showMessage"}  # texts of our own
OURS |= {"listPeople", "showPerson", "readAudit", "readMetrics"}  # where calls were put through to


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    account.secret("tokens", json.dumps(PEOPLE))
    made = start_campaign_api(account, monkeypatch, AUDIT_DAYS="1", **queues_of(account))
    yield made
    made.app.PARTS.dialing().trigger.ledger.ledger._client.close()
    made.app.PARTS.dialing().trigger.jobs._client.close()
    made.close()


def trail(api: CampaignRig, token: str = ADA, **query: str) -> list[dict[str, Any]]:
    """All entries, the newest first, page by page."""
    found: list[dict[str, Any]] = []
    asked = dict(query)
    for _ in range(100):
        status, told = api.ask("GET", "/api/audit", token=token, **asked)
        assert status == 200, told
        assert told["unreadable"] == []
        found += told["entries"]
        if told["nextCursor"] is None:
            return found
        asked = query | {"cursor": told["nextCursor"]}
    raise AssertionError("it goes on for ever")


def short(entries: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    fields = ("who", "action", "kind", "on", "status", "customers")
    return [tuple(str(one[field]) for field in fields) for one in entries]


def test_each_kind_is_written_down_with_who_what_whom_and_what_came_of_it(api: CampaignRig) -> None:
    write_a_call(api.account, "call-1")
    api.ask("POST", "/api/suppressions", {"phone": "(212) 555-0143", "source": "a call"}, token=ADA)
    api.ask("POST", "/api/suppressions", {"phone": THEIRS, "source": "a call"}, token=BEN)
    api.ask("GET", "/api/calls/call-1", token=ADA)
    api.ask("GET", "/api/calls/call-1", token=BEN)
    api.ask("POST", "/api/contactability", {"phone": LISTED, "purpose": "marketing"}, token=ADA)
    api.ask("POST", "/api/dialing/stop", token=ADA)
    api.ask("POST", "/api/dialing/stop", token="nobody's")
    api.ask("POST", "/api/consents", {"phone": "no number"}, token=ADA)
    refused = api.ask("POST", "/trigger/outbound", {"customer": {"phone": TRIGGERED}}, token=ADA)
    assert refused[0] == 409
    entries = trail(api)

    assert sorted(short(entries)) == sorted(
        [
            ("Ada Lovelace", "suppress", "change", "customer", "201", "1"),
            ("Ben", "suppress", "change", "customer", "403", "1"),
            ("Ada Lovelace", "showCall", "read", "call", "200", "2"),
            ("Ada Lovelace", "askContactability", "read", "customer", "200", "1"),
            ("Ada Lovelace", "stopDialing", "change", "dialing", "200", "0"),
            ("Ada Lovelace", "recordConsent", "change", "customer", "400", "0"),
            ("Ada Lovelace", "triggerCall", "change", "attempt", "409", "1"),
        ]
    )
    assert {one["role"] for one in entries if one["who"] == "Ben"} == {"viewer"}
    by_action = {one["action"]: one for one in entries}
    assert by_action["showCall"]["onId"] == "call-1"
    assert by_action["triggerCall"]["reason"] == refused[1]["reason"]


def test_who_has_the_number_learns_who_looked_at_it_and_what_was_done(api: CampaignRig) -> None:
    write_a_call(api.account, "call-1")
    api.ask("GET", "/api/calls/call-1", token=ADA)
    api.ask("POST", "/api/suppressions", {"phone": THEIRS, "source": "x"}, token=ADA)
    api.ask("POST", "/api/suppressions", {"phone": TRIGGERED, "source": "x"}, token=BEN)

    found = {one["action"]: one["status"] for one in trail(api, customer=THEIRS)}
    assert found == {"showCall": 200, "suppress": 201}
    for spelled in ("2125550145", " 12125550145", "(212) 555-0145"):
        [refused] = trail(api, customer=spelled)
        assert (refused["who"], refused["status"]) == ("Ben", 403)
    assert [one["who"] for one in trail(api, who="Ben")] == ["Ben"]
    assert [one["action"] for one in trail(api, action="showCall", limit="1")] == ["showCall"]
    assert trail(api, customer="+12125550199") == []
    today = trail(api)[0]["at"][:10]
    assert len(trail(api, day=today, limit="1")) == 3
    assert trail(api, day="2026-01-05") == []


def test_a_viewer_sees_no_trail_and_what_cannot_be_asked_is_named(api: CampaignRig) -> None:
    assert api.ask("GET", "/api/audit", token=BEN)[0] == 403
    assert api.ask("GET", "/api/audit", token=None)[0] == 401
    for field, said in {
        "day": "yesterday",
        "who": " ",
        "action": "destroy",
        "customer": "Ada",
        "limit": "0",
        "cursor": "x",
    }.items():
        status, told = api.ask("GET", "/api/audit", token=ADA, **{field: said})
        assert (status, told["field"]) == (400, field)


def test_one_write_and_no_read_for_an_entry_and_the_stop_fetches_no_key(api: CampaignRig) -> None:
    api.ask("GET", "/health", token=ADA)
    asked: list[str] = []
    connection = api.app.PARTS.trail().book._connection
    sent = connection.call

    def counted(target: str, *rest: Any) -> Any:
        asked.append(target.rpartition(".")[2])
        return sent(target, *rest)

    connection.call = counted
    api.ask("POST", "/api/dialing/stop", token=ADA)
    assert asked == ["PutItem"]
    assert api.app.PARTS.trail().key._fetched_at_ms is None
    api.ask("POST", "/api/suppressions", {"phone": THEIRS, "source": "x"}, token=ADA)
    assert asked == ["PutItem"] * 2
    api.ask("GET", "/api/campaigns", token=ADA)
    api.ask("GET", "/api/calls", token=BEN)
    assert asked == ["PutItem"] * 2 + ["Query"]  # of the calls themselves


class Broken:
    """A trail that takes nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, _entry: object) -> None:
        raise self.error


@pytest.mark.parametrize("error", [StoreUnavailableError(), RuntimeError("of our own making")])
def test_without_a_trail_calls_are_stopped_and_nothing_is_shown(
    api: CampaignRig, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    write_a_call(api.account, "call-1")
    parts = api.app.PARTS.trail()
    book = parts.book
    object.__setattr__(parts, "book", Broken(error))
    assert api.ask("POST", "/api/dialing/stop", token=ADA) == (200, {"stopped": True})
    suppressed = api.ask("POST", "/api/suppressions", {"phone": THEIRS, "source": "x"}, token=ADA)
    assert suppressed[0] == 201
    status, told = api.ask("GET", "/api/calls/call-1", token=ADA)
    assert status == 503
    assert not readable(json.dumps(told))
    assert api.ask("POST", "/api/dialing/resume", token=ADA)[0] == 503
    assert api.ask("GET", "/api/calls/call-1", token=BEN)[0] == 200
    object.__setattr__(parts, "book", book)
    assert trail(api) == []
    said = capsys.readouterr().out
    assert said.count('"audit_lost":1') == 4  # of which the alarm tells, whatever broke
    assert not any(private in said for private in (*WORDS, "Ada", "Ben"))


WORDS = [ADA, BEN, OPERATOR, VIEWER, AUDIT_KEY, THEIRS, LISTED, TRIGGERED]


def test_every_route_leaves_in_the_trail_what_was_done_by_it_and_no_number(
    door: Door, capsys: pytest.CaptureFixture[str], logged: list[logging.LogRecord]
) -> None:
    before = counted(door.rig)
    must: Counter[tuple[str, str, int]] = Counter()
    may: Counter[tuple[str, str, int]] = Counter()
    for who, token in (("viewer", VIEWER), ("operator", OPERATOR), ("nobody", None)):
        for named, status, told in door.answers(token):
            name = named.split(" ", 1)[0]
            made = (who, name, status)
            may[made] += 1
            if token is not None and leaves_an_entry(name, who, status, told):
                must[made] += 1
    after = counted(door.rig) - before

    assert must - after == Counter()
    assert {name for _, name, _ in must} >= {"listCalls", "exportResults", "showVisit", "suppress"}
    for made in after - must:
        who, name, status = made
        assert who == "operator", made
        assert (name in WITH_ID, METHODS[name], status) == (True, "get", 200), made
    assert after - may == Counter()
    held_to_no_number(door.rig)
    said = capsys.readouterr().out + "".join(each.getMessage() for each in logged)
    assert not any(private in said for private in WORDS)


def leaves_an_entry(name: str, who: str, status: int, told: object) -> bool:
    """By the document and what was answered; what the code's own table says is not asked."""
    asked = {"askContactability", "beginExport", "searchCalls", "readStory"}
    changes = METHODS[name] != "get" and name not in asked
    if changes or name == "listenToCall":
        return True
    if status in {202, 403}:
        return name != "readAudit"
    if who == "viewer" or status != 200 or name in OURS:
        return False
    texts = set(words(told))
    return bool(texts & {THEIRS, TRIGGERED, LISTED}) or "X-Amz-Signature" in json.dumps(told)


def counted(api: CampaignRig) -> Counter[tuple[str, str, int]]:
    entries = trail(api, token=OPERATOR, limit="100", day=today(api))
    assert len({one["id"] for one in entries}) == len(entries)
    return Counter((one["who"], one["action"], one["status"]) for one in entries)


def today(api: CampaignRig) -> str:
    return str(api.app.PARTS.audit().clock and stored(api)[0]["pk"]["S"].removeprefix("AUDIT#"))


def stored(api: CampaignRig) -> list[dict[str, Any]]:
    client = api.account.client("dynamodb")
    items = []
    for page in client.get_paginator("scan").paginate(TableName=api.account.calls_table):
        items += [one for one in page["Items"] if one["pk"]["S"].startswith("AUDIT#")]
    return items


def held_to_no_number(api: CampaignRig) -> None:
    """Nothing of a customer is readable in what is stored, nor a token, nor the key."""
    items = stored(api)
    assert items
    for item in items:
        said = json.dumps({name: one for name, one in item.items() if name != "sk"})
        assert not any(private in said for private in WORDS), said
        assert not readable(re.sub(r'"[0-9a-f]{32}"|[0-9a-f]{32}', "", said)), said
        assert "Ada" not in said, said

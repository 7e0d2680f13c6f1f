"""What is kept of an end-of-call report, and under which key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.services.archive_report import archive_report, report_key
from contact_center.vapi.webhooks.reports import report_of
from tests.fakes.report_archive import FakeReportArchive

AT_MS = 1_787_266_800_000  # 2026-08-20T23:00:00Z

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just("wss://x.vapi.ai/listen?token=secret"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
FIELDS = ("artifact", "analysis", "costs", "customer", "destination", "summary", "transcript")


def report(**said: Any) -> dict[str, Any]:
    call = {"id": "c1", "createdAt": "2026-08-20T23:00:00Z"}
    return {"message": {"type": "end-of-call-report", "call": call} | said}


def kept(**said: Any) -> dict[str, Any]:
    found = report_of(report(**said), AT_MS)
    assert found is not None
    return found[0]


PLACES = (
    ("artifact", "messages"),
    ("artifact", "structuredOutputs"),
    ("analysis", "structuredData"),
    ("costs",),
    ("costBreakdown",),
    ("call", "customer", "name"),
    ("transcript",),
)


def nested(pattern: str, depth: int) -> object:
    """Lists and objects in one another, by turns as the pattern says."""
    value: object = "deep down"
    for at in range(depth):
        value = [value] if pattern[at % len(pattern)] == "[" else {"messages": value}
    return value


@given(
    place=st.sampled_from(PLACES),
    pattern=st.text(alphabet="[{", min_size=1, max_size=5),
    depth=st.integers(1, 5_000),
)
def test_however_deep_a_report_is_decorated_it_can_be_reduced_and_stored(
    place: tuple[str, ...], pattern: str, depth: int
) -> None:
    said: Any = nested(pattern, depth)
    for name in reversed(place):
        said = {name: said}
    stored = json.dumps(kept(**said)).encode("ascii")
    assert stored.count(b"[") + stored.count(b"{") < 40


def test_a_number_that_is_too_large_for_json_is_not_kept() -> None:
    said = json.loads('{"structuredData": [1e999, -1e999, 1.5]}')
    assert kept(analysis=said)["analysis"] == {"structuredData": [None, None, 1.5]}


def test_the_key_tells_the_day_and_the_call() -> None:
    assert report_key("019d-2ad4", AT_MS) == "reports/2026/08/20/019d-2ad4.json"


@pytest.mark.parametrize(
    "call_id", ["../../etc", "a/b", "", "caf\u00e9", "x" * 300, "a b", "\ud800"]
)
def test_an_id_that_is_no_name_is_digested(call_id: str) -> None:
    folder, _, name = report_key(call_id, AT_MS).rpartition("/")
    assert folder == "reports/2026/08/20"
    assert name.removesuffix(".json").isalnum()
    assert len(name) == 69


@pytest.mark.parametrize("at_ms", [-(10**20), 10**20])
def test_a_clock_gone_wild_still_gives_a_key(at_ms: int) -> None:
    assert report_key("c1", at_ms).startswith("reports/")


def test_the_same_report_again_overwrites_itself() -> None:
    archive = FakeReportArchive()
    for _ in range(3):
        archive_report({"cost": 0.1}, report_key("c1", AT_MS), archive)
    assert archive.objects == {report_key("c1", AT_MS): b'{"cost":0.1}'}


def test_other_messages_are_no_reports() -> None:
    assert report_of({"message": {"type": "hang", "call": {"id": "c1"}}}, AT_MS) is None


def test_the_tutorials_spelling_is_a_report_too() -> None:
    body = {"type": "Call ended", "call": {"id": "c1"}, "endedReason": "hung-up"}
    found = report_of(body, AT_MS)
    assert found is not None
    assert found[0]["endedReason"] == "hung-up"
    assert found[1] == AT_MS


def test_only_named_fields_are_kept() -> None:
    said = kept(
        endedReason="customer-ended-call",
        recordingUrl="https://storage.example.com/a.wav",
        phoneNumber={"number": "+14155550100", "twilioAuthToken": "secret"},
        assistant={"model": {"headers": {"x": "secret"}}},
        artifact={"recording": {"stereoUrl": "https://x"}, "transcript": "hello", "logUrl": "x"},
        somethingNew={"a": 1},
    )
    assert said == {
        "type": "end-of-call-report",
        "call": {"id": "c1", "createdAt": "2026-08-20T23:00:00Z"},
        "endedReason": "customer-ended-call",
        "phoneNumber": {"number": "+14155550100"},
        "artifact": {"transcript": "hello"},
    }


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_whatever_a_report_holds_no_link_and_nothing_unstorable_stays(said: dict[str, Any]) -> None:
    found = report_of(report(**said), AT_MS)
    assert found is not None
    stored = json.dumps(found[0]).encode("ascii")
    assert b"secret" not in stored
    assert json.loads(stored) == found[0]


@given(
    st.dictionaries(st.sampled_from(("messages", "transfers", "structuredOutputs")), json_values)
)
def test_whatever_an_artifact_holds_is_reduced(artifact: dict[str, Any]) -> None:
    assert b"secret" not in json.dumps(kept(artifact=artifact)).encode("ascii")

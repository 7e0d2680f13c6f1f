"""Who somebody is and where something is to go: kept only once it was read back and confirmed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import DetailsLeft, ToolCalled
from tests.fakes.fake_door import NOW_MS, FakeDoor
from tests.fakes.left_details import FakeLeftDetails
from tests.unit.conversations.vapi_questions import CALL, WITHHELD, ask

YES = {"confirmed": True}
ADA = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com"}
PRICES = {"email": "ada@example.com", "topic": "prices"}
MAIL = "a d a at example dot com"


def use(
    door: FakeDoor,
    tool: str,
    arguments: object,
    *,
    after_ms: int = 0,
    call_id: str | None = "call-1",
    **more: Any,
) -> Any:
    called = {"id": f"t{after_ms}", "name": tool, "arguments": arguments}
    call = CALL | {"id": call_id} | more
    told = {"call": call, "timestamp": NOW_MS + after_ms, "toolCallList": [called]}
    (result,) = ask(door, "tool-calls", **told)["results"]
    return result


def kept(door: FakeDoor) -> list[DetailsLeft]:
    return list(door.left.kept.values())


@pytest.mark.parametrize(
    ("tool", "details", "asks"),
    [
        ("saveLead", ADA, "Ask whether that is right."),
        ("sendInformation", PRICES, "and whether they agree to be written to about it."),
    ],
)
def test_a_first_call_keeps_nothing_and_says_what_to_read_back(
    tool: str, details: dict[str, str], asks: str
) -> None:
    door = FakeDoor()
    for said in (details, details | {"confirmed": False}, details | {"confirmed": "no"}):
        result = use(door, tool, said)["result"]
        assert result.startswith("Not stored yet. Read it back to the caller.")
        assert f"Say the address exactly so: {MAIL}." in result
        assert asks in result
    assert kept(door) == []


def test_a_lead_is_kept_once_the_caller_has_confirmed_it() -> None:
    door = FakeDoor()
    use(door, "saveLead", ADA)
    said = use(door, "saveLead", ADA | YES, after_ms=8_000)["result"]
    assert said == "Stored. Say that it is noted."
    [left] = kept(door)
    assert (left.what, left.details, left.follow_up) == ("lead", ADA, None)
    assert merge_all("call-1", [left]).achieved.what == "lead_taken"
    assert door.metrics.of("details_left") == [{"what": "lead"}]


def test_information_is_noted_for_people_with_the_consent_and_nothing_is_said_to_be_sent() -> None:
    door = FakeDoor()
    use(door, "sendInformation", PRICES)
    said = use(door, "sendInformation", PRICES | YES, after_ms=8_000)["result"]
    assert said.endswith("noted for a colleague. Say so, and that nothing was sent yet.")
    [left] = kept(door)
    assert (left.call_id, left.agreed_at_ms, left.details) == ("call-1", NOW_MS + 8_000, PRICES)
    assert left.follow_up == "email"
    assert merge_all("call-1", [left]).achieved.what == "information_sent"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (None, ADA),  # confirmed out of thin air
        (ADA, ADA | {"email": "ada@example.net"}),
        (ADA, ADA | {"lastName": "Byron"}),
        (ADA, ADA | {"company": "Acme"}),
    ],
)
def test_what_was_not_read_back_as_it_is_is_read_back_first(
    first: dict[str, str] | None, then: dict[str, str]
) -> None:
    door = FakeDoor()
    if first:
        use(door, "saveLead", first)
    result = use(door, "saveLead", then | YES, after_ms=8_000)["result"]
    assert result.startswith("Not stored yet.")
    assert kept(door) == []
    assert door.metrics.of("details_unconfirmed") == [{"what": "lead"}]
    assert use(door, "saveLead", then | YES, after_ms=9_000)["result"].startswith("Stored.")


def test_nobody_confirms_in_the_same_breath() -> None:
    door = FakeDoor()
    calls = [
        {"id": f"t{at}", "name": "saveLead", "arguments": said}
        for at, said in enumerate((ADA, ADA | YES))
    ]
    told = {"timestamp": NOW_MS, "toolCallList": calls}
    results = ask(door, "tool-calls", **told)["results"]
    assert all(one["result"].startswith("Not stored yet.") for one in results)
    assert kept(door) == []


def test_another_call_has_confirmed_nothing() -> None:
    door = FakeDoor()
    use(door, "saveLead", ADA)
    other = use(door, "saveLead", ADA | YES, after_ms=8_000, call_id="call-2")
    assert other["result"].startswith("Not stored yet.")
    lead_is_no_information = use(door, "sendInformation", PRICES | YES, after_ms=8_000)
    assert lead_is_no_information["result"].startswith("Not stored yet.")
    assert kept(door) == []


def test_told_again_it_is_kept_once_as_it_was_first() -> None:
    door = FakeDoor()
    use(door, "sendInformation", PRICES)
    for after_ms in (8_000, 8_000, 9_000):
        use(door, "sendInformation", PRICES | YES, after_ms=after_ms)
    assert [left.agreed_at_ms for left in kept(door)] == [NOW_MS + 8_000]


@pytest.mark.parametrize(
    ("said", "details", "marks"),
    [
        ({"firstName": "<b>Ada</b>"}, {"firstName": "Ada"}, ["markup"]),
        ({"firstName": "Ada\x00\u202e"}, {"firstName": "Ada"}, ["control"]),
        ({"lastName": "=cmd|' /C calc'!A0"}, {"lastName": "cmd|' /C calc'!A0"}, ["formula"]),
        ({"firstName": "A" * 299}, {"firstName": "A" * 80}, ["cut"]),
        ({"firstName": "Ada", "company": "<i></i>"}, {"firstName": "Ada"}, ["markup"]),
    ],
)
def test_names_are_cleaned_and_what_was_taken_out_is_counted_by_name(
    said: dict[str, str], details: dict[str, str], marks: list[str]
) -> None:
    door = FakeDoor()
    use(door, "saveLead", said)
    assert [one["what"] for one in door.metrics.of("detail_cleaned")] == marks
    use(door, "saveLead", said | YES, after_ms=8_000)
    assert [left.details for left in kept(door)] == [details]


@pytest.mark.parametrize(
    ("tool", "arguments", "mistake"),
    [
        ("sendInformation", {"topic": "prices"}, "email is missing"),
        ("sendInformation", {"email": "ada@example.com"}, "topic is missing"),
        ("sendInformation", PRICES | {"email": "ada at example"}, "email must be a whole address"),
        ("sendInformation", PRICES | {"email": "a@b.com\nbcc: c@d.com"}, "email must be a whole"),
        ("sendInformation", PRICES | {"topic": "<br>"}, "topic is missing"),
        ("saveLead", {"company": "Acme"}, "lastName is missing"),
        ("saveLead", {"firstName": "unknown"}, "lastName is missing"),
        ("saveLead", ADA | {"email": 7}, "email must be a whole address"),
    ],
)
def test_what_nobody_can_use_is_asked_for_again(
    tool: str, arguments: dict[str, object], mistake: str
) -> None:
    door = FakeDoor()
    error = use(door, tool, arguments | YES)["error"]
    assert error.startswith(f"Not stored: {mistake}")
    assert error.endswith(". Ask again.")
    assert (kept(door), door.left.read_back) == ([], {})


@pytest.mark.parametrize("shown", WITHHELD)
def test_a_lead_whom_nobody_could_reach_leaves_an_address(shown: str) -> None:
    withheld: dict[str, Any] = {"customer": {"number": shown}}
    door = FakeDoor()
    named = {"firstName": "Ada"}
    assert "email is missing" in use(door, "saveLead", named, **withheld)["error"]
    assert "Not stored yet." in use(door, "saveLead", ADA, after_ms=1_000, **withheld)["result"]
    assert "Not stored yet." in use(door, "saveLead", named, after_ms=2_000)["result"]


@pytest.mark.parametrize("arguments", [ADA, ADA | YES])
def test_a_table_that_is_down_is_told_as_it_is(arguments: dict[str, object]) -> None:
    door = FakeDoor(left=FakeLeftDetails(down=True))
    assert use(door, "saveLead", arguments)["error"].startswith("Not stored: say that it could not")
    assert door.metrics.of("details_unstored") == [{"what": "lead"}]


def test_a_confirmed_lead_that_cannot_be_written_is_not_called_stored() -> None:
    door = FakeDoor()
    use(door, "saveLead", ADA)
    door.left.unwritable = True
    assert "error" in use(door, "saveLead", ADA | YES, after_ms=8_000)


def test_without_a_call_nothing_is_kept() -> None:
    assert "error" in use(FakeDoor(), "saveLead", ADA, call_id=None)


def test_the_tool_call_itself_leaves_nothing_to_people() -> None:
    door = FakeDoor()
    use(door, "sendInformation", PRICES)
    [fact] = [one for one in door.facts() if isinstance(one, ToolCalled)]
    assert fact.follow_up is None


@given(
    st.dictionaries(
        st.sampled_from(["firstName", "lastName", "email", "company", "confirmed", "x"]),
        st.text() | st.booleans() | st.none() | st.integers(),
    )
)
def test_whatever_a_model_says_first_nothing_is_kept_nor_said_back(
    arguments: dict[str, object],
) -> None:
    door = FakeDoor()
    said = use(door, "saveLead", arguments)
    told = said.get("result") or said.get("error")
    assert kept(door) == []
    for name in ("firstName", "lastName", "company"):
        words = arguments.get(name)
        assert not isinstance(words, str) or len(words) < 4 or words not in told

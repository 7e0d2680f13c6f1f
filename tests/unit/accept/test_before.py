"""What is asked for before anything rings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.unit.accept.places import place_with
from tests.vapi_scene import schema_check
from tools.accept.before import (
    NotReadyError,
    check_numbers,
    checked,
    playable,
    refusal,
)
from tools.accept.callers import order_body, scripts_in
from tools.accept.spending import LONGEST_SECONDS

CALLERS = Path(__file__).parents[3] / "local" / "acceptance"
TO, FROM, PERSON = "+14155550100", "+14155550199", "+12125550177"
LIVE = checked(TO, "pn-2", 5.0)
OURS = "+14155550100"


def at(said: str) -> FakeClock:
    return FakeClock(int(datetime.fromisoformat(said).timestamp() * 1000))


@pytest.mark.parametrize(
    ("to", "from_id", "cap", "said"),
    [
        (None, "pn", 5.0, "TO is missing"),
        ("+14155550100", None, 5.0, "FROM is missing"),
        (None, "", 5.0, "TO and FROM are missing"),
        ("4155550100", "pn", 5.0, "TO must be a number such as"),
        ("+1415555010x", "pn", 5.0, "TO must be a number such as"),
        ("+14155550100", "pn", 0.0, "CAP must be more than nothing"),
    ],
)
def test_what_is_missing_is_named(
    to: str | None, from_id: str | None, cap: float, said: str
) -> None:
    with pytest.raises(NotReadyError, match=said):
        checked(to, from_id, cap)


@pytest.mark.parametrize(
    ("values", "rings", "ours", "said"),
    [
        ({"TWILIO_PHONE_NUMBER": TO}, FROM, "", None),
        ({}, FROM, TO, None),
        ({"TEST_CALL_NUMBERS": f"{PERSON}, {TO}"}, FROM, "", None),
        ({}, FROM, "", "TO is neither"),
        ({"TEST_CALL_NUMBERS": PERSON}, FROM, PERSON, "TO is neither"),
        ({"TWILIO_PHONE_NUMBER": TO}, TO, "", "FROM is the number that is rung"),
        ({"TWILIO_PHONE_NUMBER": TO}, "", "", "FROM is no telephone number"),
        ({"TEST_CALL_NUMBERS": "x"}, FROM, "", "TEST_CALL_NUMBERS must be"),
    ],
)
def test_only_what_is_ours_is_rung(
    values: dict[str, str], rings: str, ours: str, said: str | None
) -> None:
    place = place_with(**values)
    if said is None:
        check_numbers(LIVE, place, rings, ours)
        return
    with pytest.raises(NotReadyError, match=said):
        check_numbers(LIVE, place, rings, ours)


def test_a_person_s_telephone_rings_only_if_it_may() -> None:
    scripts = scripts_in(CALLERS)
    everybody, nobody = playable(
        scripts, place_with(PERSON_NUMBER=PERSON, TEST_CALL_NUMBERS=PERSON)
    )
    assert (len(everybody), nobody) == (10, [])
    for values in ({"PERSON_NUMBER": PERSON}, {"TEST_CALL_NUMBERS": PERSON}, {}):
        some, left = playable(scripts, place_with(**values))
        assert len(some) == 9
        assert [one.partition(":")[0] for one in left] == ["Asks for a person"]


@pytest.mark.parametrize(
    ("to", "now", "said"),
    [
        (TO, "2026-11-30T12:00:00-08:00", None),
        (TO, "2026-11-30T07:00:00-08:00", "outside_window; it may be from 2026-11-30T16:00"),
        (TO, "2026-11-30T22:00:00-08:00", "outside_window"),
        (TO, "2026-11-30T09:00:00-05:00", "outside_window"),  # by the clock where it rings
        ("+19005550100", "2026-11-30T12:00:00-08:00", ""),
        ("+88161234567", "2026-11-30T12:00:00-08:00", ""),
    ],
)
def test_it_rings_only_when_anybody_might_be_rung_there(
    to: str, now: str, said: str | None
) -> None:
    found = refusal(to, at(now), test_numbers=True)
    assert found is None if said is None else found is not None and said in found


def test_a_number_that_belongs_to_nobody_is_not_rung_for_real() -> None:
    noon = at("2026-11-30T12:00:00-08:00")
    assert refusal(TO, noon, test_numbers=True) is None
    assert refusal(TO, noon, test_numbers=False) is not None


def test_the_ten_callers_can_be_spoken_by_an_assistant() -> None:
    scripts = scripts_in(CALLERS)
    assert len(scripts) == 10
    wanted = {one.caller.expects.destination for one in scripts}
    assert wanted == {"billing", "sales", "support", "retention", "person"}
    assert all(set(step) == {"say"} for one in scripts for step in one.written["steps"])


def test_the_order_is_as_the_published_schema_has_it_and_sends_no_webhook(shared: Path) -> None:
    check = schema_check(shared)
    for script in scripts_in(CALLERS):
        body = order_body(script, "pn-2", TO, "accept-1a2b3c")
        assert check("CreateCallDTO", body) == []
        assert len(body["name"]) <= 40
        told = body["assistant"]
        assert told["serverMessages"] == []
        assert "server" not in told
        assert told["maxDurationSeconds"] == LONGEST_SECONDS
        assert all(line in told["model"]["messages"][0]["content"] for line in script.lines)

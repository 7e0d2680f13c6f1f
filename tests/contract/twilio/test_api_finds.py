"""What Twilio knows of legs: found again, what they cost, who is in a room."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.dialing.services.voice_ports import (
    VoiceUnavailableError,
)
from contact_center.records.services.price_ports import LegPrice
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.telephone_ports import (
    FoundLeg,
    LegLookUp,
)
from tests.contract.twilio.rest_peer import (
    ACCOUNT,
    CALLS,
    CREATED_MS,
    LEG,
    OTHER_LEG,
    OURS,
    PERSON,
    api,
    call,
    error,
    problem,
    rung,
    told,
)
from tests.fakes.raw_server import RawServer, answer

# -- finding again ----------------------------------------------------------------------------


def test_one_leg() -> None:
    with RawServer(told("200 OK", call(status="no-answer"))) as server:
        found = api(server.url).find_leg(LEG)
    assert found == FoundLeg(leg=LEG, status=LegStatus.NO_ANSWER, created_at_ms=CREATED_MS)
    assert server.requests[0].startswith(f"GET {CALLS}/{LEG}.json HTTP/1.1\r\n".encode())


def test_a_leg_that_is_none() -> None:
    with RawServer(error("404 Not Found", 20404)) as server:
        assert api(server.url).find_leg(LEG) is None


@pytest.mark.parametrize(
    "given",
    [
        answer("500 Oops", b""),
        b"",
        answer("200 OK", b"not JSON"),
        told("200 OK", []),
        told("200 OK", call(OTHER_LEG)),
        told("200 OK", call(status="dreaming")),
        told("200 OK", call("CA1")),
        error("401 Unauthorized", 20003),
        error("429 Too Many Requests", 20429),
    ],
)
def test_an_answer_that_is_no_leg_is_no_news(given: bytes) -> None:
    with RawServer(given) as server, pytest.raises(VoiceUnavailableError):
        api(server.url).find_leg(LEG)


def page(*calls: dict[str, Any], following: str | None = None) -> bytes:
    return told("200 OK", {"calls": calls, "page": 0, "page_size": 100, "next_page_uri": following})


def look_up(*pages: bytes) -> tuple[LegLookUp, RawServer]:
    with RawServer(*pages) as server:
        return api(server.url).find_legs(PERSON, OURS, CREATED_MS), server


NEXT = f"{CALLS}.json?To=%2B13105550142&Page=1&PageToken=PT1"
FOUND = FoundLeg(leg=LEG, status=LegStatus.RINGING, created_at_ms=CREATED_MS)
OLD = "Wed, 18 Nov 2026 17:28:59 +0000"


def test_legs_are_looked_up_by_their_numbers_over_all_pages() -> None:
    first, second = page(call(status="ringing"), following=NEXT), page(call(OTHER_LEG, "busy"))
    found, server = look_up(first, second)
    assert found.complete
    assert [leg.leg for leg in found.legs] == [LEG, OTHER_LEG]
    assert found.legs[0] == FOUND
    asked = [request.split(b" ")[1].decode() for request in server.requests]
    assert asked == [f"{CALLS}.json?To=%2B13105550142&From=%2B14155550123&PageSize=100", NEXT]


def test_a_search_ends_where_older_legs_begin() -> None:
    found, server = look_up(
        page(call(status="ringing"), call(OTHER_LEG, created=OLD), following=NEXT)
    )
    assert found == LegLookUp(complete=True, legs=(FOUND,))
    assert len(server.requests) == 1


def test_the_provider_s_clock_may_be_a_little_behind() -> None:
    found, _ = look_up(page(call(status="ringing", created="Wed, 18 Nov 2026 17:29:01 +0000")))
    assert [leg.leg for leg in found.legs] == [LEG]


def test_none_is_found_when_there_is_none() -> None:
    assert look_up(page())[0] == LegLookUp(complete=True, legs=())


@pytest.mark.parametrize(
    "second",
    [
        answer("500 Oops", b""),
        answer("429 Too Many", b""),
        answer("200 OK", b"not JSON"),
        told("200 OK", {"legs": [], "others": []}),
        told("200 OK", []),
        page(call(created=None)),
        page(call(created="yesterday")),
        page(call(status="dreaming")),
        error("401 Unauthorized", 20003),
        b"",
    ],
)
def test_a_search_that_breaks_off_says_so_with_what_it_found(second: bytes) -> None:
    found, _ = look_up(page(call(status="ringing"), following=NEXT), second)
    assert found == LegLookUp(complete=False, legs=(FOUND,))


def test_a_list_without_end_is_given_up() -> None:
    found, server = look_up(page(call(status="ringing"), following=NEXT))
    assert not found.complete
    assert len(server.requests) == 20


def test_no_page_leads_anywhere_else() -> None:
    """Requests carry the account's token."""
    with RawServer(page()) as elsewhere:
        leads_away = {"key": "calls", "next_page_url": f"{elsewhere.url}{NEXT}"}
        found, server = look_up(told("200 OK", {"calls": [], "meta": leads_away}))
        assert elsewhere.connections == 0
    assert not found.complete
    assert len(server.requests) == 1


def test_what_goes_wrong_holds_no_number() -> None:
    outcomes = []
    for given in (error("400 Bad Request", 21211), problem("400 Bad Request", 21211)):
        with RawServer(given) as server:
            outcomes.append(repr(rung(server)))
    assert not any(PERSON in each for each in outcomes)


# -- what a leg cost ---------------------------------------------------------------------------


def price_told(**said: object) -> LegPrice | None:
    body = {"sid": LEG, "status": "completed", "price_unit": "USD"} | said
    with RawServer(told("200 OK", body)) as server:
        return api(server.url).price_of(LEG)


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ({"price": "-0.00850"}, LegPrice(8_500, "USD")),
        ({"price": "-0.01"}, LegPrice(10_000, "USD")),
        ({"price": "0.0085"}, LegPrice(8_500, "USD")),
        ({"price": "-0"}, LegPrice(0, "USD")),
        ({"price": "-0.0000004"}, LegPrice(0, "USD")),
        ({"price": "-1.5", "price_unit": "EUR"}, LegPrice(1_500_000, "EUR")),
        ({"price": None}, LegPrice(None, "USD")),
        ({"price": None, "price_unit": None}, LegPrice(None, "USD")),
    ],
)
def test_what_a_leg_cost_is_told_in_whole_millionths(
    said: dict[str, object], price: LegPrice
) -> None:
    assert price_told(**said) == price


@pytest.mark.parametrize(
    "said",
    [
        {"price": "free"},
        {"price": "nan"},
        {"price": "-1e9"},
        {"price": "-10001"},
        {"price": 0.0085},
        {"price": "-0.01", "price_unit": "dollars"},
        {"price": "-0.01", "price_unit": 7},
    ],
)
def test_of_a_price_that_is_none_nobody_knows(said: dict[str, object]) -> None:
    with pytest.raises(VoiceUnavailableError):
        price_told(**said)


def test_a_leg_that_the_provider_does_not_know_has_no_price() -> None:
    with RawServer(error("404 Not Found", 20404)) as server:
        assert api(server.url).price_of(LEG) is None


# -- who is in a room --------------------------------------------------------------------------

ROOM_ID = "CF" + "4" * 32
CONFERENCES = f"/2010-04-01/Accounts/{ACCOUNT}/Conferences"


def rooms(*statuses: str) -> bytes:
    found = [{"sid": ROOM_ID, "friendly_name": "r", "status": status} for status in statuses]
    return told("200 OK", {"conferences": found, "next_page_uri": None})


def parties(**statuses: str) -> bytes:
    found = [{"call_sid": leg, "status": status} for leg, status in statuses.items()]
    return told("200 OK", {"participants": found, "next_page_uri": None})


def in_room(*pages: bytes) -> tuple[frozenset[str], list[str]]:
    with RawServer(*pages) as server:
        there = api(server.url).in_room("r")
        return there, [request.split(b" ")[1].decode() for request in server.requests]


def test_who_is_in_a_room_is_asked_by_its_name_and_then_by_its_id() -> None:
    there, asked = in_room(rooms("init"), parties(**{LEG: "connected", OTHER_LEG: "ringing"}))
    assert there == {LEG}
    assert asked == [
        f"{CONFERENCES}.json?FriendlyName=r&PageSize=100",
        f"{CONFERENCES}/{ROOM_ID}/Participants.json?PageSize=100",
    ]


@pytest.mark.parametrize("found", [rooms(), rooms("completed")])
def test_a_room_that_is_over_has_nobody_in_it(found: bytes) -> None:
    assert in_room(found)[0] == frozenset()


@pytest.mark.parametrize(
    "pages",
    [
        (b"",),
        (answer("500 Oops", b""),),
        (rooms("init"), answer("200 OK", b"not JSON")),
        (rooms("init"), error("404 Not Found", 20404)),  # over in between: looked at again
        (error("401 Unauthorized", 20003),),
        (error("429 Too Many Requests", 20429),),
    ],
)
def test_of_a_room_of_which_nothing_is_told_nothing_is_known(pages: tuple[bytes, ...]) -> None:
    with pytest.raises(VoiceUnavailableError):
        in_room(*pages)

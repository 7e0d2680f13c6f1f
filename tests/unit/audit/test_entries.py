"""When a request makes an entry, and what stands in it."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.audit.domain.actions import ACTIONS, Action, Kind
from contact_center.audit.domain.entries import (
    MOST_CUSTOMERS,
    Asked,
    customers_of,
    entry_of,
    makes_entry,
    mark_of,
    needs_key,
)
from contact_center.kernel.path_ids import path_id

ADA, BEN = "+12125550143", "+12125550144"
KEY = "a key"
LINK = {"url": "https://s3.example.com/x?X-Amz-Signature=abc"}


def asked(action: str, **said: Any) -> Asked:
    usual: dict[str, Any] = {"who": "Ada", "role": "operator", "names": (), "numbers": ()}
    usual |= {"status": 200, "answer": {}, "line": ACTIONS.get(action)}
    return Asked(action=action, **usual | said)


CALL = {"calls": [{"customerNumber": ADA}]}
MADE = [
    (asked("suppress", status=201), True),
    (asked("suppress", status=400), True),
    (asked("suppress", status=403, role="viewer"), True),
    (asked("stopDialing", status=503), True),
    (asked("startCampaign", status=409), True),
    (asked("startCampaign", status=404), True),
    (asked("triggerCall", status=422), True),
    (asked("listCalls", answer=CALL), True),
    (asked("listCalls", answer=CALL, role="viewer"), False),
    (asked("listCalls", answer={"calls": []}), False),
    (asked("listCalls", answer={"calls": [{"customerNumber": None}]}), False),
    (asked("listCalls", status=400, answer={"field": ADA}), False),
    (asked("showCall", names=("call-1",)), True),
    (asked("showCall", names=("call-1",), status=404), False),
    (asked("showCall", names=("call-1",), role="viewer"), False),
    (asked("askContactability", numbers=(ADA,)), True),
    (asked("askContactability", numbers=(ADA,), status=403, role="viewer"), True),
    (asked("askContactability", numbers=(ADA,), status=503), False),
    (asked("beginExport", status=202), True),
    (asked("beginExport", status=403, role="viewer"), True),
    (asked("exportResults", status=202), True),
    (asked("exportResults", status=403, role="viewer"), True),
    (asked("exportResults", answer=LINK), True),
    (asked("exportResults", answer=LINK, role="viewer"), False),
    (asked("exportResults", answer={"url": None}), False),
    (asked("showImport", answer={"reportUrl": LINK["url"]}), True),
    (asked("showImport", answer={"reportUrl": None}, names=("i",)), False),
    (asked("readQueue", answer={"people": [{"number": ADA}], "callers": []}), False),
    (asked("readQueue", answer={"people": [], "callers": [{"number": ADA}]}), True),
    (asked("health"), False),
    (asked("listCampaigns", answer={"name": ADA}), False),
    (asked("listen", line=Action(Kind.LISTEN, "call"), role="viewer", status=500), True),
]


@pytest.mark.parametrize(("request_", "made"), MADE, ids=lambda one: getattr(one, "action", one))
def test_what_is_written_down(request_: Asked, made: bool) -> None:  # noqa: FBT001 - of a table
    assert makes_entry(request_) is made


def test_an_entry_says_who_what_on_what_and_what_came_of_it() -> None:
    entry = entry_of(
        asked("startCampaign", names=("c-1",), status=409, answer={"state": "running"}),
        "e" * 32,
        1_000,
        None,
    )
    assert (entry.who, entry.role, entry.action, entry.kind) == (
        "Ada",
        "operator",
        "startCampaign",
        "change",
    )
    assert (entry.on, entry.on_id, entry.status, entry.reason) == (
        "campaign",
        "c-1",
        409,
        "running",
    )
    assert (entry.entry_id, entry.at_ms, entry.customers, entry.more) == ("e" * 32, 1_000, (), 0)


def test_customers_are_those_who_are_named_and_those_who_are_shown() -> None:
    answer = {"calls": [{"customerNumber": BEN, "text": f"call {BEN}"}, {"is": [ADA, "+1", BEN]}]}
    told = asked("listCalls", numbers=(ADA,), answer=answer)
    assert customers_of(told) == [ADA, BEN]
    entry = entry_of(told, "e", 0, KEY)
    assert entry.customers == tuple(sorted([mark_of(KEY, ADA), mark_of(KEY, BEN)]))
    masked = asked("suppress", numbers=(ADA,), answer=answer, role="viewer", status=403)
    assert customers_of(masked) == [ADA]


def test_a_mark_needs_the_key_and_is_the_same_for_the_same_number() -> None:
    assert mark_of(KEY, ADA) == mark_of(KEY, ADA)
    assert len({mark_of(KEY, ADA), mark_of(KEY, BEN), mark_of("another", ADA)}) == 3
    without = entry_of(asked("suppress", numbers=(ADA,)), "e", 0, None)
    assert (without.customers, without.more) == ((), 1)


def test_of_very_many_customers_the_rest_is_counted() -> None:
    many = tuple(f"+1212555{at:04d}" for at in range(MOST_CUSTOMERS + 7))
    entry = entry_of(asked("withdrawContacts", numbers=many), "e", 0, KEY)
    assert (len(entry.customers), entry.more) == (MOST_CUSTOMERS, 7)


PLAIN = ["c-1", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "v-CA5ef8732a3c49700934481addd5ce1659", "ada"]
TELLING = [ADA, ADA[1:], "212-555-0143", path_id(f"x/{ADA}"), "x" * 129, "\u00e9", "~%%", "a\nb"]


@pytest.mark.parametrize("said", PLAIN)
def test_an_id_stands_there_as_it_is(said: str) -> None:
    told = asked("showCall", names=(said,))
    assert entry_of(told, "e", 0, None).on_id == said
    assert not needs_key(told)


@pytest.mark.parametrize("said", TELLING)
def test_an_id_that_may_tell_a_number_is_a_mark(said: str) -> None:
    told = asked("showCall", names=(said,))
    assert needs_key(told)
    assert entry_of(told, "e", 0, KEY).on_id == f"mark-{mark_of(KEY, said)}"
    assert entry_of(told, "e", 0, None).on_id is None


def test_an_attempt_whose_id_is_a_digest_of_a_number_is_a_mark() -> None:
    name = "9f86d081884c7d659a2feaa0c55ad015"
    shown = entry_of(asked("showAttempt", names=(name,)), "e", 0, KEY)
    made = entry_of(asked("triggerCall", answer={"attemptId": name}, status=202), "e", 0, KEY)
    assert shown.on_id == made.on_id == f"mark-{mark_of(KEY, name)}"


def test_what_was_made_is_named_by_the_answer() -> None:
    made = asked("createCampaign", status=201, answer={"id": "c-9"})
    assert entry_of(made, "e", 0, None).on_id == "c-9"
    assert entry_of(asked("createCampaign", status=400), "e", 0, None).on_id is None


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (409, {"reason": "no_consent", "state": "running"}, "no_consent"),
        (409, {"state": "running"}, "running"),
        (409, {"reason": f"call {ADA}"}, None),
        (409, {"reason": "Ada Lovelace"}, None),
        (400, {"field": ADA, "detail": ADA}, None),
        (200, {"reason": "no_consent"}, None),
        (409, [], None),
    ],
)
def test_a_reason_is_a_word_of_ours(status: int, answer: Any, reason: str | None) -> None:
    told = asked("triggerCall", status=status, answer=answer)
    assert entry_of(told, "e", 0, KEY).reason == reason

"""A call that we ordered for a caller who was here before it is his, and comes in."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.conversations.domain.facts import CallSeen
from contact_center.vapi.webhooks.messages import facts_of

POST = "v-CA" + "1" * 32 + ".1"
AT_MS = 1_787_266_800_000


def seen(**call: Any) -> CallSeen:
    told = {"id": "call-1", "type": "outboundPhoneCall", **call}
    message = {"type": "status-update", "status": "in-progress", "timestamp": AT_MS, "call": told}
    [found] = [fact for fact in facts_of({"message": message}, AT_MS) if isinstance(fact, CallSeen)]
    return found


@pytest.mark.parametrize("said", [{"metadata": {"visitPost": POST}}, {"name": POST}])
def test_its_visit_is_known_by_either_place_and_it_comes_in(said: dict[str, Any]) -> None:
    found = seen(customer={"number": "+12125550199"}, **said)
    assert (found.visit_post, found.direction) == (POST, "inbound")
    assert found.customer_number == "+12125550199"


@pytest.mark.parametrize("name", ["v-CA1.1", POST + "0000", POST.removesuffix(".1"), "x" + POST])
def test_what_only_looks_like_one_is_none(name: str) -> None:
    found = seen(name=name)
    assert (found.visit_post, found.direction) == (None, "outbound")


def test_our_own_number_is_not_taken_for_that_of_somebody_who_withholds_theirs() -> None:
    metadata = {"visitPost": POST, "callerNumber": "withheld"}
    found = seen(customer={"number": "+14155550100"}, metadata=metadata)
    assert found.customer_number is None

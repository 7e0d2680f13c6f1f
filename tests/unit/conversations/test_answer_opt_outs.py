"""Who asks not to be called again is not, and nothing is called done that is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contact_center.conversations.domain.facts import ToolCalled
from contact_center.conversations.services.ports.callers import Party
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import (
    NOW_MS,
    FakeDoor,
    answer_of,
)
from tests.fakes.opt_outs import FakeOptOuts
from tests.fakes.rung_numbers import FakeRungNumbers
from tests.unit.conversations.vapi_questions import (
    CUSTOMER,
    WITHHELD,
    use,
)

GOODBYE = "Say nothing more: the goodbye is spoken for you, and the call ends."
POST = "0123456789abcdef0123456789abcdef.1"


def wish(door: FakeDoor, **call: object) -> Any:
    """What the model is told that passes a wish on, in a call of ours unless said otherwise."""
    told = {
        "type": "tool-calls",
        "call": {"id": "call-2", "type": "outboundPhoneCall", **call},
        "toolCallList": [{"id": "t", "name": "stopCalling", "arguments": {}}],
    }
    (result,) = answer_of(door.tell({"message": told}))["results"]
    return result


def test_who_asks_for_it_is_never_called_again_before_the_model_hears_that() -> None:
    door = FakeDoor()

    answer = wish(door, customer={"number": CUSTOMER})

    assert answer == {
        "toolCallId": "t",
        "name": "stopCalling",
        "result": f"Done: nobody calls this customer again. {GOODBYE}",
    }
    source, at = door.opt_outs.listed[CUSTOMER]
    assert source == "customer, on the call"
    assert at == datetime.fromtimestamp(NOW_MS / 1000, UTC)
    assert door.metrics.of("opt_out") == [{"by": "tool"}]


def test_a_caller_is_told_that_it_is_done_and_is_not_hung_up_on() -> None:
    answer = use(FakeDoor(), "stopCalling", {})
    assert answer["result"].startswith("Done: nobody calls this customer again. Say so")


def test_an_opt_out_that_is_told_again_is_written_once_and_answered_alike() -> None:
    door = FakeDoor()
    first = use(door, "stopCalling", {})
    door.clock.advance(5_000)

    again, anew = use(door, "stopCalling", {}), use(door, "stopCalling", {}, "t2")

    assert again == first
    assert anew == first | {"toolCallId": "t2"}
    assert door.opt_outs.written == 1
    assert len(door.metrics.of("opt_out")) == 1


@pytest.mark.parametrize(
    ("kind", "next_word"),
    [("outboundPhoneCall", GOODBYE), ("inboundPhoneCall", "Do not say that it is done.")],
)
def test_an_opt_out_that_is_not_stored_is_not_called_stored(kind: str, next_word: str) -> None:
    door = FakeDoor(opt_outs=FakeOptOuts(down=True))

    answer = wish(door, type=kind, customer={"number": CUSTOMER})

    assert answer["error"] == f"Not done yet, it is tried again. {next_word}"
    assert "result" not in answer
    assert door.metrics.of("opt_out_unstored") == [{}]
    assert next(type(fact) for fact in door.facts()) is ToolCalled  # the router hears of it


@pytest.mark.parametrize(
    "customer",
    [
        None,
        {},
        {"number": None},
        {"number": "14155550123"},
        {"number": "sip:+14155550123@carrier.example"},
        {"sipUri": "sip:somebody@example.com"},
        {"number": "anonymous"},
        {"number": "+14155550999"},
        "somebody",
    ],
)
def test_whom_we_rang_is_known_by_the_attempt_whatever_the_webhook_says(customer: object) -> None:
    door = FakeDoor(rung=FakeRungNumbers({POST[:32]: CUSTOMER}))

    answer = wish(door, name=POST, customer=customer)

    assert answer["result"].startswith("Done")
    assert door.opt_outs.listed.keys() == {CUSTOMER}


def test_a_webhook_that_names_nobody_is_the_call_s_own_customer() -> None:
    parties = {"call-2": Party(post_name=POST, placed=True)}
    door = FakeDoor(
        memory=FakeCallMemory(parties=parties), rung=FakeRungNumbers({POST[:32]: CUSTOMER})
    )

    assert wish(door)["result"].startswith("Done")
    assert door.opt_outs.listed.keys() == {CUSTOMER}


def test_while_nobody_can_look_whom_we_rang_nothing_is_called_done() -> None:
    door = FakeDoor(rung=FakeRungNumbers(down=True))

    answer = wish(door, name=POST, customer={"number": CUSTOMER})

    assert answer["error"].startswith("Not done yet")
    assert door.opt_outs.listed == {}


@pytest.mark.parametrize(
    "customer",
    [None, {"sipUri": "sip:customer@example.com"}, *({"number": each} for each in WITHHELD)],
)
def test_a_customer_without_a_number_is_told_that_it_is_needed(customer: object) -> None:
    door = FakeDoor()

    result = wish(door, type="inboundPhoneCall", customer=customer)

    assert "number is needed" in result["error"]
    assert "nobody calls this customer again" not in str(result)
    assert door.opt_outs.listed == {}
    assert door.metrics.of("opt_out_without_number") == [{}]


@pytest.mark.parametrize(
    "shown", ["14155550123", "4155550123", "+1 (415) 555-0123", "tel:+1-415-555-0123"]
)
def test_a_caller_s_number_is_theirs_however_it_is_written(shown: str) -> None:
    door = FakeDoor()

    assert wish(door, type="inboundPhoneCall", customer={"number": shown})["result"]
    assert door.opt_outs.listed.keys() == {CUSTOMER}


@pytest.mark.parametrize("arguments", ["{not json", [1], {"number": "+14155550199"}, None])
def test_an_opt_out_counts_whatever_a_model_says_beside_it(arguments: object) -> None:
    door = FakeDoor()

    assert use(door, "stopCalling", arguments)["result"].startswith("Done")
    assert door.opt_outs.listed.keys() == {CUSTOMER}

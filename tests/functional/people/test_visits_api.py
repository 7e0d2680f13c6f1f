"""GET /api/visits/{id}, through the handler, beside a strict Twilio and Vapi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.visits.adapters.visit_items import visit_key
from contact_center.visits.domain.visit_parts import visit_of
from tests.functional.operator_api.operator_rig import (
    VIEWER,
    OperatorRig,
    start_operator_api,
)
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.twilio_scene import CALLER, OURS, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch) as made:
        yield made


@pytest.fixture
def api(rig: ReceptionRig) -> Iterator[OperatorRig]:
    made = start_operator_api(rig.account, rig.monkeypatch)
    yield made
    made.close()


def test_a_caller_who_was_there_is_shown_from_the_first_ring_to_the_last_hang_up(
    rig: ReceptionRig, api: OperatorRig
) -> None:
    leg = rig.comes_in()
    until(lambda: len(rig.vapi.calls) == 1)
    path = f"/api/visits/{visit_of(leg)}"
    status, talking = api.ask("GET", path)
    assert (status, talking["state"], talking["outcome"]) == (200, "talking", None)
    assert (talking["number"], talking["called"]) == (CALLER, OURS)
    [call] = talking["calls"]
    assert call["callId"] in rig.vapi.calls

    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()
    status, ended = api.ask("GET", path)
    assert (status, ended["state"], ended["outcome"]) == (200, "ended", "abandoned_talking")
    [told] = ended["legs"]
    assert (told["legId"], told["status"]) == (leg, "completed")

    seen = api.ask("GET", path, token=VIEWER)[1]
    assert (seen["visitId"], seen["legs"], seen["calls"]) == (
        ended["visitId"],
        ended["legs"],
        ended["calls"],
    )
    assert CALLER not in str(seen)
    assert OURS not in str(seen)


@pytest.mark.parametrize("visit_id", ["v-CA-nobody", "nobody", "v" * 65])
def test_there_is_no_such_visit(api: OperatorRig, visit_id: str) -> None:
    status, told = api.ask("GET", f"/api/visits/{visit_id}")
    assert (status, told["detail"]) == (404, "There is no such visit.")
    assert api.ask("GET", f"/api/visits/{visit_id}", token=None)[0] == 401


def test_a_visit_that_a_later_release_wrote_is_a_503(rig: ReceptionRig, api: OperatorRig) -> None:
    leg = rig.comes_in()
    change: dict[str, Any] = {
        "TableName": rig.account.calls_table,
        "Key": visit_key(visit_of(leg)),
        "UpdateExpression": "SET #version = :next",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":next": {"N": "99"}},
    }
    rig.account.client("dynamodb").update_item(**change)
    assert api.ask("GET", f"/api/visits/{visit_of(leg)}")[0] == 503

"""A message turned on by API is what callers at our own number hear first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.functional.operator_api.operator_rig import (
    VIEWER,
    OperatorRig,
    start_operator_api,
)
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.functional.twilio.test_waiting_callers import take_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

TEXT = 'Very <b>many</b> people & "firms" are calling.'
PATH = "/api/departments/support/message"  # whose callers nobody's are


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}) as made:
        yield made


@pytest.fixture
def api(rig: ReceptionRig) -> Iterator[OperatorRig]:
    made = start_operator_api(rig.account, rig.monkeypatch)
    yield made
    made.close()


def heard(rig: ReceptionRig) -> list[Any]:
    """The verbs of the latest answer to a ring, with what is said."""
    return [one.text if one.tag == "Say" else one.tag for one in ET.fromstring(rig.twiml()[-1])]  # noqa: S314 - our own


def test_callers_hear_it_first_while_it_is_on_and_are_connected_all_the_same(
    rig: ReceptionRig, api: OperatorRig
) -> None:
    status, told = api.ask("POST", PATH, {"on": True, "text": TEXT})
    assert (status, told["on"], told["text"]) == (200, True, TEXT)
    leg = rig.comes_in()
    assert heard(rig) == [TEXT, "Connect"]
    assert rig.visit(leg).heard == {"support"}
    assert rig.visit(leg).state == "talking"
    assert len(rig.vapi.calls) == 1

    assert api.ask("GET", PATH, token=VIEWER)[1]["on"] is True
    assert api.ask("POST", PATH, {"on": False}, token=VIEWER)[0] == 403
    assert api.ask("POST", PATH, {"on": False})[1]["on"] is False
    rig.app.PARTS.door.reception().messages._read_ms = None  # ten seconds later
    rig.comes_in(from_="+12125550142")
    assert heard(rig) == ["Connect"]


def test_who_waits_hears_it_before_his_place(rig: ReceptionRig, api: OperatorRig) -> None:
    api.ask("POST", PATH, {"on": True, "text": TEXT})
    take_all(rig)
    rig.comes_in()
    assert heard(rig)[0] == TEXT
    assert heard(rig)[-1] == "Enqueue"

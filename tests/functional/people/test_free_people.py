"""The tick frees people of whom nothing was heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.people.adapters.dynamodb_people import DynamoDBPersonBook
from contact_center.people.domain.people import Happening, Held, PersonEvent, PersonState
from contact_center.people.domain.person_steps import BUSY_LEASE_MS
from contact_center.people.services.change_person import (
    PersonParts,
    change_person,
    offer_caller,
)
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.functional.dialing.dialing_rig import DialingRig, tick
from tests.unit.people.test_people import colleague
from tests.vapi_scene import Scene

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator


def talking(account: Account, person_id: str, since_ms: int) -> DynamoDBPersonBook:
    book = DynamoDBPersonBook(account.lean(), account.dialing_table)
    parts = PersonParts(book=book, clock=FakeClock(since_ms), metrics=CountedMetrics())
    change_person(person_id, Happening(event=PersonEvent.LOG_IN), parts)
    held = Held(offer_id=f"o-{person_id}", visit_id="v-1")
    offer_caller(colleague(person_id, "sales"), held, 30, parts)
    accepted = Happening(event=PersonEvent.ACCEPTED, offer_id=held.offer_id, leg="CA1")
    change_person(person_id, accepted, parts)
    return book


def test_a_talk_whose_end_nobody_told_is_over_and_another_goes_on(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account.secret("vapi-api-key", '{"key": "local-vapi-key"}')
    scene = Scene()
    with scene.webhook, scene.simulator() as vapi:
        rig = DialingRig(account, vapi.url, vapi.phone_number_id, monkeypatch)
        reconciler = rig.start("reconciler")
        now_ms = reconciler.PARTS.clock.now_ms()
        book = talking(account, "ada", now_ms - BUSY_LEASE_MS)
        talking(account, "ben", now_ms - BUSY_LEASE_MS + 600_000)
        tick(reconciler)
        rig.close()
    assert book.read("ada").state is PersonState.WRAPPING
    assert book.read("ben").state is PersonState.BUSY
    assert '"person_freed_by_lease":1' in capsys.readouterr().out

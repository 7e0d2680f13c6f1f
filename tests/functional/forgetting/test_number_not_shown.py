"""Whoever is forgotten by his number, and whose contact at HubSpot was made where it was not shown.

Vapi showed a word in place of the number. That a call was his says a dial of ours, a contact of a
campaign, or his visit, each of them alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.adapters.campaign_items import campaign_item, contact_item
from contact_center.campaigns.domain.contacts import AttemptOutcome, ContactDetails, new_contact
from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.forgetting.domain.forgetting import LEASE_MS
from contact_center.forgetting.services.forget_person import forget_person
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effect_names import customer_of_call, customer_of_visit
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.visits.adapters.visit_items import visit_item
from contact_center.visits.domain.visits import Visit
from tests.fakes.clock import FakeClock
from tests.functional.conversations.routing_rig import AT_MS, CALL_ID
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.forgetting.forget_rig import HIS, Forgetful, simulators
from tests.functional.forgetting.planted_person import (
    A_CAMPAIGN,
    CAMPAIGN,
    count,
    put,
    talk,
    wished_for,
)
from tests.functional.records.updater_rig import start_updater

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.forgetting.services.forget_ports import Forgettings
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

VISIT, OF_CAMPAIGN = "v-CA1", "a-campaigns-call"
KEYS = (customer_of_call(CALL_ID), customer_of_call(OF_CAMPAIGN), customer_of_visit(VISIT))


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgetful]:
    vapi, twilio, hubspot = simulators()
    with vapi, twilio, hubspot, Forgetful(account, monkeypatch, vapi, twilio, hubspot) as made:
        with monkeypatch.context() as patch:  # whoever forgets reads settings of his own
            _said_who_he_is(made, patch)
        _rang(made)
        with monkeypatch.context() as patch:
            _told_to_hubspot(made, patch)
        count(made)
        made.hubspot.add("contacts", lastname="Bystander", switchboard_customer="visit:another")
        yield made


def _rang(rig: Forgetful) -> None:
    """We rang him twice and Vapi showed a word; and he was here, as only his visit says."""
    talk(rig, "Anonymous", "Canary", CALL_ID)
    dialled = DialAttempt(
        request=wished_for(HIS), state=AttemptState.SETTLED, reported=True, call_id=CALL_ID
    )
    put(rig, rig.account.dialing_table, attempt_item(dialled, 2**31))
    outcome = AttemptOutcome(
        n=1, at_ms=AT_MS, disposition=Disposition.COMPLETED, call_id=OF_CAMPAIGN
    )
    details = ContactDetails(number=HIS, prefix="+1415")
    contact = new_contact(CAMPAIGN, details, AT_MS, 0)
    contact = replace(contact, outcomes=(outcome,), version=1)
    put(rig, rig.account.contacts_table, campaign_item(A_CAMPAIGN), contact_item(contact, 0))
    visit = Visit(visit_id=VISIT, caller=HIS, began_ms=AT_MS, ended_ms=AT_MS)
    put(rig, rig.account.calls_table, visit_item(visit, 1, 2**31))


def _said_who_he_is(rig: Forgetful, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each, and HubSpot made a contact of it."""
    for customer in KEYS:
        said = Effect(
            effect_id=f"lead-{customer}",
            customer=customer,
            number=0,
            kind=EffectKind.LEAD,
            receiver="hubspot",
            told={"said": "Canary", "last_name": "Canary"},
            caused_at_ms=AT_MS,
        )
        writes = effect_writes(rig.account.calls_table, [said], AT_MS)
        client = rig.account.client("dynamodb")
        client.transact_write_items(TransactItems=[one.request for one in writes])
    _told_to_hubspot(rig, monkeypatch)
    made = [one.values for one in rig.hubspot.records("contacts")]
    assert {one["switchboard_customer"] for one in made} == set(KEYS)
    assert HIS not in str(made)


def _told_to_hubspot(rig: Forgetful, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"EFFECT_RECEIVERS": "built_in,hubspot"}
    settings |= {name: rig.settings[name] for name in ("HUBSPOT_BASE_URL", "HUBSPOT_SECRET_NAME")}
    updater = start_updater(rig.account, monkeypatch, **settings)
    for _ in KEYS:
        updater.tick()
    updater.close()


def left_at_hubspot(rig: Forgetful) -> list[str]:
    return [one.values["lastname"] for one in rig.hubspot.records("contacts")]


def test_a_contact_that_was_made_where_his_number_was_not_shown_is_erased_at_hubspot(
    rig: Forgetful,
) -> None:
    assert len(left_at_hubspot(rig)) == 4
    assert "hubspot: calls" in rig.left()  # told of him by that contact alone
    forget_id = rig.forget()
    rig.drain()
    rig.work(rig.start())

    assert left_at_hubspot(rig) == ["Bystander"]
    [told] = [one for one in rig.certificate(forget_id)["stores"] if one["store"] == "hubspot"]
    assert (told["state"], told["why"], told["erased"]) == ("done", None, 3)
    assert rig.left() == []


@pytest.fixture
def said_nothing(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgetful]:
    """He said nothing of himself: HubSpot has a record of his call, and no contact."""
    vapi, twilio, hubspot = simulators()
    with vapi, twilio, hubspot, Forgetful(account, monkeypatch, vapi, twilio, hubspot) as made:
        _rang(made)
        with monkeypatch.context() as patch:
            _told_to_hubspot(made, patch)
        count(made)
        yield made


def test_a_record_without_any_contact_is_found_and_goes_with_his_call(
    said_nothing: Forgetful,
) -> None:
    rig = said_nothing
    not_his = rig.hubspot.add("calls", hs_call_title="Another", hs_timestamp=str(AT_MS))
    assert rig.hubspot.records("contacts") == []
    assert len(rig.hubspot.records("calls")) == 2
    assert "hubspot: calls" in rig.left()
    forget_id = rig.forget()
    rig.drain()
    rig.work(rig.start())

    assert [one.record_id for one in rig.hubspot.records("calls")] == [not_his]
    [told] = [one for one in rig.certificate(forget_id)["stores"] if one["store"] == "hubspot"]
    assert (told["state"], told["why"], told["erased"]) == ("done", None, 1)
    assert rig.left() == []  # nor in HubSpot's bin


class DiedError(BaseException):
    """The process was ended."""


class Dying:
    """Forgettings of a process that is ended when it has written so often and would once more."""

    def __init__(self, kept: Forgettings, writes: int) -> None:
        self._kept, self._writes = kept, writes

    def read(self, forget_id: str) -> Forgetting | None:
        return self._kept.read(forget_id)

    def write(self, forgetting: Forgetting, suppressed_ms: int | None = None) -> Forgetting | None:
        if not self._writes:
            raise DiedError
        self._writes -= 1
        return self._kept.write(forgetting, suppressed_ms)


def test_a_process_that_ends_before_it_notes_what_it_erased_loses_no_contact(
    rig: Forgetful,
) -> None:
    """It is ended when it has asked a store; the next asks it again, notes it, and asks another."""
    forget_id = rig.forget()
    rig.drain()
    parts, at_ms = rig.parts(rig.start()), now_ms()
    died = 0
    while rig.certificate(forget_id)["state"] == "open":
        assert died < 40, rig.states(forget_id)
        lived = replace(
            parts,
            forgettings=Dying(parts.forgettings, 2 if died else 1),
            clock=FakeClock(at_ms + died * LEASE_MS),
        )
        with pytest.raises(DiedError):
            forget_person(forget_id, at_ms + (died + 1) * LEASE_MS, lived)
        died += 1
    assert died > 10
    assert left_at_hubspot(rig) == ["Bystander"]
    assert rig.left() == []

"""Whose record at HubSpot a customer's is: looked for in order, compared, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.crm.hubspot.untied import BEGINS
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, Later, Refused
from local.crm.faults import Fault, Mishap
from tests.crm_scene import CUSTOMER, LAG_MS, HubSpotScene, effect
from tests.fakes.known_contacts import FakeKnownContacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.crm.hubspot.effect_records import EffectRecord
    from contact_center.records.domain.effects import Effect

OTHER = "+14155550199"


@pytest.fixture
def scene() -> Iterator[HubSpotScene]:
    with HubSpotScene() as made:
        yield made


def tied(scene: HubSpotScene, kind: str = "calls") -> list[tuple[str, str]]:
    """What the one record of a kind is tied to."""
    [record] = scene.hubspot.records(kind)
    return sorted(record.linked)


@pytest.mark.parametrize(
    "written",
    [
        CUSTOMER,
        "(415) 555-0123",
        "415.555.0123",
        "1-415-555-0123",
        "+1 415 555 0123",
        "4155550123",
        "\uff0b1 415 555 0123",
    ],
)
@pytest.mark.parametrize("where", ["phone", "mobilephone"])
def test_a_contact_is_found_by_its_number_however_it_is_written(
    scene: HubSpotScene, written: str, where: str
) -> None:
    contact = scene.contact(**{where: written})

    assert isinstance(scene.deliver(), Delivered)

    assert tied(scene) == [("contacts", contact)]
    [found] = scene.hubspot.records("contacts")
    assert found.values["switchboard_customer"] == CUSTOMER
    assert scene.known.ids == {CUSTOMER: contact}


def test_a_number_that_only_looks_alike_is_another_person(scene: HubSpotScene) -> None:
    scene.contact(phone="+44 4155550123")  # found by its digits, and not theirs
    scene.contact(phone="415-555-0123 ext. 7")

    assert isinstance(scene.deliver(), Delivered)

    made = scene.hubspot.records("contacts")[-1]
    assert tied(scene) == [("contacts", made.record_id)]
    assert made.values["phone"] == CUSTOMER
    assert len(scene.hubspot.records("contacts")) == 3


def test_two_contacts_of_one_number_are_not_chosen_from(scene: HubSpotScene) -> None:
    ids = [scene.contact(phone=CUSTOMER), scene.contact(mobilephone="(415) 555-0123")]

    answer = scene.deliver()

    assert answer == Refused("ambiguous_contact", f"contacts {ids[0]}, {ids[1]}")
    assert scene.hubspot.records("calls") == []


def test_an_owner_says_which_of_two_it_is(scene: HubSpotScene) -> None:
    scene.contact(phone=CUSTOMER)
    meant = scene.contact(phone=CUSTOMER, switchboard_customer=CUSTOMER)

    assert isinstance(scene.deliver(), Delivered)

    assert tied(scene) == [("contacts", meant)]
    assert not any("search" in line for line in scene.hubspot.asked())


def test_more_hits_than_are_read_are_ambiguous(scene: HubSpotScene) -> None:
    for _ in range(21):
        scene.contact(phone="+44 4155550123")

    assert scene.deliver() == Refused("ambiguous_contact", "contacts more than can be read")


def test_whoever_is_new_gets_a_contact_that_needs_no_search_to_be_found_again(
    scene: HubSpotScene,
) -> None:
    scene.deliver()
    scene.known.ids.clear()  # and the search does not know it yet

    scene.deliver(effect_id="e-2", number=2)

    [contact] = scene.hubspot.records("contacts")
    assert contact.values["phone"] == CUSTOMER
    assert {one.linked.pop() for one in scene.hubspot.records("calls")} == {
        ("contacts", contact.record_id)
    }


def test_what_is_remembered_is_compared_again(scene: HubSpotScene) -> None:
    stranger = scene.contact(phone=OTHER)
    right = scene.contact(phone=CUSTOMER)
    scene.known.ids[CUSTOMER] = stranger

    scene.deliver()

    assert tied(scene) == [("contacts", right)]
    assert scene.known.ids == {CUSTOMER: right}


def test_what_is_remembered_and_gone_is_found_anew(scene: HubSpotScene) -> None:
    scene.known.ids[CUSTOMER] = "4711"

    assert isinstance(scene.deliver(), Delivered)

    assert scene.known.ids[CUSTOMER] != "4711"


def test_one_who_is_known_costs_three_requests(scene: HubSpotScene) -> None:
    scene.deliver()
    before = len(scene.hubspot.asked())

    scene.deliver(effect_id="e-2", number=2)

    assert [line.split()[0] for line in scene.hubspot.asked()[before:]] == ["GET", "POST", "PUT"]


def test_a_contact_with_two_numbers_keeps_the_customer_it_has(scene: HubSpotScene) -> None:
    both = scene.contact(phone=OTHER, mobilephone=CUSTOMER, switchboard_customer=OTHER)

    scene.deliver()

    [contact] = scene.hubspot.records("contacts")
    assert contact.values["switchboard_customer"] == OTHER
    assert tied(scene) == [("contacts", both)]
    assert scene.known.ids == {CUSTOMER: both}


def test_a_memory_that_is_away_changes_nothing(scene: HubSpotScene) -> None:
    scene.known.down = True

    assert isinstance(scene.deliver(), Delivered)
    assert isinstance(scene.deliver(effect_id="e-2", number=2), Delivered)

    assert len(scene.hubspot.records("contacts")) == 1


def test_one_who_withheld_his_number_gets_no_empty_contact(scene: HubSpotScene) -> None:
    assert isinstance(scene.deliver(customer="visit:v-1"), Delivered)

    assert scene.hubspot.records("contacts") == []
    assert tied(scene) == []
    [call] = scene.hubspot.records("calls")
    assert "hs_call_from_number" not in call.values
    assert isinstance(
        scene.receiver.look_up(effect(EffectKind.CALL, customer="visit:v-1")), Delivered
    )


def test_a_record_without_a_contact_is_remembered_before_it_counts_as_told(
    scene: HubSpotScene,
) -> None:
    withheld = effect(EffectKind.CALL, customer="visit:v-1")
    scene.untied[f"{BEGINS}calls.5001"] = down = FakeKnownContacts(down=True)
    assert scene.receiver.deliver(withheld) == Later("not_remembered")
    assert scene.receiver.look_up(withheld) == Later("not_remembered")
    [call] = scene.hubspot.records("calls")
    assert call.record_id == "5001"
    down.down = False
    assert scene.receiver.look_up(withheld) == Delivered("5001")
    assert down.ids == {"visit:v-1": "5001"}
    down.ids.clear()
    assert scene.receiver.deliver(withheld) == Delivered("5001")
    assert down.ids == {"visit:v-1": "5001"}
    assert len(scene.hubspot.records("calls")) == 1


def test_a_record_with_a_contact_is_found_by_it_and_remembered_nowhere_else(
    scene: HubSpotScene,
) -> None:
    assert isinstance(scene.deliver(), Delivered)
    assert isinstance(scene.receiver.look_up(effect(EffectKind.CALL)), Delivered)
    assert scene.untied == {}


def test_one_who_withheld_his_number_and_says_who_he_is_gets_one(scene: HubSpotScene) -> None:
    assert isinstance(scene.deliver(EffectKind.LEAD, customer="visit:v-1"), Delivered)

    [contact] = scene.hubspot.records("contacts")
    assert contact.values["email"] == "ada@example.com"
    assert "phone" not in contact.values
    assert not any("search" in line for line in scene.hubspot.asked())


def test_what_an_owner_wrote_is_not_written_over(scene: HubSpotScene) -> None:
    scene.contact(phone=CUSTOMER, firstname="Augusta", email="a@example.org")

    scene.deliver(EffectKind.LEAD)

    [contact] = scene.hubspot.records("contacts")
    assert contact.values["firstname"] == "Augusta"
    assert contact.values["email"] == "a@example.org"
    assert contact.values["company"] == "Engines Ltd"


@pytest.mark.parametrize("others", [0, 1])
def test_an_address_of_another_contact_is_nobody_s_guess(scene: HubSpotScene, others: int) -> None:
    other = scene.contact(email="ada@example.com")
    if others:
        scene.contact(phone=CUSTOMER)

    answer = scene.deliver(EffectKind.LEAD)

    assert answer == Refused("email_taken", f"contact {other} has the e-mail address")
    assert scene.hubspot.records("notes") == []
    assert len(scene.hubspot.records("contacts")) == 1 + others


def test_a_contact_that_is_deleted_meanwhile_is_looked_for_again(
    scene: HubSpotScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.contact(phone=CUSTOMER)
    scene.deliver()
    [contact] = scene.hubspot.records("contacts")
    receiver = scene.receiver
    write = receiver._write

    def erased_first(asked: Effect, record: EffectRecord) -> str:
        scene.hubspot.portal.records.erase(contact, scene.clock.now_ms())
        return write(asked, record)

    monkeypatch.setattr(receiver, "_write", erased_first)
    second = effect(EffectKind.CALL, effect_id="e-2", number=2)
    assert receiver.deliver(second) == Later("contact_gone")
    assert scene.known.ids == {}

    assert isinstance(scene.receiver.deliver(second), Delivered)
    [call] = scene.hubspot.records("calls")  # the first one went with its contact
    assert call.values["switchboard_effect"] == "e-2"


def test_a_search_that_lags_is_why_it_is_not_trusted(scene: HubSpotScene) -> None:
    scene.hubspot.add("contacts", phone=CUSTOMER)  # a moment ago
    found, _ = scene.api.search("contacts", [], ["phone"], 20)
    assert found == []
    scene.clock.advance(LAG_MS)
    found, _ = scene.api.search("contacts", [], ["phone"], 20)
    assert [one["properties"]["phone"] for one in found] == [CUSTOMER]


def test_a_contact_that_somebody_else_made_a_moment_ago_is_taken_and_filled(
    scene: HubSpotScene,
) -> None:
    made = scene.contact(switchboard_customer="visit:v-1", firstname="Augusta")
    scene.hubspot.faults.add(Fault(mishap=Mishap.STATUS, method="GET", status=404))

    assert isinstance(scene.deliver(EffectKind.LEAD, customer="visit:v-1"), Delivered)

    [contact] = scene.hubspot.records("contacts")
    assert (contact.record_id, contact.values["firstname"]) == (made, "Augusta")
    assert contact.values["email"] == "ada@example.com"
    assert scene.known.ids == {"visit:v-1": made}


@pytest.mark.parametrize("odd", ["e/1", "e?1#2", "../e", "e 1", "é%2F"])
def test_a_name_is_a_name_whatever_stands_in_it(scene: HubSpotScene, odd: str) -> None:
    answer = scene.deliver(effect_id=odd, customer=f"visit:{odd}")

    assert isinstance(answer, Delivered)
    assert scene.receiver.look_up(effect(EffectKind.CALL, effect_id=odd)) is None
    found = scene.receiver.look_up(effect(EffectKind.CALL, effect_id=odd, customer="visit:x"))
    assert found == answer

"""Who a customer is at HubSpot is noted when his contact is read anyway: no request more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.crm.hubspot.cards import HubSpotCards
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.crm_cards import CrmCard
from contact_center.records.services.effect_ports import Delivered, Refused
from tests.crm_scene import CUSTOMER, HubSpotScene

if TYPE_CHECKING:
    from collections.abc import Iterator


class Book:
    """CardWrites."""

    def __init__(self) -> None:
        self.cards: dict[str, CrmCard] = {}
        self.down = False

    def put(self, customer: str, card: CrmCard) -> bool:
        if self.down:
            raise StoreUnavailableError
        before, self.cards[customer] = self.cards.get(customer), card
        return before is None or replace(before, read_at_ms=card.read_at_ms) != card


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def scene(book: Book) -> Iterator[HubSpotScene]:
    with HubSpotScene() as made:
        made.cards = HubSpotCards(
            book=book,
            clock=made.clock,
            tier="jobtitle",
            language="hs_language",
            open_items="num_associated_deals",
        )
        yield made


def test_who_is_known_there_is_noted_with_each_effect(scene: HubSpotScene, book: Book) -> None:
    scene.contact(
        phone=CUSTOMER,
        firstname="Ada",
        lastname="Lovelace",
        jobtitle="Gold",
        hs_language="de",
        num_associated_deals="3",
    )
    assert isinstance(scene.deliver(), Delivered)
    assert book.cards[CUSTOMER] == CrmCard(
        read_at_ms=scene.clock.now_ms(),
        name="Ada Lovelace",
        tier="Gold",
        language="de",
        open_items=3,
    )


def test_what_is_open_there_is_noted_by_its_names(scene: HubSpotScene, book: Book) -> None:
    """Of a property of several checkboxes, which HubSpot tells with semicolons between."""
    scene.contact(phone=CUSTOMER, firstname="Ada", num_associated_deals="refund;new_contract")
    assert isinstance(scene.deliver(), Delivered)
    noted = book.cards[CUSTOMER]
    assert (noted.open_items, noted.open_names) == (2, ("refund", "new contract"))


def test_it_costs_no_request(scene: HubSpotScene) -> None:
    scene.contact(phone=CUSTOMER, firstname="Ada")
    scene.deliver()
    before = len(scene.hubspot.log.entries("request"))
    scene.deliver(effect_id="another")
    with_cards = len(scene.hubspot.log.entries("request")) - before
    scene.cards = None
    before = len(scene.hubspot.log.entries("request"))
    scene.deliver(effect_id="a third")
    assert len(scene.hubspot.log.entries("request")) - before == with_cards


def test_two_contacts_of_one_number_are_noted_as_several(scene: HubSpotScene, book: Book) -> None:
    scene.contact(phone=CUSTOMER, firstname="Ada")
    scene.contact(mobilephone=CUSTOMER, firstname="Charles")
    answer = scene.deliver()
    assert isinstance(answer, Refused)
    assert answer.cause == "ambiguous_contact"
    assert book.cards[CUSTOMER] == CrmCard(read_at_ms=scene.clock.now_ms(), several=True)


def test_who_was_not_known_there_has_no_card(scene: HubSpotScene, book: Book) -> None:
    assert isinstance(scene.deliver(), Delivered)
    assert book.cards == {}


def test_what_cannot_be_noted_keeps_nothing_back(scene: HubSpotScene, book: Book) -> None:
    scene.contact(phone=CUSTOMER, firstname="Ada")
    book.down = True
    assert isinstance(scene.deliver(), Delivered)

"""What of a customer is not erased yet, or not at all: who talks, what is told, what came later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import expires_at_s
from contact_center.crm.dynamodb_known_contacts import DynamoDBKnownContacts
from contact_center.forgetting.adapters.customer_items import CustomerItems
from contact_center.forgetting.adapters.erase_calls import CallsEraser
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased, Person
from contact_center.kernel.time_left import always
from contact_center.records.adapters.crm_cards_lean import card_item
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.crm_cards import CrmCard
from contact_center.records.domain.effect_names import customer_of_call, customer_of_visit
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.visits.adapters.visit_items import visit_item
from contact_center.visits.domain.visit_parts import Post, PostState
from contact_center.visits.domain.visits import Visit
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NUMBER, NOW_MS = "+14155550123", 1_800_000_000_000
HOUR_MS = 3_600_000


@dataclass
class Table:
    account: Account
    clock: FakeClock
    crm_names: set[str] = field(default_factory=set)  # that were noted

    @property
    def client(self) -> Any:
        return self.account.client("dynamodb")

    def put(self, *items: dict[str, Any]) -> None:
        for item in items:
            self.client.put_item(TableName=self.account.calls_table, Item=item)

    def call(self, call_id: str, *, last_ms: int = NOW_MS - 60_000, **more: str) -> None:
        self.put(
            {
                "pk": {"S": keys.call(call_id)},
                "sk": {"S": keys.RECORD},
                "call_id": {"S": call_id},
                "customer": {"S": NUMBER},
                "started_at_ms": {"N": str(NOW_MS - HOUR_MS)},
                "last_seen_ms": {"N": str(last_ms)},
                **{name: {"S": value} for name, value in more.items()},
            }
        )

    def effect(
        self,
        name: str,
        at_ms: int,
        call_id: str | None = None,
        customer: str = NUMBER,
        receiver: str = "hubspot",
    ) -> None:
        effect = Effect(
            effect_id=name,
            customer=customer,
            number=0,
            kind=EffectKind.LEAD,
            receiver=receiver,
            told={"said": "words"},
            caused_at_ms=at_ms,
            call_id=call_id,
        )
        writes = effect_writes(self.account.calls_table, [effect], NOW_MS)
        self.client.transact_write_items(TransactItems=[one.request for one in writes])

    def who(self, at_ms: int) -> None:
        expires = expires_at_s(at_ms, 90)
        self.put(card_item(NUMBER, CrmCard(read_at_ms=at_ms, name="Ada"), expires))

    def erase(
        self, until_ms: int = NOW_MS, call_ids: tuple[str, ...] = (), *, noted: bool = True
    ) -> Erased:
        """Noted: whoever asks has been told before which calls there are, and stories."""
        found, eraser = self.eraser()
        person = Person(
            number=NUMBER,
            until_ms=until_ms,
            civil_until_ms=until_ms,
            call_ids=call_ids,
            crm_names=tuple(self.crm_names),
        )
        if noted:
            calls = tuple(one.call_id for one in found.calls(person))
            person = replace(person, call_ids=tuple(dict.fromkeys((*calls, *call_ids))))
        told = eraser.erase(person, always)
        while noted and not self.crm_names.issuperset(told.crm_names):
            assert told.later is not None
            self.crm_names.update(told.crm_names)
            before, person = told, replace(person, crm_names=tuple(self.crm_names))
            told = eraser.erase(person, always)
            told = replace(told, count=before.count + told.count)
        assert not noted or set(told.call_ids) == set(person.call_ids)
        return replace(told, call_ids=()) if noted else told

    def eraser(self) -> tuple[CustomerItems, CallsEraser]:
        """What finds a customer's things, and what erases them."""
        found = CustomerItems(self.client, self.account.calls_table, self.clock)
        return found, CallsEraser(self.client, self.account.calls_table, found, self.clock)

    def items(self) -> list[dict[str, Any]]:
        found = self.client.scan(TableName=self.account.calls_table, ConsistentRead=True)
        return list(found["Items"])

    def left(self) -> set[str]:
        return {f"{one['pk']['S'].partition('#')[0]} {one['sk']['S']}" for one in self.items()}


@pytest.fixture
def table(account: Account) -> Table:
    return Table(account, FakeClock(NOW_MS))


def test_who_talks_is_forgotten_when_he_has_hung_up_and_his_other_calls_at_once(
    table: Table,
) -> None:
    table.call("c-1", active=keys.ACTIVE_SHARD)
    table.call("c-2", last_ms=NOW_MS - 3 * HOUR_MS, active=keys.ACTIVE_SHARD)  # nobody told its end
    assert table.erase() == Erased(count=1, later="a call is not over")
    table.call("c-1")
    assert table.erase() == Erased(count=1)
    assert table.left() == {"CALL FORGOTTEN"}


def test_who_waits_here_is_forgotten_when_he_has_gone(table: Table) -> None:
    here = Visit(visit_id="v-1", caller=NUMBER, began_ms=NOW_MS - HOUR_MS)
    table.put(visit_item(here, 1, 2**31))
    assert table.erase().later == "a call is not over"
    table.clock.advance(26 * HOUR_MS)  # nobody told its end
    assert table.erase() == Erased(count=1)
    assert table.left() == set()


def test_a_call_is_counted_first_and_what_of_it_is_in_the_figures_stays(table: Table) -> None:
    table.call("c-1")
    mark = {"pk": {"S": keys.call("c-1")}, "sk": {"S": keys.COUNTED}}
    to_count = {"effects": {"S": keys.TO_COUNT}, "due_at_ms": {"N": "1"}, "wanted": {"N": "1"}}
    table.put(mark | to_count)
    assert table.erase() == Erased(later="a call is to be counted first")
    assert table.left() == {"CALL RECORD", "CALL COUNTED"}
    table.put(mark)
    assert table.erase() == Erased(count=1)
    assert table.left() == {"CALL FORGOTTEN", "CALL COUNTED"}


def test_what_was_caused_where_his_number_was_not_shown_goes_with_its_call_and_his_visit(
    table: Table,
) -> None:
    """Vapi may show a word in place of a number that we know from a dial, or from his visit."""
    gone = Visit(visit_id="v-1", caller=NUMBER, began_ms=1, ended_ms=2)
    table.put(visit_item(gone, 1, 2**31))
    table.call("c-1")
    for customer in (customer_of_call("c-1"), customer_of_visit("v-1")):
        table.effect(f"e-{customer[:4]}", NOW_MS + HOUR_MS, customer=customer)
        story = {"pk": {"S": keys.customers(customer)}, "sk": {"S": keys.story(1, "e")}}
        table.put(story | {"said": {"S": "words"}})
    other = customer_of_visit("v-of-another")
    table.put({"pk": {"S": keys.customers(other)}, "sk": {"S": keys.story(2, "other")}})
    assert table.erase().later is None
    assert table.left() == {"CALL FORGOTTEN", f"CUSTOMER {keys.story(2, 'other')}"}
    assert table.erase().count == 0


def test_a_visit_waits_for_its_calls_for_they_may_cause_something_under_its_key(
    table: Table,
) -> None:
    post = Post(call_id="c-1", state=PostState.OVER, at_ms=1)
    gone = Visit(visit_id="v-1", caller=NUMBER, began_ms=1, ended_ms=2, posts={"v-1.1": post})
    table.put(visit_item(gone, 1, 2**31))
    table.call("c-1", active=keys.ACTIVE_SHARD)
    assert table.erase() == Erased(later="a call is not over")
    table.effect("e-1", NOW_MS, customer=customer_of_visit("v-1"))
    table.call("c-1")
    assert table.erase().later is None
    assert table.left() == {"CALL FORGOTTEN"}


def test_a_visit_waits_while_what_it_caused_is_told_elsewhere(table: Table) -> None:
    gone = Visit(visit_id="v-1", caller=NUMBER, began_ms=1, ended_ms=2)
    table.put(visit_item(gone, 1, 2**31))
    customer = customer_of_visit("v-1")
    table.effect("e-1", NOW_MS - HOUR_MS, customer=customer)
    line = {"pk": {"S": keys.customers(customer)}, "sk": {"S": keys.effect_line("hubspot")}}
    told = {"run": {"S": '{"stage": "delivering"}'}, "due_at_ms": {"N": str(NOW_MS + 60_000)}}
    [stands] = [one for one in table.items() if one["sk"] == line["sk"]]
    table.put(stands | told)
    assert table.erase().later == "somebody writes at this moment"
    assert "VISIT RECORD" in table.left()  # without it nobody would find the rest
    table.clock.advance(120_000)
    assert table.erase().later is None
    assert table.left() == set()


def test_what_is_told_elsewhere_at_this_moment_is_not_erased_under_who_tells(
    table: Table,
) -> None:
    table.effect("e-1", NOW_MS - HOUR_MS)
    line = {"pk": {"S": keys.customers(NUMBER)}, "sk": {"S": keys.effect_line("hubspot")}}
    table.client.update_item(
        TableName=table.account.calls_table,
        Key=line,
        UpdateExpression="SET #run = :run, #due = :due, #revision = :one",
        ExpressionAttributeNames={"#run": "run", "#due": "due_at_ms", "#revision": "revision"},
        ExpressionAttributeValues={
            ":run": {"S": '{"stage":"delivering"}'},
            ":due": {"N": str(NOW_MS + 1_000)},
            ":one": {"N": "1"},
        },
    )
    assert table.erase() == Erased(later="somebody writes at this moment")
    table.clock.advance(1_000)  # whoever told has died
    assert table.erase() == Erased(count=2)
    assert table.left() == set()


def test_a_line_in_which_nothing_ever_waited_goes_too(table: Table) -> None:
    table.put({"pk": {"S": keys.customers(NUMBER)}, "sk": {"S": keys.effect_line("hubspot")}})
    assert table.erase() == Erased(count=1)
    assert table.left() == set()


def test_what_came_after_he_asked_is_another_story(table: Table) -> None:
    table.effect("e-1", NOW_MS - HOUR_MS)
    table.effect("e-2", NOW_MS + HOUR_MS)
    stands = {"pk": {"S": keys.customers(NUMBER)}, "sk": {"S": "STANDS"}}
    table.who(NOW_MS)  # a name, which can be read anew
    table.put(stands)
    assert table.erase() == Erased(count=2)
    assert table.left() == {"CUSTOMER EFFECT#e-2", "CUSTOMER EFFECTS#hubspot", "CUSTOMER STANDS"}


def test_what_a_crm_said_while_he_was_being_forgotten_goes_too(table: Table) -> None:
    table.effect("e-1", NOW_MS - HOUR_MS)
    table.who(NOW_MS + 1)
    assert table.erase() == Erased(count=3)
    assert table.left() == set()


def test_words_that_were_noted_while_their_call_was_erased_go_in_the_next_round(
    table: Table,
) -> None:
    table.call("c-1")
    assert table.erase() == Erased(count=1)
    table.put({"pk": {"S": keys.call("c-1")}, "sk": {"S": "FACT#late"}, "text": {"S": "words"}})
    assert table.erase(call_ids=("c-1",)).count == 1
    assert table.left() == {"CALL FORGOTTEN"}


def test_a_call_is_noted_before_it_goes_for_nothing_else_leads_to_what_its_provider_holds(
    table: Table,
) -> None:
    table.call("c-1")
    told = table.erase(noted=False)
    assert (told.count, told.call_ids) == (0, ("c-1",))
    assert "noted before it goes" in (told.later or "")
    assert table.left() == {"CALL RECORD"}
    assert table.erase(call_ids=("c-1",), noted=False).later is None
    assert table.left() == {"CALL FORGOTTEN"}


@pytest.mark.parametrize("customer", [customer_of_call("c-1"), customer_of_visit("v-1")])
def test_by_what_a_crm_knows_him_is_noted_before_the_story_goes_that_leads_there(
    table: Table, customer: str
) -> None:
    gone = Visit(visit_id="v-1", caller=NUMBER, began_ms=1, ended_ms=2)
    table.put(visit_item(gone, 1, 2**31))
    table.call("c-1")
    DynamoDBKnownContacts(table.client, table.account.calls_table, "hubspot", table.clock, 90).put(
        customer, "5001"
    )
    stands = table.left()
    of_it = "CALL RECORD" if customer.startswith("call:") else "VISIT RECORD"

    told = table.erase(call_ids=("c-1",), noted=False)
    assert (told.crm_names, told.later) == ((customer, "hubspot:5001"), NOT_NOTED)
    assert table.left() >= {of_it, "CUSTOMER KNOWN#hubspot"}, stands

    table.crm_names.add(customer)  # half of it is not enough
    assert table.erase(call_ids=("c-1",), noted=False).later == NOT_NOTED
    assert table.left() >= {of_it, "CUSTOMER KNOWN#hubspot"}
    table.crm_names.add("hubspot:5001")
    assert table.erase(call_ids=("c-1",), noted=False).later is None
    assert table.left() == {"CALL FORGOTTEN"}


def test_whose_record_is_his_by_his_number_is_noted_and_his_number_is_not(table: Table) -> None:
    DynamoDBKnownContacts(table.client, table.account.calls_table, "hubspot", table.clock, 90).put(
        NUMBER, "5001"
    )
    told = table.erase(noted=False)
    assert told == Erased(crm_names=("hubspot:5001",), later=NOT_NOTED)
    assert table.erase() == Erased(count=1)
    assert table.left() == set()


def test_what_comes_of_a_call_in_which_he_was_when_he_asked_is_no_other_story(table: Table) -> None:
    table.call("c-1")
    table.effect("e-1", NOW_MS + HOUR_MS, "c-1")
    story = {"pk": {"S": keys.customers(NUMBER)}, "sk": {"S": keys.story(NOW_MS + HOUR_MS, "e-0")}}
    table.put(story | {"call_id": {"S": "c-1"}, "said": {"S": "words"}})
    table.effect("e-2", NOW_MS + HOUR_MS, "c-2")
    assert table.erase().later is None
    assert table.left() == {"CALL FORGOTTEN", "CUSTOMER EFFECT#e-2", "CUSTOMER EFFECTS#hubspot"}


def test_when_a_call_began_stays_by_which_a_report_that_comes_late_is_found(table: Table) -> None:
    table.call("c-1")
    table.erase()
    table.erase(call_ids=("c-1",), noted=False)  # of which no more is known than its id
    mark = {"pk": {"S": keys.call("c-1")}, "sk": {"S": keys.FORGOTTEN}}
    found = table.client.get_item(
        TableName=table.account.calls_table, Key=mark, ConsistentRead=True
    )
    assert found["Item"]["began_ms"] == {"N": str(NOW_MS - HOUR_MS)}


@pytest.mark.parametrize(
    ("receiver", "told"),
    [
        ("hubspot", {Store.HUBSPOT}),
        ("webhook", {Store.WEBHOOK}),
        ("webhook:orders", {Store.WEBHOOK}),
        ("built_in", set()),
        ("notices", set()),
    ],
)
def test_who_was_told_of_him_is_noted_before_that_goes_whether_it_is_in_use_or_not(
    table: Table, receiver: str, told: set[Store]
) -> None:
    table.effect("e-1", NOW_MS - HOUR_MS, receiver=receiver)
    ours = Person(
        number=NUMBER, until_ms=NOW_MS, civil_until_ms=NOW_MS, stores=frozenset({Store.CALLS})
    )
    _, eraser = table.eraser()
    first = eraser.erase(ours, always)
    assert set(first.told) == told
    assert (first.later == NOT_NOTED) is bool(told)
    assert (table.left() == set()) is not bool(told)

    assert eraser.erase(replace(ours, stores=ours.stores | told), always).later is None
    assert table.left() == set()


def test_whose_contact_is_remembered_was_told_of_him(table: Table) -> None:
    known = DynamoDBKnownContacts(
        table.client, table.account.calls_table, "hubspot", table.clock, 90
    )
    known.put(NUMBER, "7")
    _, eraser = table.eraser()
    person = Person(
        number=NUMBER,
        until_ms=NOW_MS,
        civil_until_ms=NOW_MS,
        crm_names=("hubspot:7",),
        stores=frozenset({Store.CALLS}),
    )
    told = eraser.erase(person, always)
    assert (told.told, told.later) == ((Store.HUBSPOT,), NOT_NOTED)

"""The dialing table: whom we rang and when, attempts, kept places, and who was asked about him."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import delete_all, items_of, pages_of
from contact_center.aws.dynamodb.item_reads import batch_get, get
from contact_center.aws.dynamodb.items import UNREADABLE, dumps, text
from contact_center.dialing.adapters.attempt_items import attempt_of
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import GivenUp
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased
from contact_center.kernel.data_classes import dataclass
from contact_center.queue.adapters.queue_items import entry_key, entry_of
from contact_center.queue.domain.kept_places import GivenUp as PlaceGivenUp
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor, place_key
from contact_center.queue.domain.who_is_next import Head
from contact_center.queue.services.change_entry import change_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.forgetting.adapters.customer_items import CustomerItems
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.queue.services.change_entry import QueueParts

INDEX = "by-customer"
RINGS, WAITS, HERE = "a call is not over", "he waits in a queue", "he is on the line"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialingParts:
    """What erasing in this table works with."""

    client: DynamoDBClient
    table: str
    found: CustomerItems
    ledger: LedgerParts
    queue: QueueParts


class DialingEraser:
    """Eraser of the dialing table."""

    def __init__(self, parts: DialingParts) -> None:
        """Keep the parts."""
        self._parts = parts
        self._client, self._table = parts.client, parts.table

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Erase attempts, the customer, his places and offers; see Eraser."""
        count, ids, later = self._attempts(person)
        found = self._parts.found.visits(person)
        here = {visit.visit_id for visit in found if visit.goes_on}
        visits = [visit.visit_id for visit in found]
        visits += self._kept_for(person)
        if not in_time():
            return Erased(count=count, call_ids=ids, later=RINGS)
        for visit_id in dict.fromkeys(visits):
            if visit_id in here:  # who is asked about him, or has him, is known by nothing else
                later = later or HERE
            elif self._left(visit_id):
                count += self._visit_gone(visit_id)
            else:
                later = later or WAITS
        if later is not None:
            return Erased(count=count, call_ids=ids, later=later)
        gone = self._customer_gone(person)
        return Erased(count=count + gone.count, call_ids=ids, later=gone.later)

    def _attempts(self, person: Person) -> tuple[int, tuple[str, ...], str | None]:
        """How many are gone, calls that they made, and why one of them waits.

        A call that showed a word in place of his number is found by this alone: it is noted first.
        """
        count, later, ids = 0, None, []
        for item in self._his(person.number):
            made_ms, call_id, is_over = self._called_off(item, person)
            if made_ms > person.until_ms:
                continue
            if call_id is not None:
                ids.append(call_id)
            if not is_over:
                later = RINGS
                continue
            if call_id is not None and call_id not in person.call_ids:
                later = later or NOT_NOTED
                continue
            count += delete_all(self._client, self._table, [item])
        return count, tuple(ids), later

    def _called_off(self, item: Item, person: Person) -> tuple[int, str | None, bool]:
        """When an attempt was made, its call, and whether that is over; an open one is given up.

        One that this release cannot read is over once it is set aside: until then it may be rung.
        """
        try:
            after = attempt = attempt_of(item)
        except UNREADABLE:
            return 0, _said_in(item).get("call_id"), text(item, "open") in {None, keys.DOUBTS}
        made_ms = attempt.request.created_at_ms
        if attempt.open and made_ms <= person.until_ms:  # else it is of another story: it rings him
            now_ms = self._parts.ledger.clock.now_ms()
            wish = GivenUp(disposition=Disposition.CANCELLED, now_ms=now_ms, reason=WITHDRAWN)
            after = change_attempt(attempt.attempt_id, wish, self._parts.ledger) or attempt
        is_told = after.reported or after.due_at_ms is None
        is_over = is_told and not (after.open or after.line)
        return made_ms, after.call_id, is_over

    def _his(self, number: str) -> Sequence[Item]:
        keys_found = pages_of(
            self._client,
            {
                "TableName": self._table,
                "IndexName": INDEX,
                "KeyConditionExpression": "#customer = :customer",
                "ExpressionAttributeNames": {"#customer": "customer"},
                "ExpressionAttributeValues": {":customer": {"S": keys.word(number)}},
            },
        )
        wanted = [{"pk": one["pk"], "sk": one["sk"]} for one in keys_found]
        return batch_get(self._client, self._table, wanted)

    def _kept_for(self, person: Person) -> Sequence[str]:
        """Visits whose place is kept for his number, or was in vain, since before he asked.

        One that was in vain says itself whose it was: its entry may have expired before it. Nobody
        waits for another's that cannot be read.
        """
        wanted = ("pk", "sk", "visit_id", "version", "said")
        listed = list(items_of(self._client, self._table, keys.KEPT, wanted))
        ids = [text(item, "visit_id") or "" for item in listed]
        items = batch_get(self._client, self._table, [entry_key(one) for one in dict.fromkeys(ids)])
        items += [item for item in listed if "said" in item]
        his = [item for item in items if _is_his(item, person.number)]
        his += [item for item in listed if item["sk"]["S"] == keys.kept_number(person.number)]
        younger = {_visit_of(item) for item in items if _is_younger(item, person)}
        return [one for one in map(_visit_of, his) if one not in younger]

    def _left(self, visit_id: str) -> bool:
        """Whether a visit is in no queue any more; a place that is kept is given up.

        One that this release cannot read is in none once it is set aside, and out of line.
        """
        item = get(self._client, self._table, entry_key(visit_id))
        if item is None:
            return True
        try:
            entry = entry_of(item)
        except UNREADABLE:
            is_aside = "open" not in item
            return is_aside and self._is_out_of_line(visit_id, _said_in(item))
        if entry.state in IS_CALLED and entry.state is not EntryState.CALLING:
            now_ms = self._parts.queue.clock.now_ms()
            wish = PlaceGivenUp(why=LeftBecause.CANCELLED, at_ms=now_ms, because=WITHDRAWN)
            entry = change_entry(visit_id, wish, self._parts.queue) or entry
        return entry.state is EntryState.LEFT

    def _is_out_of_line(self, visit_id: str, said: Mapping[str, Any]) -> bool:
        """Whether an entry has no place any more, which would show his number; it is taken off."""
        try:
            head = Head(said["department"], visit_id, int(said["place_ms"]))
            waits_for = WaitsFor(said["waits_for"])
        except UNREADABLE:
            return True  # damaged: nothing leads to it
        own = place_key(visit_id, head.place_ms)
        place = keys.place(keys.places(waits_for), own, visit_id)
        key: Item = {"pk": {"S": keys.queue(head.department)}, "sk": {"S": place}}
        if get(self._client, self._table, key) is not None:
            self._parts.queue.queue.set_aside(visit_id, head, waits_for)
        return True

    def _visit_gone(self, visit_id: str) -> int:
        asked = list(items_of(self._client, self._table, keys.visit(visit_id)))
        own: list[Item] = [
            entry_key(visit_id),
            {"pk": {"S": keys.KEPT}, "sk": {"S": keys.kept_failed(visit_id)}},
        ]
        return delete_all(self._client, self._table, asked) + self._there(own)

    def _customer_gone(self, person: Person) -> Erased:
        """Whom we rang; by his number also his tries at PINs, and where a place would be kept.

        What holds of him since he asked stays: by it nobody rings him while we do, nor too often,
        and he is called back as he was promised.
        """
        number = person.number
        own: list[Item] = [{"pk": {"S": keys.pin_tries(number)}, "sk": {"S": keys.PIN_TRIES}}]
        known = batch_get(self._client, self._table, [customer_key(number)])
        customer = _customer_in(known[0], number) if known else None
        if customer is not None and self._is_busy(customer):
            return Erased(later=HERE)
        if customer is None or not _was_rung_since(customer, person):
            own.append(customer_key(number))
        place: Item = {"pk": {"S": keys.KEPT}, "sk": {"S": keys.kept_number(number)}}
        kept = get(self._client, self._table, place)
        entry = kept and get(self._client, self._table, entry_key(_visit_of(kept)))
        if not entry or not _is_younger(entry, person):
            own.append(place)
        return Erased(count=self._there(own))

    def _is_busy(self, customer: Customer) -> bool:
        """Whether an attempt of another story rings him, or he is believed to talk with us."""
        ledger = self._parts.ledger
        holds = None if customer.held_by is None else ledger.ledger.read(customer.held_by)
        talks = any(until_ms > ledger.clock.now_ms() for _, until_ms in customer.talks)
        return talks or (holds is not None and (holds.open or holds.line))

    def _there(self, wanted: Sequence[Item]) -> int:
        """Delete those of them that are there; how many."""
        found = batch_get(self._client, self._table, wanted)
        return delete_all(self._client, self._table, found)


def _is_his(item: Item, number: str) -> bool:
    """Whether an entry is of a number; of one that nobody can read, whether it says that number."""
    try:
        entry = entry_of(item)
    except UNREADABLE:
        return dumps(number) in (text(item, "said") or "")
    return number in {entry.number, entry.keyed}


def _visit_of(item: Item) -> str:
    """The visit of an entry, or of a kept place."""
    return text(item, "visit_id") or str(item["pk"]["S"]).removeprefix(keys.ENTRIES)


def _is_younger(item: Item, person: Person) -> bool:
    """Whether an entry is of another story, begun after he asked; not what nobody can read."""
    try:
        return entry_of(item).since_ms > person.until_ms
    except UNREADABLE:
        return False


def _customer_in(item: Item, number: str) -> Customer | None:
    """A customer; None: nobody can read what is known of him."""
    try:
        return customer_of(item, number)
    except UNREADABLE:
        return None


def _was_rung_since(customer: Customer, person: Person) -> bool:
    """Whether we rang him, or he talked with us on such a call, since he asked."""
    ends = (customer.conversation_at_ms, customer.refusal_at_ms)
    at_ms = [*(at_ms for _, at_ms in customer.rung), *(one for one in ends if one is not None)]
    return any(one > person.civil_until_ms for one in at_ms)


def _said_in(item: Item) -> Mapping[str, Any]:
    """What an item says, whichever release wrote it; nothing where it is damaged."""
    with suppress(ValueError):
        said = json.loads(text(item, "said") or "{}")
        return said if isinstance(said, dict) else {}
    return {}

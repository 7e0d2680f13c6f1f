"""People and tries at PINs as items of the dialing table, and back.

What a person does travels as one JSON text, as attempts do: a new field has a default, an unknown
one is ignored, and an item of a later version is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    Item,
    dumps,
    known_fields,
    number,
    said_in,
    said_of,
    text,
)
from contact_center.aws.dynamodb.writes import Write, put_revised
from contact_center.people.domain.people import Held, Person, PersonState
from contact_center.people.domain.pins import LOCKED_MS, Tries

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEM_VERSION = 1
PERSON, TRIED = "person", "tries"  # labels of their parts of a transaction


def person_key(person_id: str) -> Item:
    """The key of a person."""
    return {"pk": {"S": keys.colleague(person_id)}, "sk": {"S": keys.COLLEAGUE}}


def person_item(person: Person) -> Item:
    """The item of a person, under the version it carries.

    It is in the index `open-by-due-time` exactly while somebody has to look.
    """
    said = said_of(person) | {"state": person.state.value}
    said.pop("version", None)
    item: Item = person_key(person.person_id) | {
        "version": {"N": str(ITEM_VERSION)},
        "revision": {"N": str(person.version)},
        "state": {"S": person.state.value},
        "said": {"S": dumps(said)},
    }
    if person.look_ms is None:
        return item
    return item | {"open": {"S": keys.PEOPLE_DUE}, "due_at_ms": {"N": str(person.look_ms)}}


def person_of(item: Mapping[str, Any] | None, person_id: str) -> Person:
    """Read a person back; no item is one who never logged in. Raises one of UNREADABLE."""
    if not item:
        return Person(person_id=person_id)
    said = known_fields(Person, said_in(item, ITEM_VERSION))
    held, then = said.get("held"), said.get("then")
    return Person(
        **said
        | {
            "person_id": person_id,
            "state": PersonState(said["state"]),
            "held": None if held is None else Held(**known_fields(Held, held)),
            "then": None if then is None else PersonState(then),
            "version": number(item, "revision") or 0,
        }
    )


def person_write(table: str, before: Person, after: Person) -> Write:
    """The put of a person who is still as read, as a part of a transaction.

    Args:
        table: The dialing table.
        before: As read.
        after: As it shall be.
    """
    item = person_item(replace(after, version=before.version + 1))
    return Write(PERSON, {"Put": put_revised(table, item, before.version)})


def tries_key(name: str) -> Item:
    """The key of the tries of a number or a person."""
    return {"pk": {"S": keys.pin_tries(name)}, "sk": {"S": keys.PIN_TRIES}}


def tries_of(item: Mapping[str, Any] | None, name: str) -> Tries:
    """Read tries back; no item: none lately."""
    if not item:
        return Tries(name=name)
    return Tries(
        name=name,
        count=number(item, "tries") or 0,
        last_ms=number(item, "last_ms") or 0,
        by=text(item, "by"),
        wish=text(item, "wish"),
        version=number(item, "revision") or 0,
    )


def tries_write(table: str, before: Tries, after: Tries) -> Write:
    """The put of tries that are still as read; they are forgotten when they count no more."""
    words = {"by": after.by, "wish": after.wish}
    item: Item = tries_key(after.name) | {
        "revision": {"N": str(before.version + 1)},
        "tries": {"N": str(after.count)},
        "last_ms": {"N": str(after.last_ms)},
        "expires_at": {"N": str((after.last_ms + LOCKED_MS) // 1000 + 1)},
        **{name: {"S": said} for name, said in words.items() if said is not None},
    }
    return Write(TRIED, {"Put": put_revised(table, item, before.version)})

"""What HubSpot does when it is asked rightly: one function an operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.crm.hubspot.definitions import Definitions
from local.crm.hubspot.records import Record, Records
from local.crm.hubspot.refusals import RefusedError, invalid
from local.crm.hubspot.searching import search

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

type Json = dict[str, Any]

OK, CREATED, NO_CONTENT, MULTI_STATUS = 200, 201, 204, 207
RULES_SINCE = "2026-09"  # from then on the owner's rules hold for the API as well
MOST_IN_BATCH = 100
SINGULAR = {
    "contacts": "contact",
    "calls": "call",
    "notes": "note",
    "tasks": "task",
    "deals": "deal",
}


@dataclass
class Portal:
    """An account: what its records may hold, and the records.

    Attributes:
        no_upsert: Kinds of record that cannot be upserted by an owner's property.
        errors_as_207: Whether a batch in which something fails is answered 207, in part.
    """

    definitions: Definitions = field(default_factory=Definitions)
    no_upsert: frozenset[str] = frozenset()
    errors_as_207: bool = False

    def __post_init__(self) -> None:
        self.records = Records(self.definitions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One operation's parts, read and found right."""

    portal: Portal
    version: str
    kind: str
    named: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    now_ms: int

    def only(self, *known: str) -> Json:
        """The body, when it holds nothing else. Raises RefusedError."""
        if more := sorted(set(self.body) - set(known)):
            raise invalid(f'Invalid input JSON: Unrecognized field "{more[0]}"')
        return self.body

    def record(self) -> Record:
        """The record that the path names. Raises RefusedError."""
        by = self.query.get("idProperty", "")
        return self.portal.records.get(self.kind, self.named["name"], by)

    def values(self, said: object, *, new: bool) -> dict[str, str]:
        """Properties, checked. Raises RefusedError."""
        rules = self.version >= RULES_SINCE
        return self.portal.definitions.check(self.kind, said, new=new, rules=rules)


type Done = tuple[int, Json]


def read(asked: Asked) -> Done:
    """One record, with the ids of those it is tied to."""
    record = asked.record()
    told = record.told(asked.query.get("properties", "").split(","))
    for kind in filter(None, asked.query.get("associations", "").split(",")):
        tied = sorted(other for of, other in record.linked if of == kind)
        if tied:
            label = f"{SINGULAR[record.kind]}_to_{SINGULAR.get(kind, kind)}"
            results = [{"id": other, "type": label} for other in tied]
            told.setdefault("associations", {})[kind] = {"results": results}
    return OK, told


def create(asked: Asked) -> Done:
    """A new record."""
    said = asked.only("properties", "associations", "objectWriteTraceId")
    if said.get("associations"):
        raise invalid("this simulator ties records by PUT alone")
    values = asked.values(said.get("properties"), new=True)
    made = asked.portal.records.make(asked.kind, values, asked.now_ms)
    return CREATED, made.told(values)


def update(asked: Asked) -> Done:
    """Other properties for a record."""
    said = asked.only("properties", "objectWriteTraceId")
    record = asked.record()
    values = asked.values(said.get("properties"), new=False)
    asked.portal.records.change(record, values, asked.now_ms)
    return OK, record.told(values)


def find(asked: Asked) -> Done:
    """Search, a while behind."""
    return OK, search(asked.portal.records, asked.kind, asked.body, asked.now_ms)


def batch_read(asked: Asked) -> Done:
    """Several records, by ids or by a unique property."""
    said = asked.only("inputs", "properties", "propertiesWithHistory", "idProperty")
    found, missing = [], []
    for one in _inputs(said, {"id"}):
        try:
            record = asked.portal.records.get(asked.kind, one["id"], said.get("idProperty", ""))
        except RefusedError as refusal:
            missing.append(refusal.in_batch(one["id"]))
        else:
            found.append(record.told(said.get("properties", [])))
    return _batch(found, missing)


def batch_upsert(asked: Asked) -> Done:
    """Records by a unique property: changed where they are, made where they are not."""
    done, refused = [], []
    inputs = _inputs(asked.only("inputs"), {"id", "idProperty", "properties", "objectWriteTraceId"})
    for one in inputs:
        try:
            done.append(_upserted(asked, one))
        except RefusedError as refusal:
            if not asked.portal.errors_as_207:
                raise
            refused.append(refusal.in_batch(one["id"]))
    return _batch(done, refused)


def _upserted(asked: Asked, one: Json) -> Json:
    by, records = one.get("idProperty"), asked.portal.records
    if not isinstance(by, str) or not by:
        raise invalid("idProperty is required for an upsert")
    records.unique(asked.kind, by)
    if asked.kind in asked.portal.no_upsert and by != "email":
        raise invalid(f"Unable to perform update/upsert by non-unique {asked.kind} property {by}")
    try:
        found = records.get(asked.kind, one["id"], by)
    except RefusedError:
        values = asked.values({by: one["id"], **one.get("properties", {})}, new=True)
        made = records.make(asked.kind, values, asked.now_ms)
        return made.told(values) | {"new": True}
    values = asked.values(one.get("properties", {}), new=False)
    records.change(found, values, asked.now_ms)
    return found.told(values) | {"new": False}


def associate(asked: Asked) -> Done:
    """Tie two records as HubSpot does by default; tied already is as well."""
    records, to_kind = asked.portal.records, asked.named["to_kind"]
    if to_kind not in SINGULAR:
        raise invalid(f"Unable to infer object type from: {to_kind}")
    one = records.get(asked.kind, asked.named["name"])
    records.link(one, other := records.get(to_kind, asked.named["to_name"]))
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
    ends = {"from": {"id": one.record_id}, "to": {"id": other.record_id}, "associationSpec": kind}
    return _batch([ends], [])


def erase(asked: Asked) -> Done:
    """Forget a contact for good."""
    said = asked.only("objectId", "idProperty")
    if asked.kind != "contacts" or not isinstance(said.get("objectId"), str):
        raise invalid("objectId of a contact is required")
    records = asked.portal.records
    found = records.get(asked.kind, said["objectId"], said.get("idProperty", ""))
    records.erase(found, asked.now_ms)
    return NO_CONTENT, {}


def archive(asked: Asked) -> Done:
    """Move a record into the recycling bin."""
    asked.portal.records.archive(asked.record(), asked.now_ms)
    return NO_CONTENT, {}


def list_properties(asked: Asked) -> Done:
    """Every property of a kind."""
    known = asked.portal.definitions.properties[asked.kind].values()
    return OK, {"results": [one.told() for one in known]}


def read_property(asked: Asked) -> Done:
    """One property."""
    return OK, asked.portal.definitions.find(asked.kind, asked.named["name"]).told()


def create_property(asked: Asked) -> Done:
    """A new property."""
    return CREATED, asked.portal.definitions.add(asked.kind, asked.body)


def create_group(asked: Asked) -> Done:
    """A new group of properties."""
    return CREATED, asked.portal.definitions.add_group(asked.kind, asked.body)


def _inputs(said: Json, known: set[str]) -> list[Json]:
    inputs = said.get("inputs")
    if not isinstance(inputs, list) or not 0 < len(inputs) <= MOST_IN_BATCH:
        raise invalid(f"inputs must be a list of 1 to {MOST_IN_BATCH}")
    for one in inputs:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str) or set(one) - known:
            raise invalid("each of inputs must hold an id, and what belongs there")
    return inputs


def _batch(results: list[Json], errors: list[Json]) -> Done:
    at = "2026-11-01T00:00:00.000Z"
    told: Json = {"status": "COMPLETE", "results": results, "startedAt": at, "completedAt": at}
    if not errors:
        return OK, told
    return MULTI_STATUS, told | {"numErrors": len(errors), "errors": errors}


_RECORD = "/{kind}/{name}"
OBJECTS: dict[tuple[str, str], Callable[[Asked], Done]] = {
    ("POST", "/{kind}"): create,
    ("POST", "/{kind}/search"): find,
    ("POST", "/{kind}/gdpr-delete"): erase,
    ("POST", "/{kind}/batch/read"): batch_read,
    ("POST", "/{kind}/batch/upsert"): batch_upsert,
    ("GET", _RECORD): read,
    ("PATCH", _RECORD): update,
    ("DELETE", _RECORD): archive,
    ("PUT", _RECORD + "/associations/default/{to_kind}/{to_name}"): associate,
}
PROPERTIES: dict[tuple[str, str], Callable[[Asked], Done]] = {
    ("GET", "/{kind}"): list_properties,
    ("POST", "/{kind}"): create_property,
    ("POST", "/{kind}/groups"): create_group,
    ("GET", _RECORD): read_property,
}

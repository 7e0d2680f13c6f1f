"""HubSpot's search: groups of filters, and an index that is seconds behind."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from local.crm.hubspot.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.crm.hubspot.records import Records

type Json = dict[str, Any]

LAG_MS = 10_000
MOST_GROUPS, MOST_FILTERS, MOST_RESULTS, USUAL_RESULTS = 5, 6, 200, 10
_FIELDS = {"filterGroups", "properties", "limit", "after", "sorts", "query"}
_OPERATORS = {"EQ", "NEQ", "CONTAINS_TOKEN", "HAS_PROPERTY", "NOT_HAS_PROPERTY", "IN"}


def search(records: Records, kind: str, said: Json, now_ms: int) -> Json:
    """What is found of the records as they stood a while ago. Raises RefusedError."""
    if more := sorted(set(said) - _FIELDS):
        raise invalid(f"Unrecognized field {more[0]}")
    groups = _groups(records, kind, said.get("filterGroups", []))
    limit, after = said.get("limit", USUAL_RESULTS), said.get("after") or "0"
    if not isinstance(limit, int) or not 0 < limit <= MOST_RESULTS or not str(after).isdecimal():
        raise invalid(f"limit must be 1 to {MOST_RESULTS}, after a number")
    hits = []
    for record in records.of(kind):
        values = record.seen(now_ms - LAG_MS)
        if values is not None and (not groups or any(_fits(group, values) for group in groups)):
            hits.append(record.told(said.get("properties", []), values))
    begin = int(after)
    page = {"results": hits[begin : begin + limit], "total": len(hits)}
    if begin + limit < len(hits):
        page["paging"] = {"next": {"after": str(begin + limit)}}
    return page


def _groups(records: Records, kind: str, said: object) -> list[list[Json]]:
    if not isinstance(said, list) or len(said) > MOST_GROUPS:
        raise invalid(f"filterGroups must be a list of {MOST_GROUPS} at most")
    groups = [one.get("filters") if isinstance(one, dict) else None for one in said]
    for group in groups:
        if not isinstance(group, list) or not 0 < len(group) <= MOST_FILTERS:
            raise invalid(f"filters must be a list of {MOST_FILTERS} at most")
        for one in group:
            if one.get("propertyName") not in records.definitions.properties[kind]:
                raise invalid(
                    "There was a problem with the request.",
                    "PROPERTY_DOESNT_EXIST",
                    str(one.get("propertyName")),
                )
            if one.get("operator") not in _OPERATORS:
                raise invalid(f"Invalid operator {one.get('operator')}")
    return [group for group in groups if group]


def _fits(group: list[Json], values: Mapping[str, str]) -> bool:
    return all(_holds(one, values.get(one["propertyName"], "")) for one in group)


def _holds(one: Json, value: str) -> bool:
    wanted = str(one.get("value", ""))
    match one["operator"]:
        case "EQ":
            return value != "" and value.lower() == wanted.lower()
        case "NEQ":
            return value.lower() != wanted.lower()
        case "IN":
            return value.lower() in one.get("values", [])
        case "CONTAINS_TOKEN":
            tokens = re.split(r"[^0-9A-Za-z]+", value.lower())
            return any(fnmatchcase(token, wanted.lower()) for token in tokens if token)
        case "HAS_PROPERTY":
            return value != ""
        case _:
            return value == ""

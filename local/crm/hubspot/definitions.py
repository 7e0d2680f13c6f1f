"""Kinds of records and their properties: HubSpot's own, and those that an owner adds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from local.crm.hubspot.refusals import CONFLICT, RefusedError, invalid, not_found

type Json = dict[str, Any]

# By the names that paths use, the kinds; their numbers are names as well.
KINDS = {"contacts": "0-1", "deals": "0-3", "tasks": "0-27", "notes": "0-46", "calls": "0-48"}
LONGEST_VALUE = 65_536
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)|\d{1,13}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TYPES = {"string", "number", "date", "datetime", "enumeration", "bool", "phone_number"}
_FIELDS = {"text", "textarea", "number", "date", "select", "phonenumber", "booleancheckbox", "html"}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a kind of record."""

    name: str
    type: str = "string"
    options: tuple[str, ...] = ()
    unique: bool = False
    calculated: bool = False
    label: str = ""
    group: str = "information"
    own: bool = False  # an owner's

    def told(self) -> Json:
        """It, as HubSpot tells it."""
        return {
            "name": self.name,
            "label": self.label or self.name,
            "type": self.type,
            "fieldType": "text",
            "description": "",
            "groupName": self.group,
            "options": [
                {"label": one, "value": one, "hidden": False, "displayOrder": at}
                for at, one in enumerate(self.options)
            ],
            "calculated": self.calculated,
            "hasUniqueValue": self.unique,
            "hubspotDefined": not self.own,
            "archived": False,
        }


def _of(*names: str, **typed: Property) -> dict[str, Property]:
    plain = {name: Property(name) for name in (*names, "hs_object_id", "hubspot_owner_id")}
    return plain | typed


def _instant(name: str) -> Property:
    return Property(name, "datetime")


def _choice(name: str, *options: str) -> Property:
    return Property(name, "enumeration", options)


def _calculated(name: str) -> Property:
    return Property(name, calculated=True)


SEARCHED = {
    "hs_searchable_calculated_phone_number": "phone",
    "hs_searchable_calculated_mobile_number": "mobilephone",
}


def _usual() -> dict[str, dict[str, Property]]:
    """What every account has, as far as it matters here."""
    contacts = _of(
        *("firstname", "lastname", "company", "phone", "mobilephone", "jobtitle", "hs_language"),
        "num_associated_deals",
    )
    contacts["email"] = Property("email", unique=True)
    contacts |= {name: _calculated(name) for name in SEARCHED}
    return {
        "contacts": contacts,
        "calls": _of(
            *("hs_call_title", "hs_call_body", "hs_call_from_number", "hs_call_to_number"),
            *("hs_call_recording_url", "hs_call_disposition"),
            hs_timestamp=_instant("hs_timestamp"),
            hs_call_duration=Property("hs_call_duration", "number"),
            hs_call_direction=_choice("hs_call_direction", "INBOUND", "OUTBOUND"),
            hs_call_status=_choice(
                *("hs_call_status", "BUSY", "CALLING_CRM_USER", "CANCELED", "COMPLETED"),
                *("CONNECTING", "FAILED", "IN_PROGRESS", "NO_ANSWER", "QUEUED", "RINGING"),
            ),
        ),
        "notes": _of("hs_note_body", "hs_attachment_ids", hs_timestamp=_instant("hs_timestamp")),
        "tasks": _of(
            *("hs_task_subject", "hs_task_body"),
            hs_timestamp=_instant("hs_timestamp"),
            hs_task_priority=_choice("hs_task_priority", "NONE", "LOW", "MEDIUM", "HIGH"),
            hs_task_status=_choice(
                *("hs_task_status", "NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED"),
                "COMPLETED",
            ),
            hs_task_type=_choice("hs_task_type", "EMAIL", "CALL", "TODO"),
        ),
        "deals": _of(
            *("dealname", "description"),
            amount=Property("amount", "number"),
            closedate=_instant("closedate"),
            pipeline=_choice("pipeline", "default"),
            dealstage=_choice(
                *("dealstage", "appointmentscheduled", "qualifiedtobuy", "closedwon"), "closedlost"
            ),
        ),
    }


REQUIRED = {"calls": ("hs_timestamp",), "notes": ("hs_timestamp",), "tasks": ("hs_timestamp",)}


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule of the owner's on a property; `required`: when a record is made."""

    kind: str
    name: str
    pattern: str = ".*"
    required: bool = False


@dataclass
class Definitions:
    """What an account's records may hold."""

    properties: dict[str, dict[str, Property]] = field(default_factory=_usual)
    groups: dict[str, set[str]] = field(
        default_factory=lambda: {kind: {"information"} for kind in KINDS}
    )
    rules: list[Rule] = field(default_factory=list)

    def find(self, kind: str, name: str) -> Property:
        """A property. Raises RefusedError, 404."""
        try:
            return self.properties[kind][name]
        except KeyError:
            raise not_found(f"Property {name} does not exist") from None

    def add_group(self, kind: str, said: Json) -> Json:
        """A new group. Raises RefusedError."""
        name = _named(said, {"name", "label", "displayOrder"})
        if name in self.groups[kind]:
            raise RefusedError(CONFLICT, "CONFLICT", f"A group named '{name}' already exists.")
        self.groups[kind].add(name)
        return {"name": name, "label": said["label"], "archived": False, "displayOrder": -1}

    def add(self, kind: str, said: Json) -> Json:
        """A new property. Raises RefusedError."""
        known = {"name", "label", "type", "fieldType", "groupName", "description", "options"}
        name = _named(said, known | {"hasUniqueValue", "displayOrder", "hidden", "formField"})
        if said.get("type") not in _TYPES or said.get("fieldType") not in _FIELDS:
            raise invalid("type and fieldType must be ones that HubSpot knows")
        if said.get("groupName") not in self.groups[kind]:
            raise invalid(f"Property group {said.get('groupName')} does not exist")
        if name in self.properties[kind]:
            raise RefusedError(CONFLICT, "CONFLICT", f"A property named '{name}' already exists.")
        made = Property(
            name,
            str(said["type"]),
            unique=said.get("hasUniqueValue") is True,
            label=str(said["label"]),
            group=str(said["groupName"]),
            own=True,
        )
        self.properties[kind][name] = made
        return made.told()

    def check(self, kind: str, said: object, *, new: bool, rules: bool) -> dict[str, str]:
        """Values for a record; an empty one takes away what stood there. Raises RefusedError.

        Args:
            kind: Of record.
            said: What the request holds.
            new: Whether a record is made of it.
            rules: Whether the owner's rules hold.
        """
        if not isinstance(said, dict):
            raise invalid("properties must be an object")
        values = {name: self._value(kind, name, value) for name, value in said.items()}
        if new:
            for name in REQUIRED.get(kind, ()):
                if not values.get(name):
                    raise invalid(f"{name} must be set", "MISSING_REQUIRED_PROPERTY", name)
        for rule in self.rules if rules else ():
            if rule.kind == kind:
                _hold(rule, values, new=new)
        return values

    def _value(self, kind: str, name: str, value: object) -> str:
        known = self.properties[kind].get(name)
        if known is None:
            raise invalid(
                f'Property "{name}" does not exist', "PROPERTY_DOESNT_EXIST", str(name)[:100]
            )
        if known.calculated or name == "hs_object_id":
            raise invalid(f"{name} is read only", "READ_ONLY_VALUE", name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise invalid(f"{name} must be a text", "INVALID_STRING", name)
        if value and not _fits(known, value):
            raise invalid(f"{value} is no {known.type} for {name}", _code_of(known), name)
        return value


def _fits(known: Property, value: str) -> bool:
    if known.type == "datetime":
        return _INSTANT.fullmatch(value) is not None
    if known.type == "number":
        return _NUMBER.fullmatch(value) is not None
    if known.type == "enumeration":
        return value in known.options
    if known.name == "email":
        return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) is not None
    return len(value) <= LONGEST_VALUE


def _code_of(known: Property) -> str:
    codes = {
        "datetime": "INVALID_DATE",
        "number": "INVALID_NUMBER",
        "enumeration": "INVALID_OPTION",
    }
    return codes.get(known.type, "INVALID_EMAIL" if known.name == "email" else "VALUE_TOO_LONG")


def _hold(rule: Rule, values: dict[str, str], *, new: bool) -> None:
    value = values.get(rule.name, "")
    if (new and rule.required and not value) or (value and not re.fullmatch(rule.pattern, value)):
        message = f"{value} breaks a rule on {rule.name}"
        raise invalid(message, "FAILED_PROPERTY_VALIDATION_RULE", rule.name)


def _named(said: Json, known: set[str]) -> str:
    """The name of what is to be added. Raises RefusedError."""
    if more := sorted(set(said) - known):
        raise invalid(f"Unrecognized field {more[0]}")
    name, label = said.get("name"), said.get("label")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(label, str):
        raise invalid("name must be lower case, and there must be a label")
    return name

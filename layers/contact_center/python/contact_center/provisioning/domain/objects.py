"""Objects at providers: those that are to be there, and those that are. Pure."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.provisioning.domain.marks import Mark

type Json = Any


class Kind(StrEnum):
    """Kinds of object, in the order in which they are written: each may name those before it."""

    CREDENTIAL = "credential"  # at Vapi, signs webhooks
    ASSISTANT = "assistant"
    SQUAD = "squad"
    NUMBER = "number"  # at Vapi
    TELEPHONE = "telephone"  # the number at Twilio: whom it asks when it rings
    PROPERTIES = "properties"  # at HubSpot, all that are ours


@dataclass(frozen=True, slots=True)
class Reference:
    """Stands for the id of another object that is wanted."""

    kind: Kind
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """An address in another object that has to lead to certain places; `instead`: in words.

    Attributes:
        places: Hosts with what is below them, or hosts with their port.
        empty: Fields of that object that must say nothing, or nobody asks at the address.
    """

    kind: Kind
    field: str
    places: tuple[str, ...]
    instead: str
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An object that is to be there.

    Attributes:
        key: Which of its kind, in words of ours.
        says: What it says. None: that it says nothing there. Ids of others are References.
        says_if_ours: What it says besides if we made it: a name is never given to another's.
        made_with: What is told besides to make it.
        secret: What is sent along and never shown: by top-level field, merged into what is said.
        known_by: Fields by which it is known; none: by our mark with this key.
        whatever_key: It is known by our mark alone: its key says which secret it holds.
        may_make: Whether it is made when it is not there; else its owner has to.
        disturbs: What is to be looked at again once this was written.
        also_while: Written as well while that is so.
    """

    kind: Kind
    key: str
    says: Mapping[str, Json]
    says_if_ours: Mapping[str, Json] = field(default_factory=dict)
    made_with: Mapping[str, Json] = field(default_factory=dict)
    secret: Mapping[str, Json] = field(default_factory=dict, repr=False)
    known_by: Mapping[str, str] = field(default_factory=dict)
    whatever_key: bool = False
    may_make: bool = True
    disturbs: tuple[Kind, ...] = ()
    also_while: Elsewhere | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An object that is there.

    Attributes:
        says: All that it says, but for what is secret.
        mark: Who of ours made it; None: nobody.
        made_at: As its provider writes it; empty: it does not say.
    """

    kind: Kind
    id: str
    says: Mapping[str, Json]
    mark: Mark | None = None
    made_at: str = ""


def resolved(value: Json, id_of: Callable[[Reference], str | None]) -> Json:
    """A value with ids in place of References, as far as they are known."""
    if isinstance(value, Reference):
        known = id_of(value)
        return value if known is None else known
    if isinstance(value, dict):
        return {name: resolved(inner, id_of) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, id_of) for inner in value]
    return value


def merged(below: Json, above: Json) -> Json:
    """One value over another: objects key by key, all else replaced."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {
            name: merged(below[name], above[name])
            if name in below and name in above
            else above.get(name, below.get(name))
            for name in [*below, *(name for name in above if name not in below)]
        }
    return above

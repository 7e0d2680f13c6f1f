"""What is written at HubSpot for an effect: which kind of record, and its properties.

Bodies of calls, notes and tasks are HTML there: what people said is escaped.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from contact_center.crm.hubspot.answers import NotDoneError
from contact_center.crm.hubspot.contacts import has_number
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.records.domain.effects import Effect

LONGEST_BODY = 65_536
# What HubSpot gives every account; an owner's own are told by the effect.
FIRST_PIPELINE, FIRST_STAGE = "default", "appointmentscheduled"


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """What becomes of an effect.

    Attributes:
        kind: Of record: calls, notes, tasks or deals.
        properties: All but the one by which it is found again.
        contact: What the customer said of himself, by HubSpot's names.
    """

    kind: str
    properties: Mapping[str, str]
    contact: Mapping[str, str]


def kind_of(kind: EffectKind) -> str:
    """The kind of record that an effect becomes. Raises NotDoneError: none."""
    try:
        return _KINDS[kind]
    except KeyError:
        raise NotDoneError(Refused("wrong_kind", f"HubSpot takes no {kind}")) from None


def record_of(effect: Effect) -> EffectRecord:
    """What becomes of an effect whose fields were checked.

    Raises:
        NotDoneError: Nothing does: HubSpot takes no such kind, or it is too large.
    """
    kind = kind_of(effect.kind)
    properties = {name: value for name, value in _MAKERS[effect.kind](effect).items() if value}
    if any(len(value) > LONGEST_BODY for value in properties.values()):
        raise NotDoneError(Refused("too_large", f"more than {LONGEST_BODY} characters"))
    return EffectRecord(kind, properties, _of_himself(effect.told))


def _call(effect: Effect) -> dict[str, str]:
    told = effect.told
    customer = effect.customer if has_number(effect.customer) else ""
    inbound = told.get("direction") == "inbound"
    ends = (customer, _str(told, "our_number"))
    from_, to = ends if inbound else ends[::-1]
    return {
        "hs_timestamp": _at(told["started_at_ms"]),
        "hs_call_title": _str(told, "title"),
        "hs_call_body": _html(_str(told, "body")),
        "hs_call_direction": _str(told, "direction").upper(),
        "hs_call_status": _str(told, "status").upper(),
        "hs_call_duration": _str(told, "duration_ms"),
        "hs_call_from_number": from_ if told.get("direction") else "",
        "hs_call_to_number": to if told.get("direction") else "",
        "hs_call_recording_url": _str(told, "recording_url"),
    }


def _lead(effect: Effect) -> dict[str, str]:
    interest = _str(effect.told, "interest")
    heading = f"Interested in {interest}\n" if interest else ""
    return _note(effect, heading + _str(effect.told, "said"))


def _subscribe(effect: Effect) -> dict[str, str]:
    told = effect.told
    agreed = f"\nAgreed at {_at(told['agreed_at_ms'])}" if "agreed_at_ms" in told else ""
    words = f"Asked for information by e-mail: {_str(told, 'topic')}\nTo {_str(told, 'email')}"
    return _note(effect, words + agreed)


def _note(effect: Effect, words: str) -> dict[str, str]:
    return {"hs_timestamp": _at(effect.caused_at_ms), "hs_note_body": _html(words)}


def _task(effect: Effect) -> dict[str, str]:
    told = effect.told
    return {
        "hs_timestamp": _at(told["due_at_ms"]),
        "hs_task_subject": _str(told, "title"),
        "hs_task_body": _html(_str(told, "body")),
        "hs_task_priority": _str(told, "priority").upper(),
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "TODO",
    }


def _deal(effect: Effect) -> dict[str, str]:
    told = effect.told
    return {
        "dealname": _str(told, "title"),
        "description": _str(told, "body"),
        "amount": _str(told, "amount"),
        "closedate": _at(told["close_at_ms"]) if "close_at_ms" in told else "",
        "pipeline": _str(told, "pipeline") or FIRST_PIPELINE,
        "dealstage": _str(told, "stage") or FIRST_STAGE,
    }


def _of_himself(told: Mapping[str, object]) -> dict[str, str]:
    names = {"firstname": "first_name", "lastname": "last_name"}
    names |= {"email": "email", "company": "company"}
    return {theirs: _str(told, ours) for theirs, ours in names.items() if ours in told}


def _str(told: Mapping[str, object], name: str) -> str:
    return str(told.get(name, ""))


def _at(at_ms: Any) -> str:  # noqa: ANN401 - a checked field
    return iso(at_ms) or ""


def _html(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


_KINDS = {
    EffectKind.CALL: "calls",
    EffectKind.LEAD: "notes",
    EffectKind.SUBSCRIBE: "notes",
    EffectKind.TASK: "tasks",
    EffectKind.DEAL: "deals",
}
_MAKERS = {
    EffectKind.CALL: _call,
    EffectKind.LEAD: _lead,
    EffectKind.SUBSCRIBE: _subscribe,
    EffectKind.TASK: _task,
    EffectKind.DEAL: _deal,
}

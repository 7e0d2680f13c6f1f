"""The queue `effects`, and every minute all that is due: what must happen elsewhere. Wiring only.

A hint says where to look and the table says what is due, so equal hints of a batch are done once,
and one that comes back is harmless.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from contact_center.kernel.failures import BrokenError, place_of
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.observability import log
from contact_center.kernel.ports import PassingError
from contact_center.records.adapters.sqs_effect_hints import read_hint
from contact_center.records.domain.effect_names import LineName
from contact_center.records.services.drain_effects import count_overdue, drain, look_at
from contact_center.records.services.effect_hints import HintKind
from contact_center.records.services.mind_receiver import ReceiverGate
from contact_center.records.services.refresh_cards import refresh_card
from contact_center.wiring.crm_updater import updater_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.kernel.time_left import InTime
    from contact_center.records.services.effect_hints import EffectHint

PARTS = updater_parts()

# A receiver that answers slowly, several requests one after the other, and AWS at its limits: what
# is begun with less time left might be cut off, and would have to be looked up.
LEAST_REMAINING_MS = 40_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends this invocation."""
        ...


def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Handle one SQS batch, or one tick of the scheduler, which has no records."""

    def in_time() -> bool:
        return context.get_remaining_time_in_millis() >= LEAST_REMAINING_MS

    try:
        if "Records" not in event:
            return {"looked": _tick(in_time)}
        failed = _hints_done(event["Records"], in_time)
    finally:
        PARTS.metrics.flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _tick(in_time: InTime) -> int:
    """Look after every receiver, beside each other: a slow one keeps none of the others back."""
    receivers = PARTS.effects.receivers
    with ThreadPoolExecutor(max(len(receivers), 1)) as pool:
        looked = list(pool.map(lambda name: _drained(name, in_time), receivers))
    if None in looked:
        raise BrokenError  # which Lambda counts
    return sum(one or 0 for one in looked)


def _drained(receiver: str, in_time: InTime) -> int | None:
    """How many lines were looked at; None: it was broken off, and the log says where."""
    try:
        count_overdue(receiver, PARTS.effects)
        return drain(receiver, PARTS.effects, in_time)
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        place = place_of(error)
        log("ERROR", "tick broken", None, error=type(error).__name__, place=place)
        return None


def _hints_done(records: Sequence[Mapping[str, Any]], in_time: InTime) -> list[str]:
    """The messages that come back: those that hold no hint, and those of what failed."""
    hints, failed = _read(records)
    for hint in hints:
        if hint.kind is HintKind.CARD and in_time():
            _read_anew(hint)
    for receiver in dict.fromkeys(hint.receiver for hint in hints):
        for kind in (HintKind.LINE, HintKind.DRAIN):
            mine = [hint for hint in hints if (hint.receiver, hint.kind) == (receiver, kind)]
            ids = [message_id for hint in mine for message_id in hints[hint]]
            names = [LineName(hint.customer, receiver) for hint in mine]
            if mine and not _done(kind, receiver, names, ids, in_time):
                failed += ids
    return failed


def _read_anew(hint: EffectHint) -> None:
    """Who calls, as the CRM says now; what fails is not tried again: nobody waits for it."""
    if PARTS.refresh is None:
        return
    try:
        refresh_card(hint.customer, hint.call_id, PARTS.refresh)
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        place = place_of(error)
        PARTS.metrics.count("card_not_read", cause=type(error).__name__)
        log("ERROR", "card not read", None, error=type(error).__name__, place=place)


def _done(
    kind: HintKind,
    receiver: str,
    names: Sequence[LineName],
    message_ids: Sequence[str],
    in_time: InTime,
) -> bool:
    """Do what hints of one kind at one receiver are about."""
    try:
        if kind is HintKind.LINE:
            gate = ReceiverGate(receiver, PARTS.effects.mind)
            look_at(names, gate, PARTS.effects, in_time)
        else:
            drain(receiver, PARTS.effects, in_time)
    except PassingError as error:
        _failed("unavailable", message_ids, error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        _failed("broken", message_ids, error=type(error).__name__, place=place_of(error))
    else:
        return True
    return False


def _read(records: Sequence[Mapping[str, Any]]) -> tuple[dict[EffectHint, list[str]], list[str]]:
    """The messages of each hint, and those that hold none."""
    hints: dict[EffectHint, list[str]] = {}
    unreadable = []
    for record in records:
        message_id = str(record["messageId"])
        try:
            hints.setdefault(read_hint(record), []).append(message_id)
        except BadMessageError as error:
            _failed("unreadable", [message_id], field=error.field, rule=error.rule)
            unreadable.append(message_id)
    return hints, unreadable


def _failed(reason: str, message_ids: Sequence[str], **said: str) -> None:
    for message_id in message_ids:
        PARTS.metrics.count("effect_hint_failed", reason=reason)
        log("ERROR", f"effect hint {reason}", None, message_id=message_id, **said)

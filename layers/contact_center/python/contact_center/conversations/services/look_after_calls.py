"""Ask for what nobody has told of a call: its report, answers, what its legs cost, its recording.

    due ─► claimed ─► asked ─► sent to the queue of calls, where the router records it as all else
             │          └─ failed: later, ten times in a row: set aside, with its cause
             └─ somebody was faster: left to him

Which questions there are follows from the record (records/domain/look_ups.py). Nothing of a
conversation is decided here. What was sent and got lost is asked again when the claim is over.
A recording is copied here, since whoever asks for it is told of it by its bytes.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.looked_up import known_of, source_of
from contact_center.conversations.services.ports.look_ups import CallNotOverError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import cause_of, log_broken
from contact_center.kernel.ports import PassingError
from contact_center.kernel.time_left import always
from contact_center.records.domain.look_ups import (
    CLAIM_MS,
    MINUTE_MS,
    MOST_TRIES,
    RECORDING_UNTIL_MS,
    REPORT_AFTER_MS,
    Wanted,
    look_ups,
    most_tries,
    pause_ms,
)
from contact_center.records.domain.recordings import RecordingState
from contact_center.records.services.copy_recording import copy_recording
from contact_center.records.services.recording_ports import (
    RecordingRefusedError,
    RecordingUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.services.ports.look_ups import (
        CallReports,
        DueCall,
        LookUpBook,
    )
    from contact_center.conversations.services.ports.messages import FactQueue
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.kernel.time_left import InTime
    from contact_center.records.domain.look_ups import LookUp
    from contact_center.records.services.price_ports import LegPrice, LegPrices
    from contact_center.records.services.recording_ports import RecordingShelf, RecordingSource

MESSAGE_VERSION = "1"
SOURCE = "look_up"  # of messages in the call-events queue
MOST_AT_ONCE = 300  # of one tick: twice what calls at one a second need


class NoTimeLeftError(Exception):
    """A copy begun now might be cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyParts:
    """What recordings are copied with: from where, and to where."""

    source: RecordingSource
    shelf: RecordingShelf


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAfterParts:
    """What looking after calls works with.

    Attributes:
        prices: Who tells what legs cost; None: they are nobody's whom we could ask.
        copies: With what recordings are copied; None: they are not.
        time_to_copy: Whether there is time for one more copy, however large.
    """

    book: LookUpBook
    reports: CallReports
    prices: LegPrices | None
    queue: FactQueue
    clock: Clock
    metrics: Metrics
    copies: CopyParts | None = None
    time_to_copy: InTime = always


def look_after_calls(parts: LookAfterParts, in_time: InTime) -> int:
    """Ask what is due, of each call whatever is wrong with another.

    Args:
        parts: What it works with.
        in_time: Whether there is time for one more.

    Returns:
        Of how many calls it was asked.

    Raises:
        StoreUnavailableError: Not even the list of what is due was to be had.
    """
    looked = 0
    for due in parts.book.due(parts.clock.now_ms(), MOST_AT_ONCE):
        if not in_time():
            parts.metrics.count("look_ups_left")
            break
        looked += 1
        try:
            _look_after(due, parts)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one must not stop the next
            parts.metrics.count("look_up_failed", wanted="call")
            log_broken("look_up_failed", error)
            _broke(due, error, parts)
    return looked


def _broke(due: DueCall, error: Exception, parts: LookAfterParts) -> None:
    """Put off a call that cannot be looked after, and set it aside in the end.

    Those of a later release would else be the longest due for ever, and all that is looked at.
    """
    if isinstance(error, PassingError):
        return
    failed, now_ms = replace(due, tries=due.tries + 1), parts.clock.now_ms()
    with suppress(PassingError):  # it is counted with the next failure
        if failed.tries >= MOST_TRIES:
            _set_aside(failed, due.step, cause_of(error), parts)
            return
        again_ms = now_ms + pause_ms(failed.tries)
        parts.book.put_off(due, again_ms, due.step, failed.tries, cause_of(error))


def _look_after(due: DueCall, parts: LookAfterParts) -> None:
    now_ms = parts.clock.now_ms()
    record = parts.book.record(due.call_id)
    known = None
    if record is not None:
        known = known_of(
            record,
            priced_here=parts.prices is not None,
            copied_here=parts.copies is not None,
        )
    open_now = () if known is None else look_ups(known)
    if not open_now or open_now[0].due_ms > now_ms:
        parts.book.put_off(due, open_now[0].due_ms if open_now else None)
        return
    step = open_now[0].step
    tries = due.tries + 1 if due.step == step else 1
    if tries > most_tries(
        open_now[0].wanted
    ):  # it was asked often enough, and what was sent was never recorded
        _set_aside(due, step, "never_recorded", parts)
        return
    claim = parts.book.put_off(due, now_ms + CLAIM_MS, step, tries)
    if claim is not None:
        _ask_all([one for one in open_now if one.due_ms <= now_ms], claim, now_ms, parts)


def _ask_all(wanted: Sequence[LookUp], claim: DueCall, now_ms: int, parts: LookAfterParts) -> None:
    """Ask each, and note what the first failure was: the others are sent nevertheless."""
    cause = ""
    later_ms: int | None = None
    for look_up in wanted:
        try:
            _ask(look_up, claim.call_id, now_ms, parts)
        except CallNotOverError:
            later_ms = now_ms + REPORT_AFTER_MS[0]
        except NoTimeLeftError:
            later_ms = now_ms + MINUTE_MS
        except Exception as error:  # noqa: BLE001 - its kind is noted, never its words
            parts.metrics.count("look_up_failed", wanted=look_up.wanted.value)
            cause = cause or cause_of(error)
    if cause and claim.tries >= most_tries(wanted[0].wanted):
        _set_aside(claim, claim.step, cause, parts)
    elif cause:
        again_ms = now_ms + pause_ms(claim.tries)
        parts.book.put_off(claim, again_ms, claim.step, claim.tries, cause)
    elif later_ms is not None:
        parts.book.put_off(claim, later_ms)


def _set_aside(due: DueCall, step: str, cause: str, parts: LookAfterParts) -> None:
    if parts.book.put_off(due, None, step, due.tries, cause) is not None:
        parts.metrics.count("look_up_doubtful")


def _ask(look_up: LookUp, call_id: str, now_ms: int, parts: LookAfterParts) -> None:
    """Ask one thing and send what was found. Raises as those who are asked."""
    found: dict[str, object] = {"callId": call_id, "step": look_up.step}
    if look_up.wanted is Wanted.PRICE:
        if look_up.leg is None or parts.prices is None:
            return
        price = parts.prices.price_of(look_up.leg)
        found["price"] = _price(look_up, price)
    elif look_up.wanted is Wanted.RECORDING:
        if parts.copies is None:
            return
        copy = _copied(look_up, call_id, parts, parts.copies)
        if copy is not None:
            found["recording"] = copy
    else:
        found["report"] = parts.reports.report_of(call_id, now_ms)
    attributes = {
        "version": MESSAGE_VERSION,
        "source": SOURCE,
        "received_at_ms": str(now_ms),
    }
    parts.queue.send(json.dumps(found), attributes)
    parts.metrics.count("look_up", wanted=look_up.wanted.value)


def _price(look_up: LookUp, price: LegPrice | None) -> dict[str, object]:
    """What was found of a leg; of one that is not known there nothing is ever to come."""
    known = price is not None and price.micros is not None
    return {
        "source": source_of(look_up.leg or ""),
        "parts": {"leg": price.micros} if price is not None and known else {},
        "currency": price.currency if price is not None else "USD",
        "final": look_up.last or price is None,
        "atMs": look_up.due_ms,
    }


def _copied(
    look_up: LookUp, call_id: str, parts: LookAfterParts, copies: CopyParts
) -> dict[str, object] | None:
    """What became of the copy; None: its recording is not there yet. Raises as copy_recording."""
    if not parts.time_to_copy():
        raise NoTimeLeftError
    try:
        copied = copy_recording(call_id, copies.source, copies.shelf)
    except RecordingRefusedError as error:
        return _lost(error.reason, parts)
    except RecordingUnavailableError as error:
        parts.metrics.count("recording_failed", reason=error.reason)
        if parts.clock.now_ms() < look_up.due_ms + RECORDING_UNTIL_MS:
            raise
        return _lost(error.reason, parts)
    if copied is None:
        return _lost("not_there", parts) if look_up.last else None
    parts.metrics.count("recording_copied")
    return {
        "state": RecordingState.KEPT,
        "size": copied.size,
        "media": copied.media,
        "reason": "",
        "atMs": parts.clock.now_ms(),
    }


def _lost(reason: str, parts: LookAfterParts) -> dict[str, object]:
    parts.metrics.count("recording_lost")
    return {
        "state": RecordingState.LOST,
        "size": 0,
        "media": "",
        "reason": reason,
        "atMs": parts.clock.now_ms(),
    }

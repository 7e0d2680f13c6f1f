"""A caller in the music keeps his place and hangs up: what he is offered, and what comes of a key.

The place in the queue is given up only by the write that keeps it. While anything is in doubt the
caller goes on waiting, and hears so; all that is said here is heard in the music.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contact_center.kernel.ports import ContentionError, StoreRefusedError, StoreUnavailableError
from contact_center.queue.domain.kept_places import Kept, KeptPlace
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.queue.domain.wait_documents import (
    CONFIRM_PATH,
    NUMBER_PATH,
    WAIT_PATH,
)
from contact_center.queue.domain.waiting import EntryState, Keyed
from contact_center.queue.domain.waits_told import is_served_within
from contact_center.queue.services.change_entry import AlreadyKeptError, change_entry
from contact_center.visits.domain.instructions import AskKeys, GoTo, HangUp, LeaveWait, Speak
from contact_center.visits.domain.opening_hours import Open, opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.queue_rules import CallBackRules
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.change_entry import Keeping, QueueParts
    from contact_center.visits.domain.instructions import WaitInstruction

OWN_KEY, OTHER_KEY = "1", "2"
YES_KEY, AGAIN_KEY = "1", "2"
KEYING_SECONDS = 8
CONFIRMED = "keyed in, heard back and confirmed"
OWN = "for the number that he called from"
NOT_KEPT = (AlreadyKeptError, ContentionError, StoreRefusedError, StoreUnavailableError)


def offered(entry: QueueEntry, board: QueueBoard, parts: QueueParts) -> str | None:
    """What a caller in the music is told that keys do; None: nothing is promised.

    Args:
        entry: His; he waits.
        board: Of his queue.
        parts: What it works with.
    """
    rules, keeping = parts.rules.call_back, parts.keeping
    if rules is None or keeping is None or entry.state is not EntryState.WAITING:
        return None
    if not parts.rules.of(entry.department).keeps_places or not _fits(entry, board, keeping, parts):
        return None
    own = _callable(entry.number, parts)
    return rules.texts.offer_other if own is None else rules.texts.offer


def key_pressed(visit_id: str, keys: str, parts: QueueParts) -> Sequence[WaitInstruction]:
    """What comes of a key in the music.

    Args:
        visit_id: Whose.
        keys: As pressed.
        parts: What it works with.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: Nobody knows where he stands.
    """
    entry = parts.queue.read(visit_id)
    said, rules = _not_his_to_keep(entry, parts), parts.rules.call_back
    if said is not None or entry is None or rules is None:
        return said or [LeaveWait()]
    board = parts.queue.boards([entry.department], entry.waits_for)[entry.department]
    if offered(entry, board, parts) is None:
        return [Speak(rules.texts.not_kept), GoTo(WAIT_PATH)] if keys else [GoTo(WAIT_PATH)]
    own = _callable(entry.number, parts)
    if keys == OWN_KEY and own is not None:
        return _keep(entry, own, OWN, rules, parts)
    return _ask_number(rules) if keys == OTHER_KEY else [GoTo(WAIT_PATH)]


def number_keyed(visit_id: str, keys: str, parts: QueueParts) -> Sequence[WaitInstruction]:
    """What comes of a number that was keyed in; raises as `key_pressed`."""
    rules, number = parts.rules.call_back, _callable(keys, parts)
    if rules is None or not keys:
        return [GoTo(WAIT_PATH)]
    if number is None:
        return [Speak(rules.texts.bad_number), *_ask_number(rules)]
    said = _not_his_to_keep(change_entry(visit_id, Keyed(number), parts), parts)
    return said or _read_back(number, rules)


def number_confirmed(visit_id: str, keys: str, parts: QueueParts) -> Sequence[WaitInstruction]:
    """What comes of the key after a number was read back; raises as `key_pressed`."""
    entry, rules = parts.queue.read(visit_id), parts.rules.call_back
    said = _not_his_to_keep(entry, parts)
    if said is not None or entry is None or rules is None:
        return said or [LeaveWait()]
    if keys == AGAIN_KEY:
        return _ask_number(rules)
    number = _callable(entry.keyed, parts)
    if keys != YES_KEY or number is None:
        return [GoTo(WAIT_PATH)]
    return _keep(entry, number, CONFIRMED, rules, parts)


def kept_goodbye(rules: CallBackRules) -> Sequence[WaitInstruction]:
    """What he hears whose place is kept."""
    return [Speak(rules.texts.kept), HangUp()]


def is_kept(entry: QueueEntry | None) -> bool:
    """Whether its caller is to be called."""
    return entry is not None and entry.state in IS_CALLED


def _keep(
    entry: QueueEntry, number: str, how: str, rules: CallBackRules, parts: QueueParts
) -> Sequence[WaitInstruction]:
    now_ms = parts.clock.now_ms()
    place = KeptPlace(
        asked_at_ms=now_ms,
        by=f"asked to be called back by key in the call {entry.leg}, {how}",
        from_ms=now_ms,
        ends_at_ms=now_ms + rules.longest_ms,
    )
    try:
        if parts.keeping is not None and parts.keeping.forbidden(number):
            parts.metrics.count("place_not_kept", reason="not_allowed")
            return [Speak(rules.texts.not_kept), GoTo(WAIT_PATH)]
        stored = change_entry(entry.visit_id, Kept(number=number, place=place), parts)
    except NOT_KEPT as error:
        parts.metrics.count("place_not_kept", reason=type(error).__name__)
        return [Speak(rules.texts.not_kept), GoTo(WAIT_PATH)]
    if not is_kept(stored):
        return _not_his_to_keep(stored, parts) or [LeaveWait()]
    parts.metrics.count("place_kept")
    return kept_goodbye(rules)


def _not_his_to_keep(
    entry: QueueEntry | None, parts: QueueParts
) -> Sequence[WaitInstruction] | None:
    """What he hears who waits no longer, or may be about to be served; None: he waits.

    That a person is asked about him is no turn yet: who is asked may decline.
    """
    rules = parts.rules.call_back
    if entry is None or rules is None:
        return [LeaveWait()]
    if is_kept(entry):
        return kept_goodbye(rules)
    if not entry.in_queue:
        return [LeaveWait()]
    if entry.state is EntryState.WAITING:
        return None
    is_his_turn = entry.state is EntryState.SERVING
    said = rules.texts.your_turn if is_his_turn else rules.texts.not_kept
    return [Speak(said), GoTo(WAIT_PATH)]


def _fits(entry: QueueEntry, board: QueueBoard, keeping: Keeping, parts: QueueParts) -> bool:
    """Whether the department can serve him before it closes; those kept are among the places."""
    now_ms = parts.clock.now_ms()
    at = keeping.civil.at(now_ms)
    state = opening(keeping.hours.of(entry.department), at)
    if not isinstance(state, Open):
        return False
    if state.until is None:
        return True
    left_ms = (state.until - at) // timedelta(milliseconds=1)
    place = board.place_of(entry.place_key)
    return is_served_within(place, board.servings, now_ms, parts.rules.recent_ms, left_ms)


def _callable(number: str | None, parts: QueueParts) -> str | None:
    return None if number is None or parts.keeping is None else parts.keeping.numbers.read(number)


def _ask_number(rules: CallBackRules) -> Sequence[WaitInstruction]:
    words = (Speak(rules.texts.ask_number),)
    asks = AskKeys(sounds=words, to=NUMBER_PATH, most_keys=None, patience_seconds=KEYING_SECONDS)
    return [asks, GoTo(WAIT_PATH)]


def _read_back(number: str, rules: CallBackRules) -> Sequence[WaitInstruction]:
    digits = " ".join(number.removeprefix("+1"))
    words = (Speak(rules.texts.read_back.replace("{number}", digits)),)
    return [AskKeys(sounds=words, to=CONFIRM_PATH), GoTo(WAIT_PATH)]

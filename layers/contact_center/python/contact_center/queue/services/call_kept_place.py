"""It is the turn of a caller whose place is kept: he is rung, once a try, with a line or a person.

    may he be called now ──no──► he rests until then, or is called no more; of another visit of
      │ yes                      his whose end nobody told, its leg is asked for first
    entry, line and customer in one transaction, on what was judged
      │
    one POST

What may come of the POST: *rings*, and what follows is told by his leg (called_back.py) or found
by the tick; *refused*, and the try came to nothing; *not sent*, and he is back at his place without
a try; *unknown*, and the leg is looked up by its numbers and the time, and never rung again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import VISIT_HOLDER
from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
    CustomerChange,
    TakeLine,
)
from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.queue.domain.kept_places import (
    Called,
    GivenUp,
    NotReached,
    NotRung,
    PutOff,
    Rings,
)
from contact_center.queue.domain.kept_steps import after_any, line_holder
from contact_center.queue.domain.waiting import EntryState, LeftBecause
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.judge_kept_place import NotNow, may_ring
from contact_center.queue.services.queue_ports import LINE, QueueChange
from contact_center.queue.services.serve_next import Came
from contact_center.visits.domain.legs import ENDS
from contact_center.visits.domain.visit_parts import VISIT
from contact_center.visits.services.telephone_ports import LegRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.kernel.ports import Ids
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.queue_rules import CallBackRules
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.queue.services.judge_kept_place import CallBackJudge, MayRing
    from contact_center.visits.services.telephone_ports import Telephone

# The provider may add five seconds to a ring, and the news of its end takes a moment.
RING_SLACK_MS = 15_000
TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParts:
    """What calling back works with.

    Attributes:
        caller_id: E.164 that is shown.
        lines: Of the account; a try needs fewer in use.
    """

    waiting: QueueParts
    rules: CallBackRules
    telephone: Telephone
    ids: Ids
    judge: CallBackJudge
    caller_id: str
    lines: int


def callback_path(visit_id: str, token: str, step: str) -> str:
    """Where the leg of one try asks and tells: answer, key or status."""
    return f"/twilio/callback/{visit_id}.{token}/{step}"


def call_kept_place(
    entry: QueueEntry,
    parts: CallParts,
    served: QueueBoard | None,
    person_id: str | None = None,
    token: str | None = None,
) -> Came:
    """Call a caller whose turn it is, if he may be called now.

    Args:
        entry: As read; one that is not KEPT is called by nobody.
        parts: What it works with.
        served: The board of a queue for lines, once it is served.
        person_id: Who is held for him, where he waits for a person.
        token: Under which name; None: for a line.

    Returns:
        SERVED when he is, or may be, rung; OVER when no line is free or nobody can be rung.

    Raises:
        ContentionError, StoreUnavailableError: To be asked again.
    """
    kept, waiting = entry.kept, parts.waiting
    if kept is None or entry.state is not EntryState.KEPT:
        return Came.AGAIN
    now_ms = waiting.clock.now_ms()
    if now_ms >= kept.ends_at_ms:
        _give_up(entry, TOO_LATE, parts)
        return Came.AGAIN
    leave = may_ring(entry, kept, now_ms, parts.judge)
    over = _ended(leave.talks, parts.telephone) if isinstance(leave, NotNow) else None
    if over:
        waiting.metrics.count("talk_end_untold")
        leave = may_ring(entry, kept, now_ms, parts.judge, over)
    if isinstance(leave, NotNow):
        _put_off(entry, leave, parts)
        return Came.AGAIN
    now_ms = waiting.clock.now_ms()
    called = Called(
        token=token or parts.ids.new(),
        at_ms=now_ms,
        until_ms=now_ms + parts.rules.ring_seconds * 1_000 + RING_SLACK_MS,
        person_id=person_id,
    )
    calling = _take(entry, called, leave, parts, served)
    return calling if isinstance(calling, Came) else _ring(calling, parts)


def next_try_ms(entry: QueueEntry, rules: CallBackRules, now_ms: int) -> int | None:
    """When the next try may be, after the one under way came to nothing; None: there is none."""
    kept = entry.kept
    again_ms = now_ms + rules.apart_ms
    more = kept is not None and kept.tries < rules.tries and again_ms < kept.ends_at_ms
    return again_ms if more else None


def not_reached(entry: QueueEntry, because: str, rules: CallBackRules, now_ms: int) -> NotReached:
    """That the try under way came to nothing."""
    return NotReached(entry.token or "", because, now_ms, next_try_ms(entry, rules, now_ms))


def _ended(talks: Iterable[str], telephone: Telephone) -> frozenset[str]:
    """Of calls that a caller is believed to be in, those whose leg has ended.

    A caller who has hung up is believed to talk for hours when nobody tells of it.
    """
    ours = (holder for holder in talks if holder.startswith(VISIT_HOLDER))
    return frozenset(holder for holder in ours if _is_over(holder, telephone))


def _is_over(holder: str, telephone: Telephone) -> bool:
    leg = holder.removeprefix(f"{VISIT_HOLDER}{VISIT}")
    try:
        found = telephone.find_leg(leg)
    except VoiceUnavailableError:
        return False
    return found is not None and found.status in ENDS


def _put_off(entry: QueueEntry, leave: NotNow, parts: CallParts) -> None:
    kept, waiting = entry.kept, parts.waiting
    waiting.metrics.count("callback_put_off", reason=leave.because)
    if leave.from_ms is None or kept is None or leave.from_ms >= kept.ends_at_ms:
        _give_up(entry, leave.because, parts)
        return
    change_entry(entry.visit_id, PutOff(leave.because, leave.from_ms), waiting)


def _give_up(entry: QueueEntry, because: str, parts: CallParts) -> None:
    now_ms = parts.waiting.clock.now_ms()
    given_up = GivenUp(why=LeftBecause.NOT_ALLOWED, at_ms=now_ms, because=because)
    change_entry(entry.visit_id, given_up, parts.waiting)


def _take(
    entry: QueueEntry,
    called: Called,
    leave: MayRing,
    parts: CallParts,
    served: QueueBoard | None,
) -> QueueEntry | Came:
    """The entry with what is held for him, or what came of it instead."""
    waiting, made = parts.waiting, after_any(entry, called)
    if made is None or made == entry:
        return Came.AGAIN
    holder, known = line_holder(made), leave.judged.customer
    civil_ms = round(parts.judge.judge.civil.at(called.at_ms).timestamp() * 1_000)
    rung = known.talking(holder, called.until_ms, called.at_ms).rang(holder, civil_ms)
    for over in leave.over:
        rung = rung.hung_up(over)
    for_person = called.person_id is not None
    change = QueueChange(
        before=entry,
        after=made,
        line=None if for_person else TakeLine(holder=holder, below=parts.lines),
        served=served,
        customer=CustomerChange(before=known, after=rung),
        judged=leave.judged,
    )
    try:
        return waiting.queue.commit(change)
    except ConditionLostError as refused:
        return Came.OVER if refused.lost == {LINE} else Came.AGAIN
    except ContentionError:
        return Came.AGAIN
    except StoreUnavailableError:
        stored = waiting.queue.read(entry.visit_id)
        if stored is None or stored.token != called.token:
            raise
        return stored


def _ring(calling: QueueEntry, parts: CallParts) -> Came:
    """Ring him, once; what came of it is written down."""
    token, waiting = calling.token or "", parts.waiting
    request = LegRequest(
        to=calling.number or "",
        caller_id=parts.caller_id,
        answered=callback_path(calling.visit_id, token, "answer"),
        events=callback_path(calling.visit_id, token, "status"),
        ring_seconds=parts.rules.ring_seconds,
    )
    outcome = parts.telephone.ring(request)
    waiting.metrics.count("callback_rung", outcome=type(outcome).__name__.lower())
    match outcome:
        case Placed(call_id=leg):
            change_entry(calling.visit_id, Rings(token, leg), waiting)
            return Came.SERVED
        case Unknown():
            change_entry(calling.visit_id, Rings(token, None), waiting)
            return Came.SERVED
        case NotSent() | Refused(configuration=True):
            change_entry(calling.visit_id, NotRung(token), waiting)
            return Came.OVER
        case Refused(reason=reason):
            now_ms = waiting.clock.now_ms()
            failed = not_reached(calling, reason, parts.rules, now_ms)
            change_entry(calling.visit_id, failed, waiting)
            return Came.AGAIN

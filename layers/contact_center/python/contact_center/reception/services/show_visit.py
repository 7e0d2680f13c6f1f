"""A visit as operators look at it: its legs, calls, wait and offers, and what each came to.

Three reads, whatever was told of it: the visit, its place, the people who were asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.ports import PassingError
from contact_center.people.services.supervise_talk import Joined, change_mode, supervise_talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Clock
    from contact_center.people.domain.offers import Offer
    from contact_center.people.services.offer_ports import OfferBook
    from contact_center.people.services.supervise_talk import SuperviseParts
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.queue_ports import QueueBook
    from contact_center.visits.domain.legs import LegChanged
    from contact_center.visits.domain.supervision import Mode
    from contact_center.visits.domain.visit_parts import Message, Post, Told, Wish
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import Visits

    type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDesk:
    """Where operators' questions about visits are answered from."""

    visits: Visits
    queue: QueueBook
    offers: OfferBook
    clock: Clock
    supervise: SuperviseParts

    def joins(self, visit_id: str, person_id: str, by: str) -> Json:
        """Let a supervisor join the talk of a visit; see `supervise_talk` for what it raises."""
        return shown_supervision(supervise_talk(visit_id, person_id, by, self.supervise))

    def changes(self, visit_id: str, number: int, mode: Mode) -> Json:
        """Let him listen, whisper or speak; see `change_mode` for what it raises."""
        return shown_supervision(change_mode(visit_id, str(number), mode, self.supervise))

    def show(self, visit_id: str) -> Json | None:
        """A visit, ready for JSON; None: there is none.

        What a later release wrote of its place or its offers is left out, and named.

        Raises:
            StoreUnavailableError: To be asked again.
            Exception: This release cannot read the visit itself.
        """
        kept = self.visits.read(visit_id)
        if kept is None:
            return None
        unreadable: list[str] = []
        entry = _read("wait", lambda: self.queue.read(visit_id), unreadable)
        offers = _read("offers", lambda: self.offers.of_visit(visit_id), unreadable)
        return _visit(kept.visit, self.clock.now_ms()) | {
            "wait": None if entry is None else _wait(entry),
            "offers": [_offer(one) for one in offers or ()],
            "unreadable": unreadable,
        }


def shown_supervision(joined: Joined) -> Json:
    """A supervision, ready for JSON."""
    one = joined.supervision
    return {
        "number": int(joined.number),
        "personId": one.person_id,
        "by": one.by,
        "offerId": one.offer_id,
        "askedAt": iso(one.asked_ms),
        "mode": None if one.ended_ms is not None or one.mode is None else one.mode.value,
        "modes": [{"mode": mode.value, "at": iso(at_ms)} for at_ms, mode in sorted(one.entered)],
        "endedAt": iso(one.ended_ms),
        "because": one.because,
    }


def _read[Found](part: str, read: Callable[[], Found], unreadable: list[str]) -> Found | None:
    try:
        return read()
    except PassingError:
        raise
    except Exception:  # noqa: BLE001  nobody of this release can read it
        unreadable.append(part)
        return None


def _visit(visit: Visit, now_ms: int) -> Json:
    ending = visit.ending_by(now_ms)
    return {
        "visitId": visit.visit_id,
        "state": visit.state.value,
        "began": iso(visit.began_ms),
        "ended": iso(visit.ended_ms),
        "number": visit.caller,
        "called": visit.called,
        "department": visit.department,
        "outcome": None if ending is None else ending.outcome.value,
        "cause": None if ending is None else ending.cause,
        "waitedSince": iso(visit.place_ms),
        "letGo": iso(visit.let_go_ms),
        "recordings": sorted(visit.recordings),
        "messages": [
            _message(name, one)
            for name, one in sorted(visit.messages.items(), key=lambda one: one[1].at_ms)
        ],
        "attendedAt": iso(visit.attended_ms),
        "heard": sorted(visit.heard),
        "supervised": [
            shown_supervision(Joined(name, one))
            for name, one in sorted(visit.supervised.items(), key=lambda one: int(one[0]))
        ],
        "legs": [_leg(told) for _, told in sorted(visit.legs.items())],
        "calls": [_call(name, post) for name, post in sorted(visit.posts.items())],
        "wishes": [
            _wish(name, wish, visit.told.get(name))
            for name, wish in sorted(visit.wishes.items(), key=lambda one: one[1].at_ms)
        ],
    }


def _message(name: str, left: Message) -> Json:
    return {
        "recording": name,
        "leftAt": iso(left.at_ms),
        "seconds": left.seconds,
        "text": left.text,
    }


def _call(name: str, post: Post) -> Json:
    return {
        "order": name,
        "callId": post.call_id,
        "state": post.state.value,
        "at": iso(post.at_ms),
        "reason": post.reason,
        "emptyLookUps": post.empty_looks,
    }


def _wish(name: str, wish: Wish, told: Told | None) -> Json:
    return {
        "wish": name,
        "department": wish.whose,
        "at": iso(wish.at_ms),
        "told": None if told is None else told.what,
        "toldAt": None if told is None else iso(told.at_ms),
    }


def _leg(told: LegChanged) -> Json:
    return {
        "legId": told.leg,
        "status": told.status.value,
        "at": iso(told.at_ms),
        "seconds": told.seconds,
        "sipCode": told.sip_code,
        "answeredBy": told.answered_by,
    }


def _wait(entry: QueueEntry) -> Json:
    return {
        "department": entry.department,
        "waitsFor": entry.waits_for.value,
        "state": entry.state.value,
        "place": iso(entry.place_ms),
        "since": iso(entry.since_ms),
        "offeredTo": entry.person_id,
        "because": None if entry.because is None else entry.because.value,
        "failures": entry.failures,
    }


def _offer(offer: Offer) -> Json:
    return {
        "offerId": offer.offer_id,
        "personId": offer.person_id,
        "wish": offer.wish or None,
        "askedAt": iso(offer.asked_at_ms),
        "outcome": None if offer.ended is None else offer.ended.value,
        "evidence": {
            "ring": offer.ring.value,
            "leg": None if offer.told is None else _leg(offer.told),
            "answeredAt": iso(offer.answered_at_ms),
            "key": offer.key or None,
            "said": None if offer.said is None else offer.said.value,
            "saidAt": iso(offer.said_at_ms),
            "callerLeft": offer.caller_left,
            "withdrawn": offer.withdrawn,
            "togetherAt": iso(offer.together_at_ms),
            "bridgedSeconds": _bridged_seconds(offer),
        },
    }


def _bridged_seconds(offer: Offer) -> float | None:
    """How long both were together, once the person's leg has ended; None: never, or not yet."""
    told = offer.told
    if offer.together_at_ms is None or told is None or not told.ended or told.at_ms is None:
        return None
    return max(0, told.at_ms - offer.together_at_ms) / 1000

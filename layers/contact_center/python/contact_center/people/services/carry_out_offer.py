"""What is to be done about an offer is asked of the telephone; what that tells comes back as facts.

Each deed but one may be repeated: a leg that has ended ends no second time. A caller who is moved
once more while he talks with the person is torn from him, and the room with him ends: so whoever
moves him has written before that he does, and nobody else does (tell_offer.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import PassingError
from contact_center.people.domain.offer_facts import (
    CallerBroughtBack,
    CallerLeft,
    CallerMoved,
    CallerStays,
    LegTold,
    RingEnded,
    RoomSeen,
)
from contact_center.people.domain.offer_outcomes import ToDo, looked_at_again_ms
from contact_center.people.domain.offers import OfferOutcome, Ring
from contact_center.visits.domain.instructions import EnterRoom, GoTo, HangUp, Speak
from contact_center.visits.domain.legs import ENDS, LegChanged, LegStatus
from contact_center.visits.services.telephone_ports import (
    CALLER_ID,
    ELSEWHERE,
    Done,
    FoundLeg,
    Gone,
    LegRequest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.people.domain.offer_facts import OfferFact
    from contact_center.people.domain.offers import Offer
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.telephone_ports import LegOutcome, Telephone

NO_CALLER = frozenset({OfferOutcome.CALLER_GONE, OfferOutcome.CANCELLED})
CLOCK_SLACK_MS = 2_000  # the provider tells when a leg began to a second, by its own clock


class Shown(NamedTuple):
    """Whose number a person sees, E.164, and by which token that may be."""

    number: str
    call_token: str


class Callers(Protocol):
    """The callers about whom people are asked."""

    def leg(self, visit_id: str) -> str | None:
        """The caller's own leg; None: he has hung up. Raises StoreUnavailableError."""
        ...

    def offer_ended(self, offer: Offer) -> None:
        """Told, once or more, that an offer about him has ended. Raises StoreUnavailableError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeeds:
    """What carrying out needs.

    Attributes:
        address_of: Whom each person's offers ring, by id: E.164 or sip:name@host.
        caller_id: The number that people are shown, E.164, where it is not the caller's.
        shows: The caller's own, by visit, where people are to see it and may; else None.
        left: What a person hears who has answered when there is no caller any more; None: nothing.
        elsewhere: Whether telephones are steered by somebody else, who is only told to look.
    """

    telephone: Telephone
    callers: Callers
    clock: Clock
    metrics: Metrics
    address_of: Mapping[str, str]
    caller_id: str
    shows: Callable[[str], Shown | None] = lambda _visit_id: None
    left: str | None = None
    elsewhere: bool = False


def ring(offer: Offer, deeds: OfferDeeds) -> list[OfferFact]:
    """Ring the person's telephone, once, whatever comes of it: not for who has hung up.

    Args:
        offer: Which says already that it may ring.
        deeds: What it works with.

    Returns:
        What that tells of it.
    """
    address = deeds.address_of.get(offer.person_id)
    if address is None:
        return [RingEnded(Ring.REFUSED)]  # nobody of that name works here any more
    if _has_left(offer, deeds):
        return [CallerLeft(), RingEnded(Ring.REFUSED)]
    return [_rung(offer, address, deeds)]


def _has_left(offer: Offer, deeds: OfferDeeds) -> bool:
    """Whether it is known that he has: a place in line may be older than his end, or come late."""
    try:
        return deeds.callers.leg(offer.visit_id) is None
    except PassingError:
        return False  # who answers hears it


def _rung(offer: Offer, address: str, deeds: OfferDeeds) -> RingEnded:
    shown = _shown(offer, address, deeds)
    outcome = deeds.telephone.ring(_request(offer, address, shown, deeds))
    if shown is not None and isinstance(outcome, Refused) and outcome.reason == CALLER_ID:
        deeds.metrics.count("caller_not_shown")  # certainly not rung: once more, with ours
        outcome = deeds.telephone.ring(_request(offer, address, None, deeds))
    if isinstance(outcome, Placed):
        return RingEnded(Ring.RINGS, outcome.call_id)
    if isinstance(outcome, Unknown):
        return RingEnded(Ring.UNKNOWN)
    deeds.metrics.count("offer_not_rung", reason=outcome.reason)
    return RingEnded(Ring.LEFT if isinstance(outcome, NotSent) else Ring.REFUSED)


def _shown(offer: Offer, address: str, deeds: OfferDeeds) -> Shown | None:
    """The caller's own number, if this telephone is to show it: by SIP ours is shown."""
    try:
        return deeds.shows(offer.visit_id) if address.startswith("+") else None
    except PassingError:
        return None


def _request(offer: Offer, address: str, shown: Shown | None, deeds: OfferDeeds) -> LegRequest:
    return LegRequest(
        to=address,
        caller_id=deeds.caller_id if shown is None else shown.number,
        answered=path_of(offer.visit_id, "brief"),
        events=path_of(offer.visit_id, "status"),
        ring_seconds=offer.ring_seconds,
        call_token=None if shown is None else shown.call_token,
    )


def carry_out(offer: Offer, doing: Iterable[ToDo], deeds: OfferDeeds) -> list[OfferFact]:
    """Do what is to be done about an offer as it stands, but for a ring that was left.

    Args:
        offer: As stored.
        doing: What is to be done, and is ours to do.
        deeds: What it works with.

    Returns:
        What that tells of it. Nothing, when it could not be done: it is to be done still.

    Raises:
        StoreUnavailableError: To be done again.
    """
    return [fact for do in sorted(doing) if do in _DEEDS for fact in _DEEDS[do](offer, deeds)]


def room_of(offer: Offer) -> str:
    """The room where a caller and this person meet.

    Of each offer its own: a person who took him, and whose leg could not be ended, stays there.
    """
    return f"room-{offer.offer_id}"


def path_of(visit_id: str, step: str) -> str:
    """Where a leg goes on, or what happens is told: brief, key, status, conference or after."""
    return f"/twilio/transfer/{visit_id}/{step}"


def _look_up(offer: Offer, deeds: OfferDeeds) -> list[OfferFact]:
    """Find the leg that may ring: it is known by its two numbers and the time, and by nothing else.

    That there is none is believed of a search that was complete, once it would have rung out.
    """
    address = deeds.address_of.get(offer.person_id)
    if address is None:
        return [RingEnded(Ring.REFUSED)]  # nobody of that name works here any more
    since_ms = offer.asked_at_ms - CLOCK_SLACK_MS
    shown = deeds.shows(offer.visit_id)
    numbers = [deeds.caller_id] if shown is None else [shown.number, deeds.caller_id]
    seen = [deeds.telephone.find_legs(address, number, since_ms) for number in numbers]
    legs = (leg for one in seen for leg in one.legs)
    found = next((leg for leg in legs if _may_be_its_leg(leg, since_ms)), None)
    if found is not None:
        return [RingEnded(Ring.RINGS, found.leg), _of_found(found)]
    is_late = deeds.clock.now_ms() >= looked_at_again_ms(offer)
    return [RingEnded(Ring.REFUSED)] if is_late and all(one.complete for one in seen) else []


def _may_be_its_leg(leg: FoundLeg, since_ms: int) -> bool:
    """An older one may be told of as well, for clocks differ: one that is over was another's."""
    is_older = leg.created_at_ms is not None and leg.created_at_ms < since_ms
    return not (is_older and leg.status in ENDS)


def _end_leg(offer: Offer, deeds: OfferDeeds) -> list[OfferFact]:
    leg = offer.leg or ""
    outcome = _sent_away(leg, offer, deeds)
    if not isinstance(outcome, Gone):
        return []  # its end will be told; if not, it is ended again
    try:
        found = deeds.telephone.find_leg(leg)
    except VoiceUnavailableError:
        return []
    ended = FoundLeg(leg=leg, status=LegStatus.COMPLETED, created_at_ms=None)
    return [_of_found(found or ended)]


def _sent_away(leg: str, offer: Offer, deeds: OfferDeeds) -> LegOutcome:
    # A cancellation ends what rings, so that nobody is cut off who answers in this moment: that
    # one hears why there is no caller.
    if _rings(offer):
        return deeds.telephone.cancel(leg)
    if offer.ended in NO_CALLER and deeds.left is not None:
        return deeds.telephone.redirect(leg, [Speak(deeds.left), HangUp()])
    return deeds.telephone.hang_up(leg)


def _rings(offer: Offer) -> bool:
    is_live = offer.told is not None and offer.told.status is LegStatus.IN_PROGRESS
    return offer.answered_at_ms is None and not is_live


def _move_caller(offer: Offer, deeds: OfferDeeds) -> list[OfferFact]:
    room = EnterRoom(
        room=room_of(offer),
        opens=False,  # the person's coming opens it
        closes=True,
        events=path_of(offer.visit_id, "conference"),  # whoever comes first: the first one's count
        after=path_of(offer.visit_id, "after"),
    )
    return _redirected(offer, room, CallerMoved(), deeds)


def _look_in(offer: Offer, deeds: OfferDeeds) -> list[OfferFact]:
    """Whether both are there and nobody was told, before it counts as failed."""
    caller = deeds.callers.leg(offer.visit_id)
    if caller is None:
        return [CallerLeft()]
    there = _in_room(offer, deeds)
    if there is None:
        return []
    seen = RoomSeen(caller in there, offer.leg in there, deeds.clock.now_ms())
    return [seen]


def _in_room(offer: Offer, deeds: OfferDeeds) -> frozenset[str] | None:
    try:
        return deeds.telephone.in_room(room_of(offer))
    except VoiceUnavailableError:
        return None


def _bring_back(offer: Offer, deeds: OfferDeeds) -> list[OfferFact]:
    """Only out of the room: elsewhere somebody talks with him."""
    there = _in_room(offer, deeds)
    if there is None:
        return []
    if deeds.callers.leg(offer.visit_id) not in there:
        return [CallerBroughtBack()]
    return _redirected(offer, GoTo(path_of(offer.visit_id, "after")), CallerBroughtBack(), deeds)


def _redirected(
    offer: Offer, to: Instruction, done: OfferFact, deeds: OfferDeeds
) -> list[OfferFact]:
    leg = deeds.callers.leg(offer.visit_id)
    if leg is None:
        return [CallerLeft()]
    outcome: LegOutcome = deeds.telephone.redirect(leg, [to])
    if isinstance(outcome, Gone):
        return [CallerLeft()]
    # Of what nobody knows the next look decides: who is still in the room then is brought back.
    if isinstance(outcome, Done) or (isinstance(outcome, Unknown) and isinstance(to, EnterRoom)):
        return [done]
    if outcome.reason == ELSEWHERE:
        return []
    deeds.metrics.count("caller_not_redirected", reason=outcome.reason)
    return [CallerStays()] if isinstance(to, EnterRoom) else []


def _of_found(found: FoundLeg) -> LegTold:
    return LegTold(LegChanged(leg=found.leg, status=found.status))


_DEEDS: Mapping[ToDo, Callable[[Offer, OfferDeeds], list[OfferFact]]] = {
    ToDo.LOOK_UP: _look_up,
    ToDo.END_LEG: _end_leg,
    ToDo.MOVE_CALLER: _move_caller,
    ToDo.LOOK_IN: _look_in,
    ToDo.BRING_BACK: _bring_back,
}

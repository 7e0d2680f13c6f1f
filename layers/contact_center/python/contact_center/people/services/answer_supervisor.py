"""What a supervisor's leg hears: a question for a key, the room, and how he is to be in it.

    ask ──1──► listens ──*──► 1 listens, 2 whispers, 3 speaks ──► so he is in the room
     └─anything else─► goodbye

He is muted whenever he first comes in, whatever was pressed or asked for. What he presses is
written down before it is done: what cannot be written is not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.people.domain.supervised_talks import goes_on
from contact_center.people.services.carry_out_offer import room_of
from contact_center.visits.domain.instructions import AskKeys, EnterRoom, GoTo, HangUp, Speak
from contact_center.visits.domain.supervision import Mode, ModeSince
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.people.domain.offers import Offer
    from contact_center.people.domain.roster import SupervisorWords
    from contact_center.people.services.offer_ports import OfferBook
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.legs import LegChanged
    from contact_center.visits.domain.supervision import Supervision
    from contact_center.visits.services.visit_ports import Visits

MODES = {"1": Mode.LISTEN, "2": Mode.WHISPER, "3": Mode.BARGE}
TALK_OVER, LEFT = "talk_over", "left"  # why a supervision has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorDesk:
    """What supervisors' telephones are served with at the door."""

    visits: Visits
    offers: OfferBook
    words: SupervisorWords
    clock: Clock
    metrics: Metrics


def supervision_path(visit_id: str, number: str, step: str) -> str:
    """Where the leg of a supervision asks, and where is told of it."""
    return f"/twilio/supervision/{visit_id}.{number}/{step}"


def room_for(visit_id: str, number: str, mode: Mode, talk: Offer) -> EnterRoom:
    """The room of a talk, for a supervisor: it neither begins nor ends with him."""
    return EnterRoom(
        room=room_of(talk),
        opens=False,
        closes=False,
        after=supervision_path(visit_id, number, "menu"),
        muted=mode is Mode.LISTEN,
        coaching=talk.leg if mode is Mode.WHISPER else None,
        star_leaves=True,
    )


def ask_supervisor(
    visit_id: str, number: str, leg: str, desk: SupervisorDesk
) -> Sequence[Instruction]:
    """He has answered, or has left the room by a key: what he hears.

    Args:
        visit_id: Whose talk.
        number: Of the supervision.
        leg: Whose webhook it is.
        desk: What it works with.

    Raises:
        ContentionError, StoreUnavailableError: He hears that something broke.
    """
    found = _found(visit_id, number, leg, desk)
    if found is None:
        return _goodbye(desk)
    known, _ = found
    tell_supervision(visit_id, number, replace(known, leg=leg), desk.visits)
    key = supervision_path(visit_id, number, "key")
    text = desk.words.menu if known.entered else desk.words.ask
    # A machine that is asked again takes down nothing; who presses nothing in the room is asked on.
    last = GoTo(supervision_path(visit_id, number, "menu")) if known.entered else HangUp()
    return [AskKeys(sounds=(Speak(text),), to=key, most_keys=1), last]


def take_supervisor_key(
    visit_id: str, number: str, leg: str, keys: str, desk: SupervisorDesk
) -> Sequence[Instruction]:
    """He pressed a key: into the room, in that way. Args and raises as `ask_supervisor`."""
    found = _found(visit_id, number, leg, desk)
    if found is None:
        return _goodbye(desk)
    known, talk = found
    mode = MODES.get(keys)
    if not known.entered:
        mode = Mode.LISTEN if mode is Mode.LISTEN else None
        if mode is None:
            return [HangUp()]
    if mode is None:
        return [GoTo(supervision_path(visit_id, number, "menu"))]
    since_ms = max(known.entered | known.wanted).at_ms if known.entered else 0
    entered = frozenset({ModeSince(max(desk.clock.now_ms(), since_ms + 1), mode)})
    tell_supervision(visit_id, number, replace(known, leg=leg, entered=entered), desk.visits)
    desk.metrics.count("talk_supervised", mode=mode.value)
    return [room_for(visit_id, number, mode, talk)]


def tell_supervisor_leg(
    visit_id: str, number: str, change: LegChanged, desk: SupervisorDesk
) -> None:
    """Something was told of his leg. Raises ContentionError, StoreUnavailableError."""
    kept = desk.visits.read(visit_id)
    known = None if kept is None else kept.visit.supervised.get(number)
    if known is None or known.leg not in {None, change.leg}:
        return
    told = replace(known, leg=change.leg)
    if change.ended:
        at_ms = desk.clock.now_ms() if change.at_ms is None else change.at_ms
        because = LEFT if known.entered else change.status.value
        told = replace(told, ended_ms=at_ms, because=because)
    tell_supervision(visit_id, number, told, desk.visits)


def tell_supervision(visit_id: str, number: str, told: Supervision, visits: Visits) -> None:
    """Add to what is known of a supervision. Raises ContentionError, StoreUnavailableError."""
    tell(visits, Visit(visit_id=visit_id, supervised={number: told}))


def _found(
    visit_id: str, number: str, leg: str, desk: SupervisorDesk
) -> tuple[Supervision, Offer] | None:
    """The supervision that a leg is of, and its talk; None: it is over, or none of ours."""
    kept = desk.visits.read(visit_id)
    known = None if kept is None else kept.visit.supervised.get(number)
    if kept is None or known is None or known.leg not in {None, leg}:
        desk.metrics.count("leg_without_supervision")
        return None
    talk = desk.offers.read(visit_id, known.offer_id)
    over = known.ended_ms is not None or kept.visit.ended_ms is not None
    return None if over or talk is None or not goes_on(talk) else (known, talk)


def _goodbye(desk: SupervisorDesk) -> Sequence[Instruction]:
    return [Speak(desk.words.over), HangUp()]

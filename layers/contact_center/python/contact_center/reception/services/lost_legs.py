"""A caller who was put through by SIP, and of whom nobody has told anything since.

His line is known by nothing but his own leg: the assistants' provider has told of no call. Should
the end of that leg have got lost as well, the line would be his for as long as a call may last. So
his leg is asked for at the telephone's provider, by whoever has a telephone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.reception.services.look_up_visits import let_go_of
from contact_center.visits.domain.legs import ENDS, LegChanged, LegStatus
from contact_center.visits.domain.visit_merge import leg_told
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.dialing.services.hold_visit_lines import VisitLineParts
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.telephone_ports import Telephone
    from contact_center.visits.services.visit_ports import Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLegParts:
    """What looking for lost legs works with; `hints` None: the tick serves whoever waits."""

    visits: Visits
    telephone: Telephone
    lines: VisitLineParts
    hints: ReceptionJobs | None


def look_for_lost_leg(visit_id: str, parts: LostLegParts) -> None:
    """Ask for the leg of a caller, and tell its end if it is over: his line is free.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError, VoiceUnavailableError: To be
            asked again.
    """
    kept = parts.visits.read(visit_id)
    if kept is None or kept.visit.ended_ms is not None:
        return
    leg = kept.visit.leg
    found = parts.telephone.find_leg(leg)
    if found is not None and found.status not in ENDS:
        return
    status = LegStatus.COMPLETED if found is None else found.status
    now_ms, metrics = parts.lines.clock.now_ms(), parts.lines.metrics
    told = leg_told(visit_id, LegChanged(leg=leg, status=status), now_ms)
    visit = tell(parts.visits, told, kept) or kept.visit
    metrics.count("leg_end_untold")
    if visit.wishes:  # whoever is asked for him is asked no more
        send_hint(ReceptionJob(JobKind.ASK, visit_id), parts.hints, metrics)
    if let_go_of(visit, parts.lines):
        send_hint(ReceptionJob(JobKind.SERVE), parts.hints, metrics)

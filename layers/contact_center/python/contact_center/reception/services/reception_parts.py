"""What serving callers works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.redaction_kinds import Redaction
from contact_center.visits.services.department_messages import NO_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.dialing.services.hold_visit_lines import VisitLineParts
    from contact_center.kernel.ports import CivilTime, Clock, Metrics, Sleeper
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.visits.domain.courtesies import Courtesies
    from contact_center.visits.domain.instructions import Instruction, WaitInstruction
    from contact_center.visits.domain.opening_hours import OpeningHours
    from contact_center.visits.services.department_messages import Messages
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.visit_ports import Assistants, Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What admitting and following callers works with.

    Attributes:
        department: For whom a caller waits who has not said what it is about.
        caller_id: E.164 that another number is shown.
        messages: What callers hear first while many call.
        document: Instructions, written as the provider takes them.
        wait_document: The same of what is heard in the music, which may be kept; None: it is not.
        shows_callers: Whether people see whose call it is, for which Twilio wants a token of it.
        redaction: What is not kept of what was understood of messages.
        new_proof: A word that nobody guesses, by which a call that comes in proves that it is the
            one that a line is held for; None: calls are ordered, and carry their name.
    """

    visits: Visits
    lines: VisitLineParts
    assistants: Assistants
    queue: QueueParts
    jobs: ReceptionJobs
    hours: OpeningHours
    courtesies: Courtesies
    department: str
    caller_id: str
    messages: Messages = NO_MESSAGES
    shows_callers: bool = False
    document: Callable[[Iterable[Instruction]], str]
    wait_document: Callable[[Iterable[WaitInstruction]], str] | None = None
    redaction: Callable[[], Redaction] = Redaction
    new_proof: Callable[[], str | None] = lambda: None
    clock: Clock
    civil: CivilTime
    sleeper: Sleeper
    metrics: Metrics

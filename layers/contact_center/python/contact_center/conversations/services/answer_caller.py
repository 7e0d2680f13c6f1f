"""Who answers a caller: the squad, beginning with whoever they were talking to if the line broke.

One answer for every way in: an assistant-request of Vapi's, and a call that we order for somebody
who is on our own line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from contact_center.conversations.domain.resuming import department_to_resume
from contact_center.kernel.caller_numbers import is_shared
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.conversations.domain.departments import Department, Departments
    from contact_center.conversations.services.ports import CallMemory, SquadComposer
    from contact_center.kernel.ports import Clock, Metrics

type Json = dict[str, object]


class AnsweringCallers(Protocol):
    """What such an answer is made of."""

    @property
    def departments(self) -> Departments:
        """Who can take a call, the person's number included."""
        ...

    @property
    def squad(self) -> SquadComposer:
        """The configured squad."""
        ...

    @property
    def squad_id(self) -> str | None:
        """A saved squad to answer with, or None: the configured one is sent whole."""
        ...

    @property
    def memory(self) -> CallMemory:
        """Earlier calls."""
        ...

    @property
    def resume_minutes(self) -> int:
        """For how long a call that was cut off is picked up again."""
        ...

    @property
    def clock(self) -> Clock:
        """The machine clock."""
        ...

    @property
    def metrics(self) -> Metrics:
        """Counts calls that are resumed, and reads that fail."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerers:
    """AnsweringCallers, of whoever answers nothing else."""

    departments: Departments
    squad: SquadComposer
    squad_id: str | None
    memory: CallMemory
    resume_minutes: int
    clock: Clock
    metrics: Metrics


def answer_caller(
    number: str | None, call_id: str | None, base_url: str, parts: AnsweringCallers
) -> Json:
    """Who answers a caller.

    Args:
        number: The caller's, E.164; None: withheld.
        call_id: The call that is to be answered, which is no earlier one; None: there is none yet.
        base_url: Where Vapi reaches us, without a trailing slash.
        parts: What the answer is made of.

    Returns:
        A squad whole, or the id of a saved one: as an assistant-request is answered, and as the
        body of a POST /call takes it.
    """
    department = _to_resume(number, call_id, parts)
    note = _resume_note(department) if department else ""
    if parts.squad_id:
        answer: Json = {"squadId": parts.squad_id}
        if note:
            answer["squadOverrides"] = {"variableValues": {"resumeNote": note}}
        return answer
    start = department.assistant if department else None
    return {"squad": parts.squad.compose(base_url, start, note)}


def _to_resume(
    number: str | None, call_id: str | None, parts: AnsweringCallers
) -> Department | None:
    if number is None or is_shared(number) or number in parts.departments.numbers:
        return None  # whoever shows it is not known by it
    try:
        earlier = parts.memory.last_call_of(number, but_not=call_id)
    except StoreUnavailableError:
        parts.metrics.count("read_failed", read="last_call")
        return None
    department = department_to_resume(
        earlier, parts.departments, parts.resume_minutes, parts.clock.now_ms()
    )
    if department:
        parts.metrics.count("call_resumed")
    return department


def _resume_note(department: Department) -> str:
    return (
        f"The line broke a moment ago while this caller was talking to {department.name}."
        " Say sorry for the break in a few words and go on from there. Do not ask again what"
        " the call is about; if it is about something else, the caller will say so."
    )

"""Who answers a caller: the squad; asked first whether they call back about a call that broke off.

One answer for every way in: an assistant-request of Vapi's, and a call that we order for somebody
who is on our own line.

    first ring, nothing before     the entry assistant, with its greeting; it knows the first name
                                   of whoever uses this number, and that it may be somebody else
    a call broke off a moment ago  the same, with the question; offered once, and nothing of that
                                   call is read or said (resuming.py)
    the same caller, still here    whoever he talked with, told what was said: no greeting
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.conversations.domain.customer_cards import note_of_caller
from contact_center.conversations.domain.facts import ResumeOffered
from contact_center.conversations.domain.policy import KEY
from contact_center.conversations.domain.resuming import (
    BACK_NOTE,
    NOBODY_CAME_NOTE,
    QUESTION_NOTE,
    RESUME_KEY,
    RUNG_BACK_NOTE,
    department_to_resume,
    note_of,
    served,
)
from contact_center.conversations.services.ports.callers import Opening
from contact_center.kernel.caller_numbers import is_shared
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.policy import Policy
    from contact_center.conversations.domain.resuming import EarlierCall
    from contact_center.conversations.services.ports.callers import (
        BrokenVisits,
        CallMemory,
        EarlierTalks,
        Resumptions,
        SquadComposer,
    )
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.records.domain.crm_cards import CrmCard
    from contact_center.records.services.card_ports import CardReads

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """Who is to be answered.

    Attributes:
        number: The caller's, E.164; None: withheld.
        known_as: What is the same however often we are asked who answers: the call, or the visit.
        call_id: The call that is to be answered; None: it is ordered with the answer.
        at_ms: When the caller rang, ms since 1970; None: now.
        before: The call that the same caller, who never hung up, has had before this one.
        resumes: The call that had broken off, and that he has said he goes on with.
        nobody_came: Whether a person was asked for meanwhile.
    """

    number: str | None
    known_as: str | None
    call_id: str | None = None
    at_ms: int | None = None
    before: str | None = None
    resumes: str | None = None
    nobody_came: bool = False


class Answer(NamedTuple):
    """Who answers: a squad whole or the id of a saved one, as an assistant-request is answered.

    `placed` is to be told the id of the call, where that is known only now; `offered` is what it
    writes down then. None: the caller is asked about no earlier call.
    """

    body: Json
    placed: Callable[[str], object]
    offered: ResumeOffered | None = None


class AnsweringCallers(Protocol):
    """What such an answer is made of."""

    @property
    def departments(self) -> Departments:
        """Who can take a call, the person's number included."""
        ...

    @property
    def policy(self) -> Policy:
        """For how long a call that broke off is offered, and the question."""
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
    def resumptions(self) -> Resumptions:
        """To whom calls that broke off were offered."""
        ...

    @property
    def visits(self) -> BrokenVisits | None:
        """Whether visits broke off; None: calls that were ordered for visits are not offered."""
        ...

    @property
    def talks(self) -> EarlierTalks | None:
        """What was said before; None: nobody is answered twice in one call."""
        ...

    @property
    def looks_up(self) -> bool:
        """Whether who answers can look up who calls once he has said his name."""
        ...

    @property
    def cards(self) -> CardReads | None:
        """What a CRM said of customers; None: none is asked."""
        ...

    @property
    def clock(self) -> Clock:
        """The machine clock."""
        ...

    @property
    def metrics(self) -> Metrics:
        """Counts calls that are offered, and reads that fail."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerers:
    """AnsweringCallers, of whoever answers nothing else."""

    departments: Departments
    policy: Policy
    squad: SquadComposer
    squad_id: str | None
    memory: CallMemory
    resumptions: Resumptions
    visits: BrokenVisits | None
    talks: EarlierTalks | None
    clock: Clock
    metrics: Metrics
    looks_up: bool = False
    cards: CardReads | None = None


def answer_caller(rang: Rang, base_url: str, parts: AnsweringCallers) -> Answer:
    """Who answers a caller.

    Args:
        rang: Who is to be answered.
        base_url: Where Vapi reaches us, without a trailing slash.
        parts: What the answer is made of.
    """
    back = _back(rang, parts)
    if back is not None:
        return Answer(_body(back, base_url, parts), _nothing)
    calls = _latest_calls(rang, parts)
    offered = _offered(calls, rang, parts)
    if offered is None:
        return Answer(
            _body(Opening(note=_who_calls(rang.number, calls, parts)), base_url, parts), _nothing
        )
    question = parts.policy.texts.resume.replace(KEY, parts.policy.resume_key)
    body = _body(Opening(note=QUESTION_NOTE, question=question), base_url, parts)
    return Answer(body, partial(_note, offered, parts=parts), offered)


def _body(opening: Opening, base_url: str, parts: AnsweringCallers) -> Json:
    if parts.squad_id:
        return parts.squad.saved(parts.squad_id, opening)
    return {"squad": parts.squad.compose(base_url, opening)}


def _back(rang: Rang, parts: AnsweringCallers) -> Opening | None:
    """How whoever talked with a caller goes on with him; None: nobody has talked with him."""
    before = rang.before or rang.resumes
    if before is None or parts.talks is None:
        return None
    try:
        talk = parts.talks.of(before)
    except (StoreRefusedError, StoreUnavailableError):
        parts.metrics.count("read_failed", read="earlier_talk")
        return None
    if not any(role == "customer" for role, _ in talk.turns):
        return None
    department = served(talk.destination, parts.departments)
    here = NOBODY_CAME_NOTE if rang.nobody_came else BACK_NOTE
    note = note_of(talk, here if rang.before else RUNG_BACK_NOTE)
    return Opening(start=department.assistant if department else None, note=note, goes_on=True)


def _latest_calls(rang: Rang, parts: AnsweringCallers) -> Sequence[EarlierCall]:
    """The latest calls of a number, in one read: whether one broke off, and who uses it."""
    number = rang.number
    if number is None or not _is_own(number, parts):
        return ()
    try:
        return parts.memory.latest_calls_of(number, but_not=rang.call_id or rang.before)
    except (StoreRefusedError, StoreUnavailableError):
        parts.metrics.count("read_failed", read="last_call")
        return ()


def _who_calls(number: str | None, calls: Sequence[EarlierCall], parts: AnsweringCallers) -> str:
    """What whoever answers is told of who calls; nothing where nobody can look him up."""
    if not parts.looks_up:
        return ""
    names = [name for call in calls for name in call.names]
    note = note_of_caller(names, _card(number, parts))
    parts.metrics.count("caller_known", known=str(bool(note)).lower())
    return note


def _card(number: str | None, parts: AnsweringCallers) -> CrmCard | None:
    """What a CRM last said of him, from our own table; None: nothing, or it is nobody's number."""
    if parts.cards is None or not _is_own(number, parts) or number is None:
        return None
    try:
        return parts.cards.get(number)
    except (StoreRefusedError, StoreUnavailableError):
        parts.metrics.count("read_failed", read="card")
        return None


def _is_own(number: str | None, parts: AnsweringCallers) -> bool:
    """Whether whoever shows a number is known by it."""
    return number is not None and not is_shared(number) and number not in parts.departments.numbers


def _offered(
    calls: Sequence[EarlierCall], rang: Rang, parts: AnsweringCallers
) -> ResumeOffered | None:
    """The call that broke off and that this caller is asked about; None: there is none."""
    try:
        offered = _earlier(calls, rang, parts)
        if offered is None or rang.known_as is None:
            return None
        if not parts.resumptions.offer(offered.earlier, rang.known_as):
            return None
    except (StoreRefusedError, StoreUnavailableError):
        parts.metrics.count("read_failed", read="last_call")
        return None
    if rang.call_id is not None and not _note(offered, rang.call_id, parts=parts):
        return None
    parts.metrics.count("resume_offered")
    return offered


def _earlier(
    calls: Sequence[EarlierCall], rang: Rang, parts: AnsweringCallers
) -> ResumeOffered | None:
    now_ms = parts.clock.now_ms()
    earlier = calls[0] if calls else None
    minutes = parts.policy.resume_minutes
    department = department_to_resume(
        earlier, parts.departments, minutes, now_ms if rang.at_ms is None else rang.at_ms
    )
    if earlier is None or department is None:
        return None
    post = earlier.visit_post
    if post is not None and (parts.visits is None or not parts.visits.broke_off(post)):
        return None  # put through, served otherwise, or still here
    return ResumeOffered(
        call_id=rang.call_id or "",
        at_ms=now_ms,
        key=RESUME_KEY,
        earlier=earlier.call_id,
        department=department.key,
    )


def _note(offered: ResumeOffered, call_id: str, *, parts: AnsweringCallers) -> bool:
    """Whether it is written what this call is asked about: else a yes means nothing."""
    try:
        parts.resumptions.asked(offered, call_id)
    except (StoreRefusedError, StoreUnavailableError):
        parts.metrics.count("resume_unnoted")
        return False
    return True


def _nothing(_call_id: str) -> None:
    """Nothing was offered."""

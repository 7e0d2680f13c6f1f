"""Take one message out of the call-events queue: write its facts down, decide, act.

A crash anywhere leaves a state from which the same message, delivered again, goes on:

    commit facts, decisions refused as already known, so nothing is written twice
    archive the report      the same key and content again; while it cannot be, the rest goes on
    write an opt-out        refused as already written
    begin an action         refused: whoever began it may have sent it
    send, finish            not repeated; what was refused is decided anew, once
    delete the raw body     the last thing done; a body that is gone was recorded

What is told of a call whose customer was forgotten is swallowed: nothing is written, nothing told.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING

from contact_center.conversations.domain.deciding.routing import says_goodbye
from contact_center.conversations.domain.deciding.silence import Backlog, look_again_ms
from contact_center.conversations.domain.facts import (
    CallEnded,
    CallSeen,
    PersonMet,
    person_met,
)
from contact_center.conversations.domain.looked_up import known_of
from contact_center.conversations.domain.opt_out_in_report import wants_no_more
from contact_center.conversations.services.act_on_decisions import act_on_decisions
from contact_center.conversations.services.archive_report import (
    archive_report,
    call_of_raw,
    report_key,
)
from contact_center.conversations.services.caller_cards import CardNews
from contact_center.conversations.services.follow_call import follow_call, note_refusal, tell_visit
from contact_center.conversations.services.ports.calls import ForgottenCallError
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.stop_calling import (
    may_tell_of_it,
    party_of,
    stop_calling,
)
from contact_center.conversations.services.take_found import Found, facts_of_found
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import (
    QueueUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from contact_center.conversations.domain.deciding.silence import Reading
    from contact_center.conversations.domain.facts import Corrected, Fact, OperatorAsked
    from contact_center.conversations.domain.opt_out_in_report import HeardInReport
    from contact_center.conversations.services.act_on_decisions import ActParts
    from contact_center.conversations.services.caller_cards import CallerCards
    from contact_center.conversations.services.ports.messages import (
        Reminders,
        ReportArchive,
        VisitNews,
    )
    from contact_center.conversations.services.record_parts import Recorded, RecordParts
    from contact_center.conversations.services.stop_calling import OptOutParts
    from contact_center.dialing.services.settle_attempt import SettleParts
    from contact_center.kernel.ports import Metrics
    from contact_center.records.domain.effects import Effect
    from contact_center.records.domain.refusals import RefusalRule


# A destination, people instead of it, and words: each may refuse, and the caller waits. More of
# it is left to the next message.
REFUSALS_AT_ONCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message of the queue.

    Attributes:
        body: The webhook as it came, unless it was too large.
        received_at_ms: When the door received it, ms since 1970.
        delivery: What tells this sending from another, "" when nothing does.
        body_key: Where the archive has the body that was too large, or None.
    """

    body: bytes
    received_at_ms: int
    delivery: str = ""
    body_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Our own message: look at a call again, a decision of it is due.

    Attributes:
        due_at_ms: When it was to come, ms since 1970. It waits in the queue behind facts, so it
            tells how far they have been read. None: an earlier release sent it.
    """

    call_id: str
    due_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FromOperator:
    """What somebody who watches a call wants done in it, or says of it: one fact."""

    fact: OperatorAsked | Corrected


@dataclass(frozen=True, slots=True, kw_only=True)
class FromVisit:
    """What a caller's visit came to after a call, which is a fact of that call."""

    fact: PersonMet


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message tells: facts of one call, and its end-of-call report if it is one.

    Attributes:
        facts: Of one call; empty when the message belongs to none.
        report: Reduced to what may be kept and redacted, or None.
        began_at_ms: When the call of the report began, ms since 1970.
        report_is_lost: It is one, and cannot be reduced.
        heard: What the report says that the customer said and did; None: it is no report.
        visit_claim: Which visit's call it says that it is, and its proof; not believed yet.
        probe: Which probe of ours it is, that belongs to no call; None: it is none.
    """

    facts: Sequence[Fact]
    report: Mapping[str, object] | None = None
    began_at_ms: int = 0
    report_is_lost: bool = False
    heard: HeardInReport | None = None
    visit_claim: str | None = field(default=None, repr=False)
    probe: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """What the router is made of.

    Attributes:
        read: Takes body, arrival (ms since 1970) and delivery.
        line_freed: Told when a call is over, for whoever waits for its line; never raises. None:
            nobody waits.
        effects_written: Told of what must happen elsewhere, once it is written; never raises. None:
            nobody is told.
        cards: Callers whose card is to be read anew, and who is told of it; None: no CRM is asked.
        probe_came: Notes that a probe of ours came; raises StoreUnavailableError. None: nobody
            waits for one.
        backlog: How far behind the queue is, as this process sees it.
        whose: Of a claim and a call, the name of the visit's call that it proves to be, or None.
            Raises StoreUnavailableError. None: calls that come in are of no visit.
        refusal: Which answers say that whom we rang is not interested; None: none do.
    """

    read: Callable[[bytes, int, str], Told]
    archive: ReportArchive
    record: RecordParts
    act: ActParts
    reminders: Reminders
    settle: SettleParts
    opt_out: OptOutParts
    metrics: Metrics
    visits: VisitNews
    backlog: Backlog = field(default_factory=Backlog)
    line_freed: Callable[[], object] | None = None
    effects_written: Callable[[Sequence[Effect]], object] | None = None
    whose: Callable[[str, str], str | None] | None = None
    cards: CallerCards | None = None
    probe_came: Callable[[str], object] | None = None
    refusal: RefusalRule | None = None


type Message = QueuedMessage | Reminder | FromOperator | FromVisit | Found | CardNews


def route_message(message: Message, router: Router) -> None:
    """Take one message.

    Raises:
        BadMessageError: It cannot be understood, now or ever.
        HistoryMovedOnError, AttemptBusyError, ContentionError: Others kept being faster;
            deliver it again.
        StoreUnavailableError: The tables did not answer; deliver it again.
    """
    try:
        _route(message, router)
    except ForgottenCallError:
        router.metrics.count("forgotten_swallowed")
        if isinstance(message, QueuedMessage):
            _forget_body(message, router)


def _route(message: Message, router: Router) -> None:
    if isinstance(message, Reminder):
        _take_reminder(message, router)
        return
    if isinstance(message, FromOperator):
        _take_wish(message.fact, router)
        return
    if isinstance(message, FromVisit):
        _take_meeting(message.fact, router)
        return
    if isinstance(message, Found):
        _take_found(message, router)
        return
    if isinstance(message, CardNews):
        if router.cards is not None:
            record = router.record.store.read(message.call_id).record
            router.cards.tell(record, router.act.control)
        return
    body = _body_of(message, router)
    if body is None:
        router.metrics.count("body_recorded_before")
        return
    told = router.read(body, message.received_at_ms, message.delivery)
    _record_and_act(message.received_at_ms, told, router)
    _forget_body(message, router)


def _take_reminder(message: Reminder, router: Router) -> None:
    """Do what is due; one that finds the queue behind comes again, when so much has been read."""
    now_ms = router.act.clock.now_ms()
    due_at_ms = now_ms if message.due_at_ms is None else message.due_at_ms
    reading = router.backlog.read(due_at_ms, now_ms)
    recorded = record_facts(message.call_id, (), router.record, reading)
    wish = _opt_out(Told(facts=()), recorded, router)
    _act(recorded, now_ms, router, wish, reading)
    unheard = recorded.unheard
    if unheard is not None and not unheard.believed and unheard.by_ms <= due_at_ms:
        _remind(message.call_id, look_again_ms(unheard, now_ms), router)


def _take_wish(fact: OperatorAsked | Corrected, router: Router) -> None:
    """Write down what an operator wants, decide and act; told again, nothing is done again."""
    if router.record.store.read(fact.call_id).record is None:  # it has been deleted since
        router.metrics.count("message_without_call")
        return
    now_ms = router.act.clock.now_ms()
    reading = router.backlog.read(fact.at_ms, now_ms)
    recorded = record_facts(fact.call_id, [fact], router.record, reading)
    _act(recorded, now_ms, router, _Wish.NONE, reading)


def _take_meeting(fact: PersonMet, router: Router) -> None:
    """Write down that a person had the caller, for what the call came to; nothing is done."""
    if router.record.store.read(fact.call_id).record is None:  # it has been deleted since
        router.metrics.count("message_without_call")
        return
    _hint(record_facts(fact.call_id, [fact], router.record), router)


def _hint(recorded: Recorded, router: Router) -> None:
    if recorded.effects and router.effects_written is not None:
        router.effects_written(recorded.effects)


def _take_found(message: Found, router: Router) -> None:
    record = router.record.store.read(message.call_id).record
    if record is None:
        router.metrics.count("message_without_call")
        return
    told = Told(facts=())
    if message.report is not None:
        told = router.read(message.report, message.received_at_ms, "")
    facts = facts_of_found(message, told.facts, record)
    if known_of(record, priced_here=False).reported:  # by the report itself, which is kept
        told = Told(facts=())
    told = replace(told, facts=facts, visit_claim=None)
    _record_and_act(message.received_at_ms, told, router)


def _record_and_act(received_at_ms: int, told: Told, router: Router) -> None:
    if not told.facts:
        _without_call(told, router)
        return
    call_id = told.facts[0].call_id
    told = _of_visit(call_id, told, router)
    key = None if told.report is None else report_key(call_id, told.began_at_ms)
    facts = [*_with_report(told, key), *_met(told, router)]
    reading = router.backlog.read(received_at_ms, router.act.clock.now_ms())
    recorded = record_facts(call_id, facts, router.record, reading)
    archived = _archived(told, key, router)
    _hint(recorded, router)
    if router.cards is not None:
        router.cards.heard(told.facts, recorded.record)
    wish = _opt_out(told, recorded, router)
    _act(recorded, received_at_ms, router, wish, reading)  # goodbye is said in any case
    over = follow_call(told.facts, recorded.record, router.settle)
    if over and router.line_freed is not None:
        router.line_freed()
    note_refusal(told.facts, recorded.record, router.refusal, router.settle)
    tell_visit(told.facts, recorded.record, router.visits, recorded.state.resumes)
    if wish is _Wish.UNSTORED or not archived:
        raise StoreUnavailableError  # the message comes again, and with it wish and report


def _without_call(told: Told, router: Router) -> None:
    if told.probe is not None and router.probe_came is not None:
        router.probe_came(told.probe)
    else:
        router.metrics.count("message_without_call")


def _of_visit(call_id: str, told: Told, router: Router) -> Told:
    """What a message tells, as of a visit's call if it proves to be one. Raises as `whose`."""
    if told.visit_claim is None or router.whose is None:
        return told
    post = router.whose(told.visit_claim, call_id)
    if post is None:
        return told
    facts = [each.of_visit(post) if isinstance(each, CallSeen) else each for each in told.facts]
    return replace(told, facts=facts)


def _met(told: Told, router: Router) -> Iterator[PersonMet]:
    """With the report of a visit's call, that a person has the caller by now: it is told so.

    Who comes to a person later is told of by his visit. Raises StoreUnavailableError.
    """
    ended = next((one for one in told.facts if isinstance(one, CallEnded)), None)
    posts = (one.visit_post for one in told.facts if isinstance(one, CallSeen) and one.visit_post)
    post = next(posts, None)
    met_ms = None if ended is None or post is None else router.visits.met_ms(post)
    if ended is not None and met_ms is not None:
        yield person_met(ended.call_id, met_ms)


class _Wish(Enum):
    """What has become of the wish not to be called again."""

    NONE = "none"
    STORED = "stored"
    NOBODYS = "nobody's"  # nobody knows whose telephone it is
    UNSTORED = "unstored"


def _opt_out(told: Told, recorded: Recorded, router: Router) -> _Wish:
    """Write an opt-out down before anything is said of it; UNSTORED: it has to be told again."""
    by = _asked_by(told, recorded, router)
    if by is None:
        return _Wish.NONE
    try:
        stored = stop_calling(party_of(recorded.record), by, router.opt_out)
    except (StoreRefusedError, StoreUnavailableError):
        router.metrics.count("opt_out_unstored")
        return _Wish.UNSTORED
    return _Wish.STORED if stored else _Wish.NOBODYS


def _asked_by(told: Told, recorded: Recorded, router: Router) -> str | None:
    """How the wish was told, where it may not be written down yet; None: nothing is to be done.

    The report is read as well: the webhook of a wish may have been lost, and nobody sends it again.
    """
    state = recorded.state
    if state.opt_out is not None:
        owed = any(
            says_goodbye(decision) and decision.number not in recorded.actions
            for decision in recorded.decisions
        )
        return state.opt_out if owed or may_tell_of_it(told.facts) else None
    heard = told.heard
    asks = heard is not None and wants_no_more(heard, router.record.policy, ours=state.outbound)
    return "report" if asks else None


def _act(
    recorded: Recorded, heard_at_ms: int, router: Router, wish: _Wish, reading: Reading
) -> None:
    call_id, clock = recorded.record.call_id, router.act.clock
    on_list = wish is _Wish.STORED
    acted = act_on_decisions(recorded, heard_at_ms, router.act, on_list=on_list)
    for _ in range(REFUSALS_AT_ONCE):
        if not acted.failed:
            break
        # which knows now what was refused
        recorded = record_facts(call_id, (), router.record, reading)
        acted = act_on_decisions(recorded, clock.now_ms(), router.act, on_list=on_list)
    for at_ms in acted.look_again_ms:
        _remind(call_id, at_ms, router)


def _remind(call_id: str, at_ms: int, router: Router) -> None:
    try:
        router.reminders.remind(call_id, at_ms, router.act.clock.now_ms())
    except QueueUnavailableError:
        # The message itself must not fail for it: the caller's next word does as well.
        router.metrics.count("reminder_unsent")


def _body_of(message: QueuedMessage, router: Router) -> bytes | None:
    """The webhook as it came; None: it waited in the bucket, and was recorded before.

    The door stores a body before it sends the message, and the bucket keeps it for longer than any
    queue keeps a message: one that is gone of a call that is known was deleted by us.
    """
    if message.body_key is None:
        return message.body
    try:
        return router.archive.get(message.body_key)
    except KeyError:
        call_id = call_of_raw(message.body_key)
        history = None if call_id is None else router.record.store.read(call_id)
        if history is not None and (history.record is not None or history.forgotten):
            return None
        raise BadMessageError("report_key", "must name a stored body") from None


def _forget_body(message: QueuedMessage, router: Router) -> None:
    """Delete a body that waited in the bucket: it holds words as they came."""
    if message.body_key is None or call_of_raw(message.body_key) is None:
        return
    try:
        router.archive.delete(message.body_key)
    except StoreUnavailableError:
        router.metrics.count("raw_body_undeleted")  # the bucket's own rule deletes it


def _with_report(told: Told, key: str | None) -> Sequence[Fact]:
    """The facts, the end of the call knowing where its report is kept.

    The call has ended whether or not its report can be kept: the fact says where it will be.
    """
    if key is None:
        return told.facts
    return [
        replace(fact, report_key=key) if isinstance(fact, CallEnded) else fact
        for fact in told.facts
    ]


def _archived(told: Told, key: str | None, router: Router) -> bool:
    """Keep the report, if there is one; whether it is there."""
    if told.report_is_lost:
        router.metrics.count("report_lost")
    if told.report is None or key is None:
        return True
    try:
        archive_report(told.report, key, router.archive)
    except StoreUnavailableError:
        router.metrics.count("report_unstored")
        return False
    return True

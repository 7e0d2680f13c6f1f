"""Write down what happened in a call and decide what follows from it.

    understand, redact ─► read history ─► merge new facts ─► fold ─► decide ─► commit
         │                     ▲                                                 │
         └─► note what tells   └────── somebody was faster, or facts, or ◄───────┘
             little by itself          decisions were written

Facts may come in any order and any number of times: what is already in the history is left
out, and what follows is a function of all facts together. Nothing is done to the call here.

Words are understood as they came, and redacted before anything else is done with them: no record,
decision or item is made of what is not to be kept. A number that is dictated over several turns
amends, in the same commit, what was stored of the earlier ones.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.calls import CallRecord, merge
from contact_center.conversations.domain.deciding.out_of_hours import within_hours
from contact_center.conversations.domain.deciding.routing import (
    given_up,
    next_actions,
    refused_wishes,
)
from contact_center.conversations.domain.deciding.silence import Reading, unheard_move
from contact_center.conversations.domain.facts import CallSeen, UtteranceHeard
from contact_center.conversations.domain.folding.conversation import decides_nothing
from contact_center.conversations.domain.folding.fold import conversation_state, folded_until
from contact_center.conversations.domain.folding.folded import (
    WholeNeededError,
    due_until_ms,
    is_behind,
)
from contact_center.conversations.domain.looked_up import expecting_prices, known_of
from contact_center.conversations.domain.promised import PROMISE
from contact_center.conversations.domain.redacted_facts import (
    amended_facts,
    goes_back_to,
    is_dictated,
    redacted_fact,
)
from contact_center.conversations.services.call_effects import call_effects
from contact_center.conversations.services.glance_at_call import glance_at
from contact_center.conversations.services.ports.calls import (
    FAILED,
    CallGlance,
    ControlOutcome,
    ForgottenCallError,
    HistoryMovedOnError,
)
from contact_center.conversations.services.record_parts import Recorded, RecordParts
from contact_center.conversations.services.show_whose import show_whose
from contact_center.conversations.services.understand_facts import understood_fact
from contact_center.conversations.services.when_written import is_news, tells_little
from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.achieved import Proof
from contact_center.records.domain.look_ups import due_ms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.folding.folded import Folded
    from contact_center.conversations.services.ports.calls import CallHistory, CallStore
    from contact_center.records.domain.effects import Effect

# A round writes or loses a race. Each lost one means that another router has just committed, so a
# handful is plenty; beyond that the queue's redelivery is the better wait.
COMMIT_ROUNDS = 10

# A transaction may have 4 MB, an honest fact 300 KB at the very most (fact_items.py). Messages
# bring one to three facts; only twenty tool calls at once are written in two commits.
FACTS_PER_COMMIT = 12
# A call is counted so long after its end: its report is there by then, and one count serves both.
COUNTED_AFTER_MS = 60_000

# Of what is stored already. A number of thirteen digits has as many turns at most, and a turn
# joins two numbers at most; more is left as it is to the next commit.
MOST_AMENDED = 60


def record_facts(
    call_id: str, facts: Sequence[Fact], parts: RecordParts, reading: Reading | None = None
) -> Recorded:
    """Write facts of one call down, once each, and commit the decisions that follow.

    Args:
        call_id: The call all facts belong to.
        facts: Those already written down change nothing; none: the call is only looked at.
        parts: What it works with.
        reading: How far the queue has been read. None: up to now.

    Returns:
        The call as it stands, with every decision ever committed.

    Raises:
        HistoryMovedOnError: Others kept being faster; to be tried again later.
        ForgottenCallError: Its customer was forgotten; nothing of it stays.
    """
    told = [understood_fact(fact, parts) for fact in facts]
    understood = [_kept(fact, parts) for fact in told if not decides_nothing(fact, parts.policy)]
    chunks = [
        understood[first : first + FACTS_PER_COMMIT]
        for first in range(0, len(understood), FACTS_PER_COMMIT)
    ]
    for chunk in chunks[:-1]:
        _record(call_id, chunk, parts, reading)
    return _record(call_id, chunks[-1] if chunks else (), parts, reading)


def _record(
    call_id: str, facts: Sequence[Fact], parts: RecordParts, reading: Reading | None
) -> Recorded:
    """Write until nothing is left to be written; whoever wrote reads again what others did.

    Facts are noted before the record gathers them, and of two who note at once the one who reads
    last sees both: what follows from both together is decided by somebody (decision 58). Whose
    call is erased meanwhile finds that on reading again, and takes away what he wrote. Whoever
    noted all of his facts before he read, and only gathers then, has read last (decision 110).
    """
    of_itself = [fact for fact in facts if not isinstance(fact, CallSeen)]  # which is known, mostly
    if of_itself and all(map(tells_little, of_itself)):
        parts.store.note(of_itself)
    decided: tuple[Decision, ...] = ()
    effects: tuple[Effect, ...] = ()
    unnamed: Sequence[Fact] = ()
    for _ in range(COMMIT_ROUNDS):
        step = _step(call_id, facts, parts, reading)
        record = step.recorded.record
        unnamed = show_whose(step.history, record, step.new, unnamed, parts.store)
        if step.is_nothing:
            return replace(step.recorded, new=decided, effects=effects)
        try:
            _write(step, parts.store)
        except HistoryMovedOnError:
            continue
        decided += tuple(step.recorded.new)
        effects += tuple(step.caused)
        if step.folded is not None:
            with suppress(HistoryMovedOnError):  # somebody else has folded it on
                parts.store.fold(call_id, step.folded)
        if step.only_gathers:
            return replace(step.recorded, new=decided, effects=effects)
    raise HistoryMovedOnError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A call as it was read, and what is to be written of it."""

    history: CallHistory
    recorded: Recorded
    new: Sequence[Fact]
    amended: Sequence[Fact]
    folded: Folded | None
    glance: CallGlance
    caused: Sequence[Effect]
    look_at_ms: int | None
    count_at_ms: int | None
    is_news: bool

    @property
    def is_nothing(self) -> bool:
        """Whether all of it is written down."""
        return not (self.new or self.recorded.new or self.is_news or self.folded)

    @property
    def only_gathers(self) -> bool:
        """Whether nothing is written that others would have to read: it follows from what is there.

        A record that is the call's first is no such thing: nothing shows whether it was erased.
        """
        told = self.new or self.recorded.new or self.amended or self.caused or self.folded
        return not told and self.history.version > 0


def _step(
    call_id: str, facts: Sequence[Fact], parts: RecordParts, reading: Reading | None
) -> _Step:
    """Read a call, and find out what is to be written; the whole of it only where that needs it."""
    with suppress(WholeNeededError):
        return _step_from(parts.store.read_on(call_id), call_id, facts, parts, reading)
    return _step_from(parts.store.read(call_id), call_id, facts, parts, reading)


def _step_from(
    history: CallHistory,
    call_id: str,
    facts: Sequence[Fact],
    parts: RecordParts,
    reading: Reading | None,
) -> _Step:
    if history.forgotten:
        parts.store.sweep(call_id)  # the door's items, and what we noted a moment before
        raise ForgottenCallError
    new = _new_facts(history, facts)
    _hold_to_what_was_read(history, facts, new, parts)
    history, new, amended = _amended(history, new, parts)
    recorded = _recorded(call_id, history, new, parts, reading)
    glance = glance_at(recorded, parts.departments)
    folded = None if new else _folded(history, facts, recorded, parts)
    news = is_news(recorded.record, glance, history, parts)
    return _Step(
        history=history,
        recorded=recorded,
        new=new,
        amended=amended,
        folded=folded,
        glance=glance,
        caused=call_effects(history.facts, new, recorded.record, glance, parts),
        look_at_ms=_look_at_ms(recorded.record, parts),
        count_at_ms=_count_at_ms(history, recorded.record, glance, parts.clock.now_ms()),
        # whoever reads on takes it from the record what turns that were folded told of the call
        is_news=news or (folded is not None and recorded.record != history.record),
    )


def _write(step: _Step, store: CallStore) -> None:
    history, record, glance = step.history, step.recorded.record, step.glance
    if step.recorded.new or step.caused or step.amended or step.count_at_ms is not None:
        store.commit(
            history,
            record,
            step.new,
            step.recorded.new,
            glance,
            amended=step.amended,
            effects=step.caused,
            look_at_ms=step.look_at_ms,
            count_at_ms=step.count_at_ms,
        )
        return
    store.note(step.new, record.value("customer_number"))
    if step.is_news:
        store.keep(history, record, glance, look_at_ms=step.look_at_ms)


def _hold_to_what_was_read(
    history: CallHistory, told: Sequence[Fact], new: Sequence[Fact], parts: RecordParts
) -> None:
    """Refuse to go on without turns that were folded: they may know a fact, or be amended by it."""
    folded = history.folded
    if history.whole or folded is None:
        return
    behind = any(is_behind(fact, folded) for fact in told)
    if behind or goes_back_to(folded.until_ms, history.facts, new, parts.redaction):
        raise WholeNeededError


def _folded(
    history: CallHistory, told: Sequence[Fact], recorded: Recorded, parts: RecordParts
) -> Folded | None:
    """What the call is to be folded to now, for those who read it after this; None: it is not."""
    refused = refused_wishes(recorded.decisions, recorded.failed)
    until_ms = due_until_ms(history.facts, told, history.folded, refused, whole=history.whole)
    if until_ms is None:
        return None
    before = None if history.whole else history.folded
    folded = folded_until(history.facts, parts.policy, parts.departments, refused, until_ms, before)
    version = history.folded.version if history.folded else 0
    return folded and replace(folded, version=version)


def _look_at_ms(record: CallRecord, parts: RecordParts) -> int | None:
    known = known_of(record, priced_here=parts.legs_priced, copied_here=parts.recordings)
    return due_ms(known)


def _recorded(
    call_id: str,
    history: CallHistory,
    new: Sequence[Fact],
    parts: RecordParts,
    reading: Reading | None,
) -> Recorded:
    known = (*history.facts, *new)
    record = history.record or CallRecord(call_id=call_id)
    for fact in known:  # all of them: merging again changes nothing, missing one would
        record = merge(record, fact)
    if parts.legs_priced:
        record = expecting_prices(record)
    now_ms = parts.clock.now_ms()
    failed = {number for number, mark in history.actions.items() if mark.outcome in FAILED}
    failed |= given_up(history.decisions)
    state = _state(known, history, failed, parts)
    if state.opt_out is not None and state.customer_known:  # else nobody is on the list
        record = replace(record, proofs=record.proofs | {Proof.OPTED_OUT.value})
    reading = reading or Reading(now_ms)
    unheard = unheard_move(state, history.decisions, _sent(history), parts, reading)
    if unheard is not None and unheard.believed:
        failed.add(unheard.decision.number)
        state = _state(known, history, failed, parts)
    numbered = max((decision.number for decision in history.decisions), default=0)
    counting = _counting(history)
    wanted = next_actions(state, counting, call_id, now_ms, failed, after=numbered)
    told_by = parts.departments, parts.policy
    decided = tuple(within_hours(one, state, counting, told_by, parts.closed_at) for one in wanted)
    return Recorded(
        record=record,
        state=state,
        decisions=(*history.decisions, *decided),
        new=decided,
        actions=history.actions,
        failed=frozenset(failed),
        last_words=_last_words(known),
        unheard=unheard,
    )


def _last_words(known: Sequence[Fact]) -> UtteranceHeard | None:
    said = (one for one in known if isinstance(one, UtteranceHeard) and one.text.strip())
    return max(said, key=lambda one: (one.at_ms, one.final, one.key), default=None)


def _state(
    known: Sequence[Fact], history: CallHistory, failed: Collection[int], parts: RecordParts
) -> ConversationState:
    refused = refused_wishes(history.decisions, failed)
    before = None if history.whole else history.folded
    return conversation_state(known, parts.policy, parts.departments, refused, before)


def _counting(history: CallHistory) -> Sequence[Decision]:
    """The decisions without those of promises that were kept otherwise: they sent nobody."""
    kept = {
        number for number, mark in history.actions.items() if mark.outcome is ControlOutcome.DROPPED
    }
    return [one for one in history.decisions if not (one.reason == PROMISE and one.number in kept)]


def _sent(history: CallHistory) -> dict[int, int]:
    """When Vapi accepted what was decided, by number, ms since 1970."""
    return {
        number: mark.finished_at_ms
        for number, mark in history.actions.items()
        if mark.outcome is ControlOutcome.SENT and mark.finished_at_ms is not None
    }


def _new_facts(history: CallHistory, told: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts that no commit has written yet, each once; those told now are always among them.

    Of a tool call that was answered at the door, the door's own fact knows the answer.
    """
    known = {fact.key for fact in history.facts}
    new = {fact.key: fact for fact in told} | {fact.key: fact for fact in history.unrecorded}
    return tuple(fact for key, fact in new.items() if key not in known)[:FACTS_PER_COMMIT]


def _kept(fact: Fact, parts: RecordParts) -> Fact:
    return redacted_fact(fact, parts.redaction, parts.policy, parts.departments)


def _amended(
    history: CallHistory, new: Sequence[Fact], parts: RecordParts
) -> tuple[CallHistory, tuple[Fact, ...], tuple[Fact, ...]]:
    """History and new facts, where they dictate a number together; what of the history changed."""
    if not any(is_dictated(fact) for fact in new):
        return history, tuple(new), ()
    known = (*history.facts, *new)
    changed = amended_facts(known, parts.redaction, parts.policy, parts.departments)
    facts = tuple(changed.get(fact.key, fact) for fact in history.facts)
    amended = tuple(changed[fact.key] for fact in history.facts if fact.key in changed)
    told = tuple(changed.get(fact.key, fact) for fact in new)
    return replace(history, facts=facts), told, amended[:MOST_AMENDED]


def _count_at_ms(
    history: CallHistory, record: CallRecord, glance: CallGlance, now_ms: int
) -> int | None:
    """When the call is to be counted; None: it is under way, or nothing of it has changed.

    That it was heard of, or that something was asked about it, is no figure's.
    """
    before = history.record
    if before is not None:
        before = replace(before, looked_up=record.looked_up, last_seen_ms=record.last_seen_ms)
    if not record.ended or (before == record and history.glance == glance):
        return None
    return now_ms + COUNTED_AFTER_MS

"""What tells little is noted before the call is read, and the record is written now and then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.deciding.routing import ActionKind
from contact_center.conversations.domain.facts import CallSeen, ToolCalled
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.when_written import SEEN_MS
from tests.fakes.call_store import FakeCallStore
from tests.unit.conversations.histories import CALL_ID, History
from tests.unit.conversations.test_record_facts import RacingStore, parts_for, untold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import CallHistory


def test_what_was_noted_is_gathered_by_whoever_writes_the_record_first() -> None:
    rivals = History().after(5).noticed("stalled")
    store = RacingStore(rivals=list(rivals.facts))
    parts = parts_for(store=store)
    store.parts = replace(parts, store=store.lane)
    (fact,) = History().noticed("mine").facts
    record_facts(CALL_ID, [fact], parts)
    stored = store.read(CALL_ID)
    assert stored.record == merge_all(CALL_ID, (fact, *rivals.facts))
    assert stored.version == 1


def test_words_from_which_nothing_follows_are_noted_and_the_record_is_let_be() -> None:
    history = History().assistant("router").says("my bill is wrong", "billing")
    parts = replace(parts_for(history.facts), watched=lambda: False)
    record_facts(CALL_ID, history.facts, parts)
    before = parts.store.read(CALL_ID)
    told = history.after(SEEN_MS - 1).assistant_says("One moment, please.").facts[-1:]
    recorded = record_facts(CALL_ID, told, parts)
    after = parts.store.read(CALL_ID)
    assert len(after.facts) == len(before.facts) + 1
    assert (after.version, after.record) == (before.version, before.record)
    assert recorded.record.last_seen_ms == told[-1].at_ms


def test_that_an_assistant_is_heard_from_is_written_with_the_next_news() -> None:
    history = History().assistant("router").says("a refund", "billing").after(3_000)
    history = history.transferred("billing").assistant("billing")
    parts = replace(parts_for(history.facts), watched=lambda: False)
    *before, told = [untold(fact) for fact in history.facts]
    record_facts(CALL_ID, before, parts)
    version = parts.store.read(CALL_ID).version
    recorded = record_facts(CALL_ID, [told], parts)
    assert parts.store.read(CALL_ID).version == version
    assert recorded.record.assistants == {"router", "billing"}
    record_facts(CALL_ID, history.ends().facts, parts)
    assert parts.store.read(CALL_ID).record == merge_all(CALL_ID, history.facts)


@dataclass
class AskedStore(FakeCallStore):
    """A store that remembers what it was asked for, in order."""

    asked: list[str] = field(default_factory=list)

    def read_on(self, call_id: str) -> CallHistory:
        self.asked.append("read")
        return super().read_on(call_id)

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        self.asked += ["note"] if facts else []
        super().note(facts, customer)


@pytest.mark.parametrize("watched", [True, False])
def test_what_decides_hardly_ever_is_noted_and_read_once(*, watched: bool) -> None:
    """With what others noted; the record that gathers it shows them nothing more."""
    store = AskedStore()
    parts = replace(parts_for(store=store), watched=lambda: watched)
    history = History().answered().says("hello")
    record_facts(CALL_ID, history.facts, parts)
    told = [
        history.after(SEEN_MS if watched else 5).assistant_says("Please wait.").facts[-1:],
        history.after(5).assistant("billing").facts[-1:],
        history.after(5).says("Let me think.").facts[-1:],
        history.after(5).status("ended", "customer-ended-call").facts[-1:],
    ]
    for facts in told:
        before, store.asked = len(store.read(CALL_ID).facts), []
        record_facts(CALL_ID, facts, parts)
        assert store.asked == ["note", "read"]
        record_facts(CALL_ID, facts, parts)
        assert store.asked == ["note", "read"] * 2  # nothing is written again
        assert len(store.read(CALL_ID).facts) == before + 1
    assert store.read(CALL_ID).record == merge_all(CALL_ID, history.facts)


def test_what_may_decide_is_not_noted_before_the_call_is_read() -> None:
    """A digit may belong to a number, and a wish is written with what follows from it."""
    history = History().answered()
    wish = history.says("my bill is wrong", "billing").facts[-1:]
    digit = History().after(9_000).says("four").facts
    beside = [*History().after(9_100).assistant_says("Please wait.").facts, *digit]
    store = AskedStore()
    parts = parts_for([*wish, *digit], store)
    record_facts(CALL_ID, history.facts[:-1], parts)
    report = History().after(9_200).ends().facts
    read_back = History().after(9_300).assistant_says("four, yes?").facts
    for facts in (wish, digit, beside, report, read_back):
        store.asked = []
        record_facts(CALL_ID, [untold(fact) for fact in facts], parts)
        assert store.asked[0] == "read"


def test_whoever_decides_reads_again_whatever_others_noted_meanwhile() -> None:
    """Of a wish whose router died after he had noted it."""
    store = AskedStore()
    history = History().answered().says("my bill is wrong", "billing")
    parts = parts_for(history.facts, store)
    record_facts(CALL_ID, history.facts[:-1], parts)
    store.note(history.facts[-1:])
    store.asked = []
    told = history.after(5).status("in-progress", again=True).facts[-1:]
    assert [one.department for one in record_facts(CALL_ID, told, parts).new] == ["billing"]
    assert store.asked == ["note", "read", "read"]


SEEN = CallSeen(call_id=CALL_ID, at_ms=SEEN_MS, key="seen", customer_number="+14155550142")
LEFT = ToolCalled(
    call_id=CALL_ID,
    at_ms=SEEN_MS,
    key="tool:1",
    tool_call_id="1",
    name="takeMessage",
    arguments={"about": "a refund"},
    follow_up="message",
)


def test_what_is_left_and_nothing_follows_from_is_noted_with_whose_it_is() -> None:
    store = FakeCallStore()
    parts = replace(parts_for(store=store), call_receivers=())
    record_facts(CALL_ID, [SEEN], parts)
    record_facts(CALL_ID, [LEFT], parts)
    assert store.noted_of[LEFT.key] == "+14155550142"


def test_what_was_left_before_it_was_known_whose_call_it_is_is_his_afterwards() -> None:
    store = FakeCallStore()
    parts = replace(parts_for(store=store), call_receivers=())
    record_facts(CALL_ID, [LEFT], parts)
    assert store.noted_of[LEFT.key] is None
    record_facts(CALL_ID, [SEEN], parts)
    assert store.noted_of[LEFT.key] == "+14155550142"


@dataclass
class RivalNotes(FakeCallStore):
    """A store in which somebody else tells something, just before what is left is written down."""

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        if LEFT in facts:
            rival = replace(parts_for(store=self), call_receivers=())
            record_facts(CALL_ID, [SEEN], rival)
        super().note(facts, customer)


def test_whoever_writes_it_while_another_learns_whose_call_it_is_finds_that_out() -> None:
    store = RivalNotes()
    record_facts(CALL_ID, [LEFT], replace(parts_for(store=store), call_receivers=()))
    assert store.noted_of[LEFT.key] == "+14155550142"


def test_the_last_words_are_kept_while_somebody_looks() -> None:
    history = History().assistant("router")
    parts = parts_for()
    record_facts(CALL_ID, history.facts, parts)
    record_facts(CALL_ID, history.after(5).assistant_says("One moment, please.").facts, parts)
    live = parts.store.read(CALL_ID).glance.live
    assert live is not None
    assert live.words == "One moment, please."


def test_the_record_of_a_call_that_is_over_is_exact_although_nobody_looks() -> None:
    history = History().assistant("router").ends()
    parts = replace(parts_for(), watched=lambda: False)
    record_facts(CALL_ID, history.facts, parts)
    told = history.after(5).assistant_says("One moment.").facts  # told after its end
    record_facts(CALL_ID, told, parts)
    assert parts.store.read(CALL_ID).record == merge_all(CALL_ID, told)


def test_that_a_call_goes_on_is_written_after_a_while() -> None:
    history = History().assistant("router")
    parts = replace(parts_for(), watched=lambda: False)
    record_facts(CALL_ID, history.facts, parts)
    told = history.after(SEEN_MS).assistant_says("Are you still there?").facts
    record_facts(CALL_ID, told, parts)
    assert parts.store.read(CALL_ID).record == merge_all(CALL_ID, told)


@pytest.mark.parametrize("theirs", [0, 1])
def test_of_two_who_note_at_once_one_decides_on_both(theirs: int) -> None:
    """Two partial transcripts that agree are a wish; neither alone is."""
    history = History().assistant("router").after(900)
    router = history.facts[0]
    history = (
        history.begins("I was charged for something twice", "billing")
        .after(300)
        .begins("I was charged for something twice yesterday", "billing")
    )
    (rival, ours) = history.facts[1:] if theirs else reversed(history.facts[1:])
    store = RacingStore(rivals=[])
    parts = parts_for(history.facts, store)
    record_facts(CALL_ID, [router], parts)
    store.rivals, store.parts = [rival], replace(parts, store=store.lane)
    store.notes_race = True
    recorded = record_facts(CALL_ID, [untold(ours)], parts)
    assert [(one.kind, one.department) for one in recorded.new] == [(ActionKind.ROUTE, "billing")]


def test_whoever_keeps_the_record_decides_on_what_was_noted_meanwhile() -> None:
    history = History().assistant("router").after(900)
    router = history.facts[0]
    history = (
        history.begins("I was charged for something twice", "billing")
        .after(300)
        .begins("I was charged for something twice yesterday", "billing")
    )
    first, second = history.facts[1:]
    (ours,) = History().noticed("stalled").facts
    store = RacingStore(rivals=[])
    parts = parts_for(history.facts, store)
    record_facts(CALL_ID, [router], parts)
    store.lane.note([first])
    store.parts, store.unread = None, [second]  # it is noted by somebody who read before
    recorded = record_facts(CALL_ID, [ours], parts)
    assert [(one.kind, one.department) for one in recorded.new] == [(ActionKind.ROUTE, "billing")]

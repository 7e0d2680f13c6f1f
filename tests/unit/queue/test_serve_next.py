"""A freed line: who is sent for, and what becomes of them, however the world behaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from contact_center.console.services.take_up import AsideDesk
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.queue.domain.waiting import (
    EntryState,
    LeftBecause,
    Offered,
    QueueEntry,
    WaitsFor,
)
from contact_center.queue.services import serve_next as serving
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.enter_queue import Overflow
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.queue.services.look_after_queue import look_after_queue
from contact_center.queue.services.serve_next import (
    ANSWERED_WITHIN_SECONDS,
    ARRIVES_WITHIN_MS,
    MOST_FAILURES,
    serve_next,
)
from contact_center.queue.services.wait_in_queue import Arrives, where_next
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.telephone_ports import UNANSWERED
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.unit.queue.queue_scene import DEPARTMENTS, LATER, LONGEST_MS, PATIENCE_MS, Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.visits.services.telephone_ports import LegOutcome

NOT_SENT, UNKNOWN, REFUSED = NotSent("connection"), Unknown("timeout"), Refused("other")


def test_the_table_s_own_order_is_the_truth_by_place() -> None:
    scene = Scene(lines=3)
    scene.enter("a", "b", "c", "d")
    assert scene.serve() == ["a", "b", "c"]
    assert scene.held == {"visit:v-a", "visit:v-b", "visit:v-c"}
    assert scene.state("d") == "waiting"
    assert scene.serve() == []
    scene.free_line("visit:v-a")
    assert scene.serve() == ["d"]


def test_serving_takes_line_and_entry_with_a_token_then_redirects_the_leg() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    seen = []

    def look(leg: str) -> None:
        entry = scene.queue.entries["v-a"]
        seen.append((leg, entry.state, entry.token, set(scene.held)))

    scene.telephone.before_redirect = look
    scene.serve()
    assert seen == [("CA-a", EntryState.SERVING, "t1", {"visit:v-a"})]
    assert scene.telephone.redirected == [("CA-a", (GoTo("/twilio/queue/result"),))]
    assert where_next("v-a", scene.waiting) == Arrives("sales", "v-a.2", None)
    assert scene.state("a") == "served"
    assert scene.held == {"visit:v-a"}  # for the talk
    assert scene.ledger.claims == {"visit:v-a": "v-a.2"}
    assert where_next("v-a", scene.waiting) == Arrives("sales", "v-a.2", None)


def test_gone_is_gone_the_line_is_free_and_the_next_one_is_served_at_once() -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b", "c")
    scene.telephone.hung_up = {"CA-a", "CA-b"}
    assert scene.serve() == ["a", "b", "c"]
    assert [scene.state(name) for name in "abc"] == ["gone", "gone", "serving"]
    assert scene.held == {"visit:v-c"}


def test_whoever_is_known_to_have_hung_up_is_not_sent_for() -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b")
    scene.ledger.leave("visit:v-a", 0)
    assert scene.serve() == ["b"]
    assert scene.state("a") == "gone"


def test_a_caller_who_hangs_up_while_sent_for_frees_the_line_once() -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b")
    scene.serve()
    assert leave_queue("v-a", scene.waiting)
    assert scene.held == set()
    assert leave_queue("v-a", scene.waiting)  # told again
    assert scene.ledger.lines_in_use == 0
    assert scene.serve() == ["b"]


def test_a_line_that_twilio_s_end_has_freed_is_not_freed_again() -> None:
    scene = Scene(lines=2)
    scene.enter("a", "b")
    scene.serve()
    scene.ledger.leave("visit:v-a", 0)
    assert leave_queue("v-a", scene.waiting)
    assert (scene.held, scene.ledger.lines_in_use) == ({"visit:v-b"}, 1)


def test_what_was_refused_goes_back_to_its_place_and_the_next_is_served() -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b", "c")
    place_ms = scene.queue.entries["v-a"].place_ms
    scene.telephone.comes_of["CA-a"] = REFUSED
    assert scene.serve() == ["a", "b"]
    entry = scene.queue.entries["v-a"]
    assert (entry.state, entry.place_ms, entry.failures) == (EntryState.WAITING, place_ms, 1)
    assert (scene.place("a"), scene.place("c")) == (1, 2)
    assert scene.held == {"visit:v-b"}


def test_however_many_are_refused_who_comes_after_them_gets_the_line() -> None:
    scene = Scene(lines=1)
    scene.enter(*"abcdef")
    scene.telephone.comes_of = {f"CA-{name}": REFUSED for name in "abcde"}
    assert scene.serve() == list("abcdef")
    assert scene.held == {"visit:v-f"}


def test_who_still_rings_keeps_his_place_and_is_sent_for_a_moment_later() -> None:
    scene, jobs = Scene(lines=2), FakeReceptionJobs()
    scene.enter("ann", "ben")
    scene.parts = replace(scene.parts, hints=jobs)
    scene.telephone.comes_of["CA-ann"] = NotSent(UNANSWERED)
    assert scene.serve() == ["ann", "ben"]
    entry = scene.queue.entries["v-ann"]
    assert (entry.state, entry.failures) == (EntryState.WAITING, 0)
    assert scene.held == {"visit:v-ben"}
    assert jobs.sent == [ReceptionJob(JobKind.SERVE, in_seconds=ANSWERED_WITHIN_SECONDS)]
    del scene.telephone.comes_of["CA-ann"]
    assert scene.serve() == ["ann"]


def test_a_provider_that_is_away_costs_nobody_his_place() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    scene.telephone.comes_of["CA-a"], scene.telephone.silent = UNKNOWN, True
    for _ in range(2 * MOST_FAILURES):
        look_after_queue(scene.parts)
        scene.clock.advance(ARRIVES_WITHIN_MS)
    assert (scene.state("a"), scene.place("a")) == ("serving", 1)
    scene.telephone.comes_of, scene.telephone.silent = {}, False
    for _ in range(MOST_FAILURES):  # live, and it never comes: that is its own doing
        look_after_queue(scene.parts)
        scene.clock.advance(ARRIVES_WITHIN_MS)
    assert scene.state("a") == "failed"


def test_what_is_refused_time_and_again_is_over_and_the_caller_goes_elsewhere() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    scene.telephone.comes_of["CA-a"] = REFUSED
    for _ in range(MOST_FAILURES):
        assert scene.serve() == ["a"]
    assert scene.state("a") == "failed"
    assert (scene.held, scene.serve()) == (set(), [])
    assert where_next("v-a", scene.waiting) == Overflow(LATER, "failed")


@pytest.mark.parametrize(
    "outcome", [NOT_SENT, Refused("unauthorized", configuration=True)], ids=["away", "account"]
)
def test_when_nobody_can_be_reached_everybody_keeps_their_place_and_it_costs_nobody(
    outcome: LegOutcome,
) -> None:
    scene = Scene(lines=2)
    scene.enter("a", "b")
    scene.telephone.comes_of = dict.fromkeys(("CA-a", "CA-b"), outcome)
    for _ in range(2 * MOST_FAILURES):
        assert scene.serve() == ["a"]  # and no further: the next would fare alike
    assert (scene.state("a"), scene.place("a"), scene.held) == ("waiting", 1, set())
    scene.telephone.comes_of = {}
    assert scene.serve() == ["a", "b"]


def test_in_doubt_the_line_stays_taken_until_the_leg_arrives_or_the_lease_ends() -> None:
    scene = Scene(lines=2)
    scene.enter("a", "b")
    scene.telephone.comes_of["CA-a"] = UNKNOWN
    assert scene.serve() == ["a", "b"]
    assert scene.held == {"visit:v-a", "visit:v-b"}
    scene.clock.advance(ARRIVES_WITHIN_MS - 1)
    assert isinstance(where_next("v-b", scene.waiting), Arrives)
    look_after_queue(scene.parts)
    assert scene.state("a") == "serving"
    scene.clock.advance(1)
    scene.telephone.comes_of = {}
    assert look_after_queue(scene.parts) == 1  # back at the place, and sent for anew
    assert scene.queue.entries["v-a"].token == "t3"
    assert isinstance(where_next("v-a", scene.waiting), Arrives)


def test_a_lost_reply_to_the_transaction_is_looked_up_and_served() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    scene.queue.lose_reply_of = lambda change: change.after.state is EntryState.SERVING
    assert scene.serve() == ["a"]
    assert scene.state("a") == "serving"


def test_a_transaction_that_nobody_heard_of_is_told_to_whoever_asked() -> None:
    scene = Scene(lines=1)
    scene.enter("a")

    def away(_change: object) -> None:
        raise StoreUnavailableError

    scene.queue.before_commit = away
    with pytest.raises(StoreUnavailableError):
        serve_next(scene.parts)
    assert scene.telephone.redirected == []
    assert (scene.state("a"), scene.held) == ("waiting", set())


def test_contention_is_tried_again() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    left = [ContentionError(), ContentionError()]

    def meet(_change: object) -> None:
        if left:
            raise left.pop()

    scene.queue.before_commit = meet
    assert scene.serve() == ["a"]


def test_another_server_who_was_faster_has_the_entry_and_we_the_next() -> None:
    scene = Scene(lines=2)
    scene.enter("a", "b")
    raced: list[str] = []

    def be_faster(_change: object) -> None:
        if not raced:
            raced.append("once")
            scene.queue.before_commit = lambda _change: None
            serve_next(replace(scene.parts, lines=1))

    scene.queue.before_commit = be_faster
    assert scene.serve() == ["a", "b"]
    assert [leg for leg, _ in scene.telephone.redirected] == ["CA-a", "CA-b"]
    assert scene.held == {"visit:v-a", "visit:v-b"}


def test_a_visit_whose_line_is_in_doubt_gets_no_second_and_stops_nobody() -> None:
    scene = Scene(lines=2)
    scene.enter("a", "b")
    scene.ledger.admit("visit:v-a", 0)
    assert scene.serve() == ["b"]
    assert scene.state("a") == "waiting"


def test_one_bad_entry_never_stops_the_next() -> None:
    scene = Scene(lines=2)
    scene.enter("a", "b", "c", "d")
    scene.queue.unreadable.add("v-a")
    scene.telephone.comes_of["CA-b"] = RuntimeError("no words of it in any log")
    assert scene.serve() == ["b", "c"]
    assert len(scene.metrics.of("entry_unreadable")) == 1
    assert len(scene.metrics.of("serving_failed")) == 1
    assert scene.place("d") == 1  # whoever cannot be read is nobody's place any more


def test_what_cannot_be_read_is_set_aside_at_once_with_its_cause_and_comes_back_when_told() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    scene.queue.unreadable.add("v-a")
    assert scene.serve() == []
    assert "at waiting_queue.py" in scene.troubles.read(Thing.ENTRY, "v-a").cause
    scene.queue.unreadable.clear()  # a newer release is deployed
    assert scene.serve() == []
    AsideDesk(scene.troubles, scene.queue).take_up("entry v-a")
    assert scene.serve() == ["a"]


def test_who_breaks_the_serving_ten_times_is_set_aside_and_comes_back_to_the_place_when_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b")
    scene.ledger.admit("call:another", 0)  # nobody is served: b waits behind him
    take = serving._take

    def breaks(entry: QueueEntry, *how: Any) -> Any:
        if entry.visit_id == "v-a":
            raise RuntimeError("a fault of ours, for this one")
        return take(entry, *how)

    monkeypatch.setattr(serving, "_take", breaks)
    for _ in range(STUMBLES - 1):
        serve_next(scene.parts)
    assert scene.place("b") == 2
    serve_next(scene.parts)
    assert scene.place("b") == 1
    serve_next(scene.parts)
    assert len(scene.metrics.of("serving_failed")) == STUMBLES
    assert scene.troubles.read(Thing.ENTRY, "v-a").cause.startswith("RuntimeError at ")

    monkeypatch.setattr(serving, "_take", take)
    desk = AsideDesk(scene.troubles, scene.queue)
    assert desk.take_up("entry v-a") is not None
    assert desk.take_up("entry v-a") is None
    assert scene.place("b") == 2
    scene.ledger.leave("call:another", 0)
    assert scene.serve() == ["a"]


def test_who_is_due_and_breaks_ten_ticks_is_due_no_more_and_keeps_the_place() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    scene.ledger.admit("call:another", 0)
    scene.clock.advance(LONGEST_MS)
    scene.telephone.find_leg = breaks_always  # type: ignore[assignment, method-assign]
    for _ in range(STUMBLES + 2):
        look_after_queue(scene.parts)
    assert len(scene.metrics.of("entry_not_looked_after")) == STUMBLES
    assert scene.queue.due(scene.clock.now_ms(), 10).visit_ids == []
    assert scene.place("a") == 1


def breaks_always(_leg: str) -> NoReturn:
    raise RuntimeError("a fault of ours")


def test_many_bad_entries_at_the_head_do_not_stop_another_department() -> None:
    scene = Scene(lines=1)
    scene.enter(*"abcde")
    scene.telephone.comes_of = {f"CA-{name}": REFUSED for name in "abcde"}
    scene.clock.advance(PATIENCE_MS + 1)
    scene.enter("z", department="support")
    assert scene.serve()[-1] == "z"


def test_departments_share_lines_by_weight() -> None:
    scene = Scene(lines=6, weights={"sales": 2})
    scene.enter(*"abcdefgh")
    scene.enter(*"klmnopqr", department="support")
    served = scene.serve()
    assert len([name for name in served if name < "k"]) == 4
    assert [name for name in served if name >= "k"] == ["k", "l"]


def test_nobody_waits_longer_than_patience_behind_later_callers_of_another_department() -> None:
    scene = Scene(lines=20, weights={"sales": 16})
    scene.take_lines(19)
    scene.enter("old", department="support")
    scene.clock.advance(PATIENCE_MS)
    scene.enter("new")
    scene.queue.kept_boards["support", WaitsFor.LINE] = replace(
        scene.queue.board("support", WaitsFor.LINE), turn=10**9
    )
    assert scene.serve() == ["old"]


def test_whoever_waits_for_a_person_is_given_no_line() -> None:
    scene = Scene(lines=2)
    scene.enter("p", waits_for=WaitsFor.PERSON)
    scene.enter("a")
    assert scene.serve() == ["a"]
    assert scene.state("p") == "waiting"


# -- a tick finds what a lost hint left --------------------------------------------------------


def test_a_tick_finds_what_a_lost_hint_left() -> None:
    scene = Scene(lines=1)
    scene.take_lines(1)
    scene.enter("a")
    assert look_after_queue(scene.parts) == 0
    scene.free_line("call:0")
    assert look_after_queue(scene.parts) == 1


def test_a_tick_finds_who_hung_up_unheard() -> None:
    scene = Scene(lines=1)
    scene.take_lines(1)
    scene.enter("a", "b")
    scene.telephone.hung_up.add("CA-a")
    scene.clock.advance(LONGEST_MS + 5)
    look_after_queue(scene.parts)
    assert (scene.state("a"), scene.state("b"), scene.place("b")) == ("gone", "waiting", 1)
    assert scene.queue.due(scene.clock.now_ms(), 9).visit_ids == []


def test_a_server_that_died_before_it_redirected_leaks_no_line_beyond_its_lease() -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b")
    scene.telephone.comes_of["CA-a"] = SystemExit()  # type: ignore[assignment]
    scene.telephone.before_redirect = _die
    with pytest.raises(SystemExit):
        serve_next(scene.parts)
    scene.telephone.before_redirect = lambda _leg: None
    scene.telephone.comes_of = {}
    assert (scene.state("a"), scene.serve()) == ("serving", [])
    scene.clock.advance(ARRIVES_WITHIN_MS)
    scene.telephone.silent = True  # the lease ends whether anybody answers or not
    assert look_after_queue(scene.parts) == 1
    assert (scene.state("a"), scene.held) == ("serving", {"visit:v-a"})
    assert isinstance(where_next("v-a", scene.waiting), Arrives)


def _die(_leg: str) -> None:
    raise SystemExit


def test_an_offer_that_nobody_took_back_ends_with_its_lease() -> None:
    scene = Scene(lines=1)
    scene.enter("p", waits_for=WaitsFor.PERSON)
    change_entry("v-p", Offered("o1", "ann", scene.clock.now_ms() + 20_000), scene.waiting)
    scene.clock.advance(20_000)
    look_after_queue(scene.parts)
    entry = scene.queue.entries["v-p"]
    assert (entry.state, entry.person_id, entry.failures) == (EntryState.WAITING, None, 0)


def test_a_tick_looks_at_the_others_and_serves_though_the_table_is_away_for_one_of_them() -> None:
    scene = Scene(lines=1)
    scene.enter("p", "q", waits_for=WaitsFor.PERSON)
    until_ms = scene.clock.now_ms() + 20_000
    for name in "pq":
        change_entry(f"v-{name}", Offered(f"o-{name}", "ann", until_ms), scene.waiting)
    scene.enter("a")
    scene.clock.advance(20_000)
    read = scene.queue.read

    def away_for_one(visit_id: str) -> QueueEntry | None:
        if visit_id == "v-p":
            raise StoreUnavailableError
        return read(visit_id)

    scene.queue.read = away_for_one  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailableError):
        look_after_queue(scene.parts)
    assert (scene.state("p"), scene.state("q"), scene.state("a")) == (
        "offered",
        "waiting",
        "serving",
    )


def test_a_tick_is_stopped_by_no_bad_entry() -> None:
    scene = Scene(lines=1)
    scene.take_lines(1)
    scene.enter("a", "b")
    scene.clock.advance(LONGEST_MS + 5)
    scene.queue.unreadable.add("v-a")
    look_after_queue(scene.parts)
    assert scene.queue.due(scene.clock.now_ms(), 9).visit_ids == []
    assert scene.metrics.of("entry_unreadable")
    assert scene.place("b") == 1


# -- what serving costs ------------------------------------------------------------------------


@pytest.mark.parametrize("waiting", [1, 40])
def test_serving_asks_the_table_alike_however_many_wait(waiting: int) -> None:
    scene = Scene(lines=1)
    scene.enter(*(f"c{number:02d}" for number in range(waiting)))
    scene.queue.asked.clear()
    scene.serve()
    per_pass = len(DEPARTMENTS) + 1
    assert scene.queue.asked[: per_pass + 2] == [*["heads"] * 3, "boards", "read", "commit"]
    assert len(scene.queue.asked) <= 2 * per_pass + 4


def test_leaving_is_told_by_whoever_was_first() -> None:
    scene = Scene()
    scene.enter("a")
    assert leave_queue("v-a", scene.waiting)
    assert not leave_queue("v-a", scene.waiting, LeftBecause.TOO_LONG)
    assert not leave_queue("v-nobody", scene.waiting)


def one_more(times: int) -> Callable[[], bool]:
    """Time for so many."""
    left = iter(range(times))
    return lambda: next(left, None) is not None


def test_when_time_is_short_the_rest_is_left_as_it_was_and_hinted_at() -> None:
    jobs = FakeReceptionJobs()
    scene = Scene(lines=3)
    scene.enter("a", "b", "c")
    parts = replace(scene.parts, hints=jobs)
    assert serve_next(parts, one_more(1)) == 1
    assert [scene.state(name) for name in "abc"] == ["serving", "waiting", "waiting"]
    assert scene.held == {"visit:v-a"}
    assert jobs.sent == [ReceptionJob(JobKind.SERVE)]
    assert scene.metrics.of("serving_left") == [{}]
    assert serve_next(parts) == 2
    assert jobs.sent == [ReceptionJob(JobKind.SERVE)]  # nobody is left: nothing to hint at


def test_more_than_one_pass_takes_are_hinted_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_AT_ONCE", 2)
    jobs = FakeReceptionJobs()
    scene = Scene(lines=3)
    scene.enter("a", "b", "c")
    assert serve_next(replace(scene.parts, hints=jobs)) == 2
    assert jobs.sent == [ReceptionJob(JobKind.SERVE)]


def test_a_tick_whose_time_is_short_leaves_what_is_due_to_the_next() -> None:
    scene = Scene(lines=2)
    scene.enter("a", "b")
    assert scene.serve() == ["a", "b"]
    scene.clock.advance(ARRIVES_WITHIN_MS)
    look_after_queue(scene.parts, lambda: False)
    assert [scene.state(name) for name in "ab"] == ["serving", "serving"]
    look_after_queue(scene.parts, one_more(1))
    assert [scene.state(name) for name in "ab"] == ["waiting", "serving"]

"""Which calls that come in by themselves are the ones that visits wait for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.conversations.services.answer_caller import Rang
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.reception.services.expected_calls import ExpectedCalls
from contact_center.visits.domain.visit_merge import merged, post_told, wish_told
from contact_center.visits.domain.visit_parts import Post, PostState, Stage, Wish
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import Kept
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.visits import FakeVisits

NOW_MS = 1_787_266_800_000
ID = "v-CA" + "1" * 32
POST = f"{ID}.1"
PROOF = "a" * 32
CLAIM = f"{POST}.{PROOF}"
CALLER = "+12125550199"
SENT = Post(state=PostState.SENT, at_ms=NOW_MS - 1_000, proof=PROOF)
COMES = Visit(
    visit_id=ID,
    caller=CALLER,
    began_ms=NOW_MS - 1_000,
    stage=Stage.CAME,
    stage_ms=NOW_MS - 1_000,
    posts={POST: SENT},
)


class Hall:
    """A visit that waits for its call."""

    def __init__(self, visit: Visit = COMES) -> None:
        self.visits, self.metrics = FakeVisits({visit.visit_id: Kept(visit, 1)}), CountedMetrics()
        self.expected = ExpectedCalls(self.visits, FakeClock(NOW_MS), self.metrics)

    def take(self, claim: str | None = CLAIM, call_id: str | None = "call-1") -> Rang | None:
        return self.expected.take(claim, call_id)

    @property
    def visit(self) -> Visit:
        return self.visits.kept[ID].visit


def test_the_call_that_proves_to_be_it_is_the_caller_s_and_he_talks_from_now_on() -> None:
    hall = Hall()
    rang = Rang(number=CALLER, known_as=ID, call_id="call-1", at_ms=NOW_MS - 1_000)
    assert hall.take() == rang
    assert (hall.visit.state, hall.visit.stage_ms) == (Stage.TALKING, NOW_MS)
    post = hall.visit.posts[POST]
    assert (post.state, post.call_id, post.proof) == (PostState.PLACED, "call-1", PROOF)


def test_asked_again_it_is_the_same_and_nothing_is_written() -> None:
    hall = Hall()
    first, written = hall.take(), hall.visits.written
    assert hall.take() == first
    assert hall.visits.written == written


def test_the_first_call_with_a_proof_is_the_one() -> None:
    hall = Hall()
    assert hall.take() is not None
    assert hall.take(call_id="call-2") is None
    assert hall.visit.call_id == "call-1"
    assert hall.expected.whose(CLAIM, "call-2") is None
    assert hall.metrics.of("sip_call_refused") == [{"reason": "another_call"}]


def test_of_two_at_once_one_is_taken() -> None:
    hall = Hall()
    write = hall.visits.write

    def another_first(visit: Visit, seen: int) -> Kept | None:
        hall.visits.write = write  # type: ignore[method-assign]
        assert hall.take(call_id="call-2") is not None
        return write(visit, seen)

    hall.visits.write = another_first  # type: ignore[method-assign]
    assert hall.take() is None
    assert hall.visit.call_id == "call-2"


@pytest.mark.parametrize(
    ("claim", "call_id", "reason"),
    [
        (None, "call-1", "unnamed"),
        (CLAIM, None, "unnamed"),
        (f"v-CA{'2' * 32}.1.{PROOF}", "call-1", "unknown"),
        (f"{ID}.2.{PROOF}", "call-1", "unknown"),
        (f"{POST}.{'b' * 32}", "call-1", "wrong_proof"),
    ],
)
def test_any_other_call_is_refused_and_the_reason_counted(
    claim: str | None, call_id: str | None, reason: str
) -> None:
    hall = Hall()
    assert hall.take(claim, call_id) is None
    assert hall.visit == COMES
    assert hall.metrics.of("sip_call_refused") == [{"reason": reason}]


def test_a_call_that_was_ordered_by_name_is_claimed_by_nobody() -> None:
    hall = Hall(replace(COMES, posts={POST: replace(SENT, proof=None)}))
    assert hall.take(f"{POST}.{PROOF}") is None
    assert hall.expected.whose(f"{POST}.{PROOF}", "call-1") is None


@pytest.mark.parametrize("state", [PostState.REFUSED, PostState.NOT_SENT, PostState.OVER])
def test_a_call_that_nobody_waits_for_any_more_is_refused(state: PostState) -> None:
    hall = Hall(merged(COMES, post_told(POST, Post(state=state, at_ms=NOW_MS))))
    assert hall.take() is None
    assert hall.visit.state is Stage.CAME


def test_a_call_whose_caller_has_gone_is_refused() -> None:
    hall = Hall(replace(COMES, ended_ms=NOW_MS))
    assert hall.take() is None


def test_who_was_here_before_is_known_by_that_call_and_by_his_wish() -> None:
    before = post_told(f"{ID}.1", Post(state=PostState.OVER, at_ms=1, call_id="call-0"))
    second = post_told(f"{ID}.2", SENT)
    wish = wish_told(f"{ID}.1", 1, Wish(whose="billing", at_ms=2))
    blank = replace(COMES, posts={})
    hall = Hall(merged(merged(blank, before), merged(second, wish)))
    rang = hall.take(f"{ID}.2.{PROOF}")
    assert rang is not None
    assert (rang.before, rang.nobody_came) == ("call-0", True)
    assert hall.take(f"{ID}.2.{PROOF}") == rang  # and not by the call that is answered


def test_what_cannot_be_read_is_refused_and_what_cannot_be_written_is_not() -> None:
    hall = Hall()
    hall.visits.away = True
    assert hall.take() is None
    assert hall.metrics.of("sip_call_refused") == [{"reason": "unreadable"}]
    hall.visits.away = False

    def lost(_visit: Visit, _seen: int) -> Kept | None:
        raise StoreUnavailableError

    hall.visits.write = lost  # type: ignore[assignment, method-assign]
    assert hall.take() is not None  # he has proved who he is
    assert hall.metrics.of("expected_call_unstored") == [{}]


def test_a_message_is_the_visit_s_before_its_call_is_taken_and_when_it_is_over() -> None:
    hall = Hall()
    assert hall.expected.whose(CLAIM, "call-1") == POST
    assert hall.visit == COMES  # whoever reads messages takes no call
    fresh = ExpectedCalls(hall.visits, FakeClock(NOW_MS), hall.metrics)
    hall.take()
    tell(hall.visits, post_told(POST, Post(state=PostState.OVER, at_ms=NOW_MS)))
    assert fresh.whose(CLAIM, "call-1") == POST
    assert fresh.whose(CLAIM, "call-2") is None


def test_what_was_believed_is_not_read_again_and_what_was_not_is() -> None:
    hall = Hall()
    assert hall.expected.whose(CLAIM, "call-1") == POST
    hall.visits.away = True
    assert hall.expected.whose(CLAIM, "call-1") == POST
    with pytest.raises(StoreUnavailableError):
        hall.expected.whose(CLAIM, "call-2")

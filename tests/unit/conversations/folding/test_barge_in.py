"""When a customer cut in, told by Vapi or seen in voice activity (DESIGN §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.facts import CustomerInterrupted, SpeechChanged, in_order
from contact_center.conversations.domain.folding.barge_in import BargeIns, barge_ins
from contact_center.conversations.domain.folding.fold import conversation_state
from tests.unit.conversations.histories import BEGAN_MS, POLICY, History, departments

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact, Role


def counted(call: History) -> BargeIns:
    return barge_ins(in_order(call.facts), POLICY)


def interruptions(*gaps_ms: int) -> History:
    call = History().interrupts()
    for gap_ms in gaps_ms:
        call.after(gap_ms).interrupts()
    return call


def test_silence_has_none() -> None:
    assert counted(History().answered()) == BargeIns(total=0, rapid=0, counted=0)


def test_one_turn_is_interrupted_once_however_often_it_is_told() -> None:
    call = History().interrupts("turn-7").after(80).interrupts("turn-7").after(900)
    told = [*call.facts, CustomerInterrupted(call_id="c", at_ms=1, key="x", turn_id="turn-7")]

    assert barge_ins(told, POLICY).total == 1
    assert counted(call.interrupts("turn-8")).total == 2


@pytest.mark.parametrize(
    ("gaps_ms", "rapid", "mode"),
    [
        ((), 0, "normal"),
        ((400, 400), 2, "normal"),
        ((400, 400, 400), 3, "simplified"),
        ((499, 499, 499), 3, "simplified"),
        ((500, 500, 500), 0, "normal"),
        ((400, 400, 500, 400), 2, "normal"),
        ((9000, 300, 300, 300), 3, "simplified"),
        ((300, 300, 300, 60_000), 3, "simplified"),
    ],
)
def test_the_third_that_comes_within_500_ms_of_the_one_before_simplifies(
    gaps_ms: tuple[int, ...], rapid: int, mode: str
) -> None:
    call = interruptions(*gaps_ms)

    assert counted(call).rapid == rapid
    assert conversation_state(call.facts, POLICY, departments()).mode == mode


@pytest.mark.parametrize(
    ("gaps_ms", "count"),
    [
        ((), 1),
        ((3000,), 1),
        ((3001,), 2),
        ((3001, 3001), 3),
        ((3001, 3000), 2),
        ((2000, 2000), 2),
        ((2000, 1001, 2000, 1001), 3),
    ],
)
def test_one_counts_when_more_than_3_s_after_the_last_that_counted(
    gaps_ms: tuple[int, ...], count: int
) -> None:
    assert counted(interruptions(*gaps_ms)).counted == count


def test_i1_a_calm_caller_with_partials_over_3_s_apart_never_interrupted() -> None:
    call = History().answered()
    for words in ("I", "I would", "I would like", "I would like to ask"):
        call.begins(words).after(3100)

    state = conversation_state(call.facts, POLICY, departments())

    assert (state.interruptions, state.turn, state.destination) == (0, 0, None)


def test_i2_ten_real_interruptions_in_3_s_are_ten_turns_and_a_flustered_caller() -> None:
    call = History().answered().speech("assistant", 4000)
    for number in range(10):
        call.starts_to_speak("customer").after(13).interrupts(f"turn-{number}").after(287)

    state = conversation_state(call.facts, POLICY, departments())

    assert (state.turn, state.mode, state.interruptions) == (10, "simplified", 1)


@pytest.mark.parametrize(
    ("delay_ms", "lasts_ms", "total"),
    [
        (500, 200, 1),  # over the assistant, long enough
        (500, 199, 0),  # noise
        (500, 150, 0),
        (0, 300, 1),  # at its very first sound
        (1000, 300, 0),  # it has just stopped
        (1500, 900, 0),  # the customer's own turn
    ],
)
def test_without_vapis_word_voice_over_the_assistant_is_one(
    delay_ms: int, lasts_ms: int, total: int
) -> None:
    call = History().speech("assistant", 1000).speech("customer", lasts_ms, delay_ms)

    assert counted(call).total == total


def test_voice_before_the_assistant_began_is_none() -> None:
    call = History().speech("customer", 900).speech("assistant", 1000, delay_ms=100)

    assert counted(call).total == 0


def test_a_stretch_whose_end_is_not_known_waits() -> None:
    open_customer = History().speech("assistant", 2000).after(500).starts_to_speak("customer")
    open_assistant = History().starts_to_speak("assistant").after(500).speech("customer", 900)

    assert counted(open_customer).total == 0
    assert counted(open_assistant).total == 0


def test_an_end_without_a_beginning_is_nothing() -> None:
    stop = SpeechChanged(call_id="c", at_ms=1, key="s", role="customer", started=False)

    assert barge_ins([stop], POLICY).total == 0


@pytest.mark.parametrize(("apart_ms", "total"), [(13, 1), (1000, 1), (1001, 2), (-1000, 1)])
def test_vapis_word_and_voice_within_1_s_are_one(apart_ms: int, total: int) -> None:
    call = History().speech("assistant", 5000).after(2000).speech("customer", 600)

    assert counted(call.after(apart_ms).interrupts()).total == total


def test_each_word_of_vapis_explains_one_stretch_of_voice() -> None:
    call = History().speech("assistant", 9000)
    for _ in range(3):
        call.after(1).speech("customer", 250).after(300)

    assert counted(call.interrupts()).total == 3


def test_moments_long_past_are_not_paired() -> None:
    call = History().interrupts().after(5000).speech("assistant", 900).speech("customer", 900, 1)

    assert counted(call).total == 2


def test_a_barge_in_raises_the_turn() -> None:
    state = conversation_state(interruptions(9000).facts, POLICY, departments())

    assert state.turn == 2


moments = st.lists(st.integers(0, 20_000), max_size=12, unique=True)


def _told(at_ms: int) -> Fact:
    return CustomerInterrupted(call_id="c", at_ms=at_ms, key=f"i{at_ms}")


def _voice(at_ms: int, role: Role, lasts_ms: int) -> list[Fact]:
    history = History("c").after(at_ms - BEGAN_MS)
    return list(history.speech(role, lasts_ms).facts)


@given(moments, st.integers(0, 20_000))
def test_one_more_word_of_vapis_never_lowers_a_count(known: list[int], late: int) -> None:
    facts = [_told(at_ms) for at_ms in known]

    before = barge_ins(in_order(facts), POLICY)
    after = barge_ins(in_order([*facts, _told(late)]), POLICY)

    assert after.total >= before.total
    assert after.rapid >= before.rapid
    assert after.counted >= before.counted


@given(moments, st.lists(st.integers(0, 60), max_size=12, unique=True), st.integers(0, 20_000))
def test_vapis_word_for_voice_never_lowers_the_number_of_turns(
    known: list[int], spoken: list[int], late: int
) -> None:
    facts = [*map(_told, known), *_voice(0, "assistant", 30_000)]
    for step in spoken:
        facts += _voice(step * 300, "customer", 250)

    before = barge_ins(in_order(facts), POLICY)
    after = barge_ins(in_order([*facts, _told(late)]), POLICY)

    assert after.total >= before.total

"""Numbers dictated over several turns, in whatever order the turns are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.redaction import redact
from contact_center.records.domain.redaction_kinds import EVERYTHING, Kind, Redaction
from contact_center.records.domain.redaction_turns import Turn, amended

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CARDS_ALONE = Redaction(frozenset({Kind.CARD}))
GAP_SECONDS = EVERYTHING.gap_ms // 1_000


def turns(
    *said: str, seconds: int = 5, who: str = "customer", rules: Redaction = EVERYTHING
) -> list[Turn]:
    return [
        Turn(number * seconds * 1_000, f"{who}-{number:03d}", who, redact(text, rules))
        for number, text in enumerate(said)
    ]


def after(told: Iterable[Turn], rules: Redaction = EVERYTHING) -> list[str]:
    """What is kept in the end, when all turns are told at once."""
    told = sorted(told)
    changed = amended(told, rules)
    return [changed.get(turn.key, turn.said).text for turn in told]


def one_by_one(told: Iterable[Turn], rules: Redaction = EVERYTHING) -> list[str]:
    """The same, when each is told by itself and what was kept is amended."""
    stored = dict[str, Turn]()
    for turn in told:
        stored.setdefault(turn.key, turn)
        for key, said in amended(stored.values(), rules).items():
            stored[key] = stored[key]._replace(said=said)
    return [turn.said.text for turn in sorted(stored.values())]


def test_a_card_number_in_four_pieces_goes_from_all_of_them() -> None:
    told = turns("it's 4111", "one one double one,", "uh, 1111", "and 1111. Thanks")
    assert after(told) == ["it's [card]", "[card],", "uh, [card]", "and [card]. Thanks"]


def test_other_numbers_in_pieces_are_named_by_how_many_digits_they_have() -> None:
    assert after(turns("415", "555", "2671")) == ["[phone]"] * 3
    assert after(turns("123", "45", "6789")) == ["[social security number]"] * 3
    assert after(turns("four one one", "six two"))[0] == "four one one"


def test_a_piece_that_went_alone_is_named_anew_by_the_whole() -> None:
    assert after(turns("41111111")) == ["[account]"]
    assert after(turns("41111111", "11111111")) == ["[card]", "[card]"]


def test_what_is_said_between_does_not_part_a_number() -> None:
    told = turns("it's 4111 1111", "hold on, the dog", "1111 1111")
    assert after(told) == ["it's [card]", "hold on, the dog", "[card]"]


def test_nobody_goes_on_with_anothers_number() -> None:
    customer, assistant = turns("4111 11"), turns("1111 111", who="assistant")
    assert after([*customer, *assistant]) == ["1111 111", "4111 11"]
    assert after(turns("4111 11", "1111 111")) == ["[card]", "[card]"]


def test_what_an_assistant_reads_back_in_pieces_goes_as_well() -> None:
    told = turns("4111, go on.", "1111, okay.", "1111, and?", "1111. Thanks!", who="assistant")
    assert after(told) == ["[card], go on.", "[card], okay.", "[card], and?", "[card]. Thanks!"]


def test_numbers_that_are_part_of_a_sentence_are_left_alone() -> None:
    told = turns("I have 25 seats in Boston", "my zip is 90210, in Boston", "and 1234 of them left")
    assert after(told) == [turn.said.text for turn in told]


def test_numbers_far_apart_are_two() -> None:
    near, far = (turns("4111 1111 1", "1111 111", seconds=GAP_SECONDS + more) for more in (0, 1))
    assert after(near) == ["[card]", "[card]"]
    assert after(far) == ["[social security number]", "1111 111"]


def test_an_owner_who_keeps_all_else_keeps_no_card_number_in_pieces() -> None:
    told = turns("415 555", "2671", rules=CARDS_ALONE)
    assert after(told, CARDS_ALONE) == ["415 555", "2671"]
    card = turns("4111 1111", "1111 1111", rules=CARDS_ALONE)
    assert after(card, CARDS_ALONE) == ["[card]", "[card]"]


def test_the_mark_of_a_short_number_is_one_that_the_owner_takes_out() -> None:
    rules = Redaction(frozenset({Kind.CARD, Kind.ACCOUNT}))
    assert after(turns("415 555", "2671", rules=rules), rules) == ["[account]", "[account]"]


SAID = st.sampled_from(
    [
        *("4111", "one one double one", "41", "5", "it's 4111 1111", "1111 1111 thanks", "$250"),
        *("415 555 2671", "hello", "no 25 is what I said there", "and then 1111", "[card]"),
        *("4111 1111 1111 1111", "12/03/1985", "twenty one", "a b c", "at 10:30", "double five"),
        "7 and we are done",
    ]
)
STEPS = st.integers(0, 40_000)


@st.composite
def told_in_two_orders(draw: st.DrawFn) -> tuple[list[Turn], list[Turn]]:
    at_ms, told = 0, list[Turn]()
    for number, text in enumerate(draw(st.lists(SAID, min_size=1, max_size=9))):
        at_ms += draw(STEPS)
        who = draw(st.sampled_from(["customer", "customer", "assistant"]))
        told.append(Turn(at_ms, f"{number:02d}", who, redact(text)))
    again = draw(st.lists(st.sampled_from(told), max_size=3))
    return told, draw(st.permutations([*told, *again]))


@given(told_in_two_orders(), st.sampled_from([EVERYTHING, CARDS_ALONE]))
def test_the_order_in_which_turns_are_told_does_not_matter(
    orders: tuple[Sequence[Turn], Sequence[Turn]], rules: Redaction
) -> None:
    in_order, in_any_order = orders
    if rules is not EVERYTHING:
        in_any_order = [turn for turn in in_any_order if "[" not in turn.said.text]
        in_order = [turn for turn in in_order if "[" not in turn.said.text]
    assert one_by_one(in_any_order, rules) == after(in_order, rules)
    assert one_by_one(in_order, rules) == after(in_order, rules)

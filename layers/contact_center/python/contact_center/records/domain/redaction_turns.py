"""Numbers that are dictated over several turns: what was kept of the earlier ones is amended.

    "it's 4111 1111"   "mhm"   "1111"   "1111"   ─►   "it's [card]"   "mhm"   "[card]"   "[card]"

A number at the end of a turn may go on at the beginning of any turn of the same speaker that
follows within the gap, whatever is said between them. So a turn that comes late, in whatever order,
can only join numbers and never part them; and a mark knows how many digits stood behind it. What
comes out is a function of the turns alone, as if all of them had been there from the first.

Numbers that are joined have to go from 13 digits on, and from 9 on where none of them is long
enough to be a number by itself.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from contact_center.records.domain.redaction import (
    SHORTEST_CARD,
    SHORTEST_NUMBER,
    SSN_DIGITS,
    Find,
    Redacted,
    kind_of,
    put_marks,
)
from contact_center.records.domain.redaction_kinds import MARKS, Kind
from contact_center.records.domain.spoken_numbers import (
    is_open_after,
    is_open_before,
    lowered,
    runs_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contact_center.records.domain.redaction_kinds import Redaction
    from contact_center.records.domain.spoken_numbers import Run

# With each message of a call its turns are looked at again.
_REMEMBERED = 1_000
_SHORT = (Kind.ACCOUNT, Kind.PHONE, Kind.SSN)


class Turn(NamedTuple):
    """Final words of one speaker, redacted by themselves.

    Attributes:
        at_ms: When they were said, by the sender's clock.
        key: What tells a turn from all others, and orders those of one instant.
        who: The speaker: nobody goes on with another's number.
    """

    at_ms: int
    key: str
    who: str
    said: Redacted


class _Piece(NamedTuple):
    """A number that may be a part of one, in its turn."""

    turn: Turn
    run: Run
    before: bool
    after: bool


def amended(turns: Iterable[Turn], rules: Redaction) -> dict[str, Redacted]:
    """What has to be kept of turns instead, by key: of those alone that change.

    Args:
        turns: Of one call, in any order; told twice, they count once.
        rules: An owner's.
    """
    unique = {turn.key: turn for turn in turns}
    finds = dict[str, list[Find]]()
    for group in _joined(sorted(unique.values()), rules.gap_ms):
        kind = _kind(group, rules)
        if kind is None:
            continue
        for piece in group:
            run = piece.run
            find = Find(run.start, run.end, MARKS[kind], run.most)
            finds.setdefault(piece.turn.key, []).append(find)
    changed = {key: put_marks(unique[key].said, found) for key, found in finds.items()}
    return {key: said for key, said in changed.items() if said != unique[key].said}


def _kind(group: Sequence[_Piece], rules: Redaction) -> Kind | None:
    """What numbers that are joined come to; None: they may stay as they are."""
    if len({piece.turn.key for piece in group}) == 1:
        return None
    digits = [piece.run.most for piece in group]
    if sum(digits) >= SHORTEST_CARD:
        return Kind.CARD
    short = sum(each for each in digits if each < SHORTEST_NUMBER)
    taken = [kind for kind in _SHORT if rules.takes_out(kind)]
    if short < SSN_DIGITS or not taken:
        return None
    return kind_of(short, rules) or taken[0]


def _joined(turns: Sequence[Turn], gap_ms: int) -> list[list[_Piece]]:
    """Pieces in groups: each piece once, in the order of the turns."""
    groups = dict[int, list[_Piece]]()
    group_of = list[int]()
    open_ends = dict[str, deque[tuple[int, int]]]()  # of each speaker: when, and of which group
    for number, piece in enumerate(_pieces(turns)):
        groups[number] = [piece]
        group_of.append(number)
        ends = open_ends.setdefault(piece.turn.who, deque())
        while ends and ends[0][0] < piece.turn.at_ms - gap_ms:
            ends.popleft()
        if piece.before and ends:
            earlier = {_root(group_of, end) for _, end in ends}
            first = min(earlier)
            for other in [*sorted(earlier - {first}), number]:
                groups[first] += groups.pop(other)
                group_of[other] = first
            last = ends.pop()
            ends.clear()
            ends.append(last)  # the others are of its group now, and are out of reach before it
        if piece.after:
            ends.append((piece.turn.at_ms, number))
    return list(groups.values())


def _root(group_of: list[int], number: int) -> int:
    while group_of[number] != number:
        group_of[number] = number = group_of[group_of[number]]
    return number


def _pieces(turns: Iterable[Turn]) -> Iterator[_Piece]:
    for turn in turns:
        for run, before, after in _open_runs(turn.said.text, turn.said.behind):
            yield _Piece(turn, run, before, after)


@lru_cache(_REMEMBERED)
def _open_runs(text: str, behind: tuple[int, ...]) -> tuple[tuple[Run, bool, bool], ...]:
    """The numbers of a turn that may go on in others: whether before, and whether after."""
    low = lowered(text)
    runs = [run for run in runs_in(low, behind) if run.most]
    if not runs:
        return ()
    first, last = runs[0], runs[-1]
    before, after = is_open_before(low, first), is_open_after(low, last)
    if first is last:
        return ((first, before, after),) if before or after else ()
    beginning = ((first, True, False),) if before else ()
    return (*beginning, (last, False, True)) if after else beginning

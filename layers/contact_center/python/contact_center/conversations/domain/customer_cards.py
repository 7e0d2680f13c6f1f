"""What is known of whoever calls from a number, and when it may be said. Pure.

    no call of theirs                      nothing is known
    calls, and nobody's name               they are known, and nothing of them is said
    calls, and the names of two            a telephone of several: no name, nothing of any call
    calls, and one name   not said         the caller is asked for it; nothing is said before
                          said otherwise   nothing is said
                          said             what the last call came to, and what is to come

It is made of the latest calls themselves, so that it is never older than they are and there is
nothing more to forget. As he is answered, the model is told the first name of one who is known, to
ask for him by it; the rest of a name is told to nobody: whoever says it has said it first.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import read_instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.records.domain.crm_cards import CrmCard

NAME_REGISTERS = ("customer_name", "said_name")  # of a list or Vapi's, and as a caller gave it
MEETING, CALL_BACK = "meeting_at_ms", "callback"
LATEST_CALLS = 8  # of a number, that say who uses it
MORE_WORDS = 2  # a middle name; whoever says a dozen names has guessed
# A stranger may have said it in an earlier call: one word of letters orders nothing.
_FIRST_NAME = re.compile(r"(?=.{2,24}$)[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof"})


class Known(StrEnum):
    """How well a caller is known by his number."""

    NOBODY = "nobody"
    UNNAMED = "unnamed"
    SEVERAL = "several"
    ONE = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """What earlier calls of a number tell.

    Attributes:
        names: Everybody's who has called from it or was called at it, as words to compare.
        last_at_ms: When the latest call was, ms since 1970.
        last_outcome: What it came to, a word of ours or of the owner's choices; None: not known.
        meeting_at_ms: When a meeting is that was booked and is not over, ms since 1970.
        call_back_at_ms: When a call back is that was promised and is not over, ms since 1970.
    """

    calls: int
    names: frozenset[frozenset[str]]
    last_at_ms: int | None = None
    last_outcome: str | None = None
    meeting_at_ms: int | None = None
    call_back_at_ms: int | None = None

    @property
    def known(self) -> Known:
        """How well whoever calls is known."""
        if not self.calls:
            return Known.NOBODY
        if not self.names:
            return Known.UNNAMED
        return Known.ONE if len(self.names) == 1 else Known.SEVERAL

    def is_named(self, said: str) -> bool:
        """Whether the one who is known has this name: all of it, and a word or two more at most."""
        words = _words(said)
        return self.known is Known.ONE and all(
            name <= words and len(words) <= len(name) + MORE_WORDS for name in self.names
        )


def card_of(records: Iterable[CallRecord], now_ms: int) -> CustomerCard:
    """The card of a number.

    Args:
        records: Its latest calls but for the one that asks, in any order.
        now_ms: Civil, ms since 1970: what was before is not to come.
    """
    calls = sorted(records, key=lambda one: (_at_ms(one), one.call_id))
    names = {_words(name) for one in calls for name in _names(one)} - {frozenset()}
    meetings = [int(at) for one in calls if (at := one.value(MEETING)) and at.isdecimal()]
    promised = filter(None, (read_instant(one.value(CALL_BACK)) for one in calls))
    call_backs = [int(at.timestamp() * 1_000) for at in promised]
    last = calls[-1] if calls else None
    return CustomerCard(
        calls=len(calls),
        names=frozenset(_distinct(names)),
        last_at_ms=None if last is None else _at_ms(last),
        last_outcome=None if last is None else last.achieved.what,
        meeting_at_ms=min((at for at in meetings if at > now_ms), default=None),
        call_back_at_ms=min((at for at in call_backs if at > now_ms), default=None),
    )


def open_items_of(card: CrmCard | None, said: str) -> str | None:
    """What of somebody's is open, by a CRM that means the same person; None: unknown.

    Args:
        card: What it says of the number.
        said: The name by which the caller has shown who he is.
    """
    if card is None or card.several or card.name is None:
        return None
    same = len(_distinct({_words(card.name), _words(said)})) == 1
    return card.open_words if same else None


def first_name_of(names: Iterable[str]) -> str | None:
    """The first name of the one person who uses a telephone.

    Args:
        names: As its calls have them, in any order.

    Returns:
        None: nobody's is known, or more than one person's; or there is no more to his name, so that
        nobody could show by it that he is who he says.
    """
    said = {name: _words(name) for name in sorted(names)}
    people = _distinct({words for words in said.values() if words})
    if len(people) != 1 or len(people[0]) < 2:  # noqa: PLR2004 - a first and another
        return None
    whole = next(name for name, words in said.items() if words == people[0])
    given = [word for word in whole.split() if _words(word)]
    readable = "," not in whole and _FIRST_NAME.fullmatch(given[0])
    return given[0] if readable else None


def note_of_caller(names: Iterable[str], card: CrmCard | None) -> str:
    """What an assistant is told of who calls, before he has confirmed who he is.

    Args:
        names: Of whoever was on calls of the number.
        card: What a CRM says of it; None: nothing.

    Returns:
        His first name, tier and language at most; "" where nothing is known of him, and where more
        than one person may be meant.
    """
    named = [*names, card.name] if card is not None and card.name else list(names)
    people = _distinct({_words(name) for name in named} - {frozenset()})
    if len(people) > 1 or (card is not None and card.several):
        return ""
    first_name = first_name_of(named)
    known = []
    if card is not None and card.tier:
        known.append(f"Tier of the customer at this number: {card.tier}.")
    if card is not None and card.language:
        known.append(f"Language on record: {card.language}. Speak it once the caller does.")
    if first_name is not None:
        known.append(
            f"The number of this call belongs to somebody with the first name {first_name}. At a"
            f' fitting moment ask "Am I speaking with {first_name}?", and call nobody by that name'
            " before a yes. The rest of the name is not yours to know. After a yes, if you have the"
            " tool lookUpCustomer, ask for the full name and call it."
        )
    if not known:
        return ""
    return " ".join([*known, _MAY_BE_ANOTHER])


_MAY_BE_ANOTHER = "Whoever calls may be somebody else: say nothing of earlier calls."


def _distinct(names: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Names of different people: "Ada" is "Ada Lovelace" as long as nobody else is called so."""
    found: list[frozenset[str]] = []
    for name in sorted(names, key=lambda words: (-len(words), sorted(words))):
        if sum(name <= longer for longer in found) != 1:
            found.append(name)
    return found


def _names(record: CallRecord) -> Iterable[str]:
    return filter(None, map(record.value, NAME_REGISTERS))


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(each if each.isalnum() else " " for each in plain if not _is_mark(each))
    return frozenset(letters.split()) - _TITLES


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0 or character in "'\N{RIGHT SINGLE QUOTATION MARK}"


def _at_ms(record: CallRecord) -> int:
    return record.started_at_ms or record.first_seen_ms or 0

"""Words without what nobody is to keep: each find becomes a mark, and the talk stays readable.

    "it's 4111 1111 1111 1111, and j dot smith at gmail dot com"  ─►  "it's [card], and [email]"

Every row of 13 digits and more goes, whatever else it may be: a check digit would tell a card from
an order's number, and would let a card pass that was misheard by one digit. Twelve digits and less
are named by how many they are, how they are grouped, and what was said before them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.redaction_kinds import (
    EVERYTHING,
    MARKS,
    NUMBER_MARK,
    Kind,
    Redaction,
)
from contact_center.records.domain.spoken_dates import births_in, says_birth
from contact_center.records.domain.spoken_emails import emails_in, may_have_email
from contact_center.records.domain.spoken_numbers import (
    NUMBER_MARKS,
    has_number,
    is_open_after,
    lowered,
    runs_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.records.domain.spoken_numbers import Run

SHORTEST_CARD = 13
SHORTEST_NUMBER = 8  # of what needs no words to say what it is
SSN_DIGITS, PHONE_DIGITS, LOCAL_DIGITS = 9, (10, 11), 7
SHORTEST_NAMED = 3  # a security code
_MOST_ROUNDS = 5  # a mark is shorter than what it stands for, and brings words nearer
_REACH = 48  # characters before a number that may say what it is

_IS_ACCOUNT = (
    r"\b(?:account|acct|iban|routing|sort code|policy|member|customer) ?(?:number|no|id)?\b"
)
_IS_SSN = r"\b(?:social(?: security)?|ssn|s s n|tax id|itin)\b"
_IS_PHONE = (
    r"\b(?:phone|cell|mobile|telephone|call(?:ed)?|call me|reach me|text me|ring me|number is)\b"
)
_IS_CODE = (
    r"\b(?:cv[vc]2?|c v [vc]|security code|card code|expir\w+|card number|credit card|debit card)\b"
)
_NAMED = (  # what it is, from how many digits on, and up to how many
    (Kind.SSN, 4, SSN_DIGITS, _IS_SSN),
    (Kind.ACCOUNT, 5, SHORTEST_CARD, _IS_ACCOUNT),
    (Kind.CARD, SHORTEST_NAMED, 6, _IS_CODE),
)
_IS_DATE = re.compile(
    r"(?<!\d)(?<!\d[-/.])"
    r"(?:(?:19|20)\d\d([-/.])[01]?\d\1[0-3]?\d|[0-3]?\d([-/.])[0-3]?\d\2(?:(?:19|20)\d\d|\d\d))"
    r"(?![-/.]?\d)"
)
_IS_MONEY_BEFORE = re.compile(r"[$\u20ac\u00a3]\s?$")
_IS_MONEY_AFTER = re.compile(r"\s?(?:dollars?|euros?|pounds?|cents?|percent|%|bucks)")
_LOCAL_GROUPS = re.compile(r"\d{3}[ .-]\d{4}")
_IBAN = re.compile(  # after its two letters, which are looked for last
    r"\d\d(?<=\b[a-z]{2}\d\d)(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b"
)
_MARK = re.compile("|".join(re.escape(mark) for mark in NUMBER_MARKS))


@dataclass(frozen=True, slots=True)
class Redacted:
    """Words without what was taken out.

    Attributes:
        text: With marks.
        behind: How many digits stood behind each mark of a number, in order: what another turn
            says later may make it another number.
    """

    text: str
    behind: tuple[int, ...] = ()


class Find(NamedTuple):
    """A part of a text that goes, and what stands for it; `digits` of no number is None."""

    start: int
    end: int
    mark: str
    digits: int | None = None


def redact(text: str, rules: Redaction = EVERYTHING, behind: Sequence[int] = ()) -> Redacted:
    """Take out of a text what is not to be kept.

    Args:
        text: As it was said or written, or redacted before.
        rules: An owner's.
        behind: Of a text that was redacted before.

    Returns:
        The same text where nothing was found.
    """
    said = Redacted(text, tuple(behind))
    if not may_hold(lowered(text)):
        return said  # most of what is said
    for _ in range(_MOST_ROUNDS):
        kept = _redacted_once(said, rules)
        if kept.text == said.text:
            return kept
        said = kept
    return said


def redact_unfinished(text: str) -> str:
    """The same of words that are still being said: rather more, as the rest is not known.

    Every number at the end goes, and so does what may become an address or a date of birth.
    """
    low = lowered(text)
    others = [Find(*span, MARKS[Kind.EMAIL]) for span in emails_in(low, unfinished=True)]
    births = births_in(low, unfinished=True)
    others += [_with_digits(low, *span, Kind.BIRTH_DATE) for span in births]
    rest = redact(put_marks(Redacted(text), _apart(others)).text).text
    low = lowered(rest)
    numbers = [
        Find(run.start, run.end, NUMBER_MARK, 0)
        for run in runs_in(low)
        if run.most >= SHORTEST_NAMED or (run.most and is_open_after(low, run))
    ]
    return put_marks(Redacted(rest), numbers).text


def redact_wholly(text: str) -> str:
    """The same without any number at all: what a key may be made of that anybody may see."""
    rest = redact_unfinished(text)
    low = lowered(rest)
    numbers = [Find(run.start, run.end, NUMBER_MARK, 0) for run in runs_in(low)]
    return put_marks(Redacted(rest), numbers).text


def put_marks(said: Redacted, finds: Sequence[Find]) -> Redacted:
    """Words with marks for finds that do not overlap, and what stands behind all their marks."""
    if not finds and (said.behind or "[" not in said.text):
        return said
    low = lowered(said.text)
    known = iter(said.behind)
    words, counts, done = list[str](), list[int](), 0
    for find in [*sorted(finds), Find(len(low), len(low), "")]:
        counts += [next(known, 0) for _ in _MARK.finditer(low, done, find.start)]
        for _ in _MARK.finditer(low, find.start, find.end):
            next(known, 0)  # of a mark that becomes part of this one
        if find.digits is not None:
            counts.append(find.digits)
        words += [said.text[done : find.start], find.mark]
        done = find.end
    return Redacted("".join(words), tuple(counts))


def may_hold(low: str) -> bool:
    """Whether a text, in small letters, has anything to look for, by itself or with its neighbours.

    A date of birth has a number, or is called one.
    """
    return has_number(low) or may_have_email(low) or "birth" in low or "born" in low


def _redacted_once(said: Redacted, rules: Redaction) -> Redacted:
    first = put_marks(said, _no_plain_numbers(lowered(said.text), rules))
    low = lowered(first.text)
    found = (_number(low, run, rules) for run in runs_in(low, first.behind))
    return put_marks(first, [find for find in found if find is not None])


def kind_of(digits: int, rules: Redaction) -> Kind | None:
    """What a number is by nothing but how many digits it has; None: it is kept."""
    if digits >= SHORTEST_CARD:
        return Kind.CARD
    likely = Kind.ACCOUNT
    if digits == SSN_DIGITS:
        likely = Kind.SSN
    elif digits in PHONE_DIGITS:
        likely = Kind.PHONE
    return likely if rules.takes_out(likely) else None


def _no_plain_numbers(low: str, rules: Redaction) -> list[Find]:
    """Finds that reach over the numbers in them."""
    finds = list[Find]()
    if rules.takes_out(Kind.EMAIL) and may_have_email(low):
        finds += [Find(*span, MARKS[Kind.EMAIL]) for span in emails_in(low)]
    if rules.takes_out(Kind.BIRTH_DATE):
        finds += [_with_digits(low, *span, Kind.BIRTH_DATE) for span in births_in(low)]
    if rules.takes_out(Kind.ACCOUNT):
        finds += [
            _with_digits(low, found.start() - 2, found.end(), Kind.ACCOUNT)
            for found in _IBAN.finditer(low)
        ]
    return _apart(finds)


def _with_digits(low: str, start: int, end: int, kind: Kind) -> Find:
    """What may after all be a part of a longer number, dictated over several turns."""
    return Find(start, end, MARKS[kind], sum(sign.isdigit() for sign in low[start:end]))


def _apart(finds: Iterable[Find]) -> list[Find]:
    """Finds that do not overlap: of two that do, the one that begins first."""
    apart = list[Find]()
    for find in sorted(finds):
        if not apart or apart[-1].end <= find.start:
            apart.append(find)
    return apart


def _number(low: str, run: Run, rules: Redaction) -> Find | None:
    """A number that goes, or the stretch of it that does."""
    if low[run.start] == "[" and low.find("]", run.start) == run.end - 1:
        return None  # it is gone, and named
    if run.most >= SHORTEST_CARD:
        is_phone = low[: run.start].endswith("+") and rules.takes_out(Kind.PHONE)
        return Find(run.start, run.end, MARKS[Kind.PHONE if is_phone else Kind.CARD], run.most)
    if run.fewest < SHORTEST_NAMED:
        return None
    start, end = run.sure
    kind = _short_kind(low, start, end, run.fewest)
    if kind is None or not rules.takes_out(kind) or _is_money(low, start, end):
        return None
    if low[start - 1 : start] in {"+", "("}:
        start -= 1
    return Find(start, end, MARKS[kind], run.most_of_sure)


def _short_kind(low: str, start: int, end: int, digits: int) -> Kind | None:
    """What twelve digits and less are; None: nothing that goes."""
    said = low[start:end]
    if digits >= SHORTEST_NUMBER and _IS_DATE.search(said):
        digits -= sum(sign.isdigit() for date in _IS_DATE.finditer(said) for sign in date[0])
    named = _named_kind(low, start, digits)
    if named is not None:
        return named
    if digits == LOCAL_DIGITS:
        is_phone = _LOCAL_GROUPS.fullmatch(said) or _says(_IS_PHONE, low, start)
        return Kind.PHONE if is_phone else None
    if digits < SHORTEST_NUMBER:
        return None
    return Kind.PHONE if low[start - 1 : start] == "+" else kind_of(digits, EVERYTHING)


def _named_kind(low: str, start: int, digits: int) -> Kind | None:
    """What the words before a number say that it is, where it may be that."""
    for kind, fewest, most, words in _NAMED:
        if fewest <= digits <= most and _says(words, low, start):
            return kind
    is_birth = LOCAL_DIGITS - 1 <= digits <= SHORTEST_NUMBER and says_birth(low, start)
    return Kind.BIRTH_DATE if is_birth else None


def _says(words: str, low: str, start: int) -> bool:
    return re.search(words, low[max(0, start - _REACH) : start]) is not None


def _is_money(low: str, start: int, end: int) -> bool:
    near = low[max(0, start - 2) : start]
    return bool(_IS_MONEY_BEFORE.search(near) or _IS_MONEY_AFTER.match(low, end))

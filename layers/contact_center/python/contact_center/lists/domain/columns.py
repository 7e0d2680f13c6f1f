"""The columns of a list, and what each of them is taken for.

What decides whether, when and whom we call must be understood: a header that seems to speak of a
place, a country, consent or do-not-call and is no name that is known refuses the list by name,
for what is ignored there rings somebody at night. All else never fails a list: it is a variable
of the assistant, or is left out and said so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.spoken_names import is_filled_in, spoken_name
from contact_center.kernel.data_classes import dataclass
from contact_center.lists.domain.column_names import (
    Meaning,
    Named,
    is_note,
    looks_like,
    named,
    speaks_of_a_phone,
    speaks_of_a_place,
    squashed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_COLUMNS = 500
MOST_VARIABLES = 50
LONGEST_HEADING = 200
LONGEST_SHOWN = 80
SHOWN_COLUMNS = 20
PHONE_NAMES = "phone, phone_number, telephone, mobile or the like"

# What may stand in several columns: the one nearest to the person that says something counts.
_PLACES = frozenset({Meaning.TIMEZONE, Meaning.ZIP, Meaning.STATE, Meaning.COUNTRY})
_PEOPLE = frozenset({Meaning.ID, Meaning.NAME, Meaning.FIRST_NAME, Meaning.LAST_NAME})
_CONSENT = frozenset({Meaning.CONSENT_KIND, Meaning.CONSENT_AT, Meaning.CONSENT_SOURCE})
_OWN_NAMES = frozenset({"id", "name"})  # before others were understood, others were variables
_RECKONED = frozenset({"gmtoffsetnow"})  # VICIdial's own guess, from the number

_DIGITS_OF_DATA = re.compile(r"(?:\d[\s().\-/]*){5}|@")


class BadHeaderError(Exception):
    """Names of columns that cannot be worked with.

    Attributes:
        reason: What is wrong, and what to do; names columns, and never holds a person's data.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        place: From 0.
        heading: Its name as the list has it.
        meaning: What it is taken for.
        variable: Under which name the assistant knows what it says; None: not at all.
        note: What an operator should know of it besides; may be empty.
        farness: Of several of a meaning the least counts first.
    """

    place: int
    heading: str
    meaning: Meaning
    variable: str | None = None
    note: str = ""
    farness: tuple[int, int] = (0, 0)

    @property
    def letter(self) -> str:
        """As a spreadsheet calls it: A, B, …, Z, AA."""
        word, rest = "", self.place + 1
        while rest:
            rest, last = divmod(rest - 1, 26)
            word = chr(ord("A") + last) + word
        return word

    @property
    def title(self) -> str:
        """How an operator finds it: `C (Time Zone)`."""
        return f"{self.letter} ({shown_heading(self.heading)})"


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of a list, in their order."""

    columns: tuple[Column, ...]

    def of(self, meaning: Meaning) -> list[Column]:
        """Those of a meaning, the one that counts first in front."""
        found = [one for one in self.columns if one.meaning is meaning]
        return sorted(found, key=lambda one: (one.farness, one.place))

    @property
    def variables(self) -> list[Column]:
        """Those whose cells the assistant may say."""
        return [one for one in self.columns if one.variable is not None]


def names_a_phone(headings: Iterable[str]) -> bool:
    """Whether a row of cells can be a header: one of them heads telephone numbers."""
    return any(_is_phone(named(heading)) or _may_be_phone(heading) for heading in headings)


def understood(headings: Sequence[str]) -> Columns:
    """What each column is taken for.

    Args:
        headings: As the list has them.

    Raises:
        BadHeaderError: No column is the telephone number or two are, or one that would decide on
            calls is not understood.
    """
    if len(headings) > MOST_COLUMNS:
        raise BadHeaderError(f"has more than {MOST_COLUMNS} columns")
    meant = [_Meant(place, _tidy(heading)) for place, heading in enumerate(headings)]
    _refuse_unknown(meant)
    phone = phone_column([one.heading for one in meant])
    chosen = {phone: Meaning.PHONE}
    for meaning in _PEOPLE:
        nearest = min(_of(meant, meaning), key=_Meant.key, default=None)
        if nearest is not None:
            chosen[nearest.place] = meaning
    for one in meant:
        if one.meaning in _PLACES | _CONSENT | {Meaning.PHONE_CODE, Meaning.DO_NOT_CALL}:
            chosen[one.place] = one.meaning
    _refuse_doubles([one for one in meant if one.place in chosen and one.place != phone])
    return Columns(_named_for_assistant([_column(one, chosen.get(one.place)) for one in meant]))


def phone_column(headings: Sequence[str]) -> int:
    """Where the telephone numbers stand.

    Raises:
        BadHeaderError: Nowhere, or it could be two columns; the reason says what was found.
    """
    meant = [_Meant(place, heading) for place, heading in enumerate(headings)]
    known = sorted(_of(meant, Meaning.PHONE), key=_Meant.key)
    if not known:
        known = [one for one in meant if one.meaning is None and _may_be_phone(one.heading)]
        if len(known) > 1:
            raise BadHeaderError(f"has several columns for a telephone: {_titles(known)}; {_CALL}")
    if not known:
        raise BadHeaderError(
            f"names no column for the telephone number ({PHONE_NAMES}); it has {_titles(meant)}"
        )
    first = squashed(known[0].heading)
    if sum(squashed(one.heading) == first for one in known) > 1:
        raise BadHeaderError(f"names the column {known[0].heading!r} twice; {_CALL}")
    return known[0].place


_CALL = "name the one to be called phone, and the others otherwise"


def shown_heading(heading: str) -> str:
    """A heading as it may be repeated: without what may be a person's number or address."""
    short = _tidy(heading)[:LONGEST_SHOWN]
    return "…" if _DIGITS_OF_DATA.search(short) else short


class _Meant:
    """A heading with what it stands for by itself."""

    def __init__(self, place: int, heading: str) -> None:
        self.place, self.heading = place, heading
        self.named = None if is_note(heading) else named(heading)

    @property
    def meaning(self) -> Meaning | None:
        return None if self.named is None else self.named.meaning

    def key(self) -> tuple[int, int, int]:
        far = self.named or Named(Meaning.NOTHING, 0, 0)
        return far.farness, far.order, self.place


def _of(meant: Iterable[_Meant], meaning: Meaning) -> list[_Meant]:
    return [one for one in meant if one.meaning is meaning]


def _is_phone(found: Named | None) -> bool:
    return found is not None and found.meaning is Meaning.PHONE


def _may_be_phone(heading: str) -> bool:
    return speaks_of_a_phone(heading) and not _DIGITS_OF_DATA.search(heading)


def _refuse_unknown(meant: Sequence[_Meant]) -> None:
    doubtful: dict[str, list[_Meant]] = {}
    for one in meant:
        if one.meaning is not None or is_note(one.heading):
            continue
        if squashed(one.heading) in _RECKONED:
            continue
        what = looks_like(one.heading)
        if what is not None:
            doubtful.setdefault(what, []).append(one)
    if doubtful:
        named_all = "; ".join(
            f"{_titles(found)} looks like {what} and is not understood"
            for what, found in doubtful.items()
        )
        raise BadHeaderError(
            f"{named_all}: call it timezone, state, zip, country, consent_kind, consent_at,"
            " consent_source or do_not_call if it is that, or take it out; a name that begins"
            " with note is only said by the assistant"
        )


def _refuse_doubles(meant: Sequence[_Meant]) -> None:
    seen: dict[str, _Meant] = {}
    for one in meant:
        if one.meaning in _PEOPLE or one.meaning is Meaning.DO_NOT_CALL:
            continue
        name = str(one.meaning) if one.meaning in _CONSENT else squashed(one.heading)
        if name in seen:
            both = _titles([seen[name], one])
            raise BadHeaderError(f"names {one.meaning} twice, in {both}: which is right?")
        seen[name] = one


def _column(meant: _Meant, meaning: Meaning | None) -> Column:
    far = meant.key()[:2]
    column = Column(
        place=meant.place,
        heading=meant.heading,
        meaning=Meaning.VARIABLE if meaning is None else meaning,
        farness=far,
    )
    if not meant.heading:
        return replace(column, meaning=Meaning.NOTHING, note="has no name")
    if squashed(meant.heading) in _RECKONED:
        return replace(column, meaning=Meaning.NOTHING, note="is reckoned from the number")
    if meaning is None and meant.meaning is Meaning.PHONE:
        return replace(column, note="another number: it is never called")
    if meaning is None and speaks_of_a_place(meant.heading):
        return replace(column, note="tells no hours of calling: timezone, state and zip do")
    return column


def _named_for_assistant(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns, with the names under which the assistant may say what they hold."""
    taken: set[str] = set()
    after = []
    for one in columns:
        own = _variable(one.heading)
        said = one.meaning is Meaning.VARIABLE or (one.meaning in _PEOPLE and own not in _OWN_NAMES)
        if not said:
            after.append(one)
            continue
        name = spoken_name(own)
        left_out = replace(one, meaning=_without_variable(one.meaning))
        if name in taken:
            after.append(replace(left_out, note=_also(one, "its name stands twice: left out")))
        elif len(taken) >= MOST_VARIABLES:
            more = f"beyond {MOST_VARIABLES} variables: left out"
            after.append(replace(left_out, note=_also(one, more)))
        else:
            taken.add(name)
            vapi_s = f"Vapi fills in {{{{{own}}}}} itself: say {{{{{name}}}}}"
            note = _also(one, vapi_s) if is_filled_in(own) else one.note
            after.append(replace(one, variable=name, note=note))
    return tuple(after)


def _without_variable(meaning: Meaning) -> Meaning:
    return Meaning.NOTHING if meaning is Meaning.VARIABLE else meaning


def _also(column: Column, note: str) -> str:
    return f"{column.note}; {note}" if column.note else note


def _variable(heading: str) -> str:
    """The name of a variable: in small letters, with _ for blanks."""
    return "_".join(heading.lower().replace("-", " ").split())


def _titles(meant: Sequence[_Meant]) -> str:
    titles = [
        Column(place=one.place, heading=one.heading, meaning=Meaning.NOTHING).title
        for one in meant[:SHOWN_COLUMNS]
    ]
    more = len(meant) - len(titles)
    return ", ".join([*titles, f"and {more} more"] if more > 0 else titles)


def _tidy(heading: str) -> str:
    """A heading on one line, without signs that nobody sees."""
    seen = "".join(
        " " if unicodedata.category(one) == "Cc" else one
        for one in heading
        if unicodedata.category(one) != "Cf"
    )
    return " ".join(seen.split())[:LONGEST_HEADING]

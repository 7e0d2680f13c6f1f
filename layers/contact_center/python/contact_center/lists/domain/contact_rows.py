"""One row of an operator's list, read strictly: each mistake names its column.

What decides whether, when and whom we call must be understood, or the row is refused. What is
only said is left out when it cannot be said, and the contact is taken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import ContactDetails
from contact_center.kernel.phone_numbers import BadNumberError, PhoneNumber, parse_phone_number
from contact_center.lists.domain.cells import (
    code_in,
    first_number,
    has_control,
    is_do_not_call,
    is_nothing,
    is_nothing_to_say,
    said_by,
    unseen,
    without_control,
    yes_or_no,
)
from contact_center.lists.domain.column_names import Meaning
from contact_center.lists.domain.row_cells import BadRowError, LeftOut, Said
from contact_center.lists.domain.row_country import RowCountry
from contact_center.lists.domain.time_zone_names import zone_of
from contact_center.permission.domain.consent import BadConsentError, Consent, consent_from

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from contact_center.lists.domain.columns import Column, Columns
    from contact_center.permission.domain.dialing_rules import DialingRules

LONGEST_CELL = 1000
LONGEST_ID = 128
LONGEST_NAME = 200
LONGEST_VARIABLES = 8_000
LONGEST_PLACE = 64

# A spreadsheet takes the leading zero off a ZIP of New England: 02139 becomes 2139.
_ZIP = re.compile(r"\d{5}(-?\d{4})?|[A-Z]\d[A-Z]-?\d[A-Z]\d")
_SHORT_ZIP = re.compile(r"\d{3,4}")
_ZIP_DIGITS = 5
_CONSENT = (Meaning.CONSENT_KIND, Meaning.CONSENT_AT, Meaning.CONSENT_SOURCE)
_ONLY_SAID = frozenset({Meaning.ID, Meaning.NAME, Meaning.FIRST_NAME, Meaning.LAST_NAME})
_ARMED_FORCES = frozenset(
    ["aa", "ae", "ap", "armedforcesamericas", "armedforceseurope", "armedforcespacific"]
)


class ContactReader:
    """Reads the rows of one list."""

    def __init__(self, columns: Columns, rules: DialingRules, region: str = "US") -> None:
        """Keep what the rows are read by.

        Args:
            columns: Of the list.
            rules: They may let nobody ring a number: its country has no row, or it is a test one.
            region: ISO country of a number without a country code, in a row that names none.
        """
        self._variables_of = columns.variables
        self._others = [
            one for one in columns.columns if one.meaning in {Meaning.VARIABLE, Meaning.NOTHING}
        ]
        self._by_meaning = {meaning: columns.of(meaning) for meaning in Meaning}
        self._rules = rules
        self._region = region

    def number(self, cells: Sequence[str]) -> tuple[PhoneNumber, list[LeftOut]]:
        """Whom the row is about, and the numbers that stand behind his in the same cell.

        Whether he may be rung is another question: somebody may ask for himself not to be called.

        Raises:
            BadRowError: It names nobody.
        """
        said = self._phone(cells)
        written, several = first_number(said.word)
        whole = written.startswith("+")  # whatever the row says of its country
        region = self._region if whole else self._country(cells).region(self._region)
        try:
            number = parse_phone_number(written, region)
        except BadNumberError as error:
            raise said.error(_with_unseen(error.reason, said)) from None
        more = "holds several numbers: the first is called"
        return number, [LeftOut(said.column, more)] if several else []

    def check(self, cells: Sequence[str], number: PhoneNumber) -> None:
        """Refuse a row whose number may not be rung, or that speaks of another country.

        Raises BadRowError.
        """
        try:
            self._rules.check_number(number)
        except BadNumberError as error:
            said = self._phone(cells)
            raise said.error(_with_unseen(error.reason, said)) from None
        self._country(cells).check(number, lambda: self._is_placed(cells, number))

    def forbids(self, cells: Sequence[str]) -> Column | None:
        """The column that says that this person must not be called, or None.

        A status or a note counts whose whole cell is that: `DNC`.

        Raises:
            BadRowError: It cannot be told what a mark says.
        """
        marks = [self._said(cells, one) for one in self._by_meaning[Meaning.DO_NOT_CALL]]
        said = {one: yes_or_no(one.word) for one in marks if one is not None}
        for one, yes in said.items():
            if yes:
                return one.column
        for one, yes in said.items():
            if yes is None:
                raise one.error("must be yes or no, 1 or 0: whether not to call cannot be told")
        return next((one for one in self._others if is_do_not_call(_cell(cells, one))), None)

    def details(
        self, cells: Sequence[str], number: PhoneNumber, now: datetime
    ) -> tuple[ContactDetails, list[LeftOut]]:
        """All that the row says of a contact, and what of it the assistant will not know.

        Raises:
            BadRowError: A cell that decides on the call is wrong; the error names the column.
        """
        variables, left_out = self._variables(cells)
        zone = self._timezone(cells)
        details = ContactDetails(
            number=number.e164,
            prefix=number.prefix,
            given_id=self._id(cells, left_out),
            name=self._name(cells, left_out),
            timezone=zone,
            postal_code=self._postal_code(cells, number),
            state=self._state(cells, number, zone),
            consent=self._consent(cells, now),
            variables=variables,
        )
        return details, left_out

    def _phone(self, cells: Sequence[str]) -> Said:
        said = self._first(cells, Meaning.PHONE)
        if said is None:
            [column] = self._by_meaning[Meaning.PHONE]
            raise BadRowError(str(Meaning.PHONE), "is empty", column)
        return said

    def _country(self, cells: Sequence[str]) -> RowCountry:
        code, home = (self._first(cells, one) for one in (Meaning.PHONE_CODE, Meaning.COUNTRY))
        return RowCountry(code, home)

    def _first(self, cells: Sequence[str], meaning: Meaning) -> Said | None:
        """What the row says of something, from the column nearest to the person that says it."""
        for column in self._by_meaning[meaning]:
            said = self._said(cells, column)
            if said is not None:
                return said
        return None

    def _said(self, cells: Sequence[str], column: Column) -> Said | None:
        cell = _cell(cells, column)
        word = said_by(cell)
        # NA is a country, and no other program's word for nothing is.
        named = column.meaning is Meaning.COUNTRY and word.upper() == "NA"
        if not word or (is_nothing(word) and not named):
            return None
        said = Said(column, word, cell)
        if len(word) > LONGEST_CELL and column.meaning not in _ONLY_SAID:
            raise said.error(f"must have at most {LONGEST_CELL} characters")
        if has_control(word):
            raise said.error(f"holds a control character: {', '.join(unseen(word))}")
        return said

    def _is_placed(self, cells: Sequence[str], number: PhoneNumber) -> bool:
        """Whether the row says where the person is, whatever its country."""
        if self._timezone(cells) is not None:
            return True
        state, code = self._first(cells, Meaning.STATE), self._first(cells, Meaning.ZIP)
        areas = self._rules.areas
        told = (state and areas.state(state.word)) or (code and areas.postal(code_in(code.word)))
        return number.north_american and bool(told)

    def _timezone(self, cells: Sequence[str]) -> str | None:
        said = self._first(cells, Meaning.TIMEZONE)
        if said is None:
            return None
        zone = zone_of(said.word)
        if zone is None:
            raise said.error("must be an IANA zone such as America/Denver")
        return zone

    def _postal_code(self, cells: Sequence[str], number: PhoneNumber) -> str | None:
        said = self._first(cells, Meaning.ZIP)
        if said is None:
            return None
        word = code_in(said.word).upper()
        if not number.north_american:  # it tells nothing there that we would reckon with
            return " ".join(word.split())[:LONGEST_PLACE]
        word = word.replace(" ", "").removesuffix("-")
        if _SHORT_ZIP.fullmatch(word):
            word = word.zfill(_ZIP_DIGITS)
        if not _ZIP.fullmatch(word):
            raise said.error("must be a ZIP such as 02139 or a postal code such as K1A 0B1")
        return word

    def _state(self, cells: Sequence[str], number: PhoneNumber, zone: str | None) -> str | None:
        said = self._first(cells, Meaning.STATE)
        if said is None:
            return None
        if not number.north_american:
            return said.word.upper()[:LONGEST_PLACE]
        place = self._rules.areas.state(said.word)
        if place is not None:
            return place.partition("-")[2]
        if "".join(said.word.casefold().split()) in _ARMED_FORCES:
            if zone is not None:
                return None
            raise said.error("is an address of the armed forces, anywhere: give it a timezone")
        raise said.error("must be a state or province, such as TX or Texas")

    def _id(self, cells: Sequence[str], left_out: list[LeftOut]) -> str | None:
        return self._short(self._first(cells, Meaning.ID), LONGEST_ID, left_out)

    def _name(self, cells: Sequence[str], left_out: list[LeftOut]) -> str | None:
        whole = self._first(cells, Meaning.NAME)
        if whole is not None:
            return self._short(whole, LONGEST_NAME, left_out)
        parts = (self._first(cells, one) for one in (Meaning.FIRST_NAME, Meaning.LAST_NAME))
        named = [self._short(one, LONGEST_NAME // 2, left_out) for one in parts]
        return " ".join(one for one in named if one is not None) or None

    @staticmethod
    def _short(said: Said | None, longest: int, left_out: list[LeftOut]) -> str | None:
        """What a cell says, unless it is too long to be what it is taken for."""
        if said is None or len(said.word) <= longest:
            return None if said is None else said.word
        more = f"longer than {longest} characters: not taken for {said.column.meaning}"
        left_out.append(LeftOut(said.column, more))
        return None

    def _consent(self, cells: Sequence[str], now: datetime) -> Consent | None:
        said = {meaning: self._first(cells, meaning) for meaning in _CONSENT}
        if not any(said.values()):
            return None
        stated = {
            meaning.removeprefix("consent_"): one.word if one else ""
            for meaning, one in said.items()
        }
        try:
            return consent_from(stated, now)
        except BadConsentError as error:
            meaning = Meaning(f"consent_{error.field}")
            at = next(iter(self._by_meaning[meaning]), None)
            cell = said[meaning]
            raise BadRowError(str(meaning), error.reason, at, cell.cell if cell else "") from None

    def _variables(self, cells: Sequence[str]) -> tuple[dict[str, str], list[LeftOut]]:
        said: dict[str, str] = {}
        left_out: list[LeftOut] = []
        room = LONGEST_VARIABLES
        for column in self._variables_of:
            cell = _cell(cells, column)
            word, name = without_control(said_by(cell)), column.variable or ""
            if not word or is_nothing_to_say(word):
                continue
            if len(word) > LONGEST_CELL:
                more = f"longer than {LONGEST_CELL} characters: the assistant will not know of it"
                left_out.append(LeftOut(column, more))
            elif len(name) + len(word) > room:
                more = f"beyond {LONGEST_VARIABLES} characters in all: left out"
                left_out.append(LeftOut(column, more))
            else:
                said[name] = word
                room -= len(name) + len(word)
        return said, left_out


def _cell(cells: Sequence[str], column: Column) -> str:
    return cells[column.place] if column.place < len(cells) else ""


def _with_unseen(reason: str, said: Said) -> str:
    signs = unseen(said.cell.strip())
    return f"{reason} (it holds {', '.join(signs)}, which cannot be seen)" if signs else reason

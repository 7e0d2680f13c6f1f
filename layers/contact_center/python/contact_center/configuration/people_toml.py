"""What an owner may write in config/people.toml. Used by the tools only."""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from contact_center.configuration.hours_toml import LONGEST_SPOKEN
from contact_center.configuration.tables import Name, Table, Text
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.people.domain.roster import (
    LONGEST_RING_SECONDS,
    LONGEST_WRAP_SECONDS,
    SHORTEST_RING_SECONDS,
    is_sip_address,
)

NO_PIN_HERE = "must not stand in this file; PINs are a secret, see docs/configuration.md"


def _number(text: str) -> str:
    try:
        number = parse_phone_number(text)
    except FieldError as error:
        raise ValueError(error.reason) from None
    if number.e164 != text:
        raise ValueError("must be a number in E.164 form, such as +14155550120")
    return text


def _sip(text: str) -> str:
    if not is_sip_address(text):
        raise ValueError("must be an address such as sip:ada@example.com")
    return text


def _extension(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 2 <= len(text) <= 6):  # noqa: PLR2004
        raise ValueError("must be 2 to 6 digits, in quotes")
    return text


def _no_pin(_: object) -> object:
    raise ValueError(NO_PIN_HERE)


def _spoken(text: str) -> str:
    if "{{" in text:
        raise ValueError("has a placeholder, and none is filled in here")
    return text


Spoken = Annotated[str, Field(min_length=1, max_length=LONGEST_SPOKEN), AfterValidator(_spoken)]
LONGEST_OPENING = 80  # characters: of twelve seconds some are left for what the caller wants


def _template(*places: str) -> AfterValidator:
    """A text in which those places, each once, and no others are filled in."""

    def check(text: str) -> str:
        try:
            named = sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)
        except ValueError:
            raise ValueError("has a brace that opens or closes nothing") from None
        if named != sorted(places):
            wanted = ", ".join(f"{{{place}}}" for place in places)
            raise ValueError(f"must have {wanted}, once, and no other braces")
        return text

    return AfterValidator(check)


_SHORT = Field(min_length=1, max_length=LONGEST_OPENING)
RingSeconds = Annotated[int, Field(ge=SHORTEST_RING_SECONDS, le=LONGEST_RING_SECONDS)]


class ColleagueToml(Table):
    """One person who takes callers."""

    name: Text
    departments: Annotated[list[Name], Field(min_length=1)]
    number: Annotated[str, AfterValidator(_number)] | None = None
    sip: Annotated[str, AfterValidator(_sip)] | None = None
    ring_seconds: RingSeconds = 20
    extension: Annotated[str, AfterValidator(_extension)] | None = None
    supervises: bool = False
    pin: Annotated[object, AfterValidator(_no_pin)] = None

    @model_validator(mode="after")
    def _it_can_be_rung(self) -> Self:
        if (self.number is None) == (self.sip is None):
            raise ValueError("needs a number or a sip address, and not both")
        return self

    @property
    def address(self) -> str:
        """Whom to ring."""
        return self.number or self.sip or ""


class LogInWordsToml(Table):
    """What a person hears who logs in or out by telephone."""

    ask_pin: Spoken
    refused: Spoken
    logged_in: Spoken
    logged_out: Spoken
    logged_out_later: Spoken
    next_caller: Spoken
    next_not_possible: Spoken
    unavailable: Spoken


class OfferWordsToml(Table):
    """What a person hears who is rung about a caller."""

    opening: Annotated[str, _SHORT, _template("department", "digits")]
    opening_withheld: Annotated[str, _SHORT, _template("department")]
    came_from: Annotated[str, _SHORT, _template("before")]
    last_words: Literal[""] | Annotated[str, _SHORT, _template("words")]
    ask: Spoken
    left: Spoken
    declined: Spoken


class SupervisorWordsToml(Table):
    """What a supervisor hears who joins a talk of somebody else's."""

    ask: Spoken
    menu: Spoken
    over: Spoken


class PeopleToml(Table):
    """people.toml: colleagues who take callers."""

    wrap_seconds: Annotated[int, Field(ge=0, le=LONGEST_WRAP_SECONDS)]
    shows_callers: bool = False
    words: LogInWordsToml
    offer_words: OfferWordsToml
    supervisor_words: SupervisorWordsToml
    people: dict[Name, ColleagueToml] = {}

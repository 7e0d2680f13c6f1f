"""Who works here: the people of the configuration, their departments and how to ring them.

What a person does at the moment is no part of it (`people.py`), nor is a PIN: those are a secret.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, Self

from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_RING_SECONDS, LONGEST_RING_SECONDS = 5, 60
LONGEST_WRAP_SECONDS = 120  # a lost message frees nobody later than that

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SIP = re.compile(rf"sip:[A-Za-z0-9._+-]{{1,64}}@{_HOST}(?:\.{_HOST})*(?::[0-9]{{1,5}})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One person as configured.

    Attributes:
        person_id: The key in people.toml.
        name: As callers and operators are told it.
        departments: Keys of those whose callers are offered to this person.
        address: Whom to ring: E.164, or sip:name@host.
        ring_seconds: How long.
        extension: Digits that say who it is, from whatever telephone; None: there are none.
        supervises: Whether this person may join the talks of others.
    """

    person_id: str
    name: str
    departments: tuple[str, ...]
    address: str = field(repr=False)
    ring_seconds: int
    extension: str | None = None
    supervises: bool = False

    @property
    def number(self) -> str | None:
        """E.164, or None where an address of SIP rings."""
        return self.address if self.address.startswith("+") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInWords:
    """What a person hears who logs in or out by telephone."""

    ask_pin: str
    refused: str
    logged_in: str
    logged_out: str
    logged_out_later: str
    next_caller: str
    next_not_possible: str
    unavailable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWords:
    """What a person hears who is rung about a caller; people.toml says what is filled in."""

    opening: str
    opening_withheld: str
    came_from: str
    last_words: str
    ask: str
    left: str
    declined: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorWords:
    """What a supervisor hears who joins a talk of somebody else's."""

    ask: str
    menu: str
    over: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All people, by their ids, in the order of the file.

    Attributes:
        wrap_seconds: How long a person is left alone after a talk.
        shows_callers: Whether people are rung with the caller's own number, where that can be.
    """

    people: Mapping[str, Colleague]
    wrap_seconds: int
    words: LogInWords
    offer_words: OfferWords
    supervisor_words: SupervisorWords
    shows_callers: bool = False

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, ValueError."""
        return cls(
            people={
                key: Colleague(person_id=key, **{**said, "departments": tuple(said["departments"])})
                for key, said in compiled["people"].items()
            },
            wrap_seconds=compiled["wrap_seconds"],
            words=LogInWords(**compiled["words"]),
            offer_words=OfferWords(**compiled["offer_words"]),
            supervisor_words=SupervisorWords(**compiled["supervisor_words"]),
            shows_callers=compiled["shows_callers"],
        )

    def of_department(self, department: str) -> tuple[Colleague, ...]:
        """Those who take a department's callers."""
        return tuple(one for one in self.people.values() if department in one.departments)

    def whose_telephone(self, caller: str | None) -> Colleague | None:
        """The person whose telephone calls; None: nobody's, or it is withheld.

        Args:
            caller: E.164, or sip:name@host in small letters and without a port.
        """
        found = (one for one in self.people.values() if caller in _calls_as(one.address))
        return None if caller is None else next(found, None)

    def whose_address(self, address: str | None) -> Colleague | None:
        """The person who is rung there, by E.164 or address of SIP; None: nobody is."""
        wanted = (address or "").lower()
        return next((one for one in self.people.values() if one.address.lower() == wanted), None)

    def whose_extension(self, extension: str) -> Colleague | None:
        """The person of an extension, or None."""
        return next((one for one in self.people.values() if one.extension == extension), None)


def _calls_as(address: str) -> tuple[str | None, str]:
    """What a telephone that is rung there may be shown as when it calls: number, or address."""
    host = address.rpartition("@")[2]
    without_port = address.removesuffix(host) + host.partition(":")[0]
    return caller_number(address), without_port.lower()


def is_sip_address(text: str) -> bool:
    """Whether it is sip:name@host, with or without a port."""
    return _SIP.fullmatch(text) is not None

"""Whom the demo's two campaigns call: made-up people at numbers that belong to nobody.

What a telephone does is decided by the last two digits of its number (local/callees); which area
it is in, and so its time zone, by the first ones. The list is the same for the same size.
"""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FULL_SIZE = 200  # the shares below are of a list of so many
SMALLEST_SIZE, LARGEST_SIZE = 24, 400
LEAST_FOR_LOOK_UP = 100  # a look-up comes 35 s after its dial: too long for a small list

# Area code, time zone, state. Hawaii's day begins while the demo runs.
AREAS = (
    ("212", "America/New_York", "NY"),
    ("312", "America/Chicago", "IL"),
    ("303", "America/Denver", "CO"),
    ("213", "America/Los_Angeles", "CA"),
    ("617", "America/New_York", "MA"),
    ("214", "America/Chicago", "TX"),
    ("602", "America/Phoenix", "AZ"),
    ("503", "America/Los_Angeles", "OR"),
    ("305", "America/New_York", "FL"),
    ("615", "America/Chicago", "TN"),
    ("801", "America/Denver", "UT"),
    ("206", "America/Los_Angeles", "WA"),
    ("404", "America/New_York", "GA"),
)
NIGHT = ("808", "Pacific/Honolulu", "HI")
EAST = tuple(area for area in AREAS if area[1] == "America/New_York")
WEST = tuple(area for area in AREAS if area[1] == "America/Los_Angeles")

OFFER, REMINDER = "offer", "reminder"
CALLED_BACK = "asks to be called back"  # at 15:00 in New York, as local/callees has them say
NEVER_CALLED = "suppressed before"  # the demo suppresses their numbers before it starts
CONSENT_KIND = {OFFER: "express_written", REMINDER: "express"}
CONSENT_AT = "2026-05-04T16:20:00Z"


@dataclass(frozen=True, slots=True)
class Role:
    """A part that some people of the list play.

    Attributes:
        share: How many of a full list.
        endings: The last two digits of their numbers, the first and the last.
        lists: Which campaigns have them.
    """

    name: str
    share: int
    endings: tuple[int, int]
    lists: tuple[str, ...]
    areas: Sequence[tuple[str, str, str]] = AREAS


ROLES = (
    Role("busy, then talks", 10, (50, 54), (OFFER,)),
    Role("always busy", 3, (55, 59), (REMINDER,)),
    Role("not in, then talks", 8, (60, 64), (OFFER,), WEST),
    Role("never answers", 6, (65, 69), (REMINDER,)),
    Role("voicemail, message", 7, (70, 72), (REMINDER,)),
    Role("voicemail, hang up", 7, (73, 74), (OFFER,)),
    Role("opts out by voice", 3, (75, 76), (OFFER, REMINDER)),
    Role("opts out by keypad", 3, (77, 79), (OFFER, REMINDER)),
    Role("out of reach, then talks", 4, (80, 84), (REMINDER,)),
    Role(CALLED_BACK, 3, (86, 87), (OFFER,), EAST),
    Role("talks, passing reason", 3, (88, 88), (OFFER,)),
    Role("opts out, number withheld", 3, (89, 89), (OFFER, REMINDER)),
    Role(NEVER_CALLED, 5, (90, 92), (OFFER, REMINDER)),
    Role("no consent", 4, (93, 95), (OFFER,)),
    Role("night", 9, (0, 49), (REMINDER,), (NIGHT,)),
    Role("in both lists", 12, (0, 4), (OFFER, REMINDER)),
)
LOST = Role("nobody is told", 1, (85, 85), (REMINDER,))
TALKS_OFFER = Role("talks", 0, (10, 29), (OFFER,))
TALKS_REMINDER = Role("talks", 0, (30, 49), (REMINDER,))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list. `zone` is an IANA name, the number E.164."""

    number: str
    role: str
    zone: str
    state: str
    lists: tuple[str, ...]

    @property
    def given_id(self) -> str:
        """The operator's own id of them."""
        return f"C{self.number[2:5]}{self.number[-2:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactList:
    """One campaign's list as it is handed in, and what ought to be made of it.

    Attributes:
        text: The CSV.
        rows, bad, repeated: Lines of it beside the heading; those among them that are no
            contacts; those that repeat a number.
    """

    text: str
    people: Sequence[Person]
    rows: int
    bad: int
    repeated: int


def _numbers(role: Role, first_area: int) -> Iterator[tuple[str, str, str]]:
    """The numbers of a role with zone and state, through its areas in turn."""
    for ending in range(role.endings[0], role.endings[1] + 1):
        for place in range(len(role.areas)):
            code, zone, state = role.areas[(place + first_area) % len(role.areas)]
            yield f"+1{code}55501{ending:02}", zone, state


def make_people(size: int) -> list[Person]:
    """The people of a list with about `size` contacts in its two campaigns together."""
    roles = list(ROLES) + ([LOST] if size >= LEAST_FOR_LOOK_UP else [])
    people: list[Person] = []
    for place, role in enumerate(roles):
        people += _cast(role, max(1, role.share * size // FULL_SIZE), place)
    missing = max(0, size - sum(len(person.lists) for person in people))
    return people + _cast(TALKS_OFFER, missing // 2, 0) + _cast(TALKS_REMINDER, -(-missing // 2), 1)


def _cast(role: Role, count: int, first_area: int) -> list[Person]:
    found = itertools.islice(_numbers(role, first_area), count)
    return [Person(number, role.name, zone, state, role.lists) for number, zone, state in found]


def make_list(people: Sequence[Person], name: str) -> ContactList:
    """The CSV of one campaign, with the mistakes that lists have."""
    listed = [person for person in people if name in person.lists]
    rows = [_row(person, place, name) for place, person in enumerate(listed, 1)]
    again = [["again", *row[1:]] for row in rows[:3]]
    bad = [
        ["", "No number", "", "America/New_York", "NY", *_consent(name)],
        ["", "Half a number", "21255501", "America/New_York", "NY", *_consent(name)],
        ["", "Premium rate", "+19005550123", "America/New_York", "NY", *_consent(name)],
        ["", "Nowhere", "+12125550199", "America/Atlantis", "NY", *_consent(name)],
        [
            "",
            "Consent to come",
            "+12125550198",
            "America/New_York",
            "NY",
            "express",
            "2999-01-01",
            "?",
        ],
    ]
    told = [*rows[: len(rows) // 2], *bad, *rows[len(rows) // 2 :], *again]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["id", "name", "phone", "timezone", "state", "consent_kind", "consent_at", "consent_source"]
    )
    writer.writerows(told)
    return ContactList(
        text=text.getvalue(), people=listed, rows=len(told), bad=len(bad), repeated=len(again)
    )


def _row(person: Person, place: int, name: str) -> list[str]:
    number = person.number
    ways = (number, f"({number[2:5]}) {number[5:8]}-{number[8:]}", number[1:])
    consent = ["", "", ""] if person.role == "no consent" else _consent(name)
    return [
        person.given_id,
        f"Contact {place}",
        ways[place % len(ways)],
        person.zone,
        person.state,
        *consent,
    ]


def _consent(name: str) -> list[str]:
    return [CONSENT_KIND[name], CONSENT_AT, "web form"]

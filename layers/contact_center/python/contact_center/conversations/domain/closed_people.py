"""People of ours who are not rung now, because it is closed where their telephone is.

A department's own telephone has the hours of the department, that of a person the company's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.departments import Departments


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeople:
    """What the owner wants for who asks for people of a department that is closed.

    Attributes:
        say: What the caller hears.
        number: Another telephone that takes the call meanwhile, E.164, or None.
        calls_back: Whether callers are to be called when it opens.
    """

    say: str
    number: str | None = None
    calls_back: bool = False


# Of a department's key, or 'person', and an instant, ms since 1970; None: it is open.
type ClosedAt = Callable[[str, int], ClosedPeople | None]


def never_closed(department: str, at_ms: int) -> None:
    """Of a contact center without hours: everybody can be rung."""


def whose_telephone(number: str, wanted: str | None, departments: Departments) -> str:
    """By whose hours a telephone is rung for who wants a destination: a key, or 'person'."""
    department = departments.by_key.get(wanted or "")
    return PERSON if department is None or department.number != number else department.key

"""What a caller says of himself: cleaned before it is kept, and read back as it is spoken. Pure.

    a model's argument ─► cleaned: one line, no markup, no control characters, so long at most
                       └─► an e-mail address: checked, and spelled back letter by letter

What is taken out is named (`Mark`), so that it can be counted and is never guessed at later. Words
that a browser, a terminal or a spreadsheet would obey are nobody's name.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.records.domain.redaction_kinds import Kind, Redaction

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME = 80
LONGEST_LINE = 200
LONGEST_EMAIL = 254  # RFC 5321, of a path without its brackets

NEVER_KEPT = Redaction(frozenset({Kind.CARD, Kind.SSN}))
_NOT_SAID = frozenset({"", "unknown", "none", "n/a", "null", "not sure", "undefined"})
_MARKUP = re.compile(r"<[^<>]*>?|&(?:#\w{1,8}|[a-z]{2,8});|[<>]", re.IGNORECASE)
_FORMULA = "=+-@\t"  # what a spreadsheet obeys at the beginning of a cell
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"(?=.{{3,{LONGEST_EMAIL}}}$)(?=[^@]{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}"
)
_SPOKEN = {".": "dot", "-": "dash", "_": "underscore", "+": "plus", "'": "apostrophe"}
# Of characters: control, format (bidirectional overrides, zero width), private, surrogate.
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn")


class BadDetailError(FieldError):
    """What is no such thing; the message never holds it."""


class Mark(StrEnum):
    """What was taken out of words."""

    MARKUP = "markup"
    CONTROL = "control"
    FORMULA = "formula"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Words that can be kept; empty: nothing was said."""

    text: str
    marks: frozenset[Mark] = frozenset()


def cleaned(said: object, longest: int = LONGEST_LINE) -> Cleaned:
    """An argument of a model as one line of plain words.

    Args:
        said: Whatever it passed on; what is no text is nothing.
        longest: Characters that are kept.
    """
    if not isinstance(said, str):
        return Cleaned("")
    marks: set[Mark] = set()
    seen = "".join(" " if _is_space(each) else each for each in said if not _is_unseen(each))
    if any(_is_unseen(each) for each in said):
        marks.add(Mark.CONTROL)
    plain = _MARKUP.sub(" ", seen)
    if plain != seen:
        marks.add(Mark.MARKUP)
    words = " ".join(plain.split())
    safe = words.lstrip(_FORMULA + " ")
    if safe != words:
        marks.add(Mark.FORMULA)
    if len(safe) > longest:
        marks.add(Mark.CUT)
        safe = safe[:longest].rstrip()
    return Cleaned("" if safe.casefold() in _NOT_SAID else safe, frozenset(marks))


def email_of(said: object) -> str | None:
    """An e-mail address as it is kept; None: none was said. Raises BadDetailError: it is none."""
    if said is None or (isinstance(said, str) and said.strip().casefold() in _NOT_SAID):
        return None
    address = said.strip() if isinstance(said, str) else ""
    if not _EMAIL.fullmatch(address):
        raise BadDetailError("email", "must be a whole address such as ada@example.com")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def email_words(address: str) -> str:
    """An address as it is said: "a d a at example dot com"."""
    local, _, domain = address.rpartition("@")
    return f"{_spelled(local)} at {_domain_words(domain)}"


def details_of(
    arguments: Mapping[str, object], longest: Mapping[str, int]
) -> tuple[dict[str, str], frozenset[Mark]]:
    """Several arguments, cleaned: those that were said, and what was taken out of any.

    They are kept to be used, so an address stays; no card and no social security number does.
    """
    from contact_center.records.domain.redaction import redact  # noqa: PLC0415 - for a tool alone

    found = {name: cleaned(arguments.get(name), most) for name, most in longest.items()}
    marks = frozenset(mark for one in found.values() for mark in one.marks)
    said = {name: redact(one.text, NEVER_KEPT).text for name, one in found.items() if one.text}
    return said, marks


def _spelled(letters: str) -> str:
    return " ".join(_SPOKEN.get(each, each) for each in letters)


def _domain_words(domain: str) -> str:
    """Each part as a word if it is one; what nobody would hear rightly is spelled."""
    parts = (part if part.isalpha() else _spelled(part) for part in domain.split("."))
    return " dot ".join(parts)


def _is_space(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Zl", "Zp", "Zs")


def _is_unseen(character: str) -> bool:
    return not _is_space(character) and unicodedata.category(character) in _UNSEEN

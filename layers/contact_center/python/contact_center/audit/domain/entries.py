"""One entry of the audit trail, and when a request makes one.

A customer stands in it as a mark: a keyed digest of the number. Who has a number and the key finds
its entries; the entries bring no number back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any

from contact_center.audit.domain.actions import Kind
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.hidden_numbers import hide_numbers
from contact_center.kernel.path_ids import named_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.audit.domain.actions import Action

MARK_CHARACTERS = 32
MOST_CUSTOMERS = 400  # of one entry: a page has a hundred rows, a withdrawal many more
LONGEST_ID = 128
SIGNED = "X-Amz-Signature="  # a link that opens a file
OPERATOR = "operator"
COLLEAGUES = "people"  # in an answer: who takes callers, with the numbers they are rung at
ACCEPTED, LEAST_FAILURE = 202, 400
REFUSED = frozenset({403, 409, 422})  # whatever was asked for
MARKED = "mark-"
# Ids that are digests of campaign and number without a key: they would bring the number back.
DERIVED = frozenset({"attempt"})
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_REASON = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody did.

    Attributes:
        entry_id: Of its own.
        at_ms: When the answer was ready.
        who: The name in the secret of operators' tokens; `role` as it was.
        action: The operation's name.
        on: The kind of thing it was done to; on_id: which, None: it has none.
        customers: Marks of those it was about; `more` than these could not be marked.
        status: Of the answer; `reason` of a refusal, in a word of ours.
    """

    entry_id: str
    at_ms: int
    who: str
    role: str
    action: str
    kind: str
    on: str
    status: int
    on_id: str | None = None
    customers: tuple[str, ...] = ()
    more: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was answered.

    Attributes:
        who, role: Whose it was.
        action: The operation's name; `line` is what the table says of it.
        names: What the path names, in order.
        numbers: Of customers whom the request names, E.164.
        status, answer: What came of it, the answer parsed.
    """

    who: str
    role: str
    action: str
    line: Action
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    status: int
    answer: Any


def makes_entry(asked: Asked) -> bool:
    """Whether it is written down."""
    if asked.line.kind is Kind.NONE:
        return False
    if asked.line.kind in {Kind.CHANGE, Kind.LISTEN} or asked.status in REFUSED:
        return True
    if asked.line.kind is Kind.EXPORT and asked.status == ACCEPTED:
        return True
    if asked.role != OPERATOR or asked.status >= LEAST_FAILURE:
        return False
    if asked.line.kind is Kind.EXPORT:
        return SIGNED in json.dumps(asked.answer)
    return bool(asked.names or asked.numbers) or any(True for _ in numbers_in(asked.answer))


def customers_of(asked: Asked) -> list[str]:
    """Whom it was about, E.164, each once: named in it, or shown to an operator."""
    shown = numbers_in(asked.answer) if asked.role == OPERATOR else ()
    return list(dict.fromkeys((*asked.numbers, *shown)))


def numbers_in(told: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Every number that is a value of its own in an answer, but for our colleagues'."""
    if isinstance(told, str):
        if _E164.fullmatch(told):
            yield told
    elif isinstance(told, dict):
        for name, one in told.items():
            if name != COLLEAGUES:
                yield from numbers_in(one)
    elif isinstance(told, list):
        for one in told:
            yield from numbers_in(one)


def mark_of(key: str, said: str) -> str:
    """What stands for a number, or for an id that would tell one."""
    digest = hmac.new(key.encode(), said.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:MARK_CHARACTERS]


def entry_of(asked: Asked, entry_id: str, at_ms: int, key: str | None) -> Entry:
    """The entry of a request.

    Args:
        asked: The request.
        entry_id: A fresh id.
        at_ms: Now.
        key: Marks are made with it; None: it cannot be had, and nobody is marked.
    """
    numbers = customers_of(asked)
    marked = numbers[:MOST_CUSTOMERS] if key is not None else []
    return Entry(
        entry_id=entry_id,
        at_ms=at_ms,
        who=asked.who,
        role=asked.role,
        action=asked.action,
        kind=asked.line.kind.value,
        on=asked.line.on,
        on_id=_id(asked, key),
        customers=tuple(sorted(mark_of(key or "", one) for one in marked)),
        more=len(numbers) - len(marked),
        status=asked.status,
        reason=_reason(asked),
    )


def needs_key(asked: Asked) -> bool:
    """Whether something of it has to be marked."""
    said = _said_id(asked)
    return bool(customers_of(asked)) or (said is not None and not _is_plain(asked, said))


def _said_id(asked: Asked) -> str | None:
    if asked.names:
        return asked.names[0]
    made = asked.answer.get(asked.line.made) if isinstance(asked.answer, dict) else None
    return made if isinstance(made, str) else None


def _id(asked: Asked, key: str | None) -> str | None:
    said = _said_id(asked)
    if said is None or _is_plain(asked, said):
        return said
    return None if key is None else MARKED + mark_of(key, said)


def _is_plain(asked: Asked, said: str) -> bool:
    """Whether an id may stand there as it is: it is short, and no number can be read in it."""
    behind = named_by(said)
    return (
        asked.line.on not in DERIVED
        and len(said) <= LONGEST_ID
        and said.isascii()
        and said.isprintable()
        and behind is not None
        and hide_numbers(said) == said
        and hide_numbers(behind) == behind
    )


def _reason(asked: Asked) -> str | None:
    """Why it was refused, in a word of ours; never what somebody wrote."""
    if asked.status < LEAST_FAILURE or not isinstance(asked.answer, dict):
        return None
    for field in ("reason", "state"):
        said = asked.answer.get(field)
        if isinstance(said, str) and _REASON.fullmatch(said):
            return said
    return None

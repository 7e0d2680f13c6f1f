"""The tools with which a caller leaves who he is, or asks to be sent something.

    saveLead, sendInformation              ─► nothing is kept: read it back, and ask
    the same with confirmed, later, alike  ─► kept as a fact of the call
    anything else that says confirmed      ─► nothing is kept: read it back, and ask

That a caller confirmed something is a model's claim. It is believed only of the very details that
an earlier message was answered with; what differs by a letter is read back anew. An address is
read back as it is spoken, made of the address itself; of other words, which the model has itself,
nothing is said back to it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import INFORMATION, LEAD, DetailsLeft
from contact_center.conversations.domain.follow_ups import FollowUpKind
from contact_center.conversations.services.tools import NOT_KEPT, SAVE_LEAD, ToolAnswer
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.domain.spoken_details import (
    LONGEST_LINE,
    LONGEST_NAME,
    BadDetailError,
    details_of,
    email_of,
    email_words,
)

if TYPE_CHECKING:
    from contact_center.conversations.domain.messages import Question, ToolCall
    from contact_center.conversations.services.ports.left_details import LeftDetails
    from contact_center.kernel.ports import Metrics

# Arguments of each, and how long they may be; e-mail addresses besides.
OF_A_LEAD = {
    "firstName": LONGEST_NAME,
    "lastName": LONGEST_NAME,
    "company": LONGEST_LINE,
    "interest": LONGEST_LINE,
}
OF_INFORMATION = {"topic": LONGEST_LINE}
EMAIL = "email"
_YES = frozenset({"true", "yes"})

_KEPT = {
    LEAD: ToolAnswer("Stored. Say that it is noted."),
    INFORMATION: ToolAnswer(
        "Stored: the wish is noted for a colleague. Say so, and that nothing was sent yet."
    ),
}
_ASKS = {
    LEAD: "Ask whether that is right",
    INFORMATION: "Ask whether that is right and whether they agree to be written to about it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingParts:
    """What leaving details needs."""

    details: LeftDetails
    metrics: Metrics


def leave_details(call: ToolCall, question: Question, parts: LeavingParts) -> ToolAnswer:
    """Have details read back, or keep them.

    Args:
        call: `saveLead` or `sendInformation`; `confirmed` says that the caller did.
        question: The message that it came with.
        parts: What it works with.

    Returns:
        What the model is told.
    """
    if question.call_id is None:
        return NOT_KEPT
    what = LEAD if call.name == SAVE_LEAD else INFORMATION
    try:
        details = _details(call, what, parts)
        _check(details, what, question)
    except BadDetailError as error:
        return ToolAnswer(f"Not stored: {error}. Ask again.", failed=True)
    left = DetailsLeft(
        call_id=question.call_id,
        at_ms=question.at_ms,
        key=f"{what}:{_digest(details)}",
        what=what,
        details=details,
        agreed_at_ms=question.at_ms if what == INFORMATION else None,
        follow_up=FollowUpKind.EMAIL.value if what == INFORMATION else None,
    )
    try:
        return _keep(left, parts) if _confirmed(call) else _read_back(left, parts)
    except (StoreUnavailableError, StoreRefusedError):
        parts.metrics.count("details_unstored", what=what)
        return NOT_KEPT


def _keep(left: DetailsLeft, parts: LeavingParts) -> ToolAnswer:
    at_ms = parts.details.read_back_at_ms(left)
    if at_ms is None or at_ms >= left.at_ms:
        parts.metrics.count("details_unconfirmed", what=left.what)
        return _read_back(left, parts)
    parts.details.keep(left)
    parts.metrics.count("details_left", what=left.what)
    return _KEPT[left.what]


def _read_back(left: DetailsLeft, parts: LeavingParts) -> ToolAnswer:
    parts.details.note_read_back(left)
    email = left.details.get(EMAIL)
    address = "" if email is None else f" Say the address exactly so: {email_words(email)}."
    return ToolAnswer(
        f"Not stored yet. Read it back to the caller.{address} {_ASKS[left.what]}. Once they say"
        " so, call this again with the same and confirmed true."
    )


def _details(call: ToolCall, what: str, parts: LeavingParts) -> dict[str, str]:
    longest = OF_A_LEAD if what == LEAD else OF_INFORMATION
    details, marks = details_of(call.arguments, longest)
    for mark in sorted(marks):
        parts.metrics.count("detail_cleaned", what=mark.value)
    email = email_of(call.arguments.get(EMAIL))
    return details if email is None else {**details, EMAIL: email}


def _check(details: dict[str, str], what: str, question: Question) -> None:
    """Whether somebody can do something with it. Raises BadDetailError."""
    if what == INFORMATION:
        needed = [name for name in (EMAIL, "topic") if name not in details]
    else:
        named = "firstName" in details or "lastName" in details or EMAIL in details
        reached = EMAIL in details or question.customer_number is not None
        needed = [] if named and reached else [EMAIL if named else "lastName"]
    if needed:
        raise BadDetailError(needed[0], "is missing")


def _confirmed(call: ToolCall) -> bool:
    said = call.arguments.get("confirmed")
    return said is True or (isinstance(said, str) and said.strip().casefold() in _YES)


def _digest(details: dict[str, str]) -> str:
    written = json.dumps(details, sort_keys=True).encode()
    return hashlib.blake2b(written, digest_size=8).hexdigest()

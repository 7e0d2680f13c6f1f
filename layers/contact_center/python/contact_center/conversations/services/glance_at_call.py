"""What operators see of a call at a glance, as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.deciding.routing import (
    ActionKind,
    last_destination,
)
from contact_center.conversations.services.ports.calls import CallGlance, LiveGlance
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.services.record_parts import Recorded


LIVE_WORDS = 160  # characters of the last words that a list of calls shows


def glance_at(recorded: Recorded, departments: Departments) -> CallGlance:
    """What is kept of it beside its record."""
    state = recorded.state
    return CallGlance(
        intent=state.intent,
        destination=_destination(recorded, departments),
        mode=state.mode,
        clarifications=state.clarifications,
        interruptions=state.interruptions,
        understood=state.understood,
        routed_ms=state.routed_ms,
        live=None if recorded.record.ended else _live(recorded),
    )


def _live(recorded: Recorded) -> LiveGlance:
    state, words = recorded.state, recorded.last_words
    return LiveGlance(
        confidence=round(state.confidence, 2),
        location=state.location,
        transferring=state.transfer_pending,
        opted_out=state.opt_out is not None,
        words=None if words is None else words.text.strip()[-LIVE_WORDS:],
        words_by=None if words is None else words.role,
        words_at_ms=None if words is None else words.at_ms,
    )


def _destination(recorded: Recorded, departments: Departments) -> str | None:
    """Where the caller was last sent: who was rung instead of a department may be anybody."""
    state, last = recorded.state, last_destination(recorded.decisions)
    if last is None or last.kind is not ActionKind.INSTEAD or not state.transfer_pending:
        return state.destination
    people = departments.number_instead_of(last.department)
    return PERSON if people == departments.person_number else state.destination

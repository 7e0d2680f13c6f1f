"""What operators hear of a call: a link to our copy of its recording, for a quarter of an hour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.path_ids import named_by
from contact_center.records.domain.recordings import (
    DAY_MS,
    Recording,
    RecordingState,
    recording_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.kernel.ports import Clock
    from contact_center.records.services.recording_ports import RecordingLinks

type Json = dict[str, object]


class NoRecordingError(Exception):
    """There is nothing to be heard. `state`: none, not_yet, gone or lost."""

    def __init__(self, state: RecordingState) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenDesk:
    """Where recordings are asked for.

    Attributes:
        record: What is known of a call; None: there is no such call. Raises StoreUnavailableError,
            UnreadableItemError.
        days: For how long copies are kept.
    """

    record: Callable[[str], CallRecord | None]
    links: RecordingLinks
    clock: Clock
    days: int


def listen_to_call(desk: ListenDesk, call_id: str) -> Json | None:
    """A link to a call's recording.

    Args:
        desk: Where from.
        call_id: As answers carry it: path_ids.py.

    Returns:
        None: there is no such call.

    Raises:
        NoRecordingError: It has none, not yet or no longer.
        StoreUnavailableError: Table or bucket did not answer.
    """
    named = named_by(call_id)
    record = None if named is None else desk.record(named)
    if named is None or record is None:
        return None
    recording = recording_now(record, desk.clock.now_ms(), desk.days)
    if recording.state is not RecordingState.KEPT:
        raise NoRecordingError(recording.state)
    link = desk.links.link(recording_key(named))
    if link is None:  # the bucket's own rule, or a person who was forgotten
        raise NoRecordingError(RecordingState.GONE)
    return {
        "url": link.url,
        "expiresAt": iso(link.expires_at_ms),
        "mediaType": recording.media,
        "bytes": recording.size,
    }


def recording_now(record: CallRecord, now_ms: int, days: int) -> Recording:
    """What is to be had of a call's recording: a copy whose days are over is gone."""
    recording = record.recording
    kept = recording.state is RecordingState.KEPT
    if kept and now_ms >= recording.at_ms + days * DAY_MS:
        return replace(recording, state=RecordingState.GONE)
    return recording


def shown_recording(record: CallRecord, now_ms: int, days: int) -> Json:
    """What everybody who may see a call is told of its recording."""
    recording = recording_now(record, now_ms, days)
    return {
        "state": recording.state.value,
        "reason": recording.reason or None,
        "bytes": recording.size or None,
    }

"""The routes of calls. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.services.listen_to_call import (
    NoRecordingError,
    listen_to_call,
)
from contact_center.conversations.services.read_calls import list_calls, show_call
from contact_center.kernel.ports import BadCursorError
from contact_center.records.domain.recordings import RecordingState
from operator_api.problems import bad_field, problem
from operator_api.requests import day_of, page_limit, query
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.services.listen_to_call import ListenDesk
    from contact_center.conversations.services.read_calls import CallDesk
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_ID = 2_048  # of one that was spelled for a path
TAG = "calls"

LIST = Operation(
    "listCalls",
    TAG,
    {OK: ("A page.", "conversations.CallPage")},
    role="viewer",
    query=("day", "limit", "cursor"),
    refuses=(400,),
)
SHOW = Operation(
    "showCall",
    TAG,
    {OK: ("The call.", "conversations.CallWithTimeline")},
    role="viewer",
    refuses=(404,),
)


LISTEN = Operation(
    "listenToCall",
    TAG,
    {OK: ("A link for 15 minutes.", "conversations.RecordingLink")},
    refuses=(404,),
)
_UNHEARD = {
    RecordingState.NONE: "The call was not recorded, or is not over.",
    RecordingState.NOT_YET: "The recording has not been copied yet. Try again in a minute.",
    RecordingState.GONE: "The recording is kept no longer.",
    RecordingState.LOST: "The recording could not be copied.",
}


def call_routes(routes: Routes, desk: CallDesk, listen: Callable[[], ListenDesk]) -> None:
    """Add them."""

    @routes.on("GET", "/api/calls", LIST)
    def calls() -> Json:
        """The calls of a day, newest first.

        By `startedAt`; of whose beginning nobody has told, `firstSeenAt` counts.
        """
        day, limit = day_of(routes.router), page_limit(routes.router)
        try:
            return list_calls(desk, day, limit, query(routes.router, "cursor"))
        except BadCursorError:
            raise bad_field("cursor", "must be the nextCursor of a page of the same day") from None

    @routes.on("GET", "/api/calls/<call_id>", SHOW)
    def call(call_id: str) -> Json:
        """One call with its timeline."""
        shown = show_call(desk, call_id) if len(call_id) <= LONGEST_ID else None
        if shown is None:
            raise problem(404, "There is no such call.")
        return shown

    @routes.on("GET", "/api/calls/<call_id>/recording", LISTEN)
    def recording(call_id: str) -> Json:
        """Listen to a call: a link to our copy of its recording.

        Whoever asks is in the audit trail. 404 says in `reason` why there is nothing to hear: none,
        not_yet, gone or lost.
        """
        try:
            heard = listen_to_call(listen(), call_id) if len(call_id) <= LONGEST_ID else None
        except NoRecordingError as error:
            raise problem(404, _UNHEARD[error.state], reason=error.state.value) from None
        if heard is None:
            raise problem(404, "There is no such call.")
        return heard

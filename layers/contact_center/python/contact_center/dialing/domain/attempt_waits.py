"""What a queued attempt waits for, as the reason says with which it was last given back."""

from __future__ import annotations

from enum import StrEnum

from contact_center.dialing.domain.call_outcomes import Disposition, disposition_of

LINES_TAKEN = "lines_taken"  # ours, by other calls
NO_SLOT = "no_slot"  # none within the time that one is reserved ahead
NOT_CONNECTED = "not_connected"  # the provider was not reached


class WaitsFor(StrEnum):
    """What has to come before an attempt can be dialled."""

    LINE = "line"  # a free one, of ours or of the provider's account
    SLOT = "slot"  # its turn: so many calls a second
    WINDOW = "window"  # the time at which rules, caps, quiet days and lists allow it
    PAUSE = "pause"  # its campaign to run again
    STOP = "stop"  # dialing to be resumed
    CUSTOMER_BUSY = "customer_busy"  # another call to the same person to be over
    PROVIDER = "provider"  # to be reached, or to take more calls


_OF_REASON = {
    None: WaitsFor.SLOT,
    NO_SLOT: WaitsFor.SLOT,
    "slot_missed": WaitsFor.SLOT,
    "late": WaitsFor.SLOT,
    LINES_TAKEN: WaitsFor.LINE,
    "capacity": WaitsFor.LINE,
    "outside_window": WaitsFor.WINDOW,
    "holiday": WaitsFor.WINDOW,
    "frequency_cap": WaitsFor.WINDOW,
    "quiet_period": WaitsFor.WINDOW,
    "national_dnc": WaitsFor.WINDOW,  # of a list that is too old; whoever is on it waits no more
    "campaign_not_running": WaitsFor.PAUSE,
    "dialing_stopped": WaitsFor.STOP,
    "customer_busy": WaitsFor.CUSTOMER_BUSY,
}


def waits_for(reason: str | None) -> WaitsFor:
    """What an attempt waits for that was given back with a reason; None: it is new."""
    if reason not in _OF_REASON and disposition_of(reason) is Disposition.CAPACITY:
        return WaitsFor.LINE
    return _OF_REASON.get(reason, WaitsFor.PROVIDER)


def is_news(before: WaitsFor | None, after: WaitsFor) -> bool:
    """Whether an attempt waits for something else than it is known to.

    Who found every line taken, or nobody there, waits for that still: the next slot is only
    the next try.
    """
    only_next_try = after is WaitsFor.SLOT and before in {WaitsFor.LINE, WaitsFor.PROVIDER}
    return before is not after and not only_next_try

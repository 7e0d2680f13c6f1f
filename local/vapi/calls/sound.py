"""A call that waits for its sound to come over somebody else's line (bypass.py).

How long Vapi waits, and how such a call ends when the line is taken away, is documented nowhere
(docs/sources.md, Vapi).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.vapi.calls.live_call import LiveCall

NO_CALL = "phone-call-provider-bypass-enabled-but-no-call-received"
WAITS_MS = 30_000


def wait_for_sound(call: LiveCall, at_ms: int) -> None:
    """Nobody is dialled; without any sound the call is over after a while.

    A patient call has no such while: its time would run on although the sound is on its way.
    """
    if call.record.team is not None:
        call.in_charge(call.record.team)
    if call.account.stillness is None:
        call.timeline.give_up_at(at_ms + WAITS_MS, partial(_nobody_came, call))


def sound_came(call: LiveCall, at_ms: int) -> None:
    """The stream is open: whoever is in charge speaks."""
    if call.status != "ended" and call.team is not None:
        call.open(call.team, at_ms)


def _nobody_came(call: LiveCall, at_ms: int) -> None:
    if call.status == "queued":
        call.end(NO_CALL, at_ms)

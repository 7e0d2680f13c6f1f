"""What is told to those in a conference while they talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.twiml.documents import Source
from local.twilio.twiml.execution import Execution
from local.twilio.twiml.grammar import DocumentError, Place

if TYPE_CHECKING:
    from local.twilio.telephones.legs import Leg


def announce(leg: Leg, url: str, method: str) -> None:
    """Let one participant hear a document, beside all else."""
    leg.beside(_play(leg, Source(url=url, method=method)))


async def _play(leg: Leg, source: Source) -> None:
    try:
        await Execution(leg, Place.HOLD).follow(source)
    except DocumentError as error:
        leg.account.note("hold-error", leg.sid, code=error.code, what=str(error))

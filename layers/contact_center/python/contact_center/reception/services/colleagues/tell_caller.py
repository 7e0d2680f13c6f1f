"""What comes of a caller's wish for a person, as the assistant says it: once, whoever looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.deciding.call_commands import Say
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.visits.domain.visit_merge import merged
from contact_center.visits.domain.visit_parts import Told
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import TRIES

if TYPE_CHECKING:
    from contact_center.people.domain.offers import Offer
    from contact_center.queue.domain.ladders import NotFound
    from contact_center.reception.services.colleagues.find_parts import FindParts
    from contact_center.visits.domain.visit_parts import Wanted

NEXT_ASKED = "next_asked"
TRIES_UNTIL_SENT = 2  # only what certainly was not sent is sent again


def tell_caller(visit: Visit, wanted: Wanted, why: NotFound, parts: FindParts) -> None:
    """Let the assistant say what came of a wish: by whoever begins it, once.

    Args:
        visit: The caller's, as it was read.
        wanted: The wish.
        why: What came of it.
        parts: What finding a person works with.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be asked again.
    """
    if not _begun(visit.visit_id, wanted, wanted.wish, why.value, parts):
        return
    outcome = _say(visit, parts.waiting.rules.sorry.of(why), parts)
    parts.offers.deeds.metrics.count("wish_answered", why=why.value, outcome=outcome)


def tell_of_next(visit: Visit, wanted: Wanted, offer: Offer, parts: FindParts) -> None:
    """Let the assistant say that somebody else is being asked, once an offer.

    Who waits for a colleague says nothing, and a provider that hears nobody for half a minute ends
    the call. Args and raises as `tell_caller`; `offer` is the one that is under way now.
    """
    if _begun(visit.visit_id, wanted, offer.offer_id, NEXT_ASKED, parts):
        outcome = _say(visit, parts.waiting.rules.sorry.next_asked, parts)
        parts.offers.deeds.metrics.count("caller_told_of_next", outcome=outcome)


def _say(visit: Visit, words: str, parts: FindParts) -> str:
    """What came of it, in a word."""
    url = None if visit.call_id is None else parts.urls.of_call(visit.call_id)
    if url is None:
        return "no_control_url"
    outcome = ControlOutcome.NOT_SENT
    for _ in range(TRIES_UNTIL_SENT):
        outcome = parts.control.send(url, Say(words))
        if outcome is not ControlOutcome.NOT_SENT:
            break
    return outcome.value


def _begun(visit_id: str, wanted: Wanted, of: str, what: str, parts: FindParts) -> bool:
    """Whether it is for us to say: nobody has begun to, and it is still what he wants."""
    told = Told(at_ms=parts.waiting.clock.now_ms(), what=what)
    kept = parts.visits.read(visit_id)
    for _ in range(TRIES):
        if kept is None or kept.visit.wanted != wanted or of in kept.visit.told:
            return False
        begun = merged(kept.visit, Visit(visit_id=visit_id, told={of: told}))
        kept = parts.visits.write(begun, kept.revision)
        if kept is None:
            return True
    return False

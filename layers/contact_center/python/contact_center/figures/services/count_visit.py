"""What a caller's visit adds to the figures: one contribution, once it has come to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.figures.domain.counts import Counted, Counting, bucket_of
from contact_center.figures.domain.definitions import OFFER, VISIT
from contact_center.people.domain.ring_groups import was_asked
from contact_center.visits.domain.visit_parts import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.people.domain.offers import Offer
    from contact_center.visits.domain.visits import Visit


MINUTE_MS = 60_000


def count_visit(visit: Visit, offers: Sequence[Offer], before: Counted | None) -> Counted | None:
    """What it adds; None: it has come to nothing yet.

    Args:
        visit: As it is known.
        offers: Who was asked about the caller: all of them, or none, once they are forgotten.
        before: What was counted of it: where nobody knows any more who was asked, that stands.
    """
    ending = visit.ending
    began_ms = _least(visit.began_ms, visit.place_ms, visit.ended_ms)
    if ending is None or began_ms is None:
        return None
    heard_ms = _least(visit.talked_ms, *(one.together_at_ms for one in offers))
    made = Counting()
    made.count("contacts")
    made.count(f"{VISIT}{ending.outcome.value}")
    made.count("contained", ending.outcome is Outcome.SERVED)
    made.count("abandoned", ending.outcome is Outcome.ABANDONED_WAITING)
    made.last("speed", visit.began_ms, heard_ms)
    made.last("wait", visit.place_ms, _least(heard_ms, visit.kept_ms, visit.ended_ms))
    _wait_told(made, visit, heard_ms)
    for cause, count in _transfers(offers, before).items():
        made.count(cause, count)
    return Counted(bucket_of(began_ms, visit.department, None), made.counts())


def _wait_told(made: Counting, visit: Visit, heard_ms: int | None) -> None:
    """The wait that was told first and the wait from then on, of whoever did not give up.

    Nobody knows how long who hung up would have waited.
    """
    said, served_ms = visit.wait_said, _least(heard_ms, visit.kept_ms)
    if said is None or served_ms is None or served_ms < said.at_ms:
        return
    promised_ms = said.high_minutes * MINUTE_MS
    made.count("told.ms", promised_ms)
    made.last("had", said.at_ms, served_ms)
    made.count("told.held", served_ms - said.at_ms <= promised_ms)


def _transfers(offers: Sequence[Offer], before: Counted | None) -> Mapping[str, int]:
    if not offers and before is not None:
        return {name: n for name, n in before.counts.items() if name.startswith(OFFER)}
    made = Counting()
    for offer in offers:
        if offer.ended is not None and was_asked(offer):
            made.count(f"{OFFER}{offer.ended.value}")
    return made.counts()


def _least(*at_ms: int | None) -> int | None:
    return min((at for at in at_ms if at is not None), default=None)

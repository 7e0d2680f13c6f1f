"""Look at what a hint is about: the table says what there is to do, and whoever looks does it.

What is wrong with one part of it stops no other; whatever was the world's fault is told at the end,
so that the hint comes again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import PassingError
from contact_center.kernel.time_left import always
from contact_center.people.domain.offer_outcomes import to_do
from contact_center.people.domain.ring_groups import has_him
from contact_center.people.services.answer_person import let_go_of
from contact_center.people.services.tell_offer import tell_due_offers, tell_offer
from contact_center.queue.domain.waiting import EntryState
from contact_center.queue.services.look_after_queue import look_after_queue, look_at_used_place
from contact_center.queue.services.serve_next import serve_next
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.kernel.time_left import InTime
    from contact_center.people.domain.offers import Offer
    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.queue.services.serve_next import ServeParts


@dataclass(frozen=True, slots=True, kw_only=True)
class JobParts:
    """What doing a hint works with.

    Attributes:
        find_person: What PERSON and ASK are about.
        open_wishes: Looks at whoever is to get a person, as far as there is time.
        supervisors: Looks after those who join the talks of a visit.
        late: Looks for the answer to an order of a visit, which nobody waited for any more.
        ring_back: Rings a caller back whose line broke, where the owner wants that.
        breaks: Looks at all of whom nobody has seen whether it did, as far as there is time.
        overdue: Counts those who ought to have been called back.
    """

    serve: ServeParts
    offers: OfferParts
    find_person: Callable[[ReceptionJob], object]
    open_wishes: Callable[[InTime], object] = lambda _: None
    supervisors: Callable[[str], object] = lambda _: None
    late: Callable[[str], object] = lambda _: None
    ring_back: Callable[[str], object] = lambda _: None
    breaks: Callable[[InTime], object] = lambda _: None
    overdue: Callable[[], object] = lambda: None


def do_job(job: ReceptionJob, parts: JobParts, in_time: InTime = always) -> None:
    """Do what a hint is about, as far as there is anything to do. Done again, nothing changes.

    Args:
        job: The hint.
        parts: What it works with.
        in_time: Whether there is time for one more of what it does many of; the rest is hinted
            at, or left to the next tick.

    Raises:
        ContentionError, StoreUnavailableError, VoiceUnavailableError: The hint is to come again.
        Exception: Something of what it is about is broken; everything else of it is done.
    """
    match job.kind:
        case JobKind.SERVE:
            serve_next(parts.serve, in_time)
        case JobKind.OFFER:
            _look_at_offers(job.visit_id or "", parts.offers)
        case JobKind.CALL_BACK:
            _look_at_kept(job.visit_id or "", parts, in_time)
        case JobKind.SUPERVISE | JobKind.LATE | JobKind.RING_BACK:
            looks = {JobKind.SUPERVISE: parts.supervisors, JobKind.LATE: parts.late}
            looks.get(job.kind, parts.ring_back)(job.visit_id or "")
        case JobKind.TICK:
            deeds: list[Callable[[], object]] = [
                lambda: parts.breaks(in_time),  # first: whose place is kept is served as well
                lambda: look_after_queue(parts.serve, in_time),
                lambda: tell_due_offers(parts.offers, in_time),
                lambda: parts.open_wishes(in_time),
                lambda: in_time() and parts.find_person(ReceptionJob(JobKind.PERSON)),
                lambda: in_time() and parts.overdue(),
            ]
            _all_of(deeds)
        case JobKind.PERSON | JobKind.ASK:
            parts.find_person(job)


def _look_at_kept(visit_id: str, parts: JobParts, in_time: InTime) -> None:
    """What became of a kept place is told, and the line or person held for it is the next one's."""
    _all_of(
        [
            lambda: _settle_kept(visit_id, parts.serve, in_time),
            lambda: in_time() and serve_next(parts.serve, in_time),
            lambda: in_time() and parts.find_person(ReceptionJob(JobKind.PERSON)),
        ]
    )


def _settle_kept(visit_id: str, parts: ServeParts, in_time: InTime) -> None:
    """What rings for nothing is ended: for the visit's own place, or the one that it has used."""
    if parts.kept is None:
        return
    entry = parts.waiting.queue.read(visit_id)
    if entry is None or entry.kept is None:
        look_at_used_place(visit_id, parts, in_time)
    elif entry.state is EntryState.LEFT and entry.due_at_ms:
        parts.kept.look_at(entry)


def _look_at_offers(visit_id: str, parts: OfferParts) -> None:
    now_ms = parts.deeds.clock.now_ms()
    offers = [one for one in parts.book.of_visit(visit_id) if _wants_a_look(one, now_ms)]
    offers.sort(key=lambda one: not has_him(one))  # who waits in the room goes before who rings
    _all_of(_look_at(one, parts) for one in offers)


def _wants_a_look(offer: Offer, now_ms: int) -> bool:
    return offer.ended is None or bool(to_do(offer, now_ms))


def _look_at(offer: Offer, parts: OfferParts) -> Callable[[], object]:
    return lambda: tell_offer(
        offer.visit_id, offer.offer_id, let_go_of(offer, parts), parts, known=offer
    )


def _all_of(deeds: Iterable[Callable[[], object]]) -> None:
    """Do each, whatever becomes of the others. Raises the first error that is no passing one."""
    errors: list[Exception] = []
    for deed in deeds:
        try:
            deed()
        except Exception as error:  # noqa: BLE001  told below
            errors.append(error)
    if errors:
        raise next((one for one in errors if not isinstance(one, PassingError)), errors[0])

"""What must be true of every history, seen from the receiver and from the tables at the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition, disposition_of
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import read_post_name
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.judge_call import contact_of
from contact_center.dialing.services.stop_dialing import nothing_leaves_after_ms
from contact_center.dialing.services.voice_ports import Refused
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.permission.domain.contact_permission import CallHistory, Gates
from contact_center.permission.domain.contactability import Deny
from contact_center.permission.domain.permission import Permission
from tests.simulation.campaign_invariants import broken_campaigns
from tests.simulation.in_time import broken_in_time
from tests.simulation.predials import broken_predials
from tests.simulation.receiver import broken_words
from tests.simulation.stand_in import EXPECTED
from tests.simulation.wishes import broken_wishes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contact_center.dialing.domain.dial_requests import DialRequest
    from tests.simulation.provider import Call, Receipt
    from tests.simulation.system import System

# Between the instant a claim was judged for and the arrival at the provider: lateness, network
# and two clocks.
NEAR_MS = 25

# A wrong design may be planted in the timings, so these are not the history's own.
_SHIPPED = DialTimings()

parsed = cache(parse_phone_number)


def broken(system: System) -> list[str]:
    """Every invariant that a finished history breaks, in words; empty when it is good."""
    return [
        *system.observer.wrong,
        *(f"strange error: {error!r}" for error in system.world.strange if _strange(error)),
        *_rings(system),
        *_pace(system),
        *_permitted(system),
        *_one_at_a_time(system),
        *_lines(system),
        *_ends(system),
        *_nothing_left(system),
        *_nothing_undone(system),
        *broken_words(system),
        *broken_in_time(system),
        *broken_wishes(system),
        *broken_predials(system),
        *(broken_campaigns(system, system.half) if system.half else ()),
    ]


def _strange(error: BaseException) -> bool:
    return not isinstance(error, EXPECTED)


# -- a phone never rings twice ---------------------------------------------------------------


def _rings(system: System) -> Iterator[str]:
    rung = Counter(
        named[0]
        for call in system.provider.calls
        if call.rang and (named := read_post_name(call.name))
    )
    for attempt, times in rung.items():
        if times > 1:
            yield f"attempt {attempt} rang {times} times"


# -- no limit is exceeded --------------------------------------------------------------------


def _pace(system: System) -> Iterator[str]:
    limits, receipts = system.limits, system.provider.receipts
    yield from _window(receipts, limits.account_calls, limits.window_ms, "account")
    for prefix, near in _grouped(receipts, lambda one: parsed(one.number).prefix):
        yield from _window(near, limits.prefix_calls, limits.window_ms, f"prefix {prefix}")
    if system.load.stagger_ms:
        for campaign, its in _grouped(receipts, lambda one: one.campaign_id or ""):
            if campaign:
                yield from _window(its, 1, system.load.stagger_ms, f"campaign {campaign}")


def _window(receipts: Sequence[Receipt], limit: int, window_ms: int, what: str) -> Iterator[str]:
    times = sorted(one.at_ms for one in receipts)
    for first, last in zip(times, times[limit:], strict=False):
        if last - first < window_ms:
            yield f"{what}: more than {limit} in {last - first:.0f} ms"
            return


# -- nobody is called who may not be ---------------------------------------------------------


def _permitted(system: System) -> Iterator[str]:
    for receipt in system.provider.receipts:
        attempt = system.observer.attempt_of(receipt.name)
        if attempt is None:
            yield f"a POST of no attempt: {receipt.name}"
            continue
        denials = [
            _verdict(system, attempt.request, receipt, as_of_ms, at_ms)
            for as_of_ms in _lately(system, attempt.request, receipt)
            for at_ms in (receipt.at_ms - NEAR_MS, receipt.at_ms + NEAR_MS)
        ]
        if all(denials):
            yield f"{receipt.name} was sent though {denials[0]}"


def _lately(system: System, request: DialRequest, receipt: Receipt) -> list[float]:
    """The instants at which something changed that a claim just before may have judged by."""
    first_ms = receipt.at_ms - nothing_leaves_after_ms(_SHIPPED) - 2 * NEAR_MS
    changes = [
        since_ms
        for states in (
            system.observer.permissions.get(request.number, []),
            system.observer.campaigns.get(request.campaign_id or "", []),
            system.observer.stopped,
        )
        for since_ms, _ in states
        if first_ms < since_ms <= receipt.at_ms
    ]
    return [first_ms, *changes]


def _verdict(
    system: System, request: DialRequest, receipt: Receipt, as_of_ms: float, at_ms: float
) -> str | None:
    """Contactability's denial for an instant, by what was true as of another and really rang."""
    observer = system.observer
    permission = _latest(observer.permissions.get(request.number, []), as_of_ms, Permission())
    civil = system.place.judge.civil
    running = request.campaign_id is None or _latest(
        observer.campaigns[request.campaign_id], as_of_ms, default=False
    )
    verdict = system.place.judge.may_call(
        parsed(request.number),
        contact_of(request, permission),
        CallHistory(
            rung_at=tuple(civil.at(int(at)) for at in _rung_before(system, receipt, as_of_ms))
        ),
        civil.at(int(at_ms)),
        system.place.judge.rules,
        Gates(
            dialing_stopped=_latest(observer.stopped, as_of_ms, default=False),
            campaign_running=running,
        ),
    )
    return verdict.reason if isinstance(verdict, Deny) else None


def _rung_before(system: System, receipt: Receipt, as_of_ms: float) -> Iterator[float]:
    """When this person was rung before, as far as anybody could know."""
    for call in system.provider.calls:
        if call.number != receipt.number or call.receipt is None or not call.rang:
            continue
        if call.receipt.at_ms >= receipt.at_ms:
            continue
        known_ms = system.observer.known_live.get(call.call_id, float("inf"))
        told_ms = call.rang_at_ms - system.load.provider_behind_ms  # by its own clock
        rang_ms = max(told_ms, call.receipt.at_ms)
        yield rang_ms if known_ms < as_of_ms else call.receipt.at_ms


def _latest[T](states: Iterable[tuple[float, T]], at_ms: float, default: T) -> T:
    found = default
    for since_ms, state in states:
        if since_ms <= at_ms:
            found = state
    return found


# -- lines, and one call at a time -----------------------------------------------------------


def _held_live(system: System, receipt: Receipt) -> list[Call]:
    """Calls that live when a POST arrives and that a claim a moment before had to reckon with.

    A call that the provider shows to nobody within lease and settle window is reckoned with
    from when somebody hears of it.
    """
    judged_ms = receipt.at_ms - nothing_leaves_after_ms(_SHIPPED) - 2 * NEAR_MS
    promise_ms = _SHIPPED.settle_ms + _SHIPPED.lease_ms - 1_000
    held = []
    for call in system.provider.calls:
        if call.receipt is receipt or not call.live(receipt.at_ms):
            continue
        known = system.observer.known_live.get(call.call_id, float("inf")) < judged_ms
        placed = call.receipt is not None and call.receipt.at_ms < judged_ms
        promised = (
            placed
            and call.receipt is not None
            and max(call.rang_at_ms, call.listed_at_ms) < call.receipt.at_ms + promise_ms
        )
        if known or promised:
            held.append(call)
    return held


def _lines(system: System) -> Iterator[str]:
    below = system.load.lines - system.load.lines_kept
    for receipt in system.provider.receipts:
        live = len(_held_live(system, receipt))
        if live >= below:
            yield f"{receipt.name} was sent with {live} of {below} lines in use"


def _one_at_a_time(system: System) -> Iterator[str]:
    for receipt in system.provider.receipts:
        for call in _held_live(system, receipt):
            if call.number == receipt.number and call.receipt is not None:
                yield f"{receipt.name} was sent while {call.name} rang the same telephone"


# -- everything comes to a true end ----------------------------------------------------------


def _ends(system: System) -> Iterator[str]:
    for attempt in system.tables.attempts.values():
        if attempt.state not in (AttemptState.SETTLED, AttemptState.DOUBTFUL):
            yield f"attempt {attempt.attempt_id} ends {attempt.state}"
            continue
        never_made = attempt.disposition is Disposition.CANCELLED and not attempt.posts
        settled = attempt.state is AttemptState.SETTLED and not never_made
        if settled and attempt.attempt_id not in system.reported:
            yield f"attempt {attempt.attempt_id} was never reported"
        answer = system.provider.answers.get(attempt.name) if attempt.posts else None
        refused = attempt.disposition in (Disposition.REFUSED, Disposition.CONFIGURATION)
        if refused and not isinstance(answer, Refused):
            yield f"attempt {attempt.attempt_id} counts as refused, which nobody did"
    for call in system.provider.calls:
        yield from _true_end(system, call)


def _true_end(system: System, call: Call) -> Iterator[str]:
    attempt = system.observer.attempt_of(call.name or "")
    if attempt is None or not call.rang or attempt.name != call.name:
        return
    talked = call.call_id in system.observer.talked
    may_be = {disposition_of(call.reason, talked=talked)}
    if call.answered:  # who has picked up was talked to, whether an assistant was told of or not
        may_be.add(disposition_of(call.reason, talked=True))
    if call.call_id not in system.observer.broken_off:
        may_be.add(disposition_of(call.reason))
    if call.call_id in system.reasons_told and attempt.disposition not in may_be:
        yield f"{call.name} ended with {call.reason} and is {attempt.disposition}"


def _nothing_left(system: System) -> Iterator[str]:
    tables = system.tables
    for holder in tables.leases:
        yield f"a line is still held by {holder}"
    if tables.lines_in_use != len(tables.leases):
        yield f"{tables.lines_in_use} lines are counted and {len(tables.leases)} are held"
    for customer in tables.customers.values():
        if customer.held_by is not None:
            yield f"a customer is still held by {customer.held_by}"
    for queue in system.queues():
        if queue.dead:
            yield f"{len(queue.dead)} dead messages of {queue.name}"
    lost = system.acknowledged - system.recorded
    if lost:
        yield f"acknowledged and not recorded: {min(lost)}"


def _nothing_undone(system: System) -> Iterator[str]:
    if system.acts.undone:
        yield f"{system.acts.undone} acts of operators never succeed"


def _grouped(receipts: Iterable[Receipt], key: object) -> Iterable[tuple[str, list[Receipt]]]:
    groups: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        groups[key(receipt)].append(receipt)  # type: ignore[operator]
    return groups.items()

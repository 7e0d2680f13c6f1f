"""What may be called is called in time, and whoever was given up was given up for a reason.

Judged only where nothing stood in the way for certain: after the faults, in the middle of the
day, with everybody's word for yes, the telephone left alone and lines free.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from math import inf
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.voice_ports import NotSent, Placed
from tests.simulation.receiver import HOUR_MS, STATE_CAPS, hours_there, time_there
from tests.simulation.words import surely_with_consent, surely_yes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from tests.simulation.campaigns import CampaignHalf
    from tests.simulation.provider import Call
    from tests.simulation.system import System

MINUTE_MS = 60_000
# A tick of planner or reconciler, what had been asked for before, and a wait after a refusal.
SOON_MS = 12 * MINUTE_MS
# The planner's tick, and the slots that others have been given already.
NEXT_MS = 6 * MINUTE_MS
CLOCKS_MS = 1_000
# Hours well inside of what a state lets people be called in.
NOON_BEGINS, NOON_ENDS = time(9, 30), time(19, 30)
EDGE = timedelta(minutes=30)
HOLIDAYS = frozenset({date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 11)})
SATURDAY = 5


def broken_in_time(system: System) -> Iterator[str]:
    """Everything that came too late, or was given up without need."""
    for attempt in system.tables.attempts.values():
        yield from _expired(system, attempt)
    half = system.half
    if half is None or system.load.daily_cap or system.load.spend_cap or system.load.ends_after_ms:
        return
    for contact in half.contacts.contacts.values():
        yield from _called_at_all(system, half, contact)
        yield from _called_back_in_time(system, half, contact)


def _expired(system: System, attempt: DialAttempt) -> Iterator[str]:
    expired = attempt.state is AttemptState.SETTLED and attempt.disposition is Disposition.EXPIRED
    if not expired:
        return
    request = attempt.request
    settled_ms = system.observer.settled_at[attempt.attempt_id]
    if settled_ms < request.expires_at_ms - CLOCKS_MS:
        yield f"{attempt.attempt_id} expired before its time"
    begins_ms = max(request.created_at_ms, system.calm_ms) + MINUTE_MS
    if request.expires_at_ms - begins_ms > SOON_MS and free(
        system, request.number, request.campaign_id, begins_ms, request.expires_at_ms
    ):
        yield f"{attempt.attempt_id} expired though nothing stood in its way"


def _called_at_all(system: System, half: CampaignHalf, contact: CampaignContact) -> Iterator[str]:
    campaign, number = contact.campaign_id, contact.details.number
    begins_ms = max(contact.added_at_ms, half.started.get(campaign, inf), system.calm_ms)
    crowd = system.load.numbers * system.load.campaigns + system.load.triggers
    pace_ms = max(1_000 / system.load.account_calls, system.load.stagger_ms)
    until_ms = begins_ms + SOON_MS + 2 * crowd * pace_ms
    asked = half.withdrawn.keys() | half.called_back.keys() | half.agreed.keys()
    noted = any(one.at_ms <= until_ms for one in contact.outcomes)
    known = noted or (campaign, contact.contact_id) in asked
    said = system.words.calls[number] or system.words.revoked[number]
    if known or said or begins_ms == inf or _was_given_up(system, contact, until_ms):
        return
    if free(system, number, campaign, begins_ms, until_ms):
        yield f"a contact of {campaign} could be called and was not"


def _was_given_up(system: System, contact: CampaignContact, until_ms: float) -> bool:
    """Whether he may have been given up for good: not agreed, or on a list, when it was planned."""
    number, added_ms = contact.details.number, contact.added_at_ms
    listed = not surely_yes(system.words.listed[number], added_ms, until_ms)
    return listed or not surely_with_consent(system.words, number, added_ms, until_ms)


def _called_back_in_time(
    system: System, half: CampaignHalf, contact: CampaignContact
) -> Iterator[str]:
    """Who was promised a call comes before everybody else of the campaign."""
    key = (contact.campaign_id, contact.contact_id)
    at_ms = half.called_back.get(key)
    if at_ms is None or half.answered_back[key] > at_ms or key in half.agreed:
        return
    campaign, number = contact.campaign_id, contact.details.number
    said = system.words.calls[number] or contact.closed or key in half.withdrawn
    if said or at_ms < system.calm_ms + MINUTE_MS:
        return
    if free(system, number, campaign, at_ms, at_ms + NEXT_MS):
        yield f"a contact of {campaign} was called later than it was promised"


def free(
    system: System, number: str, campaign: str | None, from_ms: float, until_ms: float
) -> bool:
    """Whether for certain nothing stood in the way of a call, all that time, and none was made."""
    words = system.words
    begins, ends = time_there(number, from_ms), time_there(number, until_ms)
    opens, closes, _ = hours_there(number)
    day = begins.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    first = max(NOON_BEGINS, (day.replace(hour=opens.hour) + EDGE).time())
    last = min(NOON_ENDS, (day.replace(hour=closes.hour) - EDGE).time())
    by_day = begins.date() == ends.date() and begins.time() > first and ends.time() < last
    if not by_day or begins.weekday() >= SATURDAY or begins.date() in HOLIDAYS:
        return False
    if from_ms < system.calm_ms or not surely_yes(words.dialing, from_ms, until_ms):
        return False
    if campaign is not None and not _runs(system, campaign, from_ms, until_ms):
        return False
    agreed = surely_with_consent(words, number, from_ms, until_ms)
    if not agreed or not surely_yes(words.calls[number], from_ms, until_ms):
        return False
    if not surely_yes(words.listed[number], from_ms, until_ms):
        return False
    return _left_alone(system, number, from_ms, until_ms) and _lines_free(system, from_ms, until_ms)


def _runs(system: System, campaign: str, from_ms: float, until_ms: float) -> bool:
    """By the operators' word; and it has not stopped itself, for which there are other rules."""
    states = system.observer.campaigns.get(campaign, [])
    before = [running for at_ms, running in states if at_ms <= from_ms]
    during = [running for at_ms, running in states if from_ms < at_ms <= until_ms]
    said = surely_yes(system.words.campaigns[campaign], from_ms, until_ms)
    return said and bool(before) and before[-1] and all(during)


def _left_alone(system: System, number: str, from_ms: float, until_ms: float) -> bool:
    """Nobody called this telephone then, and what was called before is over and within the cap."""
    rung = [one for one in system.provider.calls if one.number == number and one.rang]
    lately = [one for one in rung if from_ms - HOUR_MS - SOON_MS < one.rang_at_ms <= until_ms]
    if len(lately) >= system.load.caps_per_hour or (rung and system.load.quiet_days):
        return False
    if rung and (system.load.shipped_caps or number[2:5] in STATE_CAPS):
        return False  # which count for a week, and for a day's work
    if any(
        one.request.number == number and _nobody_knows(one)
        for one in system.tables.attempts.values()
    ):
        return False  # it may have rung, so it counts; that nobody found it is judged elsewhere
    answers = system.provider.answers
    return all(_known_over(system, one) < from_ms for one in lately) and not any(
        receipt.number == number
        and from_ms - SOON_MS < receipt.at_ms <= until_ms
        and not isinstance(answers.get(receipt.name), NotSent | Placed)
        for receipt in system.provider.receipts
    )


def _nobody_knows(attempt: DialAttempt) -> bool:
    doubtful = attempt.state is AttemptState.DOUBTFUL
    return doubtful or attempt.disposition is Disposition.UNKNOWN


def _known_over(system: System, call: Call) -> float:
    """From when on everybody knows that a call is over: webhooks may have been lost at first."""
    calm = call.rang_at_ms > system.calm_ms
    return call.ended_at_ms + (MINUTE_MS if calm else 15 * MINUTE_MS)


def _lines_free(system: System, from_ms: float, until_ms: float) -> bool:
    below = system.load.lines - system.load.lines_kept
    lately_ms = from_ms - 15 * MINUTE_MS  # a line may be held for a call that nobody tells of
    live = [
        call
        for call in system.provider.calls
        if call.ended_at_ms > lately_ms and call.rang_at_ms <= until_ms
    ]
    starts = [call.rang_at_ms for call in live]
    most = max((sum(one.live(at) for one in live) for at in starts), default=0)
    return most < below - 1

"""What the receiver of our calls makes of them, by a reading of the rules of its own.

It knows what was said (words.py), when telephones rang, and a few plain rules. Nothing here asks
the product's permission, its tables or its clock: the judge does not believe the accused.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time
from math import inf
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from contact_center.dialing.domain.dial_requests import read_post_name
from contact_center.dialing.services.voice_ports import Refused
from tests.simulation.words import TAKES_EFFECT_MS, Word, surely_no, surely_without_consent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.provider import Receipt
    from tests.simulation.system import System

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
# Outcomes count by five minutes; then the planner has to look.
BREAKS_WITHIN_MS = 300_000
# Two clocks, lateness and the network.
NEAR_MS = 100
TALKED = frozenset({"customer-ended-call", "assistant-ended-call"})
OPENS, CLOSES = time(8), time(21)
WEEK = frozenset(range(7))

# Hours and days of states that are stricter than the country: 10 M.R.S. 1498, Fla. Stat.
# 501.616, KRS 367.46955.
STATE_HOURS = {
    "207": (time(9), time(17), frozenset(range(5))),
    "407": (time(8), time(20), WEEK),
    "502": (time(10), time(21), WEEK),
}
# Calls to one telephone in so many hours: our own shipped limits for everybody, and a state's.
SHIPPED_CAPS = ((3, 24), (7, 168))
STATE_CAPS = {"207": (1, 8)}

# Where telephones of these area codes ring.
ZONES = {
    "212": ZoneInfo("America/New_York"),
    "646": ZoneInfo("America/New_York"),
    "917": ZoneInfo("America/New_York"),
    "312": ZoneInfo("America/Chicago"),
    "303": ZoneInfo("America/Denver"),
    "602": ZoneInfo("America/Phoenix"),
    "213": ZoneInfo("America/Los_Angeles"),
    "207": ZoneInfo("America/New_York"),
    "407": ZoneInfo("America/New_York"),
    "502": ZoneInfo("America/Kentucky/Louisville"),
}


def time_there(number: str, at_ms: float) -> datetime:
    """Day and time where a telephone rings."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONES[number[2:5]])


def open_there(number: str, at_ms: float) -> bool:
    """Whether people may be called there at an instant."""
    there = time_there(number, at_ms)
    opens, closes, days = hours_there(number)
    return opens <= there.time() < closes and there.weekday() in days


def hours_there(number: str) -> tuple[time, time, frozenset[int]]:
    """When people may be called there, and on which days of the week."""
    return STATE_HOURS.get(number[2:5], (OPENS, CLOSES, WEEK))


def broken_words(system: System) -> Iterator[str]:
    """Everything that the receiver objects to, in words."""
    for receipt in system.provider.receipts:
        for why in _objections(system, receipt):
            yield f"{receipt.name} reached the receiver {why}"
    yield from _caps(system)
    yield from _daily_caps(system)
    yield from _quiet_days(system)
    yield from _refused_again(system)
    for campaign, receipts in _by_campaign(system).items():
        yield from _not_stopped(system, campaign, receipts)
        yield from _not_broken(system, campaign, receipts)


def _objections(system: System, receipt: Receipt) -> Iterator[str]:
    yield from objections_to(system, receipt.number, receipt.at_ms)
    words, campaign = system.words, receipt.campaign_id
    if campaign is not None and surely_no(words.campaigns[campaign], receipt.at_ms):
        yield "though its campaign had been halted"
    known = system.half.campaigns.campaigns.get(campaign or "") if system.half else None
    end_at_ms = known.wish.end_at_ms if known is not None else None
    if end_at_ms is not None and receipt.at_ms >= end_at_ms + NEAR_MS:
        yield "after its campaign's end"


def objections_to(system: System, number: str, at_ms: float) -> Iterator[str]:
    """Why a telephone may for certain not be rung at an instant, by anybody."""
    words = system.words
    if not any(open_there(number, at_ms + near) for near in (-NEAR_MS, NEAR_MS)):
        yield f"at {time_there(number, at_ms):%H:%M} there"
    if surely_no(words.dialing, at_ms):
        yield "after everything was stopped"
    if surely_no(words.calls[number], at_ms):
        yield "after its customer had asked never to be called"
    if surely_no(words.listed[number], at_ms):
        yield "though its customer is on the national list"
    if surely_without_consent(words, number, at_ms):
        yield "without consent"


def _caps(system: System) -> Iterator[str]:
    """Not more than so many calls in any window, by when telephones were made to ring."""
    times: dict[str, list[float]] = defaultdict(list)
    for call in system.provider.calls:
        if call.rang and call.receipt is not None:
            times[call.number].append(call.receipt.at_ms)
    own = SHIPPED_CAPS if system.load.shipped_caps else ((system.load.caps_per_hour, 1),)
    for number, rung in times.items():
        state = STATE_CAPS.get(number[2:5])
        for most, hours in (*own, *([state] if state else ())):
            words = "an hour" if hours == 1 else f"{hours} hours"
            yield from _within(rung, most, hours * HOUR_MS - NEAR_MS, words)


def _daily_caps(system: System) -> Iterator[str]:
    """A campaign's: a call planned within its day may wait for as long as an attempt lives."""
    for campaign in system.half.campaigns.campaigns.values() if system.half else ():
        first: dict[str, float] = {}
        for receipt in system.provider.receipts:
            named = read_post_name(receipt.name)
            if receipt.campaign_id == campaign.campaign_id and named is not None:
                first.setdefault(named[0], receipt.at_ms)
        cap, day_ms = campaign.wish.daily_cap, DAY_MS - system.load.expires_ms
        if cap is not None:
            what = f"a day of campaign {campaign.campaign_id}"
            yield from _within(list(first.values()), cap, day_ms, what)


def _by_campaign(system: System) -> dict[str, list[Receipt]]:
    found: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in system.provider.receipts:
        if receipt.campaign_id is not None:
            found[receipt.campaign_id].append(receipt)
    return found


def _not_stopped(system: System, campaign: str, receipts: list[Receipt]) -> Iterator[str]:
    """Who has noted that every call would fail alike makes no more, until told to go on."""
    for receipt in receipts:
        answer = system.provider.answers.get(receipt.name)
        noted_ms = system.observer.misconfigured.get(receipt.name)
        if not isinstance(answer, Refused) or not answer.configuration or noted_ms is None:
            continue
        stopped = Word(yes=False, said_ms=receipt.at_ms, answered_ms=noted_ms)
        words = [*system.words.campaigns[campaign], stopped]
        if any(one.at_ms > noted_ms and surely_no(words, one.at_ms) for one in receipts):
            yield f"campaign {campaign} went on after a refusal that holds for all its calls"
            return


def _not_broken(system: System, campaign: str, receipts: list[Receipt]) -> Iterator[str]:
    """When call after call has failed for a while, no more are made, until told to go on."""
    most = 2 * system.load.breaker_least
    noted = system.noted.get(campaign, [])
    for first, last in zip(noted, noted[most - 1 :], strict=False):
        failing = [one for one in noted if first[0] <= one[0] <= last[0]]
        if last[0] - first[0] > BREAKS_WITHIN_MS or not all(failed for _, failed in failing):
            continue
        told = [one for one in system.words.campaigns[campaign] if one.yes]
        since = [one.said_ms for one in told if min(one.answered_ms, one.void_ms) > first[0]]
        begins_ms, ends_ms = last[0] + BREAKS_WITHIN_MS, min(since, default=inf)
        if any(begins_ms < one.at_ms < ends_ms for one in receipts):
            yield f"campaign {campaign} went on though {most} calls in a row had failed"
            return


def _quiet_days(system: System) -> Iterator[str]:
    """After a talk that came to its end nobody rings for some days, unless asked to."""
    quiet_ms = system.load.quiet_days * DAY_MS
    asked = system.half.asked_back if system.half else set()
    for call in system.provider.calls:
        known_ms = system.ends_told.get(call.call_id)
        talked = call.receipt is not None and call.reason in TALKED
        if not quiet_ms or not talked or known_ms is None or call.number in asked:
            continue
        until_ms = call.ended_at_ms + quiet_ms - 60_000  # a provider's clock may be behind
        for receipt in system.provider.receipts:
            late = receipt.at_ms > known_ms + TAKES_EFFECT_MS
            if receipt.number == call.number and late and receipt.at_ms < until_ms:
                yield f"{receipt.name} reached the receiver soon after a conversation"


def _within(times: list[float], most: int, window_ms: float, what: str) -> Iterator[str]:
    ordered = sorted(times)
    for begins, ends in zip(ordered, ordered[most:], strict=False):
        if ends - begins < window_ms:
            yield f"more than {most} calls in {what}"
            return


def _refused_again(system: System) -> Iterator[str]:
    """Who was told that a call is refused does not ask for it again."""
    refused = {
        named[0]
        for name, answer in system.provider.answers.items()
        if isinstance(answer, Refused) and (named := read_post_name(name))
    }
    posts: dict[str, int] = defaultdict(int)
    for receipt in system.provider.receipts:
        named = read_post_name(receipt.name)
        if named is None or named[0] not in refused:
            continue
        if posts[named[0]]:
            yield f"{receipt.name} was sent after a refusal"
        posts[named[0]] += isinstance(system.provider.answers.get(receipt.name), Refused)

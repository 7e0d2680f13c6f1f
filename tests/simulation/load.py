"""What one history is about: how many contacts, which limits, which faults."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from tests.simulation.world import CALM, Faults

if TYPE_CHECKING:
    from random import Random

MINUTE_MS = 60_000
# Whom caps let be called three times in a week waits for weeks when two campaigns want him.
CAMPAIGNS_END_MS = 30 * 24 * 60 * MINUTE_MS

# Everything that may go wrong, each as often as lets most histories still get somewhere.
ALL_FAULTS = Faults(
    crash=0.01,
    slow=0.02,
    lost_reply=0.02,
    throttled=0.01,
    contention=0.02,
    late_write=0.01,
    sent_twice=0.02,
    queue_down=0.02,
    index_lag=0.2,
    job_twice=0.1,
    job_late=0.1,
    tick_lost=0.2,
    tick_twice=0.2,
    oversleep=0.05,
    not_connected=0.05,
    rate_limited=0.05,
    rejected=0.03,
    misconfigured=0.01,
    server_error=0.05,
    reply_cut=0.05,
    reply_lost=0.05,
    acts_late=0.06,
    acts_very_late=0.03,
    look_up_fails=0.1,
    listed_late=0.1,
    webhook_lost=0.15,
    webhooks_mute=0.08,
    webhook_twice=0.15,
    webhook_late=0.1,
    reason_missing=0.2,
)


# Zones side by side, and one without daylight saving.
AREAS = (("212", "646", "917"), ("212", "312", "646"), ("303", "213", "602"))
# Maine, Florida and Kentucky let people be called for fewer hours than the country does.
STRICT_AREAS = ("207", "407", "502")


@dataclass(frozen=True, kw_only=True)
class Load:
    """The frame of one history.

    Attributes:
        contacts: Attempts that are planned at the start, in batches.
        triggers: Attempts that come one by one, without a slot.
        numbers: How many telephones they are for: fewer than attempts means shared ones.
        areas: Where telephones are, as far as there are prefixes.
        inbound: Calls that come in; `rings_in`: how often from a number that we call as well.
        provider_behind_ms: Its clock, behind ours.
        faulty_ms: How long anything may go wrong; then nothing does.
        horizon_ms: When the history is over at the latest.
        expires_ms: How long a queued attempt waits.
        begins_after_ms: So long after eleven o'clock it begins.
        clock_change: Whether clocks are put back in the night that comes.
        near_close: Whether the calling window closes a few minutes after the start.
        operators: Whether somebody stops, pauses, suppresses and permits meanwhile.
        acts: How often at most.
        listed_late_ms: How late a call that is listed late is listed.
        shortest_call_ms: No call is shorter.
        caps_per_hour: Calls to one telephone; quiet_days: none after a conversation.
        campaigns: Real campaigns, planned by the planner; then `contacts` are theirs to import.
        daily_cap: Of each campaign, calls; 0: none. spend_cap: likewise, USD.
        leg_micros: What a leg costs beside its call, told a quarter of an hour later; 0: nothing.
        ends_after_ms: Its `endAt`, so long after the beginning; 0: none.
        most_attempts: At a contact of a campaign, of those that count.
        breaker_least: So many outcomes may break a campaign.
        plan_page: Contacts the planner reads at once.
        asks_back: How often a customer asks to be called back; opts_out: never again.
        network_ms: One way on an open connection: its spread is part of pacing's slack.
        shipped_caps: Of the configuration, instead of `caps_per_hour`.
        national: A national list binds everybody, whatever they agreed to, and is renewed.
        predials: How often a campaign of Vapi's own asks whether it may call somebody.
    """

    contacts: int = 4
    triggers: int = 2
    numbers: int = 5
    prefixes: int = 2
    areas: tuple[str, ...] = ("212", "646", "917")
    inbound: int = 2
    rings_in: float = 0.0
    provider_behind_ms: float = 0
    account_calls: int = 2
    prefix_calls: int = 3
    stagger_ms: int = 0
    lines: int = 5
    lines_kept: int = 1
    page_size: int = 3
    dialers: int = 4
    faulty_ms: float = 10 * MINUTE_MS
    horizon_ms: float = 900 * MINUTE_MS
    expires_ms: int = 25 * MINUTE_MS
    spread_ms: float = 60_000
    begins_after_ms: float = 0
    clock_change: bool = False
    near_close: bool = False
    operators: bool = True
    retries: bool = True
    fast_ms: float = 12.0
    network_ms: tuple[float, float] = (3, 7)
    acts: int = 3
    listed_late_ms: tuple[float, float] = (60_000, 400_000)
    shortest_call_ms: float = 0
    oversleep_ms: tuple[float, float] = (2, 800)
    caps_per_hour: int = 2
    quiet_days: int = 0
    campaigns: int = 0
    daily_cap: int = 0
    spend_cap: float = 0.0
    leg_micros: int = 0
    ends_after_ms: float = 0.0
    most_attempts: int = 3
    breaker_least: int = 20
    plan_page: int = 100
    asks_back: float = 0.0
    opts_out: float = 0.0
    shipped_caps: bool = False
    national: bool = False
    predials: int = 0
    faults: Faults = CALM


def drawn(chance: Random) -> Load:
    """A load of its own for each seed; each kind of fault is in about half of them."""
    everything = {one.name: getattr(ALL_FAULTS, one.name) for one in fields(Faults)}
    chosen = {name: odds if chance.random() < 0.5 else 0.0 for name, odds in everything.items()}
    contacts = chance.randint(1, 7)
    triggers = chance.randint(0, 4)
    load = Load(
        contacts=contacts,
        triggers=triggers,
        numbers=chance.randint(1, contacts + triggers),
        prefixes=chance.randint(1, 3),
        areas=chance.choice(AREAS),
        inbound=chance.choice((0, 0, 2, 5)),
        rings_in=chance.choice((0.0, 0.5)),
        provider_behind_ms=chance.choice((0, 0, 2_000, 30_000)),
        account_calls=chance.choice((1, 2, 5, 20)),
        prefix_calls=chance.choice((1, 3, 3)),
        stagger_ms=chance.choice((0, 2_000, 10_000)),
        lines=chance.choice((2, 3, 5, 10)),
        lines_kept=1,
        page_size=chance.choice((1, 3, 100)),
        dialers=chance.choice((1, 3, 6)),
        expires_ms=chance.choice((8, 25, 130)) * MINUTE_MS,
        spread_ms=chance.choice((500, 20_000, 300_000)),
        begins_after_ms=chance.choice((0, 17, 31, 46)) * MINUTE_MS,
        near_close=chance.random() < 0.15,
        operators=chance.random() < 0.5,
        caps_per_hour=chance.choice((1, 2)),
        quiet_days=chance.choice((0, 0, 1)),
        faults=Faults(**chosen),
    )
    return _outage(load) if chance.random() < 0.06 else load


def widened(load: Load, seed: int) -> Load:
    """Some seeds are about more than was drawn; the others stay the histories they were."""
    match seed % 11:
        case 1:
            return replace(load, areas=STRICT_AREAS)
        case 3:
            return replace(load, shipped_caps=True)
        case 4:
            return replace(load, national=True, predials=4)
        case 8:
            return replace(load, predials=4)
        case _:
            return load


# Every seed whose number leaves one of these when divided by seven is about campaigns.
CAMPAIGN_SEEDS = frozenset({2, 6})


def drawn_campaigns(chance: Random) -> Load:
    """A load of campaigns: few people, shared among them, over a few hours of their own."""
    load = replace(
        drawn(chance),
        campaigns=chance.choice((1, 1, 2, 2, 3)),
        contacts=0,
        triggers=chance.choice((0, 0, 2)),
        numbers=chance.randint(1, 5),
        inbound=0,
        faulty_ms=chance.choice((10, 30)) * MINUTE_MS,
        horizon_ms=CAMPAIGNS_END_MS,
        expires_ms=chance.choice((8, 25)) * MINUTE_MS,
        spread_ms=chance.choice((500, 20_000, 60_000)),
        most_attempts=chance.choice((1, 2, 3)),
        breaker_least=chance.choice((4, 20)),
        clock_change=chance.random() < 0.2,
        plan_page=chance.choice((2, 100)),
        asks_back=chance.choice((0.0, 0.3)),
        opts_out=chance.choice((0.0, 0.2)),
    )
    drawn_cap = chance.random()
    if drawn_cap < 0.06:
        cap = chance.choice((0.3, 0.5))
        return replace(load, spend_cap=cap, leg_micros=40_000 if cap > 0.3 else 0)
    if drawn_cap < 0.12:
        return replace(load, ends_after_ms=chance.choice((5, 20, 60)) * MINUTE_MS)
    return _capped(load) if drawn_cap < 0.18 else load


def _capped(load: Load) -> Load:
    """Few calls a day are allowed, so it takes some days."""
    return replace(load, campaigns=1, daily_cap=3, numbers=min(load.numbers, 3))


def _outage(load: Load) -> Load:
    """For forty minutes the provider takes calls, tells nothing and answers no question."""
    faults = replace(load.faults, look_up_fails=0.97, reply_lost=0.5, webhooks_mute=0.6)
    return replace(load, faults=faults, faulty_ms=40 * MINUTE_MS)


# Thirty calls a second to three prefixes from forty dialers, and everything goes wrong.
DENSE = Load(
    contacts=80,
    triggers=40,
    numbers=90,
    prefixes=3,
    inbound=20,
    account_calls=30,
    lines=120,
    lines_kept=2,
    dialers=40,
    spread_ms=20_000,
    acts=8,
    faults=ALL_FAULTS,
)

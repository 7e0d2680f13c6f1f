"""Wrong designs, each patched onto the real services at one small seam.

A simulation that has never failed proves nothing: every bug here must be found within its
number of seeds by what the receiver sees, and the same histories must be good without it.
Most are from reliability §10. A few need a load of their own before they show.
"""

from __future__ import annotations

from dataclasses import replace

from contact_center.dialing.domain.dial_timings import DialTimings
from tests.simulation import planted_claims, planted_slots
from tests.simulation.load import MINUTE_MS, Load
from tests.simulation.planted_bug import Planted
from tests.simulation.planted_campaigns import CAMPAIGN_BUGS
from tests.simulation.planted_rules import RULE_BUGS
from tests.simulation.planted_words import WORD_BUGS
from tests.simulation.world import Faults

# -- the list --------------------------------------------------------------------------------

_BURST = Load(contacts=14, numbers=14, prefixes=1, account_calls=20, lines=30, operators=False)
_CROWD = Load(
    contacts=12, triggers=6, numbers=12, account_calls=1, lines=30, retries=False, operators=False
)
_DOUBT = replace(
    _CROWD,
    faults=Faults(reply_lost=0.4, acts_late=0.5, listed_late=0.6, webhooks_mute=0.5),
)
_CONFUSED = replace(_CROWD, faults=Faults(webhook_late=0.5, webhook_twice=0.5))
_FULL = replace(
    _CROWD,
    inbound=60,
    lines=6,
    lines_kept=0,
    account_calls=5,
    shortest_call_ms=40_000,
    spread_ms=300_000,
    faults=Faults(webhook_late=0.8),
)
_VERY_LATE = replace(_CROWD, faults=Faults(acts_very_late=0.4), account_calls=5)
_MINDS_CHANGE = replace(
    _CROWD, operators=True, acts=12, faulty_ms=40_000, contacts=20, spread_ms=1_000
)

BUGS: dict[str, Planted] = {
    one.plant.__name__: one
    for one in (
        *CAMPAIGN_BUGS,
        *WORD_BUGS,
        *RULE_BUGS,
        Planted(plant=planted_claims.release_on_unknown, caught="rang", load=_DOUBT),
        Planted(plant=planted_claims.repost_after_settle, caught="times", load=_VERY_LATE),
        Planted(plant=planted_claims.short_lease, caught="times", load=_DOUBT),
        Planted(
            plant=planted_claims.ghost_ended,
            caught="times",
            load=replace(_FULL, faults=Faults(webhook_late=0.8, webhook_twice=0.5)),
        ),
        Planted(
            plant=planted_claims.status_last_wins,
            caught="known to be over",
            load=_CONFUSED,
        ),
        Planted(plant=planted_claims.line_not_retaken, caught="no line is held", load=_VERY_LATE),
        Planted(
            plant=planted_claims.expiry_frees_line,
            caught="lines in use",
            load=replace(
                _CROWD,
                lines=4,
                account_calls=5,
                shortest_call_ms=120_000,
                listed_late_ms=(80_000, 140_000),
                faults=Faults(reply_lost=0.5, webhooks_mute=0.6, listed_late=1.0),
            ),
        ),
        Planted(
            plant=planted_claims.cap_by_slot_time,
            caught="frequency_cap",
            load=replace(
                _CROWD,
                numbers=4,
                caps_per_hour=1,
                expires_ms=130 * MINUTE_MS,
                faults=Faults(acts_late=0.6),
            ),
        ),
        Planted(plant=planted_claims.capacity_is_refusal, caught="counts as refused", load=_FULL),
        Planted(
            plant=planted_claims.conflict_is_denial,
            caught="though nothing denied it",
            load=replace(_CROWD, faults=Faults(contention=0.3)),
        ),
        Planted(
            plant=planted_slots.slot_reused,
            caught="more than 1",
            load=replace(
                _CROWD,
                fast_ms=0.2,
                network_ms=(0.1, 0.3),
                dialers=12,
                faulty_ms=60_000,
                oversleep_ms=(300, 308),
                faults=Faults(rate_limited=0.9, job_twice=0.5, oversleep=0.4),
            ),
        ),
        Planted(
            plant=planted_slots.limit_by_limit,
            caught="prefix",
            load=replace(_BURST, contacts=30, numbers=30, prefixes=3, account_calls=5),
        ),
        Planted(plant=planted_slots.fixed_window, caught="prefix", load=_BURST),
        Planted(
            plant=planted_slots.send_late,
            caught="account",
            load=replace(_CROWD, faults=Faults(oversleep=0.5)),
            timings=DialTimings(lateness_ms=60_000),
        ),
        Planted(
            plant=planted_slots.claim_before_wait, caught="was sent though", load=_MINDS_CHANGE
        ),
        Planted(
            plant=planted_slots.caps_unversioned,
            caught="frequency_cap",
            load=replace(_CROWD, numbers=3, caps_per_hour=1, spread_ms=1_000, dialers=8),
        ),
        Planted(plant=planted_slots.judged_for_now, caught="was sent though", load=_MINDS_CHANGE),
        Planted(plant=planted_claims.counter_lines, caught="lines", load=_DOUBT),
        Planted(
            plant=planted_claims.admit_unconditioned,
            caught="known to be over",
            load=replace(_CONFUSED, inbound=20),
        ),
        Planted(
            plant=planted_claims.lines_unconditioned,
            caught="lines in use",
            load=replace(_CROWD, lines=3, account_calls=5),
        ),
        Planted(
            plant=planted_claims.first_page_lookup,
            caught="unknown though listed",
            load=replace(
                _CROWD,
                inbound=6,
                page_size=2,
                spread_ms=120_000,
                faults=Faults(reply_lost=0.4, webhooks_mute=0.4),
            ),
        ),
        Planted(
            plant=planted_claims.plan_without_lease,
            caught="ends queued",
            load=replace(_CROWD, horizon_ms=90 * MINUTE_MS, faults=Faults(crash=0.05)),
        ),
        Planted(
            plant=planted_claims.webhooks_trusted,
            caught="still held",
            load=replace(_CROWD, faults=Faults(webhook_lost=0.5), horizon_ms=90 * MINUTE_MS),
        ),
    )
}

"""What must be true of every history of campaigns, seen from the receiver and at the end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import CampaignState
from contact_center.campaigns.domain.contacts import TERMINAL, ContactState
from contact_center.dialing.domain.call_outcomes import RANG, Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.stop_dialing import nothing_leaves_after_ms
from contact_center.lists.services.import_ports import ImportState
from tests.simulation.campaigns import PRICE_MICROS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import AttemptOutcome, CampaignContact
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from tests.simulation.campaigns import CampaignHalf
    from tests.simulation.provider import Receipt
    from tests.simulation.system import System

NEAR_MS = 100
NETWORK_MS = 2_000
# The customer had no part in these: they are tried again by rules of their own.
NO_RULE = frozenset({Disposition.NOT_CALLED, Disposition.CONFIGURATION})


def broken_campaigns(system: System, half: CampaignHalf) -> Iterator[str]:
    """Every invariant of campaigns that a finished history breaks, in words."""
    yield from _left_over(half)
    for name, contact_id in sorted(half.overslept):
        yield f"campaign {name} sleeps though {contact_id} is due"
    for campaign in half.campaigns.campaigns.values():
        name = campaign.campaign_id
        yield from _comes_to_an_end(campaign, half)
        yield from _figures(name, half)
        yield from _spend_cap(campaign, system)
        for contact in half.contacts.of(name):
            rung = _posts_of(contact, system)
            yield from _noted(contact, half)
            yield from _rings_are_noted(contact, system)
            yield from _nothing_after_withdrawal(contact, system, half)
            yield from _retries(campaign, contact, rung, half)
            yield from _called_back(campaign, contact, half)


# -- everything comes to an end --------------------------------------------------------------


def _left_over(half: CampaignHalf) -> Iterator[str]:
    for job in half.imports.jobs.values():
        over = half.campaigns.campaigns[job.campaign_id].state is CampaignState.CANCELLED
        if job.state is not ImportState.DONE and not (over and job.state is ImportState.FAILED):
            yield f"import {job.import_id} ends {job.state}"


def _comes_to_an_end(campaign: Campaign, half: CampaignHalf) -> Iterator[str]:
    name = campaign.campaign_id
    cancelled = campaign.state is CampaignState.CANCELLED or half.over(campaign)
    if not cancelled and campaign.state is not CampaignState.FINISHED:
        yield f"campaign {name} ends {campaign.state} {campaign.reason}"
    for contact in half.contacts.of(name):
        done = contact.state in TERMINAL
        spared = cancelled and contact.state is ContactState.WAITING
        if not done and not spared:
            yield f"a contact of {name}, which is {campaign.state}, ends {contact.label}"


def _figures(name: str, half: CampaignHalf) -> Iterator[str]:
    figures = half.campaigns.figures.get(name)
    outcomes = [one for contact in half.contacts.of(name) for one in contact.outcomes]
    told = dict(figures.contacts) if figures else {}
    counted = dict(half.labels(name))
    if told != counted:
        yield f"the figures of {name} are {told}, its contacts {counted}"
    if figures is None:
        return
    prices = [one.cost_micros for one in outcomes if one.cost_micros is not None]
    money = (
        sum(prices),
        len(prices),
        sum(one.rang and one.cost_micros is None for one in outcomes),
    )
    open_legs = sum(one.open_legs for one in outcomes)
    if figures.open_legs != open_legs:
        yield f"{figures.open_legs} legs of {name} are open, its outcomes say {open_legs}"
    if (figures.spent_micros, figures.priced, figures.unpriced) != money:
        yield f"the money of {name} is {figures}, its outcomes say {money}"
    ended = sum(tally.ended for tally in half.campaigns.tallies.get(name, {}).values())
    if ended != len(outcomes):
        yield f"{ended} attempts of {name} were tallied, {len(outcomes)} noted"


# -- what is noted of a contact is what happened ---------------------------------------------


def _noted(contact: CampaignContact, half: CampaignHalf) -> Iterator[str]:
    noted = {one.n: one for one in contact.outcomes}
    for attempt in _attempts_of(contact, half):
        outcome = noted.get(attempt.request.n)
        never_made = attempt.disposition is Disposition.CANCELLED and not attempt.posts
        if attempt.state is not AttemptState.SETTLED or never_made:
            continue
        if outcome is None:
            yield f"attempt {attempt.attempt_id} is not noted with its contact"
        elif outcome.disposition is not attempt.disposition:
            yield f"{attempt.attempt_id} is noted {outcome.disposition}, was {attempt.disposition}"
        else:
            yield from _price_is_noted(outcome, half)


def _price_is_noted(outcome: AttemptOutcome, half: CampaignHalf) -> Iterator[str]:
    """All that was ever told of what a call cost, late or not."""
    known = half.calls.notes(outcome.call_id or "")
    # A call without any price is reckoned whole: its legs are not waited for apart.
    legs = 0 if known.price_micros is None else known.open_legs
    told = (known.price_micros, legs)
    noted = (outcome.cost_micros, outcome.open_legs)
    if noted != told:
        yield f"the price of {outcome.call_id} is noted as {noted}, its call says {told}"


def _rings_are_noted(contact: CampaignContact, system: System) -> Iterator[str]:
    """As often as the phone rang for a campaign, its contact knows of, and once for each n."""
    rings = Counter(
        attempt.request.n
        for call in system.provider.calls
        if call.rang and (attempt := system.observer.attempt_of(call.name or "")) is not None
        if _is_of(contact, attempt)
    )
    for n, times in rings.items():
        if times > 1:
            yield f"attempt {n} at a contact of {contact.campaign_id} rang {times} times"
    known = {one.n for one in contact.outcomes}
    if not rings.keys() <= known:
        yield f"a contact of {contact.campaign_id} rang for {set(rings)}, and knows of {known}"


# -- limits of campaigns ---------------------------------------------------------------------


def _nothing_after_withdrawal(
    contact: CampaignContact, system: System, half: CampaignHalf
) -> Iterator[str]:
    answered_ms = half.withdrawn.get((contact.campaign_id, contact.contact_id))
    if answered_ms is None:
        return
    last_ms = answered_ms + nothing_leaves_after_ms(DialTimings()) + NEAR_MS
    last_ms += system.load.network_ms[1]  # what has left comes so much later
    for receipt in _all_posts_of(contact, system):
        if receipt.at_ms > last_ms:
            yield f"{receipt.name} was sent though its contact was withdrawn"


def _spend_cap(campaign: Campaign, system: System) -> Iterator[str]:
    cap_micros = campaign.wish.spend_cap_micros
    calls = [one for one in system.provider.calls if one.receipt is not None and one.rang]
    mine = [one for one in calls if one.receipt and one.receipt.campaign_id == campaign.campaign_id]
    each = PRICE_MICROS + system.load.leg_micros
    if cap_micros is not None and len(mine) * each > cap_micros:
        yield f"campaign {campaign.campaign_id}: {len(mine)} calls cost more than its cap"


def _retries(
    campaign: Campaign, contact: CampaignContact, posts: dict[int, Receipt], half: CampaignHalf
) -> Iterator[str]:
    """Delay and number of retries, where the truth came at once and nobody asked back."""
    key = (contact.campaign_id, contact.contact_id)
    policy = campaign.wish.retry
    told = {one.request.n: half.told.get(one.attempt_id, []) for one in _attempts_of(contact, half)}
    if key in half.called_back or key in half.agreed or any(len(one) != 1 for one in told.values()):
        return
    for one in contact.outcomes:
        rule = policy.rules.get(one.disposition)
        after = posts.get(one.n + 1)
        if after is None:
            continue
        if rule is None and one.disposition not in NO_RULE:
            yield f"a contact is called again after it was {one.disposition}"
        elif rule is not None and after.at_ms < one.at_ms + rule.minutes[0] * 60_000 - NETWORK_MS:
            yield f"{after.name} was sent too soon after {one.disposition}"
    yield from _too_many(campaign, contact, contact.outcomes)
    yield from _too_few(campaign, contact, half)


def _too_many(
    campaign: Campaign, contact: CampaignContact, outcomes: tuple[AttemptOutcome, ...]
) -> Iterator[str]:
    policy = campaign.wish.retry
    same = Counter(one.disposition for one in outcomes)
    for disposition, rule in policy.rules.items():
        if same[disposition] > rule.most + 1:
            yield f"a contact of {contact.campaign_id} was {disposition} {same[disposition]} times"
    counted = _counted(campaign, outcomes)
    if counted > policy.most_attempts:
        yield f"{counted} attempts at a contact of {contact.campaign_id} count"


def _too_few(campaign: Campaign, contact: CampaignContact, half: CampaignHalf) -> Iterator[str]:
    """Nobody is given up whom the campaign's own rules would have tried again."""
    done = contact.state is ContactState.DONE and not contact.closed
    if not done or half.over(campaign) or not contact.outcomes:
        return
    policy, last = campaign.wish.retry, contact.outcomes[-1].disposition
    rule = policy.rules.get(last)
    same = sum(one.disposition is last for one in contact.outcomes)
    if rule is None or same > rule.most or not rule.most:
        return
    if _counted(campaign, contact.outcomes) < policy.most_attempts:
        yield f"a contact of {contact.campaign_id} was given up after {same} times {last}"


def _counted(campaign: Campaign, outcomes: tuple[AttemptOutcome, ...]) -> int:
    kinds = [campaign.wish.retry.rules.get(one.disposition) for one in outcomes]
    rest = [one.disposition in RANG for one in outcomes]
    return sum(
        rule.counts if rule is not None else rang for rule, rang in zip(kinds, rest, strict=True)
    )


def _called_back(campaign: Campaign, contact: CampaignContact, half: CampaignHalf) -> Iterator[str]:
    """Who was promised a call back gets an attempt at it, unless something forbids it."""
    key = (contact.campaign_id, contact.contact_id)
    at_ms = half.called_back.get(key) or _agreed_ms(contact, half)
    gone = contact.closed or contact.state in {ContactState.NEVER, ContactState.WITHDRAWN}
    over = campaign.state is CampaignState.CANCELLED or half.over(campaign)
    if at_ms is None or gone or over:
        return
    if not any(one.at_ms >= at_ms - NETWORK_MS for one in contact.outcomes):
        yield f"a contact of {contact.campaign_id} was promised a call back that never came"


def _agreed_ms(contact: CampaignContact, half: CampaignHalf) -> float | None:
    """When a contact was agreed to be called, if its attempt was found out at once to be so."""
    agreed = half.agreed.get((contact.campaign_id, contact.contact_id))
    if agreed is None:
        return None
    attempt_id, call_id, at_ms = agreed
    attempt = half.ground.tables.attempts[attempt_id]
    plain = attempt.call_id == call_id and len(half.told.get(attempt_id, [])) == 1
    return at_ms if plain else None


# -- whose ------------------------------------------------------------------------------------


def _attempts_of(contact: CampaignContact, half: CampaignHalf) -> list[DialAttempt]:
    return [one for one in half.ground.tables.attempts.values() if _is_of(contact, one)]


def _posts_of(contact: CampaignContact, system: System) -> dict[int, Receipt]:
    """The first POST of each attempt."""
    found: dict[int, Receipt] = {}
    for receipt in _all_posts_of(contact, system):
        attempt = system.observer.attempt_of(receipt.name)
        if attempt is not None:
            found.setdefault(attempt.request.n, receipt)
    return found


def _all_posts_of(contact: CampaignContact, system: System) -> list[Receipt]:
    """Every POST, the oldest first."""
    return [
        receipt
        for receipt in system.provider.receipts
        if (attempt := system.observer.attempt_of(receipt.name)) and _is_of(contact, attempt)
    ]


def _is_of(contact: CampaignContact, attempt: DialAttempt) -> bool:
    request = attempt.request
    return (request.campaign_id, request.contact_id) == (contact.campaign_id, contact.contact_id)

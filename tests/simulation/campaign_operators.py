"""Operators who run campaigns, change their minds, and customers who talk back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_wishes import BadCampaignError
from contact_center.campaigns.domain.campaigns import CampaignState, WrongStateError
from contact_center.campaigns.domain.contacts import contact_id
from contact_center.campaigns.services.call_back import call_back
from contact_center.campaigns.services.change_campaign import (
    cancel_campaign,
    create_campaign,
    pause_campaign,
    resume_campaign,
    start_campaign,
    withdraw_contacts,
)
from contact_center.campaigns.services.finish_attempt import zone_of
from contact_center.dialing.domain.dial_requests import read_post_name
from contact_center.dialing.services.settle_attempt import resolve_attempt
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.permission.services.suppress import suppress
from tests.bodies import wish_of
from tests.simulation.campaigns import retry_soon
from tests.simulation.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.services.change_campaign import CampaignParts
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from tests.simulation.campaigns import CampaignHalf
    from tests.simulation.provider import Call
    from tests.simulation.system import System

NAMES = ("spring", "autumn", "winter")
BY_OPERATOR = "operator"
HEADER = "phone,name,consent_kind,consent_at,consent_source\n"
AGREED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
CONSENT = f"express_written,{AGREED_AT:%Y-%m-%dT%H:%M:%SZ},web form"


def begin_campaigns(system: System, half: CampaignHalf) -> None:
    """Somebody sets up the campaigns of this history, each with its list, and starts them."""
    world, load = system.world, system.load
    for name in NAMES[: load.campaigns]:
        numbers = system.numbers()
        world.chance.shuffle(numbers)
        asked = numbers[: world.chance.randint(1, len(numbers))]
        at_ms = world.now + world.chance.uniform(0, load.spread_ms)
        world.at(at_ms, _opening(half, name, asked))


def let_operators_run_campaigns(system: System, half: CampaignHalf) -> None:
    """Spread some acts over the faulty phase."""
    world, chance = system.world, system.world.chance
    for _ in range(chance.randint(1, system.load.acts)):
        name = chance.choice(NAMES[: system.load.campaigns])
        act = chance.choice((_pause, _pause, _withdraw, _withdraw, _add, _add, _cancel))
        at_ms = world.now + chance.uniform(0, system.load.faulty_ms)
        world.at(at_ms, lambda act=act, name=name: act(system, half, name))  # type: ignore[misc]


def look_after_campaigns(system: System, half: CampaignHalf) -> None:
    """Whoever is on duty lets go on what stopped, and decides what nobody could find out."""
    for campaign in half.campaigns.campaigns.values():
        halted = campaign.state in {CampaignState.PAUSED, CampaignState.STOPPED}
        if halted and not half.spent(campaign):
            _say(half, "on duty", campaign.campaign_id, resume_campaign, yes=True)
    for attempt_id in half.doubtful():
        half.do("on duty", _resolving(attempt_id, system, half))


def talk(system: System, half: CampaignHalf, call: Call) -> None:
    """In the middle of a call its customer may ask to be called back, or never again."""
    world, chance = system.world, system.world.chance
    named = read_post_name(call.name or "")
    attempt = system.tables.attempts.get(named[0]) if named else None
    if attempt is None:
        return
    if chance.random() < system.load.opts_out:
        at = datetime.fromtimestamp(world.now / 1000, UTC)
        store = half.permission_store
        never = half.words.say(half.words.calls[call.number], yes=False)
        if chance.random() < 0.5:  # by a key; when nobody tells of that, nobody knows
            system.provider.tell_of(call, "key", world.now)
            return
        half.do(
            "opt-out",
            lambda: suppress(call.number, "spoken opt-out", at, store),
            lambda: never.answered(world.now),
        )
        return
    campaign, contact = attempt.request.campaign_id, attempt.request.contact_id
    if campaign and contact and chance.random() < system.load.asks_back:
        half.asked_back.add(call.number)
        back_at = datetime.fromtimestamp(world.now / 1000, UTC) + timedelta(
            minutes=chance.uniform(3, 30)
        )
        if chance.random() < 0.5:
            _agree(half, attempt, call, back_at)
        else:
            half.do("asks back", lambda: _call_back(half, campaign, contact, back_at))


# -- the acts --------------------------------------------------------------------------------


def _opening(half: CampaignHalf, name: str, numbers: Sequence[str]) -> Callable[[], None]:
    load, chance = half.ground.load, half.ground.world.chance
    wish: dict[str, object] = {
        "name": name,
        "purpose": "marketing",
        "assistant": "sales",
        "priority": chance.randint(1, 5),
        "staggerSeconds": load.stagger_ms / 1000,
        "retry": retry_soon(load),
    }
    if load.daily_cap:
        wish["dailyCap"] = load.daily_cap
    if load.spend_cap:
        wish["spendCap"] = load.spend_cap
    if load.ends_after_ms:
        ends_at = datetime.fromtimestamp((half.ground.world.now + load.ends_after_ms) / 1000, UTC)
        wish["endAt"] = ends_at.isoformat()
    half.words.campaigns[name].append(Word(yes=False, said_ms=0, answered_ms=0))
    create = lambda: create_campaign(name, wish_of(wish), half.change)  # noqa: E731
    start = lambda: _say(half, "operator", name, start_campaign, yes=True)  # noqa: E731
    add = lambda: _import(half, name, "list", numbers, start)  # noqa: E731
    return lambda: half.do("operator", create, add)


def _import(
    half: CampaignHalf,
    name: str,
    word: str,
    numbers: Sequence[str],
    then: Callable[[], None] | None = None,
) -> None:
    """Hand in a list; one that comes too late for a campaign lets it run on."""
    chance = half.ground.world.chance
    rows = []
    for number in numbers:
        agreed = chance.random() < 0.8
        consent = f"{CONSENT} {word}" if agreed else ",,"
        rows.append(f"{number},somebody,{consent}\n")
        if agreed:
            half.words.agree(number, AGREED_AT.timestamp() * 1000)
    if chance.random() < 0.3:
        rows.insert(0, "no number at all,nobody,,,\n")
    body = (HEADER + "".join(rows)).encode()

    def add() -> None:
        try:
            job = add_contacts(name, word, body, "US", half.change)
        except WrongStateError:
            return  # it was cancelled meanwhile
        half.lists.send(ListJob(ListKind.IMPORT, name, job.import_id))

    half.do("operator", add, then)


def _pause(system: System, half: CampaignHalf, name: str) -> None:
    world = system.world
    wait_ms = world.chance.uniform(5_000, 400_000)
    _say(half, "operator", name, pause_campaign, yes=False)
    world.later(wait_ms, lambda: _say(half, "operator", name, resume_campaign, yes=True))


def _cancel(system: System, half: CampaignHalf, name: str) -> None:
    if system.world.chance.random() < 0.5:
        _say(half, "operator", name, cancel_campaign, yes=False)


def _withdraw(system: System, half: CampaignHalf, name: str) -> None:
    world = system.world
    chosen = world.chance.choices(system.numbers(), k=2)
    numbers = sorted(set(chosen))

    def withdraw() -> None:
        if name not in half.campaigns.campaigns:
            return
        listed = [one for one in numbers if _listed(half, name, one)]
        withdraw_contacts(name, listed, half.change)
        for number in listed:
            half.withdrawn.setdefault((name, contact_id(name, number)), world.now)

    half.do("operator", withdraw)


def _add(system: System, half: CampaignHalf, name: str) -> None:
    """More contacts for a campaign that may be over: then it is to run on."""
    if name not in half.campaigns.campaigns:
        return
    word = f"more-{len(half.imports.jobs)}"

    def run_on() -> None:
        if half.campaigns.campaigns[name].state is CampaignState.FINISHED:
            _say(half, "operator", name, resume_campaign, yes=True)

    _import(half, name, word, system.numbers(), run_on)


def _say(
    half: CampaignHalf,
    who: str,
    name: str,
    step: Callable[[str, CampaignParts], Campaign],
    *,
    yes: bool,
) -> None:
    """A step of a campaign's state, noted when it is asked for, and when it has been answered."""
    if name not in half.campaigns.campaigns:
        return
    world, word = half.ground.world, half.words.say(half.words.campaigns[name], yes=yes)
    answer = [word.answered]

    def act() -> None:
        try:
            step(name, half.change)
        except (WrongStateError, BadCampaignError):
            answer[0] = word.refused  # somebody was faster, or its end has come

    def answered() -> None:
        answer[0](world.now)
        if step is start_campaign:
            half.started[name] = world.now

    half.do(who, act, answered)


def _resolving(attempt_id: str, system: System, half: CampaignHalf) -> Callable[[], None]:
    """The person has asked the customer."""

    def act() -> None:
        name = system.tables.attempts[attempt_id].name
        rang = any(call.rang and call.name == name for call in system.provider.calls)
        resolve_attempt(attempt_id, rang=rang, parts=half.ground.attempts)

    return act


def _call_back(half: CampaignHalf, campaign: str, contact: str, at: datetime) -> None:
    if call_back(campaign, contact, at, half.finish):
        half.called_back[campaign, contact] = at.timestamp() * 1000
        half.answered_back[campaign, contact] = half.ground.world.now


def _agree(half: CampaignHalf, attempt: DialAttempt, call: Call, at: datetime) -> None:
    """The tool's word is in the call's record before the call ends."""
    key = (attempt.request.campaign_id or "", attempt.request.contact_id or "")
    contact = half.contacts.contacts.get(key)
    if contact is None:
        return
    minute = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    local = minute.astimezone(zone_of(contact, half.finish) or UTC)
    half.calls.callbacks[call.call_id] = f"{local:%Y-%m-%dT%H:%M}"
    half.agreed[key] = (attempt.attempt_id, call.call_id, minute.timestamp() * 1000)


def _listed(half: CampaignHalf, name: str, number: str) -> bool:
    return (name, contact_id(name, number)) in half.contacts.contacts

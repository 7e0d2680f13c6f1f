"""Operators and customers who change their minds while dialing goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING

from contact_center.dialing.services.stop_dialing import SwitchParts, resume_dialing, stop_dialing
from contact_center.kernel.phone_numbers import parse_phone_number as phone_of
from contact_center.permission.domain.consent import Consent
from contact_center.triggers.services.state_permission import (
    StatementParts,
    end_consent,
    lift_suppression,
    state_consent,
    state_suppression,
)
from tests.fakes.dialing_ledger import FakeSwitchBoard
from tests.fakes.forgotten_people import NobodyForgotten
from tests.simulation.campaign_ports import SimulatedSwitch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.system import System
    from tests.simulation.words import Word


def let_operators_act(system: System) -> None:
    """Spread some acts over the faulty phase; each is undone after a while."""
    world, chance = system.world, system.world.chance
    acts = [_stop, _suppress, _revoke] if system.half else [_stop, _pause, _suppress, _revoke]
    for _ in range(chance.randint(1, system.load.acts)):
        act, undo = chance.choice(acts)(system)
        at_ms = world.now + chance.uniform(0, system.load.faulty_ms)
        world.at(at_ms, act)
        world.at(at_ms + chance.uniform(5_000, 400_000), undo)


type Act = Callable[[], None]
type Acts = tuple[Act, Act]


def _said(
    system: System, words: list[Word], act: Callable[[], object], *, yes: bool
) -> Callable[[], None]:
    """An act that is noted when it is begun, and when it has been answered."""

    def begin() -> None:
        word = system.words.say(words, yes=yes)
        system.acts.do("operator", act, lambda: word.answered(system.world.now))

    return begin


def _taken_back(system: System, words: list[Word], act: Callable[[], object], undo: Act) -> Acts:
    """A no, and what undoes it: whoever still repeats the no has not taken it back."""
    begun: list[Word] = []

    def begin() -> None:
        _said(system, words, act, yes=False)()
        begun.append(words[-1])

    def undo_once_answered() -> None:
        if begun[-1].answered_ms == inf:
            system.world.later(1_000, undo_once_answered)
        else:
            undo()

    return begin, undo_once_answered


def _stop(system: System) -> Acts:
    board = SimulatedSwitch(system.ledger.client, FakeSwitchBoard(system.tables))
    parts = SwitchParts(switch=board, clock=system.place.ledger.clock)
    words = system.words.dialing
    resume = _said(system, words, lambda: resume_dialing(parts), yes=True)
    return _taken_back(system, words, lambda: stop_dialing(parts), resume)


def _pause(system: System) -> Acts:
    campaign_id = system.world.chance.choice(("spring", "autumn"))

    def set_running(running: bool) -> None:  # noqa: FBT001  told apart by the names below
        system.tables.set_campaign(campaign_id, running=running)
        system.words.say_at_once(system.words.campaigns[campaign_id], yes=running)
        system.observer.campaign_states()

    return (lambda: set_running(False)), (lambda: set_running(True))


def _suppress(system: System) -> Acts:
    number = system.world.chance.choice(system.numbers())
    parts, words, phone = _statements(system), system.words.calls[number], phone_of(number)
    suppress = lambda: state_suppression(phone, "operator", parts)  # noqa: E731
    lift = _said(system, words, lambda: lift_suppression(phone, parts), yes=True)
    return _taken_back(system, words, suppress, lift)


def _revoke(system: System) -> Acts:
    number = system.world.chance.choice(system.numbers())
    parts, words, phone = _statements(system), system.words, phone_of(number)

    def agree_again() -> None:
        words.agree(number, system.world.now)
        given = Consent(
            kind="express_written",
            at=datetime.fromtimestamp(system.world.now / 1000 - 1, UTC),
            source="the simulation",
        )
        system.acts.do("operator", lambda: state_consent(phone, given, parts))

    revoke = lambda: end_consent(phone, parts)  # noqa: E731
    return _taken_back(system, words.revoked[number], revoke, agree_again)


def _statements(system: System) -> StatementParts:
    place = system.place
    return StatementParts(
        store=system.permission_store,
        ledger=system.ledger,
        judge=place.judge,
        clock=place.ledger.clock,
        forgotten=NobodyForgotten(),
    )

"""Operators and customers who change their minds while dialing goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.services.stop_dialing import SwitchParts, resume_dialing, stop_dialing
from contact_center.permission.domain.permission import Permission
from tests.fakes.dialing_ledger import FakeSwitchBoard

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.system import System


def let_operators_act(system: System) -> None:
    """Spread some acts over the faulty phase; each is undone after a while."""
    world, chance = system.world, system.world.chance
    acts = [_stop, _suppress, _revoke] if system.half else [_stop, _pause, _suppress, _revoke]
    for _ in range(chance.randint(1, system.load.acts)):
        act, undo = chance.choice(acts)(system)
        at_ms = world.now + chance.uniform(0, system.load.faulty_ms)
        world.at(at_ms, act)
        world.at(at_ms + chance.uniform(5_000, 400_000), undo)


Acts = tuple["Callable[[], None]", "Callable[[], None]"]


def _stop(system: System) -> Acts:
    parts = SwitchParts(switch=FakeSwitchBoard(system.tables), clock=system.place.ledger.clock)

    def stop() -> None:
        stop_dialing(parts)
        system.observer.switched()

    def resume() -> None:
        resume_dialing(parts)
        system.observer.switched()

    return stop, resume


def _pause(system: System) -> Acts:
    campaign_id = system.world.chance.choice(("spring", "autumn"))

    def set_running(running: bool) -> None:  # noqa: FBT001  told apart by the names below
        system.tables.set_campaign(campaign_id, running=running)
        system.observer.campaign_states()

    return (lambda: set_running(False)), (lambda: set_running(True))


def _suppress(system: System) -> Acts:
    number = system.world.chance.choice(system.numbers())

    def suppress() -> None:
        known = system.tables.permissions.get(number, Permission())
        at = system.place.judge.civil.at(int(system.world.now))
        system.tables.set_permission(number, replace(known, suppressed_at=at))
        system.observer.permitted(number)

    return suppress, lambda: system.permit(number)


def _revoke(system: System) -> Acts:
    number = system.world.chance.choice(system.numbers())

    def revoke() -> None:
        known = system.tables.permissions.get(number, Permission())
        at = system.place.judge.civil.at(int(system.world.now))
        system.tables.set_permission(number, replace(known, revoked_at=at))
        system.observer.permitted(number)

    return revoke, lambda: system.permit(number)

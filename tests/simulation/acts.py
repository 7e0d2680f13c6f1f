"""What people do with the system: again and again until they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_errors import CampaignBusyError
from contact_center.campaigns.services.finish_attempt import ContactBusyError
from contact_center.dialing.services.change_attempt import AttemptBusyError
from contact_center.kernel.ports import (
    ContentionError,
    QueueUnavailableError,
    StoreUnavailableError,
)
from contact_center.permission.services.suppress import PermissionBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.world import World

# What an operator, or a worker, tries again after.
AGAIN = (
    AttemptBusyError,
    CampaignBusyError,
    ContactBusyError,
    ContentionError,
    PermissionBusyError,
    QueueUnavailableError,
    StoreUnavailableError,
)


@dataclass(eq=False)
class Acts:
    """The acts of operators and customers.

    Attributes:
        undone: So many are still to succeed.
    """

    world: World
    undone: int = 0

    def do(
        self, name: str, act: Callable[[], object], then: Callable[[], None] | None = None
    ) -> None:
        """Somebody does something, and again until it has been answered."""
        self.undone += 1
        self._do(name, act, then)

    def _do(self, name: str, act: Callable[[], object], then: Callable[[], None] | None) -> None:
        world = self.world

        def ended(how: str, error: object) -> None:
            if how == "returned":
                self.undone -= 1
                if then is not None:
                    then()
                return
            if how == "raised" and isinstance(error, AGAIN):
                world.strange.remove(error)
            wait_ms = world.chance.uniform(1_000, 20_000)
            world.later(wait_ms, lambda: self._do(name, act, then))

        world.spawn(name, 29_000, act, ended)

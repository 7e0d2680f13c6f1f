"""What was set aside goes on by a person's word: as if nothing had failed, it is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.set_aside import Thing

if TYPE_CHECKING:
    from contact_center.kernel.set_aside import Trouble, TroublesSeen
    from contact_center.queue.services.queue_ports import QueueBook


@dataclass(frozen=True, slots=True)
class AsideDesk:
    """Where it is said that something shall go on."""

    troubles: TroublesSeen
    queue: QueueBook

    def take_up(self, name: str) -> Trouble | None:
        """Let a thing go on.

        Args:
            name: Under which it is among what needs somebody.

        Returns:
            What had been wrong with it; None: it is not set aside.

        Raises:
            ContentionError, StoreUnavailableError: To be asked again; told again it is the same.
        """
        found = self.troubles.by_name(name)
        if found is None or not found.is_aside:
            return None
        if found.thing is Thing.ENTRY:  # it was taken off its lists, and not only passed over
            self.queue.put_back(found.of_id)
        self.troubles.forget(found)
        return found

"""The PINs of people, out of a secret that rotates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contact_center.kernel.ports import SecretUnavailableError
from contact_center.people.domain.pins import is_pin

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Clock

# A changed PIN is known after this long at the latest: somebody stands there and keys it.
KEEP_MS = 60_000


class SecretPins:
    """Pins in Secrets Manager: JSON {"ada": "<digits>", …}, by the keys of people.toml."""

    def __init__(self, fetch: Callable[[], str], clock: Clock) -> None:
        """Keep where the PINs are; nothing is fetched before one is asked for.

        Args:
            fetch: The secret's text; raises SecretUnavailableError.
            clock: For how long what was fetched is good.
        """
        self._fetch = fetch
        self._clock = clock
        self._pins: dict[str, str] = {}
        self._fetched_at_ms: int | None = None

    def of(self, person_id: str) -> str | None:
        """A person's PIN; see Pins. One too weak to be used is as good as none."""
        now_ms = self._clock.now_ms()
        if self._fetched_at_ms is None or now_ms - self._fetched_at_ms >= KEEP_MS:
            self._pins = self._fetched()
            self._fetched_at_ms = now_ms
        return self._pins.get(person_id)

    def _fetched(self) -> dict[str, str]:
        try:
            pins = json.loads(self._fetch())
        except (ValueError, RecursionError):
            raise SecretUnavailableError from None
        if not isinstance(pins, dict):
            raise SecretUnavailableError
        return {person_id: pin for person_id, pin in pins.items() if is_pin(pin)}

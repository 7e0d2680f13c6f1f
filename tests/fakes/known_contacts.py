"""Whose record is whose, in memory, held to the table by contract/crm/test_known_contacts.py."""

from __future__ import annotations

from dataclasses import dataclass, field

from contact_center.kernel.ports import StoreUnavailableError


@dataclass
class FakeKnownContacts:
    """KnownContacts."""

    ids: dict[str, str] = field(default_factory=dict)
    down: bool = False

    def get(self, customer: str) -> str | None:
        self._look()
        return self.ids.get(customer)

    def put(self, customer: str, contact_id: str) -> None:
        self._look()
        self.ids[customer] = contact_id

    def forget(self, customer: str) -> None:
        self._look()
        self.ids.pop(customer, None)

    def _look(self) -> None:
        if self.down:
            raise StoreUnavailableError

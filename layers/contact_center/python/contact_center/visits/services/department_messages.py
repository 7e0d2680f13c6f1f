"""Departments' messages: turned on and off by operators, and known to whoever answers callers."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.instants import iso
from contact_center.kernel.ports import ContentionError, PassingError
from contact_center.visits.domain.department_messages import DepartmentMessage, turned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.visits.domain.department_messages import MessageWish

    type Json = dict[str, object]

TRIES = 6
KEPT_MS = 10_000  # whoever answers callers looks again after that
OFF = DepartmentMessage()


class NoDepartmentError(Exception):
    """There is no department of that key."""


class KeptMessages(NamedTuple):
    """All messages, by department, and the revision to write them on; 0: none was ever written."""

    by_department: Mapping[str, DepartmentMessage]
    revision: int


class MessageBook(Protocol):
    """Where messages are kept: one item, so that whoever answers a caller reads once."""

    def read(self) -> KeptMessages:
        """All of them, consistently.

        Raises StoreUnavailableError; whatever else it raises, this release cannot read them.
        """
        ...

    def write(self, by_department: Mapping[str, DepartmentMessage], seen: int) -> bool:
        """Write all of them on the revision that was read.

        Returns:
            False when somebody else was faster; nothing is written.

        Raises:
            StoreRefusedError: It is never taken.
            StoreUnavailableError: Nobody knows whether it is written.
        """
        ...


class Messages(Protocol):
    """What callers of departments are to hear first."""

    def of(self, department: str) -> str | None:
        """What is said to callers of a department now, or None. Never raises."""
        ...


class NoMessages:
    """Messages where nobody ever turned one on."""

    def of(self, _department: str) -> None:
        """Nothing."""


NO_MESSAGES = NoMessages()


@dataclass(slots=True, kw_only=True)
class RememberedMessages:
    """Messages as they were read at most KEPT_MS ago.

    A caller waits: what cannot be read now is what was read last, or nothing.
    """

    book: MessageBook
    clock: Clock
    metrics: Metrics
    _known: Mapping[str, DepartmentMessage] = field(default_factory=dict)
    _read_ms: int | None = None

    def of(self, department: str) -> str | None:
        """What is said now; see Messages."""
        now_ms = self.clock.now_ms()
        if self._read_ms is None or not 0 <= now_ms - self._read_ms < KEPT_MS:
            self._read_ms = now_ms
            self._look()
        return self._known.get(department, OFF).said_at(now_ms)

    def _look(self) -> None:
        try:
            self._known = self.book.read().by_department
        except Exception as error:  # noqa: BLE001  no message is worth a caller
            self.metrics.count("messages_unreadable")
            log_broken("messages_unreadable", error)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDesk:
    """What the operators' routes of messages run on.

    Attributes:
        departments: The keys of all.
    """

    book: MessageBook
    clock: Clock
    departments: tuple[str, ...]

    def show(self, department: str) -> Json:
        """A department's message. Raises NoDepartmentError, StoreUnavailableError."""
        self._known(department)
        message = self.book.read().by_department.get(department, OFF)
        return _shown(department, message, self.clock.now_ms())

    def turn(self, department: str, wish: MessageWish) -> Json:
        """Turn it on or off; asked again, nothing changes.

        Raises:
            NoDepartmentError: There is none of that key.
            FieldError: What is wished for cannot be said.
            ContentionError, StoreUnavailableError: To be asked again.
        """
        self._known(department)
        for _ in range(TRIES):
            kept, now_ms = self.book.read(), self.clock.now_ms()
            before = kept.by_department.get(department, OFF)
            after = turned(before, wish, now_ms)
            if after == before or self._written(kept, department, after):
                return _shown(department, after, now_ms)
        raise ContentionError

    def _written(self, kept: KeptMessages, department: str, after: DepartmentMessage) -> bool:
        # Of a department that there is no more nothing is kept, so the item stays small.
        stay = {key: one for key, one in kept.by_department.items() if key in self.departments}
        try:
            return self.book.write(stay | {department: after}, kept.revision)
        except PassingError:
            return False  # it is read again: what happened is seen there

    def _known(self, department: str) -> None:
        if department not in self.departments:
            raise NoDepartmentError


def _shown(department: str, message: DepartmentMessage, now_ms: int) -> Json:
    said = message.said_at(now_ms)
    return {
        "department": department,
        "on": said is not None,
        "text": message.text or None,
        "since": None if said is None else iso(message.on_ms),
        "until": None if said is None else iso(message.until_ms),
    }

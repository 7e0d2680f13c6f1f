"""The environment of what dials: where attempts are kept, and what the carrier allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from contact_center.kernel.civil_time import CivilSettings
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import Environment, SettingsError

if TYPE_CHECKING:
    from contact_center.dialing.domain.pacing import PaceLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceSettings:
    """What the carrier and the provider allow.

    Attributes:
        prefix_calls: Calls a second to one area prefix; account_calls: of the whole account.
        lines: Concurrent calls of the account; lines_for_inbound of them no dial may take.
        stagger_ms: Between two calls of a campaign that asks for no gap of its own.
    """

    prefix_calls: int
    account_calls: int
    lines: int
    lines_for_inbound: int
    stagger_ms: int

    @property
    def lines_below(self) -> int:
        """A claim needs fewer lines in use than this."""
        return self.lines - self.lines_for_inbound

    @property
    def limits(self) -> PaceLimits:
        """The limits of the calling account."""
        from contact_center.dialing.domain.pacing import (  # noqa: PLC0415 - only who dials pays
            PaceLimits,
        )

        return PaceLimits(account_calls=self.account_calls, prefix_calls=self.prefix_calls)

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        read = cls(
            prefix_calls=environment.whole("PREFIX_CALLS_PER_SECOND", 3, 1, 100),
            account_calls=environment.whole("ACCOUNT_CALLS_PER_SECOND", 1, 1, 100),
            lines=read_lines(environment),
            lines_for_inbound=environment.whole("LINES_KEPT_FOR_INBOUND", 2, 0, 9_999),
            stagger_ms=1_000 * environment.whole("CAMPAIGN_STAGGER_SECONDS", 2, 0, 60),
        )
        if read.lines_below < 1:
            raise SettingsError("LINES_KEPT_FOR_INBOUND", "must be less than CALL_LINES")
        return read


def read_lines(environment: Environment) -> int:
    """Concurrent calls of the account. Raises SettingsError."""
    return environment.whole("CALL_LINES", 10, 2, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSettings:
    """Where attempts and lines are kept, and the clock their customers go by.

    Attributes:
        test_numbers: Whether numbers that belong to nobody may be dialled: locally they may.
    """

    dialing_table: str
    contacts_table: str
    retention_days: int
    civil: CivilSettings
    test_numbers: bool

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            dialing_table=environment.required("DIALING_TABLE"),
            contacts_table=environment.required("CONTACTS_TABLE"),
            retention_days=environment.whole("RETENTION_DAYS", 90, 1, 3650),
            civil=CivilSettings.read(environment),
            test_numbers=environment.flag("LOCAL_TEST_NUMBERS", default=False),
        )

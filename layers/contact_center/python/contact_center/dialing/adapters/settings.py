"""The environment of what dials, in the shape of settings.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from contact_center.settings import UNRELEASED, AwsSettings, Environment, SettingsError

REAL_VAPI = "https://api.vapi.ai"
_SPEED = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilSettings:
    """Where the civil clock starts and how fast it runs; all defaults when deployed.

    Attributes:
        starts_at: What it shows at `machine_start_ms`, aware; None: the machine's own time.
        speed: Civil time in machine time.
        machine_start_ms: Ms since 1970; one figure for all processes of a local system.
    """

    starts_at: datetime | None = None
    speed: float = 1.0
    machine_start_ms: int = 0

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        start = environment.optional("LOCAL_STARTED_AT_MS") or "0"
        if not re.fullmatch(r"[0-9]{1,15}", start):
            raise SettingsError("LOCAL_STARTED_AT_MS", "must be ms since 1970")
        return cls(
            starts_at=_zoned(environment, "LOCAL_NOW"),
            speed=_speed(environment, "LOCAL_SPEED"),
            machine_start_ms=int(start),
        )


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

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        read = cls(
            prefix_calls=environment.whole("PREFIX_CALLS_PER_SECOND", 3, 1, 100),
            account_calls=environment.whole("ACCOUNT_CALLS_PER_SECOND", 1, 1, 100),
            lines=environment.whole("LINES", 10, 2, 10_000),
            lines_for_inbound=environment.whole("LINES_KEPT_FOR_INBOUND", 2, 0, 9_999),
            stagger_ms=1_000 * environment.whole("CAMPAIGN_STAGGER_SECONDS", 2, 0, 60),
        )
        if read.lines_below < 1:
            raise SettingsError("LINES_KEPT_FOR_INBOUND", "must be less than LINES")
        return read


@dataclass(frozen=True, slots=True, kw_only=True)
class VapiSettings:
    """Vapi's API, and with what we call.

    Attributes:
        key_name: Of the secret {"key"} in Secrets Manager.
        phone_number_id: Of the number that calls; None: Vapi will refuse.
    """

    base_url: str
    key_name: str
    phone_number_id: str | None

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        return cls(
            base_url=environment.url("VAPI_BASE_URL") or REAL_VAPI,
            key_name=environment.required("VAPI_API_KEY_NAME"),
            phone_number_id=environment.optional("VAPI_PHONE_NUMBER_ID"),
        )


def read_sales_assistant_id(environment: Environment) -> str | None:
    """Vapi's id of the saved assistant `sales`; None: it is sent along whole."""
    return environment.optional("SALES_ASSISTANT_ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSettings:
    """Where attempts and lines are kept, and the clock their customers go by."""

    dialing_table: str
    contacts_table: str
    retention_days: int
    civil: CivilSettings

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            dialing_table=environment.required("DIALING_TABLE"),
            contacts_table=environment.required("CONTACTS_TABLE"),
            retention_days=environment.whole("RETENTION_DAYS", 90, 1, 3650),
            civil=CivilSettings.read(environment),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DialingSettings:
    """What everything that dials or plans has in common.

    Attributes:
        test_numbers: Whether numbers that belong to nobody may be dialled: locally they may.
    """

    aws: AwsSettings
    calls_table: str
    ledger: LedgerSettings
    queue_url: str
    version: str
    pace: PaceSettings
    test_numbers: bool

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            aws=AwsSettings.read(environment),
            calls_table=environment.required("CALLS_TABLE"),
            ledger=LedgerSettings.read(environment),
            queue_url=environment.required("DIAL_JOBS_QUEUE_URL"),
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
            pace=PaceSettings.read(environment),
            test_numbers=environment.flag("LOCAL_TEST_NUMBERS", default=False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSettings:
    """What everything has in common that handles campaigns and their lists.

    Attributes:
        queue_url: Of the work that nobody waits for.
        bucket: Where lists come in and results go out.
        stagger_seconds: Between two calls of a campaign that asks for no gap of its own.
        sales_assistant_id: Of the saved assistant `sales`; None: the configured one is kept.
        test_numbers: Whether numbers that belong to nobody may be dialled: locally they may.
    """

    aws: AwsSettings
    ledger: LedgerSettings
    queue_url: str
    bucket: str
    stagger_seconds: float
    sales_assistant_id: str | None
    test_numbers: bool

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            aws=AwsSettings.read(environment),
            ledger=LedgerSettings.read(environment),
            queue_url=environment.required("LIST_JOBS_QUEUE_URL"),
            bucket=environment.required("REPORTS_BUCKET"),
            stagger_seconds=PaceSettings.read(environment).stagger_ms / 1000,
            sales_assistant_id=read_sales_assistant_id(environment),
            test_numbers=environment.flag("LOCAL_TEST_NUMBERS", default=False),
        )


def _zoned(environment: Environment, name: str) -> datetime | None:
    value = environment.optional(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise SettingsError(name, "must be a time with a zone, such as 2026-07-08T10:00:00-07:00")
    return at


def _speed(environment: Environment, name: str) -> float:
    value = environment.optional(name) or "1"
    if not _SPEED.fullmatch(value) or not float(value):
        raise SettingsError(name, "must be a number above 0")
    return float(value)

"""What the environment may say about dialing, and the names of what it may not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contact_center.dialing.adapters.settings import LedgerSettings, PaceSettings
from contact_center.kernel.civil_time import CivilSettings
from contact_center.kernel.environment import UNRELEASED, Environment, SettingsError
from contact_center.vapi.calls.settings import REAL_VAPI, VapiSettings

TABLES = {"DIALING_TABLE": "dialing", "CONTACTS_TABLE": "contacts"}


def test_the_defaults_are_those_of_a_new_account() -> None:
    pace = PaceSettings.read(Environment({}))
    assert pace == PaceSettings(
        prefix_calls=3, account_calls=1, lines=10, lines_for_inbound=2, stagger_ms=2_000
    )
    assert pace.lines_below == 8
    tables = LedgerSettings.read(Environment(TABLES))
    assert tables.civil == CivilSettings()
    assert tables.retention_days == 90
    assert not tables.test_numbers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALL_LINES", "1"),
        ("CALL_LINES", "many"),
        ("LINES_KEPT_FOR_INBOUND", "10"),  # as many as there are: nobody could be dialled
        ("PREFIX_CALLS_PER_SECOND", "0"),
        ("ACCOUNT_CALLS_PER_SECOND", "101"),
        ("CAMPAIGN_STAGGER_SECONDS", "61"),
        ("LOCAL_NOW", "2026-07-08T10:00:00"),  # which ten o'clock?
        ("LOCAL_NOW", "noon"),
        ("LOCAL_SPEED", "0"),
        ("LOCAL_SPEED", "-1"),
        ("LOCAL_SPEED", "fast"),
        ("LOCAL_STARTED_AT_MS", "now"),
        ("RETENTION_DAYS", "0"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str) -> None:
    environment = Environment(TABLES | {name: value})
    with pytest.raises(SettingsError) as wrong:
        (LedgerSettings.read(environment), PaceSettings.read(environment))
    assert wrong.value.name == name


def test_the_router_reads_what_it_settles_with() -> None:
    said = TABLES | {"LOCAL_SPEED": "2.5"}
    settings = LedgerSettings.read(Environment(said | {"LOCAL_NOW": "2026-07-08T10:00:00+00:00"}))
    assert settings.civil.starts_at == datetime(2026, 7, 8, 10, tzinfo=UTC)
    assert settings.civil.speed == 2.5


def test_without_a_base_url_vapi_itself_is_called() -> None:
    settings = VapiSettings.read(Environment({"VAPI_API_KEY_NAME": "key"}))
    assert settings == VapiSettings(
        base_url=REAL_VAPI, key_name="key", phone_number_id=None, version=UNRELEASED
    )
    with pytest.raises(SettingsError) as missing:
        VapiSettings.read(Environment({}))
    assert missing.value.name == "VAPI_API_KEY_NAME"

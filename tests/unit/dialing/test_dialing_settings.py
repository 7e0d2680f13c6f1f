"""What the environment may say about dialing, and the names of what it may not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contact_center.dialing_settings import (
    REAL_VAPI,
    CivilSettings,
    DialingSettings,
    LedgerSettings,
    PaceSettings,
    VapiSettings,
)
from contact_center.settings import Environment, SettingsError

AWS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
DIALING = AWS | {
    "CALLS_TABLE": "calls",
    "DIALING_TABLE": "dialing",
    "CONTACTS_TABLE": "contacts",
    "DIAL_JOBS_QUEUE_URL": "http://127.0.0.1/jobs",
}


def test_the_defaults_are_those_of_a_new_account() -> None:
    settings = DialingSettings.read(Environment(DIALING))
    assert settings.pace == PaceSettings(
        prefix_calls=3, account_calls=1, lines=10, lines_for_inbound=2, stagger_ms=2_000
    )
    assert settings.pace.lines_below == 8
    assert settings.ledger.civil == CivilSettings()
    assert settings.ledger.retention_days == 90
    assert not settings.test_numbers


@pytest.mark.parametrize("name", sorted(set(DIALING) - {"AWS_ACCESS_KEY_ID"}))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingsError) as missing:
        DialingSettings.read(Environment(DIALING | {name: ""}))
    assert missing.value.name == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINES", "1"),
        ("LINES", "many"),
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
    with pytest.raises(SettingsError) as wrong:
        DialingSettings.read(Environment(DIALING | {name: value}))
    assert wrong.value.name == name


def test_the_router_reads_what_it_settles_with() -> None:
    said = {"DIALING_TABLE": "dialing", "CONTACTS_TABLE": "contacts", "LOCAL_SPEED": "2.5"}
    settings = LedgerSettings.read(Environment(said | {"LOCAL_NOW": "2026-07-08T10:00:00+00:00"}))
    assert settings.civil.starts_at == datetime(2026, 7, 8, 10, tzinfo=UTC)
    assert settings.civil.speed == 2.5


def test_without_a_base_url_vapi_itself_is_called() -> None:
    settings = VapiSettings.read(Environment({"VAPI_API_KEY_NAME": "key"}))
    assert settings == VapiSettings(base_url=REAL_VAPI, key_name="key", phone_number_id=None)
    with pytest.raises(SettingsError) as missing:
        VapiSettings.read(Environment({}))
    assert missing.value.name == "VAPI_API_KEY_NAME"

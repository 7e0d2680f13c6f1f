"""What the environment must say before lists can be handled."""

from __future__ import annotations

import pytest

from contact_center.dialing_settings import ListSettings
from contact_center.settings import Environment, SettingsError

LISTS = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "DIALING_TABLE": "dialing",
    "CONTACTS_TABLE": "contacts",
    "LIST_JOBS_QUEUE_URL": "http://127.0.0.1/lists",
    "REPORTS_BUCKET": "reports",
}


def test_the_rest_has_defaults() -> None:
    settings = ListSettings.read(Environment(LISTS))
    assert (settings.queue_url, settings.bucket) == ("http://127.0.0.1/lists", "reports")
    assert (settings.stagger_seconds, settings.sales_assistant_id) == (2.0, None)
    assert not settings.test_numbers


def test_what_is_said_is_taken() -> None:
    said = {"CAMPAIGN_STAGGER_SECONDS": "5", "SALES_ASSISTANT_ID": "abc"}
    settings = ListSettings.read(Environment(LISTS | said))
    assert (settings.stagger_seconds, settings.sales_assistant_id) == (5.0, "abc")


@pytest.mark.parametrize("name", sorted(set(LISTS) - {"AWS_ACCESS_KEY_ID"}))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingsError) as missing:
        ListSettings.read(Environment(LISTS | {name: ""}))
    assert missing.value.name == name

"""How HubSpot is spoken to, as settings say it."""

from __future__ import annotations

import pytest

from contact_center.crm.hubspot.settings import HubSpotSettings, Writes
from contact_center.kernel.environment import Environment, SettingsError


def test_without_settings_it_is_hubspot_of_the_newest_version_that_is_known() -> None:
    assert HubSpotSettings.read(Environment({})) == HubSpotSettings(
        base_url="https://api.hubapi.com",
        version="2026-09",
        writes=Writes.UPSERT,
        secret_name=None,
    )


def test_what_is_set_holds() -> None:
    read = HubSpotSettings.read(
        Environment(
            {
                "HUBSPOT_BASE_URL": "http://127.0.0.1:4000/",
                "HUBSPOT_API_VERSION": "2027-03",
                "HUBSPOT_WRITES": "Create",
                "HUBSPOT_SECRET_NAME": "arn:of-a-secret",
            }
        )
    )
    assert read == HubSpotSettings(
        base_url="http://127.0.0.1:4000",
        version="2027-03",
        writes=Writes.CREATE,
        secret_name="arn:of-a-secret",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUBSPOT_API_VERSION", "v3"),
        ("HUBSPOT_API_VERSION", "2026-13"),
        ("HUBSPOT_API_VERSION", "2026-09/../x"),
        ("HUBSPOT_WRITES", "both"),
        ("HUBSPOT_BASE_URL", "api.hubapi.com"),
    ],
)
def test_what_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        HubSpotSettings.read(Environment({name: value}))
    assert caught.value.name == name
    assert value not in str(caught.value)

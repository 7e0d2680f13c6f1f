"""The simulators of a CRM run beside the system unless another HubSpot is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from local.cloud.system import NOWHERE, LocalSystem
from local.crm.webhook_receiver import SECRET
from local.settings import SIMULATED_HUBSPOT_TOKEN, read_settings
from local.settings_text import SettingsError
from local.up import crm_note, start_crm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.cloud.crm_server import CrmServer


@pytest.mark.parametrize(
    ("given", "simulated"),
    [
        ({}, True),
        ({"HUBSPOT_TOKEN": ""}, True),
        ({"HUBSPOT_TOKEN": "a real one"}, False),
        ({"HUBSPOT_BASE_URL": "http://127.0.0.1:9"}, False),
    ],
    ids=str,
)
def test_they_are_started_when_no_hubspot_is_named(
    given: Mapping[str, str], *, simulated: bool
) -> None:
    started: list[CrmServer] = []

    def start() -> CrmServer:
        started.append(start_crm())
        return started[-1]

    settings = read_settings(None, given)
    system = LocalSystem(settings, start_crm=start)
    told = system._crm_names()
    answered = [
        requests.get(f"{told[name]}/crm/objects/2026-09/contacts/1", timeout=60).status_code
        for name in ("HUBSPOT_BASE_URL",)
        if name in told
    ]
    system.stop()
    system._loop.close()

    assert settings.hubspot_simulated is simulated
    assert (system.crm is not None) is simulated
    assert answered == ([401] if simulated else [])
    assert told == (everybody(started[0]) if simulated else {})
    for one in started:  # and they are gone
        with pytest.raises(requests.ConnectionError):
            requests.get(one.webhooks_url, timeout=60)


def everybody(started: CrmServer) -> dict[str, str]:
    return {
        "HUBSPOT_BASE_URL": started.hubspot_url,
        "WEBHOOK_URL": f"{started.webhooks_url}/hooks/owner",
        "EFFECT_RECEIVERS": "built_in,hubspot,webhook",
    }


def test_without_simulators_nothing_leaves_by_accident() -> None:
    system = LocalSystem(read_settings(None, {}))
    assert system._crm_names() == {"HUBSPOT_BASE_URL": NOWHERE}
    system._loop.close()


def test_the_secret_is_the_account_s_or_the_simulator_s() -> None:
    def key(given: Mapping[str, str]) -> object:
        return read_settings(None, given).secrets()["HubspotKey"]

    assert key({}) == {"current": SIMULATED_HUBSPOT_TOKEN}
    assert key({"HUBSPOT_TOKEN": "a real one"}) == {"current": "a real one"}


def test_a_person_is_told_where_they_are() -> None:
    crm = start_crm()
    try:
        note = crm_note(crm)
    finally:
        crm.stop()
    assert all(
        told in note
        for told in (crm.hubspot_url, SIMULATED_HUBSPOT_TOKEN, crm.webhooks_url, SECRET)
    )


def test_a_wrong_address_is_named() -> None:
    with pytest.raises(SettingsError, match="HUBSPOT_BASE_URL"):
        read_settings(None, {"HUBSPOT_BASE_URL": "hubspot"})

"""Twilio's simulator runs beside the system when a number is wanted, and not otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from twilio.rest import Client

from local.cloud.system import LocalSystem
from local.settings import LocalSettings, read_settings
from local.settings_text import SettingsError
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN, TwilioSimulator
from local.up import start_twilio, twilio_note
from local.vapi.simulator import VapiSimulator
from tests.twilio_scene import CALLER, OURS, Door, until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.cloud.twilio_server import TwilioServer
    from local.cloud.vapi_server import VapiServer

NUMBER = {"TWILIO_PHONE_NUMBER": OURS}


@pytest.mark.parametrize(
    ("given", "simulated"),
    [
        ({}, False),
        (NUMBER, True),
        (NUMBER | {"TWILIO_ACCOUNT_SID": ACCOUNT_SID}, True),
        (NUMBER | {"TWILIO_AUTH_TOKEN": "a real one"}, False),
        (NUMBER | {"TWILIO_BASE_URL": "http://127.0.0.1:9"}, False),
        ({"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": "a real one"}, False),
    ],
    ids=str,
)
def test_it_is_started_when_a_number_is_wanted_and_no_twilio_is_named(
    given: Mapping[str, str], *, simulated: bool
) -> None:
    started: list[TwilioServer] = []

    def start(url: str, settings: LocalSettings, vapi: VapiServer | None) -> TwilioServer:
        started.append(start_twilio(url, settings, vapi))
        return started[-1]

    settings = read_settings(None, given)
    system = LocalSystem(settings, start_twilio=start)
    told = system._twilio_names()
    system.stop()
    system._loop.close()

    assert settings.twilio_simulated is simulated
    assert [one.url for one in started] == ([told["TWILIO_BASE_URL"]] if simulated else [])
    assert set(told) == ({"TWILIO_BASE_URL", "TWILIO_ACCOUNT_SID"} if simulated else set())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_PHONE_NUMBER", "555-0100"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("TWILIO_BASE_URL", "twilio"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(None, {name: value})


def test_a_call_to_the_number_asks_our_routes_and_the_client_finds_it() -> None:
    account = f"AC{'7' * 32}"
    settings = read_settings(None, NUMBER | {"TWILIO_ACCOUNT_SID": account})
    with (
        Door() as door,
        VapiSimulator(server_url=f"{door.url}/vapi") as vapi,
    ):
        twilio = start_twilio(door.url, settings, vapi)
        assert isinstance(twilio, TwilioSimulator)
        try:
            note = twilio_note(twilio)
            assert all(said in note for said in (twilio.url, account, AUTH_TOKEN))
            client = Client(account, AUTH_TOKEN)
            client.api.base_url = twilio.url
            sid = twilio.place_inbound(CALLER, OURS)
            until(lambda: bool(door.at("/twilio/call-status")))
            assert client.calls(sid).fetch().status == "completed"
            assert {hook.path for hook in door.hooks} == {"/twilio/voice", "/twilio/call-status"}
            assert all(hook.genuine for hook in door.hooks)
            client.http_client.session.close()
        finally:
            twilio.stop()

"""A run that ends anywhere is gone on with by the next, as if nothing had happened."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.provisioning.domain.objects import Kind
from contact_center.provisioning.services.provisioning_ports import InDoubtError, NotAnsweredError
from contact_center.web.outcomes import Answered
from tests.functional.provisioning.provisioning_scene import (
    BASE,
    SIP,
    KilledError,
    Line,
    ProvisioningScene,
)

type Json = Any

WAYS = ("killed_before", "killed_after", "lost")
SAVED = {"SAVED_ASSISTANTS": "true"}
EVERYWHERE = {**SAVED, "EFFECT_RECEIVERS": "built_in,hubspot"}


def survives(scene: ProvisioningScene, settings: dict[str, str], ways: tuple[str, ...]) -> int:
    """Break a run off at each of its requests in turn, and go on; how often that was."""
    scene.reset()
    scene.settings |= settings
    whole = Line()
    scene.run(whole)
    wanted, broken_off = scene.world(), 0
    for way in ways:
        for number in range(1, len(whole.sent) + 1):
            scene.reset()
            scene.settings |= settings
            line = Line()
            line.at, line.what = number, way
            try:
                scene.run(line)
            except (KilledError, InDoubtError, NotAnsweredError):
                broken_off += 1
            assert len(line.sent) >= number  # it got that far
            again = scene.run()
            assert again.left == (), (way, number)
            assert scene.world() == wanted, (way, number, line.sent[-1])
    return broken_off


def test_a_run_is_killed_after_each_request_and_the_next_goes_on(
    accounts: ProvisioningScene,
) -> None:
    assert survives(accounts, {}, ("killed_after",)) >= 18


@pytest.mark.long
@pytest.mark.parametrize(
    "settings",
    [
        EVERYWHERE,
        {"TWILIO_ADMISSION": "vapi"},
        {"TWILIO_ADMISSION": "sip", "VAPI_SIP_ADDRESS": SIP, **SAVED},
    ],
    ids=["everything", "vapi", "sip"],
)
def test_however_a_run_ends_at_whatever_request_the_next_goes_on(
    accounts: ProvisioningScene, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contact_center.provisioning.adapters.asking.WAITS_MS", (1, 1))
    assert survives(accounts, settings, WAYS) >= 36


MOVED = {"PUBLIC_BASE_URL": "https://new.example.com", "VAPI_HMAC_ALGORITHM": "sha512"}


@pytest.mark.parametrize(
    "then",
    [
        MOVED,
        {"TWILIO_ADMISSION": "vapi", **MOVED},
        {"TWILIO_ADMISSION": "sip", "VAPI_SIP_ADDRESS": SIP},
        {"VAPI_WEBHOOK_AUTH": "bearer"},
    ],
    ids=str,
)
def test_a_run_that_was_killed_is_gone_on_with_under_other_settings(
    accounts: ProvisioningScene, then: dict[str, str]
) -> None:
    """Whatever the first left half done, the second has nothing to do when it was there."""
    accounts.reset()
    whole = Line()
    accounts.run(whole)
    for number, (method, _) in enumerate(whole.sent, start=1):
        if method == "GET":  # after one the accounts are as after the one before
            continue
        accounts.reset()
        line = Line()
        line.at, line.what = number, "killed_after"
        with pytest.raises(KilledError):
            accounts.run(line)

        accounts.settings |= then
        assert accounts.run().left == (), line.sent[-1]
        assert accounts.changes() == [], line.sent[-1]
        assert len(accounts.kept("credential")) == 1


def test_a_change_that_is_killed_between_vapi_and_twilio_rings_here_again(
    accounts: ProvisioningScene,
) -> None:
    """Vapi has set the number's addresses to its own, and nobody was left to put them back."""
    accounts.reset()
    accounts.run()
    accounts.settings["PUBLIC_BASE_URL"] = "https://new.example.com"
    line = Line()

    def gone(method: str, url: str) -> None:
        if method == "POST" and url.startswith(accounts.twilio.url):
            raise KilledError

    line.before = gone
    with pytest.raises(KilledError):
        accounts.run(line)
    assert accounts.ringing().voice_url == f"{accounts.vapi.url}/twilio/inbound_call"

    assert accounts.run().left == ()
    assert accounts.ringing().voice_url == "https://new.example.com/twilio/voice"


@pytest.mark.parametrize("resource", ["/credential", "/phone-number"])
def test_a_request_whose_answer_is_lost_is_never_sent_again(
    accounts: ProvisioningScene, resource: str
) -> None:
    accounts.reset()
    whole = Line()
    accounts.run(whole)
    accounts.reset()
    line = Line()
    line.at = whole.sent.index(("POST", accounts.vapi.url + resource)) + 1
    line.what = "lost"
    with pytest.raises(InDoubtError, match="run it again, what was made is found"):
        accounts.run(line)

    assert line.sent.count(("POST", accounts.vapi.url + resource)) == 1
    assert len(accounts.kept(resource.strip("/"))) == 1
    accounts.run()
    assert len(accounts.kept(resource.strip("/"))) == 1
    assert accounts.ringing().voice_url == f"{BASE}/twilio/voice"


@pytest.mark.parametrize("status", [429, 503])
def test_a_question_is_asked_again_and_what_writes_only_where_it_was_not_obeyed(
    accounts: ProvisioningScene, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.reset()
    monkeypatch.setattr("contact_center.provisioning.adapters.asking.WAITS_MS", (1, 1))
    monkeypatch.setattr("contact_center.provisioning.adapters.asking.MINUTE_MS", 1)
    refused = Refusing(status)
    if status == 503:
        refused.methods = ("GET",)
    accounts.run(refused)

    assert refused.refused > 1
    assert len(accounts.kept("credential")) == 1
    assert accounts.made().parts.accounts[Kind.CREDENTIAL] is not None


def test_a_server_error_in_answer_to_what_writes_is_a_doubt_and_never_sent_again(
    accounts: ProvisioningScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.reset()
    monkeypatch.setattr("contact_center.provisioning.adapters.asking.WAITS_MS", (1, 1))
    refused = Refusing(503)
    refused.methods = ("POST",)
    with pytest.raises(InDoubtError, match="HTTP 503"):
        accounts.run(refused)

    assert refused.writes == []
    assert refused.refused == 1
    assert accounts.kept("credential") == []


class Refusing(Line):
    """Answers the first request to each address with a passing refusal: it is not obeyed."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status
        self.methods: tuple[str, ...] = ("GET", "POST")
        self.refused = 0
        self._known: set[tuple[str, str]] = set()

    def send(self, asked: Any) -> Any:
        one = (str(asked.method), str(asked.url))
        if one[0] in self.methods and one not in self._known:
            self._known.add(one)
            self.refused += 1
            return Answered(self.status, {}, b"{}")
        return super().send(asked)

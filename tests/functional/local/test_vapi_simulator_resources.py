"""What a simulated Vapi keeps, refuses, hides, and does at Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.vapi.simulator import VapiSimulator
from tests.vapi_scene import KEY, assistant
from tests.webhook_stub import post, request

if TYPE_CHECKING:
    from collections.abc import Iterator

type Json = Any

ACCOUNT, TOKEN, NUMBER = f"AC{'1' * 32}", "twilio-token", "+14155550177"
IMPORT = {
    "provider": "twilio",
    "number": NUMBER,
    "twilioAccountSid": ACCOUNT,
    "twilioAuthToken": TOKEN,
}
HMAC = {"type": "hmac", "algorithm": "sha256", "secretKey": "never shown"}
CREDENTIAL = {"provider": "custom-credential", "name": "webhooks", "authenticationPlan": HMAC}
NOWHERE = "01a00000-0000-7000-8000-000000000000"


OUTPUT = {"name": "n", "schema": {"type": "string"}}
LISTED = {"type": "object", "properties": {"a": {"type": "integer", "enum": [1, 2]}}}


class OneNumber:
    """Carrier: Twilio with one number, and whom it asks."""

    def __init__(self) -> None:
        self.asks: list[Json] = []

    def has(self, number: str, account_sid: str, auth_token: str) -> bool:
        return (number, account_sid, auth_token) == (NUMBER, ACCOUNT, TOKEN)

    def take_over(self, number: str, **asks: str | None) -> None:
        self.asks.append((number, asks["voice_url"], asks["messages_url"]))


@pytest.fixture(scope="module")
def running() -> Iterator[VapiSimulator]:
    with VapiSimulator(server_url="http://127.0.0.1:9/") as made:
        yield made


@pytest.fixture
def vapi(running: VapiSimulator) -> VapiSimulator:
    for kept in running.account.saved.values():
        kept.clear()
    running.account.carrier = None
    return running


def keep(vapi: VapiSimulator, resource: str, body: Json) -> Json:
    status, made = post(f"{vapi.url}/{resource}", body, **KEY)
    assert status == 201, made
    return made


def refused(vapi: VapiSimulator, method: str, path: str, body: Json) -> str:
    status, said = request(method, f"{vapi.url}/{path}", body, **KEY)
    assert status == 400, said
    return str(said["message"])


def test_a_key_is_taken_and_never_shown(vapi: VapiSimulator) -> None:
    made = keep(vapi, "credential", CREDENTIAL)
    url = f"{vapi.url}/credential/{made['id']}"
    turned = {**HMAC, "secretKey": "the next one"}
    shown = [
        made,
        request("GET", url, **KEY)[1],
        *request("GET", f"{vapi.url}/credential", **KEY)[1],
        request("PATCH", url, {"authenticationPlan": turned}, **KEY)[1],
    ]

    assert {str(one["authenticationPlan"]) for one in shown} == {
        str({"type": "hmac", "algorithm": "sha256"})
    }
    kept = vapi.account.saved["credential"][made["id"]]
    assert kept["authenticationPlan"]["secretKey"] == "the next one"


@pytest.mark.parametrize(
    ("resource", "body", "words"),
    [
        ("squad", {"members": [{"assistantId": NOWHERE}]}, "`assistantId` 01a0"),
        ("assistant", assistant("a", server={"credentialId": NOWHERE}), "Couldn't Get Credential."),
        (
            "phone-number",
            {**IMPORT, "server": {"credentialId": NOWHERE}},
            "Couldn't Get Credential",
        ),
        ("phone-number", {**IMPORT, "squadId": "a", "assistantId": "b"}, "at most one of"),
        ("phone-number", {**IMPORT, "sipURI": "sip:a@b"}, "property sipURI should not exist"),
        ("phone-number", {**IMPORT, "metadata": {}}, "property metadata should not exist"),
        ("phone-number", {**IMPORT, "name": "n" * 41}, "shorter than or equal to 40"),
        ("phone-number", {**IMPORT, "provider": "vapi"}, "property number should not exist"),
        ("phone-number", {"provider": "vapi", "smsEnabled": False}, "smsEnabled should not exist"),
        ("phone-number", {**IMPORT, "authentication": {}}, "authentication should not exist"),
        ("phone-number", {"provider": "twilio"}, "number should not be empty"),
        ("credential", {**CREDENTIAL, "authenticationPlan": {"type": "hmac"}}, "not complete"),
        (
            "credential",
            {**CREDENTIAL, "authenticationPlan": {**HMAC, "key": "a"}},
            "key should not",
        ),
        ("credential", {**CREDENTIAL, "name": ""}, "longer than or equal to 1"),
        ("assistant", assistant("a", endCallPhrases=["x"]), "longer than or equal to 2"),
        ("assistant", assistant("a", clientMessages=["tool"]), "one of the following values"),
        (
            "assistant",
            assistant("a", artifactPlan={"structuredOutputs": [{"name": "n"}]}),
            "schema should not be empty",
        ),
        (
            "assistant",
            assistant("a", artifactPlan={"structuredOutputs": [{**OUTPUT, "prompt": "Say."}]}),
            "property prompt should not exist",
        ),
        (
            "assistant",
            assistant("a", artifactPlan={"structuredOutputs": [{**OUTPUT, "schema": LISTED}]}),
            "schema.properties.a.enum.0 must be a string",
        ),
        ("credential", {**CREDENTIAL, "name": "n" * 41}, "shorter than or equal to 40"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    vapi: VapiSimulator, resource: str, body: Json, words: str
) -> None:
    assert words in refused(vapi, "POST", resource, body)
    assert vapi.account.saved[resource] == {}


def test_a_change_that_cannot_be_is_refused_and_changes_nothing(vapi: VapiSimulator) -> None:
    credential = keep(vapi, "credential", CREDENTIAL)
    path = f"credential/{credential['id']}"
    part = {"authenticationPlan": {"type": "hmac", "algorithm": "sha512"}}
    assert "not complete" in refused(vapi, "PATCH", path, part)
    assert "must not be changed" in refused(vapi, "PATCH", path, {"provider": "openai"})
    keep(vapi, "phone-number", IMPORT)
    assert "already exists" in refused(vapi, "POST", "phone-number", IMPORT)
    sip = keep(vapi, "phone-number", {"provider": "vapi", "sipUri": "sip:a@sip.vapi.ai"})
    taken = {"provider": "vapi", "sipUri": "sip:a@sip.vapi.ai"}
    assert "already exists" in refused(vapi, "POST", "phone-number", taken)
    status, _ = request("PATCH", f"{vapi.url}/phone-number/{NOWHERE}", {"name": "x"}, **KEY)
    assert (status, sip["sipUri"]) == (404, "sip:a@sip.vapi.ai")


def test_who_answers_a_number_is_taken_away_with_null(vapi: VapiSimulator) -> None:
    number = keep(vapi, "phone-number", {**IMPORT, "assistantId": "a-1"})
    url = f"{vapi.url}/phone-number/{number['id']}"
    patched = request("PATCH", url, {"assistantId": None, "squadId": None}, **KEY)[1]
    assert "assistantId" not in patched
    assert patched["number"] == NUMBER


def test_an_import_and_every_change_lead_the_number_to_vapi(vapi: VapiSimulator) -> None:
    carrier = vapi.account.carrier = OneNumber()
    voice = f"{vapi.url}/twilio/inbound_call"
    assert "Not Found on Twilio" in refused(
        vapi, "POST", "phone-number", {**IMPORT, "twilioAuthToken": "another"}
    )
    assert carrier.asks == []

    made = keep(vapi, "phone-number", {**IMPORT, "smsEnabled": False})
    assert carrier.asks.pop() == (NUMBER, voice, None)
    url = f"{vapi.url}/phone-number/{made['id']}"
    for change, messages in (
        ({"name": "x", "smsEnabled": False}, None),
        ({"name": "y"}, "/twilio/sms"),  # where nothing is said of them, as with an import
        ({"smsEnabled": True}, "/twilio/sms"),
    ):
        assert request("PATCH", url, change, **KEY)[0] == 200
        _, asked, said = carrier.asks.pop()
        assert (asked, said) == (voice, messages and f"{vapi.url}{messages}")
    keep(vapi, "phone-number", {"provider": "vapi", "sipUri": "sip:b@sip.vapi.ai"})
    assert carrier.asks == []


def test_lists_are_the_newest_first_and_no_longer_than_asked_for(vapi: VapiSimulator) -> None:
    for day in range(1, 5):
        made = vapi.account.keep("assistant", {"name": f"a{day}"})
        made["createdAt"] = f"2026-11-0{day}T00:00:00.000Z"

    def names(query: str) -> list[str]:
        return [one["name"] for one in request("GET", f"{vapi.url}/assistant{query}", **KEY)[1]]

    assert names("") == ["a4", "a3", "a2", "a1"]
    assert names("?limit=2.0") == ["a4", "a3"]  # as Vapi's own client writes it
    assert names("?limit=2&createdAtLe=2026-11-03T00:00:00Z") == ["a3", "a2"]
    assert names("?createdAtLt=2026-11-03T00:00:00Z&createdAtGt=2026-11-01T00:00:00Z") == ["a2"]


def test_a_number_that_nobody_imported_is_no_number_of_vapis(vapi: VapiSimulator) -> None:
    status, _ = request("POST", f"{vapi.url}/twilio/inbound_call", None)
    assert status == 404

"""Vapi's own client reads every body that provisioning sends, and what it left at the simulator."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.contract.vapi.test_official_client import MISTYPED, PROGRAM, PYTHON, OfficialClient
from tests.functional.provisioning.provisioning_scene import (
    OURS,
    OWNER,
    SIP,
    VAPI_KEY,
    Line,
    ProvisioningScene,
)
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.client

type Json = Any

MODELS = {
    "/assistant": "CreateAssistantDto",
    "/squad": "CreateSquadDto",
    "/credential": "CreateCustomCredentialDto",
}
NUMBERS = {"twilio": "CreateTwilioPhoneNumberDto", "vapi": "CreateVapiPhoneNumberDto"}
UPDATES = {"twilio": "UpdateTwilioPhoneNumberDto", "vapi": "UpdateVapiPhoneNumberDto"}
SAVED = {"SAVED_ASSISTANTS": "true"}
BY_SIP = {"TWILIO_ADMISSION": "sip", "VAPI_SIP_ADDRESS": SIP}


@pytest.fixture(scope="module")
def accounts() -> Iterator[ProvisioningScene]:
    with ProvisioningScene() as made:
        yield made


@pytest.fixture(scope="module")
def client(accounts: ProvisioningScene) -> Iterator[OfficialClient]:
    if not PYTHON.exists():
        pytest.fail("the client is missing: `make client-test` puts it there")
    command = [str(PYTHON), str(PROGRAM), accounts.vapi.url, VAPI_KEY]
    process = subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield OfficialClient(process)
    process.communicate(timeout=LIVENESS_SECONDS)


def model_of(method: str, path: str, body: Json, provider: str) -> str:
    if not path.startswith("/phone-number"):
        made = MODELS["/" + path.split("/")[1]]
        return made if method == "POST" else made.replace("Create", "Update")
    return (NUMBERS if method == "POST" else UPDATES)[body.get("provider", provider)]


@pytest.mark.parametrize(
    ("settings", "provider"), [(SAVED, "twilio"), (BY_SIP, "vapi")], ids=["bypass", "sip"]
)
def test_the_client_reads_what_is_made_and_what_is_changed(
    client: OfficialClient, accounts: ProvisioningScene, settings: dict[str, str], provider: str
) -> None:
    accounts.reset()
    accounts.settings |= settings
    line = Line()
    accounts.run(line)
    accounts.settings["PUBLIC_BASE_URL"] = "https://new.example.com"
    accounts.settings["VAPI_HMAC_ALGORITHM"] = "sha512"
    accounts.keys["webhook"] = "turned"
    accounts.run(line)

    assert {method for method, _, _ in line.bodies} == {"POST", "PATCH"}
    for method, url, body in line.bodies:
        path = urlsplit(url).path
        model = model_of(method, path, body, provider)
        # by its provider a body is told from others; the models of some have no name for it
        told = {name: said for name, said in body.items() if name != "provider"}
        found = client.faults(model, told)
        assert [one for one in found if MISTYPED not in f".{one}"] == [], (method, path)


def test_the_client_sees_what_was_provisioned(
    client: OfficialClient, accounts: ProvisioningScene
) -> None:
    accounts.reset()
    accounts.settings |= SAVED
    accounts.run()

    [number] = client.ask("phone_numbers.list")
    assert (number["number"], number["server"]["timeoutSeconds"]) == (OURS, 20)
    assert number["server"]["credentialId"] == accounts.one("credential")["id"]
    assistants = client.ask("assistants.list", limit=100)
    assert {one["metadata"]["switchboard"] for one in assistants} == {OWNER}
    [squad] = client.ask("squads.list")
    ids = {one["id"] for one in assistants}
    assert {member["assistantId"] for member in squad["members"]} <= ids
    assert len(client.ask("assistants.list", limit=2)) == 2

"""CloudFormation's custom resource: always answered, in time, with the same id and no key."""

from __future__ import annotations

import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import pytest

from contact_center.kernel.failures import BrokenError
from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from contact_center.provisioning.adapters.stack_resource import (
    TOLD,
    ResourceAnswer,
    answer,
    read_request,
)
from local.settings import SIMULATED_HUBSPOT_TOKEN
from local.twilio.simulator import AUTH_TOKEN
from tests.functional.provisioning.provisioning_scene import (
    CANARIES,
    KEYS,
    OURS,
    VAPI_KEY,
    WEBHOOK_KEY,
    ProvisioningScene,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.emulator import Account

type Json = Any

STACK = "arn:aws:cloudformation:us-east-1:111111111111:stack/switchboard-dev/4b1b-a"
OWNER = "dev-e1ee2c"


class WaitingStack:
    """Where CloudFormation waits: a signed address of S3's, which takes no type of content."""

    def __init__(self) -> None:
        self.answers: list[Json] = []
        self.tried = 0
        self.statuses: list[int] = []
        waiting = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                waiting.tried += 1
                status = waiting.statuses.pop(0) if waiting.statuses else 200
                if self.headers.get("Content-Type") or len(raw) > 4096:
                    status = 403
                if status == 200:
                    waiting.answers.append(json.loads(raw))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/answer?signature=x"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Clockwork:
    """A context in which time goes by with each look at it."""

    def __init__(self, left_ms: int = 300_000, look_costs_ms: int = 0) -> None:
        self.left_ms = left_ms
        self._costs_ms = look_costs_ms

    def get_remaining_time_in_millis(self) -> int:
        self.left_ms -= self._costs_ms
        return self.left_ms


@pytest.fixture
def stack() -> Iterator[WaitingStack]:
    with WaitingStack() as made:
        yield made


@pytest.fixture
def app(scene: ProvisioningScene, account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function as deployed: its settings, and its keys in Secrets Manager."""
    monkeypatch.setattr("contact_center.provisioning.adapters.stack_resource.TRY_AGAIN_MS", 1)
    account.secret("vapi-api-key", json.dumps({"key": VAPI_KEY}))
    account.secret("vapi-secret", json.dumps({"current": WEBHOOK_KEY}))
    account.secret("twilio", json.dumps({"current": AUTH_TOKEN}))
    account.secret("hubspot", json.dumps({"current": SIMULATED_HUBSPOT_TOKEN}))
    told = {
        **scene.environment(),
        **account.environment,
        "PROVISION_NAME": "",
        "STACK_ID": STACK,
        "VAPI_API_KEY_NAME": "vapi-api-key",
        "VAPI_SECRET_NAME": "vapi-secret",
        "TWILIO_SECRET_NAME": "twilio",
        "HUBSPOT_SECRET_NAME": "hubspot",
        "EFFECT_RECEIVERS": "built_in,hubspot",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return importlib.import_module("provisioner.app")


def asked(stack: WaitingStack, kind: str, **more: Json) -> Json:
    event = {
        "RequestType": kind,
        "ResponseURL": stack.url,
        "StackId": STACK,
        "RequestId": "request-1",
        "ResourceType": "Custom::Provisioned",
        "LogicalResourceId": "Provisioned",
        "ResourceProperties": {"ServiceToken": "arn:aws:lambda:…", "Version": "7"},
    }
    return event | more


def answered(app: ModuleType, stack: WaitingStack, kind: str, **more: Json) -> Json:
    app.lambda_handler(asked(stack, kind, **more), Clockwork(look_costs_ms=1_000))
    assert len(stack.answers) == 1
    return stack.answers.pop()


def test_a_stack_that_comes_makes_everything_and_its_id_never_changes(
    app: ModuleType, stack: WaitingStack, scene: ProvisioningScene
) -> None:
    made = answered(app, stack, "Create")

    assert made["Status"] == "SUCCESS"
    assert made["Data"] == {
        "CredentialId": scene.one("credential")["id"],
        "PhoneNumberId": scene.one("phone-number")["id"],
        "SipNumberId": "",
        "SquadId": "",
        "SalesAssistantId": "",
        "NotTaken": "",
    }
    assert scene.one("credential")["name"].startswith(f"switchboard/{OWNER} ")
    assert (made["StackId"], made["RequestId"]) == (STACK, "request-1")
    assert made["LogicalResourceId"] == "Provisioned"
    assert made["PhysicalResourceId"] == "switchboard-dev-Provisioned"

    again = answered(app, stack, "Update", PhysicalResourceId="as it was called then")
    assert (again["Status"], again["Data"]) == ("SUCCESS", made["Data"])
    assert again["PhysicalResourceId"] == "as it was called then"


def test_a_stack_that_goes_takes_nothing_away(
    app: ModuleType, stack: WaitingStack, scene: ProvisioningScene
) -> None:
    answered(app, stack, "Create")
    kept = scene.world()
    scene.vapi.rest.api_key = "nobody needs a key to delete nothing"

    gone = answered(app, stack, "Delete", PhysicalResourceId="switchboard-dev-Provisioned")

    assert gone["Status"] == "SUCCESS"
    assert gone["PhysicalResourceId"] == "switchboard-dev-Provisioned"
    assert "nothing was removed" in gone["Reason"]
    assert scene.world() == kept


def test_what_cannot_be_done_fails_the_deploy_with_its_reason(
    app: ModuleType,
    stack: WaitingStack,
    scene: ProvisioningScene,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failed(words: str) -> None:
        said = answered(app, stack, "Update", PhysicalResourceId="the same")
        assert (said["Status"], said["PhysicalResourceId"]) == ("FAILED", "the same")
        assert words in said["Reason"]

    scene.vapi.rest.api_key = "another"
    failed("Vapi refused our key")
    scene.reset()
    scene.vapi.account.keep("assistant", {"name": "x", "metadata": {"switchboard": "prod"}})
    failed(f"another stack's (assistant {scene.one('assistant')['id']} of prod)")
    scene.reset()
    account.client("secretsmanager").put_secret_value(SecretId="vapi-secret", SecretString="{}")
    failed("VAPI_SECRET_NAME names no secret with a usable current")
    monkeypatch.setenv("PUBLIC_BASE_URL", "calls.example.com")
    failed("PUBLIC_BASE_URL must be an http or https URL")


def goes_back(by: int = -1, function: str = "Provisioner-A1") -> Json:
    """What CloudFormation says of the resource's versions when it updates it."""
    arn = "arn:aws:lambda:us-east-1:111111111111:function:switchboard-dev-"
    return {
        "PhysicalResourceId": "the same",
        "OldResourceProperties": {"Version": f"{arn}Provisioner-A1:8"},
        "ResourceProperties": {"Version": f"{arn}{function}:{8 + by}"},
    }


def test_a_deploy_that_failed_gets_back_though_what_failed_it_is_not_mended(
    app: ModuleType,
    stack: WaitingStack,
    scene: ProvisioningScene,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Or the stack is UPDATE_ROLLBACK_FAILED, and takes no deploy until somebody helps it."""
    scene.vapi.rest.api_key = "another"
    for onwards in (goes_back(by=1), goes_back(by=0), goes_back(function="Provisioner-B2")):
        assert answered(app, stack, "Update", **onwards)["Status"] == "FAILED"

    back = answered(app, stack, "Update", **goes_back())

    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", "the same")
    assert "Vapi refused our key" in back["Reason"]
    assert back["Data"] == dict.fromkeys(TOLD, "")
    assert '"message":"not provisioned"' in capsys.readouterr().out


def test_a_deploy_that_goes_back_provisions_again_where_it_can(
    app: ModuleType, stack: WaitingStack, scene: ProvisioningScene
) -> None:
    made = answered(app, stack, "Create")
    number = scene.one("phone-number")["id"]
    scene.vapi.account.change("phone-number", number, {"server": {"url": "https://new.example"}})

    back = answered(app, stack, "Update", **goes_back())

    assert (back["Status"], back["Data"]) == ("SUCCESS", made["Data"])
    assert set(made["Data"]) == set(TOLD)
    assert scene.one("phone-number")["server"]["url"].endswith("/vapi/webhook")


@pytest.mark.parametrize("reason", ["é" * 2_000, "\N{TELEPHONE RECEIVER}" * 2_000, "x" * 9_000])
def test_an_answer_is_never_larger_than_cloudformation_takes_it(
    stack: WaitingStack, reason: str
) -> None:
    """A letter that is not of ASCII takes six bytes of JSON, or twelve."""
    request = read_request(asked(stack, "Create"))
    data = dict.fromkeys(TOLD, "") | {"NotTaken": ", ".join(["assistant sales"] * 600)}

    said = ResourceAnswer(done=True, reason=reason, data=data)
    assert answer(request, said, lambda: False, SystemClock(), SystemSleeper())

    [told] = stack.answers
    assert set(told["Data"]) == set(TOLD)
    assert told["Reason"][:20] == reason[:20]
    assert told["Data"]["NotTaken"].startswith("assistant sales, assistant")


def test_a_mistake_of_ours_is_answered_without_its_words(
    app: ModuleType, stack: WaitingStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"{WEBHOOK_KEY} {OURS}")

    monkeypatch.setattr("contact_center.wiring.provisioner.provisioning", broken)
    said = answered(app, stack, "Create")

    assert said["Status"] == "FAILED"
    assert said["Reason"].startswith("broken off: ValueError at test_stack_resource.py:")


def test_time_that_runs_out_is_answered_while_there_is_some(
    app: ModuleType, stack: WaitingStack, scene: ProvisioningScene
) -> None:
    event = asked(stack, "Create")
    app.lambda_handler(event, Clockwork(left_ms=140_000, look_costs_ms=5_000))

    [said] = stack.answers
    assert said["Status"] == "FAILED"
    assert "it goes on from here" in said["Reason"]

    stack.answers.clear()
    assert answered(app, stack, "Create")["Status"] == "SUCCESS"
    assert len(scene.kept("credential")) == 1


def test_an_answer_that_is_not_taken_is_given_again_and_at_last_told(
    app: ModuleType,
    stack: WaitingStack,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stack.statuses = [503, 500]
    answered(app, stack, "Delete")
    assert stack.tried == 3

    stack.statuses = [503] * 50
    with pytest.raises(BrokenError):
        app.lambda_handler(asked(stack, "Delete"), Clockwork(30_000, look_costs_ms=5_000))
    assert 3 < stack.tried < 12
    assert "CloudFormation did not take the answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"RequestType": "Drop"},
        {"ResponseURL": "http://elsewhere.example.com/"},
        {"ResponseURL": ""},
        {"StackId": ""},
    ],
)
def test_what_is_not_from_cloudformation_does_nothing(
    app: ModuleType, stack: WaitingStack, scene: ProvisioningScene, change: dict[str, str]
) -> None:
    with pytest.raises(BrokenError):
        app.lambda_handler(asked(stack, "Create") | change, Clockwork())
    assert stack.tried == 0
    assert scene.kept("credential") == []


def test_no_key_and_no_number_is_in_a_log_or_an_answer(
    app: ModuleType,
    stack: WaitingStack,
    scene: ProvisioningScene,
    capfd: pytest.CaptureFixture[str],
) -> None:
    told = [answered(app, stack, "Create")]
    scene.twilio.account.auth_token = "turned"
    told.append(answered(app, stack, "Update"))
    problem = [f"property {WEBHOOK_KEY} {OURS} should not exist"]
    scene.reset()
    scene.vapi.account.check = lambda *_: problem
    told.append(answered(app, stack, "Update"))

    out, err = capfd.readouterr()
    everything = json.dumps(told) + out + err
    assert '"object":"credential webhooks"' in out
    assert [one for one in (*CANARIES, OURS) if one in everything] == []
    assert set(KEYS.values()) == set(CANARIES)

"""A Vapi, a Twilio and a HubSpot account that are simulated, and provisioning before them."""

from __future__ import annotations

import io
import json
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Self

from contact_center.kernel.environment import Environment
from contact_center.provisioning.domain.plan_text import plan_lines
from contact_center.provisioning.services.provision import carry_out, plan
from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import Unknown
from contact_center.wiring.provisioner import provisioning
from local.crm.simulator import HubSpotSimulator
from local.settings import SIMULATED_HUBSPOT_TOKEN
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN, TwilioSimulator
from local.twilio.telephones.account import Number
from local.twilio.to_vapi import AtTwilio, ToVapi
from local.vapi.simulator import VapiSimulator
from tests.liveness import LIVENESS_SECONDS
from tools import provision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from requests import Request

    from contact_center.provisioning.services.provision import Provisioned
    from contact_center.web.outcomes import Outcome
    from contact_center.wiring.provisioner import Provisioning

type Json = Any

OURS = "+14155550100"
BASE = "https://calls.example.com"
OWNER = "dev"
WEBHOOK_KEY = "canary-webhook-key-2f6b"
VAPI_KEY = "canary-vapi-key-71aa"
KEYS = {
    "vapi": VAPI_KEY,
    "webhook": WEBHOOK_KEY,
    "twilio": AUTH_TOKEN,
    "hubspot": SIMULATED_HUBSPOT_TOKEN,
}
CANARIES = tuple(KEYS.values())
SIP = "sip:callers-4f1c@sip.vapi.ai"
SAVED = {"SAVED_ASSISTANTS": "true"}
BY_SIP = {"TWILIO_ADMISSION": "sip", "VAPI_SIP_ADDRESS": SIP}
BY_VAPI = {"TWILIO_ADMISSION": "vapi"}
CREDENTIAL, NUMBER, TELEPHONE = "credential webhooks", "number main", "telephone our number"
ASSISTANTS = ["router", "sales", "support", "billing", "retention", "sales calling"]

SAVED_OBJECTS = [*(f"assistant {name}" for name in ASSISTANTS), "squad contact-center"]
RESOURCES = ("credential", "assistant", "squad", "phone-number", "tool")
OTHERS_VOICE = "https://demo.example.com/voice"
OTHERS_SMS = "https://demo.example.com/sms"
# What a provider makes up anew.
MADE_UP = frozenset({"id", "orgId", "createdAt", "updatedAt", "latestVersion"})


class KilledError(BaseException):
    """The process is gone: nothing catches this."""


class Line(HttpClient):
    """Requests on their way; at one of them something happens to it, or to us.

    `at` counts from 1. `killed_before`: it never left; `killed_after`: it was obeyed and we were
    gone; `lost`: it was obeyed and its answer never came.
    """

    def __init__(self) -> None:
        super().__init__(LIVENESS_SECONDS)
        self.sent: list[tuple[str, str]] = []
        self.bodies: list[tuple[str, str, Json]] = []  # of JSON
        self.at: int | None = None
        self.what = ""
        self.before: Callable[[str, str], None] = lambda _method, _url: None

    def send(self, asked: Request) -> Outcome:
        self.sent.append((str(asked.method), str(asked.url)))
        if isinstance(asked.data, bytes):
            self.bodies.append((*self.sent[-1], json.loads(asked.data)))
        self.before(*self.sent[-1])
        here = self.at == len(self.sent)
        if here and self.what == "killed_before":
            raise KilledError
        outcome = super().send(asked)
        if here and self.what == "killed_after":
            raise KilledError
        return Unknown("broken_off") if here and self.what == "lost" else outcome

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.sent if one[0] != "GET"]


class GivenKeys:
    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys

    def key(self, of: str) -> str:
        return self._keys[of]


@dataclass
class ProvisioningScene:
    """Accounts as an owner has them before the first run, and what he set."""

    settings: dict[str, str] = field(default_factory=dict)
    check: Callable[[str, object], list[str]] | None = None
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._settings = dict(self.settings)
        self.vapi = VapiSimulator(
            server_url="http://127.0.0.1:9/", api_key=VAPI_KEY, check=self.check, speed=50
        )
        self.number = Number(
            number=OURS, friendly_name="Front desk", voice_url=OTHERS_VOICE, sms_url=OTHERS_SMS
        )
        self.twilio = TwilioSimulator(numbers=[self.number], speed=None, outside=ToVapi(self.vapi))
        self.vapi.account.carrier = AtTwilio(self.twilio)
        seconds = count()  # a second each time it looks: nobody asks it too often
        self.hubspot = HubSpotSimulator(now_ms=lambda: next(seconds) * 1000, with_ours=False)
        self._stack = ExitStack()
        self.reset()

    def __enter__(self) -> Self:
        for simulator in (self.vapi, self.twilio, self.hubspot):
            self._stack.enter_context(simulator)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def reset(self) -> None:
        """The accounts, and what was set, as they were before the first run."""
        self.settings, self.keys = dict(self._settings), dict(KEYS)
        self.vapi.account.check = self.check
        self.vapi.rest.api_key, self.twilio.account.auth_token = VAPI_KEY, AUTH_TOKEN
        for properties in self.hubspot.portal.definitions.properties.values():
            for name in [name for name in properties if name.startswith("switchboard_")]:
                del properties[name]
        for resource in RESOURCES:
            self.vapi.account.saved[resource].clear()
        self.vapi.account.credentials.clear()
        self.twilio.account.numbers[OURS] = self.number

    def environment(self) -> dict[str, str]:
        return {
            "PROVISION_NAME": OWNER,
            "PUBLIC_BASE_URL": BASE,
            "VAPI_BASE_URL": self.vapi.url,
            "TWILIO_BASE_URL": self.twilio.url,
            "HUBSPOT_BASE_URL": self.hubspot.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_PHONE_NUMBER": OURS,
            "TWILIO_SECRET_NAME": "twilio",
            **self.settings,
        }

    def made(self, line: HttpClient | None = None, **more: Any) -> Provisioning:
        environment = Environment(self.environment())
        return provisioning(environment, GivenKeys(self.keys), http=line or Line(), **more)

    def run(self, line: HttpClient | None = None) -> Provisioned:
        """Look, and do what is to be done."""
        parts = self.made(line).parts
        return carry_out(plan(parts), parts)

    def changes(self) -> list[str]:
        """What another run would do."""
        return [
            f"{step.action} {step.wanted.kind} {step.wanted.key}"
            for step in plan(self.made().parts).changes
        ]

    def kept(self, resource: str) -> list[Json]:
        return list(self.vapi.account.saved[resource].values())

    def one(self, resource: str) -> Json:
        [found] = self.kept(resource)
        return found

    def ringing(self) -> Number:
        """Our number at Twilio."""
        return self.twilio.account.numbers[OURS]

    def world(self) -> Json:
        """Everything at Vapi and Twilio but for what providers make up, ids told apart by use."""
        names = {
            one["id"]: f"{resource} {one.get('name')} {one.get('metadata', {})}"
            for resource in RESOURCES
            for one in self.kept(resource)
        }
        kept = {
            resource: sorted((_named(one, names) for one in self.kept(resource)), key=str)
            for resource in RESOURCES
        }
        return {**kept, "twilio": self.ringing()}

    def command(self, *arguments: str, env_file: Path) -> tuple[int, str]:
        """What `make provision` ends with, and all it said."""
        said = io.StringIO()
        given = {
            "VAPI_API_KEY": self.keys["vapi"],
            "VAPI_SECRET": self.keys["webhook"],
            "TWILIO_AUTH_TOKEN": self.keys["twilio"],
            "HUBSPOT_TOKEN": self.keys["hubspot"],
            **self.environment(),
        }
        with redirect_stdout(said), redirect_stderr(said):
            status = provision.main(["--env-file", str(env_file), *arguments], given)
        return status, said.getvalue()


def _named(value: Json, names: Mapping[str, str]) -> Json:
    if isinstance(value, dict):
        return {name: _named(inner, names) for name, inner in value.items() if name not in MADE_UP}
    if isinstance(value, list):
        return [_named(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def done(scene: ProvisioningScene, line: Line | None = None) -> list[str]:
    """What a run did."""
    return [f"{one.wanted.kind} {one.wanted.key}" for one in scene.run(line).done]


def lines(scene: ProvisioningScene) -> str:
    return "\n".join(plan_lines(plan(scene.made().parts)))

"""A system that is provisioned and has taken calls, and whoever looks at it."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from contact_center.provisioning.services.provision import carry_out, plan
from contact_center.wiring.provisioner import StoredKeys, provisioning
from local.cloud.run_record import write_record
from local.cloud.system import LocalSystem
from local.settings import read_settings
from local.twilio.simulator import TwilioSimulator
from local.up import start_crm, start_twilio
from local.vapi.scripts.callees_format import CALLEES, load_callees
from local.vapi.scripts.callers_format import Caller, Expects
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings
from tests.functional.local.local_http import call
from tests.liveness import LIVENESS_SECONDS
from tools.doctor.checks import Doctor
from tools.doctor.examination import examined
from tools.function_logs import LogFiles
from tools.places import Place, Resource, running_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from contact_center.kernel.ports import Clock
    from local.cloud.crm_server import CrmServer
    from local.settings import LocalSettings
    from tools.doctor.lines import Finding, Line

type Json = Any

OURS = "+14155550100"
NOON_IN_NEW_YORK = "2026-07-08T12:00:00-04:00"
SPEED = 20
CALLEE = "+12125550123"
SETTINGS = {
    "PORT": "0",
    "TWILIO_PHONE_NUMBER": OURS,
    "SAVED_ASSISTANTS": "true",
    "LOCAL_NOW": NOON_IN_NEW_YORK,
    "CALL_LINES": "10",
}
ALARM, TOPIC = "AWS::CloudWatch::Alarm", "ALARM_TOPIC_ARN"


class Scene:
    """The system, its accounts, and a place that says where it is."""

    def __init__(self, system: LocalSystem, crm: CrmServer, folder: Path) -> None:
        self.system, self.crm, self.folder = system, crm, folder
        self.place = running_here(folder)
        assert isinstance(system.vapi, VapiSimulator)
        assert isinstance(system.twilio, TwilioSimulator)
        self.vapi, self.twilio = system.vapi, system.twilio

    def provision(self) -> None:
        environment = self.place.environment
        parts = provisioning(environment, StoredKeys(environment)).parts
        carry_out(plan(parts), parts)

    def one_caller(self) -> None:
        """Somebody rings and hangs up."""
        caller = Caller(
            name="Rings and hangs up",
            file="",
            number=CALLEE,
            expects=Expects(destination="router"),
            steps=(),
            patience_ms=500,
        )
        self.vapi.place_inbound(caller).wait(LIVENESS_SECONDS)

    def one_dial(self) -> None:
        """Somebody is rung."""
        consent = {"kind": "express_written", "at": "2026-06-01T10:00:00Z", "source": "a test"}
        wish = {"customer": {"phone": CALLEE, "id": "c1"}, "consent": consent}
        headers = {
            "Authorization": f"Bearer {self.system.settings.operator_token}",
            "Content-Type": "application/json",
        }
        answer = call(self.system.url, "POST", "/trigger/outbound", json.dumps(wish), headers)
        assert answer.status == 202, answer.body
        give_up_at = time.monotonic() + LIVENESS_SECONDS
        while "lines allowed" not in self.log("Dialer"):
            assert time.monotonic() < give_up_at, self.log("Dialer")
            time.sleep(0.05)  # nobody tells when a function has written a line

    def log(self, function: str) -> str:
        path = self.folder / "logs" / f"{function}.log"
        return path.read_text() if path.exists() else ""

    def secret(self, setting: str, **held: str) -> None:
        self.system.client("secretsmanager").put_secret_value(
            SecretId=self.place.values[setting], SecretString=json.dumps(held)
        )

    def kept(self, resource: str) -> list[Json]:
        return list(self.vapi.account.saved[resource].values())

    def number(self) -> Json:
        return next(one for one in self.kept("phone-number") if one["number"] == OURS)

    def lines(self, place: Place | None = None, clock: Clock | None = None) -> list[Line]:
        doctor = Doctor(place or self.place, clock or SystemClock(), SystemSleeper())
        return list(examined(doctor.questions(), doctor.secrets, lambda _: None))

    def line(self, check: str, place: Place | None = None, clock: Clock | None = None) -> Finding:
        """What one question comes to."""
        doctor = Doctor(place or self.place, clock or SystemClock(), SystemSleeper())
        asked = [one for one in doctor.questions() if one.check == check]
        [line] = examined(asked, doctor.secrets, lambda _: None)
        return line.finding

    def told(self, **values: str) -> Place:
        """The place, with something else set."""
        return replace(self.place, values={**self.place.values, **values})

    def with_logs_of_now(self, folder: Path) -> Place:
        """The place, with its logs as they are at this moment."""
        shutil.copytree(self.folder / "logs", folder)
        return replace(self.place, logs=LogFiles(folder))

    def with_alarms(self, alarms: Mapping[str, str], **values: str) -> Place:
        """The place with what only AWS has: alarms by logical name, and a topic."""
        named = {name: Resource(ALARM, physical) for name, physical in alarms.items()}
        told = self.told(**values)
        return replace(told, resources={**told.resources, **named})


@contextmanager
def started(folder: Path) -> Iterator[Scene]:
    """A system as `make up` runs it, its calls faster than life; provisioned, and used."""
    crm = start_crm()
    settings = read_settings(None, SETTINGS)
    system = LocalSystem(
        settings,
        start_vapi=_start_vapi,
        start_twilio=start_twilio,
        start_crm=lambda: crm,
        folder=folder,
        processes_per_function=1,
    )
    with system:
        write_record(folder, system.record)
        scene = Scene(system, crm, folder)
        scene.provision()
        scene.one_caller()
        scene.one_dial()
        yield scene


def _start_vapi(url: str, settings: LocalSettings) -> VapiSimulator:
    return VapiSimulator(
        server_url=f"{url}/vapi/webhook",
        credential=credential_from_settings(settings.values, settings.vapi_secret),
        speed=SPEED,
        callees=load_callees(CALLEES),
    ).start()

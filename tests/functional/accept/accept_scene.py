"""Two assistants that talk to each other, with a script in place of the one that calls.

The simulator plays no model, so whoever is ordered to ring our number is played by the script that
his prompt was made of: it comes in at our number as a call of its own, as the public network would
bring it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloud.emulator import ROOT
from local.cloud.run_record import write_record
from local.cloud.system import LocalSystem
from local.crm.both import CrmSimulators
from local.demo.callers_demo import PERSON_NUMBER
from local.demo.demo import DEPARTMENTS, read_departments
from local.demo.patience import LEAST_TIMEOUT_SECONDS, Patience, patient_template
from local.settings import read_settings
from local.vapi.calls.account import CALLED_NUMBER
from local.vapi.scripts.callers_format import Caller, Expects
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings
from tools.accept.callers import scripts_in
from tools.places import running_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.settings import LocalSettings
    from local.vapi.calls.stillness import Stillness
    from tools.accept.callers import Script
    from tools.places import Place

type Json = Any

RINGS = "+14155550199"  # the other number
CALLERS = Path(__file__).parents[3] / "local" / "acceptance"


class AcceptScene:
    """The account, and what was ordered there."""

    def __init__(self, system: LocalSystem, folder: Path) -> None:
        assert isinstance(system.vapi, VapiSimulator)
        self.system, self.vapi, self.folder = system, system.vapi, folder
        self.scripts = scripts_in(CALLERS)
        kept = self.vapi.account.keep("phone-number", {"provider": "twilio", "number": RINGS})
        self.from_id = str(kept["id"])
        self.vapi.on_ring = self._rings
        self.vapi.people[CALLED_NUMBER] = Caller(  # the other end of the leg that rings
            name="Our own number",
            file="",
            number=CALLED_NUMBER,
            expects=Expects(destination="nowhere"),
            steps=(),
            patience_ms=500,
        )
        self.ordered: list[Json] = []
        self.under_way: list[int] = []
        self.deaf = False

    def reset(self) -> None:
        self.ordered.clear()
        self.under_way.clear()
        self.deaf = False

    @property
    def place(self) -> Place:
        return running_here(self.folder)

    @property
    def token(self) -> str:
        return self.system.settings.operator_token

    def named(self, *names: str) -> list[Script]:
        return [one for one in self.scripts if one.caller.name in names]

    def _rings(self, body: Json) -> None:
        self.under_way.append(self._others_under_way(str(body["name"])))
        self.ordered.append(body)
        if self.deaf or body["customer"]["number"] != CALLED_NUMBER:
            return
        prompt = body["assistant"]["model"]["messages"][0]["content"]
        script = next(one for one in self.scripts if one.lines[0] in prompt)
        self.vapi.place_inbound(replace(script.caller, number=RINGS))

    def _others_under_way(self, name: str) -> int:
        """Calls of the same run that go on while this one is ordered."""
        run = name.partition(" ")[0]
        named = [
            (str(one.record.asked.get("name")), one.status) for one in self.vapi.calls.values()
        ]
        return sum(
            other.startswith(run) and other != name and status != "ended" for other, status in named
        )


@contextmanager
def started(folder: Path) -> Iterator[AcceptScene]:
    crm = CrmSimulators()
    settings = read_settings(
        None,
        {
            "PORT": "0",
            "PERSON_NUMBER": PERSON_NUMBER,
            "TEST_CALL_NUMBERS": f"{CALLED_NUMBER}, {PERSON_NUMBER}",
        },
    )
    patience = Patience()  # no call waits for a clock: however busy this machine is
    system = LocalSystem(
        settings,
        start_vapi=partial(_start_vapi, patience.stillness),
        start_crm=crm.start,
        template_path=patient_template(ROOT / "template.yaml", folder / "patient"),
        folder=folder,
        least_timeout_seconds=LEAST_TIMEOUT_SECONDS,
    )
    patience.system = system
    with system:
        write_record(folder, system.record)
        yield AcceptScene(system, folder)


def _start_vapi(stillness: Stillness, url: str, settings: LocalSettings) -> VapiSimulator:
    return VapiSimulator(
        server_url=f"{url}/vapi/webhook",
        credential=credential_from_settings(settings.values, settings.vapi_secret),
        lines=20,
        stillness=stillness,
        departments=read_departments(DEPARTMENTS),
    ).start()

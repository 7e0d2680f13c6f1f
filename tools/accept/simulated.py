"""The same calls at simulators: a system of its own for the moment, nothing of the owner's read."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from local.cloud.system import LocalSystem
from local.crm.both import CrmSimulators
from local.demo.callers_demo import CALL_LINES, demo_settings
from local.demo.demo import DEPARTMENTS, read_departments
from local.demo.patience import LEAST_TIMEOUT_SECONDS, Patience, patient_template
from local.settings import SIMULATOR_KEY
from local.up import template_path
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings
from tools.accept.callers import ScriptedCallers
from tools.accept.play import Stage, play
from tools.accept.providers import OurCalls, VapiCalls
from tools.accept.spending import MinutePrices, Purse
from tools.accept.told import concluded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.settings import LocalSettings
    from tools.accept.callers import Script


def simulated(scripts: Sequence[Script], told: Callable[[str], object], *, patient: bool) -> int:
    """Ring at a simulator, all callers at once; returns the exit status.

    Args:
        scripts: Who rings.
        told: Hears how far it is.
        patient: Whether everybody waits as long as it takes; then times are not judged.
    """
    departments = read_departments(DEPARTMENTS)
    patience = Patience() if patient else None

    def start(url: str, settings: LocalSettings) -> VapiSimulator:
        return VapiSimulator(
            server_url=f"{url}/vapi/webhook",
            credential=credential_from_settings(settings.values, settings.vapi_secret),
            lines=CALL_LINES,
            stillness=patience.stillness if patience else None,
            departments=departments,
        ).start()

    print("Starting the system: gateway, AWS emulator, handlers, simulator of Vapi …", flush=True)
    crm = CrmSimulators()
    with tempfile.TemporaryDirectory(prefix="accept-") as folder:
        source = template_path(built=False)
        system = LocalSystem(
            demo_settings(),
            start_vapi=start,
            start_crm=crm.start,
            template_path=patient_template(source, Path(folder) / "patient") if patient else source,
            folder=Path(folder),
            least_timeout_seconds=LEAST_TIMEOUT_SECONDS if patient else 0.0,
        )
        if patience:
            patience.system = system
        with system:
            if system.vapi is None:
                raise AssertionError  # it was started
            purse = Purse(MinutePrices.read(), None)
            stage = Stage(
                callers=ScriptedCallers(VapiCalls(system.vapi.url, SIMULATOR_KEY)),
                vapi=VapiCalls(system.vapi.url, SIMULATOR_KEY),
                ours=OurCalls(system.url, system.settings.operator_token),
                departments=departments,
                purse=purse,
                clock=SystemClock(),
                sleeper=SystemSleeper(),
                told=told,
                abreast=len(scripts),
            )
            played = play(scripts, stage)
    sys.stdout.flush()
    return concluded(played, (), purse, timed=not patient)

"""`make up`: the system, until somebody stops it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from local.cloud.emulator import ROOT, EmulatorError
from local.cloud.intrinsics import TemplateError
from local.cloud.run_record import RECORD_FILE, write_private, write_record
from local.cloud.system import BUILT_TEMPLATE, LocalSystem
from local.cloud.template_reader import read_template, setting_name
from local.settings import (
    LOCAL_NAMES,
    SIMULATED_CALCOM_KEY,
    SIMULATED_HUBSPOT_TOKEN,
    SIMULATED_TWILIO_TOKEN,
    LocalSettings,
    read_settings,
    renamed_notes,
)
from local.settings_in_force import (
    dialing_note,
    settings_in_force,
    settings_table,
    unread_notes,
)
from local.settings_text import SettingsError, read_env_file
from local.vapi.scripts.script_tables import CallerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from local.cloud.crm_server import CrmServer
    from local.cloud.twilio_server import TwilioServer
    from local.cloud.vapi_server import TelephoneServer, VapiServer

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
RUN_FILE = "run.env"
DEFAULT_LINES = 10  # as the template has it


def run(args: argparse.Namespace) -> int:
    """Run until a signal comes. Returns the exit status; a friendly line says what is wrong."""
    stopping = threading.Event()
    for number in STOPPING:
        # Only a note: raising here could lose a child between its birth and its registration.
        signal.signal(number, lambda *_: stopping.set())
    try:
        template = template_path(built=args.built)
        for note in name_notes(args.env_file, template, os.environ):
            print(note, file=sys.stderr)
        settings = read_settings(args.env_file, os.environ)
        system = LocalSystem(
            settings,
            start_vapi=start_vapi,
            start_twilio=start_twilio,
            start_crm=start_crm,
            start_telephone=start_telephone,
            template_path=template,
            folder=args.folder,
            verbose=args.verbose,
        )
        _serve(system, args.folder, stopping)
    except (SettingsError, TemplateError, EmulatorError, CallerError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def template_path(*, built: bool) -> Path:
    """Which template to run. Raises SettingsError when nothing was built."""
    if built and not BUILT_TEMPLATE.exists():
        raise SettingsError("nothing is built: run `make build`, or leave out --built (BUILT=1)")
    return BUILT_TEMPLATE if built else ROOT / "template.yaml"


def start_vapi(url: str, settings: LocalSettings) -> VapiServer:
    """Start the simulator of Vapi; its webhooks go to the gateway at `url`, signed as agreed."""
    from local.vapi.scripts.callees_format import CALLEES, load_callees  # noqa: PLC0415 (with a simulator only)
    from local.vapi.simulator import VapiSimulator  # noqa: PLC0415 (not needed with a real Vapi)
    from local.vapi.webhooks.credentials import credential_from_settings  # noqa: PLC0415

    return VapiSimulator(
        server_url=f"{url}/vapi/webhook",
        credential=credential_from_settings(settings.values, settings.vapi_secret),
        lines=int(settings.values.get("CALL_LINES", DEFAULT_LINES)),
        callees=load_callees(CALLEES),
    ).start()


def start_twilio(
    url: str, settings: LocalSettings, vapi: VapiServer | None, *, speed: float = 1.0
) -> TwilioServer:
    """Start the simulator of Twilio; its webhooks go to the gateway at `url`.

    `speed`: milliseconds of rings and talks in a real one.
    """
    from local.twilio.simulator import ACCOUNT_SID, TwilioSimulator  # noqa: PLC0415
    from local.twilio.telephones.account import Number  # noqa: PLC0415 (with a simulator only)
    from local.twilio.telephones.people_format import PEOPLE, load_people  # noqa: PLC0415
    from local.twilio.to_vapi import ToVapi  # noqa: PLC0415
    from local.vapi.simulator import VapiSimulator  # noqa: PLC0415

    number = Number(
        number=settings.values["TWILIO_PHONE_NUMBER"],
        voice_url=f"{url}/twilio/voice",
        fallback_url=f"{url}/twilio/fallback",
        status_callback=f"{url}/twilio/call-status",
    )
    return TwilioSimulator(
        numbers=[number],
        people=load_people(PEOPLE),
        account_sid=settings.values.get("TWILIO_ACCOUNT_SID", ACCOUNT_SID),
        speed=speed,
        outside=ToVapi(vapi) if isinstance(vapi, VapiSimulator) else None,
    ).start()


def start_telephone(
    vapi: VapiServer, url: str, settings: LocalSettings, twilio: TwilioServer | None
) -> TelephoneServer:
    """A telephone in the page, to call the simulators of Vapi and of Twilio with."""
    from local.telephone.exchange import basic  # noqa: PLC0415 (with a simulator only)
    from local.telephone.offers import Offers  # noqa: PLC0415
    from local.telephone.server import OwnNumber, Simulator, Telephone  # noqa: PLC0415

    config = ROOT / "layers/contact_center/python/contact_center/config"
    offers = Offers(ROOT / "local" / "callers", config)
    own = None
    if twilio is not None:
        line = Simulator(twilio.url, basic(twilio.account_sid, SIMULATED_TWILIO_TOKEN))
        own = OwnNumber(settings.values["TWILIO_PHONE_NUMBER"], line)
    return Telephone(vapi.url, url, settings.operator_token, offers, own)


def twilio_note(twilio: TwilioServer) -> str:
    """Where Twilio's simulator is, for a client of one's own."""
    return (
        f"A simulator plays Twilio at {twilio.url}, account {twilio.account_sid}, token "
        f"{SIMULATED_TWILIO_TOKEN}; whose telephones ring there: local/people."
    )


def start_crm() -> CrmServer:
    """Start the simulators of HubSpot and of somebody who receives webhooks."""
    from local.crm.both import CrmSimulators  # noqa: PLC0415 (not needed with a real HubSpot)

    return CrmSimulators().start()


def crm_note(crm: CrmServer) -> str:
    """Where the simulators of a CRM are, for a client of one's own."""
    from local.crm.webhook_receiver import SECRET  # noqa: PLC0415 (with a simulator only)

    return (
        f"A simulator plays HubSpot at {crm.hubspot_url}, token {SIMULATED_HUBSPOT_TOKEN}; another "
        f"takes webhooks at {crm.webhooks_url}/hooks/any-name, secret {SECRET} (docs/crm.md). With "
        f"MEETING_CALENDAR=calcom a third plays Cal.com at {crm.calcom_url}, key "
        f"{SIMULATED_CALCOM_KEY}."
    )


def console_note(url: str, run_file: Path) -> str:
    """Where the operators' page is, and what to log in with."""
    return f"The console: {url}/console; log in with OPERATOR_TOKEN of {run_file}."


def telephone_note(url: str) -> str:
    """Where whoever has just started it meets it."""
    return f"Try a call: {url}/telephone/ - you are the caller; a simulator plays the rest."


def ready_line(url: str) -> str:
    """The one line on standard output."""
    return json.dumps({"ready": True, "url": url, "console": f"{url}/console", "pid": os.getpid()})


def _serve(system: LocalSystem, folder: Path, stopping: threading.Event) -> None:
    run_file = folder / RUN_FILE
    with system:
        _write_run_file(run_file, system)
        write_record(folder, system.record)
        print(_in_force(system), file=sys.stderr)
        if note := dialing_note(system.settings):
            print(note, file=sys.stderr)
        if system.twilio is not None:
            print(twilio_note(system.twilio), file=sys.stderr)
        if system.crm is not None:
            print(crm_note(system.crm), file=sys.stderr)
        print(f"Logs: {system.log_folder}. Tokens: {run_file}. Ctrl-C stops.", file=sys.stderr)
        print(console_note(system.url, run_file), file=sys.stderr)
        if system.has_telephone:
            print(telephone_note(system.url), file=sys.stderr)
        print(ready_line(system.url), flush=True)
        stopping.wait()
    run_file.unlink(missing_ok=True)
    (folder / RECORD_FILE).unlink(missing_ok=True)


def name_notes(env_file: Path, template: Path, told: Mapping[str, str]) -> list[str]:
    """What is to be said of names before anything is started."""
    written = read_env_file(env_file)
    notes = renamed_notes(written, told)
    if written.keys() - LOCAL_NAMES:
        parameters = map(setting_name, read_template(template, {}).parameters)
        notes += unread_notes(written, [*LOCAL_NAMES, *parameters])
    return notes


def _in_force(system: LocalSystem) -> str:
    template = system.template
    defaults = {setting_name(name): value for name, value in template.defaults.items()}
    return settings_table(settings_in_force(system.settings, defaults, system.record.settings))


def _write_run_file(path: Path, system: LocalSystem) -> None:
    """Where a person finds the secrets that were made up for this run; readable by them alone."""
    settings = system.settings
    told = {
        "API": system.url,
        "VAPI_SECRET": settings.vapi_secret,
        "OPERATOR_TOKEN": settings.operator_token,
    }
    write_private(path, "".join(f"{name}={value}\n" for name, value in told.items()))

"""What the browser tests look at: the local system with callers, in a process of its own.

One line of JSON on standard output says where it is and which tokens hold; then each line on
standard input is a command, answered by one line:

    {"ring": "01-billing.toml"}   a caller of local/callers rings in; answers with the call's id
    {"dial": "+14155550111"}      a caller rings in and stays; likewise
    {"does": step, "call": id}    what that caller does next: docs/callers.md
    {"speed": 0.25}               people take so much of their time from the next call on
    {"told": "<id>"}              what the simulated Vapi was told to do with that call
    {"doubt": "<number>"}         a dial to it is in doubt; answers with the attempt's id
    {"given_up": "<number>"}      something was never told elsewhere; answers with the effect's id
    {"said": "all"}               whole words of all calls, and when each left, ms since 1970
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloud.system import LocalSystem
from local.demo.callers_demo import PERSON_NUMBER
from local.demo.demo import CALLERS, DEPARTMENTS, read_departments
from local.settings import read_settings
from local.up import start_crm, start_telephone, start_twilio
from local.vapi.scripts.callers_format import caller_at_telephone, load_caller, step_at_telephone
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings
from tests.browser.troubles import doubt, given_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.settings import LocalSettings

LINES = 40
LINE_SPEED = 3.0  # colleagues pick up, and talk, sooner
NOON = "2026-11-30T17:00:00Z"  # a Monday, in New York: callers may be called back
OPERATOR, VIEWER = "operator-of-browser-tests-0123456789", "viewer-of-browser-tests-0123456789"
ADA = "ada-of-browser-tests-0123456789abcdef"  # an operator who is in people.toml too


def start_vapi(url: str, settings: LocalSettings) -> VapiSimulator:
    """Vapi, played."""
    return VapiSimulator(
        server_url=f"{url}/vapi/webhook",
        credential=credential_from_settings(settings.values, settings.vapi_secret),
        lines=LINES,
        speed=float(sys.argv[1]) if len(sys.argv) > 1 else 1.0,
        departments=read_departments(DEPARTMENTS),
    ).start()


def main() -> None:
    """Run until standard input ends."""
    settings = {
        "PORT": "0",
        "PERSON_NUMBER": PERSON_NUMBER,
        "CALL_LINES": str(LINES),
        "OPERATOR_TOKEN": OPERATOR,
        "VIEWER_TOKEN": VIEWER,
        "OPERATORS": f"Ada=operator:{ADA}",
        "TWILIO_PHONE_NUMBER": "+14155550100",
        "LOCAL_NOW": NOON,
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalSystem(
            read_settings(None, settings),
            start_vapi=start_vapi,
            start_twilio=partial(start_twilio, speed=LINE_SPEED),
            start_crm=start_crm,
            start_telephone=start_telephone,
            folder=Path(folder),
            processes_per_function=4,
        ) as system,
    ):
        say({"ready": True, "url": system.url, "operator": OPERATOR, "viewer": VIEWER, "Ada": ADA})
        for line in sys.stdin:
            say(done(json.loads(line), system))


def done(command: dict[str, Any], system: LocalSystem) -> dict[str, Any]:
    """Do one command."""
    name = next(iter(command.keys() & DEEDS.keys()))
    return DEEDS[name](system, command)


def vapi_of(system: LocalSystem) -> VapiSimulator:
    """The simulator that it runs."""
    assert isinstance(system.vapi, VapiSimulator)
    return system.vapi


def ring(system: LocalSystem, command: dict[str, Any]) -> dict[str, Any]:
    """Somebody calls: by a script, or by hand."""
    caller = (
        load_caller(CALLERS / command["ring"])
        if "ring" in command
        else caller_at_telephone({"number": command["dial"]})
    )
    return {"id": vapi_of(system).place_inbound(caller).call_id}


def act(system: LocalSystem, command: dict[str, Any]) -> dict[str, Any]:
    """Whoever calls by hand does something."""
    step = step_at_telephone(command["does"])
    return {"heard": vapi_of(system).calls[command["call"]].tell_caller(step)}


def slow_down(system: LocalSystem, command: dict[str, Any]) -> dict[str, Any]:
    """From the next call on."""
    vapi_of(system).account.speed = command["speed"]
    return {}


def told(system: LocalSystem, command: dict[str, Any]) -> dict[str, Any]:
    """What is in the simulator's log of a call."""
    return {"told": vapi_of(system).log.entries(call=command["told"])}


def in_doubt(system: LocalSystem, command: dict[str, Any]) -> dict[str, Any]:
    """A dial of which nobody knows whether it rang."""
    return {"id": doubt(system, command["doubt"], now_ms())}


def never_told(system: LocalSystem, command: dict[str, Any]) -> dict[str, Any]:
    """An effect that was given up."""
    return {"id": given_up(system, command["given_up"], now_ms())}


def said(system: LocalSystem, _: dict[str, Any]) -> dict[str, Any]:
    """All that was said so far."""
    return {"said": whole_words(vapi_of(system))}


DEEDS: dict[str, Callable[[LocalSystem, dict[str, Any]], dict[str, Any]]] = {
    "ring": ring,
    "dial": ring,
    "does": act,
    "speed": slow_down,
    "told": told,
    "doubt": in_doubt,
    "given_up": never_told,
    "said": said,
}


def now_ms() -> int:
    """Since 1970."""
    return round(time.time() * 1000)


def whole_words(vapi: VapiSimulator) -> list[dict[str, Any]]:
    """What was said to its end, as our webhook was told of it."""
    opened_ms = (time.time() - time.monotonic() + vapi.log.opened) * 1000
    return [
        {"call": one["call"], "text": one["transcript"], "atMs": opened_ms + one["at_ms"]}
        for one in vapi.log.entries("message-leaves")
        if one.get("transcriptType") == "final"
    ]


def say(told: dict[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()

"""What the browser tests look at: the local system with callers, in a process of its own.

One line of JSON on standard output says where it is and which tokens hold; then each line on
standard input is a command, answered by one line:

    {"ring": "01-billing.toml"}   a caller of local/callers rings in; answers with the call's id
    {"dial": "+14155550111"}      a caller rings in and stays; likewise
    {"say": "words", "call": id}  what that caller says next
    {"hang_up": id}               so does that caller
    {"speed": "0.25"}             people take so much of their time from the next call on
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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloud.system import LocalSystem
from local.demo.demo import CALLERS, DEPARTMENTS, PERSON_NUMBER, read_departments
from local.settings import read_settings
from local.up import start_crm, start_telephone, start_twilio
from local.vapi.scripts.callers_format import caller_at_telephone, load_caller, step_at_telephone
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings
from tests.browser.troubles import doubt, given_up

if TYPE_CHECKING:
    from local.settings import LocalSettings

LINES = 40
NOON = "2026-11-30T17:00:00Z"  # a Monday, in New York: callers may be called back
OPERATOR, VIEWER = "operator-of-browser-tests-0123456789", "viewer-of-browser-tests-0123456789"


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
    told = {
        "PORT": "0",
        "PERSON_NUMBER": PERSON_NUMBER,
        "CALL_LINES": str(LINES),
        "OPERATOR_TOKEN": OPERATOR,
        "VIEWER_TOKEN": VIEWER,
        "TWILIO_PHONE_NUMBER": "+14155550100",
        "LOCAL_NOW": NOON,
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalSystem(
            read_settings(None, told),
            start_vapi=start_vapi,
            start_twilio=start_twilio,
            start_crm=start_crm,
            start_telephone=start_telephone,
            folder=Path(folder),
            processes_per_function=4,
        ) as system,
    ):
        say({"ready": True, "url": system.url, "operator": OPERATOR, "viewer": VIEWER})
        for line in sys.stdin:
            say(done(json.loads(line), system))


def done(command: dict[str, str], system: LocalSystem) -> dict[str, Any]:
    """Do one command."""
    vapi = system.vapi
    assert isinstance(vapi, VapiSimulator)
    if "speed" in command:
        vapi.account.speed = float(command["speed"])
        return {}
    if "ring" in command:
        call = vapi.place_inbound(load_caller(CALLERS / command["ring"]))
        return {"id": call.call_id}
    if "dial" in command:
        return {"id": vapi.place_inbound(caller_at_telephone({"number": command["dial"]})).call_id}
    if "say" in command:
        step = step_at_telephone({"say": command["say"]})
        return {"heard": vapi.calls[command["call"]].tell_caller(step)}
    if "hang_up" in command:
        step = step_at_telephone({"hang_up": "hangs up"})
        return {"heard": vapi.calls[command["hang_up"]].tell_caller(step)}
    if "told" in command:
        call = vapi.calls[command["told"]]
        return {"told": vapi.log.entries(call=call.call_id)}
    if "doubt" in command:
        return {"id": doubt(system, command["doubt"], now_ms())}
    if "given_up" in command:
        return {"id": given_up(system, command["given_up"], now_ms())}
    if "said" in command:
        return {"said": whole_words(vapi)}
    return {"unknown": sorted(command)}


def now_ms() -> int:
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

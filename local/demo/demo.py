"""`make demo`: the whole system, scripted callers, what happened to each, and the figures.

First callers ring in, then two campaigns ring out (campaign_demo.py), and beside them there is a
full house at our own number (house/). The last line of standard output is one line of JSON. The
exit status is 0 when every call went as its script expects, every target is met and every promise
kept, otherwise 1; 2 when the demo could not run.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.emulator import ROOT, EmulatorError
from local.cloud.intrinsics import TemplateError
from local.cloud.system import LocalSystem
from local.crm.both import CrmSimulators
from local.demo.after_calls import TOLD_SECONDS, after_calls
from local.demo.campaign_demo import run_campaigns
from local.demo.campaign_list import LARGEST_SIZE, SMALLEST_SIZE
from local.demo.campaign_report import CampaignVerdict, judge_campaigns, settings_told
from local.demo.conclusion import conclude
from local.demo.demo_records import ANSWER_SECONDS, SETTLE_SECONDS, disagreements
from local.demo.demo_report import timeline
from local.demo.figures import outcomes
from local.demo.house.beside import HouseBeside
from local.demo.house.play import LINES, HousePlay, cannot_be_played, house_play
from local.demo.house.report import house_told
from local.demo.machine_pace import SLOW, times_as_slow
from local.demo.operator_client import ApiError
from local.demo.patience import LEAST_TIMEOUT_SECONDS, Patience, patient_template
from local.settings import LocalSettings, read_settings
from local.settings_text import SettingsError
from local.up import template_path
from local.vapi.scripts.callers_format import Caller, load_callers
from local.vapi.scripts.script_tables import CallerError
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from local.vapi.calls.call import Call
    from local.vapi.calls.stillness import Stillness

CALLERS = Path(__file__).parents[1] / "callers"
DEPARTMENTS = ROOT / "layers/contact_center/python/contact_center/config/departments.toml"
PERSON_NUMBER = "+14155550177"  # reserved for fiction
CALL_LINES = 20
STAGGER_SECONDS = 0.25
CALL_LIMIT_SECONDS, PATIENT_CALL_SECONDS = 90.0, 1800.0
LOG_FILE = "vapi.jsonl"
CONTACTS = 200
CONSOLE, PICTURE = "http://127.0.0.1:3000/console", "docs/pictures/console-live.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What a run is to do.

    Attributes:
        contacts: The size of the campaigns, 0: none.
        patient: Whether everybody waits as long as it takes (patience.py); then no speed counts.
        house: Who plays a full house; None: there is none.
    """

    callers: Sequence[Caller]
    departments: Mapping[str, str]
    speed: float = 1.0
    stagger_seconds: float = STAGGER_SECONDS
    contacts: int = 0
    patient: bool = False
    house: HousePlay | None = None

    @property
    def call_seconds(self) -> float:
        """How long a call may take at most, by the real clock."""
        return PATIENT_CALL_SECONDS if self.patient else CALL_LIMIT_SECONDS


def run(args: argparse.Namespace) -> int:
    """Run the demo; returns the exit status."""
    began = time.monotonic()
    try:
        departments = read_departments(DEPARTMENTS)
        patient = read_patience(args)
        play = Play(
            callers=_playable(load_callers(_folder(args)), patient=patient),
            departments=departments,
            speed=getattr(args, "speed", 1.0),
            contacts=read_contacts(getattr(args, "contacts", None)),
            patient=patient,
            house=read_house(args, departments),
        )
        return _run(args, play, began)
    except CallerError as problem:
        print(f"A caller cannot be played: {problem}", file=sys.stderr)
    except (SettingsError, TemplateError, EmulatorError) as problem:
        print(problem, file=sys.stderr)
    except ApiError as problem:
        print(f"Our own API failed: {problem}", file=sys.stderr)
        return 1
    return 2


def _folder(args: argparse.Namespace) -> Path:
    return args.callers or Path(os.environ.get("CALLERS") or CALLERS)


def read_patience(
    args: argparse.Namespace, times_slower: Callable[[], float] = times_as_slow
) -> bool:
    """Whether everybody waits as long as it takes: as wished, else as this machine is."""
    if getattr(args, "patient", None) is not None:
        return bool(args.patient)
    if args.built or getattr(args, "speed", 1.0) != 1.0:  # these keep real time
        return False
    slower = times_slower()
    if slower <= SLOW:
        return False
    _say(
        f"Everything takes {slower:.1f} times as long here as on a usual machine that is quiet: "
        "everybody waits\nas long as it takes, and times are shown and not judged. PATIENT=0 "
        "judges them all the same."
    )
    return True


def _playable(callers: Sequence[Caller], *, patient: bool) -> list[Caller]:
    """Who can be played: that a handoff was swallowed is found out by the clock alone."""
    if not patient:
        return list(callers)
    for caller in callers:
        if caller.faults.swallowed_handoffs:
            _say(f"Not played, being a matter of time: {caller.name}.")
    return [caller for caller in callers if not caller.faults.swallowed_handoffs]


def read_house(args: argparse.Namespace, departments: Mapping[str, str]) -> HousePlay | None:
    """Who plays a full house; None: it is not wanted, or cannot be played. Raises CallerError."""
    if getattr(args, "no_house", False) or os.environ.get("HOUSE") == "0":
        return None
    play = house_play(departments)
    if why := cannot_be_played(play):
        _say(why)
        return None
    return play


def read_contacts(argument: int | None) -> int:
    """How many contacts the campaigns have. Raises SettingsError."""
    told = os.environ.get("CONTACTS") or str(CONTACTS)
    size = argument if argument is not None else int(told) if told.isdecimal() else -1
    if size != 0 and not SMALLEST_SIZE <= size <= LARGEST_SIZE:
        raise SettingsError(
            f"CONTACTS must be 0, for no campaigns, or from {SMALLEST_SIZE} to {LARGEST_SIZE}"
        )
    return size


def read_departments(path: Path) -> dict[str, str]:
    """Department key to the name of the assistant that serves it, from the owner's file."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        each["key"]: each["assistant"] for each in document["departments"] if "assistant" in each
    }


def demo_settings() -> LocalSettings:
    """The settings of a demo: nothing of the owner's, so that nothing real can be dialled."""
    return read_settings(None, {"PORT": "0", "PERSON_NUMBER": PERSON_NUMBER})


def simulator_starter(
    play: Play, log_path: Path | None = None, stillness: Stillness | None = None
) -> Callable[[str, LocalSettings], VapiSimulator]:
    """What LocalSystem calls to start the simulator for this run."""

    def start(url: str, settings: LocalSettings) -> VapiSimulator:
        return VapiSimulator(
            server_url=f"{url}/vapi/webhook",
            credential=credential_from_settings(settings.values, settings.vapi_secret),
            lines=CALL_LINES,
            speed=play.speed,
            departments=play.departments,
            log_path=log_path,
            stillness=stillness,
        ).start()

    return start


def place_all(vapi: VapiSimulator, play: Play, on_over: Callable[[Call], None]) -> None:
    """Let every caller ring, a little apart, and wait until all calls are over.

    Args:
        vapi: The running simulator.
        play: Who calls.
        on_over: Told of each call once its report is delivered.
    """
    threads = []
    for caller in play.callers:
        while vapi.account.free_lines < 1:
            time.sleep(STAGGER_SECONDS)
        call = vapi.place_inbound(caller)
        _say(f"  rings: {caller.name}")
        thread = threading.Thread(
            target=_see_through, args=(vapi, call, play, on_over), daemon=True
        )
        thread.start()
        threads.append(thread)
        time.sleep(play.stagger_seconds)
    for thread in threads:
        thread.join()


def _see_through(
    vapi: VapiSimulator, call: Call, play: Play, on_over: Callable[[Call], None]
) -> None:
    call.wait(play.call_seconds)
    on_over(call)
    if call.caller.call_back is not None:
        time.sleep(call.caller.call_back_after_ms / 1000 / play.speed)
        again = vapi.place_inbound(call.caller.call_back)
        again.wait(play.call_seconds)
        on_over(again)


def _run(args: argparse.Namespace, play: Play, began: float) -> int:
    args.folder.mkdir(parents=True, exist_ok=True)
    log_path = args.folder / LOG_FILE
    log_path.unlink(missing_ok=True)
    patience = Patience() if play.patient else None
    template, crm = _template(args, play), CrmSimulators()
    system = LocalSystem(
        demo_settings(),
        start_vapi=simulator_starter(play, log_path, patience.stillness if patience else None),
        start_crm=crm.start,
        template_path=template,
        folder=args.folder,
        least_timeout_seconds=LEAST_TIMEOUT_SECONDS if patience else 0.0,
        verbose=args.verbose,
    )
    if patience:
        patience.system = system
    _say("Starting the system: gateway, AWS emulator, handlers, simulator of Vapi …")
    with system:
        vapi = system.vapi
        if not isinstance(vapi, VapiSimulator):
            raise SettingsError("the demo needs the simulator of Vapi")
        ready = time.monotonic() - began
        _say(f"Ready after {ready:.1f} s. {len(play.callers)} callers ring; this takes a while.")
        _say(f"Watch them: {system.url}/console, token {system.settings.operator_token}")
        place_all(vapi, play, lambda call: _print_call(vapi, play, call))
        results = outcomes(vapi.log.entries(), play.departments)
        if patience:
            patience.stillness.wait(reminders=True)
        settle_seconds, answer_seconds = (
            (0.0, ANSWER_SECONDS) if patience else (SETTLE_SECONDS, 0.0)
        )
        token = system.settings.operator_token
        differ = disagreements(system.url, token, results, settle_seconds, answer_seconds)
        told_seconds = ANSWER_SECONDS if patience else TOLD_SECONDS
        ids = [result.call_id for result in results]
        after = after_calls(system.url, token, ids, crm, told_seconds)
    house = _prepare_house(args, play, template)
    verdict = _campaigns(args, play, template, house)
    full = None if house is None else house.verdict()
    seconds = time.monotonic() - began
    _say(f"\nThe console: make up, then {CONSOLE}. It looks like {PICTURE}.")
    return conclude(
        results,
        differ,
        seconds,
        log_path,
        verdict,
        house=full,
        after=after,
        timed=not play.patient,
    )


def _prepare_house(args: argparse.Namespace, play: Play, template: Path) -> HouseBeside | None:
    """The full house, in a system of its own: it goes on beside the campaigns, once they ring."""
    if play.house is None:
        return None
    _say(f"\n{house_told(len(play.house.callers), len(play.house.people), LINES)}")
    house = HouseBeside(
        play.house, args.folder, template, verbose=args.verbose, patient=play.patient
    )
    if play.patient:
        house.wait()
    return house


def _template(args: argparse.Namespace, play: Play) -> Path:
    if not play.patient:
        return template_path(built=args.built)
    if args.built:
        raise SettingsError("--patient plays the source as it stands: leave out --built")
    return patient_template(template_path(built=False), args.folder / "patient")


def _campaigns(
    args: argparse.Namespace, play: Play, template: Path, house: HouseBeside | None
) -> CampaignVerdict | None:
    """The second part, in a system of its own: its civil clock runs fast."""
    if not play.contacts:
        return None
    _say(f"\nNow we call: {settings_told()}.")
    return judge_campaigns(
        run_campaigns(
            play.contacts,
            args.folder,
            template,
            _say,
            verbose=args.verbose,
            patient=play.patient,
            on_started=house.begin if house is not None else None,
        )
    )


def _print_call(vapi: VapiSimulator, play: Play, call: Call) -> None:
    entries = vapi.log.entries(call=call.call_id)
    [outcome] = outcomes(entries, play.departments)
    print(f"\n{timeline(entries, outcome)}", flush=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

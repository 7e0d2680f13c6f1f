"""`make demo`: the whole system, scripted callers, what happened to each, and the figures.

First callers ring in, then two campaigns ring out (campaign_demo.py), and beside them there is a
full house at our own number (house/). The last line of standard output is one line of JSON. The
exit status is 0 when every call went as its script expects, every target is met and every promise
kept, otherwise 1; 2 when the demo could not run.
"""

from __future__ import annotations

import os
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.emulator import ROOT, EmulatorError
from local.cloud.intrinsics import TemplateError
from local.demo.callers_demo import Play, play_callers
from local.demo.campaign_demo import run_campaigns
from local.demo.campaign_list import LARGEST_SIZE, SMALLEST_SIZE
from local.demo.campaign_report import CampaignVerdict, judge_campaigns, settings_told
from local.demo.conclusion import conclude
from local.demo.house.beside import HouseBeside
from local.demo.house.play import LINES, HousePlay, cannot_be_played, house_play
from local.demo.house.report import HouseVerdict, house_told
from local.demo.machine_pace import SLOW, times_as_slow
from local.demo.operator_client import ApiError
from local.demo.patience import patient_template
from local.settings_text import SettingsError
from local.up import template_path
from local.vapi.scripts.callers_format import Caller, load_callers
from local.vapi.scripts.script_tables import CallerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence


CALLERS = Path(__file__).parents[1] / "callers"
DEPARTMENTS = ROOT / "layers/contact_center/python/contact_center/config/departments.toml"
LOG_FILE = "vapi.jsonl"
CONTACTS = 200
CONSOLE, PICTURE = "http://127.0.0.1:3000/console", "docs/pictures/console-live.png"


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


def _run(args: argparse.Namespace, play: Play, began: float) -> int:
    args.folder.mkdir(parents=True, exist_ok=True)
    log_path = args.folder / LOG_FILE
    log_path.unlink(missing_ok=True)
    called = play_callers(
        play,
        args.folder,
        _template(args, play),
        log_path,
        _say,
        began=began,
        verbose=args.verbose,
    )
    onward = waits_from_now_on(args, play)
    template = _template(args, onward)
    house = _prepare_house(args, onward, template)
    verdict = _campaigns(args, onward, template, house)
    full = None if house is None else _house_verdict(house)
    seconds = time.monotonic() - began
    _say(f"\nThe console: make up, then {CONSOLE}. It looks like {PICTURE}.")
    return conclude(
        called.results,
        called.differ,
        seconds,
        log_path,
        verdict,
        house=full,
        after=called.after,
        timed=not play.patient,
    )


def waits_from_now_on(
    args: argparse.Namespace, play: Play, times_slower: Callable[[], float] = times_as_slow
) -> Play:
    """What is played after the callers: with patience, if the machine has got other work."""
    onward = play.contacts or play.house is not None
    if not onward or play.patient or not read_patience(args, times_slower):
        return play
    return replace(play, patient=True)


def _house_verdict(house: HouseBeside) -> HouseVerdict:
    try:
        return house.verdict()
    except ApiError as problem:
        return HouseVerdict(*_not_judged("The full house", problem))


def _not_judged(what: str, problem: ApiError) -> tuple[str, dict[str, object], bool]:
    """The rest can be judged all the same."""
    said = f"{what} could not be judged, our own API failed: {problem}"
    return said, {"passed": False, "problems": [said]}, False


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
    try:
        outcome = run_campaigns(
            play.contacts,
            args.folder,
            template,
            _say,
            verbose=args.verbose,
            patient=play.patient,
            on_started=house.begin if house is not None else None,
        )
    except ApiError as problem:
        return CampaignVerdict(*_not_judged("The campaigns", problem))
    return judge_campaigns(outcome)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""Play a full house: a system of its own, both simulators, callers and people from files.

Eleven callers ring at our own number at Twilio, which has two lines and two people. Everything is
theirs: who they are and what they do stands in local/house and local/people.
"""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from local.cloud.emulator import ROOT
from local.cloud.system import LocalSystem
from local.demo.figures import outcomes
from local.demo.house.read_logs import seen_of
from local.demo.house.read_rings import ENDED
from local.demo.house.records import Counted, differences
from local.demo.house.report import HouseOutcome
from local.demo.house.seen import QueueWords
from local.demo.operator_client import TIMEOUT_SECONDS, ApiError, Operator
from local.demo.patience import ASKING_SECONDS, LEAST_TIMEOUT_SECONDS
from local.settings import read_settings
from local.twilio.simulator import ACCOUNT_SID, TwilioSimulator
from local.twilio.telephones.account import Number
from local.twilio.telephones.people_format import PEOPLE, load_people, load_person
from local.twilio.to_vapi import ToVapi
from local.vapi.scripts.callers_format import load_callers
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from local.settings import LocalSettings
    from local.twilio.telephones.people_format import Person
    from local.vapi.scripts.callers_format import Caller

CONFIG = ROOT / "layers/contact_center/python/contact_center/config"
CALLERS = ROOT / "local/house"
TELEPHONES = ("10-ada.toml", "11-ben.toml")  # of the first person who is rung, and of the second
OURS = "+14155550100"  # reserved for fiction
LINES = 2
CALL_SPEED = 2.0  # what is said to assistants, and by them; all else goes by the real clock
NOON = "2026-11-30T17:00:00Z"  # a Monday, in New York: who has kept a place may be called
STAGGER_SECONDS = 0.7
MOST_SECONDS, PATIENT_SECONDS = 300.0, 1800.0
SETTLE_SECONDS, PATIENT_SETTLE_SECONDS = 10.0, 300.0
POLL_SECONDS = 2.0
TWILIO_LOG, VAPI_LOG = "house-twilio.jsonl", "house-vapi.jsonl"


class Colleague(NamedTuple):
    """Somebody of people.toml."""

    person_id: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HousePlay:
    """Who plays.

    Attributes:
        people: Whose telephones ring, in the order in which they log in.
        departments: Department key to the name of the assistant that serves it.
    """

    callers: Sequence[Caller]
    people: Sequence[Colleague]
    words: QueueWords
    departments: Mapping[str, str]


def house_play(departments: Mapping[str, str]) -> HousePlay:
    """Read the callers, and from the owner's files people and words. Raises CallerError."""
    callers = load_callers(CALLERS)
    wanted = {one.expects.destination for one in callers if one.expects.visit == "transferred"}
    people = tomllib.loads((CONFIG / "people.toml").read_text(encoding="utf-8")).get("people", {})
    policy = tomllib.loads((CONFIG / "policy.toml").read_text(encoding="utf-8"))
    texts = policy["queue"]["texts"]
    serving = [
        Colleague(person_id, one["number"])
        for person_id, one in people.items()
        if "number" in one and wanted <= set(one["departments"])
    ]
    return HousePlay(
        callers=callers,
        people=serving[: len(TELEPHONES)],
        words=QueueWords(texts["next"], texts["place"], texts["wait"]),
        departments=departments,
    )


def cannot_be_played(play: HousePlay) -> str:
    """Why there is no full house with this configuration; empty: it can be played."""
    if len(play.people) == len(TELEPHONES):
        return ""
    wanted = {one.expects.destination for one in play.callers if one.expects.visit == "transferred"}
    return (
        f"No full house: it needs two people with a number in config/people.toml who both take "
        f"callers of {' and '.join(sorted(wanted))}; there are {len(play.people)}."
    )


def run_house(  # noqa: PLR0913 - keyword only, each with its default
    play: HousePlay,
    folder: Path,
    template_path: Path,
    *,
    verbose: bool = False,
    patient: bool = False,
    make_system: Callable[..., LocalSystem] = LocalSystem,
) -> HouseOutcome:
    """Run it in a system of its own.

    Args:
        play: Who plays.
        folder: Where logs go.
        template_path: What to run.
        verbose: Whether to show the handlers' logs.
        patient: Whether functions have time, and times are not judged.
        make_system: What makes that.

    Raises:
        ApiError: Our API refused what it ought to do.
        SettingsError, TemplateError, EmulatorError: It could not be started.
    """
    for name in (TWILIO_LOG, VAPI_LOG):
        (folder / name).unlink(missing_ok=True)
    settings = read_settings(
        None,
        {
            "PORT": "0",
            "TWILIO_PHONE_NUMBER": OURS,
            "CALL_LINES": str(LINES),
            "LINES_KEPT_FOR_INBOUND": str(LINES - 1),
            "LOCAL_NOW": NOON,
        },
    )
    began = time.monotonic()
    system = make_system(
        settings,
        start_vapi=lambda url, told: _start_vapi(
            url, told, play, folder / VAPI_LOG, 1.0 if patient else CALL_SPEED
        ),
        start_twilio=lambda url, told, vapi: _start_twilio(
            url, told, vapi, play, folder / TWILIO_LOG
        ),
        template_path=template_path,
        folder=folder / "house",
        least_timeout_seconds=LEAST_TIMEOUT_SECONDS if patient else 0.0,
        verbose=verbose,
    )
    with system:
        return _Scene(system, play, patient=patient).play(began)


def _start_vapi(
    url: str, settings: LocalSettings, play: HousePlay, log_path: Path, call_speed: float
) -> VapiSimulator:
    """An account with more lines than ours: it frees one when its report is delivered."""
    return VapiSimulator(
        server_url=f"{url}/vapi/webhook",
        credential=credential_from_settings(settings.values, settings.vapi_secret),
        call_speed=call_speed,
        departments=play.departments,
        log_path=log_path,
    ).start()


def _start_twilio(
    url: str, settings: LocalSettings, vapi: object, play: HousePlay, log_path: Path
) -> TwilioSimulator:
    number = Number(
        number=OURS,
        voice_url=f"{url}/twilio/voice",
        fallback_url=f"{url}/twilio/fallback",
        status_callback=f"{url}/twilio/call-status",
    )
    return TwilioSimulator(
        numbers=[number],
        people=[
            *(_telephone(*one) for one in zip(TELEPHONES, play.people, strict=True)),
            *load_people(PEOPLE),
        ],
        account_sid=settings.values.get("TWILIO_ACCOUNT_SID", ACCOUNT_SID),
        outside=ToVapi(vapi) if isinstance(vapi, VapiSimulator) else None,
        log_path=log_path,
    ).start()


def _telephone(file: str, colleague: Colleague) -> Person:
    return replace(load_person(PEOPLE / file), numbers=(colleague.number,))


class _Scene:
    """One run on a system that is up."""

    def __init__(self, system: LocalSystem, play: HousePlay, *, patient: bool) -> None:
        vapi, twilio = system.vapi, system.twilio
        if not isinstance(vapi, VapiSimulator) or not isinstance(twilio, TwilioSimulator):
            raise ApiError("a full house needs both simulators")
        self._system, self._vapi, self._twilio = system, vapi, twilio
        self._play = play
        self._patient = patient
        self._settle_seconds = PATIENT_SETTLE_SECONDS if patient else SETTLE_SECONDS
        seconds = ASKING_SECONDS if patient else TIMEOUT_SECONDS
        self._operator = Operator(system.url, system.settings.operator_token, seconds)
        self._counted: list[Counted] = []
        self._unanswered: list[str] = []

    def play(self, began: float) -> HouseOutcome:
        """Let people log in and everybody ring, wait for the end, and gather what was seen."""
        for one in self._play.people:
            self._operator.ask("PUT", f"/api/people/{one.person_id}", {"state": "ready"})
        self._system.warm("CallRouter", LINES)
        self._system.warm("Receptionist", LINES)
        for caller in self._play.callers:
            self._twilio.place_caller(caller, OURS, self._vapi.people)
            time.sleep(STAGGER_SECONDS)
        problems = [*self._until_all_are_gone(), *self._unanswered]
        house = seen_of(
            self._twilio.log.entries(),
            self._vapi.log.entries(),
            (self._vapi.log.opened - self._twilio.log.opened) * 1_000,
            self._play.words,
        )
        if not self._patient:  # who waits for a slow router, and where he hangs up, is time's
            talks = outcomes(self._vapi.log.entries(), self._play.departments)
            problems += [f"{one.caller}: {what}" for one in talks for what in one.problems]
        return HouseOutcome(
            seen=house,
            lines=LINES,
            counted=len(self._counted),
            differ=differences(self._operator, house, self._counted, self._settle_seconds),
            problems=problems,
            patient=self._patient,
            seconds=time.monotonic() - began,
        )

    def _until_all_are_gone(self) -> list[str]:
        callers = self._play.callers
        expected = len(callers) + sum(one.call_back is not None for one in callers)
        callees = {one.number for one in callers if one.expects.visit == "callback_done"}
        seconds = PATIENT_SECONDS if self._patient else MOST_SECONDS
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            entries = self._twilio.log.entries()
            rung = sum(e["event"] == "caller" for e in entries)
            legs = sum(e["event"] == "call" for e in entries)
            called = {e["to"] for e in entries if e["event"] == "call"} & callees
            ended = sum(e["event"] == "status" and e["status"] in ENDED for e in entries)
            if rung == expected and called == callees and ended == legs:
                for call in list(self._vapi.calls.values()):
                    call.wait(self._settle_seconds)
                return []
            self._count()
            time.sleep(POLL_SECONDS)
        return [f"after {seconds:.0f} s somebody was still on the line"]

    def _count(self) -> None:
        """Ask our API who waits; that it did not answer is a problem, and stops nothing else."""
        asked = time.monotonic()
        try:
            told = self._operator.ask("GET", "/api/queue")
        except ApiError as error:
            self._unanswered.append(str(error))
            return
        answered, opened = time.monotonic(), self._twilio.log.opened
        waiting = len(told["waiting"]["callers"])
        self._counted.append(
            Counted((asked - opened) * 1_000, (answered - opened) * 1_000, waiting)
        )

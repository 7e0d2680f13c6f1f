"""The demo's callers: they ring in, each is told as it ends, and our records are asked of all."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.cloud.system import LocalSystem
from local.crm.both import CrmSimulators
from local.demo.after_calls import TOLD_SECONDS, after_calls
from local.demo.demo_records import ANSWER_SECONDS, SETTLE_SECONDS, disagreements
from local.demo.demo_report import timeline
from local.demo.figures import outcomes
from local.demo.patience import LEAST_TIMEOUT_SECONDS, Patience
from local.settings import LocalSettings, read_settings
from local.settings_text import SettingsError
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from local.demo.after_calls import AfterVerdict
    from local.demo.figures import Outcome
    from local.demo.house.play import HousePlay
    from local.vapi.calls.call import Call
    from local.vapi.calls.stillness import Stillness
    from local.vapi.scripts.callers_format import Caller

PERSON_NUMBER = "+14155550177"  # reserved for fiction
CALL_LINES = 20
STAGGER_SECONDS = 0.25
CALL_LIMIT_SECONDS, PATIENT_CALL_SECONDS = 90.0, 1800.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What became of the callers, and what our records say of them.

    Attributes:
        differ: A sentence for each difference between both.
        after: What was done with each call once it was over.
    """

    results: Sequence[Outcome]
    differ: Sequence[str]
    after: AfterVerdict


def demo_settings() -> LocalSettings:
    """The settings of a demo: nothing of the owner's, so that nothing real can be dialled."""
    return read_settings(None, {"PORT": "0", "PERSON_NUMBER": PERSON_NUMBER})


def play_callers(  # noqa: PLR0913 (what a run is made of)
    play: Play,
    folder: Path,
    template_path: Path,
    log_path: Path,
    say: Callable[[str], None],
    *,
    began: float,
    verbose: bool,
) -> Called:
    """Let everybody ring in, in a system of their own, and read by our API what became of it.

    Args:
        play: Who calls, and how.
        folder: Where logs go; the simulator's is `log_path`.
        template_path: What to run.
        log_path: Of what the simulator sees.
        say: Told what happens, a line at a time.
        began: When the demo did, by the monotonic clock.
        verbose: Whether to show the handlers' logs.

    Raises:
        SettingsError, TemplateError, EmulatorError: It could not be started.
    """
    patience = Patience() if play.patient else None
    crm = CrmSimulators()
    system = LocalSystem(
        demo_settings(),
        start_vapi=simulator_starter(play, log_path, patience.stillness if patience else None),
        start_crm=crm.start,
        template_path=template_path,
        folder=folder,
        least_timeout_seconds=LEAST_TIMEOUT_SECONDS if patience else 0.0,
        verbose=verbose,
    )
    if patience:
        patience.system = system
    say("Starting the system: gateway, AWS emulator, handlers, simulator of Vapi …")
    with system:
        vapi = system.vapi
        if not isinstance(vapi, VapiSimulator):
            raise SettingsError("the demo needs the simulator of Vapi")
        ready = time.monotonic() - began
        say(f"Ready after {ready:.1f} s. {len(play.callers)} callers ring; this takes a while.")
        say(f"Watch them: {system.url}/console, token {system.settings.operator_token}")
        place_all(vapi, play, lambda call: _print_call(vapi, play, call), say)
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
        return Called(
            results=results,
            differ=differ,
            after=after_calls(system.url, token, ids, crm, told_seconds),
        )


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


def place_all(
    vapi: VapiSimulator,
    play: Play,
    on_over: Callable[[Call], None],
    say: Callable[[str], None],
) -> None:
    """Let every caller ring, a little apart, and wait until all calls are over.

    Args:
        vapi: The running simulator.
        play: Who calls.
        on_over: Told of each call once its report is delivered.
        say: Told who rings.
    """
    threads = []
    for caller in play.callers:
        while vapi.account.free_lines < 1:
            time.sleep(STAGGER_SECONDS)
        call = vapi.place_inbound(caller)
        say(f"  rings: {caller.name}")
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


def _print_call(vapi: VapiSimulator, play: Play, call: Call) -> None:
    entries = vapi.log.entries(call=call.call_id)
    [outcome] = outcomes(entries, play.departments)
    print(f"\n{timeline(entries, outcome)}", flush=True)

"""The demo's two campaigns, from the lists to what is left to be judged.

Listed, previewed and started through our API, dialled by our own functions, answered by the
simulator, judged from outside (campaign_figures.py).

On the way one dialer process is killed at the moment its call is accepted, and one call goes by
of which nobody is told. The civil clock runs fast, so that busy people are tried again and
Hawaii wakes up within a minute; pacing runs on the machine's clock, which is always real.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.cloud.system import LocalSystem
from local.demo.campaign_figures import CampaignRun, Judge, Limits
from local.demo.campaign_list import (
    LOST,
    NEVER_CALLED,
    make_list,
    make_people,
)
from local.demo.campaign_plan import (
    CALL_SPEED,
    PACE,
    STAGGER_SECONDS,
    WISHES,
    campaign_settings,
    first_pass_seconds,
)
from local.demo.operator_client import TIMEOUT_SECONDS, ApiError, Operator
from local.demo.patience import ASKING_SECONDS, LEAST_TIMEOUT_SECONDS, Patience
from local.demo.progress import Progress, Standing
from local.demo.ring_log import ReceivedVapi, read_dials
from local.vapi.scripts.callees_format import CALLEES, load_callees
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from local.demo.campaign_list import Person
    from local.settings import LocalSettings
    from local.vapi.calls.stillness import Stillness

Json = dict[str, Any]

LOG_FILE, RINGS_FILE = "campaign-vapi.jsonl", "campaign-rings.jsonl"
POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long is waited for what, at the most.

    Attributes:
        list_seconds: For a list to be read, or a preview.
        end_seconds: Beyond two rounds of calls, for both campaigns to be finished: who was not in
            is tried in the next part of the day, five hours or 75 s later.
        settle_seconds: For what is still in the queues.
        answer_seconds: For one answer of our API.
    """

    list_seconds: float = 30.0
    end_seconds: float = 120.0
    settle_seconds: float = 8.0
    answer_seconds: float = TIMEOUT_SECONDS


PATIENT = Waits(
    list_seconds=900.0, end_seconds=1800.0, settle_seconds=900.0, answer_seconds=ASKING_SECONDS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOutcome:
    """What the campaign part came to.

    Attributes:
        imports, previews: By the campaign's name in the list.
        killed: Dialer processes killed on the way.
        missed: Slots that a dialer reached too late and gave up.
        patient: Whether what is a matter of time is shown and not judged.
        problems: Whatever did not go as it should beside the promises.
    """

    run: CampaignRun
    imports: Mapping[str, Json]
    previews: Mapping[str, Json]
    killed: int
    missed: int
    patient: bool
    seconds: float
    problems: Sequence[str]


def run_campaigns(  # noqa: PLR0913 (what a run is made of)
    size: int,
    folder: Path,
    template_path: Path,
    say: Callable[[str], None],
    *,
    verbose: bool,
    patient: bool = False,
    on_started: Callable[[], None] | None = None,
) -> CampaignOutcome:
    """Run the campaigns in a system of their own.

    Args:
        size: About how many contacts, in both together.
        folder: Where logs go.
        template_path: What to run.
        say: Told what happens, a line at a time.
        verbose: Whether to show the handlers' logs.
        patient: Whether everybody waits as long as it takes (patience.py).
        on_started: Called once both are under way.

    Raises:
        ApiError: Our API refused what it ought to do.
        SettingsError, TemplateError, EmulatorError, CallerError: It could not be started.
    """
    people = make_people(size)
    log_path, rings_path = folder / LOG_FILE, folder / RINGS_FILE
    for path in (log_path, rings_path):
        path.unlink(missing_ok=True)
    settings = campaign_settings(size)
    patience = Patience() if patient else None
    system = LocalSystem(
        settings,
        start_vapi=_starter(log_path, rings_path, patience.stillness if patience else None),
        template_path=template_path,
        folder=folder / "campaign",
        least_timeout_seconds=LEAST_TIMEOUT_SECONDS if patience else 0.0,
        verbose=verbose,
    )
    if patience:
        patience.system = system
    with system:
        return _Campaigns(system, people, rings_path, say, patient=patient).play(on_started)


def _starter(
    log_path: Path, rings_path: Path, stillness: Stillness | None
) -> Callable[[str, LocalSettings], ReceivedVapi]:
    callees = load_callees(CALLEES)

    def start(url: str, settings: LocalSettings) -> ReceivedVapi:
        simulator = VapiSimulator(
            server_url=f"{url}/vapi/webhook",
            credential=credential_from_settings(settings.values, settings.vapi_secret),
            lines=PACE["CALL_LINES"],
            call_speed=CALL_SPEED,
            callees=callees,
            log_path=log_path,
            stillness=stillness,
        )
        return ReceivedVapi(simulator.start(), rings_path)

    return start


class _Campaigns:
    """One run on a system that is up."""

    def __init__(
        self,
        system: LocalSystem,
        people: Sequence[Person],
        rings_path: Path,
        say: Callable[[str], None],
        *,
        patient: bool,
    ) -> None:
        if not isinstance(system.vapi, ReceivedVapi):
            raise ApiError("the campaigns need the simulator of Vapi")
        self._system = system
        self._vapi = system.vapi.simulator
        self._people = people
        self._rings_path = rings_path
        self._say = say
        self._waits = PATIENT if patient else Waits()
        token = system.settings.operator_token
        self._operator = Operator(system.url, token, self._waits.answer_seconds)
        self._ids: dict[str, str] = {}
        self._imports: dict[str, Json] = {}
        self._previews: dict[str, Json] = {}
        self._rung = 0
        self._unanswered = 0
        self._killed = 0
        self._killing = threading.Lock()  # calls are accepted on many threads
        self._problems: list[str] = []
        self._progress = Progress(say)

    def play(self, on_started: Callable[[], None] | None) -> CampaignOutcome:
        """List, preview, start, watch, and gather what is to be judged."""
        self._system.warm("Dialer", PACE["DIALER_CONCURRENCY"])
        self._list_all()
        self._vapi.on_ring = self._on_ring
        began = time.monotonic()
        for name, campaign_id in self._ids.items():
            self._operator.change_campaign(campaign_id, "start")
            self._say(f"Started: {WISHES[name]['name']}.")
        if on_started is not None:
            on_started()
        still_open = self._watch()
        run = self._evidence(still_open)
        self._say_what_failed()
        return CampaignOutcome(
            run=run,
            imports=self._imports,
            previews=self._previews,
            killed=self._killed,
            missed=count_in_log(self._system.log_folder / "Dialer.log", "slot_missed"),
            patient=self._waits is PATIENT,
            seconds=time.monotonic() - began,
            problems=self._problems,
        )

    def _list_all(self) -> None:
        for name in WISHES:
            self._prepare(name)
        for person in self._people:
            if person.role == NEVER_CALLED:
                self._operator.suppress(person.number)
        for name in WISHES:
            self._preview(name)

    def _say_what_failed(self) -> None:
        if not self._killed:
            self._problems.append("no dialer process was killed")
        if self._unanswered and self._waits is not PATIENT:
            self._problems.append(f"our API left {self._unanswered} looks without an answer")

    def _prepare(self, name: str) -> None:
        self._ids[name] = self._operator.create_campaign(WISHES[name])
        listed = make_list(self._people, name)
        campaign_id = self._ids[name]
        report = self._operator.import_contacts(campaign_id, listed.text, self._waits.list_seconds)
        self._imports[name] = report
        told = tuple(report[key] for key in ("rows", "added", "known", "bad"))
        self._say(
            f"{WISHES[name]['name']}: {told[0]} lines, {told[1]} contacts, "
            f"{told[2]} known already, {told[3]} bad:"
        )
        for bad in report["firstBad"]:
            self._say(f"    line {bad['line']}, {bad['field']}: {bad['reason']}")
        want = (listed.rows, len(listed.people), listed.repeated, listed.bad)
        if told != want:
            self._problems.append(f"import of {name}: rows, added, known, bad {told}, not {want}")

    def _preview(self, name: str) -> None:
        found = self._operator.preview(self._ids[name], self._waits.list_seconds)
        self._previews[name] = found
        later = ", ".join(f"{reason} {n}" for reason, n in found["laterBy"].items())
        never = ", ".join(f"{reason} {n}" for reason, n in found["neverBy"].items())
        self._say(
            f"{WISHES[name]['name']}, preview: {found['callable']} callable now, "
            f"{found['later']} later ({later}), {found['never']} never ({never})."
        )

    def _on_ring(self, body: Json) -> None:
        """A call was accepted and not yet answered for: now is when a dialer may die."""
        lost = any(
            p.number == body["customer"]["number"] and p.role == LOST.name for p in self._people
        )
        attempt = str(body.get("name", "")).rpartition(".")[0]
        with self._killing:
            self._rung += 1
            if self._killed or lost or not attempt or self._rung < len(self._people) // 8:
                return
            self._killed += self._system.kill("Dialer", attempt)
        if self._killed:
            self._progress.tell("A dialer was killed (SIGKILL) while its call was being accepted.")

    def _watch(self) -> int:
        """Until both campaigns are finished; returns contacts that are still open."""
        size = sum(len(person.lists) for person in self._people)
        deadline = time.monotonic() + self._waits.end_seconds + 2 * first_pass_seconds(size)
        reports: dict[str, Json] = {}
        with self._progress as progress:
            while True:
                standing = standing_of(self._operator, self._ids)
                self._unanswered += standing is None
                reports = standing or reports
                progress.show(
                    Standing(
                        civil=self._system.civil.now(),
                        reports=reports,
                        rung=self._rung,
                        lines=PACE["CALL_LINES"] - self._vapi.account.free_lines,
                    )
                )
                over = [report["state"] == "finished" for report in reports.values()]
                if (over and all(over)) or time.monotonic() > deadline:
                    return sum(int(report["open"]) for report in reports.values())
                time.sleep(POLL_SECONDS)

    def _evidence(self, still_open: int) -> CampaignRun:
        """What is to be judged; queues are drained behind the last call's end."""
        for call in list(self._vapi.calls.values()):
            call.wait(self._waits.settle_seconds)
        deadline = time.monotonic() + self._waits.settle_seconds
        while True:
            late = time.monotonic() > deadline
            try:
                run = self._run(still_open)
            except ApiError:
                if late:
                    raise
                self._unanswered += 1
            else:
                if late or not Judge(run).differences():
                    return run
            time.sleep(POLL_SECONDS)

    def _run(self, still_open: int) -> CampaignRun:
        names = {campaign_id: name for name, campaign_id in self._ids.items()}
        ends = {
            (campaign_id, contact["id"]): ":".join(
                str(contact[key]) for key in ("state", "reason") if contact[key]
            )
            for campaign_id in names
            for contact in self._operator.contacts(campaign_id)
        }
        return CampaignRun(
            dials=read_dials(self._rings_path),
            entries=self._vapi.log.entries(),
            people=self._people,
            names=names,
            civil=self._system.civil,
            limits=Limits(
                account_calls=PACE["ACCOUNT_CALLS_PER_SECOND"],
                prefix_calls=PACE["PREFIX_CALLS_PER_SECOND"],
                lines=PACE["CALL_LINES"] - PACE["LINES_KEPT_FOR_INBOUND"],
                stagger_ms=dict.fromkeys(names, STAGGER_SECONDS * 1000),
            ),
            ends=ends,
            figures={one: self._operator.progress(one)["contacts"] for one in names},
            open_contacts=still_open,
            dead_messages=self._dead_messages(),
        )

    def _dead_messages(self) -> int:
        queues = self._system.client("sqs")
        urls = [url for url in queues.list_queues().get("QueueUrls", []) if "dead" in url.lower()]
        name = "ApproximateNumberOfMessages"
        asked = (queues.get_queue_attributes(QueueUrl=url, AttributeNames=[name]) for url in urls)
        return sum(int(answer["Attributes"][name]) for answer in asked)


def standing_of(operator: Operator, ids: Mapping[str, str]) -> dict[str, Json] | None:
    """How far each campaign has come, by its name; None: our API did not say, and is asked again.

    Args:
        operator: Who asks.
        ids: Of the campaigns, by their names in the list.
    """
    try:
        return {
            str(WISHES[name]["name"]): operator.progress(campaign_id)
            for name, campaign_id in ids.items()
        }
    except ApiError:
        return None


def count_in_log(path: Path, metric: str) -> int:
    """How often a function counted something, by its own log."""
    total = 0
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if f'"{metric}":' in line and line.startswith("{"):
                total += int(json.loads(line)[metric])
    return total

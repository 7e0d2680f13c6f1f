"""The whole system on one machine, as one object to start and stop (DESIGN §8).

Clocks (DESIGN §10): everything here runs on the machine clock, which is always real, but for what
goes by the civil clock (LOCAL_NOW, LOCAL_SPEED; civil.py): handlers that read calling windows are
told of it like of every other setting, and timers tick by it.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from local.cloud.children import Children
from local.cloud.civil import read_civil
from local.cloud.emulator import ROOT, Emulator, EmulatorError
from local.cloud.failure_notices import FailureNotices
from local.cloud.gateway import INTEGRATION_SECONDS, Gateway
from local.cloud.handler_pool import Outcome
from local.cloud.loop_work import all_of, end_tasks
from local.cloud.pollers import QueuePoller, connection_to_queues
from local.cloud.pools import make_pools, process_bounds
from local.cloud.resources import Names, create_resources
from local.cloud.run_record import RunRecord
from local.cloud.source_watch import SourceWatch
from local.cloud.template_reader import Template, read_template, setting_name
from local.cloud.timers import run_timer
from local.settings_text import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from types import TracebackType

    from contact_center.aws.connection import AwsConnection
    from local.cloud.crm_server import CrmServer
    from local.cloud.handler_pool import Figures, HandlerPool
    from local.cloud.twilio_server import TwilioServer
    from local.cloud.vapi_server import TelephoneServer, VapiServer
    from local.settings import LocalSettings

PROCESSES_PER_FUNCTION = 4
BUILT_TEMPLATE = ROOT / ".aws-sam" / "build" / "template.yaml"
STOP_SECONDS = 1.0
COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
NOTHING = b'{"Records": []}'  # a batch that is done at once
NOWHERE = "http://127.0.0.1:9"  # nobody listens on the discard port: nothing leaves by accident
TELEPHONE = "/telephone"  # where it is served
SIMULATED_SIP_ADDRESS = "sip:switchboard-callers@sip.vapi.ai"  # of the simulator, which takes any


class LocalSystem:
    """Gateway, handlers, queues and state on loopback.

    `start_vapi(base URL of the gateway, settings)` starts the simulator; it is called when the
    settings name no Vapi. Without either the handlers reach no Vapi at all. `start_twilio(base
    URL, settings, Vapi's simulator)` is called when the settings want Twilio and name none, and
    nowhere else: its address and account are told as TWILIO_*. `start_crm()` is called when the
    settings name no HubSpot, whose address is told as HUBSPOT_BASE_URL. `start_telephone(Vapi's
    simulator, base URL, settings, Twilio's)` lets whoever reads the console call them: it is served
    beside the gateway, and LOCAL_TELEPHONE tells the console where. A machine that may be
    slow gives its functions `least_timeout_seconds` whatever the template allows them; but those
    that have to be punctual, for others reckon with their end (pools.py). Use as a context
    manager, or `start` and `stop`: `stop` takes at most 3 s and leaves nothing running; so does
    the death of this process by any signal.
    """

    def __init__(  # noqa: PLR0913 (keyword only, each with its default)
        self,
        settings: LocalSettings,
        *,
        start_vapi: Callable[[str, LocalSettings], VapiServer] | None = None,
        start_twilio: Callable[[str, LocalSettings, VapiServer | None], TwilioServer] | None = None,
        start_crm: Callable[[], CrmServer] | None = None,
        start_telephone: Callable[
            [VapiServer, str, LocalSettings, TwilioServer | None], TelephoneServer
        ]
        | None = None,
        template_path: Path = ROOT / "template.yaml",
        folder: Path = ROOT / ".local",
        processes_per_function: int = PROCESSES_PER_FUNCTION,
        least_timeout_seconds: float = 0.0,
        verbose: bool = False,
    ) -> None:
        self.settings = settings
        self.url = ""
        self._start_vapi = start_vapi
        self._start_twilio = start_twilio
        self._start_crm = start_crm
        self._start_telephone = start_telephone
        self._template_path = template_path
        self._folder = folder.resolve()
        self._processes = processes_per_function
        self._least_timeout_seconds = least_timeout_seconds
        self._verbose = verbose
        self._emulator: Emulator | None = None
        self._vapi: VapiServer | None = None
        self._twilio: TwilioServer | None = None
        self._crm: CrmServer | None = None
        self._telephone: TelephoneServer | None = None
        self._pollers: list[QueuePoller] = []
        self._timers: list[asyncio.Task[None]] = []
        self._pools: dict[str, HandlerPool] = {}
        self._clients: dict[str, Any] = {}
        self._names: Names | None = None
        self._watch: SourceWatch | None = None
        self._notices = FailureNotices(self.log_folder)
        self._template: Template | None = None
        self.civil = read_civil(settings.values)
        self._loop = asyncio.new_event_loop()
        self._ready = asyncio.Event()
        self._undo = ExitStack()  # what `stop` does, last started first

    def start(self) -> None:
        """Start everything. Raises EmulatorError, TemplateError or SettingsError."""
        self._start_loop()
        children = Children()
        self._undo.callback(children.close)
        template = read_template(self._template_path, self.settings.values)
        gateway_seconds = max(INTEGRATION_SECONDS, self._least_timeout_seconds)
        gateway = Gateway(template.routes, self._invoke, gateway_seconds)
        try:
            self.url = self._await(gateway.start(self.settings.port))
        except OSError as error:
            raise SettingsError(
                f"port {self.settings.port} is taken: stop what listens there (another `make up`?) "
                "or set PORT to another, or to 0 for any"
            ) from error
        self._undo.callback(lambda: self._await(gateway.stop()))
        emulator = self._start_emulator(children)
        # Without it a webhook takes its own address for https, as it is on AWS.
        own = {"PUBLIC_BASE_URL": self.url, "EFFECT_HINTS": "true"}  # executions are not short here
        vapi_address = self._vapi_address()
        if self._vapi is not None:
            own["VAPI_PHONE_NUMBER_ID"] = self._vapi.phone_number_id
            own["VAPI_SIP_ADDRESS"] = SIMULATED_SIP_ADDRESS
        own |= self._twilio_names() | self._crm_names()
        self._serve_telephone(gateway)
        values = {**own, **self.settings.values, "VAPI_BASE_URL": vapi_address}
        template = read_template(self._template_path, values)
        self._template = template
        self._names = names = self._resources(template, emulator)
        self._await(self._open_pools(template, names, children))
        self._start_pollers(template, names, emulator)
        self._undo.callback(lambda: self._await(self._close(gateway)))

    def stop(self) -> None:
        """Stop everything, whatever of it was started. Idempotent."""
        for poller in self._pollers:
            poller.stop()
        self._undo.close()

    def client(self, service: str) -> Any:  # noqa: ANN401 (boto3 has no static types)
        """A boto3 client of the emulator: what the system stored, for those who want to look."""
        if self._emulator is None:
            raise EmulatorError("the system is not running")
        if service not in self._clients:
            self._clients[service] = self._emulator.client(service)
        return self._clients[service]

    def messages(self, queue: str) -> tuple[int, int]:
        """How many messages a queue of the template holds: waiting or at work, and put off."""
        if self._names is None:
            raise EmulatorError("the system is not running")
        counted = self.client("sqs").get_queue_attributes(
            QueueUrl=self._names.attribute(queue, "Ref"), AttributeNames=list(COUNTS)
        )["Attributes"]
        waiting, at_work, put_off = (int(counted[name]) for name in COUNTS)
        return waiting + at_work, put_off

    @property
    def endpoint_url(self) -> str:
        """Where the emulator answers."""
        if self._emulator is None:
            raise EmulatorError("the system is not running")
        return self._emulator.endpoint_url

    @property
    def log_folder(self) -> Path:
        """Where each function's log is, as <function>.log."""
        return self._folder / "logs"

    @property
    def template(self) -> Template:
        """What it runs, with the parameters' values of this run."""
        if self._template is None:
            raise EmulatorError("the system is not running")
        return self._template

    @property
    def record(self) -> RunRecord:
        """What commands beside it need to know."""
        running = self.template.parameters
        return RunRecord(
            url=self.url,
            endpoint_url=self.endpoint_url,
            settings={setting_name(name): value for name, value in running.items()},
            told=self._told(),
        )

    @property
    def vapi(self) -> VapiServer | None:
        """The simulator, when one was started."""
        return self._vapi

    @property
    def twilio(self) -> TwilioServer | None:
        """Twilio's simulator, when one was started."""
        return self._twilio

    @property
    def crm(self) -> CrmServer | None:
        """The simulators of a CRM and of who receives webhooks, when they were started."""
        return self._crm

    @property
    def has_telephone(self) -> bool:
        """Whether a telephone is in the page."""
        return self._telephone is not None

    def figures(self) -> dict[str, Figures]:
        """What each function has done so far."""
        return {name: pool.figures for name, pool in self._pools.items()}

    def invoke(self, function: str, event: bytes) -> Outcome:
        """Run one event through a function, from any thread, and wait for the outcome."""
        return self._await(self._invoke(function, event))

    def warm(self, function: str, processes: int) -> None:
        """Start some of a function's processes with events that hold nothing to do."""
        self._await(all_of(self._invoke(function, NOTHING) for _ in range(processes)))

    def kill(self, function: str, holding: str) -> bool:
        """SIGKILL the process of a function whose event holds a text; from any thread."""

        async def kill() -> bool:
            return self._pools[function].kill_holding(holding.encode())

        return self._await(kill())

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_loop(self) -> None:
        thread = threading.Thread(target=self._loop.run_forever, name="local-system", daemon=True)
        thread.start()

        def end() -> None:
            self._await(end_tasks())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

        self._undo.callback(end)

    def _start_emulator(self, children: Children) -> Emulator:
        state = self._folder / "state" if self.settings.persist else None
        emulator = Emulator(children, self.log_folder, state)
        self._undo.callback(self._forget_clients)
        self._undo.callback(emulator.stop)
        with ThreadPoolExecutor(1) as beside:  # loading boto takes as long as the emulator does
            loading = beside.submit(importlib.import_module, "botocore.session")
            emulator.start()
            loading.result()
        self._emulator = emulator
        return emulator

    def _resources(self, template: Template, emulator: Emulator) -> Names:
        """Create what the template names."""
        names = Names(template, emulator.endpoint_url)
        create_resources(names, self.client, self.settings.secrets())
        return names

    def _vapi_address(self) -> str:
        if self.settings.vapi_base_url:
            return self.settings.vapi_base_url
        if self._start_vapi is None:
            return NOWHERE
        self._vapi = self._start_vapi(self.url, self.settings)
        self._undo.callback(self._vapi.stop)
        return self._vapi.url

    def _twilio_names(self) -> dict[str, str]:
        """What functions are told of a Twilio that is simulated here; nothing without one."""
        if not self.settings.twilio_simulated:
            return {}
        if self._start_twilio is None:
            return {"TWILIO_BASE_URL": NOWHERE}
        self._twilio = self._start_twilio(self.url, self.settings, self._vapi)
        self._undo.callback(self._twilio.stop)
        return {
            "TWILIO_BASE_URL": self._twilio.url,
            "TWILIO_ACCOUNT_SID": self._twilio.account_sid,
        }

    def _crm_names(self) -> dict[str, str]:
        """What functions are told of a HubSpot or Cal.com that is simulated here, and no more."""
        hubspot, calcom = self.settings.hubspot_simulated, self.settings.calcom_simulated
        if not hubspot and not calcom:
            return {}
        if self._start_crm is None:
            return {"HUBSPOT_BASE_URL": NOWHERE} if hubspot else {}
        self._crm = self._start_crm()
        self._undo.callback(self._crm.stop)
        booked = {
            "CALCOM_BASE_URL": self._crm.calcom_url,
            "CALCOM_EVENT_TYPE_ID": str(self._crm.calcom_event_type_id),
        }
        told = {
            "HUBSPOT_BASE_URL": self._crm.hubspot_url,
            "WEBHOOK_URL": f"{self._crm.webhooks_url}/hooks/owner",
            "EFFECT_RECEIVERS": "built_in,hubspot,webhook",
        }
        return (told if hubspot else {}) | (booked if calcom else {})

    def _serve_telephone(self, gateway: Gateway) -> None:
        if self._vapi is None or self._start_telephone is None:
            return
        self._telephone = self._start_telephone(self._vapi, self.url, self.settings, self._twilio)
        self._undo.callback(self._telephone.close)
        gateway.serve_beside(TELEPHONE, self._telephone.answer)

    def _forget_clients(self) -> None:
        for poller in self._pollers:
            poller.join(STOP_SECONDS)
        for client in self._clients.values():
            client.close()

    def _await[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _invoke(self, function: str, event: bytes, trace_id: str = "") -> Outcome:
        await self._ready.wait()
        if self._watch is not None and self._watch.changed():
            self._start_anew()
        if function not in self._pools:
            return Outcome(b"{}", failed=True, request_id="")  # stopped before it was ready
        outcome = await self._pools[function].invoke(event, trace_id)
        if outcome.failed:
            self._notices.tell(function, outcome)
        return outcome

    def _told(self) -> dict[str, str]:
        # Numbers that belong to nobody may be dialled where no carrier is.
        test_numbers = "VAPI_API_KEY" not in self.settings.values
        beside = {"LOCAL_TELEPHONE": f"{TELEPHONE}/"} if self._telephone else {}
        return {
            **self.civil.names(),
            **beside,
            "LOCAL_TEST_NUMBERS": str(test_numbers).lower(),
            "LOCAL_WEBHOOKS": "true",  # to this machine, where whoever takes them may be
        }

    def _start_anew(self) -> None:
        print("The code has changed: handlers are started anew.", file=sys.stderr)
        self._notices.clear()
        for pool in self._pools.values():
            pool.recycle()

    async def _open_pools(self, template: Template, names: Names, children: Children) -> None:
        self._pools = make_pools(
            names,
            children,
            each=self._processes,
            least_timeout_seconds=self._least_timeout_seconds,
            log_folder=self.log_folder,
            told=self._told(),
            verbose=self._verbose,
        )
        if not template.built:
            functions = template.functions.values()
            layers = {layer for function in functions for layer in function.layers}
            folders = layers | {function.folder for function in functions}
            self._watch = SourceWatch(sorted(folders))
        for schedule in template.schedules:
            ticking = run_timer(
                schedule,
                self._invoke,
                self.civil.now,
                self.civil.sleep,
                one_at_a_time=self.civil.speed > 1,
            )
            self._timers.append(self._loop.create_task(ticking))
        self._ready.set()

    def _start_pollers(self, template: Template, names: Names, emulator: Emulator) -> None:
        bounds = process_bounds(template, self._processes)
        for mapping in template.queue_mappings:
            poller = QueuePoller(
                mapping,
                names.attribute(mapping.queue, "Ref"),
                partial(self._connect_to_queues, emulator),
                self.invoke,
                bounds[mapping.function],
            )
            self._pollers.append(poller)
            poller.start(kept=self.settings.persist)

    def _connect_to_queues(self, emulator: Emulator) -> AwsConnection:
        return connection_to_queues(emulator.endpoint_url)

    async def _close(self, gateway: Gateway) -> None:
        """No new event; those under way may finish for a second; then every handler ends."""
        for timer in self._timers:
            timer.cancel()
        batches = (asyncio.to_thread(poller.finish, STOP_SECONDS) for poller in self._pollers)
        await asyncio.gather(gateway.stop(), *batches)
        for pool in self._pools.values():
            await pool.stop()

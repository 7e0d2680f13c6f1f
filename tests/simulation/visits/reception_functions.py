"""What runs behind the queues and the scheduler: router, receptionist, reconciler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.dialing.services.settle_attempt import CallNews, hear_of_call
from contact_center.kernel.ports import (
    ContentionError,
    PassingError,
    QueueUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.people.services.change_person import free_overdue
from contact_center.reception.services.do_job import do_job
from contact_center.reception.services.look_up_visits import look_up_visits
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from tests.simulation.queues import Mapping, SimulatedQueue
from tests.simulation.visits.reception_services import EXPLAINED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.conversations.services.ports.messages import PersonWish
    from tests.simulation.visits.provider_truth import Call
    from tests.simulation.visits.reception_services import Services
    from tests.simulation.world import World

TICK_MS = 60_000  # the scheduler's minute
JOBS = Mapping(timeout_ms=60_000, visibility_ms=360_000, batch=10, concurrency=2, max_receives=5)
CALL_EVENTS = Mapping(
    timeout_ms=30_000, visibility_ms=180_000, batch=1, concurrency=3, max_receives=5
)
TOLD_TWICE = 2  # as the router tells a wish
KINDS = list(JobKind)
UNTOLD = (ContentionError, QueueUnavailableError, StoreRefusedError, StoreUnavailableError)


@dataclass(frozen=True, slots=True)
class CallTold:
    """Vapi tells that a call is under way, or over."""

    call: Call
    ended: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """The router has decided, in a call, whom its caller is to get."""

    wish: PersonWish


class Functions:
    """Those that nobody waits for.

    Attributes:
        loses_hints: The odds that a hint cannot be sent, from the first to the last: what it was
            about is found by the ticks alone, whose own message is no hint.
    """

    loses_hints = 0.0

    def __init__(self, world: World) -> None:
        self.world = world
        self.services: Services
        self.whose: Callable[[Call], str | None] = lambda call: call.name
        self.begun: set[tuple[str, int]] = set()
        self.tells: Callable[[PersonWish], None] = lambda _wish: None
        self.remembers: Callable[[Call], None] = lambda _call: None
        self.hints = SimulatedQueue(world, "receptionist", JOBS, self._reception_jobs)
        self.events = SimulatedQueue(world, "router", CALL_EVENTS, self._call_events)
        world.later(world.chance.uniform(0, TICK_MS), self._tick)

    def send(self, job: ReceptionJob) -> None:
        """ReceptionJobs over the network."""
        if self.loses_hints and job.kind is not JobKind.TICK:
            self.world.boundary("hint send")
            if self.world.chance.random() < self.loses_hints:
                raise QueueUnavailableError
        self.hints.send(job, job.in_seconds * 1_000)

    # -- the router --------------------------------------------------------------------------

    def tell_of_call(self, call: Call, ended: bool) -> None:  # noqa: FBT001  a callback
        if not self.world.fault("webhook_lost"):
            self.events.put(CallTold(call, ended))

    def decides(self, wish: PersonWish) -> None:
        """What a caller said leads to a decision, if his words are heard of."""
        if not self.world.fault("webhook_lost"):
            self.events.put(Decided(wish))

    def _call_events(self, batch: Sequence[tuple[int, Any]]) -> Sequence[int]:
        failed = []
        for number, told in batch:
            work = self._routed if isinstance(told, CallTold) else self._carried_out
            if not self._works(lambda work=work, told=told: work(told)):  # type: ignore[misc]
                failed.append(number)
        return failed

    def _routed(self, told: CallTold) -> None:
        services, call = self.services, told.call
        if self.whose(call) is None:
            return  # of no visit's that anybody knows: it never had a line
        news = CallNews(
            call_id=call.call_id,
            name=None,
            ended=told.ended,
            talked=call.joined,
            visit_post=call.name,
        )
        if told.ended:
            self.remembers(call)
        hear_of_call(news, services.settling)
        if told.ended:
            send_hint(ReceptionJob(JobKind.SERVE), services.jobs, services.metrics)
        services.follower.hear_of_call(
            CallOfVisit(
                post=call.name,
                call_id=call.call_id,
                ended=told.ended,
                talked=call.joined,
                reason=call.reason if told.ended else None,
            )
        )

    def _carried_out(self, told: Decided) -> None:
        """As the router: told before it is marked as begun, and never again after that."""
        wish = told.wish
        key = wish.post, wish.number
        if key in self.begun:
            return
        for _ in range(TOLD_TWICE):
            self.tells(wish)
            try:
                self.services.wishes.tell(wish)
                break
            except UNTOLD:
                continue
        begin = self.services.client.write
        begin("decision", lambda: self.begun.add(key), transaction=False)

    # -- the receptionist --------------------------------------------------------------------

    def _reception_jobs(self, batch: Sequence[tuple[int, Any]]) -> Sequence[int]:
        jobs: dict[ReceptionJob, list[int]] = {}
        for number, job in batch:
            jobs.setdefault(job, []).append(number)
        failed: list[int] = []
        for job in sorted(jobs, key=lambda one: KINDS.index(one.kind)):
            if not self._works(lambda job=job: do_job(job, self.services.job_parts)):  # type: ignore[misc]
                failed += jobs[job]
        return failed

    def _works(self, work: Callable[[], object]) -> bool:
        """Whether it is done, or comes again; what no fault of the world explains is judged."""
        try:
            work()
        except EXPLAINED:
            return False
        except Exception as error:  # noqa: BLE001  as the functions: one stops no other
            self.world.strange.append(error)
            return False
        return True

    # -- the reconciler ----------------------------------------------------------------------

    def _tick(self) -> None:
        self.world.later(TICK_MS, self._tick)
        if not self.world.fault("tick_lost"):
            self.world.spawn("reconciler", 300_000, self._reconcile, self._ticked)

    def _reconcile(self) -> None:
        services = self.services
        send_hint(ReceptionJob(JobKind.TICK), services.jobs, services.metrics)
        if look_up_visits(services.looking_up):
            send_hint(ReceptionJob(JobKind.SERVE), services.jobs, services.metrics)
        free_overdue(services.hinted)

    def _ticked(self, how: str, error: Any) -> None:
        if how == "raised" and isinstance(error, PassingError):
            self.world.strange.remove(error)  # the next tick does it

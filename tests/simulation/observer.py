"""What really happened, written down as it happens: the truth that histories are judged by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import read_post_name
from contact_center.dialing.services.hold_lines import CALL_HOLDER
from contact_center.dialing.services.judge_call import judge_call
from contact_center.permission.domain.contactability import Deny
from contact_center.permission.domain.permission import Permission
from tests.simulation.template_figures import timeout_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_requests import DialRequest
    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.dialing.services.ledger_ports import Change
    from tests.simulation.provider import Call, Provider
    from tests.simulation.simulated_ports import WatchedLedger
    from tests.simulation.world import World

# A verdict is acted on for as long as a process may live after it read.
VERDICT_MS = 40_000
SLOT_AHEAD_MS = 170_000
LISTING_GRACE_MS = 20_000
# So often the provider fails to answer before anybody is asked.
FAILED_LOOK_UPS = 10


@dataclass(eq=False)
class Observer:
    """Follows the tables and the provider. Nothing it does changes the history."""

    world: World
    tables: WatchedLedger
    provider: Provider
    judge: JudgeParts
    known_live: dict[str, float] = field(default_factory=dict)
    known_ended: dict[str, float] = field(default_factory=dict)
    permissions: dict[str, list[tuple[float, Permission]]] = field(default_factory=dict)
    stopped: list[tuple[float, bool]] = field(default_factory=list)
    campaigns: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)
    customers: dict[str, list[tuple[float, Customer]]] = field(default_factory=dict)
    settled_at: dict[str, float] = field(default_factory=dict)
    talked: dict[str, float] = field(default_factory=dict)
    broken_off: set[str] = field(default_factory=set)
    misconfigured: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    settled: Callable[[DialAttempt], None] = lambda _attempt: None

    # -- as things change --------------------------------------------------------------------

    def changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if after.call_id is not None:
            self._known(after.call_id, before, after)
        self.campaign_states()
        if after.state is AttemptState.DOUBTFUL and before.state is not after.state:
            self._doubtful(after)
        if change.customer is not None:
            entry = (self.world.now, self.tables.customers[change.customer.after.number])
            self.customers.setdefault(entry[1].number, []).append(entry)
        if after.state is AttemptState.SETTLED:
            self._over(before, after)

    def _known(self, call_id: str, before: DialAttempt, after: DialAttempt) -> None:
        self.known_live.setdefault(call_id, self.world.now)
        if after.ended_at_ms is not None:
            self.known_ended.setdefault(call_id, self.world.now)
            if before.ended_at_ms is None:
                self._heard_end(call_id)

    def _over(self, before: DialAttempt, after: DialAttempt) -> None:
        if before.disposition is None:
            self._settled(before, after)
        if before.disposition != after.disposition:
            self.settled_at[after.attempt_id] = self.world.now
            if after.disposition is Disposition.CONFIGURATION:
                self.misconfigured[after.name] = self.world.now
            self.settled(after)

    def line_told(self, holder: str, ended: bool) -> None:  # noqa: FBT001  a callback
        call_id = holder.removeprefix(CALL_HOLDER)
        self.known_live.setdefault(call_id, self.world.now)
        if ended:
            self.known_ended.setdefault(call_id, self.world.now)

    def told(self, call: Call, *, ended: bool) -> None:
        """The router has dealt with a webhook of this call."""
        self.known_live.setdefault(call.call_id, self.world.now)
        if ended:
            self.known_ended.setdefault(call.call_id, self.world.now)

    def permitted(self, number: str) -> None:
        states = self.permissions.setdefault(number, [])
        known = self.tables.permitted(number)
        states.append((self._since(states), known))

    def switched(self) -> None:
        self.stopped.append((self._since(self.stopped), self.tables.switch.stopped))

    def campaign_states(self) -> None:
        for campaign_id, gate in self.tables.campaigns.items():
            states = self.campaigns.setdefault(campaign_id, [])
            if not states or states[-1][1] != gate.running:
                states.append((self._since(states), gate.running))

    def _since(self, states: Sequence[object]) -> float:
        """Now; what is set up before anything happens was so from the beginning of time."""
        return self.world.now if states else 0

    def _settled(self, before: DialAttempt, after: DialAttempt) -> None:
        match after.disposition:
            case Disposition.NOT_CALLED:
                if not self._denied_lately(after.request):
                    self.wrong.append(
                        f"not called, {after.reason}, though nothing denied it: {after.attempt_id}"
                    )
            case Disposition.UNKNOWN if before.state is not AttemptState.DOUBTFUL:
                self._unknown(after)
            case _:
                pass

    def _heard_end(self, call_id: str) -> None:
        """Whether who wrote the end down could see in the call's record that it was a talk."""
        running = self.world.running
        if running is None or running.name != "router":
            return
        begun_ms = running.deadline_ms - timeout_ms("CallRouter")
        if self.talked.get(call_id, inf) < begun_ms:
            self.broken_off.add(call_id)

    def _doubtful(self, after: DialAttempt) -> None:
        """A person is asked only when the provider did not answer, many times."""
        if self.provider.unanswered[after.name] < FAILED_LOOK_UPS:
            self.wrong.append(f"doubtful though the provider answered: {after.name}")

    def _unknown(self, after: DialAttempt) -> None:
        """Nobody may be given up as unknown whom the provider has listed for a while."""
        if after.ended_at_ms is not None:
            return  # it was found; only the word for its end says nothing to us
        since_ms = self.world.now - LISTING_GRACE_MS
        if any(
            call.name == after.name and call.listed_at_ms < since_ms for call in self.provider.calls
        ):
            self.wrong.append(f"settled as unknown though listed: {after.name}")

    def _denied_lately(self, request: DialRequest) -> bool:
        now = self.world.now
        instants = (now - VERDICT_MS, now, now + SLOT_AHEAD_MS)
        number = request.number
        return any(
            self._denies(request, permission, customer, at_ms)
            for permission in self._lately(self.permissions.get(number, []), Permission())
            for customer in self._lately(self.customers.get(number, []), Customer(number=number))
            for at_ms in instants
        )

    def _lately[T](self, states: list[tuple[float, T]], first: T) -> list[T]:
        """The states that were valid at some time while a process could live."""
        ends = [*(since for since, _ in states), float("inf")]
        known = [first, *(state for _, state in states)]
        since_ms = self.world.now - VERDICT_MS
        return [state for state, end in zip(known, ends, strict=True) if end >= since_ms]

    def _denies(
        self, request: DialRequest, permission: Permission, customer: Customer, at_ms: float
    ) -> bool:
        read = self.tables.circumstances(request.number, request.campaign_id)
        judged = replace(read, customer=customer, permission=permission)
        return isinstance(judge_call(request, judged, int(at_ms), self.judge), Deny)

    # -- looked at now and then --------------------------------------------------------------

    def look_at_lines(self) -> None:
        """A line is held for every call that is known to live, and for none known to be over."""
        leases = self.tables.leases
        for call in self.provider.calls:
            held = f"{CALL_HOLDER}{call.call_id}" in leases or (call.name or "") in leases
            if call.call_id in self.known_ended:
                if held and self._line_is_of(call):
                    self.wrong.append(f"a line is held for a call known to be over: {call.call_id}")
            elif not held and call.call_id in self.known_live and call.live(self.world.now):
                self.wrong.append(f"no line is held for a call known to live: {call.call_id}")

    def _line_is_of(self, call: Call) -> bool:
        """Two calls of one name cannot be told apart by the name of their lease."""
        return sum(other.name == call.name for other in self.provider.calls) == 1 or (
            call.name is None
        )

    def attempt_of(self, name: str) -> DialAttempt | None:
        named = read_post_name(name)
        return None if named is None else self.tables.attempts.get(named[0])

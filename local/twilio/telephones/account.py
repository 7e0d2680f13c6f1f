"""What all calls of a simulated Twilio account share: numbers, limits, and everything alive."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.twilio.ids import new_sid
from local.twilio.telephones.outside import Nobody, Outside
from local.twilio.webhooks.mail import Mail
from local.twilio.webhooks.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from local.twilio.clock import Clock
    from local.twilio.telephones.people import People
    from local.vapi.log import SimulatorLog

API_VERSION = "2010-04-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of the account, and what is asked when it rings.

    A number that hangs on an application or a trunk asks none of its own addresses.
    """

    number: str
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    application_sid: str = ""
    trunk_sid: str = ""
    sid: str = field(default_factory=lambda: new_sid("PN"))

    @property
    def asks(self) -> str:
        """The address that it asks when it rings; empty: none of its own."""
        return "" if self.application_sid or self.trunk_sid else self.voice_url


@dataclass(slots=True, kw_only=True)
class Switches:
    """What may be switched on to see how a client copes.

    Attributes:
        concurrent_requests: Most REST requests at the same time; more are refused (20429).
        refuse_every: So many REST requests are refused as too many; 0 means none.
        lose_answers: To so many POSTs the answer never comes, though they were obeyed.
        ring_more_seconds: How much longer telephones ring than was asked for: up to five seconds in
            life, by Twilio's documentation.
        refused: What a number is refused with, by number: 21215, say.
        connect_action_when_cut: Whether `<Connect action>` is asked when a redirect, or the
            caller, ends it; nobody has seen what the real one does.
        dial_action_when_cut: Whether `<Dial action>` is asked when a redirect ends it, its answer
            unused: seen in life of `<Number>`, before the document of the redirect
            (docs/sources.md, Twilio §3).
    """

    concurrent_requests: int = 100
    refuse_every: int = 0
    lose_answers: int = 0
    ring_more_seconds: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    connect_action_when_cut: bool = False
    dial_action_when_cut: bool = True


class Account:
    """One account.

    Args:
        sid, auth_token: Who it is; the token signs what we are sent.
        numbers: Its own.
        clock: Its time.
        log: What it did and saw.
        people: Whose telephones ring.
        calls_per_second: How many calls ordered by REST are made in a second.
        outside: Who takes streams and SIP calls.
        signer: Signs webhooks in another way than by the token.
    """

    def __init__(  # noqa: PLR0913 - the parts of an account, by keyword
        self,
        *,
        sid: str,
        auth_token: str,
        numbers: tuple[Number, ...],
        clock: Clock,
        log: SimulatorLog,
        people: People,
        calls_per_second: float = 1.0,
        outside: Outside | None = None,
        signer: Signer | None = None,
    ) -> None:
        self.sid = sid
        self.auth_token = auth_token
        self.numbers = {each.number: each for each in numbers}
        self.clock = clock
        self.people = people
        self.calls_per_second = calls_per_second
        self.priced_after_seconds = 60.0  # what a call cost is known a while after its end
        self.outside: Outside = outside or Nobody()
        self.switches = Switches()
        self.mail = Mail(clock, signer or Signer(auth_token), self.note, self.spawn)
        self.media_ms: dict[str, int] = {}  # how long recordings last, by address
        self._kept: dict[type, dict[str, Any]] = defaultdict(dict)
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._next_turn_ms = 0

    def soon(self, what: Callable[[], None]) -> None:
        """Do something on the simulator's own thread; from any thread."""
        self._loop.call_soon_threadsafe(what)

    @property
    def path(self) -> str:
        """Where its resources lie."""
        return f"/{API_VERSION}/Accounts/{self.sid}"

    def kept[Thing](self, kind: type[Thing]) -> dict[str, Thing]:
        """Everything of one kind that the account has or had, by SID: its calls, its queues."""
        return self._kept[kind]

    def note(self, event: str, call: str | None = None, **details: object) -> None:
        """Write a line in the simulator's log; `v_ms` is the simulated time."""
        self._log.write(event, call, v_ms=self.clock.now_ms(), **details)

    def spawn[Result](self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Let something go on by itself, on the simulator's loop."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def wait_for_turn_ms(self) -> int:
        """How long a call that is ordered now waits until it is made."""
        now_ms = self.clock.now_ms()
        turn_ms = max(now_ms, self._next_turn_ms)
        self._next_turn_ms = turn_ms + round(1000 / self.calls_per_second)
        return turn_ms - now_ms

    async def close(self) -> None:
        """End everything that is under way, and tell nobody."""
        self.mail.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.note("mistake", what=repr(error))
            raise error

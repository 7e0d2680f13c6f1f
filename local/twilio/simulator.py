"""A strict simulator of Twilio Voice on loopback: REST, TwiML, webhooks, telephones.

    with TwilioSimulator(numbers=[Number(number="+14155550100", voice_url=…)], people=…) as twilio:
        sid = twilio.place_inbound("+12125550199", "+14155550100", Ring(steps=…))

It is told nothing in advance: what our server orders by REST and answers with TwiML is carried out
as the real one would, or refused. What it did and saw stands in `twilio.log`.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Self

from local.cloud.http_server import HttpServer
from local.cloud.loop_work import called, end_tasks
from local.settings import SIMULATED_TWILIO_TOKEN
from local.twilio.clock import Clock, HeldClock
from local.twilio.ids import new_sid, new_token
from local.twilio.rest.api import Rest
from local.twilio.rest.call_orders import call_token
from local.twilio.rest.telephone import Telephone
from local.twilio.telephones.account import Account, Number
from local.twilio.telephones.legs import Leg, Subscription
from local.twilio.telephones.on_the_line import on_the_line, waits_at_most
from local.twilio.telephones.people import People
from local.twilio.telephones.people_format import Person, Ring
from local.twilio.twiml.documents import Source
from local.twilio.twiml.execution import carry_out
from local.vapi.log import SimulatorLog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from local.twilio.telephones.account import Switches
    from local.twilio.telephones.outside import Outside
    from local.twilio.webhooks.mail import Faults
    from local.twilio.webhooks.signing import Signer
    from local.vapi.scripts.callers_format import Caller

ACCOUNT_SID = "AC00000000000000000000000000000001"
AUTH_TOKEN = SIMULATED_TWILIO_TOKEN
BODY_LIMIT_BYTES = 256 * 1024
MS_PER_SECOND = 1000


class TwilioSimulator:
    """A Twilio account on this machine.

    Args:
        numbers: The account's numbers, and what is asked when they ring.
        people: Whose telephones ring; who is in no file has none.
        account_sid, auth_token: Who REST requests must be from; the token signs webhooks.
        port: Where to listen; 0 chooses a free one.
        speed: Simulated milliseconds in a real one; None holds the clock until `advance`.
        starts_at: The civil instant at which it begins; the present one if left out.
        calls_per_second: How many calls ordered by REST are made in a second.
        outside: Who takes streams and calls to SIP hosts; nobody if left out.
        sip_domains: What is asked when a telephone calls a SIP domain, by the domain's name.
        signer: Signs webhooks in another way than by the token.
        log_path: Where to keep the log as JSON lines, beside memory.
    """

    def __init__(  # noqa: PLR0913 - every part of an account has a sensible default
        self,
        *,
        numbers: Sequence[Number],
        people: Sequence[Person] = (),
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        port: int = 0,
        speed: float | None = 1.0,
        starts_at: datetime | None = None,
        calls_per_second: float = 1.0,
        outside: Outside | None = None,
        sip_domains: Mapping[str, Number] | None = None,
        signer: Signer | None = None,
        log_path: Path | None = None,
    ) -> None:
        self.log = SimulatorLog(log_path)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="twilio", daemon=True)
        self._thread.start()
        self._port = port
        self._sip_domains = dict(sip_domains or {})
        self._clock = HeldClock(starts_at) if speed is None else Clock(starts_at, speed)

        async def opened() -> Account:
            return Account(
                sid=account_sid,
                auth_token=auth_token,
                numbers=tuple(numbers),
                clock=self._clock,
                log=self.log,
                people=People(people),
                calls_per_second=calls_per_second,
                outside=outside,
                signer=signer,
            )

        self.account = self._await(opened())
        rest = Rest(self.account, Telephone(self.account, self.log, self._ring_by_hand))
        self._server = HttpServer(rest.answer, body_limit_bytes=BODY_LIMIT_BYTES)

    @property
    def url(self) -> str:
        """The base URL: what TWILIO_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def account_sid(self) -> str:
        """The account."""
        return self.account.sid

    @property
    def switches(self) -> Switches:
        """What may be switched on to see how a client copes."""
        return self.account.switches

    def start(self) -> Self:
        """Answer requests."""
        self._await(self._server.start(self._port))
        return self

    def stop(self) -> None:
        """End every call, telling nobody, and stop answering."""

        async def end() -> None:
            await self.account.close()
            await self._server.stop()
            await end_tasks()

        self._await(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.log.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def place_inbound(
        self, from_: str, to: str, ring: Ring | None = None, extra: Mapping[str, str] | None = None
    ) -> str:
        """Somebody calls a number of the account.

        Args:
            from_: Who, as the network tells it: a number, or what stands for none.
            to: The number called.
            ring: What the caller does on the line.
            extra: Fields that the network adds: StirVerstat, ForwardedFrom, CallerName.

        Returns:
            The call's SID.

        Raises:
            ValueError: The account has no such number.
        """
        return self.do(lambda: self._come_in(from_, to, ring or Ring(), extra or {}).sid)

    def place_sip(
        self, from_: str, to: str, ring: Ring | None = None, username: str | None = None
    ) -> str:
        """A telephone calls a SIP domain of the account.

        Args:
            from_: What it says of itself in the header `From`.
            to: What it calls, sip:name@domain.
            ring: What the caller does on the line.
            username: Whose password it has shown; None: its network's address was enough.

        Returns:
            The call's SID.

        Raises:
            ValueError: The account has no such domain.
        """
        domain = to.rpartition("@")[2]
        if domain not in self._sip_domains:
            raise ValueError(f"{to} is at no SIP domain of this account")
        told = {"SipDomain": domain, "SipDomainSid": new_sid("SD"), "SipSourceIp": "192.0.2.7"}
        told |= {"SipCallId": f"{new_token()}@192.0.2.7"}
        told |= {} if username is None else {"SipUsername": username}
        asks = self._sip_domains[domain]
        return self.do(lambda: self._begin(from_, to, asks, ring or Ring(), told).sid)

    def place_caller(self, caller: Caller, to: str, scripts: dict[str, Caller]) -> str:
        """A caller of a script calls, and calls back afterwards if the script says so.

        Args:
            caller: Who; what they do where no assistant listens is `on_the_line`.
            to: The number called.
            scripts: Who plays whom where an assistant does, by number: Vapi's `people`.

        Returns:
            The first call's SID.
        """

        def begin() -> str:
            leg = self._ring_in(caller, to, scripts)
            self.account.spawn(self._ring_again(caller, leg, to, scripts))
            return leg.sid

        return self.do(begin)

    def _ring_by_hand(self, caller: Caller, to: str) -> Leg:
        self.account.outside.expect(caller)
        return self._come_in(caller.number, to, Ring(), {})

    def _ring_in(self, caller: Caller, to: str, scripts: dict[str, Caller]) -> Leg:
        scripts[caller.number] = caller
        ring = Ring(steps=caller.on_the_line, queue_patience_ms=caller.queue_patience_ms)
        leg = self._come_in(caller.number, to, ring, {})
        expected = caller.expects.visit
        self.account.note("caller", leg.sid, name=caller.name, file=caller.file, visit=expected)
        return leg

    async def _ring_again(
        self, caller: Caller, leg: Leg, to: str, scripts: dict[str, Caller]
    ) -> None:
        await leg.watch.until(lambda: leg.ended)
        if caller.call_back is not None:
            await self._clock.sleep(caller.call_back_after_ms)
            again = self._ring_in(caller.call_back, to, scripts)
            await again.watch.until(lambda: again.ended)

    def with_faults(self, faults: Faults) -> None:
        """From now on this goes wrong with what our server is told."""
        self.account.mail.faults = faults

    def leg(self, sid: str) -> Leg:
        """A call, to look at."""
        return self.account.kept(Leg)[sid]

    def advance(self, seconds: float) -> None:
        """Let a held clock go on; everything due happens at its own moment. Raises TypeError."""
        if not isinstance(self._clock, HeldClock):
            raise TypeError("this clock goes by itself: make the simulator with speed=None")
        self._await(self._clock.advance(round(seconds * MS_PER_SECOND)))

    def settle(self) -> None:
        """Let everything happen that needs no time."""
        self._await(self._clock.settle())

    def do[Result](self, what: Callable[[], Result]) -> Result:
        """Do something on the simulator's own thread, and wait for it."""
        return self._await(called(lambda _: what(), None))

    def _come_in(self, from_: str, to: str, ring: Ring, extra: Mapping[str, str]) -> Leg:
        number = self.account.numbers.get(to)
        if number is None:
            raise ValueError(
                f"{to} is no number of this account: {', '.join(self.account.numbers)}"
            )
        leg = self._begin(from_, to, number, ring, extra)
        leg.extra["CallToken"] = call_token(leg)
        return leg

    def _begin(
        self, from_: str, to: str, number: Number, ring: Ring, extra: Mapping[str, str]
    ) -> Leg:
        leg = Leg(
            self.account,
            direction="inbound",
            from_=from_,
            to=to,
            number=number,
            subscription=Subscription(
                url=number.status_callback, method=number.status_callback_method
            ),
            extra=extra,
        )
        leg.ring_answered = ring
        leg.run(lambda: carry_out(leg, Source(url=number.asks, method=number.voice_method)))
        leg.beside(on_the_line(leg, ring))
        if ring.queue_patience_ms:
            leg.beside(waits_at_most(leg, ring.queue_patience_ms))
        return leg

    def _await[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

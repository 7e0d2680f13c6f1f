"""Requests to our server on their way: signed, repeated as agreed, and with faults on request."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from local.twilio.clock import HeldClock
from local.twilio.ids import new_token
from local.twilio.webhooks.exchange import HTTP_ERROR, Reply, Sending, Webhook, exchange
from local.twilio.webhooks.overrides import OverrideError, read_overrides

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from local.twilio.clock import Clock
    from local.twilio.webhooks.overrides import Delivery
    from local.twilio.webhooks.signing import Signer

MOST_AT_ONCE = 128
BAD_POLICY = 11243
LONGEST_HELD_MS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong with what Twilio tells us; 0 means never, 3 every third request.

    Attributes:
        kinds: Of which requests: `status`, `conference`, `voice` and so on; all whose answer nobody
            reads if left out.
        lose_every: So many are never sent.
        double_every: So many are sent twice, with the same idempotency token.
        late_every, late_ms: So many are sent so much later.
        swap_every: So many are sent after the one that follows them.
        repeat_every: So many of those that ask for TwiML are sent twice, with the same token: the
            first answer is lost.
    """

    kinds: tuple[str, ...] = ()
    lose_every: int = 0
    double_every: int = 0
    late_every: int = 0
    late_ms: int = 5_000
    swap_every: int = 0
    repeat_every: int = 0


class Mail:
    """Sends the account's requests.

    Args:
        clock: Simulated time, for delays.
        signer: Signs every request.
        note: Writes every attempt down: an event, the call's SID, details.
        spawn: Lets something go on by itself.
    """

    def __init__(
        self,
        clock: Clock,
        signer: Signer,
        note: Callable[..., None],
        spawn: Callable[[Coroutine[Any, Any, object]], asyncio.Task[Any]],
    ) -> None:
        self.faults = Faults()
        self._clock = clock
        self._signer = signer
        self._note = note
        self._spawn = spawn
        self._count = 0
        self._asked = 0
        self._held: Webhook | None = None
        self._last: dict[str, asyncio.Task[Any]] = {}  # what was told last of each thing
        self._closed = False
        # Where time stands still, requests are sent one by one: their order is always the same.
        at_once = 1 if isinstance(clock, HeldClock) else MOST_AT_ONCE
        self._room = asyncio.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="twilio-webhook")

    def close(self) -> None:
        """Tell nobody anything any more."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def ask(self, webhook: Webhook) -> Reply:
        """Send a request and wait for its answer, repeated as its address says."""
        token = new_token()
        self._asked += 1
        if _falls_on(self.faults.repeat_every, self._asked):
            await self._send(webhook, token)
        return await self._send(webhook, token)

    def tell(self, webhook: Webhook) -> None:
        """Send a request whose answer nobody reads; with the account's faults."""
        if self._closed:
            return
        self._count += 1
        number, faults = self._count, self.faults
        if faults.kinds and webhook.kind not in faults.kinds:
            self._in_order(webhook, twice=False)
        elif _falls_on(faults.lose_every, number):
            self._write("webhook-lost", webhook)
        elif _falls_on(faults.swap_every, number) and self._held is None:
            self._held = webhook
            self._spawn(self._let_go(webhook))
        elif _falls_on(faults.late_every, number):
            self._spawn(self._late(webhook, faults.late_ms))
        else:
            self._in_order(webhook, twice=_falls_on(faults.double_every, number))

    def _in_order(self, webhook: Webhook, *, twice: bool) -> None:
        before = self._last.get(webhook.after) if webhook.after else None
        sending = self._spawn(self._after(before, webhook, twice=twice))
        if webhook.after:
            self._last[webhook.after] = sending
            sending.add_done_callback(lambda sent: self._forget(webhook.after, sent))

    def _forget(self, after: str, sent: asyncio.Task[Any]) -> None:
        if self._last.get(after) is sent:
            del self._last[after]

    async def _after(
        self, before: asyncio.Task[Any] | None, webhook: Webhook, *, twice: bool
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        token = new_token()
        for _ in range(2 if twice else 1):
            await self._send(webhook, token)
        held, self._held = self._held, None
        if held is not None:
            await self._send(held, new_token())

    async def _late(self, webhook: Webhook, late_ms: int) -> None:
        await self._clock.sleep(late_ms)
        await self._send(webhook, new_token())

    async def _let_go(self, webhook: Webhook) -> None:
        await self._clock.sleep(LONGEST_HELD_MS)
        if self._held is webhook:
            self._held = None
            await self._send(webhook, new_token())

    async def _send(self, webhook: Webhook, token: str) -> Reply:
        try:
            url, delivery = read_overrides(webhook.url)
        except OverrideError as error:
            self._write("webhook-refused", webhook, why=str(error))
            return Reply(url=webhook.url, error_code=BAD_POLICY)
        with self._clock.outside():
            async with self._room:
                return await self._attempts(webhook, url, delivery, token)

    async def _attempts(self, webhook: Webhook, url: str, delivery: Delivery, token: str) -> Reply:
        loop = asyncio.get_running_loop()
        ends = loop.time() + delivery.total_ms / 1000
        reply = Reply(url=url, error_code=HTTP_ERROR, failure="rt")
        for attempt in range(1, delivery.retries + 2):
            left = ends - loop.time()
            if left <= 0:
                break
            waits = replace(delivery, read_ms=min(delivery.read_ms, max(1, round(left * 1000))))
            sending = Sending(
                webhook=webhook, url=url, delivery=waits, signer=self._signer, token=token
            )
            reply = replace(await self._within(sending, left), attempt=attempt)
            self._write_sent(webhook, reply, token)
            if not delivery.again(reply.status, reply.failure):
                break
        return reply

    async def _within(self, sending: Sending, seconds: float) -> Reply:
        loop = asyncio.get_running_loop()
        try:
            exchanging = loop.run_in_executor(self._threads, exchange, sending)
            return await asyncio.wait_for(exchanging, seconds)
        except TimeoutError:
            return Reply(url=sending.url, error_code=HTTP_ERROR, failure="rt")

    def _write_sent(self, webhook: Webhook, reply: Reply, token: str) -> None:
        self._write(
            "webhook",
            webhook,
            status=reply.status,
            error_code=reply.error_code,
            took_ms=reply.took_ms,
            attempt=reply.attempt,
            token=token,
            fields=dict(webhook.fields),
        )

    def _write(self, event: str, webhook: Webhook, **details: object) -> None:
        about = {"kind": webhook.kind, "url": webhook.url, "method": webhook.method}
        self._note(event, webhook.call, **about, **details)


def _falls_on(every: int, number: int) -> bool:
    return bool(every) and number % every == 0

"""An owner's webhook as a receiver of effects.

answer                                  what came of it
2xx                                     Delivered
410                                     Refused, gone: nothing more is sent there
413, or 20 KB before it is sent         Refused, too_large
429, 503, with a Retry-After or none    Later, rate or server_error
3xx                                     Later, redirect: it is not followed
any other answer                        Later, rejected or server_error, as Standard Webhooks has it
no connection, no public address        Later, connection, no_such_name, not_public
sent, and no whole answer               InDoubt: the same id again is the receiver's to drop
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.ports import CheckUnavailableError
from contact_center.records.domain.effect_fields import BadEffectError, check_told
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later, Refused
from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import Answered, NotSent
from contact_center.web.retry_after import told_wait_ms

if TYPE_CHECKING:
    from contact_center.aws.rotating_secret import RotatingSecret
    from contact_center.crm.webhooks.signing import Signer
    from contact_center.kernel.ports import Clock
    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_ports import Answer
    from contact_center.web.public_addresses import PublicAddresses

SECONDS = 15.0  # for an attempt, as Standard Webhooks recommends at most
LARGEST_BODY_BYTES = 20_000
LARGEST_ANSWER_BYTES = 64_000  # nothing of it is used


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookParts:
    """What all webhooks share.

    Attributes:
        addresses: Where connections may go.
        clock: For the time that is signed along.
        version: Of this software, for the User-Agent.
        certificates: A file of those who may vouch for servers, in place of the usual ones.
    """

    addresses: PublicAddresses
    clock: Clock
    version: str
    certificates: str | None = None


class WebhookReceiver:
    """Receiver at one address of an owner's."""

    def __init__(self, url: str, secret: RotatingSecret[Signer], parts: WebhookParts) -> None:
        """Keep where, and by which secret it knows us; nothing is opened yet.

        Args:
            url: As the owner wrote it.
            secret: What messages are signed with (`Signer.stored` reads it).
            parts: Shared.

        Raises:
            FieldError: The address is none that a webhook may have.
        """
        parts.addresses.check_url(url)
        self._url = url
        self._secret = secret
        self._parts = parts
        self._http = HttpClient(
            SECONDS,
            largest_answer_bytes=LARGEST_ANSWER_BYTES,
            opened=parts.addresses.open,
            certificates=parts.certificates,
        )

    def deliver(self, effect: Effect) -> Answer:
        """Post it, once; see Receiver."""
        if effect.kind is not EffectKind.EVENT:
            return Refused("wrong_kind", f"a webhook takes events, no {effect.kind}")
        try:
            body = body_of(effect)
        except BadEffectError as error:
            return Refused("malformed", str(error))
        if len(body) > LARGEST_BODY_BYTES:
            return Refused("too_large", f"{len(body)} of {LARGEST_BODY_BYTES} bytes")
        now_ms = self._parts.clock.now_ms()
        try:
            signer = self._secret.current(now_ms)
        except CheckUnavailableError:
            return Later("secret_unavailable")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"switchboard/{self._parts.version}",
            **signer.headers(effect.effect_id, now_ms // 1000, body),
        }
        outcome = self._http.ask("POST", self._url, headers, body)
        if isinstance(outcome, Answered):
            return _judged(outcome)
        return Later(outcome.reason) if isinstance(outcome, NotSent) else InDoubt(outcome.reason)

    def look_up(self, effect: Effect) -> None:
        """None: nobody can be asked, and what came twice has one id, by which it is dropped."""


def body_of(effect: Effect) -> bytes:
    """An event as Standard Webhooks writes it. Raises BadEffectError.

    The same at every attempt: type, when it happened, and its data.
    """
    check_told(effect.kind, effect.told)
    said = {
        "type": effect.told["type"],
        "timestamp": iso(effect.caused_at_ms),
        "data": effect.told["data"],
    }
    try:
        text = json.dumps(said, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (TypeError, ValueError, RecursionError):
        raise BadEffectError("data", "must hold plain JSON values") from None


def _judged(answer: Answered) -> Answer:
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Delivered()
    if status == HTTPStatus.GONE:
        return Refused("gone", "the receiver wants nothing more (410)", switched_off=True)
    if status == HTTPStatus.CONTENT_TOO_LARGE:
        return Refused("too_large", "the receiver says so (413)")
    wait_ms = told_wait_ms(answer.headers)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Later("rate", wait_ms)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Later("server_error", wait_ms)
    return Later("redirect" if status < HTTPStatus.BAD_REQUEST else "rejected", wait_ms)

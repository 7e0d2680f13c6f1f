"""Whether a webhook was sent by whom it claims: every way a Vapi credential can be set.

Everything is computed over the raw bytes of the body, before anything parses them, and compared
as bytes in constant time (Vapi §1, reliability §7.1).
"""

from __future__ import annotations

import base64
import hmac
import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from contact_center.aws.rotating_secret import BadSecretError
from contact_center.kernel.data_classes import dataclass
from contact_center.vapi.webhooks.webhook_credentials import (
    BEARER_HEADER,
    SECRET_HEADER,
    TUTORIAL_PLAN,
    BadPlanError,
    HmacPlan,
    Mode,
    key_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REPLAY_WINDOW_MS = 300_000  # either side; five minutes is usual (Vapi §1)
# A time in seconds stays below this until the year 5138; one in milliseconds passed it in 1973.
SECONDS_END = 100_000_000_000
DELIVERY_LIMIT = 128
_PLACEHOLDERS = re.compile(r"\{(body|timestamp|method|url|svix-id)\}")
_TIMESTAMP = re.compile(r"[0-9]{1,15}")


class Refusal(StrEnum):
    """Why a request was refused: a metric's dimension, never told to the sender."""

    NO_SIGNATURE = "no_signature"
    NO_TIMESTAMP = "no_timestamp"
    BAD_TIMESTAMP = "bad_timestamp"
    OUTSIDE_WINDOW = "outside_window"
    WRONG_SIGNATURE = "wrong_signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a signature can cover. Header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Verdict(NamedTuple):
    """What a check found.

    Attributes:
        refusal: Why the request is refused, or None when it is genuine.
        delivery: What tells one sending of a message from another, under the same proof: the
            signed message id, else the signed timestamp, else "": equal bodies are one message.
    """

    refusal: Refusal | None
    delivery: str = ""


class Verifier:
    """Checks requests against one set of secrets. Any configured mode that passes accepts."""

    def __init__(
        self, modes: Sequence[Mode], plan: HmacPlan = TUTORIAL_PLAN, secrets: Sequence[str] = ()
    ) -> None:
        """Prepare the keys.

        Args:
            modes: What may prove a sender; `none` stands alone.
            plan: The options of mode hmac.
            secrets: The secrets that are good now, newest first.

        Raises:
            BadSecretError: A secret is missing, blank, or not base64 though it should be.
            BadPlanError: `none` does not stand alone, or no mode was given.
        """
        if not modes or (Mode.NONE in modes and len(modes) > 1):
            raise BadPlanError("none must stand alone, and no mode at all is no mode")
        if Mode.NONE not in modes and (not secrets or not all(each.strip() for each in secrets)):
            raise BadSecretError("there is no secret to check against")
        self._checks = [_check(mode, plan, secrets) for mode in modes if mode is not Mode.NONE]

    def check(self, signed: Signed, now_ms: int) -> Verdict:
        """Judge a request.

        Args:
            signed: The request.
            now_ms: The machine clock, ms since 1970.

        Returns:
            Genuine as soon as one mode says so, else the most telling reason.
        """
        verdict = Verdict(Refusal.NO_SIGNATURE if self._checks else None)
        for check in self._checks:
            found = check(signed, now_ms)
            if found.refusal is None:
                return found
            if verdict.refusal is Refusal.NO_SIGNATURE:
                verdict = found
        return verdict


type Check = Callable[[Signed, int], Verdict]


def _check(mode: Mode, plan: HmacPlan, secrets: Sequence[str]) -> Check:
    texts = [secret.encode() for secret in secrets]
    match mode:
        case Mode.HMAC:
            return _HmacCheck(plan, [key_of(secret, plan) for secret in secrets])
        case Mode.HMAC_BODY:
            return _HmacCheck(TUTORIAL_PLAN, texts)
        case Mode.SECRET:
            return _SharedTextCheck(SECRET_HEADER, texts)
        case _:
            return _SharedTextCheck(BEARER_HEADER, texts, scheme="bearer ")


def _bytes(header: str) -> bytes:
    # compare_digest raises on a str outside ASCII, so a stranger could cause a 500 with one.
    return header.encode("utf-8", "surrogatepass")


class _HmacCheck:
    """One HMAC plan with its keys."""

    def __init__(self, plan: HmacPlan, keys: Sequence[bytes]) -> None:
        self._plan = plan
        # The key's share of the work is done once; each request copies the state.
        self._keyed = [hmac.new(key, digestmod=plan.algorithm) for key in keys]
        # Text and placeholders alternate, beginning and ending with text.
        self._pieces = _PLACEHOLDERS.split(plan.signed_format)
        self._signature_header = plan.signature_header.lower()
        self._timestamp_header = plan.timestamp_header.lower()
        self._message_id_header = plan.message_id_header.lower()

    def __call__(self, signed: Signed, now_ms: int) -> Verdict:
        given = signed.headers.get(self._signature_header, "").strip()
        if not given:
            return Verdict(Refusal.NO_SIGNATURE)
        if self._plan.include_timestamp:
            late = self._untimely(signed.headers.get(self._timestamp_header, ""), now_ms)
            if late is not None:
                return Verdict(late)
        if not given.startswith(self._plan.prefix):
            return Verdict(Refusal.WRONG_SIGNATURE)
        signature = self._normal(_bytes(given.removeprefix(self._plan.prefix)))
        payload = self._payload(signed)
        genuine = False
        for keyed in self._keyed:
            state = keyed.copy()
            for piece in payload:
                state.update(piece)
            genuine |= hmac.compare_digest(signature, self._encoded(state))
        if not genuine:
            return Verdict(Refusal.WRONG_SIGNATURE)
        return Verdict(None, self._delivery(signed))

    def _delivery(self, signed: Signed) -> str:
        # Only what the signature covers: the rest a replayer could change at will.
        names = (("svix-id", self._message_id_header), ("timestamp", self._timestamp_header))
        for name, header in names:
            if name in self._pieces[1::2]:
                return signed.headers.get(header, "")[:DELIVERY_LIMIT]
        return ""

    def _untimely(self, given: str, now_ms: int) -> Refusal | None:
        if not given:
            return Refusal.NO_TIMESTAMP
        if not _TIMESTAMP.fullmatch(given):
            return Refusal.BAD_TIMESTAMP
        sent = int(given)
        sent_ms = sent if sent > SECONDS_END else sent * 1000
        return None if abs(now_ms - sent_ms) <= REPLAY_WINDOW_MS else Refusal.OUTSIDE_WINDOW

    def _payload(self, signed: Signed) -> list[bytes]:
        return [
            self._value(piece, signed) if index % 2 else piece.encode()
            for index, piece in enumerate(self._pieces)
        ]

    def _value(self, name: str, signed: Signed) -> bytes:
        match name:
            case "body":
                return signed.body
            case "timestamp":
                return _bytes(signed.headers.get(self._timestamp_header, ""))
            case "method":
                return _bytes(signed.method)
            case "url":
                return _bytes(signed.url)
            case _:
                return _bytes(signed.headers.get(self._message_id_header, ""))

    def _normal(self, signature: bytes) -> bytes:
        return signature.lower() if self._plan.encoding == "hex" else signature.rstrip(b"=")

    def _encoded(self, state: hmac.HMAC) -> bytes:
        if self._plan.encoding == "hex":
            return state.hexdigest().encode()
        return base64.b64encode(state.digest()).rstrip(b"=")


class _SharedTextCheck:
    """The secret itself in a header, after a scheme or bare."""

    def __init__(self, header: str, secrets: Sequence[bytes], scheme: str = "") -> None:
        self._header = header
        self._secrets = secrets
        self._scheme = scheme

    def __call__(self, signed: Signed, now_ms: int) -> Verdict:  # noqa: ARG002 (one shape for all checks)
        given = signed.headers.get(self._header, "")
        if given[: len(self._scheme)].lower() != self._scheme or not given:
            return Verdict(Refusal.NO_SIGNATURE)
        said = _bytes(given[len(self._scheme) :].strip())
        genuine = False
        for secret in self._secrets:
            genuine |= hmac.compare_digest(said, secret)
        return Verdict(None if genuine else Refusal.WRONG_SIGNATURE)

"""How a webhook's sender proves itself: the ways a Vapi credential can be set, and its secrets.

    mode       header (default)             proves
    hmac       x-signature, x-timestamp     body and time of sending
    hmac-body  x-vapi-signature             body; it can be replayed for ever (the tutorial's)
    secret     x-vapi-secret                knowledge of the secret
    bearer     authorization                knowledge of the secret
    none       -                            nothing; only when it is written out, alone

Only a signature over the time of sending has a window outside which a message is refused. Where
Vapi sends a time and does not sign it, the plan is refused: whoever replays writes the time anew,
and the credential can be mended. Where the sender offers no time at all (the tutorial's scheme,
the secret itself), there is nothing to mend here; `replayable` says so, and the door aloud.
"""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.aws.rotating_secret import BadSecretError
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALGORITHMS = ("sha256", "sha512", "sha1")
ENCODINGS = ("hex", "base64")
BODY_ONLY = "{body}"
TIMESTAMP_AND_BODY = "{timestamp}.{body}"


class Mode(StrEnum):
    """The ways to prove who is speaking."""

    HMAC = "hmac"
    HMAC_BODY = "hmac-body"
    SECRET = "secret"  # noqa: S105 - the name of a mode
    BEARER = "bearer"
    NONE = "none"


SECRET_HEADER, BEARER_HEADER = "x-vapi-secret", "authorization"


class BadPlanError(ValueError):
    """The options of the HMAC contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HmacPlan:
    """The options of Vapi's HMAC credential (OpenAPI HMACAuthenticationPlan), its defaults.

    Attributes:
        payload_format: What is signed; empty means Vapi's default for `include_timestamp`.
        prefix: What stands before the signature in its header, such as "sha256=".
        message_id_header: Header with an id of the message; needed for {svix-id}.
    """

    algorithm: str = "sha256"
    signature_header: str = "x-signature"
    timestamp_header: str = "x-timestamp"
    include_timestamp: bool = True
    payload_format: str = ""
    prefix: str = ""
    encoding: str = "hex"
    secret_is_base64: bool = False
    message_id_header: str = ""

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise BadPlanError(f"algorithm must be one of {', '.join(ALGORITHMS)}")
        if self.encoding not in ENCODINGS:
            raise BadPlanError(f"encoding must be one of {', '.join(ENCODINGS)}")
        if "{body}" not in self.signed_format:
            raise BadPlanError("payload format must hold {body}: anything could be sent otherwise")
        if "{timestamp}" in self.signed_format and not self.include_timestamp:
            raise BadPlanError("payload format holds {timestamp} but no timestamp is included")
        if self.include_timestamp and not self.signs_time:
            raise BadPlanError(
                "payload format does not hold {timestamp}, so the time in "
                f"{self.timestamp_header} can be written anew and a message replayed for ever: put "
                "{timestamp} into the format, here and in Vapi's credential (its own default is "
                f"{TIMESTAMP_AND_BODY}), or include no timestamp in either"
            )
        if "{svix-id}" in self.signed_format and not self.message_id_header:
            raise BadPlanError("payload format holds {svix-id} but no message id header is set")

    @property
    def signed_format(self) -> str:
        """The payload format in force."""
        return self.payload_format or (TIMESTAMP_AND_BODY if self.include_timestamp else BODY_ONLY)

    @property
    def signs_time(self) -> bool:
        """Whether the signature covers the time of sending."""
        return "{timestamp}" in self.signed_format


TUTORIAL_PLAN = HmacPlan(signature_header="x-vapi-signature", include_timestamp=False)


# By which a sender may say who it is, whatever is set here; another of an HMAC beside them.
KNOWN_HEADERS = (
    HmacPlan().signature_header,
    TUTORIAL_PLAN.signature_header,
    SECRET_HEADER,
    BEARER_HEADER,
)


def header_of(mode: Mode, plan: HmacPlan) -> str:
    """The header that proves a sender in a mode, in lower case; "" where nothing has to."""
    return {
        Mode.HMAC: plan.signature_header.lower(),
        Mode.HMAC_BODY: TUTORIAL_PLAN.signature_header,
        Mode.SECRET: SECRET_HEADER,
        Mode.BEARER: BEARER_HEADER,
        Mode.NONE: "",
    }[mode]


def headers_that_came(headers: Mapping[str, str], plan: HmacPlan) -> tuple[str, ...]:
    """Which headers a request proves itself by, of those that are known: never what they say.

    Args:
        headers: Of the request, names in lower case.
        plan: The options of mode hmac.
    """
    known = dict.fromkeys((plan.signature_header.lower(), *KNOWN_HEADERS))
    return tuple(name for name in known if headers.get(name))


def replayable(modes: Sequence[Mode], plan: HmacPlan) -> tuple[Mode, ...]:
    """The modes under which a message that was genuine once is genuine for ever."""
    return tuple(mode for mode in modes if mode is not Mode.HMAC or not plan.signs_time)


def key_of(secret: str, plan: HmacPlan) -> bytes:
    """The key that a secret stands for.

    Raises:
        BadSecretError: It is not base64 though the plan says so, or decodes to nothing.
    """
    if not plan.secret_is_base64:
        return secret.encode()
    try:
        key = base64.b64decode("".join(secret.split()), validate=True)  # base64 wraps its lines
    except (binascii.Error, ValueError):
        raise BadSecretError("the secret is not base64") from None
    if not key:
        raise BadSecretError("the secret decodes to nothing")
    return key

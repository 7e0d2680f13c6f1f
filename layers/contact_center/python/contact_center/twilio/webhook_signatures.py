"""Whether a webhook was sent by Twilio: its signature, over the URL that was configured there.

Twilio's own package computes the signature; what it leaves to its user is done here. Its ways
that would let somebody in, keep Twilio out or raise (docs/sources.md, Twilio §1):

    no signature at all, raw bytes, JSON without a hash     raise there, are refused here
    a URL with a user and a port, signed without the port   refused there, tried here
    ' in a query, which Twilio signs as %27                 refused there, tried here
    blank and repeated fields                               kept by Form, in its `getall`
    an algorithm nobody knows                               refused, and not written into a log
    its comparison, which knows no constant time            made here, on bytes

    header                                         checked with
    none, or naming HMAC_SHA1                      the auth token, and the one before it
    key=<one that is configured>,algorithm=HMAC_SHA256    that key
    anything else                                  nothing: refused

Nothing that is signed says when: a repetition is known by what it says (repetitions.py).
"""

from __future__ import annotations

import hmac
from dataclasses import field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from contact_center.aws.rotating_secret import BadSecretError, held_in, secrets_of
from contact_center.kernel.data_classes import dataclass
from contact_center.twilio.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIGNATURE = SIGNATURE_HEADER.lower()
SETTINGS = SIGNATURE_SETTINGS_HEADER.lower()
BODY_HASH = "bodySHA256"
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Refusal(StrEnum):
    """Why a webhook was refused: a metric's dimension, never told to the sender."""

    TOO_LARGE = "too_large"
    NO_SIGNATURE = "no_signature"
    UNKNOWN_KEY = "unknown_key"
    NOT_A_FORM = "not_a_form"
    WITH_A_QUERY = "with_a_query"
    WRONG_SIGNATURE = "wrong_signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What Twilio may sign with.

    Attributes:
        tokens: The account's auth token, then the one before it while that still counts.
        shared_keys: Secrets of shared keys, by the id that the header names.
    """

    tokens: tuple[str, ...] = field(repr=False)
    shared_keys: Mapping[str, str] = field(repr=False)


def keys_of(stored: str) -> Keys:
    """The keys, out of what Secrets Manager holds.

    Args:
        stored: JSON {"current": text, "previous"?: text, "sharedKeys"?: {id: text}}; a bare text
            is the current token.

    Raises:
        BadSecretError: There is no current token, or a key is blank.
    """
    shared = held_in(stored).get("sharedKeys") or {}
    if not isinstance(shared, dict):
        raise BadSecretError("the shared keys must be an object: id and secret of each")
    for key in shared.values():
        if not isinstance(key, str) or not key.strip():
            raise BadSecretError("a shared key is empty")
    keys = {name: key.strip() for name, key in shared.items()}
    return Keys(tokens=secrets_of(stored), shared_keys=keys)


class Verifier:
    """Checks signatures against one set of keys. Raises for nothing that comes from outside."""

    def __init__(self, keys: Keys) -> None:
        """Prepare the keys."""
        self._tokens = [RequestValidator(token) for token in keys.tokens]
        self._shared = {name: [RequestValidator(key)] for name, key in keys.shared_keys.items()}

    def refusal(self, url: str, headers: Mapping[str, str], sent: Form | bytes) -> Refusal | None:
        """Why a request is refused; None: it is genuine.

        Args:
            url: As it is configured at Twilio, to the letter; never as the request claims.
            headers: Names in lower case.
            sent: The form; or the bytes of a body that is none, whose hash is in the URL.
        """
        signature = headers.get(SIGNATURE)
        if not signature:
            return Refusal.NO_SIGNATURE
        if not url.isascii():  # Twilio asks for no such URL, and not every text can be signed
            return Refusal.WRONG_SIGNATURE
        settings = headers.get(SETTINGS)
        algorithm = get_signature_algorithm(settings)
        validators = self._tokens
        if algorithm == HMAC_SHA256:
            validators = self._shared.get(_named_key(settings or ""), [])
        if not validators or algorithm not in {HMAC_SHA1, HMAC_SHA256}:
            return Refusal.UNKNOWN_KEY
        form, whole = (sent, True) if isinstance(sent, Form) else (Form(), _is_hashed(url, sent))
        signed = (
            validator.compute_signature(each, form, algorithm)
            for validator in validators
            for each in _spellings(url)
        )
        return None if whole and _is_among(signature, signed) else Refusal.WRONG_SIGNATURE


def _named_key(settings: str) -> str:
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "key":
            return value.strip()
    return ""


def _is_among(signature: str, signed: Iterable[str]) -> bool:
    given = signature.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(given, each.encode()) for each in signed)


def _is_hashed(url: str, body: bytes) -> bool:
    """Whether the URL, which is signed, holds the hash of the body, which is not."""
    hashes = parse_qs(urlsplit(url).query).get(BODY_HASH, [""])
    return hmac.compare_digest(sha256(body).hexdigest().encode(), hashes[0].encode())


def _spellings(url: str) -> list[str]:
    """A URL as Twilio may have signed it: as it is, and with or without its port."""
    url = url.replace("'", "%27")
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    host, colon, port = authority.rpartition(":")
    has_port = bool(colon) and port.isdigit()
    other = host if has_port else f"{authority}:{_DEFAULT_PORTS.get(scheme, 80)}"
    return [url, f"{scheme}://{other}{slash}{path}"]

"""Calls that come in by SIP: at our own address alone, and each says whose visit it is.

Anybody may call such an address of Vapi's: no authentication is asked. So a call says, in a header
of its INVITE, for which visit it comes, with a proof that only whoever sent it there knows. Where
Vapi's messages show headers is documented nowhere, but that they fill variables of the prompt: all
places where public projects find them are looked into.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.kernel.environment import SettingsError
from contact_center.vapi.webhooks.fields import hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.kernel.environment import Environment
    from contact_center.vapi.webhooks.fields import Envelope, Json

VISIT_HEADER = "X-Visit-Post"
BY_SIP = "sip"  # of TWILIO_ADMISSION
# Compiled where they are used: who comes in otherwise waits for neither.
CLAIM = r"v-CA[0-9a-fA-F]{32}\.[1-9][0-9]{0,3}\.[0-9a-f]{32}"
ADDRESS = r"sip:[a-z0-9._~+-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+vapi\.ai"
_HEADERS = (("transport", "sip", "headers"), ("phoneCallProviderDetails", "sip", "headers"))
_VARIABLES_OF_CALL = (
    ("assistantOverrides", "variableValues"),
    ("squadOverrides", "variableValues"),
    ("assistant", "variableValues"),
    ("metadata",),
)
_VARIABLES = (
    ("artifact", "variableValues"),
    ("artifact", "variables"),
    ("assistant", "variableValues"),
)


def sip_address_of(environment: Environment) -> str | None:
    """Where callers are put through to, in small letters; None: they come in otherwise.

    Raises SettingsError: it is missing, or leads anywhere but to Vapi.
    """
    if (environment.optional("TWILIO_ADMISSION") or "").lower() != BY_SIP:
        return None
    name = "VAPI_SIP_ADDRESS"
    address = (environment.optional(name) or "").lower()
    if not address:
        raise SettingsError(name, "is required by TWILIO_ADMISSION=sip")
    if not re.fullmatch(ADDRESS, address):
        raise SettingsError(name, "must be an address of Vapi's such as sip:name@sip.vapi.ai")
    return address


def comes_in_at(envelope: Envelope, address: str) -> bool:
    """Whether a message is about a call to our SIP address.

    By the number that it names; where it names none, by how the call came in.
    """
    for place in (envelope.message, envelope.call):
        called = hint(place, "phoneNumber", "sipUri")
        if called is not None:
            return called.partition(";")[0].lower() == address
        if hint(place, "phoneNumber", "number") is not None:
            return False
    call = envelope.call
    if hint(call, "type") != "inboundPhoneCall":
        return False
    by_sip = hint(call, "transport", "provider") == "vapi.sip"
    return by_sip or hint(call, "phoneCallTransport") == "sip"


def claim_of(envelope: Envelope) -> str | None:
    """Which visit a call says that it comes for, and its proof, not believed yet; or None."""
    for place, paths in (
        (envelope.call, (*_HEADERS, *_VARIABLES_OF_CALL)),
        (envelope.message, _VARIABLES),
    ):
        for path in paths:
            for name, value in _pairs(place, path):
                if _is_header(name) and re.fullmatch(CLAIM, value):
                    return value
    return None


def _is_header(name: str) -> bool:
    """Whether it is ours: in any case, and as a variable, which may leave out the x-."""
    return name.lower().replace("_", "-").removeprefix("x-") == "visit-post"


def _pairs(place: Json, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Names and texts of an object, or of a list of objects with name and value."""
    found: object = place
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, dict):
        yield from ((name, said) for name, said in found.items() if isinstance(said, str))
    elif isinstance(found, list):
        for each in found:
            header, value = hint(each, "name"), hint(each, "value")
            if header is not None and value is not None:
                yield header, value

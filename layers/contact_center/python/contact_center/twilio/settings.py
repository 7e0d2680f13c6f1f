"""The environment of Twilio's door: whose calls come in, and how they are admitted."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import SettingsError

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


class Admission(StrEnum):
    """How a caller comes to an assistant (docs/our-own-number.md)."""

    BYPASS = "bypass"  # the number is ours; Vapi is asked for a stream
    SIP = "sip"  # the number is ours; the caller is put through to a SIP address of Vapi's
    VAPI = "vapi"  # the number is Vapi's: nobody rings here


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """Twilio's account, and how its callers are admitted.

    Attributes:
        account_sid: Only its webhooks are taken; None: whoever signs with the key.
        number: Ours, E.164: shown where another number rings for a caller.
        secret_name: Of the keys that Twilio signs with (webhook_signatures.py).
        public_base_url: Under which Twilio reaches us; None: no webhook can be genuine.
    """

    admission: Admission
    account_sid: str | None
    number: str | None
    secret_name: str
    public_base_url: str | None

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        number = environment.number("TWILIO_PHONE_NUMBER")
        read = cls(
            admission=_admission(environment, number),
            account_sid=account_of(environment),
            number=number,
            secret_name=environment.required("TWILIO_SECRET_NAME"),
            public_base_url=environment.url("PUBLIC_BASE_URL"),
        )
        if read.callers_come_here:
            wanted = f"is required by TWILIO_ADMISSION={read.admission}"
            if number is None:
                raise SettingsError("TWILIO_PHONE_NUMBER", wanted)
            if read.public_base_url is None:
                raise SettingsError("PUBLIC_BASE_URL", wanted)
            if read.account_sid is None:  # whoever waits is sent for by its API
                raise SettingsError("TWILIO_ACCOUNT_SID", wanted)
        return read

    @property
    def callers_come_here(self) -> bool:
        """Whether callers ring at a number of ours."""
        return self.admission is not Admission.VAPI


def _admission(environment: Environment, number: str | None) -> Admission:
    name = "TWILIO_ADMISSION"
    default = Admission.VAPI if number is None else Admission.BYPASS
    try:
        return Admission((environment.optional(name) or default).lower())
    except ValueError:
        raise SettingsError(name, f"must be one of {', '.join(Admission)}") from None


def account_of(environment: Environment) -> str | None:
    """Our account, or None: we have none. Raises SettingsError."""
    sid = environment.optional("TWILIO_ACCOUNT_SID")
    if sid is not None and not _ACCOUNT.fullmatch(sid):
        raise SettingsError("TWILIO_ACCOUNT_SID", "must be AC and 32 hexadecimal digits")
    return sid

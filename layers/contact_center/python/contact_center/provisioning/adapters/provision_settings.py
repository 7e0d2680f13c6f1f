"""The environment of provisioning, and the keys that it works with."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Self

from contact_center.crm.hubspot.settings import HubSpotSettings
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import UNRELEASED, SettingsError
from contact_center.provisioning.domain.marks import LONGEST_OWNER, is_owner, owner_of_stack
from contact_center.twilio.settings import Admission, TwilioSettings
from contact_center.vapi.calls.settings import REAL_VAPI
from contact_center.vapi.webhooks.sip_calls import sip_address_of
from contact_center.vapi.webhooks.webhook_settings import read_hmac_plan, read_modes

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment
    from contact_center.vapi.webhooks.webhook_credentials import HmacPlan, Mode

LOCAL_OWNER = "local"
REAL_TWILIO = "https://api.twilio.com"
_HERE = re.compile(r"https?://(localhost|127\.|\[::1\])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What is secret. An empty one is not known.

    Attributes:
        webhook: Signs Vapi's webhooks.
    """

    vapi: str = field(repr=False)
    webhook: str = field(default="", repr=False)
    twilio: str = field(default="", repr=False)
    hubspot: str = field(default="", repr=False)

    def all(self) -> tuple[str, ...]:
        """Every key that is known, the longest first: one may hold another."""
        known = (self.vapi, self.webhook, self.twilio, self.hubspot)
        return tuple(sorted(filter(None, known), key=len, reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionSettings:
    """What is to be there, but for the owner's configuration.

    Attributes:
        owner: Who we are, in marks.
        public_base_url: Under which providers reach us.
        twilio: Admission, number and account among it.
        phone_number_id: Of a number that is at Vapi already; None: it is found, or imported.
        saved_assistants: Whether assistants and the squad are saved at Vapi.
        squad_id, sales_assistant_id: As set now.
    """

    owner: str
    public_base_url: str
    vapi_base_url: str
    twilio_base_url: str
    twilio: TwilioSettings
    sip_address: str | None
    phone_number_id: str | None
    modes: tuple[Mode, ...]
    hmac_plan: HmacPlan
    saved_assistants: bool
    recordings: bool
    squad_id: str | None
    sales_assistant_id: str | None
    hubspot: HubSpotSettings | None
    version: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        told = environment.names("EFFECT_RECEIVERS", "hubspot")
        return cls(
            owner=_owner(environment),
            public_base_url=_public_base_url(environment),
            vapi_base_url=environment.url("VAPI_BASE_URL") or REAL_VAPI,
            twilio_base_url=environment.url("TWILIO_BASE_URL") or REAL_TWILIO,
            twilio=_twilio(environment),
            sip_address=sip_address_of(environment),
            phone_number_id=environment.optional("VAPI_PHONE_NUMBER_ID"),
            modes=read_modes(environment),
            hmac_plan=read_hmac_plan(environment),
            saved_assistants=environment.flag("SAVED_ASSISTANTS", default=False),
            recordings=environment.flag("RECORDINGS", default=False),
            squad_id=environment.optional("VAPI_SQUAD_ID"),
            sales_assistant_id=environment.optional("SALES_ASSISTANT_ID"),
            hubspot=HubSpotSettings.read(environment) if told else None,
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
        )

    @property
    def imports(self) -> bool:
        """Whether the number at Vapi is found by ours, and imported if it is not there."""
        return self.phone_number_id is None and self.twilio.admission is not Admission.SIP

    @property
    def sees_twilio(self) -> bool:
        """Whether our number at Twilio is looked at."""
        return self.twilio.number is not None and self.twilio.account_sid is not None


def _owner(environment: Environment) -> str:
    named = environment.optional("PROVISION_NAME")
    if named is not None:
        if not is_owner(named):
            rule = f"must be at most {LONGEST_OWNER} small letters, digits and dashes"
            raise SettingsError("PROVISION_NAME", rule)
        return named
    stack = environment.optional("STACK_ID")
    if stack is None:
        return LOCAL_OWNER
    owner = owner_of_stack(stack)
    if owner is None:
        raise SettingsError("STACK_ID", "must be the ARN of a stack")
    return owner


def _public_base_url(environment: Environment) -> str:
    url = environment.url("PUBLIC_BASE_URL")
    if url is None:
        rule = "is required: the address that Vapi is to ask, such as a tunnel's"
        raise SettingsError("PUBLIC_BASE_URL", rule)
    far = environment.url("VAPI_BASE_URL") is None
    if far and _HERE.match(url):
        raise SettingsError("PUBLIC_BASE_URL", "must be an address that Vapi can reach")
    return url


def _twilio(environment: Environment) -> TwilioSettings:
    read = TwilioSettings.read(environment)
    imports = environment.optional("VAPI_PHONE_NUMBER_ID") is None
    if read.admission is not Admission.SIP and imports:
        if read.number is None:
            rule = "or VAPI_PHONE_NUMBER_ID is required: which number is to ring here?"
            raise SettingsError("TWILIO_PHONE_NUMBER", rule)
        if read.account_sid is None:
            raise SettingsError("TWILIO_ACCOUNT_SID", "is required to import a number at Vapi")
    return read

"""The environment of Vapi's door: who is let in, and how that is proved."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Self

from contact_center.aws.settings import AwsSettings
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import Environment, SettingsError
from contact_center.vapi.webhooks.sip_calls import sip_address_of
from contact_center.vapi.webhooks.webhook_credentials import BadPlanError, HmacPlan, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """What functions/vapi_webhook needs. The names are DESIGN's §7 and §10.

    Attributes:
        secret_name: Of the webhook secret; None only when the mode is none.
        public_base_url: Where Vapi reaches us; None means where a request came to.
        server_in_answer: Whether the answer to an assistant-request names our server, with
            `credential_id`.
        sip_address: Where calls for visits alone come in; None: nowhere.
        recordings: Whether calls are recorded, and callers told so.
        crm_cards: Whether a CRM tells who callers are.
        environment: What few messages ask for is read of it then.
    """

    aws: AwsSettings
    queue_url: str
    calls_table: str
    reports_bucket: str
    secret_name: str | None
    modes: tuple[Mode, ...]
    hmac_plan: HmacPlan
    public_base_url: str | None
    squad_id: str | None
    credential_id: str | None
    server_in_answer: bool
    person_number: str | None
    retention_days: int
    sip_address: str | None = None
    recordings: bool = False
    crm_cards: bool = False
    environment: Environment = field(default_factory=Environment, repr=False, compare=False)

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings.

        Args:
            environment: By default the process's own.

        Returns:
            The settings, checked.

        Raises:
            SettingsError: One is missing or cannot be used; it is named.
        """
        environment = environment or Environment()
        modes = read_modes(environment)
        proves = Mode.NONE not in modes
        return cls(
            aws=AwsSettings.read(environment),
            queue_url=environment.required("CALL_EVENTS_QUEUE_URL"),
            calls_table=environment.required("CALLS_TABLE"),
            reports_bucket=environment.required("REPORTS_BUCKET"),
            secret_name=environment.required("VAPI_SECRET_NAME") if proves else None,
            modes=modes,
            hmac_plan=read_hmac_plan(environment),
            public_base_url=environment.url("PUBLIC_BASE_URL"),
            squad_id=environment.optional("VAPI_SQUAD_ID"),
            credential_id=environment.optional("VAPI_CREDENTIAL_ID"),
            server_in_answer=environment.flag("VAPI_SERVER_IN_ANSWER", default=False),
            person_number=environment.number("PERSON_NUMBER"),
            retention_days=environment.whole("RETENTION_DAYS", 90, 1, 3650),
            sip_address=sip_address_of(environment),
            recordings=environment.flag("RECORDINGS", default=False),
            crm_cards=environment.names("EFFECT_RECEIVERS", "hubspot"),
            environment=environment,
        )


def read_modes(environment: Environment) -> tuple[Mode, ...]:
    """The ways in which a webhook may prove who sent it. Raises SettingsError."""
    name = "VAPI_WEBHOOK_AUTH"
    known = ", ".join(Mode)
    modes = []
    for word in re.split(r"[,\s]+", environment.optional(name) or Mode.HMAC):
        try:
            modes.append(Mode(word.lower()))
        except ValueError:
            raise SettingsError(name, f"must be one or several of {known}") from None
    if Mode.NONE in modes and len(modes) > 1:
        raise SettingsError(name, "must not mix none with another mode")
    return tuple(dict.fromkeys(modes))


def read_hmac_plan(environment: Environment) -> HmacPlan:
    """The options of the HMAC. Raises SettingsError."""
    default = HmacPlan()
    try:
        return HmacPlan(
            algorithm=(environment.optional("VAPI_HMAC_ALGORITHM") or default.algorithm).lower(),
            signature_header=environment.header(
                "VAPI_HMAC_SIGNATURE_HEADER", default.signature_header
            ),
            timestamp_header=environment.header(
                "VAPI_HMAC_TIMESTAMP_HEADER", default.timestamp_header
            ),
            include_timestamp=environment.flag(
                "VAPI_HMAC_INCLUDE_TIMESTAMP", default=default.include_timestamp
            ),
            payload_format=environment.optional("VAPI_HMAC_PAYLOAD_FORMAT") or "",
            prefix=environment.optional("VAPI_HMAC_PREFIX") or "",
            encoding=(environment.optional("VAPI_HMAC_ENCODING") or default.encoding).lower(),
            secret_is_base64=environment.flag("VAPI_HMAC_SECRET_IS_BASE64", default=False),
            message_id_header=environment.header("VAPI_HMAC_MESSAGE_ID_HEADER", ""),
        )
    except BadPlanError as error:
        raise SettingsError("VAPI_HMAC_*", f"cannot be used: {error}") from None

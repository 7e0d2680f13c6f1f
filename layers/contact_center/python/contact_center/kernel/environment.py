"""The environment, read once at start: one frozen dataclass a function, and a name for every error.

Nothing else reads os.environ. Secrets are not in it: settings carry the names under which
Secrets Manager keeps them, and the credentials that Lambda itself provides.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from contact_center.webhook_signatures import BadPlanError, HmacPlan, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

UNRELEASED = "unreleased"


class SettingsError(Exception):
    """A setting is missing or cannot be used. Names the setting and the rule, not the value."""

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"{name} {rule}")
        self.name = name


class Environment:
    """Typed access to environment variables; a blank one counts as absent."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        """Read from `variables`, by default the process's own."""
        self._variables = os.environ if variables is None else variables

    def optional(self, name: str) -> str | None:
        """A text, or None."""
        return self._variables.get(name, "").strip() or None

    def required(self, name: str) -> str:
        """A text. Raises SettingsError when absent."""
        value = self.optional(name)
        if value is None:
            raise SettingsError(name, "is required")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false, spelled true/false, yes/no or 1/0. Raises SettingsError otherwise."""
        value = self.optional(name)
        if value is None:
            return default
        if value.lower() not in _FLAGS:
            raise SettingsError(name, "must be true or false")
        return _FLAGS[value.lower()]

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number between two, both included. Raises SettingsError otherwise."""
        value = self.optional(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise SettingsError(name, f"must be a whole number from {low} to {high}")
        return int(value)

    def header(self, name: str, default: str) -> str:
        """The name of an HTTP header, in lower case. Raises SettingsError otherwise."""
        value = self.optional(name) or default
        if value and not _HEADER.fullmatch(value):
            raise SettingsError(name, "must be the name of an HTTP header")
        return value.lower()

    def url(self, name: str) -> str | None:
        """An http or https URL without a trailing slash, or None. Raises SettingsError."""
        value = self.optional(name)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable:
            raise SettingsError(name, "must be an http or https URL")
        return value.rstrip("/")

    def number(self, name: str) -> str | None:
        """A telephone number in E.164, or None. Raises SettingsError otherwise."""
        value = self.optional(name)
        if value is not None and not _E164.fullmatch(value):
            raise SettingsError(name, "must be a number in E.164, such as +14155550100")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """Where AWS is, and Lambda's credentials for it."""

    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str | None = field(repr=False)
    endpoint_url: str | None

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        region = environment.optional("AWS_REGION") or environment.optional("AWS_DEFAULT_REGION")
        if region is None:
            raise SettingsError("AWS_REGION", "is required")
        return cls(
            region=region,
            access_key=environment.required("AWS_ACCESS_KEY_ID"),
            secret_key=environment.required("AWS_SECRET_ACCESS_KEY"),
            session_token=environment.optional("AWS_SESSION_TOKEN"),
            endpoint_url=environment.url("AWS_ENDPOINT_URL"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """What functions/vapi_webhook needs. The names are DESIGN's §7 and §10.

    Attributes:
        secret_name: Of the webhook secret; None only when the mode is none.
        public_base_url: Where Vapi reaches us; None means where a request came to.
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
    person_number: str | None
    retention_days: int

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
        modes = _modes(environment)
        proves = Mode.NONE not in modes
        return cls(
            aws=AwsSettings.read(environment),
            queue_url=environment.required("CALL_EVENTS_QUEUE_URL"),
            calls_table=environment.required("CALLS_TABLE"),
            reports_bucket=environment.required("REPORTS_BUCKET"),
            secret_name=environment.required("VAPI_SECRET_NAME") if proves else None,
            modes=modes,
            hmac_plan=_hmac_plan(environment),
            public_base_url=environment.url("PUBLIC_BASE_URL"),
            squad_id=environment.optional("VAPI_SQUAD_ID"),
            credential_id=environment.optional("VAPI_CREDENTIAL_ID"),
            person_number=environment.number("PERSON_NUMBER"),
            retention_days=environment.whole("RETENTION_DAYS", 90, 1, 3650),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSettings:
    """What functions/call_router needs. The names are DESIGN's §7 and §10.

    Attributes:
        vapi_base_url: Set when Vapi is played by another server: its origin is then one that
            control URLs may lead to.
        bedrock_model_id: A model to ask for intents, or None: the built-in classifier.
    """

    aws: AwsSettings
    queue_url: str
    calls_table: str
    reports_bucket: str
    vapi_base_url: str | None
    person_number: str | None
    bedrock_model_id: str | None
    retention_days: int
    version: str

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            aws=AwsSettings.read(environment),
            queue_url=environment.required("CALL_EVENTS_QUEUE_URL"),
            calls_table=environment.required("CALLS_TABLE"),
            reports_bucket=environment.required("REPORTS_BUCKET"),
            vapi_base_url=environment.url("VAPI_BASE_URL"),
            person_number=environment.number("PERSON_NUMBER"),
            bedrock_model_id=environment.optional("BEDROCK_MODEL_ID"),
            retention_days=environment.whole("RETENTION_DAYS", 90, 1, 3650),
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """What functions/operator_api needs. The names are DESIGN's §7 and §10.

    Attributes:
        tokens_name: Of the secret {"operator", "viewer"?} in Secrets Manager.
        health_shows_calls: Whether GET /health tells the number of calls to anyone.
    """

    aws: AwsSettings
    calls_table: str
    tokens_name: str
    health_shows_calls: bool
    version: str

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            aws=AwsSettings.read(environment),
            calls_table=environment.required("CALLS_TABLE"),
            tokens_name=environment.required("OPERATOR_TOKENS_NAME"),
            health_shows_calls=environment.flag("HEALTH_SHOWS_CALLS", default=False),
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
        )


def _modes(environment: Environment) -> tuple[Mode, ...]:
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


def _hmac_plan(environment: Environment) -> HmacPlan:
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

"""What the local system is told: .env, and the process environment, which wins (DESIGN §10).

An empty value counts as none, so an empty variable switches off what .env says. Nothing is
required for a run against the simulator: what is missing is made up anew for every run.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from local.settings_text import (
    SettingsError,
    check_address,
    is_here,
    read_env_file,
    read_pairs,
    read_people,
    read_port,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_PORT = 3000
REAL_VAPI = "https://api.vapi.ai"
SIMULATOR_KEY = "local-vapi-key"  # what the simulator takes for its private key
SIMULATED_TWILIO_TOKEN = "local-twilio-token"  # noqa: S105 - of an account that is simulated
SIMULATED_HUBSPOT_TOKEN = "local-hubspot-token"  # noqa: S105 - likewise
SIMULATED_CALCOM_KEY = "cal_local_key"  # likewise
SIMULATED_WEBHOOK_SECRET = "whsec_c3dpdGNoYm9hcmQtbG9jYWwtd2ViaG9vay1zZWNyZXQ="  # noqa: S105 - likewise
LOCAL_FORGET_KEY = "local-forget-key"  # likewise: whoever was forgotten is known again
LOCAL_AUDIT_KEY = "local-audit-key"  # the same in every run: what PERSIST keeps is found again
SECRET_NAMES = frozenset(
    {"VAPI_API_KEY", "VAPI_SECRET", "VAPI_SECRET_PREVIOUS", "OPERATOR_TOKEN", "VIEWER_TOKEN"}
    | {"TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_PREVIOUS", "TWILIO_SHARED_KEYS", "PEOPLE_PINS"}
    | {"HUBSPOT_TOKEN", "WEBHOOK_SECRET", "CALCOM_KEY", "OPERATORS", "AUDIT_KEY", "FORGET_KEY"}
)
# What is read here alone; every parameter of template.yaml is a setting too.
LOCAL_NAMES = (
    "PORT",
    "PERSIST",
    "VAPI_API_KEY",
    "VAPI_SECRET",
    "VAPI_SECRET_PREVIOUS",
    "OPERATOR_TOKEN",
    "VIEWER_TOKEN",
    "OPERATORS",
    "AUDIT_KEY",
    "FORGET_KEY",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_AUTH_TOKEN_PREVIOUS",
    "TWILIO_SHARED_KEYS",
    "PEOPLE_PINS",
    "HUBSPOT_TOKEN",
    "WEBHOOK_SECRET",
    "CALCOM_KEY",
    "LOCAL_NOW",
    "LOCAL_SPEED",
)
RENAMED = {"LINES": "CALL_LINES"}
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_TRUE = {"1", "true", "yes", "on"}


class Origin(StrEnum):
    """Where the value of a setting comes from."""

    ENV_FILE = ".env"
    ENVIRONMENT = "environment"
    EMPTIED = "default, as it is empty in the environment"
    RUN = "made for this run"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """Everything the local system is told. `values` also overrides the template's parameters.

    `origins` says where each value that somebody gave, or emptied, comes from.
    """

    values: Mapping[str, str]
    port: int
    vapi_secret: str
    operator_token: str
    persist: bool
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def simulated(self) -> bool:
        """Whether a simulator of our own plays Vapi."""
        return not self.vapi_base_url

    @property
    def vapi_base_url(self) -> str:
        """Where Vapi's API is; empty means that the simulator plays it."""
        real = REAL_VAPI if "VAPI_API_KEY" in self.values else ""
        return self.values.get("VAPI_BASE_URL", real)

    @property
    def twilio_simulated(self) -> bool:
        """Whether a simulator of our own plays Twilio: a number is wanted, no account is named."""
        named = "TWILIO_AUTH_TOKEN" in self.values or "TWILIO_BASE_URL" in self.values
        return "TWILIO_PHONE_NUMBER" in self.values and not named

    @property
    def hubspot_simulated(self) -> bool:
        """Whether a simulator of our own plays HubSpot: no account and no server is named."""
        return "HUBSPOT_TOKEN" not in self.values and "HUBSPOT_BASE_URL" not in self.values

    @property
    def calcom_simulated(self) -> bool:
        """Whether a simulator of our own plays Cal.com: it is wanted, no account is named."""
        wanted = self.values.get("MEETING_CALENDAR", "").lower() == "calcom"
        return wanted and not {"CALCOM_KEY", "CALCOM_BASE_URL"} & self.values.keys()

    def secrets(self) -> dict[str, Any]:
        """What each secret of the template holds, by logical name."""
        webhook = {"current": self.vapi_secret}
        if "VAPI_SECRET_PREVIOUS" in self.values:
            webhook["previous"] = self.values["VAPI_SECRET_PREVIOUS"]
        key = {"key": self.values.get("VAPI_API_KEY", SIMULATOR_KEY)}
        return {
            "VapiWebhookSecret": webhook,
            "OperatorTokens": self._operators(),
            "AuditKey": {"key": self.values.get("AUDIT_KEY") or LOCAL_AUDIT_KEY},
            "ForgetKey": {"key": self.values.get("FORGET_KEY") or LOCAL_FORGET_KEY},
            "VapiApiKey": key,
            "TwilioWebhookSecret": self._twilio_keys(),
            "HubspotKey": {"current": self.values.get("HUBSPOT_TOKEN", SIMULATED_HUBSPOT_TOKEN)},
            "CalcomKey": {"current": self.values.get("CALCOM_KEY", SIMULATED_CALCOM_KEY)},
            "WebhookKey": {"current": self.values.get("WEBHOOK_SECRET", SIMULATED_WEBHOOK_SECRET)},
            "PeoplePins": read_pairs("PEOPLE_PINS", self.values.get("PEOPLE_PINS", "")),
        }

    def _operators(self) -> dict[str, str] | list[dict[str, str]]:
        """Who may ask the API: two tokens, and by name whoever OPERATORS names besides."""
        tokens = {"operator": self.operator_token}
        if "VIEWER_TOKEN" in self.values:
            tokens["viewer"] = self.values["VIEWER_TOKEN"]
        named = read_people(self.values.get("OPERATORS", ""))
        if not named:
            return tokens
        return [{"name": of, "role": of, "token": token} for of, token in tokens.items()] + named

    def _twilio_keys(self) -> dict[str, Any]:
        """What Twilio signs with; where there is none, a key that nobody knows."""
        made_up = SIMULATED_TWILIO_TOKEN if self.twilio_simulated else secrets.token_urlsafe(32)
        keys: dict[str, Any] = {"current": self.values.get("TWILIO_AUTH_TOKEN", made_up)}
        if "TWILIO_AUTH_TOKEN_PREVIOUS" in self.values:
            keys["previous"] = self.values["TWILIO_AUTH_TOKEN_PREVIOUS"]
        if "TWILIO_SHARED_KEYS" in self.values:
            keys["sharedKeys"] = read_pairs("TWILIO_SHARED_KEYS", self.values["TWILIO_SHARED_KEYS"])
        return keys


def read_settings(env_file: Path | None, environment: Mapping[str, str]) -> LocalSettings:
    """Read the settings of one run. Raises SettingsError."""
    written = {} if env_file is None else read_env_file(env_file)
    values = {name: value for name, value in {**written, **environment}.items() if value}
    settings = LocalSettings(
        values=values,
        port=read_port(values.get("PORT", str(DEFAULT_PORT))),
        vapi_secret=values.get("VAPI_SECRET") or secrets.token_urlsafe(32),
        operator_token=values.get("OPERATOR_TOKEN") or secrets.token_urlsafe(32),
        persist=values.get("PERSIST", "").lower() in _TRUE,
        origins=_origins(written, environment),
    )
    for name in (
        "VAPI_BASE_URL",
        "PUBLIC_BASE_URL",
        "TWILIO_BASE_URL",
        "HUBSPOT_BASE_URL",
        "CALCOM_BASE_URL",
    ):
        if name in values:
            check_address(name, values[name])
    _check_twilio(values)
    _check_operators(settings)
    missing = [] if settings.simulated else _missing(settings)
    if missing:
        raise SettingsError("\n".join(missing))
    return settings


def _check_twilio(values: Mapping[str, str]) -> None:
    number, account = values.get("TWILIO_PHONE_NUMBER", ""), values.get("TWILIO_ACCOUNT_SID", "")
    if number and not _E164.fullmatch(number):
        raise SettingsError("TWILIO_PHONE_NUMBER must be a number such as +14155550100")
    if account and not _ACCOUNT.fullmatch(account):
        raise SettingsError("TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits")
    for name in ("TWILIO_SHARED_KEYS", "PEOPLE_PINS"):
        read_pairs(name, values.get(name, ""))


def _check_operators(settings: LocalSettings) -> None:
    """With people named, all are held to what the API asks of the stored secret."""
    if not settings.values.get("OPERATORS"):
        return
    from contact_center.aws.operator_list import (  # noqa: PLC0415 - the house is no part of us
        BadOperatorsError,
        read_operators,
    )

    try:
        read_operators(json.dumps(settings.secrets()["OperatorTokens"]))
    except BadOperatorsError as error:
        raise SettingsError(
            f"OPERATORS, with OPERATOR_TOKEN and VIEWER_TOKEN before them: {error}"
        ) from None


def _missing(settings: LocalSettings) -> list[str]:
    """What a Vapi of one's own needs and was not given, a line each."""
    values, missing = settings.values, []
    if values.get("VAPI_WEBHOOK_AUTH") != "none" and "VAPI_SECRET" not in values:
        missing.append(
            "VAPI_SECRET is missing: with a Vapi of your own (VAPI_API_KEY or VAPI_BASE_URL is "
            "set) it must be the key that signs its webhooks. Put it in .env, or unset both to "
            "use the simulator."
        )
    if not is_here(settings.vapi_base_url) and is_here(values.get("PUBLIC_BASE_URL", "")):
        missing.append(
            "PUBLIC_BASE_URL is missing, or is an address of this machine alone: assistants would "
            "be told to call there, and Vapi cannot. Start a tunnel and put its https address "
            "in .env (docs/deployment.md, Your own Vapi), or unset VAPI_API_KEY and "
            "VAPI_BASE_URL to use the simulator."
        )
    if values.get("TWILIO_ADMISSION", "").lower() == "sip" and "VAPI_SIP_ADDRESS" not in values:
        missing.append(
            "VAPI_SIP_ADDRESS is missing: with TWILIO_ADMISSION=sip it says where callers are put "
            "through to, sip:name@sip.vapi.ai. Make that number at Vapi, and put it in .env."
        )
    return missing


def _origins(written: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Origin]:
    origins = {name: Origin.ENV_FILE for name, value in written.items() if value}
    emptied = {name: Origin.EMPTIED for name in origins if environment.get(name) == ""}
    given = {name: Origin.ENVIRONMENT for name, value in environment.items() if value}
    return origins | emptied | given


def renamed_notes(written: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """What to say of settings that have another name today, one line each.

    Args:
        written: Names and values of .env.
        environment: Of this process.
    """
    return [
        f"{old} in {place} is not read: this setting is called {new} today."
        for old, new in RENAMED.items()
        for place, said in ((".env", old in written), ("the environment", _meant(old, environment)))
        if said
    ]


def _meant(name: str, environment: Mapping[str, str]) -> bool:
    """Whether a variable is meant for us: terminals export LINES and COLUMNS, always both."""
    typed = re.search(rf"(^|\s){name}=", environment.get("MAKEFLAGS", ""))
    return name in environment and ("COLUMNS" not in environment or typed is not None)

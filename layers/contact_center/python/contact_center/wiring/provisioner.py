"""Builds what functions/provisioner and `make provision` run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import SettingsError
from contact_center.kernel.ports import SecretNotReadError, SecretUnavailableError
from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from contact_center.kernel.time_left import InTime, always
from contact_center.provisioning.adapters.asking import Asking, Provider
from contact_center.provisioning.adapters.provision_settings import Keys, ProvisionSettings
from contact_center.provisioning.adapters.twilio_numbers import TwilioNumbers
from contact_center.provisioning.adapters.vapi_account import PATHS, VapiAccount
from contact_center.provisioning.adapters.wanted_state import (
    SALES,
    SQUAD,
    settings_to_set,
    wanted_state,
)
from contact_center.provisioning.domain.objects import Kind
from contact_center.provisioning.services.provision import ProvisionParts
from contact_center.provisioning.services.provisioning_ports import (
    OUT_OF_TIME,
    NotAnsweredError,
    OutOfTimeError,
)
from contact_center.vapi.assistants.saved import calling_key
from contact_center.vapi.webhooks.webhook_credentials import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.kernel.environment import Environment
    from contact_center.provisioning.domain.plans import Step
    from contact_center.provisioning.services.provision import Provisioned
    from contact_center.provisioning.services.provisioning_ports import Account
    from contact_center.web.http_client import HttpClient


class KeyStore(Protocol):
    """Where keys are: Secrets Manager, or .env."""

    def key(self, of: str) -> str:
        """A key: `vapi`, `webhook`, `twilio` or `hubspot`. Raises SettingsError: there is none."""
        ...


class StoredKeys:
    """Keys in Secrets Manager, by the settings that name their secrets."""

    def __init__(self, environment: Environment) -> None:
        """Keep where they are; nothing is fetched yet. Raises SettingsError."""
        from contact_center.aws.boto3_clients import Boto3Clients
        from contact_center.aws.settings import AwsSettings

        self._environment = environment
        self._clients = Boto3Clients.at(AwsSettings.read(environment))

    def key(self, of: str) -> str:
        """A key; see KeyStore. Raises NotAnsweredError: AWS does not tell it."""
        from contact_center.aws.stored_key import StoredKey

        setting, field = {
            "vapi": ("VAPI_API_KEY_NAME", "key"),
            "webhook": ("VAPI_SECRET_NAME", "current"),
            "twilio": ("TWILIO_SECRET_NAME", "current"),
            "hubspot": ("HUBSPOT_SECRET_NAME", "current"),
        }[of]
        name, new_client = self._environment.required(setting), self._clients.secrets_manager
        try:
            return StoredKey(new_client, name, field, SystemClock()).current()
        except SecretNotReadError as error:
            raise NotAnsweredError(
                f"AWS did not tell the secret of {setting} ({error}): ask with rights to read the "
                "stack's secrets"
            ) from None
        except SecretUnavailableError:
            raise SettingsError(setting, f"names no secret with a usable {field}") from None


@dataclass(frozen=True, slots=True)
class Provisioning:
    """What provisioning runs on."""

    settings: ProvisionSettings
    parts: ProvisionParts

    def settings_to_set(self, ids: Mapping[tuple[Kind, str], str]) -> dict[str, str]:
        """Settings that have to name what is there now, and do not."""
        return settings_to_set(self.settings, ids)


def provisioning(
    environment: Environment,
    store: KeyStore,
    *,
    in_time: InTime = always,
    told: Callable[[Step], None] = lambda _: None,
    http: HttpClient | None = None,
) -> Provisioning:
    """Provisioning with its accounts; providers are not asked yet.

    Args:
        environment: The settings.
        store: Where keys are.
        in_time: Whether there is time for one more request.
        told: Hears of each step that was carried out.
        http: What requests go over; by default each account has one of its own.

    Raises:
        SettingsError: A setting or a key is missing or cannot be used; it is named.
        CompiledConfigError: The configuration cannot be used.
    """
    settings = ProvisionSettings.read(environment)
    keys = _keys(settings, store)
    wanted = wanted_state(settings, keys, load_contact_center())
    parts = ProvisionParts(
        owner=settings.owner,
        wanted=wanted,
        accounts=_accounts(settings, keys, http, in_time),
        told=told,
    )
    return Provisioning(settings, parts)


def told_of_stack(done: Provisioned) -> dict[str, str]:
    """What the stack's outputs are made of: ids, and what the other side changed; all are there."""
    named = {
        "CredentialId": (Kind.CREDENTIAL, "webhooks"),
        "PhoneNumberId": (Kind.NUMBER, "main"),
        "SipNumberId": (Kind.NUMBER, "sip"),
        "SquadId": (Kind.SQUAD, SQUAD.key),
        "SalesAssistantId": (Kind.ASSISTANT, calling_key(SALES)),
    }
    left = [f"{step.wanted.kind} {step.wanted.key}".strip() for step in done.left]
    told = {name: done.ids.get(place, "") for name, place in named.items()}
    return {**told, "NotTaken": ", ".join(left)}


def _keys(settings: ProvisionSettings, store: KeyStore) -> Keys:
    wanted = ["vapi"]
    if settings.modes != (Mode.NONE,):
        wanted.append("webhook")
    if settings.sees_twilio:
        wanted.append("twilio")
    if settings.hubspot is not None:
        wanted.append("hubspot")
    return Keys(**{of: store.key(of) for of in wanted})


def _accounts(
    settings: ProvisionSettings, keys: Keys, http: HttpClient | None, in_time: InTime
) -> dict[Kind, Account]:
    clock, sleeper = SystemClock(), SystemSleeper()
    sent = {"User-Agent": f"switchboard/{settings.version}", "Accept": "application/json"}
    vapi = VapiAccount(
        Asking(
            Provider(
                name="Vapi",
                base_url=settings.vapi_base_url,
                key_setting="its private key (VapiApiKey; VAPI_API_KEY in .env)",
                headers={**sent, "Authorization": f"Bearer {keys.vapi}"},
                secrets=keys.all(),
            ),
            clock,
            sleeper,
            http,
            in_time,
        )
    )
    accounts: dict[Kind, Account] = dict.fromkeys(PATHS, vapi)
    sid, number = settings.twilio.account_sid, settings.twilio.number
    if sid is not None and number is not None:
        twilio = Provider(
            name="Twilio",
            base_url=settings.twilio_base_url,
            key_setting="its auth token (TwilioWebhookSecret; TWILIO_AUTH_TOKEN in .env)",
            headers=sent,
            login=(sid, keys.twilio),
            secrets=keys.all(),
        )
        asking = Asking(twilio, clock, sleeper, http, in_time)
        accounts[Kind.TELEPHONE] = TwilioNumbers(asking, sid, number)
    if settings.hubspot is not None:
        accounts[Kind.PROPERTIES] = _hubspot(settings, keys, http, in_time)
    return accounts


class _StillToken:
    """A token that was read a moment ago."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        return self._token

    def has_changed(self, used: str) -> bool:
        return used != self._token


class _WhileInTime:
    """RequestBudget of whoever asks alone, and not for ever."""

    def __init__(self, in_time: InTime) -> None:
        self._in_time = in_time

    def take(self, kind: str = "request") -> None:
        """See RequestBudget. Raises OutOfTimeError."""
        del kind
        if not self._in_time():
            raise OutOfTimeError(OUT_OF_TIME)


def _hubspot(
    settings: ProvisionSettings, keys: Keys, http: HttpClient | None, in_time: InTime
) -> Account:
    from contact_center.crm.hubspot.api import SECONDS, HubSpotApi
    from contact_center.provisioning.adapters.hubspot_properties import HubSpotProperties
    from contact_center.web.http_client import HttpClient

    if settings.hubspot is None:
        raise AssertionError  # asked for where there is one alone
    client = http or HttpClient(SECONDS)
    return HubSpotProperties(
        HubSpotApi(
            settings.hubspot,
            _StillToken(keys.hubspot),
            client,
            settings.version,
            _WhileInTime(in_time),
        )
    )

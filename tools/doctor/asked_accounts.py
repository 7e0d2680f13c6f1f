"""What Vapi and Twilio say of themselves: keys, what is there against what is set, calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contact_center.aws.stored_key import StoredKey
from contact_center.kernel.environment import SettingsError
from contact_center.kernel.ports import SecretUnavailableError
from contact_center.provisioning.adapters.asking import LARGEST_ANSWER_BYTES, Asking, Provider
from contact_center.provisioning.adapters.provision_settings import Keys, ProvisionSettings
from contact_center.provisioning.adapters.twilio_numbers import API_VERSION
from contact_center.provisioning.services.provision import Survey
from contact_center.provisioning.services.provisioning_ports import (
    NotAnsweredError,
    RefusedError,
)
from contact_center.web.http_client import HttpClient
from contact_center.wiring.provisioner import StoredKeys, provisioning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.kernel.ports import Clock, Sleeper
    from contact_center.provisioning.domain.objects import Found, Kind
    from contact_center.provisioning.domain.plans import Step
    from contact_center.provisioning.services.provisioning_ports import Account
    from tools.places import Place

type Json = Any

SECONDS = 15.0
LATEST_CALLS = 100
NO_LINE = "concurrency-limit-reached"
KEYS = ("vapi", "webhook", "twilio", "hubspot")


class KnownKeys:
    """KeyStore that has "" for a key that cannot be had: every other question is still asked.

    Attributes:
        unread: Why AWS did not tell one, so that nobody knows whether it is there.
    """

    def __init__(self, place: Place) -> None:
        """Fetch them. Raises SettingsError: where they are is not said."""
        stored = StoredKeys(place.environment)
        self.unread: dict[str, str] = {}
        self._keys = {of: self._fetched(stored, of) for of in KEYS}

    def _fetched(self, stored: StoredKeys, of: str) -> str:
        try:
            return stored.key(of)
        except SettingsError:
            return ""
        except NotAnsweredError as error:
            self.unread[of] = str(error)
            return ""

    def key(self, of: str) -> str:
        """See KeyStore."""
        return self._keys[of]

    def all(self) -> tuple[str, ...]:
        """Every key that is known."""
        return Keys(**self._keys).all()


class Accounts:
    """The accounts of a set-up, each asked once for each thing, however often it is looked at."""

    def __init__(self, place: Place, clock: Clock, sleeper: Sleeper) -> None:
        """Keep whose they are; nothing is asked yet."""
        self._place = place
        self._clock, self._sleeper = clock, sleeper

    @cached_property
    def keys(self) -> KnownKeys:
        """The keys. Raises SettingsError."""
        return KnownKeys(self._place)

    def previous_webhook_key(self) -> str:
        """The key before today's; "" where there is none. Raises SettingsError."""
        name = self._place.environment.required("VAPI_SECRET_NAME")
        client = self._place.client("secretsmanager")
        try:
            return StoredKey(lambda: client, name, "previous", self._clock).current()
        except SecretUnavailableError:
            return ""

    @cached_property
    def settings(self) -> ProvisionSettings:
        """What is set. Raises SettingsError."""
        return ProvisionSettings.read(self._place.environment)

    @cached_property
    def _survey(self) -> Survey:
        http = HttpClient(SECONDS, largest_answer_bytes=LARGEST_ANSWER_BYTES)
        made = provisioning(self._place.environment, self.keys, http=http)
        parts = made.parts
        asked = {id(account): AskedOnce(account) for account in parts.accounts.values()}
        once = {kind: asked[id(account)] for kind, account in parts.accounts.items()}
        return Survey(replace(parts, accounts=once))

    def refusal(self, kind: Kind) -> str | None:
        """What a provider says of our key; None: it takes it. Raises ProvisioningError."""
        try:
            self._survey.found(kind)
        except RefusedError as error:
            return str(error)
        return None

    def look_for_others(self) -> None:
        """Raises OthersError where another stack's objects are in the accounts."""
        self._survey.look_for_others()

    def steps(self, *kinds: Kind) -> list[Step]:
        """What is to be done about each wanted object of some kinds. Raises ProvisioningError."""
        survey = self._survey
        return [survey.step(one) for one in survey.parts.wanted if one.kind in kinds]

    def refused_calls(self) -> int:
        """How many of the latest calls ended for want of a line. Raises ProvisioningError."""
        told = self._asking_vapi().get("/call", {"limit": str(LATEST_CALLS)})
        listed = told if isinstance(told, list) else []
        return sum(NO_LINE in str(call.get("endedReason")) for call in listed)

    def queued_ms(self, since_ms: int) -> list[int] | None:
        """How long each call of ours waited at Twilio; None: Twilio is not asked.

        Raises ProvisioningError.
        """
        settings = self.settings.twilio
        if settings.account_sid is None or settings.number is None:
            return None
        since = datetime.fromtimestamp(since_ms / 1000, tz=UTC).date().isoformat()
        told = self._asking_twilio(settings.account_sid).get(
            f"/{API_VERSION}/Accounts/{settings.account_sid}/Calls.json",
            {"From": settings.number, "StartTime>": since, "PageSize": str(LATEST_CALLS)},
        )
        calls = told.get("calls", []) if isinstance(told, dict) else []
        placed = [call for call in calls if str(call.get("direction", "")).startswith("outbound")]
        return [int(call.get("queue_time") or 0) for call in placed]

    def _asking_vapi(self) -> Asking:
        key = self.keys.key("vapi")
        return self._asking(
            "Vapi", self.settings.vapi_base_url, {"Authorization": f"Bearer {key}"}, None
        )

    def _asking_twilio(self, account_sid: str) -> Asking:
        login = (account_sid, self.keys.key("twilio"))
        return self._asking("Twilio", self.settings.twilio_base_url, {}, login)

    def _asking(
        self, name: str, base_url: str, headers: Mapping[str, str], login: tuple[str, str] | None
    ) -> Asking:
        provider = Provider(
            name=name,
            base_url=base_url,
            key_setting="its key",
            headers={
                "User-Agent": f"switchboard/{self.settings.version}",
                "Accept": "application/json",
                **headers,
            },
            login=login,
            secrets=self.keys.all(),
        )
        http = HttpClient(SECONDS, largest_answer_bytes=LARGEST_ANSWER_BYTES)
        return Asking(provider, self._clock, self._sleeper, http)


class AskedOnce:
    """Account that remembers what it was told, and that nobody answers there. It never writes."""

    def __init__(self, account: Account) -> None:
        """Keep the account."""
        self._account = account
        self._told: dict[Kind, Sequence[Found]] = {}
        self._silent: NotAnsweredError | None = None

    def found(self, kind: Kind) -> Sequence[Found]:
        """See Account."""
        if self._silent is not None:
            raise self._silent
        if kind not in self._told:
            try:
                self._told[kind] = self._account.found(kind)
            except NotAnsweredError as error:
                self._silent = error
                raise
        return self._told[kind]

    def make(self, kind: Kind, body: Mapping[str, Json]) -> Found:
        """Never. Raises AssertionError."""
        raise AssertionError(f"the doctor made a {kind}: {sorted(body)}")

    def change(self, kind: Kind, object_id: str, body: Mapping[str, Json]) -> Found:
        """Never. Raises AssertionError."""
        raise AssertionError(f"the doctor changed {kind} {object_id}: {sorted(body)}")

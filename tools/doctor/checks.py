"""Every question that is asked of a set-up, in the order in which it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contact_center.kernel.environment import SettingsError
from contact_center.provisioning.domain.objects import Kind
from contact_center.provisioning.services.provisioning_ports import OthersError
from contact_center.vapi.calls.allowed_lines import ALLOWED
from contact_center.vapi.webhooks.probes import PROBE_KIND
from contact_center.vapi.webhooks.webhook_check import REFUSED
from contact_center.vapi.webhooks.webhook_credentials import header_of
from contact_center.vapi.webhooks.webhook_settings import read_hmac_plan, read_modes
from tools.doctor import asked_stack, judged_stack
from tools.doctor.asked_accounts import Accounts
from tools.doctor.asked_config import owner_files
from tools.doctor.asked_door import (
    ARRIVES_SECONDS,
    PublicDoor,
    ahead_ms,
    arrived,
    new_probe_id,
)
from tools.doctor.judged_accounts import (
    judged_key,
    judged_lines,
    judged_plan,
    judged_rate,
    judged_server,
    judged_steps,
    judged_webhook_key,
    judged_who,
)
from tools.doctor.judged_config import examples_in, judged_examples
from tools.doctor.judged_door import (
    CameIn,
    judged_bare,
    judged_clock,
    judged_headers,
    judged_public,
    judged_signed,
)
from tools.doctor.lines import Finding, cannot_tell, ok, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.kernel.ports import Clock, Sleeper
    from contact_center.provisioning.domain.plans import Step
    from tools.places import Place

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LIMIT_IS_TOLD_WITHIN_MS = 7 * DAY_MS
DOOR = "VapiWebhook"
# Whose POST /call tells how many calls at once are allowed.
CALLING = ("Dialer", "TwilioWebhook", "Receptionist")
ACCEPTED = "webhook_accepted"
NUMBER = "the number's server"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LATEST_DIAL_LINES, ACCOUNT_RATE = "10", "1"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its name for machines, for people, and how it is answered."""

    check: str
    title: str
    answer: Callable[[], Finding]


class Doctor:
    """Asks a set-up everything, and changes nothing there."""

    def __init__(self, place: Place, clock: Clock, sleeper: Sleeper) -> None:
        """Keep whom to ask; nothing is asked yet."""
        self._place = place
        self._clock, self._sleeper = clock, sleeper
        self.accounts = Accounts(place, clock, sleeper)

    def questions(self) -> list[Question]:
        """All of them."""
        return [
            Question("vapi-key", "Vapi's key", self._vapi_key),
            Question("twilio-key", "Twilio's key", self._twilio_key),
            Question("webhook-key", "webhooks' key", self._webhook_key),
            Question("owner", "whose the account is", self._owner),
            Question("public-address", "public address", self._public_address),
            Question("bare-webhook", "webhook, unsigned", self._bare),
            Question("signed-webhook", "webhook, signed", self._signed),
            Question("auth-header", "header that came", self._headers),
            Question("credential", "Vapi's credential", self._credential),
            Question("number", NUMBER, self._number),
            Question("backoff-plan", "the number's backoff plan", self._plan),
            Question("who-answers", "who answers", self._who),
            Question("twilio-addresses", "Twilio's addresses", self._telephone),
            Question("assistants", "saved assistants", self._assistants),
            Question("hubspot", "HubSpot's properties", self._properties),
            Question("examples", "examples that are left", self._examples),
            Question("lines", "calls at once", self._lines),
            Question("rate", "calls a second", self._rate),
            Question("clock", "clock", self._clocks),
            Question("subscriptions", "who hears alarms", self._subscriptions),
            Question("alarms", "alarms", self._alarms),
            Question("dead-letters", "dead letters", self._dead_letters),
            Question("retention", "how long things are kept", self._retention),
        ]

    def _unread(self, of: str) -> Finding | None:
        """That AWS does not tell a key; None: it does."""
        why = self.accounts.keys.unread.get(of)
        return None if why is None else cannot_tell(why, "ask with rights to read the secrets")

    def _vapi_key(self) -> Finding:
        if (unread := self._unread("vapi")) is not None:
            return unread
        known = self.accounts.keys.key("vapi")
        refused = self.accounts.refusal(Kind.NUMBER) if known else None
        return judged_key(known, "Vapi", refused, "the secret VapiApiKey; VAPI_API_KEY in .env")

    def _twilio_key(self) -> Finding:
        if not self.accounts.settings.sees_twilio:
            return ok("not used here: calls come in at Vapi")
        if (unread := self._unread("twilio")) is not None:
            return unread
        known = self.accounts.keys.key("twilio")
        refused = self.accounts.refusal(Kind.TELEPHONE) if known else None
        where = "the secret TwilioSecretName; TWILIO_AUTH_TOKEN in .env"
        return judged_key(known, "Twilio", refused, where)

    def _webhook_key(self) -> Finding:
        if (unread := self._unread("webhook")) is not None:
            return unread
        where = "the secret WebhookSecretName; VAPI_SECRET in .env"
        previous = self.accounts.previous_webhook_key()
        return judged_webhook_key(self.accounts.keys.key("webhook"), previous, where)

    def _owner(self) -> Finding:
        try:
            self.accounts.look_for_others()
        except OthersError as error:
            return wrong(str(error), "docs/provisioning.md#whose-it-is")
        return ok(f"nobody's but {self.accounts.settings.owner}'s")

    def _public_address(self) -> Finding:
        return judged_public(self._door.health(), self._door.base_url, self._place.start)

    def _bare(self) -> Finding:
        return judged_bare(self._door.bare())

    def _signed(self) -> Finding:
        probe_id = new_probe_id()
        secret = self.accounts.keys.key("webhook")
        if not secret and self._expected_headers():
            return cannot_tell("there is no key to sign with", "mend the webhooks' key first")
        asked = self._door.signed(probe_id, self._place.values, secret)
        seen = None
        if asked.status == 200:  # noqa: PLR2004 - HTTP's
            table = self._place.values["CALLS_TABLE"]
            client = self._place.client("dynamodb")
            seen = arrived(client, table, probe_id, self._clock, self._sleeper)
        return judged_signed(asked, arrived=seen, waited_seconds=ARRIVES_SECONDS)

    def _headers(self) -> Finding:
        return judged_headers(self._came_in(), self._expected_headers(), self._place.env)

    def _expected_headers(self) -> list[str]:
        environment = self._place.environment
        plan = read_hmac_plan(environment)
        return [name for mode in read_modes(environment) if (name := header_of(mode, plan))]

    def _came_in(self) -> CameIn:
        now_ms = self._clock.now_ms()
        refused: dict[tuple[str, str], int] = {}
        knocked = self._place.logs.lines(DOOR, REFUSED, now_ms - DAY_MS)
        for line in knocked.lines:
            if line.get("by") == "doctor":
                continue
            key = (str(line.get("reason")), str(line.get("came")))
            refused[key] = refused.get(key, 0) + 1
        counted = self._place.logs.lines(DOOR, ACCEPTED, now_ms - DAY_MS)
        accepted = sum(
            int(line.get(ACCEPTED, 0)) for line in counted.lines if line.get("type") != PROBE_KIND
        )
        since_ms = max(knocked.since_ms, counted.since_ms)
        return CameIn(accepted, refused, round((now_ms - since_ms) / HOUR_MS))

    def _credential(self) -> Finding:
        return self._judged("the credential", Kind.CREDENTIAL)

    def _number(self) -> Finding:
        return judged_server(self._number_step(), self._place.env)

    def _plan(self) -> Finding:
        return judged_plan(self._number_step(), self._place.env)

    def _who(self) -> Finding:
        return judged_who(self._number_step(), self._place.env)

    def _number_step(self) -> Step:
        [step] = self.accounts.steps(Kind.NUMBER)
        return step

    def _telephone(self) -> Finding:
        return self._judged("Twilio's number", Kind.TELEPHONE)

    def _assistants(self) -> Finding:
        steps = self.accounts.steps(Kind.ASSISTANT, Kind.SQUAD)
        if not steps:
            return ok("none: each call is sent its own (docs/provisioning.md)")
        return judged_steps(steps, "what is saved", self._place.env)

    def _properties(self) -> Finding:
        return self._judged("HubSpot", Kind.PROPERTIES)

    def _examples(self) -> Finding:
        host = urlsplit(self.accounts.settings.vapi_base_url).hostname
        return judged_examples(examples_in(owner_files()), simulated=host in LOOPBACK)

    def _judged(self, what: str, *kinds: Kind) -> Finding:
        return judged_steps(self.accounts.steps(*kinds), what, self._place.env)

    def _lines(self) -> Finding:
        told = self._allowed_lines()
        wanted = int(self._place.values.get("CALL_LINES") or LATEST_DIAL_LINES)
        return judged_lines(told, self.accounts.refused_calls(), wanted)

    def _allowed_lines(self) -> int | None:
        since_ms = self._clock.now_ms() - LIMIT_IS_TOLD_WITHIN_MS
        for function in CALLING:
            told = self._place.logs.lines(function, ALLOWED, since_ms)
            if told.lines:
                return int(told.lines[-1]["lines"])
        return None

    def _rate(self) -> Finding:
        per_second = float(self._place.values.get("ACCOUNT_CALLS_PER_SECOND") or ACCOUNT_RATE)
        return judged_rate(per_second, self.accounts.queued_ms(self._clock.now_ms() - DAY_MS))

    def _clocks(self) -> Finding:
        settings = self.accounts.settings
        addresses = {"Vapi": settings.vapi_base_url, "Twilio": settings.twilio_base_url}
        if not settings.sees_twilio:
            del addresses["Twilio"]
        if not self._place.clock_is_ours:
            addresses["the door"] = self._door.base_url
        apart = {name: ahead_ms(url, self._clock) for name, url in addresses.items()}
        return judged_clock({name: ms for name, ms in apart.items() if ms is not None})

    def _subscriptions(self) -> Finding:
        return judged_stack.judged_topics(asked_stack.topics(self._place))

    def _alarms(self) -> Finding:
        return judged_stack.judged_alarms(*asked_stack.ringing(self._place))

    def _dead_letters(self) -> Finding:
        return judged_stack.judged_dead_letters(asked_stack.dead_letters(self._place))

    def _retention(self) -> Finding:
        place = self._place
        return judged_stack.judged_retention(asked_stack.kept(place), asked_stack.forever(place))

    @property
    def _door(self) -> PublicDoor:
        base_url = self._place.environment.url("PUBLIC_BASE_URL")
        if base_url is None:
            raise SettingsError("PUBLIC_BASE_URL", "is required: providers are told it")
        return PublicDoor(base_url, self._clock)

    def secrets(self) -> Sequence[str]:
        """What is never shown."""
        return (*self.accounts.keys.all(), *self._place.aws_secrets)

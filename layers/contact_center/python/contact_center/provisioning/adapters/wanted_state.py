"""What is to be there, compiled from the settings and the owner's configuration.

                                     bypass             sip              vapi
    credential that signs webhooks   yes                yes              yes
    number at Vapi                   ours, imported     the SIP address  ours, imported, or Vapi's
      its server, with that key      yes                yes              yes
      no assistant on it: Vapi asks  as it is           yes              yes
    our number at Twilio asks us     yes                yes              no: Vapi's addresses
    assistants and squad             with SAVED_ASSISTANTS alone: else each call is sent them
    properties at HubSpot            where HubSpot is told of calls

An import, and every change of an imported number, sets the number's addresses at Twilio to Vapi's;
so Twilio is written last, and looked at again whenever Vapi's number was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contact_center.provisioning.adapters.hubspot_properties import ALL_OF_THEM, THERE
from contact_center.provisioning.adapters.vapi_account import SECRET_FIELDS, without_secrets
from contact_center.provisioning.domain.marks import fingerprint, metadata_of, name_of
from contact_center.provisioning.domain.objects import Elsewhere, Kind, Reference, Wanted
from contact_center.twilio.settings import Admission
from contact_center.vapi.assistants.overrides import server_of
from contact_center.vapi.assistants.recorded import recorded
from contact_center.vapi.assistants.saved import calling_key, saved_assistants, saved_squad
from contact_center.vapi.assistants.squad import WEBHOOK_PATH
from contact_center.vapi.webhooks.credential_plan import authentication_plan
from contact_center.vapi.webhooks.webhook_credentials import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.configuration.compiled_config import ContactCenter
    from contact_center.provisioning.adapters.provision_settings import Keys, ProvisionSettings

type Json = Any

WEBHOOKS = Reference(Kind.CREDENTIAL, "webhooks")
SQUAD = Reference(Kind.SQUAD, "contact-center")
OUR_NUMBER = "our number"
SALES = "sales"
VAPI_HOSTS = "vapi.ai"
VOICE_PATH, FALLBACK_PATH = "/twilio/voice", "/twilio/fallback"
# Three tries more, on a 5xx and on time-outs of either kind: a lost end of a call holds a line.
STATUS_PATH = "/twilio/call-status#rc=3&rp=5xx,ct,rt"
# By either of these Vapi proves itself in another way than by our credential.
NO_OTHER_PROOF: Mapping[str, Json] = {"headers": None, "secret": None}
NO_ASSISTANT: Mapping[str, Json] = {"assistantId": None, "squadId": None, "workflowId": None}


def wanted_state(
    settings: ProvisionSettings, keys: Keys, center: ContactCenter
) -> tuple[Wanted, ...]:
    """Every object that is to be there, in the order in which it is written."""
    wanted = [*_credential(settings, keys)]
    if settings.saved_assistants:
        wanted += _assistants(settings, recorded(center) if settings.recordings else center)
    wanted.append(_number(settings, keys))
    if settings.twilio.callers_come_here:
        wanted.append(_telephone(settings))
    if settings.hubspot is not None:
        says = {THERE: ALL_OF_THEM}
        wanted.append(Wanted(kind=Kind.PROPERTIES, key="", says=says, known_by={"id": "account"}))
    return tuple(wanted)


def settings_to_set(
    settings: ProvisionSettings, ids: Mapping[tuple[Kind, str], str]
) -> dict[str, str]:
    """Settings that have to name what is there now, and do not: name to value."""
    number = None if settings.twilio.admission is Admission.SIP else ids.get((Kind.NUMBER, "main"))
    named = {"VAPI_PHONE_NUMBER_ID": (number, settings.phone_number_id)}
    if settings.saved_assistants:
        squad = ids.get((SQUAD.kind, SQUAD.key))
        named["VAPI_SQUAD_ID"] = (squad, settings.squad_id)
        sales = ids.get((Kind.ASSISTANT, calling_key(SALES)))
        named["SALES_ASSISTANT_ID"] = (sales, settings.sales_assistant_id)
    return {name: there for name, (there, set_now) in named.items() if there and there != set_now}


def _credential(settings: ProvisionSettings, keys: Keys) -> Iterator[Wanted]:
    said, secret = authentication_plan(settings.modes, settings.hmac_plan, keys.webhook)
    if said:
        yield Wanted(
            kind=WEBHOOKS.kind,
            key=WEBHOOKS.key,
            says={
                "name": name_of(settings.owner, fingerprint(keys.webhook, settings.owner)),
                "authenticationPlan": said,
            },
            made_with={"provider": "custom-credential"},
            secret={"authenticationPlan": secret},
            whatever_key=True,
        )


def _assistants(settings: ProvisionSettings, center: ContactCenter) -> Iterator[Wanted]:
    for key, body in saved_assistants(center).items():
        said = {
            **body,
            "metadata": {**body.get("metadata", {}), **metadata_of(settings.owner, key)},
        }
        hidden = {name: value for name, value in said.items() if _holds_secret(value)}
        yield Wanted(
            kind=Kind.ASSISTANT,
            key=key,
            says=without_secrets(said),
            secret=hidden,
        )
    squad = saved_squad(center, lambda name: Reference(Kind.ASSISTANT, name))
    named = {**squad, "name": name_of(settings.owner, SQUAD.key)}
    yield Wanted(kind=SQUAD.kind, key=SQUAD.key, says=named)


def _holds_secret(value: Json) -> bool:
    """Whether something in a value is never shown (vapi_account.py)."""
    if isinstance(value, dict):
        return bool(SECRET_FIELDS & value.keys()) or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _number(settings: ProvisionSettings, keys: Keys) -> Wanted:
    """The number at Vapi whose server hears of calls."""
    twilio, owner = settings.twilio, settings.owner
    signs = None if settings.modes == (Mode.NONE,) else WEBHOOKS
    server = {**server_of(settings.public_base_url + WEBHOOK_PATH, signs), **NO_OTHER_PROOF}
    if twilio.admission is Admission.SIP and settings.sip_address is not None:
        return Wanted(
            kind=Kind.NUMBER,
            key="sip",
            says={"server": server, **NO_ASSISTANT},
            says_if_ours={"name": name_of(owner, "sip")},
            made_with={"provider": "vapi", "sipUri": settings.sip_address},
            known_by={"sipUri": settings.sip_address},
        )
    rings_elsewhere = Elsewhere(
        kind=Kind.TELEPHONE,
        field="voice_url",
        places=(VAPI_HOSTS, urlsplit(settings.vapi_base_url).netloc),
        instead="Vapi's own address",
        empty=("voice_application_sid", "trunk_sid"),
    )
    by_vapi = twilio.admission is Admission.VAPI
    number = twilio.number or ""
    known = {"number": number} if settings.imports else {"id": settings.phone_number_id or ""}
    imported = {"name": name_of(owner, fingerprint(keys.twilio, owner))}
    return Wanted(
        kind=Kind.NUMBER,
        key="main",
        says={"server": server, **(NO_ASSISTANT if by_vapi else {})},
        says_if_ours=imported if settings.sees_twilio else {},
        made_with={
            "provider": "twilio",
            "number": number,
            "twilioAccountSid": twilio.account_sid,
            "smsEnabled": False,  # or else Vapi takes the number's messages too
        }
        if settings.sees_twilio
        else {},
        secret={"twilioAuthToken": keys.twilio} if settings.sees_twilio else {},
        known_by=known,
        may_make=settings.imports,
        disturbs=(Kind.TELEPHONE,) if settings.sees_twilio else (),
        also_while=rings_elsewhere if by_vapi and settings.sees_twilio else None,
    )


def _telephone(settings: ProvisionSettings) -> Wanted:
    """Our number at Twilio: it asks us, and hangs on nothing that would keep it from asking."""
    base = settings.public_base_url
    return Wanted(
        kind=Kind.TELEPHONE,
        key=OUR_NUMBER,
        says={
            "voice_url": base + VOICE_PATH,
            "voice_method": "POST",
            "voice_fallback_url": base + FALLBACK_PATH,
            "voice_fallback_method": "POST",
            "status_callback": base + STATUS_PATH,
            "status_callback_method": "POST",
            "voice_application_sid": None,
            "trunk_sid": None,
        },
        known_by={"phone_number": settings.twilio.number or ""},
        may_make=False,
    )

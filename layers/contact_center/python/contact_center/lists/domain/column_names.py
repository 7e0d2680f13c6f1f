"""What people and programs call the columns of a list, and what each name stands for.

Names are compared without case, blanks, signs and accents: "State/Region", "state_region" and
"StateRegion" are one name. Whatever says whose it is may stand before it: "Mailing State",
"Home Phone", "Address 1 - Region". The names are those of Excel lists as people write them, and
of the exports of Google, HubSpot, Salesforce, Outlook, VICIdial and Zoho, of lead ads, and of the
templates of Vapi, Retell and Bolna.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Meaning(StrEnum):
    """What a column is taken for; the value is what an operator reads."""

    PHONE = "phone"
    ID = "id"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    TIMEZONE = "timezone"
    ZIP = "zip"
    STATE = "state"
    COUNTRY = "country"
    PHONE_CODE = "phone_code"
    CONSENT_KIND = "consent_kind"
    CONSENT_AT = "consent_at"
    CONSENT_SOURCE = "consent_source"
    DO_NOT_CALL = "do_not_call"
    AREA_CODE = "area_code"  # of national lists, as is the next
    CHANGE = "change"
    VARIABLE = "variable"
    NOTHING = "nothing"


# Of each meaning the names, the likeliest first; separated by commas.
_NAMES = {
    Meaning.PHONE: (
        "phone, phone number, phone no, phone num, phone nr, telephone, telephone number,"
        " telephone no, tel, tel no, tel number, contact number, contact no, contact phone,"
        " telefon, telefonnummer, telefon nummer, telefonnr, rufnummer, telefono, telefone,"
        " numero de telefono, numero de telephone, numero telephone, num tel, telefoonnummer,"
        " telefoon, телефон, номер телефона, 电话, 电话号码, 電話番号, 전화번호,"
        " mobile, mobile phone, mobile number, mobile phone number, mobile no, mobile telephone,"
        " cell, cell phone, cell number, cell phone number, cellular, handy, handynummer, mobil,"
        " mobilnummer, mobiltelefon, celular, movil, telefono movil, portable, gsm, 手机, 手机号,"
        " phone e164, e164, msisdn, to number, to phone number, dial number, number to call, number"
    ),
    Meaning.ID: (
        "id, customer id, contact id, record id, lead id, external id, client id, person id,"
        " vendor lead code, customer number, member id, patient id"
    ),
    Meaning.NAME: (
        "name, full name, contact name, customer name, client name, lead name, person name,"
        " complete name, display name, vollstandiger name, nombre completo, nom complet,"
        " nome completo"
    ),
    Meaning.FIRST_NAME: "first name, firstname, given name, fname, forename, vorname, prenom",
    Meaning.LAST_NAME: "last name, surname, family name, lname, nachname, apellido, apellidos",
    Meaning.TIMEZONE: (
        "timezone, time zone, tz, tz name, tzid, timezone name, timezone id, iana timezone,"
        " iana time zone, tz database name, hs timezone, time zone sid key, zeitzone,"
        " zona horaria, fuseau horaire, fuso horario"
    ),
    Meaning.ZIP: (
        "zip, zip code, zip5, zip postal code, zip postcode, postal zip code, postal zip,"
        " postal code, post code, postal, plz, postleitzahl, codigo postal, code postal, cep"
    ),
    Meaning.STATE: (
        "state, state code, state abbreviation, state abbr, state name, us state, state region,"
        " state province, state or province, state or region, state province region,"
        " state province code, state region code, province, province code, province state, prov,"
        " province region, region, region code, administrative area, hs state code, bundesland,"
        " estado, provincia"
    ),
    Meaning.COUNTRY: (
        "country, country region, country code, country name, country iso, country iso code,"
        " iso country, iso country code, country iso2, country iso3, country code iso,"
        " country region code, country or region, hs country region code, nation, land, pais, pays"
    ),
    Meaning.PHONE_CODE: (
        "phone code, phone country code, country phone code, country calling code, calling code,"
        " dial code, dialing code, dialling code, country dial code, dial in code, isd code, isd,"
        " phone prefix, country prefix, international code, telephone country code"
    ),
    Meaning.CONSENT_KIND: "consent kind, consent type, kind of consent, type of consent",
    Meaning.CONSENT_AT: (
        "consent at, consent date, consent time, consent timestamp, consent datetime,"
        " consent date time, consent given at, consented at, date of consent, time of consent"
    ),
    Meaning.CONSENT_SOURCE: (
        "consent source, source of consent, consent origin, consent proof, proof of consent,"
        " consent evidence, consent url"
    ),
    Meaning.DO_NOT_CALL: (
        "do not call, dnc, do not contact, do not phone, do not dial, dont call, dont contact,"
        " no call, no calls, no phone calls, never call, opt out, opted out, has opted out,"
        " call opt out, phone opt out, opt out of calls, opted out of calls, opt out calls,"
        " has opted out of calls, dnc flag, dnc status, is dnc, on dnc, dnc list, on dnc list,"
        " do not call flag, do not call list, do not call status, on do not call list,"
        " is do not call, federal dnc, state dnc, national dnc, internal dnc, company dnc,"
        " global dnc, phone dnc, call dnc, dnd, do not disturb, tps, ctps, on tps, tps flag,"
        " suppressed, suppress, suppression, blacklist, blacklisted, blocklist, unsubscribed,"
        " nicht anrufen, anrufsperre, no llamar, ne pas appeler"
    ),
}

# What says whose it is, and how near to the person that is: the nearest counts first.
_WHOSE = {
    "what is your, whats your, please enter your, enter your, your, my": 0,
    "customer, contact, lead, client, person, people, patient, member, user, guest": 0,
    "subscriber, recipient, applicant, preferred, best, current, local, address1, address": 0,
    "primary, main, default, home, personal, private, mailing, physical, residential": 1,
    "residence, permanent, legal": 1,
    "street, property, resident, billing, shipping, delivery, postal, day, daytime, evening": 2,
    "business, work, office, direct": 2,
    "other, alternate, alternative, alt, secondary, second, address2, address3": 3,
    "company, account, organization, organisation, employer": 4,
    "ip": 5,
}
# A company's telephone and name are not the person's; where it is, the person is likely to be.
_FARTHEST = {
    Meaning.PHONE: 3,
    Meaning.ID: 0,
    Meaning.NAME: 1,
    Meaning.FIRST_NAME: 1,
    Meaning.LAST_NAME: 1,
}
_ALONE = frozenset({"number"})  # a member's number is none to call
_NUMBERED = re.compile(r"(phone|telephone|mobile|tel|cell)([1-9])(?:value|number)?")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PARENTHESES = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")
_SALESFORCE_OWN = re.compile(r"__c$", re.IGNORECASE)

_OTHER_CHANNELS = frozenset(
    [
        "email",
        "mail",
        "sms",
        "mms",
        "text",
        "texts",
        "texting",
        "newsletter",
        "fax",
        "whatsapp",
        "cookie",
        "cookies",
    ]
)
_BY_VOICE = frozenset(["call", "calls", "calling", "phone", "voice", "telephone", "contact"])
_LOOKS_LIKE = {
    "a do-not-call mark": re.compile(
        r"\bdnc\b|\bdonotcall\b|\b(?:do not|dont|don t|no|never) (?:call|contact|phone|dial)"
        r"|\bopt(?:ed)? ?out|optout|\bunsubscribe|\bsuppress|\bblacklist|\bblocklist"
    ),
    "consent": re.compile(
        r"consent|einwilligung|\btcpa|\bopt(?:ed)? ?in\b|optin|\bpermission|\bgdpr"
        r"|\bagree[ds]?(?: to\b|$)"
        r"|\b(?:ok|okay|may|can) (?:to )?(?:be )?(?:we )?(?:call|called|contact|phone)"
    ),
    "a time zone": re.compile(r"time ?zone|\btz\b|\b(?:utc|gmt) ?(?:offset|diff)"),
    "a place": re.compile(
        r"\b(?:us)?state\b|province|\bzip\b|zip ?code|\bpostal ?code|post ?code|\bplz\b|\bregion\b"
    ),
    "a country": re.compile(r"country"),
}
_SPEAKS_OF_A_PHONE = re.compile(r"\b(?:phone|telephone|mobile|cell|tel|telefon\w*|handy)\b")
_NO_NUMBER = re.compile(
    r"\b(?:type|label|ext|extension|verified|valid|status|fax|pager|assistant|emergency|carrier"
    r"|date|time|count|provider|model|plan|bill|os|last|line|country|area|code)\b"
)
_AREA = re.compile(r"\b(?:city|town|county|address|street|location|ort|stadt)\b")


class Named(NamedTuple):
    """What a name stands for; `farness` is the higher, the farther it is from the person."""

    meaning: Meaning
    farness: int
    order: int


def named(heading: str) -> Named | None:
    """What a heading stands for, None when it is no name that is known."""
    bare = _SALESFORCE_OWN.sub("", heading.strip())
    for said in (bare, _PARENTHESES.sub(" ", bare)):
        found = _named(squashed(said))
        if found is not None:
            return found
    return None


def looks_like(heading: str) -> str | None:
    """What a heading that is not understood seems to speak of, of what decides on a call."""
    said = spelled(heading)
    words = set(said.split())
    elsewhere = words & _OTHER_CHANNELS and not words & _BY_VOICE
    for what, pattern in _LOOKS_LIKE.items():
        spoken = what in {"a do-not-call mark", "consent"}
        if pattern.search(said) and not (spoken and elsewhere):
            return what
    return None


def speaks_of_a_phone(heading: str) -> bool:
    """Whether a heading that is no known name still seems to head telephone numbers."""
    said = spelled(heading)
    return bool(_SPEAKS_OF_A_PHONE.search(said)) and not _NO_NUMBER.search(said)


def speaks_of_a_place(heading: str) -> bool:
    """Whether it says where somebody is in a way that tells no time: a city, a street."""
    return bool(_AREA.search(spelled(heading)))


def is_note(heading: str) -> bool:
    """Whether it is called a note, which is only something the assistant may say."""
    return spelled(heading).partition(" ")[0] in {"note", "notes"}


def squashed(heading: str) -> str:
    """A heading in small letters and digits alone, without accents."""
    return "".join(one for one in _folded(heading) if one.isalnum())


def spelled(heading: str) -> str:
    """The words of a heading in small letters, one blank between them."""
    apart = _CAMEL.sub(" ", "".join(" " if not one.isalnum() else one for one in heading))
    return " ".join(_folded(apart).split())


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one)).casefold()


@cache
def _known() -> dict[str, tuple[Meaning, int]]:
    return {
        squashed(name): (meaning, order)
        for meaning, names in _NAMES.items()
        for order, name in enumerate(names.split(","))
    }


@cache
def _whose() -> tuple[tuple[str, int], ...]:
    said = {squashed(one): far for names, far in _WHOSE.items() for one in names.split(",")}
    return tuple(sorted(said.items(), key=lambda one: -len(one[0])))


def _named(name: str, farness: int | None = None) -> Named | None:
    found = _known().get(name)
    if found is not None:
        meaning, order = found
        far = farness or 0
        alone = name in _ALONE and farness is not None
        too_far = alone or far > _FARTHEST.get(meaning, far)
        return None if too_far else Named(meaning, far, order)
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        _, order = _known()[numbered[1]]
        return Named(Meaning.PHONE, (farness or 0) + int(numbered[2]) - 1, order)
    for whose, far in _whose():
        if name.startswith(whose) and len(name) > len(whose):
            behind = _named(name.removeprefix(whose), max(farness or 0, far))
            if behind is not None:
                return behind
    return None

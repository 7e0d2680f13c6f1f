"""Columns are understood as people and programs name them; what decides on calls, or is refused."""

from __future__ import annotations

import pytest

from contact_center.lists.domain.column_names import Meaning, looks_like, named
from contact_center.lists.domain.columns import (
    MOST_VARIABLES,
    BadHeaderError,
    Column,
    understood,
)

PHONES = (
    "phone, Phone Number, PHONE_NUMBER, phoneNumber, Phone No., telephone, Telephone Number, Tel,"
    " tel., contact_number, Contact Number, number, Telefon, Telefonnummer, Teléfono, téléphone,"
    " Número de teléfono, Mobile, Mobile Phone, mobile-number, Cell, Cell Phone, cellphone, Handy,"
    " Celular, Móvil, GSM, MSISDN, to_number, Phone 1 - Value, Phone 1, Home Phone, Work Phone,"
    " Business Phone, Primary Phone, Customer Phone, customer_phone_number, Lead Phone,"
    " Phone (mobile), Phone Number*, Phone:, What is your phone number?, MobilePhone, Phone__c,"
    " 电话, 手机号, Телефон, Daytime Phone, Billing Phone, Default Address Phone, Person - Phone"
)
ZONES = (
    "timezone, Time Zone, time-zone, TIMEZONE, TimeZone, tz, TZ Name, IANA Timezone, hs_timezone,"
    " Customer Timezone, Contact Time Zone, Time Zone (IANA), Local Time_Zone__c, Zeitzone,"
    " TimeZoneSidKey, Zona horaria"
)
STATES = (
    "state, State/Region, State/Province, state_province, State or Province, STATE CODE, Region,"
    " Province, US State, State Name, Mailing State/Province, MailingState, Home State,"
    " Business State, Billing State, shipping_state, Address 1 - Region, State (2 letters),"
    " hs_state_code, Mailing State Code, Company State, Bundesland, Default Address Province Code,"
    " IP State, Your state, MailingStateCode"
)
ZIPS = (
    "zip, ZIP Code, zipcode, Zip/Postal Code, postal_code, Postal Code, Post Code, postcode, PLZ,"
    " Mailing Zip/Postal Code, Home Postal Code, billing_postcode, Address 1 - Postal Code,"
    " Código postal, Mailing Zip, Shipping Zip, zip5, Código Postal (CP)"
)
COUNTRIES = (
    "country, Country/Region, country_code, Country Code, Country Name, Mailing Country, País,"
    " Home Country/Region, ISO Country, Address 1 - Country, Billing Country, CountryCode,"
    " hs_country_region_code, Land, Company Country"
)
CODES = (
    "phone_code, Phone Code, Phone Country Code, Country Calling Code, Dial Code, calling_code,"
    " ISD Code, Country Dial Code, DialingCode"
)
FORBIDDEN = (
    "Do Not Call, do_not_call, DoNotCall, DONOTCALL, DNC, dnc, Do-Not-Call, Do not contact,"
    " Don't Call, DNC Flag, DNC Status, Is DNC, On DNC List, Opt Out, opt-out, Opted Out,"
    " Phone Opt Out, Opted out of calls, HasOptedOutOfCalls, Unsubscribed, Blacklisted, DND,"
    " Federal DNC, National DNC, Do_Not_Call__c, do not call?, TPS, No Calls, Suppressed,"
    " Lead DNC, Do not phone, Nicht anrufen"
)
CONSENTS = {
    Meaning.CONSENT_KIND: "consent_kind, Consent Kind, Consent Type, ConsentType",
    Meaning.CONSENT_AT: "consent_at, Consent Date, consent timestamp, Consent Date/Time, ConsentAt",
    Meaning.CONSENT_SOURCE: "consent_source, Consent Source, Source of consent, Consent URL",
}
PEOPLE = {
    Meaning.NAME: "name, Full Name, full_name, Contact Name, Customer Name, customer.name",
    Meaning.FIRST_NAME: "First Name, first_name, FirstName, Given Name, Vorname, fname, Prénom",
    Meaning.LAST_NAME: "Last Name, lastname, Surname, Family Name, Nachname, Apellidos",
    Meaning.ID: "id, ID, Record ID, Customer ID, contact_id, Lead ID, vendor_lead_code",
}
TABLE = {
    Meaning.PHONE: PHONES,
    Meaning.TIMEZONE: ZONES,
    Meaning.STATE: STATES,
    Meaning.ZIP: ZIPS,
    Meaning.COUNTRY: COUNTRIES,
    Meaning.PHONE_CODE: CODES,
    Meaning.DO_NOT_CALL: FORBIDDEN,
    **CONSENTS,
    **PEOPLE,
}
HEADINGS = [
    (heading.strip(), meaning) for meaning, names in TABLE.items() for heading in names.split(",")
]

# Nobody's phone, place, consent or wish not to be called, though a word of them is in it.
OTHERS = (
    "Status, Statement date, Real Estate, Last Order, Email Opt Out, E-mail opt-in, SMS Consent,"
    " Unsubscribed from all email, HasOptedOutOfFax, Newsletter consent, Notes, called_count,"
    " last_local_call_time, Best time to call, Callback, City, Address, Company, Company Name,"
    " Street, Pager, Home Fax, Assistant's Name, Created time, ad_id, is_organic, platform,"
    " Birthday, Email, gender, rank, owner, security_phrase, Lead Status, Contact owner,"
    " Member Number, alt, Phone 1 - Label, Phone Type, Phone Verified, Fax, TTY/TDD Phone Type,"
    " date_of_birth, Preferred contact method, Title, estimate, interstate,"
    " Account Number, Zip4, Order Number"
)
LOOK_LIKE = {
    "a place": "City State ZIP, Sales Region, Driver License State, State you live in, Zip+4",
    "a time zone": "Time zone offset, GMT Offset, UTC offset, Zone (time zone of store)",
    "a country": "Country of birth, Which country are you in?",
    "consent": "Opt-in, Opted In, TCPA Consent, consent, Marketing consent, Permission to call,"
    " OK to call, May we call you?, GDPR, Double opt in date, I agree to be called, Einwilligung",
    "a do-not-call mark": "DNC Date, Do Not Call Reason, Date of opt out, Do not call until,"
    " Email and phone opt out",
}
DOUBTFUL = [
    (heading.strip(), what) for what, names in LOOK_LIKE.items() for heading in names.split(",")
]


@pytest.mark.parametrize(("heading", "meaning"), HEADINGS, ids=[one for one, _ in HEADINGS])
@pytest.mark.parametrize("written", [str, str.upper, str.lower, "\ufeff {} ".format])
def test_a_column_is_known_however_its_name_is_written(
    heading: str, meaning: Meaning, written: object
) -> None:
    assert callable(written)
    found = named(written(heading))

    assert found is not None
    assert found.meaning is meaning


@pytest.mark.parametrize("heading", [one.strip() for one in OTHERS.split(",")])
def test_another_column_is_a_variable_and_fails_no_list(heading: str) -> None:
    assert named(heading) is None
    assert looks_like(heading) is None
    columns = understood(["phone", heading])
    assert columns.columns[1].meaning is Meaning.VARIABLE


@pytest.mark.parametrize(("heading", "what"), DOUBTFUL, ids=[one for one, _ in DOUBTFUL])
def test_what_would_decide_on_calls_and_is_not_understood_refuses_the_list_by_name(
    heading: str, what: str
) -> None:
    with pytest.raises(BadHeaderError) as refused:
        understood(["phone", "name", heading])

    assert f"C ({heading}) looks like {what} and is not understood" in refused.value.reason
    assert understood(["phone", "name", f"note {heading}"]).columns[2].variable is not None


def test_all_that_is_not_understood_is_named_at_once() -> None:
    with pytest.raises(BadHeaderError) as refused:
        understood(["phone", "Opt-in", "Sales Region", "Order Region"])

    for title in ("B (Opt-in)", "C (Sales Region), D (Order Region)"):
        assert title in refused.value.reason


# -- one column among several ----------------------------------------------------------------

OUTLOOK = (
    "First Name,Middle Name,Last Name,Title,Home Phone,Home Phone 2,Business Phone,Mobile Phone,"
    "Car Phone,Other Phone,Primary Phone,Pager,Business Fax,Company Main Phone,Callback,"
    "Radio Phone,Assistant's Phone,Business State,Business Postal Code,Business Country/Region,"
    "Home State,Home Postal Code,Home Country/Region,Other State,Location,Notes"
)
GOOGLE = (
    "First Name,Last Name,Notes,Labels,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Phone 2 - Label,Phone 2 - Value,Address 1 - Region,Address 1 - Postal Code"
)
SALESFORCE = (
    "First Name,Last Name,Phone,Mobile,Mailing State/Province,Mailing Zip/Postal Code,Do Not Call"
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,"
    "Lead Status,State/Region,Postal Code,Time Zone,Create Date"
)
VICIDIAL = (
    "vendor_lead_code,source_id,list_id,phone_code,phone_number,title,first_name,middle_initial,"
    "last_name,address1,city,state,province,postal_code,country_code,gender,alt_phone,email,"
    "comments,called_count,gmt_offset_now,rank,owner"
)
SHOPIFY = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,"
    "Default Address Province Code,Default Address Country Code,Default Address Zip,"
    "Default Address Phone,Phone,Accepts SMS Marketing,Tags"
)
LEAD_AD = "id,created_time,ad_id,form_name,is_organic,platform,full_name,phone_number,post_code"
EXPORTS = {
    "Outlook": (OUTLOOK, "Mobile Phone", {"state": "Home State", "country": "Home Country/Region"}),
    "Google Contacts": (GOOGLE, "Phone 1 - Value", {"state": "Address 1 - Region"}),
    "Salesforce": (SALESFORCE, "Phone", {"do_not_call": "Do Not Call"}),
    "HubSpot": (HUBSPOT, "Phone Number", {"timezone": "Time Zone", "id": "Record ID"}),
    "VICIdial": (VICIDIAL, "phone_number", {"phone_code": "phone_code", "state": "state"}),
    "Shopify": (SHOPIFY, "Phone", {"state": "Default Address Province Code"}),
    "lead ads": (LEAD_AD, "phone_number", {"zip": "post_code", "name": "full_name"}),
    "Google Forms": (
        "Timestamp,Full Name,Phone Number,State,Best time to call",
        "Phone Number",
        {"state": "State"},
    ),
    "Retell": ("phone number,time zone,first_name", "phone number", {"timezone": "time zone"}),
    "Bolna": ("contact_number,first_name", "contact_number", {"first_name": "first_name"}),
    "Vapi": ("number,name", "number", {"name": "name"}),
}


@pytest.mark.parametrize(("header", "phone", "others"), EXPORTS.values(), ids=EXPORTS.keys())
def test_exports_are_understood_as_they_come(
    header: str, phone: str, others: dict[str, str]
) -> None:
    columns = understood(header.split(","))

    assert [one.heading for one in columns.of(Meaning.PHONE)] == [phone]
    for meaning, heading in others.items():
        assert columns.of(Meaning(meaning))[0].heading == heading


def test_the_nearest_to_the_person_counts_first() -> None:
    columns = understood(["phone", "Company State", "Other State", "Mailing State", "State"])

    nearest = [one.heading for one in columns.of(Meaning.STATE)]
    assert nearest == ["State", "Mailing State", "Other State", "Company State"]


def test_the_only_column_that_speaks_of_a_telephone_is_it_and_of_two_neither() -> None:
    assert understood(["name", "Kid's parent phone"]).of(Meaning.PHONE)[0].letter == "B"
    with pytest.raises(BadHeaderError, match=r"B \(Parent phone\), C \(Kid phone\)"):
        understood(["name", "Parent phone", "Kid phone"])


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("name,Fax", "A (name), B (Fax)"),
        ("phone,Phone", "twice"),
        ("phone,State,state", "B (State), C (state)"),
        ("phone,Consent Date,consent_at", "consent_at twice"),
        ("phone," * 501, "500 columns"),
        ("Ann,ann@example.com,Tel 212 555 0123 x", "B (…)"),
    ],
)
def test_a_header_that_cannot_be_worked_with_names_its_columns_and_no_person(
    header: str, words: str
) -> None:
    with pytest.raises(BadHeaderError) as refused:
        understood(header.split(","))

    assert words in refused.value.reason
    assert "example.com" not in refused.value.reason
    assert "555" not in refused.value.reason


# -- what the assistant may say --------------------------------------------------------------


def by_letter(header: str) -> dict[str, Column]:
    return {one.letter: one for one in understood(header.split(",")).columns}


def test_a_column_that_nobody_needs_is_left_out_and_says_so() -> None:
    columns = by_letter("phone,Notes,Notes,,gmt_offset_now")

    assert columns["B"].variable == "notes"
    assert (columns["C"].meaning, columns["C"].variable) == (Meaning.NOTHING, None)
    assert "twice" in columns["C"].note
    assert "no name" in columns["D"].note
    assert columns["E"].meaning is Meaning.NOTHING


def test_variables_beyond_the_limit_are_left_out_and_say_so() -> None:
    columns = understood(["phone", *(f"v{at}" for at in range(MOST_VARIABLES + 2))]).columns

    assert len([one for one in columns if one.variable]) == MOST_VARIABLES
    assert [one.letter for one in columns if one.note] == ["AZ", "BA"]
    assert f"beyond {MOST_VARIABLES}" in columns[-1].note


@pytest.mark.parametrize("reserved", ["Date", "time", "NOW", "Month", "day", "Year", "Customer"])
def test_a_column_never_stands_in_for_what_vapi_fills_in(reserved: str) -> None:
    column = by_letter(f"phone,{reserved}")["B"]

    assert column.variable == f"list_{reserved.lower()}"
    assert f"{{{{{reserved.lower()}}}}}" in column.note


def test_an_object_of_vapi_s_is_shadowed_in_none_of_its_parts() -> None:
    columns = by_letter("phone,customer.number,customer.name,call.id,customer.vip,name")

    assert [columns[at].variable for at in "BCDEF"] == [
        "list_customer_number",
        "list_customer_name",
        "list_call_id",
        "list_customer_vip",
        None,
    ]


def test_names_stay_variables_under_the_names_they_had() -> None:
    columns = by_letter("phone,first_name,Full Name,id,Customer ID,city")

    assert [columns[at].variable for at in "BCDEF"] == [
        "first_name",
        "full_name",
        None,
        "customer_id",
        "city",
    ]
    assert columns["C"].meaning is Meaning.NAME
    assert columns["D"].meaning is Meaning.ID
    assert "no hours" in columns["F"].note


def test_another_telephone_is_never_called() -> None:
    columns = by_letter("Phone,Mobile,phone_code")

    assert "never called" in columns["B"].note
    assert columns["A"].note == ""

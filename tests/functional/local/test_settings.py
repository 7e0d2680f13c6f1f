"""What can be set is written down in one place, and what is set is shown with where it is from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from local.cloud.emulator import ROOT
from local.cloud.intrinsics import TemplateError
from local.cloud.template_reader import read_template, setting_name
from local.settings import LOCAL_NAMES, SIMULATED_TWILIO_TOKEN, Origin, read_settings
from local.settings_in_force import (
    LOCAL_DEFAULTS,
    ON_AWS_ALONE,
    PRIVATE_NAMES,
    Setting,
    dialing_note,
    settings_in_force,
    settings_table,
    unread_notes,
)
from local.settings_text import SettingsError, read_env_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEMPLATE = ROOT / "template.yaml"
DEFAULTS = {
    setting_name(name): value for name, value in read_template(TEMPLATE, {}).defaults.items()
}
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
ENTRY = re.compile(r"^# (.+)\n#([A-Z0-9_]+)=(.*)$", re.MULTILINE)
READ_IN_CODE = re.compile(
    r'values(?:\.get\(|\[)"([A-Z0-9_]+)"|"([A-Z0-9_]+)" (?:not )?in (?:\w+\.)*values'
)
ELSEWHERE = {  # a default that is not the template's
    "VAPI_BASE_URL": "",  # without a key a simulator plays Vapi
    "TWILIO_BASE_URL": "",  # and Twilio
    "HUBSPOT_BASE_URL": "",  # and HubSpot
    "CALCOM_BASE_URL": "",  # and Cal.com, where it is wanted
}


def shown(settings: Mapping[str, str], running: Mapping[str, str]) -> dict[str, Setting]:
    told = settings_in_force(read_settings(None, settings), DEFAULTS, {**DEFAULTS, **running})
    return {one.name: one for one in told}


def test_the_example_holds_every_setting_once_with_a_line_of_explanation() -> None:
    entries = ENTRY.findall(EXAMPLE)
    names = [name for _, name, _ in entries]

    assert sorted(names) == sorted({*LOCAL_NAMES, *DEFAULTS})
    assert len(re.findall(r"^#[A-Z0-9_]+=", EXAMPLE, re.MULTILINE)) == len(names)
    assert all(len(explanation) < 120 for explanation, _, _ in entries)


def test_what_the_code_reads_is_a_setting() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "local").rglob("*.py")]
    found = {one or other for text in texts for one, other in READ_IN_CODE.findall(text)}

    assert {"VAPI_API_KEY", "LOCAL_NOW", "CALL_LINES"} <= found
    assert found - DEFAULTS.keys() == set(LOCAL_NAMES)


def test_the_example_says_what_holds_without_it() -> None:
    known = DEFAULTS | dict.fromkeys(LOCAL_NAMES, "") | LOCAL_DEFAULTS | ELSEWHERE
    known |= {"LOCAL_NOW": ""}
    for _, name, value in ENTRY.findall(EXAMPLE):
        assert value == known[name], name


def test_the_example_is_read_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(re.sub(r"^#(?=[A-Z0-9_]+=)", "", EXAMPLE, flags=re.MULTILINE))
    settings = read_settings(tmp_path / ".env", {})

    assert settings.values.items() <= {**DEFAULTS, **LOCAL_DEFAULTS}.items()
    assert unread_notes(read_env_file(tmp_path / ".env"), [*LOCAL_NAMES, *DEFAULTS]) == []
    read_template(TEMPLATE, settings.values)


@pytest.mark.parametrize(
    ("text", "environment", "value", "origin"),
    [
        ("", {}, "10", "default"),
        ("CALL_LINES=20", {}, "20", ".env"),
        ("CALL_LINES=20", {"CALL_LINES": "30"}, "30", "environment"),
        ("CALL_LINES=20", {"CALL_LINES": ""}, "10", "default, as it is empty in the environment"),
    ],
)
def test_a_setting_is_shown_with_where_it_comes_from(
    tmp_path: Path, text: str, environment: dict[str, str], value: str, origin: str
) -> None:
    (tmp_path / ".env").write_text(text)
    settings = read_settings(tmp_path / ".env", environment)
    template = read_template(TEMPLATE, settings.values)
    running = {setting_name(name): told for name, told in template.parameters.items()}

    told = settings_in_force(settings, DEFAULTS, running)

    assert Setting("CALL_LINES", value, origin) in told


def test_every_setting_that_counts_here_is_shown() -> None:
    told = shown({}, {})
    assert list(told) == [name for name in [*LOCAL_NAMES, *DEFAULTS] if name not in ON_AWS_ALONE]


def test_what_only_counts_on_aws_is_shown_as_such_when_somebody_sets_it() -> None:
    told = shown({"LOG_RETENTION_DAYS": "7"}, {"LOG_RETENTION_DAYS": "7"})
    assert told["LOG_RETENTION_DAYS"].origin == "environment, but counts on AWS alone"


def test_what_counts_on_aws_alone_is_told_to_no_function() -> None:
    template = read_template(TEMPLATE, {})
    told = {name for function in template.functions.values() for name in function.environment}
    assert DEFAULTS.keys() >= ON_AWS_ALONE
    of_queues = {"DIALER_CONCURRENCY", "ROUTER_CONCURRENCY", "EFFECT_HINTS"}
    assert DEFAULTS.keys() - told - of_queues == ON_AWS_ALONE


def test_what_this_run_made_is_not_called_a_default() -> None:
    told = shown({}, {"PUBLIC_BASE_URL": "http://127.0.0.1:3000"})
    assert told["PUBLIC_BASE_URL"] == Setting(
        "PUBLIC_BASE_URL", "http://127.0.0.1:3000", Origin.RUN
    )
    assert told["OPERATOR_TOKEN"] == Setting("OPERATOR_TOKEN", "set", Origin.RUN)


def test_no_secret_and_no_number_is_shown() -> None:
    told = dict.fromkeys(PRIVATE_NAMES, "do-not-show") | {"PUBLIC_BASE_URL": "https://x"}
    told |= dict.fromkeys(("TWILIO_SHARED_KEYS", "PEOPLE_PINS"), "an-id=do-not-show")
    told |= {name: f"do-not-show-{name}-at-all" for name in ("OPERATOR_TOKEN", "VIEWER_TOKEN")}
    told |= {"OPERATORS": f"Ada=operator:do-not-show-{'a' * 24}"}
    running = dict.fromkeys(("PERSON_NUMBER", "TEST_CALL_NUMBERS"), "do-not-show")
    running |= {"PUBLIC_BASE_URL": "https://a:do-not-show@x"}

    table = settings_table(list(shown(told, running).values()))

    assert "do-not-show" not in table
    assert len(re.findall(r"environment +set$", table, re.MULTILINE)) == len(PRIVATE_NAMES)
    assert re.search(r"PUBLIC_BASE_URL +environment +https://x$", table, re.MULTILINE)
    assert shown({}, {})["VIEWER_TOKEN"] == Setting("VIEWER_TOKEN", "not set", Origin.DEFAULT)


def test_every_name_that_looks_secret_is_private() -> None:
    looks = {name for name in [*LOCAL_NAMES, *DEFAULTS] if re.search("KEY|SECRET|TOKEN", name)}
    assert looks - {"VAPI_HMAC_SECRET_IS_BASE64"} <= PRIVATE_NAMES


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("VAPI_APIKEY", "The nearest name that is read: VAPI_API_KEY."),
        ("VAPI_KEY", "The nearest name that is read: VAPI_API_KEY."),
        ("call_lines", "The nearest name that is read: CALL_LINES."),
        ("CALLS_LINES", "The nearest name that is read: CALL_LINES."),
        ("PUBLIC_URL", "The nearest name that is read: PUBLIC_BASE_URL."),
        ("DATABASE_PASSWORD", "nor is any name like it"),
    ],
)
def test_a_name_that_nothing_reads_is_told_with_the_nearest(name: str, said: str) -> None:
    [note] = unread_notes(["PORT", name, "LINES"], [*LOCAL_NAMES, *DEFAULTS])
    assert note.startswith(f"{name} in .env is read by nothing")
    assert said in note


OWN = {"VAPI_API_KEY": "k", "VAPI_SECRET": "s"}
TUNNEL = {"PUBLIC_BASE_URL": "https://calls.example.com"}


@pytest.mark.parametrize(
    "told",
    [
        OWN,
        OWN | {"PUBLIC_BASE_URL": ""},
        OWN | {"PUBLIC_BASE_URL": "http://127.0.0.1:3000"},
        OWN | {"PUBLIC_BASE_URL": "http://localhost:3000"},
        OWN | {"PUBLIC_BASE_URL": "http://[::1]:3000"},
        OWN | {"PUBLIC_BASE_URL": "http://0.0.0.0:3000"},
        OWN | {"VAPI_BASE_URL": "https://api.vapi.ai"},
        {"VAPI_SECRET": "s", "VAPI_BASE_URL": "https://vapi.example.com"},
    ],
)
def test_a_vapi_out_there_has_to_be_told_where_to_find_us(told: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"PUBLIC_BASE_URL is missing.*docs/deployment\.md"):
        read_settings(None, told)


@pytest.mark.parametrize(
    "told",
    [
        {},
        OWN | TUNNEL,
        OWN | {"VAPI_BASE_URL": "http://127.0.0.1:4000"},  # a simulator of one's own
        OWN | {"VAPI_BASE_URL": "http://localhost:4000", "PUBLIC_BASE_URL": "http://127.0.0.1:1"},
    ],
)
def test_where_vapi_can_find_us_all_is_well(told: dict[str, str]) -> None:
    assert read_settings(None, told).values == told


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        read_settings(None, {"VAPI_API_KEY": "k"})
    assert [line.split()[0] for line in str(told.value).splitlines()] == [
        "VAPI_SECRET",
        "PUBLIC_BASE_URL",
    ]


def test_a_vapi_of_one_s_own_has_an_address_for_callers_by_sip() -> None:
    by_sip = {"TWILIO_ADMISSION": "sip", "TWILIO_PHONE_NUMBER": "+14155550100"}
    with pytest.raises(SettingsError, match="VAPI_SIP_ADDRESS is missing"):
        read_settings(None, OWN | TUNNEL | by_sip)
    address = {"VAPI_SIP_ADDRESS": "sip:callers@sip.vapi.ai"}
    assert read_settings(None, OWN | TUNNEL | by_sip | address)
    assert read_settings(None, by_sip)  # a simulated one makes its own


@pytest.mark.parametrize("name", ["VAPI_BASE_URL", "PUBLIC_BASE_URL"])
@pytest.mark.parametrize("value", ["calls.example.com", "ftp://x", "https://", "http://[::1"])
def test_an_address_that_is_none_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is no address"):
        read_settings(None, OWN | TUNNEL | {name: value})


def test_without_a_number_to_call_from_it_says_that_nothing_can_be_dialled() -> None:
    note = dialing_note(read_settings(None, OWN | TUNNEL))
    assert note.startswith("Nothing can be dialled: VAPI_PHONE_NUMBER_ID is not set.")
    number = {"VAPI_PHONE_NUMBER_ID": "11111111-1111-4111-8111-111111111111"}
    assert not dialing_note(read_settings(None, OWN | TUNNEL | number))
    assert not dialing_note(read_settings(None, {}))


@pytest.mark.parametrize("value", ["many", "1", "10001", "-1", "2.5"])
def test_a_number_that_is_none_is_refused_by_name(value: str) -> None:
    with pytest.raises(TemplateError, match=r"CALL_LINES: .* from 2 to 10000"):
        read_template(TEMPLATE, {"CALL_LINES": value})


def test_what_twilio_signs_with_is_in_its_secret() -> None:
    def keys(**values: str) -> object:
        return read_settings(None, values).secrets()["TwilioWebhookSecret"]

    number = {"TWILIO_PHONE_NUMBER": "+14155550100"}
    assert keys(**number) == {"current": SIMULATED_TWILIO_TOKEN}
    assert keys(**number, TWILIO_AUTH_TOKEN="a", TWILIO_AUTH_TOKEN_PREVIOUS="b") == {
        "current": "a",
        "previous": "b",
    }
    shared = keys(**number, TWILIO_AUTH_TOKEN="a", TWILIO_SHARED_KEYS="x=1, y=2=3")
    assert shared == {"current": "a", "sharedKeys": {"x": "1", "y": "2=3"}}
    assert keys() != keys()  # where there is no Twilio, a key that nobody knows


@pytest.mark.parametrize("text", ["x", "x=", "=1", "x=1,y"])
def test_a_shared_key_without_its_id_is_refused(text: str) -> None:
    for name in ("TWILIO_SHARED_KEYS", "PEOPLE_PINS"):
        with pytest.raises(SettingsError, match=f"{name} must be id=secret"):
            read_settings(None, {name: text})


def test_people_are_named_beside_the_two_tokens() -> None:
    given = {"OPERATORS": f"Ada=operator:{'a' * 24}, Ben=viewer:{'b:' * 12}"}
    settings = read_settings(None, given)
    assert settings.secrets()["OperatorTokens"] == [
        {"name": "operator", "role": "operator", "token": settings.operator_token},
        {"name": "Ada", "role": "operator", "token": "a" * 24},
        {"name": "Ben", "role": "viewer", "token": "b:" * 12},
    ]
    assert read_settings(None, {}).secrets()["OperatorTokens"].keys() == {"operator"}


@pytest.mark.parametrize(
    "said",
    [
        "Ada",
        "Ada=operator",
        f"Ada=owner:{'a' * 24}",
        "Ada=viewer:short",
        f"Ada=viewer:{'a' * 24},Ada=viewer:{'b' * 24}",
        f"operator=viewer:{'a' * 24}",
    ],
)
def test_people_who_cannot_be_let_in_stop_the_start_by_name(said: str) -> None:
    with pytest.raises(SettingsError, match="OPERATORS") as refused:
        read_settings(None, {"OPERATORS": said})
    assert "a" * 24 not in str(refused.value)

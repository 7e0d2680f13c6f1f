"""template.yaml is the one truth: what the local system reads out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.cloud.emulator import ROOT
from local.cloud.intrinsics import TemplateError
from local.cloud.pools import WAITING, process_bounds
from local.cloud.resources import Names
from local.cloud.template_reader import read_template, setting_name
from local.settings import (
    SIMULATED_CALCOM_KEY,
    SIMULATED_HUBSPOT_TOKEN,
    SIMULATED_WEBHOOK_SECRET,
    read_settings,
    renamed_notes,
)
from local.settings_text import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ROOT / "tests" / "functional" / "local" / "small_system" / "template.yaml"


def test_switchboard_serves_exactly_the_routes_of_the_template() -> None:
    template = read_template(ROOT / "template.yaml", {})
    served = {route.key: route.function for route in template.routes}
    for path in ("/vapi/webhook", "/webhook/vapi", "/webhook/inbound"):
        assert served[f"POST {path}"] == "VapiWebhook"
    assert served["GET /health"] == served["GET /api/calls/{id}"] == "OperatorApi"
    assert len(served) == len(template.routes)


def test_switchboards_consumers_take_their_queues_and_report_failures() -> None:
    mappings = read_template(ROOT / "template.yaml", {}).queue_mappings
    sizes = {(one.function, one.queue): one.batch_size for one in mappings}
    assert sizes == {
        ("CallRouter", "CallEvents"): 1,
        ("Dialer", "DialJobs"): 1,
        ("Importer", "ListJobs"): 1,
    }
    assert all(mapping.reports_failures for mapping in mappings)


def test_a_dialer_may_wait_in_more_processes_but_never_more_than_the_template_allows() -> None:
    path = ROOT / "template.yaml"
    told = {"DIALER_CONCURRENCY": "10", "ROUTER_CONCURRENCY": "50"}
    bounds = process_bounds(read_template(path, told), 4)
    assert (bounds["Dialer"], bounds["CallRouter"], bounds["VapiWebhook"]) == (10, 4, 4)
    more = process_bounds(read_template(path, {"DIALER_CONCURRENCY": "50"}), 4)
    assert more["Dialer"] == WAITING["Dialer"]
    assert process_bounds(read_template(path, {"DIALER_CONCURRENCY": "2"}), 4)["Dialer"] == 2


def test_every_variable_of_every_function_has_a_value_locally() -> None:
    template = read_template(ROOT / "template.yaml", {"VAPI_WEBHOOK_AUTH": "bearer"})
    names = Names(template, "http://127.0.0.1:1")
    webhook = template.functions["VapiWebhook"]
    values = {name: names.evaluator().text(value) for name, value in webhook.environment.items()}
    assert values["VAPI_WEBHOOK_AUTH"] == "bearer"
    assert values["CALL_EVENTS_QUEUE_URL"].startswith("http://127.0.0.1:1/")
    for function in template.functions.values():
        for value in function.environment.values():
            assert "{" not in names.evaluator().text(value).replace("{timestamp}.{body}", "")


def test_a_functions_own_settings_come_before_globals_and_defaults() -> None:
    template = read_template(SMALL, {})
    echo, collector = template.functions["Echo"], template.functions["Collector"]
    assert (echo.timeout_seconds, collector.timeout_seconds) == (3, 60)
    assert (echo.memory_mb, collector.memory_mb) == (512, 128)
    assert set(echo.environment) == {"GREETING", "VOLUME", "QUEUE_URL", "QUEUE_ARN"}
    assert echo.layers == (SMALL.parent / "layer" / "python",)


@pytest.mark.parametrize(
    ("parameter", "setting"),
    [
        ("VapiWebhookAuth", "VAPI_WEBHOOK_AUTH"),
        ("VapiHmacSecretIsBase64", "VAPI_HMAC_SECRET_IS_BASE64"),
        ("CallLines", "CALL_LINES"),
    ],
)
def test_a_parameter_is_set_by_its_name_in_capitals(parameter: str, setting: str) -> None:
    assert setting_name(parameter) == setting


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"MODE": "silent"}, "MODE: 'silent'"), ({"GREETING": "HELLO"}, "GREETING: 'HELLO'")],
)
def test_a_setting_against_the_templates_rule_is_refused_by_name(
    settings: dict[str, str], said: str
) -> None:
    with pytest.raises(TemplateError, match=said):
        read_template(SMALL, settings)


def test_conditions_leave_out_what_has_no_value() -> None:
    def volume(mode: str) -> object:
        template = read_template(SMALL, {"MODE": mode})
        names = Names(template, "http://127.0.0.1:1")
        return names.evaluator().value(dict(template.functions["Echo"].environment))

    assert "VOLUME" not in str(volume("plain"))
    assert "'VOLUME': '11'" in str(volume("loud"))


def test_substitution_knows_resources_pseudo_parameters_and_literals() -> None:
    names = Names(read_template(SMALL, {}), "http://127.0.0.1:1")
    evaluator = names.evaluator()
    assert evaluator.text({"Fn::Sub": "${Jobs.Arn}/${AWS::StackName}/${!kept}"}) == (
        "arn:aws:sqs:us-east-1:111111111111:switchboard-jobs/switchboard/${kept}"
    )
    assert evaluator.text({"Fn::Sub": ["${a}-${Greeting}", {"a": {"Ref": "Mode"}}]}) == (
        "plain-hello"
    )
    assert evaluator.text({"Fn::Join": ["+", ["a", {"Ref": "Shelf"}]]}) == (
        "a+switchboard-shelf-111111111111"
    )


@pytest.mark.parametrize("written", [{"Fn::ImportValue": "x"}, {"Ref": "Nobody"}])
def test_what_the_local_system_cannot_know_is_an_error_not_a_guess(written: object) -> None:
    names = Names(read_template(SMALL, {}), "http://127.0.0.1:1")
    with pytest.raises(TemplateError):
        names.evaluator().value(written)


def test_an_unknown_event_source_is_refused(tmp_path: Path) -> None:
    text = SMALL.read_text().replace("Type: SQS\n", "Type: Kinesis\n")
    (tmp_path / "template.yaml").write_text(text)
    with pytest.raises(TemplateError, match="Collector: no local source of type Kinesis"):
        read_template(tmp_path / "template.yaml", {})


def test_a_schedule_is_read_with_its_payload_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    queue = "          Type: SQS\n"
    text = SMALL.read_text().split(queue)[0] + (
        "          Type: ScheduleV2\n"
        "          Properties: {ScheduleExpression: EXPRESSION, Input: '{\"tick\": 1}'}\n"
        "  SmallLayer: {Type: 'AWS::Serverless::LayerVersion', Properties: {ContentUri: layer}}\n"
    )
    path = tmp_path / "template.yaml"
    path.write_text(text.replace("EXPRESSION", "rate(1 minute)"))
    [schedule] = read_template(path, {}).schedules
    assert (schedule.function, schedule.name) == ("Collector", "Jobs")
    assert (schedule.expression, schedule.payload) == ("rate(1 minute)", '{"tick": 1}')
    path.write_text(text.replace("EXPRESSION", "now and then"))
    with pytest.raises(TemplateError, match="now and then"):
        read_template(path, {})


def test_a_built_template_is_told_from_a_source_tree(tmp_path: Path) -> None:
    assert not read_template(SMALL, {}).built
    built = SMALL.read_text().replace(
        "    Type: AWS::Serverless::Function\n",
        "    Type: AWS::Serverless::Function\n    Metadata: {SamResourceId: X}\n",
    )
    (tmp_path / "template.yaml").write_text(built)
    assert read_template(tmp_path / "template.yaml", {}).built


def test_the_environment_beats_the_env_file_and_emptiness_is_nothing(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(
        "# comment\n\nPORT=4000\nexport OPERATOR_TOKEN='a # b' # said twice\n"
        'VAPI_SECRET="from file"\nVAPI_API_KEY=\nPERSON_NUMBER = +14155550100 # a person\n'
    )
    settings = read_settings(env_file, {"VAPI_SECRET": "from environment"})
    assert settings.port == 4000
    assert read_settings(env_file, {"PORT": ""}).port == 3000
    assert settings.operator_token == "a # b"
    assert settings.secrets()["VapiWebhookSecret"] == {"current": "from environment"}
    assert settings.values["PERSON_NUMBER"] == "+14155550100"
    assert settings.vapi_base_url == ""


def test_a_purely_local_run_needs_no_setting_and_makes_up_new_secrets() -> None:
    one, other = read_settings(None, {}), read_settings(None, {})
    assert one.port == 3000
    assert len(one.vapi_secret) > 30
    assert len({one.vapi_secret, other.vapi_secret, one.operator_token, other.operator_token}) == 4


@pytest.mark.parametrize("named", [{"VAPI_API_KEY": "k"}, {"VAPI_BASE_URL": "http://x"}])
def test_a_vapi_of_ones_own_needs_the_key_that_signs_its_webhooks(named: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="VAPI_SECRET is missing"):
        read_settings(None, named)
    known = {"VAPI_WEBHOOK_AUTH": "none", "PUBLIC_BASE_URL": "https://calls.example.com"}
    settings = read_settings(None, named | known)
    assert settings.vapi_base_url in {"https://api.vapi.ai", "http://x"}


def test_secrets_hold_the_previous_key_and_the_viewers_token_when_there_are_any() -> None:
    settings = read_settings(
        None,
        {
            "VAPI_SECRET": "new",
            "VAPI_SECRET_PREVIOUS": "old",
            "OPERATOR_TOKEN": "o",
            "VIEWER_TOKEN": "v",
            "TWILIO_AUTH_TOKEN": "newer",
            "TWILIO_AUTH_TOKEN_PREVIOUS": "older",
            "PEOPLE_PINS": "ada=384756, ben=102938",
        },
    )
    assert settings.secrets() == {
        "VapiWebhookSecret": {"current": "new", "previous": "old"},
        "OperatorTokens": {"operator": "o", "viewer": "v"},
        "AuditKey": {"key": "local-audit-key"},
        "ForgetKey": {"key": "local-forget-key"},
        "VapiApiKey": {"key": "local-vapi-key"},
        "TwilioWebhookSecret": {"current": "newer", "previous": "older"},
        "HubspotKey": {"current": SIMULATED_HUBSPOT_TOKEN},
        "CalcomKey": {"current": SIMULATED_CALCOM_KEY},
        "WebhookKey": {"current": SIMULATED_WEBHOOK_SECRET},
        "PeoplePins": {"ada": "384756", "ben": "102938"},
    }


@pytest.mark.parametrize(
    ("written", "environment", "places"),
    [
        ({}, {"CALL_LINES": "20"}, []),
        ({"LINES": "20"}, {}, [".env"]),
        ({}, {"LINES": "20"}, ["the environment"]),
        ({}, {"LINES": "52", "COLUMNS": "200"}, []),  # a terminal's height
        ({}, {"LINES": "20", "COLUMNS": "200", "MAKEFLAGS": " -- LINES=20"}, ["the environment"]),
        ({}, {"LINES": "52", "COLUMNS": "200", "MAKEFLAGS": " -- CALL_LINES=20"}, []),
        ({"LINES": "20"}, {"LINES": "20"}, [".env", "the environment"]),
    ],
)
def test_a_setting_of_yesterday_is_told_its_name_of_today(
    written: dict[str, str], environment: dict[str, str], places: list[str]
) -> None:
    assert renamed_notes(written, environment) == [
        f"LINES in {place} is not read: this setting is called CALL_LINES today."
        for place in places
    ]


@pytest.mark.parametrize(
    ("text", "said"), [("PORT=many", "PORT"), ("PORT=65536", "PORT"), ("what?", "line 1")]
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / ".env").write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_settings(tmp_path / ".env", {})

"""`sam deploy` of the built artefact into the emulator: everything is really created.

The emulator's known gap is the routes of an HTTP API: test_api.py asserts them on the
translated template instead. It also leaves out a table's TTL and how a made-up secret is to
be spelled; test_resources.py holds the template to those.
"""

from __future__ import annotations

import json
import re
import ssl
from http.client import HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from local.cloud.emulator import credentials
from local.settings import SIMULATED_HUBSPOT_TOKEN
from local.twilio.simulator import AUTH_TOKEN
from tests import sam
from tests.deployed_stack import Deployed, deployed, made_up
from tests.fakes.raw_server import RawServer, answer
from tests.functional.dialing.dialing_rig import OPEN_HOURS, now_ms
from tests.functional.provisioning.provisioning_scene import VAPI_KEY, ProvisioningScene
from tests.functional.provisioning.test_stack_resource import WaitingStack, asked
from tests.liveness import LIVENESS_SECONDS
from tools import provision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.strict_emulator import StrictEmulator

    Client = Callable[[str], Any]

pytestmark = pytest.mark.sam

AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00Z", "source": "web form"}


def stem(name: str) -> str:
    """A logical name without the digest that a new version or layer brings."""
    return re.sub(r"[0-9a-f]{10}$", "", name)


# A first deploy has no keys yet; this one is at once, under the name that AWS makes up, and asks
# no second opinion.
WISHED_FOR = frozenset(
    {
        "ProvisionsAtDeploy",
        "RollsOutGradually",
        "HasDomain",
        "HasDomainZone",
        "AsksASecondOpinion",
    }
)


def _is_wished_for(layer: dict[str, Any]) -> bool:
    return layer.get("Fn::If", [None])[0] in WISHED_FOR


def test_every_resource_is_created(client: Client, translated: dict[str, Any]) -> None:
    assert {stem(name) for name in deployed(client)} == {
        stem(name)
        for name, resource in translated["Resources"].items()
        if resource.get("Condition") not in WISHED_FOR
    }


def test_the_known_gap_is_the_routes_and_nothing_else(client: Client) -> None:
    [api] = client("apigatewayv2").get_apis()["Items"]

    assert client("apigatewayv2").get_stages(ApiId=api["ApiId"])["Items"]
    assert client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"] == []


def test_functions_run_behind_an_alias_with_their_own_role_and_layers(
    client: Client, written: dict[str, Any]
) -> None:
    resources = written["Resources"]
    for logical, physical in deployed(client, "AWS::Lambda::Function").items():
        said = resources[logical]["Properties"]
        function = client("lambda").get_function(FunctionName=physical)["Configuration"]
        assert function["Handler"] == said["Handler"]
        assert function["Timeout"] == said["Timeout"]
        layers = [one for one in said.get("Layers", []) if not _is_wished_for(one)]
        assert len(function.get("Layers", [])) == len(layers)
        assert f"{logical}Role" in function["Role"]
        alias = client("lambda").get_alias(FunctionName=physical, Name="live")
        assert alias["FunctionVersion"] != "$LATEST"


@pytest.mark.parametrize(
    ("queue", "hidden_seconds"),
    [("CallEvents", "180"), ("DialJobs", "180"), ("ListJobs", "5400")],
)
def test_a_queue_feeds_its_function_and_poison_goes_to_the_dead_queue(
    client: Client, queue: str, hidden_seconds: str
) -> None:
    def attributes(logical: str) -> dict[str, str]:
        url = deployed(client)[logical]
        answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        found: dict[str, str] = answer["Attributes"]
        return found

    events, dead = attributes(queue), attributes(f"{queue}Dead")
    mapping = mapping_of(client, queue)

    assert mapping["FunctionArn"].endswith(":live")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert events["VisibilityTimeout"] == hidden_seconds
    assert json.loads(events["RedrivePolicy"])["deadLetterTargetArn"] == dead["QueueArn"]
    assert dead["MessageRetentionPeriod"] == str(14 * 24 * 3600)


def mapping_of(client: Client, queue: str) -> dict[str, Any]:
    """The event source mapping of a queue, by its logical name."""
    mappings = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    name = deployed(client)[queue].rpartition("/")[2]
    [mapping] = [one for one in mappings if one["EventSourceArn"].endswith(f":{name}")]
    found: dict[str, Any] = mapping
    return found


@pytest.mark.parametrize(
    ("table", "indexes"),
    [
        (
            "Calls",
            {"by-customer", "by-day", "active", "follow-ups", "effects-by-due-time", "needs"},
        ),
        ("Dialing", {"open-by-due-time", "by-customer", "needs"}),
        ("Contacts", {"due", "listed", "needs"}),
    ],
)
def test_a_table_has_its_indexes(client: Client, table: str, indexes: set[str]) -> None:
    found = client("dynamodb").describe_table(TableName=deployed(client)[table])["Table"]

    assert {index["IndexName"] for index in found["GlobalSecondaryIndexes"]} == indexes


def test_a_schedule_starts_a_function_every_minute(client: Client) -> None:
    schedules = client("scheduler").list_schedules()["Schedules"]

    assert len(schedules) == 4
    for schedule in schedules:
        told = client("scheduler").get_schedule(Name=schedule["Name"])
        assert told["ScheduleExpression"] == "rate(1 minute)"
        assert told["Target"]["Arn"].endswith(":live")


@pytest.mark.parametrize(
    ("logical", "key"),
    [
        ("VapiWebhookSecret", "current"),
        ("OperatorTokens", "operator"),
        ("VapiApiKey", "key"),
        ("HubspotKey", "current"),
        ("WebhookKey", "current"),
    ],
)
def test_a_secret_is_made_up_at_the_first_deploy(client: Client, logical: str, key: str) -> None:
    secret = made_up(client, logical)

    assert list(secret) == [key]
    assert len(secret[key]) == 48


def test_logs_are_kept_as_long_as_the_environment_says(client: Client) -> None:
    groups = client("logs").describe_log_groups()["logGroups"]

    assert len(groups) == len(deployed(client, "AWS::Logs::LogGroup"))
    assert {group["retentionInDays"] for group in groups} == {7}


def test_alarms_watch(client: Client) -> None:
    alarms = client("cloudwatch").describe_alarms(MaxRecords=100)["MetricAlarms"]

    assert {alarm["AlarmName"] for alarm in alarms} == set(
        deployed(client, "AWS::CloudWatch::Alarm").values()
    )


def event(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((sam.ROOT / "events" / f"{name}.json").read_text())
    return read


def with_header(request: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    request["headers"][name] = value
    return request


def test_a_call_passes_through_with_the_rights_of_the_roles_alone(
    client: Client, emulator: StrictEmulator, artefact: Path
) -> None:
    system = Deployed(emulator, artefact)
    queue = deployed(client)["CallEvents"]
    mapping = mapping_of(client, "CallEvents")
    client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    webhooks = [
        with_header(event(name), "x-vapi-secret", made_up(client, "VapiWebhookSecret")["current"])
        for name in (
            "vapi-assistant-request-inbound",
            "vapi-transcript-final",
            "vapi-tool-calls-route",
            "vapi-end-of-call-report-hangup",
        )
    ]

    answers = system.handle(
        "VapiWebhook",
        *webhooks,
        **system.rights_of("VapiWebhook"),
        VAPI_WEBHOOK_AUTH="secret",  # the files are signed with no clock
    )
    assert [answer["statusCode"] for answer in answers] == [200] * 4
    assert json.loads(answers[2]["body"])["results"][0]["toolCallId"] == "call_Qx7RouteBilling01"
    # the caller is answered even when a table cannot be read or written: then a counter says so
    assert not re.search("read_failed|unstored|answer_failed|unavailable", system.logged)

    messages = client("sqs").receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )["Messages"]
    assert len(messages) == 4
    batch = event("sqs-transcript-final")
    [record] = batch["Records"]
    batch["Records"] = [
        {**record, "messageId": message["MessageId"], "body": message["Body"]}
        for message in messages
    ]
    [routed] = system.handle("CallRouter", batch, **system.rights_of("CallRouter"))
    assert routed == {"batchItemFailures": []}

    one_call = event("operator-call-unknown")
    call_id = json.loads(event("vapi-transcript-final")["body"])["message"]["call"]["id"]
    one_call["rawPath"] = one_call["requestContext"]["http"]["path"] = f"/api/calls/{call_id}"
    one_call["pathParameters"] = {"id": call_id}
    bearer = f"Bearer {made_up(client, 'OperatorTokens')['operator']}"
    requests = [event("operator-calls-list"), one_call, event("monitor-health-open")]
    requests += [event(f"operator-{of}") for of in ("metrics", "queue", "openapi-anonymous")]
    listed, shown, alive, counted, queued, described = system.handle(
        "OperatorApi",
        *(with_header(request, "authorization", bearer) for request in requests),
        **system.rights_of("OperatorApi"),
    )
    assert (listed["statusCode"], shown["statusCode"], alive["statusCode"]) == (200, 200, 200)
    assert json.loads(alive["body"])["activeCalls"] == 0  # the report has ended the only call
    assert (counted["statusCode"], queued["statusCode"]) == (200, 200)
    assert len(json.loads(queued["body"])["queues"]) == 3
    assert "/api/queue" in json.loads(described["body"])["paths"]  # the file is shipped


def test_a_dial_is_made_and_settled_with_the_rights_of_the_roles_alone(
    client: Client, emulator: StrictEmulator, artefact: Path
) -> None:
    system = Deployed(emulator, artefact)
    mapping = mapping_of(client, "DialJobs")
    client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    local = {"LOCAL_NOW": OPEN_HOURS, "LOCAL_STARTED_AT_MS": str(now_ms())}
    local |= {"LOCAL_TEST_NUMBERS": "true"}
    bearer = f"Bearer {made_up(client, 'OperatorTokens')['operator']}"
    wish = with_header(event("operator-trigger-by-viewer"), "authorization", bearer)
    wish["body"] = json.dumps({"customer": {"phone": "+12125550123"}, "consent": AGREED})

    operator = system.rights_of("OperatorApiDials", of="OperatorApi")
    [accepted] = system.handle("OperatorApi", wish, **operator, **local)
    assert accepted["statusCode"] == 202, accepted["body"]
    attempt_id = json.loads(accepted["body"])["attemptId"]

    batch = event("sqs-dial-job-unknown")
    batch["Records"][0]["body"] = json.dumps(
        {"version": 1, "attemptId": attempt_id, "slotAtMs": None}
    )
    with RawServer(answer("503 Busy", b"")) as vapi:
        local["VAPI_BASE_URL"] = vapi.url
        [dialled] = system.handle("Dialer", batch, **system.rights_of("Dialer"), **local)
        assert dialled == {"batchItemFailures": []}, system.logged
        assert '"outcome":"unknown"' in system.logged or "slot_missed" in system.logged
        [ticked] = system.handle("Reconciler", {}, **system.rights_of("Reconciler"), **local)
        assert ticked == {"seen": 0, "failed": 0, "lines_freed": 0}
    planner = system.rights_of("CampaignPlanner")
    [planned] = system.handle("CampaignPlanner", {}, **planner, **local)
    assert planned == {"looked": 0, "failed": 0, "planned": 0}

    asked = with_header(event("operator-contactability"), "authorization", bearer)
    suppressed = with_header(event("operator-contactability"), "authorization", bearer)
    suppressed["rawPath"] = suppressed["requestContext"]["http"]["path"] = "/api/suppressions"
    suppressed["body"] = json.dumps({"phone": "+12125550123"})
    said, reason = system.handle("OperatorApi", suppressed, asked, **operator, **local)
    assert (said["statusCode"], json.loads(reason["body"])["reason"]) == (201, "suppressed")

    path = f"/api/attempts/{attempt_id}"
    shown = with_header(event("operator-call-unknown"), "authorization", bearer)
    shown["rawPath"] = shown["requestContext"]["http"]["path"] = path
    [told] = system.handle("OperatorApi", shown, **operator, **local)
    assert json.loads(told["body"])["posts"] == 1


def test_an_opt_out_is_written_with_the_rights_of_the_roles_alone(
    client: Client, emulator: StrictEmulator, artefact: Path
) -> None:
    system = Deployed(emulator, artefact)
    mapping = mapping_of(client, "CallEvents")
    client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    local = {"LOCAL_NOW": OPEN_HOURS, "LOCAL_STARTED_AT_MS": str(now_ms())}
    local |= {"LOCAL_TEST_NUMBERS": "true", "VAPI_WEBHOOK_AUTH": "secret"}
    current = made_up(client, "VapiWebhookSecret")["current"]
    asked, stopped = (
        with_header(event(name), "x-vapi-secret", current)
        for name in ("vapi-campaign-predial", "vapi-tool-calls-stop-calling")
    )

    door = system.rights_of("VapiWebhookStops", of="VapiWebhook")
    before, told, after = system.handle("VapiWebhook", asked, stopped, asked, **door, **local)

    assert json.loads(told["body"])["results"][0]["result"].startswith("Done")
    assert json.loads(before["body"]) == json.loads(after["body"]) == {"eligible": False}
    reasons = re.findall(r'"message":"predial answered".*?"reason":"(\w+)"', system.logged)
    assert reasons == ["no_consent", "suppressed"]
    router = system.rights_of("CallRouterStops", of="CallRouter")
    [routed] = system.handle("CallRouter", event("sqs-transcript-opt-out"), **router, **local)
    assert routed == {"batchItemFailures": []}, system.logged
    assert "opt_out_unstored" not in system.logged


def asks(bearer: str, method: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
    """A request as API Gateway hands it over; text is a list, anything else JSON."""
    request = with_header(event("operator-call-unknown"), "authorization", bearer)
    request["rawPath"] = request["requestContext"]["http"]["path"] = path
    request["requestContext"]["http"]["method"] = method
    request["queryStringParameters"] = query
    if body is not None:
        kind = "text/csv" if isinstance(body, str) else "application/json"
        with_header(request, "content-type", kind)
        request["body"] = body if isinstance(body, str) else json.dumps(body)
    return request


def test_lists_come_and_go_with_the_rights_of_the_roles_alone(
    client: Client, emulator: StrictEmulator, artefact: Path
) -> None:
    system = Deployed(emulator, artefact)
    queue = deployed(client)["ListJobs"]
    mapping = mapping_of(client, "ListJobs")
    client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    local = {"LOCAL_NOW": OPEN_HOURS, "LOCAL_STARTED_AT_MS": str(now_ms())}
    local |= {"LOCAL_TEST_NUMBERS": "true"}
    bearer = f"Bearer {made_up(client, 'OperatorTokens')['operator']}"
    operator = system.rights_of("OperatorApiLists", of="OperatorApi")
    importer = system.rights_of("Importer")
    campaigns = "/api/campaigns"

    def ask(*requests: dict[str, Any]) -> list[dict[str, Any]]:
        answers = system.handle("OperatorApi", *requests, **operator, **local)
        assert all(answer["statusCode"] < 300 for answer in answers), answers
        return [json.loads(answer["body"]) for answer in answers]

    def work() -> None:
        """Let the worker take what is in the queue."""
        received = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        records = [
            {"messageId": one["MessageId"], "body": one["Body"]} for one in received["Messages"]
        ]
        [worked] = system.handle("Importer", {"Records": records}, **importer, **local)
        assert worked == {"batchItemFailures": []}, system.logged

    wish = {"name": "spring", "purpose": "marketing", "assistant": "sales"}
    [created] = ask(asks(bearer, "POST", campaigns, wish))
    campaign = f"{campaigns}/{created['id']}"
    agreed = "phone,consent_kind,consent_at,consent_source\n"
    agreed += "+12125550123,express_written,2026-06-01T10:00:00Z,web form\n"
    added, offered, counted, written = ask(
        asks(bearer, "POST", f"{campaign}/contacts", agreed),
        asks(bearer, "POST", f"{campaign}/contacts", {"bytes": len(UPLOADED)}),
        asks(bearer, "POST", f"{campaign}/preview"),
        asks(bearer, "POST", f"{campaign}/results"),
    )
    assert used(emulator, "PUT", offered["uploadUrl"], UPLOADED)[0] == 200
    work()
    [ticked] = system.handle("Importer", {}, **importer, **local)
    assert ticked == {"sent": 0}

    first, second, preview, results, started, contacts, listed, progress, withdrawn = ask(
        asks(bearer, "GET", f"/api/imports/{added['importId']}"),
        asks(bearer, "GET", f"/api/imports/{offered['importId']}"),
        asks(bearer, "GET", f"{campaign}/preview", job=counted["jobId"]),
        asks(bearer, "GET", f"{campaign}/results", job=written["jobId"]),
        asks(bearer, "POST", f"{campaign}/start"),
        asks(bearer, "GET", f"{campaign}/contacts"),
        asks(bearer, "GET", campaigns),
        asks(bearer, "GET", f"{campaign}/progress"),
        asks(bearer, "DELETE", f"{campaign}/contacts", {"phones": ["+12125550123"]}),
    )
    assert (first["added"], second["added"], second["bad"]) == (1, 1, 1)
    assert (preview["state"], results["state"], started["state"]) == ("done", "done", "running")
    assert len(contacts["contacts"]) == progress["total"] == 2
    assert [one["id"] for one in listed["campaigns"]] == [created["id"]]
    assert withdrawn["withdrawn"] == 1
    assert used(emulator, "GET", results["url"])[0] == 200
    status, report = used(emulator, "GET", second["reportUrl"])
    assert (status, report.count(b"\n")) == (200, 2)
    assert used(emulator, "PUT", results["url"], b"x")[0] == 403


UPLOADED = b"phone\n+12125550124\n12\n"


def used(
    emulator: StrictEmulator, method: str, url: str, body: bytes | None = None
) -> tuple[int, bytes]:
    """Use a link as whoever holds it does."""
    where = urlsplit(url)
    trusted = ssl.create_default_context(cafile=emulator.certificate)
    connection = HTTPSConnection(where.netloc, timeout=LIVENESS_SECONDS, context=trusted)
    try:
        connection.request(method, f"{where.path}?{where.query}", body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_without_those_rights_nothing_passes(
    client: Client, emulator: StrictEmulator, artefact: Path
) -> None:
    client("iam").create_user(UserName="nobody")
    key = client("iam").create_access_key(UserName="nobody")["AccessKey"]

    [refused] = Deployed(emulator, artefact).handle(
        "VapiWebhook",
        event("vapi-transcript-final"),
        AWS_ACCESS_KEY_ID=key["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"],
        VAPI_WEBHOOK_AUTH="secret",
    )

    assert refused["statusCode"] in {401, 503}  # so the emulator does enforce them


def test_a_deploy_provisions_with_the_rights_of_its_role_alone_and_the_command_agrees(
    client: Client,
    emulator: StrictEmulator,
    artefact: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    system = Deployed(emulator, artefact)
    rights = system.rights_of("Provisioner")
    for logical, held in {
        "VapiApiKey": {"key": VAPI_KEY},
        "TwilioWebhookSecret": {"current": AUTH_TOKEN},
        "HubspotKey": {"current": SIMULATED_HUBSPOT_TOKEN},
    }.items():
        client("secretsmanager").put_secret_value(
            SecretId=deployed(client)[logical], SecretString=json.dumps(held)
        )
    with ProvisioningScene({"EFFECT_RECEIVERS": "built_in,hubspot"}) as scene:
        told = {name: value for name, value in scene.environment().items() if "_NAME" not in name}
        with WaitingStack() as stack:
            system.handle("Provisioner", asked(stack, "Create"), **rights, **told)
        [said] = stack.answers

        assert (said["Status"], said["Reason"]) == ("SUCCESS", "done")
        plan = scene.one("credential")["authenticationPlan"]
        assert plan["secretKey"] == made_up(client, "VapiWebhookSecret")["current"]
        assert said["Data"]["PhoneNumberId"] == scene.one("phone-number")["id"]
        assert '"object":"properties"' in system.logged
        lambdas, name = client("lambda"), deployed(client)["Provisioner"]
        known = lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        lambdas.update_function_configuration(
            FunctionName=name, Environment={"Variables": known | told}
        )
        here = {"AWS_ENDPOINT_URL": emulator.endpoint_url, "AWS_DEFAULT_REGION": "us-east-1"}
        for variable, value in (credentials() | here).items():
            monkeypatch.setenv(variable, value)
        capsys.readouterr()
        assert provision.main(["--env", "dev", "--plan"]) == 0, capsys.readouterr()
        assert "All is as wanted." in capsys.readouterr().out

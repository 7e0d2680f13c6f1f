"""The architecture's rules on what is deployed: loss, age, encryption, names, watchers."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.figures.domain.notices import LEFT, SOUNDED
from contact_center.forgetting.domain.forgetting import REGISTERED_DAYS
from contact_center.records.domain.effect_steps import EffectTimings
from tests.sam import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]

FOURTEEN_DAYS = 14 * 24 * 3600
READS = re.compile(r"\bEnvironment\b|\.environment\.")  # settings, or those of the shop
NO_VALUE = {"Ref": "AWS::NoValue"}
LOOKS_SECRET = re.compile("key|token|secret|sid", re.IGNORECASE)


def variables(template: dict[str, Any], function: dict[str, Any]) -> dict[str, Any]:
    shared = template.get("Globals", {}).get("Function", {}).get("Environment", {})
    own = function.get("Environment", {}).get("Variables", {})
    return {**shared.get("Variables", {}), **own}


def test_every_function_writes_to_a_log_of_its_own_that_forgets(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    logs = of_kind(template, "LogGroup")
    written_to = [
        function["LoggingConfig"]["LogGroup"]["Ref"]
        for function in of_kind(template, "Function").values()
    ]

    assert len(set(written_to)) == len(written_to)
    assert set(logs) == {*written_to, "ApiAccessLogs"}
    for name, log in logs.items():
        assert log["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def mappings_of(
    template: dict[str, Any], of_kind: OfKind
) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Function, properties and queue of every mapping, before the transform or after it."""
    mappings = [
        (name, event["Properties"], event["Properties"]["Queue"])
        for name, function in of_kind(template, "Function").items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    mappings += [  # after the transform they are resources
        (
            resource["Properties"]["FunctionName"]["Ref"].removesuffix("Aliaslive"),
            resource["Properties"],
            resource["Properties"]["EventSourceArn"],
        )
        for resource in template["Resources"].values()
        if resource["Type"].endswith("::EventSourceMapping")
    ]
    assert mappings
    return mappings


def test_a_consumer_reports_single_failures_and_leaves_time_for_six_runs(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    functions = of_kind(template, "Function")
    queues = of_kind(template, "Queue")

    for name, mapping, source in mappings_of(template, of_kind):
        queue = queues[source["Fn::GetAtt"][0]]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        concurrency = mapping["ScalingConfig"]["MaximumConcurrency"]
        if isinstance(concurrency, dict):
            concurrency = template["Parameters"][concurrency["Ref"]]["MinValue"]
        assert concurrency >= 2, name
        assert queue["VisibilityTimeout"] >= 6 * functions[name]["Timeout"], name


def test_a_poison_message_ends_in_a_queue_that_keeps_it(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    queues = of_kind(template, "Queue")
    dead = {name for name in queues if name.endswith("Dead")}

    for name in set(queues) - dead:
        redrive = queues[name]["RedrivePolicy"]
        assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{name}Dead", "Arn"]}
        assert 3 <= redrive["maxReceiveCount"] <= 10
    for name in dead:
        assert queues[name]["MessageRetentionPeriod"] == FOURTEEN_DAYS
    for name, queue in queues.items():
        assert queue["SqsManagedSseEnabled"] is True, name
        assert queue["MessageRetentionPeriod"] <= FOURTEEN_DAYS, name  # it holds words as they came
        assert queue["MaximumMessageSize"] == 1024 * 1024, name


# Shares, and what comes in ones and twos on any day; all other alarms sound at the first.
THRESHOLDS = {
    "FactsWaitTooLong": 30,
    "HintsWaitTooLong": 30,
    "JobsWaitTooLong": 900,
    "EffectHintsWaitTooLong": 900,
    "ListsWaitTooLong": 3600,
    "WebhookFails": 5,
    "SignaturesFail": 0.1,
    "CallsStayOpen": 0.6,
    "ManyCallersOptOut": 10,
    "StrangersKnock": 600,
    "AssistantsInDoubt": 5,
    "SipCallsNotTaken": 5,
    "TwilioSignaturesFail": 5,
}


def test_every_queue_is_encrypted(template: dict[str, Any], of_kind: OfKind) -> None:
    queues = of_kind(template, "Queue")
    assert [
        name for name, queue in queues.items() if queue["SqsManagedSseEnabled"] is not True
    ] == []


def test_every_queue_is_watched_for_age_and_every_dead_one_for_anything(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    watched = {
        (alarm["MetricName"], dimension["Value"]["Fn::GetAtt"][0])
        for alarm in of_kind(template, "Alarm").values()
        for dimension in alarm.get("Dimensions", [])
        if alarm["Namespace"] == "AWS/SQS"
    }

    for name in of_kind(template, "Queue"):
        said = "NumberOfMessagesVisible" if name.endswith("Dead") else "AgeOfOldestMessage"
        assert (f"Approximate{said}", name) in watched, name


def test_every_alarm_sounds_in_time(template: dict[str, Any], of_kind: OfKind) -> None:
    alarms = of_kind(template, "Alarm")

    assert {"JobsInDeadQueue", "FactsInDeadQueue", "AttemptsInDoubt", *THRESHOLDS} <= set(alarms)
    for name, alarm in alarms.items():
        assert float(alarm["Threshold"]) == THRESHOLDS.get(name, 0), name
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold", name
        assert alarm["AlarmActions"] == alarm["OKActions"], name  # told when it is over as well


def test_tables_can_be_restored_forget_and_outlive_the_stack(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    for name, table in of_kind(template, "Table").items():
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert template["Resources"][name]["UpdateReplacePolicy"] == "Retain"


def test_calls_are_found_by_id_customer_day_and_while_they_last(written: dict[str, Any]) -> None:
    table = written["Resources"]["Calls"]["Properties"]

    def keys(described: dict[str, Any]) -> tuple[str, ...]:
        return tuple(key["AttributeName"] for key in described["KeySchema"])

    assert keys(table) == ("pk", "sk")
    assert {index["IndexName"]: keys(index) for index in table["GlobalSecondaryIndexes"]} == {
        "by-customer": ("customer", "started_at_ms"),
        "by-day": ("day", "started_at_ms"),
        "active": ("active", "last_seen_ms"),
        "follow-ups": ("follow_up", "asked_at_ms"),
        "effects-by-due-time": ("effects", "due_at_ms"),
        "needs": ("needs", "needs_since_ms"),
    }


def test_buckets_are_private_encrypted_and_forget(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    for name, bucket in of_kind(template, "Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4, name
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] in {"AES256", "aws:kms"}
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert {rule["Status"] for rule in rules} == {"Enabled"}, name
        kept = {rule.get("Prefix", ""): rule.get("ExpirationInDays") for rule in rules[:6]}
        assert kept == {
            "reports/": {"Ref": "RetentionDays"},
            "reports/raw/": 15,  # longer than any queue keeps what points to one
            "imports/": 30,  # lists and their reports
            "campaigns/": 7,  # previews and results, which can be made again
            "recordings/": {"Ref": "RecordingDays"},
            "forgotten/": REGISTERED_DAYS,  # longer than a backup holds who was forgotten
        }, name


def test_a_secret_is_made_up_long_and_plain(template: dict[str, Any], of_kind: OfKind) -> None:
    for name, secret in of_kind(template, "Secret").items():
        made_up = secret["GenerateSecretString"]
        assert made_up["PasswordLength"] >= 32, name
        assert made_up["ExcludePunctuation"] is True, name  # it is pasted by hand


def test_no_secret_travels_in_an_environment_variable(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    suspicious = {
        (name, variable)
        for name, function in of_kind(template, "Function").items()
        for variable in variables(template, function)
        if LOOKS_SECRET.search(variable) and not variable.endswith(("_ARN", "_NAME"))
    }

    # says how the secret is written, "true" or "false"; the secret itself is elsewhere
    # names an account, and is in every webhook
    assert suspicious == {
        ("VapiWebhook", "VAPI_HMAC_SECRET_IS_BASE64"),
        ("TwilioWebhook", "TWILIO_ACCOUNT_SID"),
        ("Receptionist", "TWILIO_ACCOUNT_SID"),
        ("CallRouter", "TWILIO_ACCOUNT_SID"),
        ("Reconciler", "TWILIO_ACCOUNT_SID"),
        ("Importer", "TWILIO_ACCOUNT_SID"),
        ("Provisioner", "TWILIO_ACCOUNT_SID"),
        ("Provisioner", "VAPI_HMAC_SECRET_IS_BASE64"),
    }
    assert template["Parameters"]["VapiHmacSecretIsBase64"]["AllowedValues"] == ["true", "false"]
    # CloudFormation would put the value itself there, whatever the variable is called
    assert "{{resolve:" not in str(template["Resources"])


def test_no_parameter_holds_a_secret(template: dict[str, Any]) -> None:
    suspicious = {name for name in template["Parameters"] if LOOKS_SECRET.search(name)}

    assert suspicious == {"VapiHmacSecretIsBase64", "TwilioAccountSid"}


def test_a_setting_is_called_the_same_as_its_parameter(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    parameters = set(template["Parameters"])
    for function in of_kind(template, "Function").values():
        for variable, value in variables(template, function).items():
            if isinstance(value, dict) and value.get("Ref") in parameters:
                spelled = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", value["Ref"]).upper()
                assert variable == spelled


def test_every_setting_given_is_read_and_every_setting_read_is_given(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    folder = ROOT / "layers/contact_center/python/contact_center"
    texts = [file.read_text() for file in folder.rglob("*.py")]
    name = r'"(RECORDINGS|[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])"'
    read = {word for text in texts if READS.search(text) for word in re.findall(name, text)}
    given = {
        variable
        for function in of_kind(written, "Function").values()
        for variable in variables(written, function)
    }

    # Lambda gives AWS_…; what begins with LOCAL_ only a local system gives
    assert given == {name for name in read if not name.startswith(("AWS_", "LOCAL_"))}


def test_what_the_door_needs_of_its_own_is_next_to_nothing(written: dict[str, Any]) -> None:
    """The libraries beside it are for campaign.predial alone; tests/package sees them unloaded."""
    functions = written["Resources"]

    assert functions["VapiWebhook"]["Properties"]["Layers"] == [
        {"Ref": "DependenciesLayer"},
        {"Ref": "DoorLayer"},
        {"Ref": "ContactCenterLayer"},
    ]
    carried = (ROOT / "layers" / "door" / "requirements.txt").read_text()
    assert re.findall(r"^([a-z0-9-]+)==", carried, re.MULTILINE) == ["orjson"]
    assert functions["VapiWebhook"]["Properties"]["Timeout"] <= 6


def test_twilio_s_package_is_where_it_is_used_and_nowhere_else(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    wiring = ROOT / "layers/contact_center/python/contact_center/wiring"
    uses = {path.stem: "contact_center.twilio" in path.read_text() for path in wiring.glob("*.py")}
    uses["importer"] = uses["forgetting"]  # which it loads when somebody is to be forgotten
    for name, function in of_kind(written, "Function").items():
        carries = {"Ref": "TwilioLayer"} in function.get("Layers", [])
        assert carries == uses.get(function["Handler"].partition(".")[0], False), name


def test_what_the_second_opinion_brings_is_the_router_s_alone_and_only_when_it_is_wanted(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    wanted = {"Fn::If": ["AsksASecondOpinion", {"Ref": "SecondOpinionLayer"}, NO_VALUE]}
    carried = {
        name: [layer for layer in function.get("Layers", []) if "SecondOpinion" in str(layer)]
        for name, function in of_kind(written, "Function").items()
    }
    assert {name: layers for name, layers in carried.items() if layers} == {"CallRouter": [wanted]}
    assert written["Resources"]["SecondOpinionLayer"]["Condition"] == "AsksASecondOpinion"
    assert written["Conditions"]["AsksASecondOpinion"] == {
        "Fn::Equals": [{"Ref": "SecondOpinion"}, "true"]
    }
    assert written["Parameters"]["SecondOpinion"]["Default"] == "false"


def test_the_fallback_shares_nothing_with_what_it_stands_in_for(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    fallback = of_kind(written, "Function")["TwilioFallback"]

    assert "Layers" not in fallback
    assert "Environment" not in fallback


def test_one_python_everywhere(written: dict[str, Any], of_kind: OfKind) -> None:
    version = (ROOT / ".python-version").read_text().strip()
    runtime = f"python{version}"

    assert written["Globals"]["Function"]["Runtime"] == runtime
    for name, layer in of_kind(written, "LayerVersion").items():
        assert layer["CompatibleRuntimes"] == [runtime], name
        assert written["Resources"][name]["Metadata"]["BuildMethod"] == runtime, name


def test_code_and_layers_are_published_together(written: dict[str, Any], of_kind: OfKind) -> None:
    """As one version, also when a layer alone has changed; test_api.py sees what comes of it."""
    assert written["Globals"]["Function"]["AutoPublishAlias"] == "live"
    for name, function in of_kind(written, "Function").items():
        assert function["AutoPublishAliasAllProperties"] is True, name
        assert function.get("AutoPublishAlias", "live") == "live", name
    for name, layer in of_kind(written, "LayerVersion").items():
        assert layer["PublishLambdaVersion"] is True, name


def test_one_version_everywhere(written: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    shared = written["Globals"]["Function"]["Environment"]["Variables"]

    assert shared["SWITCHBOARD_VERSION"] == project["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.search(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", changes, re.MULTILINE)
    assert released is not None
    assert released[1] == project["version"]


@pytest.mark.parametrize(
    "watched",
    [
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),  # the dead queue holds something
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),  # the router is behind
        ({"Ref": "AWS::StackName"}, "ApiFailed"),  # the door fails
        ({"Ref": "AWS::StackName"}, "WebhookRefused"),  # signatures fail
        ({"Ref": "AWS::StackName"}, "FallbackAnswered"),  # Twilio's door fails
        ({"Ref": "AWS::StackName"}, "TwilioRefused"),  # its signatures fail
        ({"Ref": "AWS::StackName"}, "caller_heard_sorry"),  # something broke behind it
        ({"Ref": "AWS::StackName"}, "visit_in_doubt"),  # what Vapi did of an order is unknown
        (
            {"Ref": "AWS::StackName"},
            "sip_call_not_taken",
        ),  # Vapi does not say whose calls by SIP are
        ({"Ref": "AWS::StackName"}, "caller_waits_too_long"),  # the oldest waits and waits
        ({"Ref": "AWS::StackName"}, "callback_overdue"),  # a place is kept, and nobody calls
        ({"Ref": "AWS::StackName"}, "CallerNotServed"),  # who was next was in the way
        ({"Ref": "AWS::StackName"}, "TransferFailed"),  # people are not rung
        ({"Ref": "AWS::StackName"}, "CallLeftOpen"),  # calls begin and never end
        ({"Ref": "AWS::StackName"}, "DialRefusedByConfiguration"),  # every dial would fail alike
        (
            {"Ref": "AWS::StackName"},
            "forget_overdue",
        ),  # a store does not let go of somebody for half a day
        (
            {"Ref": "AWS::StackName"},
            "list_given_up",
        ),  # a list was begun ten times and came no further
        ({"Ref": "AWS::StackName"}, "attempt_doubtful"),  # a person must say whether a phone rang
        (
            {"Ref": "AWS::StackName"},
            "recording_lost",
        ),  # it could not be copied while there was time
        (
            {"Ref": "AWS::StackName"},
            "look_up_doubtful",
        ),  # what a call came to could not be asked for
        ({"Ref": "AWS::StackName"}, "opt_out_inbound"),  # forged caller ids
        ({"Ref": "AWS::StackName"}, "opt_out_lost"),  # nobody knows the number of whom we rang
        ({"Ref": "AWS::StackName"}, "clock_off"),  # a dialer stands aside
        ({"Ref": "AWS::StackName"}, "contact_doubtful"),  # set aside after ten failures
        (
            {"Ref": "AWS::StackName"},
            "contact_unreadable",
        ),  # passed over: written by a newer release
        ({"Ref": "AWS::StackName"}, "campaign_doubtful"),  # stopped after ten failures
        (
            {"Ref": "AWS::StackName"},
            "call_gone_deaf",
        ),  # Vapi signs for one server of a call and not another
        (
            {"Ref": "AWS::StackName"},
            "ended_reason_unknown",
        ),  # Vapi has a new word for the end of a call
        ({"Ref": "AWS::StackName"}, "dial_posted"),  # outcomes unknown
        ({"Ref": "AWS::StackName"}, "line_freed_by_asking"),  # calls open too long
        ("AWS/Lambda", "Errors"),  # the reconciler fails
    ],
)
def test_what_can_go_wrong_has_an_alarm(
    template: dict[str, Any], of_kind: OfKind, watched: tuple[Any, str]
) -> None:
    alarms = of_kind(template, "Alarm").values()

    assert [alarm for alarm in alarms if (alarm["Namespace"], alarm["MetricName"]) == watched]


def test_what_an_alarm_counts_in_a_log_is_written_there(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    sources = "".join(path.read_text() for path in (ROOT / "layers").rglob("*.py"))
    counted = {
        word
        for counter in of_kind(written, "MetricFilter").values()
        if counter["LogGroupName"] != {"Ref": "ApiAccessLogs"}
        for word in re.findall(r"\$\.([a-z_]+) >?= 1", counter["FilterPattern"])
    }

    assert counted == {"webhook_accepted", "dial_configuration_wrong"} | {
        *("redirect_refused", "serving_failed", "entry_given_up", "entry_unreadable"),
        *("entry_not_looked_after", "offer_not_rung", "caller_not_redirected"),
        *("offer_not_looked_at", "wish_not_looked_after", "caller_not_offered"),
        "break_not_looked_after",
        *("line_not_freed", "person_not_freed"),
    }
    assert 'metrics.count("webhook_accepted", type=' in sources
    assert all(f'metrics.count("{word}"' in sources for word in counted)


def is_counted_by_code(alarm: dict[str, Any]) -> bool:
    """Whether a counter of ours is watched, and nothing of AWS's and no line of a log."""
    return any(one["Name"] == "function" for one in alarm.get("Dimensions", ()))


def test_what_an_alarm_counts_by_metric_is_counted_with_those_dimensions(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    folders = [ROOT / "layers", ROOT / "functions"]
    sources = "".join(path.read_text() for one in folders for path in one.rglob("*.py"))
    for name, alarm in of_kind(written, "Alarm").items():
        if not is_counted_by_code(alarm):
            continue
        dimensions = {one["Name"] for one in alarm["Dimensions"]} - {"function"}
        tail = "".join(f", {dimension}=" for dimension in dimensions) or ")"
        assert f'metrics.count("{alarm["MetricName"]}"{tail}' in sources, name


def test_what_somebody_is_told_of_is_what_alarms_sound_for_behind_the_doors(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    doors = {"VapiWebhook", "TwilioWebhook"}  # they write nothing for it: a caller waits
    shares = {"opt_out_inbound", "dial_posted"}  # so many, or of one kind, are no matter
    sounded = {
        alarm["MetricName"]: alarm["AlarmDescription"].strip().rpartition("#")[2]
        for alarm in of_kind(written, "Alarm").values()
        if is_counted_by_code(alarm) and alarm["Dimensions"][0]["Value"] not in doors
    }
    told = {name: cause.runbook for name, cause in SOUNDED.items()}
    itself = {"notice_not_told"}
    assert not set(LEFT) & set(sounded)
    assert told == {name: to for name, to in sounded.items() if name not in shares | itself}


def test_what_the_dashboard_shows_is_counted_with_those_dimensions(
    written: dict[str, Any], of_kind: OfKind
) -> None:
    [dashboard] = of_kind(written, "Dashboard").values()
    body = json.loads(dashboard["DashboardBody"]["Fn::Sub"])
    known = set(written["Resources"]) | {"AWS::Region", "AWS::StackName"}
    named = re.findall(r"\$\{([A-Za-z:]+)(?:\.QueueName)?\}", dashboard["DashboardBody"]["Fn::Sub"])
    assert set(named) <= known
    folders = [ROOT / "layers", ROOT / "functions"]
    sources = "".join(path.read_text() for one in folders for path in one.rglob("*.py"))
    shown = [
        metric
        for widget in body["widgets"]
        for metric in widget["properties"].get("metrics", ())
        if metric[0] == "${AWS::StackName}"
    ]
    assert len(shown) > 20
    for _, name, function, _, *more in shown:
        assert function == "function"
        tail = f", {more[0]}=" if more else ")"
        assert f'metrics.count("{name}"{tail}' in sources, name


def test_a_claim_outlives_the_function_that_took_it(written: dict[str, Any]) -> None:
    timeout_ms = written["Resources"]["Dialer"]["Properties"]["Timeout"] * 1000
    timings = DialTimings()

    assert timings.function_ms == timeout_ms
    assert timings.lease_ms > timeout_ms
    assert timings.longest_wait_ms + timings.post_ms + timings.ending_ms < timeout_ms


def test_an_effect_is_held_longer_than_the_function_that_delivers_it_lives(
    written: dict[str, Any],
) -> None:
    timeout_ms = written["Resources"]["CrmUpdater"]["Properties"]["Timeout"] * 1000

    assert EffectTimings().lease_ms > timeout_ms


def test_every_alarm_says_where_to_read_what_to_do(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    runbook = (ROOT / "docs" / "operations.md").read_text()
    headings = re.findall(r"^#+ (.+)$", runbook, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in headings}
    for name, alarm in of_kind(template, "Alarm").items():
        link = re.search(r"docs/operations\.md#([a-z0-9-]+)$", alarm["AlarmDescription"].strip())
        assert link, name
        assert link[1] in anchors, name
        assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic", name

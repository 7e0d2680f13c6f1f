"""What each function may do, action by action (facts: least privilege, controls 17 to 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]

# The whole of what each role may do. A line here is a decision: change it with the template.
MAY = {
    "VapiWebhook": {
        ("logs:CreateLogStream", "VapiWebhookLogs.Arn"),
        ("logs:PutLogEvents", "VapiWebhookLogs.Arn"),
        ("sqs:SendMessage", "CallEvents.Arn"),
        ("s3:PutObject", "${Reports.Arn}/reports/*"),
        ("dynamodb:GetItem", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/by-customer"),
        ("dynamodb:Query", "Calls.Arn"),  # slots; talks only when callers come in by SIP
        ("dynamodb:UpdateItem", "Calls.Arn"),  # slots
        ("dynamodb:BatchGetItem", "Calls.Arn"),  # what is about to be booked elsewhere
        ("dynamodb:DeleteItem", "Calls.Arn"),
        ("secretsmanager:GetSecretValue", "CalcomKey.Id"),
        ("dynamodb:UpdateItem", "Contacts.Arn"),
        ("dynamodb:BatchGetItem", "Contacts.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("secretsmanager:GetSecretValue", "VapiWebhookSecret.Id"),
    },
    "TwilioWebhook": {
        ("logs:CreateLogStream", "TwilioWebhookLogs.Arn"),
        ("logs:PutLogEvents", "TwilioWebhookLogs.Arn"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/by-customer"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:DeleteItem", "Dialing.Arn"),
        ("dynamodb:ConditionCheckItem", "Dialing.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("dynamodb:Query", "Dialing.Arn"),
        ("sqs:SendMessage", "ReceptionJobs.Arn"),
        ("secretsmanager:GetSecretValue", "TwilioWebhookSecret.Id"),
        ("secretsmanager:GetSecretValue", "PeoplePins.Id"),
        ("secretsmanager:GetSecretValue", "VapiApiKey.Id"),
    },
    "Receptionist": {
        ("logs:CreateLogStream", "ReceptionistLogs.Arn"),
        ("logs:PutLogEvents", "ReceptionistLogs.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),  # what somebody is told of
        ("sqs:ReceiveMessage", "ReceptionJobs.Arn"),
        ("sqs:DeleteMessage", "ReceptionJobs.Arn"),
        ("sqs:GetQueueAttributes", "ReceptionJobs.Arn"),
        ("sqs:SendMessage", "ReceptionJobs.Arn"),
        ("dynamodb:Query", "${Dialing.Arn}/index/open-by-due-time"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:DeleteItem", "Dialing.Arn"),
        ("dynamodb:ConditionCheckItem", "Dialing.Arn"),
        ("dynamodb:Query", "Dialing.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/follow-ups"),
        ("dynamodb:BatchGetItem", "Contacts.Arn"),
        ("dynamodb:ConditionCheckItem", "Contacts.Arn"),
        ("secretsmanager:GetSecretValue", "TwilioWebhookSecret.Id"),
        ("secretsmanager:GetSecretValue", "VapiApiKey.Id"),
    },
    "TwilioFallback": {
        ("logs:CreateLogStream", "TwilioFallbackLogs.Arn"),
        ("logs:PutLogEvents", "TwilioFallbackLogs.Arn"),
    },
    "CallRouter": {
        ("dynamodb:Query", "${Calls.Arn}/index/by-customer"),
        ("logs:CreateLogStream", "CallRouterLogs.Arn"),
        ("logs:PutLogEvents", "CallRouterLogs.Arn"),
        ("sqs:ReceiveMessage", "CallEvents.Arn"),
        ("sqs:DeleteMessage", "CallEvents.Arn"),
        ("sqs:GetQueueAttributes", "CallEvents.Arn"),
        ("sqs:SendMessage", "CallEvents.Arn"),
        ("sqs:SendMessage", "ReceptionJobs.Arn"),
        ("sqs:SendMessage", "Effects.Arn"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),
        ("dynamodb:BatchWriteItem", "Calls.Arn"),  # what came of a call that is forgotten
        ("dynamodb:ConditionCheckItem", "Calls.Arn"),
        ("s3:GetObject", "${Reports.Arn}/reports/*"),
        ("s3:PutObject", "${Reports.Arn}/reports/*"),
        ("s3:DeleteObject", "${Reports.Arn}/reports/raw/*"),
        ("s3:ListBucket", "Reports.Arn"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:DeleteItem", "Dialing.Arn"),
        ("dynamodb:ConditionCheckItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Contacts.Arn"),
        (
            "bedrock:InvokeModel",  # only when BedrockModelId is set
            "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/${BedrockModelId}",
        ),
    },
    "CrmUpdater": {
        ("sns:Publish", "NoticeTopicArn"),  # only when it is set
        ("sqs:SendMessage", "CallEvents.Arn"),
        ("logs:CreateLogStream", "CrmUpdaterLogs.Arn"),
        ("logs:PutLogEvents", "CrmUpdaterLogs.Arn"),
        ("sqs:ReceiveMessage", "Effects.Arn"),
        ("sqs:DeleteMessage", "Effects.Arn"),
        ("sqs:GetQueueAttributes", "Effects.Arn"),
        ("sqs:SendMessage", "Effects.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/effects-by-due-time"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),
        ("dynamodb:DeleteItem", "Calls.Arn"),
        ("secretsmanager:GetSecretValue", "HubspotKey.Id"),
        ("secretsmanager:GetSecretValue", "WebhookKey.Id"),
    },
    "Dialer": {
        ("logs:CreateLogStream", "DialerLogs.Arn"),
        ("logs:PutLogEvents", "DialerLogs.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),  # what somebody is told of
        ("sqs:ReceiveMessage", "DialJobs.Arn"),
        ("sqs:DeleteMessage", "DialJobs.Arn"),
        ("sqs:GetQueueAttributes", "DialJobs.Arn"),
        ("sqs:SendMessage", "DialJobs.Arn"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:DeleteItem", "Dialing.Arn"),
        ("dynamodb:ConditionCheckItem", "Dialing.Arn"),
        ("dynamodb:BatchGetItem", "Contacts.Arn"),
        ("dynamodb:ConditionCheckItem", "Contacts.Arn"),
        ("dynamodb:GetItem", "Contacts.Arn"),
        ("dynamodb:PutItem", "Contacts.Arn"),
        ("dynamodb:UpdateItem", "Contacts.Arn"),
        ("secretsmanager:GetSecretValue", "VapiApiKey.Id"),
        ("secretsmanager:GetSecretValue", "ForgetKey.Id"),
    },
    "Reconciler": {
        ("s3:PutObject", "${Reports.Arn}/recordings/*"),
        ("s3:AbortMultipartUpload", "${Reports.Arn}/recordings/*"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/by-day"),
        ("sns:Publish", "NoticeTopicArn"),  # only when it is set
        ("logs:CreateLogStream", "ReconcilerLogs.Arn"),
        ("logs:PutLogEvents", "ReconcilerLogs.Arn"),
        ("sqs:SendMessage", "DialJobs.Arn"),
        ("sqs:SendMessage", "ReceptionJobs.Arn"),
        ("dynamodb:Query", "${Dialing.Arn}/index/open-by-due-time"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:DeleteItem", "Dialing.Arn"),
        ("dynamodb:ConditionCheckItem", "Dialing.Arn"),
        ("dynamodb:Query", "Dialing.Arn"),
        ("dynamodb:GetItem", "Contacts.Arn"),
        ("dynamodb:BatchGetItem", "Contacts.Arn"),
        ("dynamodb:PutItem", "Contacts.Arn"),
        ("dynamodb:UpdateItem", "Contacts.Arn"),
        ("dynamodb:Query", "Contacts.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),
        ("dynamodb:BatchGetItem", "Calls.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/follow-ups"),
        ("dynamodb:Query", "${Calls.Arn}/index/effects-by-due-time"),
        ("sqs:SendMessage", "CallEvents.Arn"),
        ("secretsmanager:GetSecretValue", "VapiApiKey.Id"),
        ("secretsmanager:GetSecretValue", "TwilioWebhookSecret.Id"),
    },
    "CampaignPlanner": {
        ("logs:CreateLogStream", "CampaignPlannerLogs.Arn"),
        ("logs:PutLogEvents", "CampaignPlannerLogs.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),  # what somebody is told of
        ("sqs:SendMessage", "DialJobs.Arn"),
        ("dynamodb:Query", "${Contacts.Arn}/index/due"),
        ("dynamodb:GetItem", "Contacts.Arn"),
        ("dynamodb:BatchGetItem", "Contacts.Arn"),
        ("dynamodb:Query", "Contacts.Arn"),
        ("dynamodb:PutItem", "Contacts.Arn"),
        ("dynamodb:UpdateItem", "Contacts.Arn"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),
    },
    "OperatorApi": {
        ("s3:GetObject", "${Reports.Arn}/recordings/*"),
        ("s3:ListBucket", "Reports.Arn"),
        ("logs:CreateLogStream", "OperatorApiLogs.Arn"),
        ("logs:PutLogEvents", "OperatorApiLogs.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/by-day"),
        ("dynamodb:Query", "${Calls.Arn}/index/by-customer"),  # search by number
        ("dynamodb:Query", "${Calls.Arn}/index/active"),
        ("dynamodb:Query", "${Calls.Arn}/index/follow-ups"),
        ("dynamodb:Query", "${Calls.Arn}/index/effects-by-due-time"),
        ("dynamodb:BatchGetItem", "Calls.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),  # who joins a talk; as the next: effects are replayed
        ("dynamodb:DeleteItem", "Calls.Arn"),
        ("sqs:SendMessage", "Effects.Arn"),
        ("sqs:GetQueueAttributes", "Effects.Arn"),
        ("sqs:GetQueueAttributes", "EffectsDead.Arn"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:DeleteItem", "Dialing.Arn"),
        ("dynamodb:GetItem", "Contacts.Arn"),
        ("dynamodb:BatchGetItem", "Contacts.Arn"),
        ("dynamodb:PutItem", "Contacts.Arn"),
        ("dynamodb:Query", "Dialing.Arn"),
        ("dynamodb:Query", "${Dialing.Arn}/index/open-by-due-time"),
        ("sqs:GetQueueAttributes", "CallEvents.Arn"),
        ("sqs:GetQueueAttributes", "CallEventsDead.Arn"),
        ("sqs:GetQueueAttributes", "DialJobs.Arn"),
        ("sqs:GetQueueAttributes", "DialJobsDead.Arn"),
        ("sqs:GetQueueAttributes", "ListJobs.Arn"),
        ("sqs:GetQueueAttributes", "ListJobsDead.Arn"),
        ("sqs:GetQueueAttributes", "ReceptionJobs.Arn"),
        ("sqs:GetQueueAttributes", "ReceptionJobsDead.Arn"),
        ("sqs:SendMessage", "ReceptionJobs.Arn"),  # the receptionist rings
        ("sqs:SendMessage", "CallEvents.Arn"),  # the router acts
        ("sqs:SendMessage", "DialJobs.Arn"),
        ("dynamodb:UpdateItem", "Contacts.Arn"),
        ("dynamodb:Query", "Contacts.Arn"),
        ("dynamodb:Query", "${Contacts.Arn}/index/listed"),
        ("dynamodb:Query", "${Contacts.Arn}/index/due"),  # lists that failed
        ("s3:PutObject", "${Reports.Arn}/imports/*"),  # an upload link carries this right
        ("s3:GetObject", "${Reports.Arn}/imports/*/report.csv"),  # and a download link these
        ("s3:GetObject", "${Reports.Arn}/campaigns/*/exports/*"),
        ("sqs:SendMessage", "ListJobs.Arn"),
        ("secretsmanager:GetSecretValue", "OperatorTokens.Id"),
        ("secretsmanager:GetSecretValue", "AuditKey.Id"),
        ("secretsmanager:GetSecretValue", "ForgetKey.Id"),
    },
    "Importer": {
        ("logs:CreateLogStream", "ImporterLogs.Arn"),
        ("logs:PutLogEvents", "ImporterLogs.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),  # what somebody is told of
        ("sqs:ReceiveMessage", "ListJobs.Arn"),
        ("sqs:DeleteMessage", "ListJobs.Arn"),
        ("sqs:GetQueueAttributes", "ListJobs.Arn"),
        ("sqs:SendMessage", "ListJobs.Arn"),
        ("dynamodb:Query", "${Contacts.Arn}/index/due"),
        ("dynamodb:GetItem", "Contacts.Arn"),
        ("dynamodb:BatchGetItem", "Contacts.Arn"),
        ("dynamodb:PutItem", "Contacts.Arn"),
        ("dynamodb:UpdateItem", "Contacts.Arn"),
        ("dynamodb:Query", "Contacts.Arn"),
        ("dynamodb:BatchGetItem", "Dialing.Arn"),
        ("s3:GetObject", "${Reports.Arn}/imports/*"),
        ("s3:PutObject", "${Reports.Arn}/imports/*"),
        ("s3:PutObject", "${Reports.Arn}/campaigns/*"),
        ("s3:ListBucket", "Reports.Arn"),  # without it S3 calls a missing file forbidden
        # to forget a person, in every store
        ("dynamodb:Query", "${Contacts.Arn}/index/listed"),
        ("dynamodb:BatchWriteItem", "Contacts.Arn"),
        ("dynamodb:Query", "${Dialing.Arn}/index/by-customer"),
        ("dynamodb:GetItem", "Dialing.Arn"),
        ("dynamodb:PutItem", "Dialing.Arn"),
        ("dynamodb:UpdateItem", "Dialing.Arn"),
        ("dynamodb:DeleteItem", "Dialing.Arn"),
        ("dynamodb:Query", "Dialing.Arn"),
        ("dynamodb:BatchWriteItem", "Dialing.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/by-customer"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:DeleteItem", "Calls.Arn"),
        ("dynamodb:BatchWriteItem", "Calls.Arn"),
        ("dynamodb:GetItem", "Calls.Arn"),  # what a receiver's limits leave
        ("dynamodb:UpdateItem", "Calls.Arn"),
        ("s3:DeleteObject", "${Reports.Arn}/reports/*"),
        ("s3:DeleteObject", "${Reports.Arn}/recordings/*"),
        ("s3:GetObject", "${Reports.Arn}/campaigns/*"),
        ("s3:GetObject", "${Reports.Arn}/forgotten/*"),
        ("s3:PutObject", "${Reports.Arn}/forgotten/*"),
        ("sqs:GetQueueAttributes", "CallEvents.Arn"),
        ("sqs:GetQueueAttributes", "CallEventsDead.Arn"),
        ("sqs:GetQueueAttributes", "Effects.Arn"),
        ("sqs:GetQueueAttributes", "EffectsDead.Arn"),
        ("secretsmanager:GetSecretValue", "ForgetKey.Id"),
        ("secretsmanager:GetSecretValue", "VapiApiKey.Id"),
        ("secretsmanager:GetSecretValue", "TwilioWebhookSecret.Id"),
        ("secretsmanager:GetSecretValue", "HubspotKey.Id"),
    },
}

MAY["Provisioner"] = {
    ("logs:CreateLogStream", "ProvisionerLogs.Arn"),
    ("logs:PutLogEvents", "ProvisionerLogs.Arn"),
    ("secretsmanager:GetSecretValue", "VapiApiKey.Id"),
    ("secretsmanager:GetSecretValue", "VapiWebhookSecret.Id"),
    ("secretsmanager:GetSecretValue", "TwilioWebhookSecret.Id"),
    ("secretsmanager:GetSecretValue", "HubspotKey.Id"),
}

# The roles that are no function's: the scheduler's, to start functions and to keep lost ticks, and
# CodeDeploy's (test_rollout.py).
TICKS, ROLLOUT = "TicksRole", "RolloutRole"
TAKEN_BY = {TICKS: "scheduler", ROLLOUT: "codedeploy"}
TICKED = {
    ("lambda:InvokeFunction", "${Reconciler.Arn}:live"),
    ("lambda:InvokeFunction", "${CampaignPlanner.Arn}:live"),
    ("lambda:InvokeFunction", "${Importer.Arn}:live"),
    ("lambda:InvokeFunction", "${CrmUpdater.Arn}:live"),
    ("sqs:SendMessage", "TicksDead.Arn"),
}

# Which partitions of each table each function may touch.
PARTITIONS = {
    ("VapiWebhook", "Calls.Arn"): {
        "CALL#*",
        "CALENDAR#*",
        "CUSTOMER#*",
        "VISIT#*",
    },  # visits only by SIP
    ("VapiWebhook", "Contacts.Arn"): {"PERSON#*", "CAMPAIGN#national-"},
    ("VapiWebhook", "Dialing.Arn"): {"CUSTOMER#*", "SWITCH", "ATTEMPT#*"},
    ("TwilioWebhook", "Calls.Arn"): {"VISIT#*", "CALL#*", "CUSTOMER#*"},
    ("TwilioWebhook", "Dialing.Arn"): {
        *("CUSTOMER#*", "LINES#*", "ENTRY#*", "QUEUE#*", "KEPT", "COLLEAGUE#*", "PIN#*", "VISIT#*"),
        *("TRANSFERS#*", "MESSAGES"),
    },
    ("Receptionist", "Calls.Arn"): {"CALL#*", "VISIT#*", "CAUSES"},
    ("Receptionist", "Contacts.Arn"): {"PERSON#*", "CAMPAIGN#*"},
    ("Receptionist", "Dialing.Arn"): {
        "ASIDE#*",
        *("ENTRY#*", "QUEUE#*", "KEPT", "LINES#*", "CUSTOMER#*", "SWITCH", "COLLEAGUE#*"),
        *("VISIT#*", "TRANSFERS#*", "MESSAGES"),
    },
    ("CallRouter", "Calls.Arn"): {"CALL#*", "VISIT#*", "CUSTOMER#*", "CAUSES", "LOOKING"},
    ("CrmUpdater", "Calls.Arn"): {"CUSTOMER#*", "DEAD#*", "RECEIVER#*", "CAUSES"},
    ("CallRouter", "Contacts.Arn"): {"PERSON#*"},
    ("CallRouter", "Dialing.Arn"): {"ATTEMPT#*", "CUSTOMER#*", "LINES#*"},
    ("Dialer", "Calls.Arn"): {"CAUSES"},
    ("Dialer", "Dialing.Arn"): {"ATTEMPT#*", "CUSTOMER#*", "LINES#*", "PACE#*", "SWITCH"},
    ("Dialer", "Contacts.Arn"): {"PERSON#*", "CAMPAIGN#*", "FORGOTTEN#*"},
    ("Reconciler", "Dialing.Arn"): {
        "ASIDE#*",
        *("ATTEMPT#*", "CUSTOMER#*", "LINES#*", "COLLEAGUE#*", "VISIT#*"),
    },
    ("Reconciler", "Contacts.Arn"): {"CAMPAIGN#*", "CALLER#*"},
    ("Reconciler", "Calls.Arn"): {"CALL#*", "VISIT#*", "FIGURES#*", "CAUSES"},
    ("CampaignPlanner", "Dialing.Arn"): {"ATTEMPT#*", "CUSTOMER#*", "PACE#*", "SWITCH"},
    ("CampaignPlanner", "Contacts.Arn"): {"CAMPAIGN#*", "CALLER#*", "PLANNER", "PERSON#*"},
    ("CampaignPlanner", "Calls.Arn"): {"CALL#*", "CAUSES"},
    ("OperatorApi", "Calls.Arn"): {
        *("CALL#*", "VISIT#*", "CUSTOMER#*", "DEAD#*", "RECEIVER#*", "AUDIT#*", "LOGIN#*"),
        *("FIGURES#*", "LOOKING#*", "LOOKING", "CAUSES"),
    },
    ("OperatorApi", "Dialing.Arn"): {
        "ASIDE#*",
        *("ATTEMPT#*", "CUSTOMER#*", "LINES#*", "QUEUE#*", "SWITCH", "TRIGGER#*", "TURN#*"),
        "PACE#*",
        *("COLLEAGUE#*", "ENTRY#*", "KEPT", "VISIT#*", "TRANSFERS#*", "MESSAGES"),
    },
    ("OperatorApi", "Contacts.Arn"): {"PERSON#*", "CAMPAIGN#*", "CALLER#*", "FORGOTTEN#*"},
    ("Importer", "Calls.Arn"): {
        *("CALL#*", "VISIT#*", "CUSTOMER#*", "DEAD#*", "RECEIVER#*", "CAUSES"),
    },
    ("Importer", "Contacts.Arn"): {"CAMPAIGN#*", "PERSON#*", "FORGOTTEN#*"},
    ("Importer", "Dialing.Arn"): {
        *("ATTEMPT#*", "CUSTOMER#*", "ENTRY#*", "QUEUE#*", "KEPT", "VISIT#*"),
        *("PIN#*", "TURN#*"),
    },
}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def named(resource: Any) -> str:
    """A resource as the table above writes it."""
    match resource:
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
        case {"Fn::Sub": str(text)} | {"Ref": str(text)}:
            return text
    return str(resource)


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def role_of(function: dict[str, Any]) -> str:
    name: str = function["Role"]["Fn::GetAtt"][0]
    return name


@pytest.mark.parametrize("function", MAY)
def test_a_function_may_do_what_the_table_says_and_nothing_else(
    template: dict[str, Any], of_kind: OfKind, function: str
) -> None:
    role = of_kind(template, "Role")[role_of(of_kind(template, "Function")[function])]

    granted = [
        (action, named(resource), str(statement.get("Condition")))
        for statement in statements(role)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]

    assert {(action, resource) for action, resource, _ in granted} == MAY[function]
    assert len(granted) == len(set(granted))


def test_every_function_is_in_the_table_and_has_a_role_of_its_own(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    functions = of_kind(template, "Function")

    assert set(functions) == set(MAY)
    roles = [role_of(function) for function in functions.values()]
    # as many, and none left over
    assert sorted([*roles, *TAKEN_BY]) == sorted(of_kind(template, "Role"))


def test_secrets_are_named_alike_in_every_policy(template: dict[str, Any], of_kind: OfKind) -> None:
    """By `Id`, which is what IAM compares with; an emulator takes `Ref` for the name."""
    secrets = set(of_kind(template, "Secret"))
    for name, role in of_kind(template, "Role").items():
        for statement in statements(role):
            for resource in as_list(statement["Resource"]):
                assert resource.get("Ref") not in secrets, name


def test_no_role_has_more_than_its_own_statements(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    for name, role in of_kind(template, "Role").items():
        assert "ManagedPolicyArns" not in role, name
        for statement in statements(role):
            assert statement["Effect"] == "Allow", name
            assert not any("*" in action for action in as_list(statement["Action"])), name
            assert "*" not in as_list(statement["Resource"]), name
            assert {"NotAction", "NotResource"}.isdisjoint(statement), name


def test_only_lambda_can_take_a_function_s_role_and_other_services_their_own(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    for name, role in of_kind(template, "Role").items():
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        service = TAKEN_BY.get(name, "lambda")
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}, name
        if name in TAKEN_BY:  # nobody else's schedule may start our functions
            owner = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
            assert statement["Condition"] == owner


def test_the_scheduler_may_start_what_has_a_schedule_and_nothing_else(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    granted = {
        (action, named(resource))
        for statement in statements(of_kind(template, "Role")[TICKS])
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }

    assert granted == TICKED


def test_a_schedule_tries_again_briefly_and_keeps_what_was_lost(written: dict[str, Any]) -> None:
    schedules = [
        event["Properties"]
        for resource in written["Resources"].values()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "ScheduleV2"
    ]

    assert len(schedules) == len(TICKED) - 1
    for schedule in schedules:
        assert schedule["ScheduleExpression"] == "rate(1 minute)"
        assert schedule["RoleArn"] == {"Fn::GetAtt": [TICKS, "Arn"]}
        assert schedule["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["TicksDead", "Arn"]}}
        assert schedule["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 60  # the next tick comes


def test_items_are_reached_only_in_the_partitions_the_table_says(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    tables = {f"{name}.Arn" for name in of_kind(template, "Table")}
    functions = {
        role_of(function): name for name, function in of_kind(template, "Function").items()
    }
    reached: dict[tuple[str, str], set[str]] = {}
    for name, role in of_kind(template, "Role").items():
        for statement in statements(role):
            for resource in as_list(statement["Resource"]):
                if named(resource) not in tables:
                    continue
                [(operator, condition)] = statement["Condition"].items()
                assert operator == "ForAllValues:StringLike", statement["Sid"]
                place = (functions[name], named(resource))
                reached.setdefault(place, set()).update(condition["dynamodb:LeadingKeys"])

    assert reached == PARTITIONS


def test_only_what_people_say_to_operators_changes_what_they_permit(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    functions = {
        role_of(function): name for name, function in of_kind(template, "Function").items()
    }
    writers = {
        functions[name]
        for name, role in of_kind(template, "Role").items()
        for statement in statements(role)
        if "PERSON#*" in str(statement.get("Condition"))
        and "dynamodb:Attributes" not in str(statement.get("Condition"))
        and {"dynamodb:PutItem", "dynamodb:UpdateItem"} & set(as_list(statement["Action"]))
    }

    assert writers == {"OperatorApi", "Importer"}  # a list of theirs says who has agreed


def test_who_hears_an_opt_out_may_write_that_and_nothing_else_of_a_person(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    functions = {
        role_of(function): name for name, function in of_kind(template, "Function").items()
    }
    allowed = {
        functions[name]: statement
        for name, role in of_kind(template, "Role").items()
        for statement in statements(role)
        if "dynamodb:Attributes" in str(statement.get("Condition"))
        and "PERSON#*" in str(statement.get("Condition"))
    }

    assert allowed.keys() == {"VapiWebhook", "CallRouter"}
    for statement in allowed.values():
        assert as_list(statement["Action"]) == ["dynamodb:UpdateItem"]
        assert set(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:Attributes"]) == {
            *("pk", "sk"),
            *("version", "suppressed_at", "suppression_source"),
        }


def test_who_attends_to_follow_ups_changes_nothing_else_of_a_call(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    [statement] = [
        statement
        for statement in statements(of_kind(template, "Role")["OperatorApiRole"])
        if named(statement["Resource"]) == "Calls.Arn"
        and "dynamodb:UpdateItem" in as_list(statement["Action"])
        and "CALL#*" in str(statement["Condition"])
    ]

    condition = statement["Condition"]["ForAllValues:StringLike"]
    assert condition["dynamodb:LeadingKeys"] == ["CALL#*"]
    assert set(condition["dynamodb:Attributes"]) == {
        *("pk", "sk", "follow_up", "asked_at_ms", "attended_at_ms")
    }


def test_queues_and_buckets_refuse_plain_text(template: dict[str, Any], of_kind: OfKind) -> None:
    guarded = set()
    policies = [
        *of_kind(template, "QueuePolicy").values(),
        *of_kind(template, "BucketPolicy").values(),
    ]
    for policy in policies:
        statement, *others = policy["PolicyDocument"]["Statement"]
        assert [one["Sid"] for one in others] in ([], ["HearOfUploads"])
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert statement["Action"] in {"sqs:*", "s3:*"}
        guarded |= {named(target) for target in as_list(policy.get("Queues", policy.get("Bucket")))}

    assert guarded == {*of_kind(template, "Queue"), *of_kind(template, "Bucket")}


def test_only_buckets_of_this_account_tell_of_uploads_and_only_of_lists(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    [(queue, statement)] = [
        (named(policy["Queues"][0]), statement)
        for policy in of_kind(template, "QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]

    assert queue == "ListJobs"
    assert (statement["Principal"], statement["Action"]) == (
        {"Service": "s3.amazonaws.com"},
        "sqs:SendMessage",
    )
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }
    [told] = of_kind(template, "Bucket")["Reports"]["NotificationConfiguration"][
        "QueueConfigurations"
    ]
    assert named(told["Queue"]) == "ListJobs.Arn"
    rules = {rule["Name"]: rule["Value"] for rule in told["Filter"]["S3Key"]["Rules"]}
    assert rules == {"prefix": "imports/", "suffix": "/list.csv"}

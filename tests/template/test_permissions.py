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
        ("secretsmanager:GetSecretValue", "VapiWebhookSecret.Id"),
    },
    "CallRouter": {
        ("logs:CreateLogStream", "CallRouterLogs.Arn"),
        ("logs:PutLogEvents", "CallRouterLogs.Arn"),
        ("sqs:ReceiveMessage", "CallEvents.Arn"),
        ("sqs:DeleteMessage", "CallEvents.Arn"),
        ("sqs:GetQueueAttributes", "CallEvents.Arn"),
        ("sqs:SendMessage", "CallEvents.Arn"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:PutItem", "Calls.Arn"),
        ("dynamodb:UpdateItem", "Calls.Arn"),
        ("s3:GetObject", "${Reports.Arn}/reports/*"),
        ("s3:PutObject", "${Reports.Arn}/reports/*"),
        (
            "bedrock:InvokeModel",  # only when BedrockModelId is set
            "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/${BedrockModelId}",
        ),
    },
    "OperatorApi": {
        ("logs:CreateLogStream", "OperatorApiLogs.Arn"),
        ("logs:PutLogEvents", "OperatorApiLogs.Arn"),
        ("dynamodb:Query", "Calls.Arn"),
        ("dynamodb:Query", "${Calls.Arn}/index/by-day"),
        ("dynamodb:Query", "${Calls.Arn}/index/active"),
        ("secretsmanager:GetSecretValue", "OperatorTokens.Id"),
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
        (action, named(resource))
        for statement in statements(role)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]

    assert set(granted) == MAY[function]
    assert len(granted) == len(set(granted))


def test_every_function_is_in_the_table_and_has_a_role_of_its_own(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    functions = of_kind(template, "Function")

    assert set(functions) == set(MAY)
    roles = [role_of(function) for function in functions.values()]
    assert sorted(roles) == sorted(of_kind(template, "Role"))  # as many, and none left over


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


def test_only_lambda_can_take_a_role(template: dict[str, Any], of_kind: OfKind) -> None:
    for name, role in of_kind(template, "Role").items():
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}, name


def test_items_of_the_calls_table_are_reached_only_in_calls_partitions(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    on_items = [
        statement
        for role in of_kind(template, "Role").values()
        for statement in statements(role)
        if named(statement["Resource"]) == "Calls.Arn"
    ]

    assert len(on_items) == len(MAY)
    for statement in on_items:
        assert statement["Condition"] == {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["CALL#*"]}
        }, statement["Sid"]


def test_queues_and_buckets_refuse_plain_text(template: dict[str, Any], of_kind: OfKind) -> None:
    guarded = set()
    policies = [
        *of_kind(template, "QueuePolicy").values(),
        *of_kind(template, "BucketPolicy").values(),
    ]
    for policy in policies:
        [statement] = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert statement["Action"] in {"sqs:*", "s3:*"}
        guarded |= {named(target) for target in as_list(policy.get("Queues", policy.get("Bucket")))}

    assert guarded == {*of_kind(template, "Queue"), *of_kind(template, "Bucket")}

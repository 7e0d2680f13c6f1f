"""What each function may do, action by action (facts: least privilege, controls 17 to 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.template.permission_table import MAY, PARTITIONS, TAKEN_BY, TICKED, TICKS
from tests.template.role_statements import as_list, named, role_of, statements

if TYPE_CHECKING:
    from collections.abc import Callable

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]


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


def test_whoever_calls_people_or_promises_it_knows_who_was_forgotten(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    knowing = {
        name
        for name, function in of_kind(template, "Function").items()
        if "FORGET_KEY_NAME" in function.get("Environment", {}).get("Variables", {})
    }

    calling = {"Dialer", "Receptionist"}
    promising = {"VapiWebhook", "TwilioWebhook", "OperatorApi"}
    assert knowing == calling | promising | {"Importer"}  # which forgets them


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
        functions[name]: (as_list(statement["Action"]), attributes)
        for name, role in of_kind(template, "Role").items()
        for statement in statements(role)
        if "PERSON#*" in str(statement.get("Condition"))
        for attributes in [
            statement["Condition"].get("ForAllValues:StringLike", {}).get("dynamodb:Attributes")
        ]
        if attributes
    }
    writes = ["dynamodb:UpdateItem"], ["pk", "sk", "version", "suppressed_at", "suppression_source"]

    assert allowed == {
        "VapiWebhook": writes,
        "CallRouter": writes,
        # who promises calls reads who wants none, and what he agreed to and took back
        "TwilioWebhook": (["dynamodb:GetItem"], ["pk", "sk", "suppressed_at", "said"]),
    }


def test_who_attends_to_follow_ups_changes_nothing_else_of_a_call(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    attend, mark = (
        statement["Condition"]["ForAllValues:StringLike"]
        for statement in statements(of_kind(template, "Role")["OperatorApiRole"])
        if named(statement["Resource"]) == "Calls.Arn"
        and "dynamodb:UpdateItem" in as_list(statement["Action"])
        and "CALL#*" in str(statement["Condition"])
    )

    listed = {"pk", "sk", "follow_up", "needs", "needs_since_ms"}
    assert attend["dynamodb:LeadingKeys"] == ["CALL#*"]
    assert set(attend["dynamodb:Attributes"]) == listed | {"asked_at_ms", "attended_at_ms"}
    assert mark["dynamodb:LeadingKeys"] == ["CALL#*", "VISIT#*"]
    assert set(mark["dynamodb:Attributes"]) == listed | {"number"}


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

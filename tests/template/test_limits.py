"""What AWS would refuse for its size: no emulator does, and only a deploy would tell.

The limits are AWS's: quotas of Lambda, IAM, CloudFormation, API Gateway and CodeDeploy, read on
2026-11-30.
"""

from __future__ import annotations

import json
import subprocess
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

import pytest

from tests.sam import ROOT
from tests.template.aws_limits import (
    Made,
    alarms_of_groups,
    environment_bytes,
    inline_letters,
    managed_letters,
    named_in,
    policy_bytes,
)
from tests.template.test_resources import variables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]

FUNCTIONS_THINGS = ("Alias", "Version", "Permission", "EventSourceMapping", "EventInvokeConfig")
POLICY_BYTES = 20_480  # of a function, or of one alias of it
INLINE_LETTERS, MANAGED_LETTERS = 10_240, 6_144
ENVIRONMENT_BYTES = 4_096
TEMPLATE_BYTES, RESOURCES, PARAMETERS = 1_000_000, 500, 200
ROUTES, ALARMS_OF_A_GROUP = 300, 10
# Properties by which AWS knows a thing in an account, where a template says them.
NAMES = frozenset(
    {"Name", "QueueName", "TableName", "BucketName", "FunctionName", "RoleName", "LogGroupName"}
    | {"AlarmName", "DashboardName", "ManagedPolicyName", "TopicName", "ApplicationName"}
)
# Those that name another resource, or are known within one alone.
NAMED = frozenset(
    {
        ("AWS::Lambda::Alias", "Name"),
        ("AWS::Route53::RecordSet", "Name"),
        *((f"AWS::Lambda::{kind}", "FunctionName") for kind in FUNCTIONS_THINGS),
        ("AWS::Logs::MetricFilter", "LogGroupName"),
        ("AWS::CodeDeploy::DeploymentGroup", "ApplicationName"),
    }
)
# A role that is there with a canary alone, a text in an Fn::Sub, a mapping that only SAM reads.
LEFT_BY_THE_TRANSFORM = ("E3003", "W1020", "W7001")
AN_HOUR, A_DAY, A_WEEK = 3_600, 86_400, 604_800
DESCRIPTION = 1_024


@pytest.fixture(scope="module")
def made(gradual: dict[str, Any]) -> Made:
    return Made(gradual)


@pytest.mark.sam
@pytest.mark.parametrize(
    ("measure", "limit"),
    [
        (policy_bytes, POLICY_BYTES),
        (environment_bytes, ENVIRONMENT_BYTES),
        (alarms_of_groups, ALARMS_OF_A_GROUP),
    ],
)
def test_nothing_is_larger_than_aws_takes_it(
    made: Made, measure: Callable[[Made], dict[str, int]], limit: int
) -> None:
    found = measure(made)
    assert found
    assert {name: size for name, size in found.items() if size > limit} == {}


def test_a_role_s_policies_are_not_larger_than_iam_takes_them(template: dict[str, Any]) -> None:
    made = Made(template)
    own, managed = inline_letters(made), managed_letters(made)
    assert {name: size for name, size in own.items() if size > INLINE_LETTERS} == {}
    assert {name: size for name, size in managed.items() if size > MANAGED_LETTERS} == {}


def test_an_alarm_looks_back_no_longer_than_cloudwatch_keeps_it(
    template: dict[str, Any], of_kind: Callable[[dict[str, Any], str], dict[str, Any]]
) -> None:
    for name, alarm in of_kind(template, "Alarm").items():
        period, back = alarm["Period"], alarm["Period"] * alarm["EvaluationPeriods"]
        assert period % 60 == 0, name
        assert back <= (A_WEEK if period >= AN_HOUR else A_DAY), name
        assert len(alarm["AlarmDescription"]) <= DESCRIPTION, name


@pytest.mark.sam
def test_two_stacks_of_an_account_have_nothing_of_one_name(gradual: dict[str, Any]) -> None:
    """Not in one region, and of what is known in all of them not in two."""
    for name, resource in gradual["Resources"].items():
        for field, said in resource["Properties"].items():
            if (resource["Type"], field) in NAMED or field not in NAMES:
                continue
            written = json.dumps(said)
            assert "AWS::StackName" in written, f"{name} {field}"
            if resource["Type"] == "AWS::CloudWatch::Dashboard":
                assert "AWS::Region" in written, name


def test_whoever_provisions_answers_while_cloudformation_waits(written: dict[str, Any]) -> None:
    """An event that waited for an execution is dropped before nobody listens any more."""
    provisioner = written["Resources"]["Provisioner"]["Properties"]
    waits = written["Resources"]["Provisioned"]["Properties"]["ServiceTimeout"]
    asked = provisioner["EventInvokeConfig"]
    assert asked["MaximumRetryAttempts"] == 0
    assert 60 <= asked["MaximumEventAgeInSeconds"] < waits
    assert provisioner["Timeout"] < waits


def test_what_two_stacks_count_is_told_apart(template: dict[str, Any], of_kind: OfKind) -> None:
    """By the stack's name, or by a resource of its own."""
    for name, alarm in of_kind(template, "Alarm").items():
        own = alarm["Namespace"] == {"Ref": "AWS::StackName"}
        values = [one["Value"] for one in alarm.get("Dimensions", ())]
        assert own or any(isinstance(one, dict) for one in values), name
    for metric in of_kind(template, "MetricFilter").values():
        for one in metric["MetricTransformations"]:
            assert one["MetricNamespace"] == {"Ref": "AWS::StackName"}
    for name, function in of_kind(template, "Function").items():
        assert variables(template, function)["STACK_NAME"] == {"Ref": "AWS::StackName"}, name


@pytest.mark.sam
@pytest.mark.parametrize("rollout", ["AllAtOnce", "Canary10Percent5Minutes"])
def test_nothing_waits_for_itself(
    translated: dict[str, Any], gradual: dict[str, Any], rollout: str
) -> None:
    """CloudFormation takes no circle; an alias waits for the alarms that send its version back."""
    template = translated if rollout == "AllAtOnce" else gradual
    waits_for = {
        name: set(named_in(resource)) & template["Resources"].keys()
        for name, resource in template["Resources"].items()
    }
    list(TopologicalSorter(waits_for).static_order())  # raises CycleError


@pytest.mark.sam
def test_cfn_lint_finds_nothing_in_what_is_deployed(
    gradual: dict[str, Any], tmp_path: Path
) -> None:
    """It reads template.yaml too, and there knows nothing of what the transform adds."""
    file = tmp_path / "template.json"
    file.write_text(json.dumps(gradual))
    command = [
        str(ROOT / ".venv" / "bin" / "cfn-lint"),
        "-i",
        *LEFT_BY_THE_TRANSFORM,
        "--",
        str(file),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.mark.sam
def test_the_stack_is_one(gradual: dict[str, Any]) -> None:
    assert len(json.dumps(gradual)) <= TEMPLATE_BYTES
    assert len(gradual["Resources"]) <= RESOURCES
    assert len(gradual["Parameters"]) <= PARAMETERS
    paths = gradual["Resources"]["Api"]["Properties"]["Body"]["paths"]
    assert sum(map(len, paths.values())) <= ROUTES

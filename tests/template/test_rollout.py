"""How new versions come: with a tenth at first, and alarms that send it back; two more choices."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.sam import ROOT
from tests.template.permission_table import ROLLOUT
from tests.template.role_statements import as_list, named, statements

if TYPE_CHECKING:
    from collections.abc import Callable

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]

BY_DEPLOYS_ALONE = "Provisioner"  # nobody's events come to it while a stack is as it is
WAITED_FOR = {"VapiWebhook", "TwilioWebhook", "OperatorApi"}
CANARY = {"Fn::Sub": "CodeDeployDefault.LambdaCanary10Percent5Minutes"}


def alarms_of(group: dict[str, Any]) -> set[str]:
    """The alarms that send a function's new version back."""
    configuration = group["AlarmConfiguration"]["Fn::If"][1]
    assert configuration["Enabled"] is True
    return {alarm["Name"]["Ref"] for alarm in configuration["Alarms"]}


@pytest.mark.sam
def test_each_function_comes_as_a_canary_and_goes_back_by_itself(
    gradual: dict[str, Any], of_kind: OfKind
) -> None:
    groups = of_kind(gradual, "DeploymentGroup")
    functions = set(of_kind(gradual, "Function")) - {BY_DEPLOYS_ALONE}

    assert set(groups) == {f"{name}DeploymentGroup" for name in functions}
    for name, group in groups.items():
        assert group["DeploymentConfigName"] == CANARY, name
        back = group["AutoRollbackConfiguration"]
        assert back["Enabled"] is True, name
        assert "DEPLOYMENT_STOP_ON_ALARM" in back["Events"], name
    for name in functions:
        policy = gradual["Resources"][f"{name}Aliaslive"]["UpdatePolicy"]
        told = policy["CodeDeployLambdaAliasUpdate"]
        assert told["DeploymentGroupName"] == {"Ref": f"{name}DeploymentGroup"}


@pytest.mark.sam
def test_what_sends_a_new_version_back_is_there_and_hears_that_version_alone(
    gradual: dict[str, Any], of_kind: OfKind
) -> None:
    alarms = of_kind(gradual, "Alarm")
    for group_name, group in of_kind(gradual, "DeploymentGroup").items():
        name = group_name.removesuffix("DeploymentGroup")
        sounding = alarms_of(group)
        assert sounding <= set(alarms), name
        own = alarms[f"{name}NewVersionFails"]
        assert f"{name}NewVersionFails" in sounding
        dimensions = {one["Name"]: one["Value"] for one in own["Dimensions"]}
        version = dimensions.pop("ExecutedVersion")["Fn::GetAtt"]
        # an old version that fails must not keep the one away that mends it
        assert gradual["Resources"][version[0]]["Type"] == "AWS::Lambda::Version"
        assert version == [version[0], "Version"]
        assert version[0].startswith(f"{name}Version")
        assert dimensions == {
            "FunctionName": {"Ref": name},
            "Resource": {"Fn::Sub": f"${{{name}}}:live"},
        }
        assert (own["MetricName"], own["Threshold"], own["Period"]) == ("Errors", 0, 60)


@pytest.mark.sam
def test_at_once_is_without_any_of_it(translated: dict[str, Any]) -> None:
    kinds = {resource["Type"] for resource in translated["Resources"].values()}
    assert not [kind for kind in kinds if "CodeDeploy" in kind]
    for name, resource in translated["Resources"].items():
        if name == ROLLOUT or name.endswith("NewVersionFails"):
            assert resource["Condition"] == "RollsOutGradually"


def test_every_way_is_known_to_the_transform(written: dict[str, Any]) -> None:
    ways = written["Parameters"]["Rollout"]["AllowedValues"]
    known = written["Mappings"]["Rollouts"]["Gradual"]

    assert set(known) == set(ways)
    assert [way for way, is_gradual in known.items() if not is_gradual] == ["AllAtOnce"]


def test_dev_comes_at_once_and_the_others_as_canaries_and_all_are_shown_first() -> None:
    configured = tomllib.loads((ROOT / "samconfig.toml").read_text())
    told = {name: configured[name]["deploy"]["parameters"] for name in ("dev", "staging", "prod")}

    assert all(one["confirm_changeset"] is True for one in told.values())
    ways = {
        name: [word for word in one["parameter_overrides"] if word.startswith("Rollout=")]
        for name, one in told.items()
    }
    assert ways == {
        "dev": [],
        "staging": ["Rollout=Canary10Percent5Minutes"],
        "prod": ["Rollout=Canary10Percent10Minutes"],
    }
    assert len({one["stack_name"] for one in told.values()}) == len(told)


@pytest.mark.sam
def test_who_shifts_events_may_shift_those_and_hear_alarms(
    gradual: dict[str, Any], of_kind: OfKind
) -> None:
    granted: dict[str, set[str]] = {}
    for statement in statements(of_kind(gradual, "Role")[ROLLOUT]):
        for action in as_list(statement["Action"]):
            granted.setdefault(action, set()).update(
                named(one) for one in as_list(statement["Resource"])
            )
    shifted = {
        group.removesuffix("DeploymentGroup") for group in of_kind(gradual, "DeploymentGroup")
    }
    functions = {f"{name}.Arn" for name in shifted} | {f"${{{name}.Arn}}:live" for name in shifted}

    assert granted.pop("cloudwatch:DescribeAlarms") == {
        "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*"
    }
    assert granted == dict.fromkeys(
        ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
        functions,
    )


def test_those_that_people_wait_for_may_start_from_a_snapshot_and_no_others(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    asked = {
        name: function["SnapStart"]
        for name, function in of_kind(template, "Function").items()
        if "SnapStart" in function
    }

    assert asked == {name: {"ApplyOn": {"Ref": "SnapStart"}} for name in WAITED_FOR}
    assert template["Parameters"]["SnapStart"]["Default"] == "None"


def test_a_domain_is_there_when_it_is_named_and_takes_no_old_tls(
    template: dict[str, Any], of_kind: OfKind
) -> None:
    [domain] = of_kind(template, "DomainName").values()
    [configured] = domain["DomainNameConfigurations"]

    assert configured["SecurityPolicy"] == "TLS_1_2"
    resources = template["Resources"]
    assert [resources[name]["Condition"] for name in ("Domain", "DomainLeadsHere")] == [
        "HasDomain",
        "HasDomain",
    ]
    assert resources["DomainRecord"]["Condition"] == "HasDomainZone"
    [rule] = template["Rules"].values()
    needed = {one["Assert"]["Fn::Not"][0]["Fn::Equals"][0]["Ref"] for one in rule["Assertions"]}
    assert needed == {"DomainCertificateArn", "PublicBaseUrl"}
    assert all(
        template["Parameters"][name]["Default"] == ""
        for name in ("DomainName", "DomainCertificateArn", "DomainZoneId")
    )

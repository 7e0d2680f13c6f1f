"""How large AWS would find what a template makes, where it has a limit and no emulator has.

Names are as CloudFormation makes them up: the stack's, the logical name, twelve letters; that of
the longest stack of samconfig.toml, in a region with a long name.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.template.role_statements import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK, REGION, ACCOUNT, MADE_UP = "switchboard-staging", "ap-southeast-1", "1" * 12, "A" * 12
_PSEUDO = {
    "AWS::StackName": STACK,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/{'a' * 36}",
}
_SERVICES = {
    "AWS::DynamoDB::Table": "dynamodb:{place}:table/{name}",
    "AWS::SQS::Queue": "sqs:{place}:{name}",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::Lambda::Function": "lambda:{place}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{place}:log-group:{name}:*",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{place}:secret:{name}-AAAAAA",
}
_IN_TEXT = re.compile(r"\$\{([^}!]+)\}")


class Made:
    """A translated template as CloudFormation would make it."""

    def __init__(self, template: dict[str, Any]) -> None:
        """Keep it."""
        self.resources: dict[str, dict[str, Any]] = template["Resources"]
        self._conditions = template["Conditions"]
        self._parameters = template["Parameters"]

    def of_kind(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical name and properties, as they are made, of each resource of a type."""
        for name, resource in self.resources.items():
            if resource["Type"] == kind:
                yield name, self.made(resource["Properties"])

    def made(self, said: Any) -> Any:
        """A value of the template, its functions evaluated; both ways of an Fn::If: the longer."""
        if isinstance(said, list):
            return [one for one in map(self.made, said) if one is not None]
        if not isinstance(said, dict):
            return said
        if len(said) == 1:
            [(function, given)] = said.items()
            evaluated = self._function(function, given)
            if evaluated is not NotImplemented:
                return evaluated
        return {name: value for name, one in said.items() if (value := self.made(one)) is not None}

    def _function(self, function: str, given: Any) -> Any:
        match function:
            case "Ref":
                return self._reference(given)
            case "Fn::GetAtt":
                logical, attribute = given if isinstance(given, list) else given.split(".", 1)
                return self._attribute(logical, attribute)
            case "Fn::Sub":
                return self._text(given)
            case "Fn::If":
                return max(map(self.made, given[1:]), key=lambda one: len(json.dumps(one)))
        return NotImplemented

    def _text(self, given: Any) -> str:
        text, more = given if isinstance(given, list) else (given, {})

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in more:
                return str(self.made(more[name]))
            logical, dot, attribute = name.partition(".")
            return str(self._attribute(logical, attribute) if dot else self._reference(name))

        return _IN_TEXT.sub(value, text)

    def _reference(self, name: str) -> str | None:
        if name == "AWS::NoValue":
            return None
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return str(self._parameters[name].get("Default", ""))
        kind = self.resources[name]["Type"]
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._name(name)}"
        if kind in {"AWS::Lambda::Alias", "AWS::SecretsManager::Secret"}:
            return self._attribute(name, "Arn")
        return "a" * 10 if kind == "AWS::ApiGatewayV2::Api" else self._name(name)

    def _attribute(self, logical: str, attribute: str) -> str:
        resource = self.resources[logical]
        kind, name = resource["Type"], self._name(logical)
        if kind == "AWS::Lambda::Alias":
            function = resource["Properties"]["FunctionName"]["Ref"]
            return f"{self._attribute(function, 'Arn')}:live"
        if attribute in {"Arn", "Id"} and kind in _SERVICES:
            place = f"{REGION}:{ACCOUNT}"
            return "arn:aws:" + _SERVICES[kind].format(place=place, account=ACCOUNT, name=name)
        if attribute == "ApiEndpoint":
            return f"https://{'a' * 10}.execute-api.{REGION}.amazonaws.com"
        return name

    def _name(self, logical: str) -> str:
        """Of 64 letters at most where it is a function's or a role's."""
        name = f"{STACK}-{logical}-{MADE_UP}"
        kind = self.resources[logical]["Type"]
        return name[-64:] if kind in {"AWS::Lambda::Function", "AWS::IAM::Role"} else name


def policy_bytes(made: Made) -> dict[str, int]:
    """The policy that Lambda keeps of who may call an alias, by the alias, in bytes."""
    statements: dict[str, list[Any]] = {}
    for name, said in made.of_kind("AWS::Lambda::Permission"):
        asks = {"ArnLike": {"AWS:SourceArn": said["SourceArn"]}} if "SourceArn" in said else {}
        statements.setdefault(said["FunctionName"], []).append(
            {
                "Sid": f"{STACK}-{name}-{MADE_UP}",
                "Effect": "Allow",
                "Principal": {"Service": said["Principal"]},
                "Action": said["Action"],
                "Resource": said["FunctionName"],
                "Condition": asks,
            }
        )
    return {
        alias: _bytes({"Version": "2012-10-17", "Id": "default", "Statement": all_of_it})
        for alias, all_of_it in statements.items()
    }


def inline_letters(made: Made) -> dict[str, int]:
    """What all inline policies of a role have together, blanks left out, by the role."""
    return {
        name: sum(_bytes(policy["PolicyDocument"]) for policy in said["Policies"])
        for name, said in made.of_kind("AWS::IAM::Role")
    }


def managed_letters(made: Made) -> dict[str, int]:
    """What each managed policy has, blanks left out."""
    return {
        name: _bytes(said["PolicyDocument"])
        for name, said in made.of_kind("AWS::IAM::ManagedPolicy")
    }


def environment_bytes(made: Made) -> dict[str, int]:
    """What a function is told, names and values, by the function."""
    return {
        name: sum(
            len(str(setting)) + len(str(value))
            for setting, value in said.get("Environment", {}).get("Variables", {}).items()
        )
        for name, said in made.of_kind("AWS::Lambda::Function")
    }


def alarms_of_groups(made: Made) -> dict[str, int]:
    """How many alarms each deployment group hears."""
    return {
        name: len(as_list(said.get("AlarmConfiguration", {}).get("Alarms", [])))
        for name, said in made.of_kind("AWS::CodeDeploy::DeploymentGroup")
    }


def named_in(said: Any) -> Iterator[str]:
    """The resources that one names, wherever: CloudFormation makes those before it."""
    if isinstance(said, list):
        for one in said:
            yield from named_in(one)
    elif isinstance(said, dict):
        for name, value in said.items():
            yield from _named(name, value)


def _named(function: str, given: Any) -> Iterator[str]:
    match function:
        case "Ref" | "DependsOn":
            yield from as_list(given)
        case "Fn::GetAtt":
            yield as_list(given)[0].partition(".")[0]
        case "Fn::Sub":
            text, more = given if isinstance(given, list) else (given, {})
            yield from (found.partition(".")[0] for found in _IN_TEXT.findall(text))
            yield from named_in(more)
        case _:
            yield from named_in(given)


def _bytes(said: object) -> int:
    return len(json.dumps(said, separators=(",", ":")))

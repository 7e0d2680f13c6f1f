"""Creates the template's tables, queues, buckets and secrets in the emulator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.cloud.emulator import ACCOUNT, REGION
from local.cloud.intrinsics import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.cloud.intrinsics import Evaluator
    from local.cloud.template_reader import Resource, Template

_STACK = "switchboard"
_QUEUE_ATTRIBUTES = (
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
    "FifoQueue",
    "ContentBasedDeduplication",
)
_TABLE_PROPERTIES = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the resources are called outside, before any of them exists."""

    template: Template
    endpoint_url: str
    account: str = ACCOUNT

    def attribute(self, resource: str, name: str) -> str:
        """The value of Ref (`name` is "Ref") or of GetAtt. Raises TemplateError if unknown."""
        if resource not in self.template.resources:
            raise TemplateError(f"the template has no resource {resource}")
        known = self.template.resources[resource]
        physical = self._physical(known)
        if (known.kind, name) == ("AWS::SQS::Queue", "Ref"):
            return f"{self.endpoint_url}/{self.account}/{physical}"
        if name in {"Ref", "TableName", "QueueName", "BucketName"}:
            return physical
        if name == "Arn":
            return self._arn(known.kind, physical)
        if name == "ApiEndpoint":  # what AWS would make up; here PUBLIC_BASE_URL is told besides
            return f"https://{physical.lower()}.execute-api.{REGION}.amazonaws.com"
        raise TemplateError(f"the local system does not know {resource}.{name}")

    def evaluator(self) -> Evaluator:
        """Evaluates the template with these names."""
        return self.template.evaluator(self.attribute)

    def _physical(self, resource: Resource) -> str:
        for property_name in ("TableName", "QueueName", "BucketName", "Name"):
            if property_name in resource.properties:
                return self.evaluator().text(resource.properties[property_name])
        if resource.kind == "AWS::S3::Bucket":  # one name space for all accounts, lower case
            return f"{_STACK}-{resource.name.lower()}-{self.account}"
        return f"{_STACK}-{resource.name}"

    def _arn(self, kind: str, physical: str) -> str:
        place = f"{REGION}:{self.account}"
        match kind:
            case "AWS::SQS::Queue":
                return f"arn:aws:sqs:{place}:{physical}"
            case "AWS::DynamoDB::Table":
                return f"arn:aws:dynamodb:{place}:table/{physical}"
            case "AWS::S3::Bucket":
                return f"arn:aws:s3:::{physical}"
            case "AWS::Serverless::Function":
                return f"arn:aws:lambda:{place}:function:{physical}"
            case _:
                raise TemplateError(f"the local system makes up no ARN of a {kind}")


def create_resources(
    names: Names, client: Callable[[str], Any], secrets: Mapping[str, Mapping[str, Any]]
) -> None:
    """Create what does not exist yet; `secrets` holds, by logical name, what is stored in each.

    A secret is written anew each time: .env may have changed since the state was kept.
    """
    for kind in _CREATORS:
        # Dead-letter queues first: the target of a redrive policy has to exist.
        for resource in sorted(
            names.template.of_kind(kind), key=lambda item: "RedrivePolicy" in item.properties
        ):
            create_resource(names, client, resource.name)
    for resource in names.template.of_kind("AWS::S3::Bucket"):
        announce_files(names, client, resource.name)
    for resource in names.template.of_kind("AWS::SecretsManager::Secret"):
        if resource.name not in secrets:
            raise TemplateError(f"the local system has no value for the secret {resource.name}")
        _put_secret(
            client("secretsmanager"),
            names.attribute(resource.name, "Ref"),
            json.dumps(secrets[resource.name]),
        )


def create_resource(names: Names, client: Callable[[str], Any], name: str) -> str:
    """Create one table, queue or bucket unless it exists; returns what Ref gives."""
    resource = names.template.resources[name]
    service, create = _CREATORS[resource.kind]
    reference = names.attribute(name, "Ref")
    properties = names.evaluator().value(dict(resource.properties))
    if isinstance(properties, dict):
        create(client(service), reference, properties)
    return reference


def announce_files(names: Names, client: Callable[[str], Any], bucket: str) -> None:
    """Have a bucket tell queues of new files, as the template says; they have to exist."""
    written = names.template.resources[bucket].properties.get("NotificationConfiguration")
    if written is None:
        return
    told = names.evaluator().value(written)
    configurations = [
        {
            "QueueArn": one["Queue"],
            "Events": [one["Event"]],
            "Filter": {"Key": {"FilterRules": one["Filter"]["S3Key"]["Rules"]}},
        }
        for one in told["QueueConfigurations"]  # type: ignore[index]
    ]
    client("s3").put_bucket_notification_configuration(
        Bucket=names.attribute(bucket, "Ref"),
        NotificationConfiguration={"QueueConfigurations": configurations},
        SkipDestinationValidation=True,  # which would send a message that starts a function
    )


def _create_table(tables: Any, name: str, properties: dict[str, Any]) -> None:  # noqa: ANN401
    wanted = {key: properties[key] for key in _TABLE_PROPERTIES if key in properties}
    stream = properties.get("StreamSpecification")
    if stream is not None:
        wanted["StreamSpecification"] = {"StreamEnabled": True, **stream}
    try:
        tables.create_table(TableName=name, **wanted)
    except tables.exceptions.ResourceInUseException:
        _add_indexes(tables, name, wanted)
        return
    if "TimeToLiveSpecification" in properties:
        tables.update_time_to_live(
            TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
        )


def _add_indexes(tables: Any, name: str, wanted: dict[str, Any]) -> None:  # noqa: ANN401
    """Add the indexes that a table of a kept state does not have, one at a time as AWS wants it."""
    there = tables.describe_table(TableName=name)["Table"].get("GlobalSecondaryIndexes", ())
    known = {one["IndexName"] for one in there}
    for index in wanted.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] not in known:
            tables.update_table(
                TableName=name,
                AttributeDefinitions=wanted["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )


def _create_queue(queues: Any, url: str, properties: dict[str, Any]) -> None:  # noqa: ANN401
    attributes = {key: str(properties[key]) for key in _QUEUE_ATTRIBUTES if key in properties}
    if "RedrivePolicy" in properties:
        attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
    queues.create_queue(QueueName=url.rpartition("/")[2], Attributes=attributes)


def _create_bucket(buckets: Any, name: str, _: dict[str, Any]) -> None:  # noqa: ANN401
    buckets.create_bucket(Bucket=name)


def _put_secret(secrets: Any, name: str, text: str) -> None:  # noqa: ANN401
    try:
        secrets.create_secret(Name=name, SecretString=text)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=text)


_CREATORS: dict[str, tuple[str, Callable[[Any, str, dict[str, Any]], None]]] = {
    "AWS::SQS::Queue": ("sqs", _create_queue),
    "AWS::DynamoDB::Table": ("dynamodb", _create_table),
    "AWS::S3::Bucket": ("s3", _create_bucket),
}

"""What AWS says of a stack: topics, alarms, dead letters, for how long things are kept."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tools.doctor.judged_stack import BOUNDED_BY, Kept, Topic
from tools.places import TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.places import Place

ALARMS, QUEUES = "AWS::CloudWatch::Alarm", "AWS::SQS::Queue"
TABLES, BUCKETS, GROUPS = "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup"
DEAD = "Dead"
AT_ONCE = 100  # alarms of one question
ON = ("ENABLED", "ENABLING")  # the latter for an hour
NO_SUCH_TOPIC = ("NotFound", "NotFoundException")


def topics(place: Place) -> list[Topic]:
    """Who is to hear of alarms and notices; none where there can be no alarms."""
    if not place.of_kind(ALARMS):
        return []
    client = place.client("sns")
    return [_topic(client, setting, place.values.get(setting, "")) for setting in TOPICS]


def _topic(client: Any, setting: str, arn: str) -> Topic:  # noqa: ANN401 - botocore
    if not arn:
        return Topic(setting, "")
    try:
        told = client.get_topic_attributes(TopicArn=arn)["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] in NO_SUCH_TOPIC:
            return Topic(setting, arn, is_gone=True)
        raise
    return Topic(
        setting, arn, int(told["SubscriptionsConfirmed"]), int(told["SubscriptionsPending"])
    )


def ringing(place: Place) -> tuple[dict[str, str], int]:
    """Alarms that ring now with what they say of themselves, by logical name, and how many are."""
    alarms = place.of_kind(ALARMS)
    known = {physical: logical for logical, physical in alarms.items()}
    found: dict[str, str] = {}
    if known:
        client = place.client("cloudwatch")
        for names in batched(known, AT_ONCE, strict=False):
            told = client.describe_alarms(
                AlarmNames=list(names), StateValue="ALARM", MaxRecords=AT_ONCE
            )
            for one in told["MetricAlarms"]:
                found[known[one["AlarmName"]]] = one.get("AlarmDescription", "")
    return found, len(known)


def dead_letters(place: Place) -> dict[str, int]:
    """How many messages were given up, by the queue's logical name."""
    client = place.client("sqs")
    waiting = {}
    for name, url in place.of_kind(QUEUES).items():
        if name.endswith(DEAD):
            told = client.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )
            waiting[name] = int(told["Attributes"]["ApproximateNumberOfMessages"])
    return waiting


def kept(place: Place) -> list[Kept]:
    """For how long logs are kept and what lies in the bucket, against the settings."""
    return [*_logs(place), *_folders(place)]


def _logs(place: Place) -> Iterator[Kept]:
    groups = place.of_kind(GROUPS)
    wanted = _days(place, "LOG_RETENTION_DAYS")
    client: Any = place.client("logs") if groups else None
    for logical, name in groups.items():
        told = client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        days = [one.get("retentionInDays") for one in told if one["logGroupName"] == name]
        yield Kept(logical, days[0] if days else None, wanted)


def _folders(place: Place) -> Iterator[Kept]:
    buckets = place.of_kind(BUCKETS)
    client: Any = place.client("s3") if buckets else None
    for bucket in buckets.values():
        rules = _rules(client, bucket)
        days = {_prefix(rule): rule.get("Expiration", {}).get("Days") for rule in rules}
        for prefix, setting in BOUNDED_BY.items():
            yield Kept(prefix, days.get(prefix), _days(place, setting))


def _rules(client: Any, bucket: str) -> list[dict[str, Any]]:  # noqa: ANN401 - botocore
    """By which a bucket deletes; none where it has none."""
    try:
        told = client.get_bucket_lifecycle_configuration(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return []
        raise
    return list(told["Rules"])


def _prefix(rule: dict[str, Any]) -> str:
    return str(rule.get("Prefix") or rule.get("Filter", {}).get("Prefix") or "")


def _days(place: Place, setting: str) -> int:
    return int(place.values[setting])


def forever(place: Place) -> list[str]:
    """Tables that delete nothing by themselves, or of which no copy of the last days is kept."""
    client, found = place.client("dynamodb"), []
    copies = bool(place.of_kind(ALARMS))  # on AWS alone
    for logical, table in place.of_kind(TABLES).items():
        told = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if told["TimeToLiveStatus"] not in ON:
            found.append(f"{logical}: nothing is deleted by itself (time to live is off)")
        if copies and not _has_copies(client, table):
            found.append(f"{logical}: no copy of the last days (point-in-time recovery is off)")
    return found


def _has_copies(client: Any, table: str) -> bool:  # noqa: ANN401 - botocore
    try:
        told = client.describe_continuous_backups(TableName=table)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ContinuousBackupsUnavailableException":
            return False
        raise
    described = told["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return described["PointInTimeRecoveryStatus"] in ON

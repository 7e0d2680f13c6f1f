"""Each of the architecture's rules on the template, and a mistake that it has to notice."""

from __future__ import annotations

import copy
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from tests.template import (
    test_api,
    test_concurrency,
    test_permissions,
    test_resources,
    test_rollout,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    OfKind = Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]
    Resources = dict[str, dict[str, Any]]

    Rule = Callable[..., None]
    Mistake = Callable[[Resources], object]


def said(resources: Resources, name: str) -> dict[str, Any]:
    properties: dict[str, Any] = resources[name]["Properties"]
    return properties


def policy(resources: Resources, role: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = said(resources, role)["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    return statements


DIALER_MAY = test_permissions.test_a_function_may_do_what_the_table_says_and_nothing_else
PLANTED: dict[str, tuple[Rule, Mistake]] = {
    "an action more": (
        lambda template, of_kind: DIALER_MAY(template, of_kind, "Dialer"),
        lambda all_: policy(all_, "DialerRole")[-1].update(Action="secretsmanager:PutSecretValue"),
    ),
    "an action less": (
        lambda template, of_kind: DIALER_MAY(template, of_kind, "Dialer"),
        lambda all_: policy(all_, "DialerRole").pop(),
    ),
    "any action": (
        test_permissions.test_no_role_has_more_than_its_own_statements,
        lambda all_: policy(all_, "DialerRole")[-1].update(Action="sqs:*"),
    ),
    "any resource": (
        test_permissions.test_no_role_has_more_than_its_own_statements,
        lambda all_: policy(all_, "DialerRole")[-1].update(Resource="*"),
    ),
    "a policy of AWS's": (
        test_permissions.test_no_role_has_more_than_its_own_statements,
        lambda all_: said(all_, "DialerRole").update(ManagedPolicyArns=["arn:aws:iam::aws:x"]),
    ),
    "anybody's role": (
        test_permissions.test_only_lambda_can_take_a_function_s_role_and_other_services_their_own,
        lambda all_: said(all_, "DialerRole")["AssumeRolePolicyDocument"]["Statement"][0].update(
            Principal={"AWS": "*"}
        ),
    ),
    "every partition": (
        test_permissions.test_items_are_reached_only_in_the_partitions_the_table_says,
        lambda all_: next(
            one for one in policy(all_, "DialerRole") if "dynamodb:LeadingKeys" in str(one)
        )["Condition"]["ForAllValues:StringLike"].update({"dynamodb:LeadingKeys": ["*"]}),
    ),
    "a secret by its Ref": (
        test_permissions.test_secrets_are_named_alike_in_every_policy,
        lambda all_: policy(all_, "DialerRole")[-1].update(Resource={"Ref": "VapiApiKey"}),
    ),
    "plain text to a queue": (
        test_permissions.test_queues_and_buckets_refuse_plain_text,
        lambda all_: all_.pop("DialJobsOverTlsOnly"),
    ),
    "plain text to the bucket": (
        test_permissions.test_queues_and_buckets_refuse_plain_text,
        lambda all_: said(all_, "ReportsOverTlsOnly")["PolicyDocument"]["Statement"][0].update(
            Effect="Allow"
        ),
    ),
    "an open queue": (
        test_resources.test_a_poison_message_ends_in_a_queue_that_keeps_it,
        lambda all_: said(all_, "DialJobs").update(SqsManagedSseEnabled=False),
    ),
    "no dead queue": (
        test_resources.test_a_poison_message_ends_in_a_queue_that_keeps_it,
        lambda all_: said(all_, "DialJobs").update(RedrivePolicy={}),
    ),
    "a dead queue that forgets": (
        test_resources.test_a_poison_message_ends_in_a_queue_that_keeps_it,
        lambda all_: said(all_, "DialJobsDead").update(MessageRetentionPeriod=60),
    ),
    "no alarm of age": (
        test_resources.test_every_queue_is_watched_for_age_and_every_dead_one_for_anything,
        lambda all_: all_.pop("JobsWaitTooLong"),
    ),
    "no alarm at a dead queue": (
        test_resources.test_every_queue_is_watched_for_age_and_every_dead_one_for_anything,
        lambda all_: all_.pop("JobsInDeadQueue"),
    ),
    "messages come again while one is at work": (
        test_resources.test_a_consumer_reports_single_failures_and_leaves_time_for_six_runs,
        lambda all_: said(all_, "DialJobs").update(VisibilityTimeout=179),
    ),
    "a batch that fails whole": (
        test_resources.test_a_consumer_reports_single_failures_and_leaves_time_for_six_runs,
        lambda all_: said(all_, "Dialer")["Events"]["DialJobs"]["Properties"].pop(
            "FunctionResponseTypes"
        ),
    ),
    "fewer executions than AWS takes": (
        test_resources.test_a_consumer_reports_single_failures_and_leaves_time_for_six_runs,
        lambda all_: said(all_, "Importer")["Events"]["ListJobs"]["Properties"].update(
            ScalingConfig={"MaximumConcurrency": 1}
        ),
    ),
    "a queue that takes all executions": (
        test_concurrency.test_mappings_that_are_always_there_stay_below_a_new_account,
        lambda all_: said(all_, "CallRouter")["Events"]["CallEvents"]["Properties"].update(
            ScalingConfig={"MaximumConcurrency": 50}
        ),
    ),
    "a queue without a limit": (
        test_concurrency.test_mappings_that_are_always_there_stay_below_a_new_account,
        lambda all_: said(all_, "Dialer")["Events"]["DialJobs"]["Properties"].pop("ScalingConfig"),
    ),
    "two queues that take all together": (
        test_concurrency.test_mappings_that_are_always_there_stay_below_a_new_account,
        lambda all_: said(all_, "Importer")["Events"]["ListJobs"]["Properties"].update(
            ScalingConfig={"MaximumConcurrency": 4}
        ),
    ),
    "a version that misses a change": (
        test_resources.test_code_and_layers_are_published_together,
        lambda all_: said(all_, "Dialer").pop("AutoPublishAliasAllProperties"),
    ),
    "a layer that is not published": (
        test_resources.test_code_and_layers_are_published_together,
        lambda all_: said(all_, "ContactCenterLayer").pop("PublishLambdaVersion"),
    ),
    "no way back in time": (
        test_resources.test_tables_can_be_restored_forget_and_outlive_the_stack,
        lambda all_: said(all_, "Calls").pop("PointInTimeRecoverySpecification"),
    ),
    "an open table": (
        test_resources.test_tables_can_be_restored_forget_and_outlive_the_stack,
        lambda all_: said(all_, "Calls").update(SSESpecification={"SSEEnabled": False}),
    ),
    "a table that never forgets": (
        test_resources.test_tables_can_be_restored_forget_and_outlive_the_stack,
        lambda all_: said(all_, "Calls").pop("TimeToLiveSpecification"),
    ),
    "a table that goes with the stack": (
        test_resources.test_tables_can_be_restored_forget_and_outlive_the_stack,
        lambda all_: all_["Calls"].update(DeletionPolicy="Delete"),
    ),
    "a queue in clear": (
        test_resources.test_every_queue_is_encrypted,
        lambda all_: said(all_, "EffectsDead").update(SqsManagedSseEnabled=False),
    ),
    "an open bucket": (
        test_resources.test_buckets_are_private_encrypted_and_forget,
        lambda all_: said(all_, "Reports").pop("BucketEncryption"),
    ),
    "a bucket for all": (
        test_resources.test_buckets_are_private_encrypted_and_forget,
        lambda all_: said(all_, "Reports")["PublicAccessBlockConfiguration"].update(
            BlockPublicAcls=False
        ),
    ),
    "a bucket that never forgets": (
        test_resources.test_buckets_are_private_encrypted_and_forget,
        lambda all_: said(all_, "Reports")["LifecycleConfiguration"]["Rules"].pop(0),
    ),
    "a log for ever": (
        test_resources.test_every_function_writes_to_a_log_of_its_own_that_forgets,
        lambda all_: said(all_, "DialerLogs").pop("RetentionInDays"),
    ),
    "a secret in the environment": (
        test_resources.test_no_secret_travels_in_an_environment_variable,
        lambda all_: said(all_, "Dialer")["Environment"]["Variables"].update(API_KEY="x"),
    ),
    "a secret resolved into the environment": (
        test_resources.test_no_secret_travels_in_an_environment_variable,
        lambda all_: said(all_, "Dialer")["Environment"]["Variables"].update(
            KEY_NAME="{{resolve:secretsmanager:x}}"
        ),
    ),
    "an alarm without its page": (
        test_resources.test_every_alarm_says_where_to_read_what_to_do,
        lambda all_: said(all_, "WebhookFails").update(
            AlarmDescription="docs/operations.md#nowhere"
        ),
    ),
    "an alarm that is told late": (
        test_resources.test_every_alarm_sounds_in_time,
        lambda all_: said(all_, "JobsInDeadQueue").update(Threshold=100),
    ),
    "a route without a throttle": (
        test_api.test_the_stage_and_every_route_are_throttled,
        lambda all_: said(all_, "Api")["RouteSettings"].pop("POST /trigger/outbound"),
    ),
    "a door as narrow as the rest": (
        test_concurrency.test_what_must_get_through_has_room_to_spare,
        lambda all_: said(all_, "Api")["RouteSettings"]["POST /vapi/webhook"].update(
            ThrottlingRateLimit=50
        ),
    ),
    "a body in the log of the door": (
        test_api.test_the_access_log_holds_no_body_header_query_or_path,
        lambda all_: said(all_, "Api")["AccessLogSettings"].update(
            Format='{"path":"$context.path"}'
        ),
    ),
    "old TLS at a domain": (
        test_rollout.test_a_domain_is_there_when_it_is_named_and_takes_no_old_tls,
        lambda all_: said(all_, "Domain")["DomainNameConfigurations"][0].update(
            SecurityPolicy="TLS_1_0"
        ),
    ),
    "a snapshot of what nobody waits for": (
        test_rollout.test_those_that_people_wait_for_may_start_from_a_snapshot_and_no_others,
        lambda all_: said(all_, "Importer").update(SnapStart={"ApplyOn": "PublishedVersions"}),
    ),
}


def hold(rule: Rule, template: dict[str, Any], of_kind: OfKind) -> None:
    """Hold a template to a rule, some of which need no more than it."""
    asks = inspect.signature(rule).parameters
    told = {"of_kind": of_kind, "written": template, "template": template}
    rule(**{name: told[name] for name in asks})


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_rule_notices_its_mistake(written: dict[str, Any], of_kind: OfKind, mistake: str) -> None:
    rule, plant = PLANTED[mistake]
    wrong = copy.deepcopy(written)
    hold(rule, wrong, of_kind)
    plant(wrong["Resources"])

    with pytest.raises((AssertionError, KeyError)):
        hold(rule, wrong, of_kind)

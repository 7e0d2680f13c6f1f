"""`make deploy ENV=`: a stack made or brought up to date, then Vapi, Twilio and HubSpot.

    python -m tools.deploy --env dev              # shows what would change, and asks
    python -m tools.deploy --env prod --yes       # for machines: shows it, and does not ask
    python -m tools.deploy --env prod --at-once   # a fix that cannot wait: no canary this time
    python -m tools.deploy --env dev --check      # whether it could begin, before it is built

`make build` has to have run, which `make deploy` does. It needs credentials as the AWS CLI does.
Nothing is deployed where the queues could take all executions of the account. The first deploy
of a stack ends with where the keys of the providers belong; any later one provisions, as
`make provision ENV=` does.

Exit status: 0 all is as wanted, 1 it is not, 2 nothing was done.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.understanding.adapters.second_opinion import WEIGHTS_NAME, WEIGHTS_PACKAGE
from local.cloud.intrinsics import TemplateError
from local.cloud.template_reader import read_template, setting_name
from tools import provision, run_sam
from tools.deployments import DEPLOYMENTS, ROOT, Aws, Deployment, DeploymentError, deployment_of
from tools.sam_overrides import written_overrides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
DONE, NOT_AS_WANTED, NOTHING_DONE = 0, 1, 2
KEPT_FOR_THE_DOOR = 2  # executions that no queue may take (docs/security.md)
LEFT_UNRESERVED = 100  # AWS reserves no more than leaves these
BY_SAM = "samcli-deploy"  # how SAM names its change sets
RESERVATIONS = ("WEBHOOK_CONCURRENCY", "OPERATOR_CONCURRENCY")
KEYS = {  # what the first deploy made up, and whose key belongs there
    "VapiApiKey": ("Vapi's private key", "key"),
    "TwilioWebhookSecret": ("Twilio's auth token, with a number there", "current"),
    "HubspotKey": ("HubSpot's service key, if it is told of calls", "current"),
    "CalcomKey": ("Cal.com's API key, if meetings are booked there", "current"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    arguments = _parser().parse_args(argv)
    try:
        if not (arguments.yes or sys.stdin.isatty()):
            print("not deployed: nobody is here to ask; YES=1 deploys without", file=sys.stderr)
            return NOTHING_DONE
        if arguments.check:
            deployment = deployment_of(arguments.env)
            _check_state(deployment, Aws(deployment).stack(deployment.stack))
            return DONE
        deployment = _asked_for(arguments)
        aws = Aws(deployment)
        found = aws.stack(deployment.stack)
        is_new = found is None
        _check_state(deployment, found)
        check_weights(arguments.template, deployment)
        _check_room(arguments.template, deployment, aws)
        if not _deployed(deployment, aws, arguments):
            return NOT_AS_WANTED
        if is_new:
            _tell_of_keys(deployment, aws)
            return DONE
    except (DeploymentError, TemplateError) as error:
        print(f"not deployed: {error}", file=sys.stderr)
        return NOTHING_DONE
    print("Deployed. What is at Vapi, Twilio and HubSpot:")
    status = provision.main(["--env", arguments.env, *(["--yes"] if arguments.yes else [])])
    return min(status, NOT_AS_WANTED)  # it was deployed, whatever became of that


def _check_state(deployment: Deployment, found: Mapping[str, Any] | None) -> None:
    """Raises DeploymentError when CloudFormation would not change the stack as it stands."""
    status = "" if found is None else str(found["StackStatus"])
    told = what_to_do_first(status, deployment)
    if told is not None:
        raise DeploymentError(f"{deployment.stack} is {status}: {told}")


def what_to_do_first(status: str, deployment: Deployment) -> str | None:
    """What to do about a stack before it can be deployed; None: nothing.

    Args:
        status: CloudFormation's word; "" where there is no stack.
        deployment: Which.
    """
    if status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}:
        return (
            "it never came into being, or only a part of it went. Its events say why "
            f"(CloudFormation, Events). make destroy ENV={deployment.env}, then deploy again"
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            "a deploy failed, and so did the way back. Its events say of what. aws cloudformation "
            f"continue-update-rollback --stack-name {deployment.stack}, then deploy again"
        )
    if status.endswith("_IN_PROGRESS"):
        return "something is being done with it; wait until that is over"
    return None


def _asked_for(arguments: argparse.Namespace) -> Deployment:
    """What is to be deployed. Raises DeploymentError."""
    deployment = deployment_of(arguments.env)
    if not arguments.template.is_file():
        raise DeploymentError("nothing was built; make build does it")
    if not arguments.at_once:
        return deployment
    return replace(deployment, overrides={**deployment.overrides, "Rollout": "AllAtOnce"})


def check_weights(built: Path, deployment: Deployment) -> None:
    """Raises DeploymentError when a second opinion is wanted that nobody has made."""
    for function in read_template(built, _settings(deployment)).functions.values():
        for layer in function.layers:
            weights = layer / WEIGHTS_PACKAGE
            if weights.is_dir() and not (weights / WEIGHTS_NAME).is_file():
                raise DeploymentError(
                    "SecondOpinion is on, and its weights are not built: "
                    "make second-opinion, then make deploy again"
                )


def _settings(deployment: Deployment) -> dict[str, str]:
    return {setting_name(name): value for name, value in deployment.overrides.items()}


def _check_room(built: Path, deployment: Deployment, aws: Aws) -> None:
    """Raises DeploymentError when the account has too few executions."""
    too_few = refusal(built, deployment, executions(aws))
    if too_few is not None:
        raise DeploymentError(too_few)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools.deploy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--env", required=True, help="dev, staging or prod (samconfig.toml)")
    parser.add_argument("--yes", action="store_true", help="ask nobody")
    parser.add_argument(
        "--at-once", action="store_true", help="give new versions all events at once"
    )
    parser.add_argument("--check", action="store_true", help="only say whether it could begin")
    parser.add_argument("--template", type=Path, default=BUILT, help="what sam build left")
    return parser


def executions(aws: Aws) -> int | None:
    """How many the account has for all its functions; None: we may not know, which is told."""
    try:
        told = aws.client("lambda").get_account_settings()
        return int(told["AccountLimit"]["ConcurrentExecutions"])
    except (ClientError, BotoCoreError, KeyError):
        print("The account's executions cannot be read: whether they suffice is not known.")
        return None


def refusal(template: Path, deployment: Deployment, account: int | None) -> str | None:
    """Why a stack must not be deployed into an account with so many executions; None: it may be.

    Raises:
        TemplateError: A parameter's value is not one.
    """
    if account is None:
        return None
    read = read_template(template, _settings(deployment))
    told: Mapping[str, str] = {setting_name(name): one for name, one in read.parameters.items()}
    reserved = sum(int(told[name]) for name in RESERVATIONS)
    taken = sum(one.maximum_concurrency or 0 for one in read.queue_mappings)
    kept = 0 if int(told["WEBHOOK_CONCURRENCY"]) else KEPT_FOR_THE_DOOR
    free = account - reserved
    if reserved and free < LEFT_UNRESERVED:
        return (
            f"{reserved} executions are to be reserved of the account's {account}, and AWS leaves "
            f"at least {LEFT_UNRESERVED} to all: raise the account's limit, or reserve fewer"
        )
    if taken + kept > free:
        return (
            f"the queues may take {taken} executions at once, the door needs {kept}, the account "
            f"leaves {free}: raise its limit, or lower RouterConcurrency, DialerConcurrency"
        )
    return None


def _deployed(deployment: Deployment, aws: Aws, arguments: argparse.Namespace) -> bool:
    """Show the change set and execute it; False: it was refused, or failed."""
    sys.stdout.flush()  # SAM writes beside us
    overrides = written_overrides(deployment.overrides)
    status = run_sam.main(
        [
            *("deploy", "--config-env", deployment.env, "--config-file", str(DEPLOYMENTS)),
            *("--template-file", str(arguments.template)),
            "--no-confirm-changeset" if arguments.yes else "--confirm-changeset",
            *(["--parameter-overrides", *overrides] if arguments.at_once else []),
        ]
    )
    if status:
        print("not deployed: what SAM says above", file=sys.stderr)
        return False
    left = _left_unexecuted(deployment.stack, aws)
    if left:
        print("Nothing was deployed.")
    return not left


def _left_unexecuted(stack: str, aws: Aws) -> bool:
    """Whether somebody said no, which SAM does not tell: take away what was planned."""
    cloudformation = aws.client("cloudformation")
    try:
        listed = cloudformation.list_change_sets(StackName=stack)["Summaries"]
    except ClientError:
        return aws.stack(stack) is None
    planned = [
        one
        for one in listed
        if one.get("ExecutionStatus") == "AVAILABLE"
        and one["ChangeSetName"].startswith(BY_SAM)  # others' are theirs
    ]
    for one in planned:
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=one["ChangeSetId"])
    return bool(planned)


def _tell_of_keys(deployment: Deployment, aws: Aws) -> None:
    secrets = aws.resources(deployment.stack)
    print(f"{deployment.stack} is there. Keys of yours belong into these secrets:")
    for logical, (whose, field) in KEYS.items():
        print(f"\n  # {whose}")
        print(f"  aws secretsmanager put-secret-value --secret-id '{secrets[logical][1]}' \\")
        print(f"""    --secret-string '{{"{field}": "…"}}'""")
    print(f"\nThen: make provision ENV={deployment.env}   (docs/deployment.md#deploy)")


if __name__ == "__main__":
    raise SystemExit(main())

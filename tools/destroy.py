"""`make destroy ENV=`: a deployed stack taken away, and what it leaves said before.

    python -m tools.destroy --env dev           # says what stays and why, and asks for the name
    python -m tools.destroy --env dev --plan    # says it, and takes nothing away
    python -m tools.destroy --env dev --yes     # for machines: asks nobody

Tables, the bucket and two keys stay, for they hold what people said and who must not be called,
and so does all that is at Vapi, Twilio and HubSpot (docs/deployment.md). It needs credentials as
the AWS CLI does.

Exit status: 0 it is gone, 1 it is not, 2 nothing was done.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tools import run_sam
from tools.deployments import Aws, DeploymentError, deployment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.deployments import Deployment

DONE, NOT_GONE, NOTHING_DONE = 0, 1, 2
KEPT = {  # what template.yaml retains, and why; a test compares
    "Calls": "what was said in calls and came of them, meetings, who did what",
    "Contacts": "campaigns, consents, and who has said that he must not be called",
    "Dialing": "whom we rang and when: without it somebody is rung again too soon",
    "Reports": "transcripts, lists, copies of recordings, and who is to be forgotten again",
    "AuditKey": "the key by which the audit trail marks customers",
    "ForgetKey": "the key by which people who were forgotten are known again",
}
AWAY = {
    "AWS::DynamoDB::Table": "aws dynamodb delete-table --table-name",
    "AWS::S3::Bucket": "aws s3 rb --force s3://",
    "AWS::SecretsManager::Secret": "aws secretsmanager delete-secret --secret-id",
}
MANY = 1000  # a bucket lists so many at once


@dataclass(frozen=True)
class Left:
    """A resource that stays when its stack goes."""

    logical: str
    kind: str
    name: str
    holds: str

    @property
    def command(self) -> str:
        """What takes it away for good."""
        space = "" if AWAY[self.kind].endswith("/") else " "
        return f"{AWAY[self.kind]}{space}{self.name}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="tools.destroy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--env", required=True, help="dev, staging or prod (samconfig.toml)")
    parser.add_argument("--yes", action="store_true", help="ask nobody")
    parser.add_argument("--plan", action="store_true", help="take nothing away")
    arguments = parser.parse_args(argv)
    try:
        deployment = deployment_of(arguments.env)
        stack, aws = deployment.stack, Aws(deployment)
        if aws.stack(stack) is None:
            print(f"not destroyed: there is no stack {stack}", file=sys.stderr)
            return NOTHING_DONE
        left = what_stays(aws, stack)
        _show(stack, left, len(aws.resources(stack)))
        if arguments.plan or not (arguments.yes or _agreed(stack)):
            print("Nothing was taken away.")
            return DONE if arguments.plan else NOT_GONE
        return _taken_away(deployment, left, aws)
    except DeploymentError as error:
        print(f"not destroyed: {error}", file=sys.stderr)
    except (ClientError, BotoCoreError) as error:
        print(f"not destroyed: AWS says {error}", file=sys.stderr)
    return NOTHING_DONE


def what_stays(aws: Aws, stack: str) -> list[Left]:
    """What of a stack stays when it goes, with how much is in it."""
    return [
        Left(logical, kind, name, _holds(aws, kind, name))
        for logical, (kind, name) in sorted(aws.resources(stack).items())
        if logical in KEPT and name
    ]


def _holds(aws: Aws, kind: str, name: str) -> str:
    if kind == "AWS::DynamoDB::Table":
        told = aws.client("dynamodb").describe_table(TableName=name)["Table"]
        return f"{told.get('ItemCount', 0)} items, as AWS counted them some hours ago"
    if kind == "AWS::SecretsManager::Secret":
        return "one key"
    files = aws.client("s3")
    return f"{_files(files, name)} files, {_files(files, name, 'recordings/')} of them recordings"


def _files(files: Any, bucket: str, prefix: str = "") -> str:  # noqa: ANN401 - botocore's
    told = files.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=MANY)
    return f"{told['KeyCount']}{' and more' if told.get('IsTruncated') else ''}"


def _show(stack: str, left: list[Left], resources: int) -> None:
    print(f"{stack} has {resources} resources. These stay, for nobody can make them again:")
    for one in left:
        print(f"  {one.name}\n    {KEPT[one.logical]}; {one.holds}")
    print(
        "\nWhat else stays, for it is not the stack's:\n"
        "  at Vapi      the number, the credential, the assistants; recordings as Vapi keeps them\n"
        "  at Twilio    the number and its addresses, which go on asking what is gone, so that\n"
        "               callers hear an error: point the number elsewhere first\n"
        "  at HubSpot   what was written there of calls\n"
        "  at AWS       backups of the tables; SAM's bucket, without this stack's files\n"
        "\nGone for good are its queues with what is in them, its logs, its alarms and its\n"
        "other secrets: keys that were made up here, and those that you put there."
    )


def _agreed(stack: str) -> bool:
    """Whether somebody at the terminal types the stack's name."""
    if not sys.stdin.isatty():
        print("Nobody is here to ask: --yes (YES=1) does it without.", file=sys.stderr)
        return False
    return input(f"\nType {stack} to take it away: ").strip() == stack


def _taken_away(deployment: Deployment, left: list[Left], aws: Aws) -> int:
    sys.stdout.flush()  # SAM writes beside us
    stack, region = deployment.stack, aws.client("cloudformation").meta.region_name
    whose = ["--profile", deployment.profile] if deployment.profile else []
    status = run_sam.main(
        ["delete", "--stack-name", stack, "--region", region, *whose, "--no-prompts"]
    )
    if status or aws.stack(stack) is not None:
        print(f"{stack} is still there: what SAM says above", file=sys.stderr)
        return NOT_GONE
    print(f"\n{stack} is gone. What stayed goes by hand, for good, when you mean it:")
    where = "".join(f" {one}" for one in ["--region", region, *whose])
    for one in left:
        print(f"  {one.command}{where}")
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())

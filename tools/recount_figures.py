"""`make recount-figures`: the figures are added up again from the records of calls and visits.

    python -m tools.recount_figures --from 2026-11-01 --to 2026-11-29
    python -m tools.recount_figures --from 2026-11-01 --mend --stack switchboard

What is told otherwise by the roll-ups is named; with --mend it is put right, and what nobody has
counted is marked, so that the reconciler's next ticks do. The day book, by which past calls are
found, is then made anew for these days, for those from before there was one as well. Without a
stack it looks at what `make up` runs here. With one it needs credentials as the AWS CLI does, which
may read the stack, read and write its table of calls and read that of dialing. The whole table of
calls is read: about a read unit for each 4 KB that are stored.

Exit status: 0 they agree, 1 they do not (with --mend: they did not), 2 usage or not reached.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from contact_center.aws.boto3_clients import Boto3Clients
from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.figures.adapters.dynamodb_counts import DynamoDBCountAudit, DynamoDBRollUps
from contact_center.figures.adapters.dynamodb_day_book import DynamoDBBookedCalls, DynamoDBDayBook
from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
from contact_center.figures.services.keep_day_book import DayBookParts, make_anew
from contact_center.figures.services.recount import RecountParts, recount
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import Environment
from contact_center.kernel.instants import read_day
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.kernel.system_clock import SystemClock
from contact_center.people.adapters.dynamodb_offers import DynamoDBOfferBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.figures.services.recount import Recounted

FOLDER = Path(__file__).resolve().parents[1] / ".local"
PATIENT_SECONDS = 20.0  # pages of a megabyte, and nobody waits
TEMPLATE = FOLDER.parent / "template.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where the tables are, and how long calls are kept."""

    aws: AwsSettings
    calls_table: str
    dialing_table: str
    retention_days: int


class NotReachedError(Exception):
    """There is nothing to recount there; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(prog="tools.recount_figures", description=__doc__)
    parser.add_argument("--from", dest="first", required=True, type=_day, help="YYYY-MM-DD, UTC")
    parser.add_argument("--to", dest="last", type=_day, help="YYYY-MM-DD, UTC; today")
    parser.add_argument("--mend", action="store_true", help="put right what is wrong")
    parser.add_argument("--stack", help="CloudFormation's name of the deployed system")
    arguments = parser.parse_args(argv)
    today = datetime.now(UTC).date()
    last = arguments.last or today
    if last < arguments.first:
        parser.error("--to must not be before --from")
    try:
        where = stack(arguments.stack) if arguments.stack else here(FOLDER)
        oldest = today - timedelta(days=where.retention_days - 1)
        if arguments.first < oldest:
            parser.error(f"--from must be {oldest} at the earliest: older calls are not all kept")
        found = recounted(where, arguments.first, last, mend=arguments.mend)
        leaves = book_made_anew(where, arguments.first, last) if arguments.mend else 0
    except ContentionError:
        print("not recounted to the end: others write the same; run it again", file=sys.stderr)
        return 2
    except (NotReachedError, StoreUnavailableError, StoreRefusedError) as error:
        print(f"not recounted: {error or type(error).__name__}", file=sys.stderr)
        return 2
    tell(found, mend=arguments.mend)
    if leaves:
        print(f"{leaves} leaves of the day book written")
    return 0 if found.agrees else 1


def recounted(where: Where, first: date, last: date, *, mend: bool) -> Recounted:
    """Recount some days. Raises StoreUnavailableError."""
    clock, aws = SystemClock(), LeanAws(where.aws)
    client = Boto3Clients.at(where.aws).dynamodb()
    offers = DynamoDBOfferBook(aws.connection("dynamodb"), where.dialing_table)
    parts = RecountParts(
        audit=DynamoDBCountAudit(client, where.calls_table, clock, where.retention_days),
        roll_ups=DynamoDBRollUps(client, where.calls_table),
        dials=DynamoDBDials(client, where.calls_table),
        offers_of=offers.of_visit,
        clock=clock,
    )
    try:
        return recount(first, last, parts, mend=mend)
    finally:
        aws.close()
        client.close()


def book_made_anew(where: Where, first: date, last: date) -> int:
    """Make the day book of some days anew; how many leaves were written.

    Raises ContentionError, StoreUnavailableError.
    """
    aws = LeanAws(where.aws)
    connection = aws.connection("dynamodb", PATIENT_SECONDS)
    parts = DayBookParts(
        book=DynamoDBDayBook(connection, where.calls_table, where.retention_days),
        calls=DynamoDBBookedCalls(connection, where.calls_table),
        clock=SystemClock(),
    )
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    try:
        return sum(make_anew(day, parts) for day in days)
    finally:
        aws.close()


def tell(found: Recounted, *, mend: bool) -> None:
    """Print what was found."""
    print(
        f"{found.calls} calls and {found.visits} visits, {found.waiting} to be counted yet; "
        f"{found.roll_ups} roll-ups, {found.moving} of them changed meanwhile"
    )
    for name in found.wrong:
        print(f"not the sum of what is counted: {name}")
    if found.behind:
        done = "marked: the next ticks count them" if mend else "counted otherwise than recorded"
        print(f"{found.behind} calls or visits {done}")
    if found.unreadable:
        print(f"{found.unreadable} cannot be read by this release")
    if found.corrected:
        print(f"{found.corrected} roll-ups put right")
    if found.agrees:
        print("the figures are what the records say")


def here(folder: Path) -> Where:
    """What `make up` runs here. Raises NotReachedError."""
    from local.cloud.pools import function_settings  # noqa: PLC0415 - with a local system only
    from local.cloud.resources import Names  # noqa: PLC0415
    from local.cloud.run_record import read_record  # noqa: PLC0415
    from local.cloud.template_reader import read_template  # noqa: PLC0415

    record = read_record(folder)
    if record is None:
        raise NotReachedError("nothing runs here (make up), and no --stack is named")
    template = read_template(TEMPLATE, record.settings)
    names = Names(template, record.endpoint_url)
    settings = function_settings(template.functions["Reconciler"], names, record.told)
    environment = Environment(settings.environment)
    return Where(
        aws=replace(AwsSettings.read(environment), endpoint_url=record.endpoint_url),
        calls_table=environment.required("CALLS_TABLE"),
        dialing_table=environment.required("DIALING_TABLE"),
        retention_days=environment.whole("RETENTION_DAYS", 90, 1, 3650),
    )


def stack(name: str) -> Where:
    """A deployed system. Raises NotReachedError."""
    session = get_session()
    found = session.get_credentials()
    if found is None:
        raise NotReachedError("there are no credentials; aws configure makes some")
    keys = found.get_frozen_credentials()
    try:
        client: Any = session.create_client("cloudformation")
        told = client.describe_stacks(StackName=name)["Stacks"][0]
        parameters = {one["ParameterKey"]: one["ParameterValue"] for one in told["Parameters"]}
        calls, dialing = (
            client.describe_stack_resource(StackName=name, LogicalResourceId=one)[
                "StackResourceDetail"
            ]["PhysicalResourceId"]
            for one in ("Calls", "Dialing")
        )
    except (BotoCoreError, ClientError, LookupError) as error:
        raise NotReachedError(f"the stack cannot be read: {error}") from None
    return Where(
        aws=AwsSettings(
            region=client.meta.region_name,
            access_key=keys.access_key or "",
            secret_key=keys.secret_key or "",
            session_token=keys.token,
            endpoint_url=None,
        ),
        calls_table=calls,
        dialing_table=dialing,
        retention_days=int(parameters["RetentionDays"]),
    )


def _day(said: str) -> date:
    day = read_day(said)
    if day is None:
        raise argparse.ArgumentTypeError("must be a date as YYYY-MM-DD")
    return day


if __name__ == "__main__":
    raise SystemExit(main())

"""The attempt ledger on DynamoDB: every step of an attempt is one transaction.

What an attempt, its customer and its line become is decided by the services; what is written
here is written together or not at all, on conditions that say "still as I read it":

    attempt      revision as read            customer     revision as read (lock and caps)
    line         lease absent, count below   permission   version as judged
    campaign     running, version as judged  switch       not stopped
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.item_writes import as_seen
from contact_center.aws.dynamodb.items import expires_at_s
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.transactions import in_parts, put_alone, transact
from contact_center.aws.dynamodb.writes import Refusal, Write, put_revised
from contact_center.dialing.adapters.attempt_items import (
    SWITCH_KEY,
    attempt_item,
    attempt_key,
    attempt_of,
    campaign_key,
)
from contact_center.dialing.adapters.customer_items import (
    customer_key,
    customer_of,
)
from contact_center.dialing.adapters.customer_write import customer_write
from contact_center.dialing.adapters.line_writes import IS_NEW
from contact_center.dialing.adapters.open_attempts import (
    count_unreadable,
    due_attempts,
    read_attempts,
)
from contact_center.dialing.adapters.read_together import ReadTogether
from contact_center.dialing.domain.due_attempts import DueFor
from contact_center.dialing.services.ledger_ports import (
    Change,
    ConditionLostError,
    FreeLine,
    TakeLine,
)
from contact_center.permission.adapters.permission_items import permission_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.dialing.adapters.line_writes import LineWrites
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_circumstances import Circumstances, Customer
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.ledger_ports import DueAttempts
    from contact_center.kernel.ports import Clock
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople

NOT_STOPPED = "attribute_not_exists(#stopped) OR #stopped = :no"
STILL_RUNNING = "#state = :running AND #version = :seen"


class DynamoDBAttempts:
    """AttemptLedger on the dialing and contacts tables."""

    def __init__(  # noqa: PLR0913, PLR0917 - two tables, and what both need
        self,
        client: DynamoDBClient,
        dialing_table: str,
        contacts_table: str,
        lines: LineWrites,
        clock: Clock,
        retention_days: int,
        forgotten: DynamoDBForgottenPeople | None = None,
    ) -> None:
        """Keep the parts.

        Args:
            client: boto3's low-level client.
            dialing_table: Name of the table of attempts, customers, lines and the switch.
            contacts_table: Name of the table of permissions and campaigns.
            lines: Of the calling account.
            clock: For leases and for `expires_at`.
            retention_days: How long DynamoDB keeps an attempt after its end.
            forgotten: Who was forgotten and is not to be called; None: whoever asks calls nobody.
        """
        self._client = client
        self._dialing = dialing_table
        self._contacts = contacts_table
        self._lines = lines
        self._clock = clock
        self._retention_days = retention_days
        self._together = ReadTogether(client, dialing_table, contacts_table, forgotten)

    def read(self, attempt_id: str) -> DialAttempt | None:
        """The attempt as stored, consistently. Raises StoreUnavailableError."""
        item = self._item(attempt_key(attempt_id))
        return attempt_of(item) if item else None

    def customer(self, number: str) -> Customer:
        """The customer alone, consistently. Raises StoreUnavailableError."""
        return customer_of(self._item(customer_key(number)), number)

    def circumstances(self, number: str, campaign_id: str | None) -> Circumstances:
        """Customer, permission, campaign and switch, each consistently.

        They are read in one request and not in one instant: the claim's conditions see to it
        that each is still as it was judged. Raises StoreUnavailableError.
        """
        return self._together.circumstances(number, campaign_id)[1]

    def read_with_customer(
        self, attempt_id: str, number: str
    ) -> tuple[DialAttempt | None, Customer]:
        """An attempt and whom it rings in one request; the customer may be older than it.

        Raises StoreUnavailableError.
        """
        item, customer = self._together.attempt_and_customer(attempt_id, number)
        return attempt_of(item) if item else None, customer_of(customer, number)

    def read_to_claim(
        self, attempt_id: str, number: str, campaign_id: str | None
    ) -> tuple[DialAttempt | None, Circumstances]:
        """An attempt and its circumstances in one request, as `read_with_customer` has it."""
        item, around = self._together.circumstances(number, campaign_id, attempt_id)
        return attempt_of(item) if item else None, around

    def enqueue(self, attempt: DialAttempt) -> bool:
        """Put an attempt if there is none of that id; False: there is one already.

        Raises StoreUnavailableError.
        """
        try:
            self._client.put_item(
                TableName=self._dialing,
                Item=attempt_item(attempt, self._expires_at_s()),
                ConditionExpression=IS_NEW,
                ExpressionAttributeNames={"#pk": "pk"},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return True

    def enqueue_all(self, attempts: Sequence[DialAttempt]) -> None:
        """Put each attempt of whose id there is none, a hundred in a request.

        Raises ContentionError, StoreRefusedError and StoreUnavailableError: some may have been
        written.
        """
        if len(attempts) == 1:
            self.enqueue(attempts[0])  # for half of what a transaction of one costs
            return
        expires = self._expires_at_s()
        self._write_each(
            [self._put(one.attempt_id, attempt_item(one, expires), 0) for one in attempts]
        )

    def commit(self, change: Change) -> None:
        """Write one change, all or nothing.

        A refusal may be the echo of our own success, when the reply to it got lost and the
        request was sent again: then the attempt stands exactly as it was to be written.

        Raises:
            ConditionLostError: a condition did not hold; nothing is written.
            ContentionError: another transaction was faster; nothing is written.
            StoreUnavailableError: nobody knows.
        """
        ours = attempt_item(
            replace(change.after, version=change.before.version + 1), self._expires_at_s()
        )
        writes = [self._put("attempt", ours, change.before.version)]
        if change.customer is not None:
            now_s = self._clock.now_ms() // 1000
            writes.append(customer_write(self._dialing, change.customer, now_s))
        writes += self._line(change.line)
        if change.checks is not None:
            writes += self.still_judged(change.checks.judged)
        alone = len(writes) == 1
        refused = put_alone(self._client, writes[0]) if alone else transact(self._client, writes)
        if refused and not _is_written(ours, refused):
            raise ConditionLostError(frozenset(refusal.label for refusal in refused))

    def commit_all(self, changes: Sequence[Change]) -> frozenset[str]:
        """Write each change whose attempt is unchanged; the ids of those that are written.

        Raises ContentionError, StoreRefusedError and StoreUnavailableError: some may have been
        written.
        """
        return self._write_each(self._puts(changes))

    def due(
        self,
        now_ms: int,
        limit: int,
        what: DueFor = DueFor.CARE,
        cursor: object | None = None,
    ) -> DueAttempts:
        """Ids of about so many open attempts with due_at_ms <= now_ms, the longest due first.

        From an index, so it may lag behind the table. Raises StoreUnavailableError.
        """
        return due_attempts(self._client, self._dialing, now_ms, limit, what, cursor)

    def read_many(self, attempt_ids: Sequence[str]) -> Mapping[str, DialAttempt]:
        """Attempts by id; one that is not there or cannot be read is left out.

        Raises StoreUnavailableError.
        """
        return read_attempts(self._client, self._dialing, attempt_ids)

    def stumble(self, attempt_id: str, cause: str, now_ms: int, timings: DialTimings) -> bool:
        """Count a failure with an attempt that cannot be read; whether it is set aside by it.

        Its JSON stays as it is; the count lies beside it, until somebody who can read the
        attempt writes it. Raises StoreUnavailableError.
        """
        return count_unreadable(self._client, self._dialing, attempt_id, cause, now_ms, timings)

    def _write_each(self, puts: Sequence[Write]) -> frozenset[str]:
        """Write each put whose condition holds, as many together as go; their labels."""
        written: set[str] = set()
        for part in in_parts(puts):
            left = part
            while left:
                lost = {refusal.label for refusal in transact(self._client, left)}
                left = [one for one in left if one.label not in lost]
                if not lost:
                    written |= {one.label for one in left}
                    break
        return frozenset(written)

    def _puts(self, changes: Sequence[Change]) -> list[Write]:
        expires = self._expires_at_s()
        return [
            self._put(
                change.before.attempt_id,
                attempt_item(replace(change.after, version=change.before.version + 1), expires),
                change.before.version,
            )
            for change in changes
        ]

    def _item(self, key: Item) -> Item | None:
        try:
            answer = self._client.get_item(TableName=self._dialing, Key=key, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        item: Item | None = answer.get("Item")
        return item

    def _put(self, label: str, item: Item, seen: int) -> Write:
        return Write(label, {"Put": put_revised(self._dialing, item, seen)})

    def _line(self, line: TakeLine | FreeLine | None) -> list[Write]:
        match line:
            case TakeLine():
                return self._lines.take(line.holder, self._clock.now_ms(), line.below)
            case FreeLine():
                return self._lines.free(line.holder)
            case None:
                return []

    def still_judged(self, judged: Circumstances) -> list[Write]:
        """The conditions that what a call was allowed by is still so; see StillAsJudged."""
        permission = {
            "TableName": self._contacts,
            "Key": permission_key(judged.customer.number),
        } | as_seen(judged.permission.version)
        switch = {
            "TableName": self._dialing,
            "Key": SWITCH_KEY,
            "ConditionExpression": NOT_STOPPED,
            "ExpressionAttributeNames": {"#stopped": "stopped"},
            "ExpressionAttributeValues": {":no": {"BOOL": False}},
        }
        writes = [Write("permission", {"ConditionCheck": permission})]
        if judged.campaign is not None:
            campaign = {
                "TableName": self._contacts,
                "Key": campaign_key(judged.campaign.campaign_id),
                "ConditionExpression": STILL_RUNNING,
                "ExpressionAttributeNames": {"#state": "state", "#version": "version"},
                "ExpressionAttributeValues": {
                    ":running": {"S": "running"},
                    ":seen": {"N": str(judged.campaign.version)},
                },
            }
            writes.append(Write("campaign", {"ConditionCheck": campaign}))
        return [*writes, Write("switch", {"ConditionCheck": switch})]

    def _expires_at_s(self) -> int:
        return expires_at_s(self._clock.now_ms(), self._retention_days)


def _is_written(ours: Item, refused: Sequence[Refusal]) -> bool:
    stands = next((one.stands for one in refused if one.label == "attempt"), None) or {}
    return all(stands.get(name) == ours[name] for name in ("revision", "said"))

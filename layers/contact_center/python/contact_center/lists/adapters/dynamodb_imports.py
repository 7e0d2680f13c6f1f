"""Imports, previews and exports on the contacts table.

An import writes new contacts, its own checkpoint and the campaign's count in one transaction,
so its report adds up whatever is repeated.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import pages_of
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.item_writes import as_seen, put_seen
from contact_center.aws.dynamodb.items import dumps, known_fields, number, read_each, text
from contact_center.aws.dynamodb.needs_index import NEEDS, SINCE
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.transactions import transact
from contact_center.aws.dynamodb.writes import Write
from contact_center.campaigns.adapters.campaign_items import COUNTED, campaign_key, contact_item
from contact_center.campaigns.adapters.dynamodb_contacts import add
from contact_center.campaigns.domain.contacts import SHARDS, ContactState
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.lists.adapters.dynamodb_open_lists import failed_marks, open_marks
from contact_center.lists.services.import_ports import (
    BadLine,
    CampaignJob,
    ImportJob,
    ImportMovedOnError,
    ImportState,
    JobState,
    ListWarning,
    NationalSource,
    TakingOff,
)
from contact_center.lists.services.list_ports import ListJob, ListKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.campaigns.domain.contacts import CampaignContact

TRIES = 4
JOB = "job"


class DynamoDBImports:
    """ImportStore and JobStore's common ground: versioned items of a campaign."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def create(self, job: ImportJob) -> bool:
        """Put a job, version 1, unless there is one of that id; False then.

        Nobody is needed any more for those that failed before it.
        """
        made = put_seen(self._client, self._table, _import_item(replace(job, version=1)), 0)
        if made:
            self._only_the_latest_needs_somebody(job.campaign_id)
        return made

    def _only_the_latest_needs_somebody(self, campaign_id: str) -> None:
        """Of lists that failed; it is looked at whenever one is made, and whenever one fails.

        So whichever of the two comes last sees both. Where that cannot be done now it is left: the
        list is made, or has failed, all the same.
        """
        with suppress(StoreUnavailableError):
            jobs = self.of_campaign(campaign_id)
            latest_ms = max((one.created_at_ms for one in jobs), default=0)
            for one in jobs:
                if one.failed and one.created_at_ms < latest_ms:
                    self._needs_nobody(one)

    def _needs_nobody(self, job: ImportJob) -> None:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=import_key(job.import_id),
                UpdateExpression="REMOVE #needs, #since",
                ConditionExpression="attribute_exists(#needs)",
                ExpressionAttributeNames={"#needs": NEEDS, "#since": SINCE},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def read(self, import_id: str) -> ImportJob | None:
        """The job, or None. Raises StoreUnavailableError."""
        item = get(self._client, self._table, import_key(import_id))
        return _import_of(item) if item else None

    def of_campaign(self, campaign_id: str) -> Sequence[ImportJob]:
        """All imports of a campaign but those that cannot be read: of a newer release, say.

        Raises StoreUnavailableError.
        """
        asked = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "#pk = :pk AND begins_with(#sk, :import)",
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":pk": {"S": keys.campaign(campaign_id)},
                ":import": {"S": keys.IMPORT},
            },
        }
        items = list(pages_of(self._client, asked))
        return read_each(items, _import_of, "sk", keys.IMPORT)[0]

    def commit(self, job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
        """Put those contacts that are new, and the job's progress with them: all or nothing.

        The first try takes all of them for new; those that are refused are known.

        Raises:
            ImportMovedOnError: The stored job has another version.
            StoreUnavailableError: Nobody knows.
        """
        new = list(contacts)
        while True:
            known = len(contacts) - len(new)
            stored = replace(
                job,
                added=job.added + len(new),
                known=job.known + known,
                version=job.version + 1,
            )
            lost = self._try(stored, new)
            if JOB in lost:
                raise ImportMovedOnError
            if not lost:
                if stored.failed:
                    self._only_the_latest_needs_somebody(stored.campaign_id)
                return stored
            new = [one for one in new if one.contact_id not in lost]

    def _try(self, stored: ImportJob, new: Sequence[CampaignContact]) -> frozenset[str]:
        writes = [
            Write(
                one.contact_id,
                {
                    "Put": {
                        "TableName": self._table,
                        "Item": contact_item(replace(one, version=1), 0),
                    }
                    | as_seen(0)
                },
            )
            for one in new
        ]
        item = _import_item(stored)
        put = {"TableName": self._table, "Item": item} | as_seen(stored.version - 1)
        writes.append(Write(JOB, {"Put": put}))
        if new:
            key = campaign_key(stored.campaign_id, keys.count(stored.version % SHARDS))
            label = f"{COUNTED}{ContactState.WAITING}"
            writes.append(Write("count", {"Update": add(self._table, key, {label: len(new)})}))
        for _ in range(TRIES):
            try:
                return frozenset(refusal.label for refusal in transact(self._client, writes))
            except ContentionError:
                continue
        raise StoreUnavailableError


class DynamoDBJobs:
    """JobStore on the contacts table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def create(self, job: CampaignJob) -> bool:
        """Put a job, version 1, unless there is one of that id; False then."""
        return put_seen(self._client, self._table, _job_item(replace(job, version=1)), 0)

    def read(self, campaign_id: str, job_id: str) -> CampaignJob | None:
        """The job, or None. Raises StoreUnavailableError."""
        key = campaign_key(campaign_id, keys.job(job_id))
        item = get(self._client, self._table, key)
        if not item:
            return None
        said = known_fields(CampaignJob, json.loads(text(item, "said") or "{}"))
        said["state"] = JobState(said["state"])
        said["parts"] = tuple((number, tag) for number, tag in said.get("parts", ()))
        said["examples"] = {
            label: tuple((list_id, row) for list_id, row in rows)
            for label, rows in said.get("examples", {}).items()
        }
        return CampaignJob(**said, version=number(item, "version") or 0)

    def save(self, job: CampaignJob) -> CampaignJob | None:
        """Write it with the next version; None when the stored version is another."""
        stored = replace(job, version=job.version + 1)
        done = put_seen(self._client, self._table, _job_item(stored), job.version)
        return stored if done else None


def import_key(import_id: str) -> Item:
    """The key of an import."""
    return campaign_key(import_id.rpartition(".")[0], keys.contact_import(import_id))


def _import_item(job: ImportJob) -> Item:
    said = asdict(job)
    del said["version"]
    kind = ListKind.IMPORT if job.national is None else ListKind.NATIONAL
    marked = ListJob(kind, job.campaign_id, job.import_id)
    return import_key(job.import_id) | {
        "version": {"N": str(job.version)},
        "said": {"S": dumps(said)},
        **(failed_marks(marked, job) if job.failed else open_marks(marked, job.look_at_ms)),
    }


def _import_of(item: Mapping[str, Any]) -> ImportJob:
    said = known_fields(ImportJob, json.loads(text(item, "said") or "{}"))
    said["state"] = ImportState(said["state"])
    said["columns"] = tuple(said["columns"])
    said["first_bad"] = tuple(_bad_line(one) for one in said["first_bad"])
    said["error"] = _bad_line(said["error"]) if said.get("error") else None
    said["warnings"] = tuple(
        ListWarning(**known_fields(ListWarning, one)) for one in said.get("warnings", ())
    )
    if said.get("national"):
        said["national"] = NationalSource(**said["national"])
    said["taking_off"] = TakingOff(**said.get("taking_off", {}))
    return ImportJob(**said, version=number(item, "version") or 0)


def _bad_line(said: dict[str, Any]) -> BadLine:
    return BadLine(**known_fields(BadLine, said))


def _job_item(job: CampaignJob) -> Item:
    said = asdict(job)
    del said["version"]
    marked = ListJob(ListKind(job.kind), job.campaign_id, job.job_id)
    return campaign_key(job.campaign_id, keys.job(job.job_id)) | {
        "version": {"N": str(job.version)},
        "said": {"S": dumps(said)},
        **open_marks(marked, job.look_at_ms),
    }

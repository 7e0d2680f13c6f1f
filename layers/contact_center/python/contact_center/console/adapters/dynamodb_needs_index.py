"""What waits for a person, off the index `needs` of a table."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, number, text
from contact_center.aws.dynamodb.lean import query_lean
from contact_center.aws.dynamodb.needs_index import INDEX, NEEDS, PERSON, SINCE
from contact_center.aws.dynamodb.troubles import name_of, trouble_of
from contact_center.campaigns.adapters.campaign_items import campaign_of
from contact_center.console.services.need_ports import Aside, FailedImport, FoundNeeds
from contact_center.conversations.adapters.call_items import plausible
from contact_center.conversations.adapters.dynamodb_follow_ups import LEAVING, NUMBER
from contact_center.conversations.adapters.fact_items import fact_of
from contact_center.conversations.services.ports.follow_ups import FollowUp
from contact_center.dialing.adapters.attempt_items import attempt_of
from contact_center.dialing.services.dialing_ports import LineLease
from contact_center.forgetting.adapters.dynamodb_forgettings import forgetting_of
from contact_center.kernel.data_classes import dataclass
from contact_center.queue.adapters.queue_items import entry_of
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.records.adapters.effect_items import dead_of
from contact_center.visits.adapters.visit_items import kept_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.aws.connection import AwsConnection
    from contact_center.console.domain.needs import Need
    from contact_center.console.services.tell_needs import NeedRules

    type Found = Mapping[str, Any]

MOST = 300  # of a table: then there are more


@dataclass(frozen=True, slots=True)
class DynamoDBNeeds:
    """NeedSource on one table: a query, and a row for whatever needs somebody still."""

    connection: AwsConnection
    table: str
    rules: NeedRules
    name: str
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource; the index may lag a moment behind the table."""
        until_ms = max(self.rules.clock.now_ms(), self.rules.civil_ms())
        page = query_lean(
            self.connection,
            self.table,
            IndexName=INDEX,
            Limit=MOST,
            KeyConditionExpression="#needs = :person AND #since <= :until",
            ExpressionAttributeNames={"#needs": NEEDS, "#since": SINCE},
            ExpressionAttributeValues={":person": {"S": PERSON}, ":until": {"N": str(until_ms)}},
        )
        found = (need_in(self.rules, item) for item in page.get("Items", ()))
        rows = [one for one in found if one is not None]
        return FoundNeeds(rows, "LastEvaluatedKey" not in page)


def need_in(rules: NeedRules, item: Found) -> Need | None:
    """What an item of the index says; None: it needs nobody, or cannot be read."""
    pk = text(item, "pk") or ""
    for begins, read in READERS.items():
        if pk.startswith(begins):
            with suppress(*UNREADABLE):
                return read(rules, item)
    if pk.startswith(keys.ATTEMPTS):
        return rules.unreadable_attempt(pk.removeprefix(keys.ATTEMPTS))
    return None


def _aside(rules: NeedRules, item: Found) -> Need | None:
    trouble = trouble_of(item)
    return rules.aside(Aside(name_of(trouble), trouble))


def _overdue(rules: NeedRules, item: Found) -> Need | None:
    entry = entry_of(item)
    return rules.callback(entry) if entry.state in IS_CALLED else None


def _follow_up(rules: NeedRules, item: Found) -> Need | None:
    fact = fact_of(item)
    if not isinstance(fact, LEAVING):
        return None
    left = FollowUp(called=fact, asked_at_ms=plausible(fact.at_ms), record=None)
    return rules.follow_up(left, text(item, NUMBER))


def _line(rules: NeedRules, item: Found) -> Need | None:
    held = text(item, "holder") or "", number(item, "taken_at_ms") or 0, text(item, "number")
    return rules.line(LineLease(*held))


def _of_campaign(rules: NeedRules, item: Found) -> Need | None:
    """A campaign, or a list of its that failed."""
    if (text(item, "sk") or "") == keys.CAMPAIGN:
        return rules.campaign(campaign_of(item))
    if text(item, "due_shard") != keys.FAILED_LISTS:
        return None
    import_id, campaign_id = text(item, "job_id") or "", text(item, "campaign_id") or ""
    return rules.failed_import(FailedImport(import_id, campaign_id, number(item, "due_at_ms") or 0))


def _rest(rules: NeedRules, item: Found) -> Need | None:
    number_id = (text(item, "pk") or "").removeprefix(keys.CALLERS)
    return rules.rest(number_id, number(item, "until_ms") or 0, text(item, "reason") or "")


READERS: Mapping[str, Callable[[NeedRules, Found], Need | None]] = {
    keys.ATTEMPTS: lambda rules, item: rules.attempt(attempt_of(item)),
    keys.ASIDE: _aside,
    keys.ENTRIES: _overdue,
    keys.KEPT: lambda rules, item: rules.callback(entry_of(item)),
    keys.LINES: _line,
    keys.DEAD_ONES: lambda rules, item: rules.dead_effect(dead_of(item)),
    keys.CALLS: _follow_up,
    keys.VISITS: lambda rules, item: rules.voicemail(kept_of(item).visit),
    keys.CAMPAIGNS: _of_campaign,
    keys.CALLERS: _rest,
    keys.FORGOTTEN_ONES: lambda rules, item: rules.forgetting(
        forgetting_of(item, text(item, "job_id") or "")
    ),
}

"""Builds what settles attempts and counts lines: as little as the router needs of dialing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.adapters.civil_time import civil_clock
from contact_center.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.adapters.dynamodb_lines import DynamoDBLines
from contact_center.adapters.line_writes import LineWrites
from contact_center.domain.dial_timings import DialTimings
from contact_center.services.change_attempt import LedgerParts
from contact_center.services.settle_attempt import SettleParts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.dialing_settings import LedgerSettings
    from contact_center.services.ports import Clock, Metrics

# All calls leave from one account at Vapi and Twilio, which share their limits among everything
# that calls. A second account would be a second word here.
CALLING_ACCOUNT = "main"

LONGEST_CALL_SECONDS = 600  # Vapi's own, for an assistant that names none (facts/vapi.md §4)


def settle_parts(
    client: DynamoDBClient,
    settings: LedgerSettings,
    assistants: Mapping[str, Mapping[str, Any]],
    clock: Clock,
    metrics: Metrics,
) -> SettleParts:
    """What taking note of calls needs.

    Args:
        client: boto3's low-level client.
        settings: Where everything is.
        assistants: Of the configuration: the longest call one of them allows is the longest.
        clock: The machine's.
        metrics: Of the function.
    """
    longest_seconds = max(
        int(assistant.get("maxDurationSeconds", LONGEST_CALL_SECONDS))
        for assistant in assistants.values()
    )
    ledger = LedgerParts(
        ledger=DynamoDBAttempts(
            client,
            settings.dialing_table,
            settings.contacts_table,
            LineWrites(settings.dialing_table, CALLING_ACCOUNT),
            clock,
            settings.retention_days,
        ),
        clock=clock,
        civil=civil_clock(settings.civil),
        metrics=metrics,
        timings=DialTimings(max_call_ms=longest_seconds * 1000),
    )
    lines = DynamoDBLines(client, settings.dialing_table, CALLING_ACCOUNT)
    return SettleParts(ledger=ledger, lines=lines)

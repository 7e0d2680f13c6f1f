"""Builds what operators' figures are read from. In the shape of wiring.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.adapters.dynamodb_attempt_count import DynamoDBAttemptCount
from contact_center.adapters.dynamodb_call_list import DynamoDBCallList
from contact_center.adapters.dynamodb_lines import DynamoDBLines
from contact_center.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.adapters.sqs_queue_depths import QueuePair, SqsQueueDepths
from contact_center.adapters.system_clock import SystemClock
from contact_center.figure_settings import FigureSettings
from contact_center.ledger_wiring import CALLING_ACCOUNT
from contact_center.services.read_figures import FigureDesk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.adapters.boto3_clients import Boto3Clients


def figure_desk(clients: Boto3Clients, dynamodb: DynamoDBClient) -> FigureDesk:
    """Where operators ask for figures; no network is touched before the first question.

    Args:
        clients: For the queues.
        dynamodb: The client that the function has already.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
    """
    settings = FigureSettings.read()
    queues = [QueuePair(name=name, url=url, dead_url=dead) for name, url, dead in settings.queues]
    return FigureDesk(
        calls=DynamoDBCallList(dynamodb, settings.calls_table),
        lines=DynamoDBLines(dynamodb, settings.dialing_table, CALLING_ACCOUNT),
        switch=DynamoDBSwitch(dynamodb, settings.dialing_table),
        attempts=DynamoDBAttemptCount(dynamodb, settings.dialing_table),
        queues=SqsQueueDepths(clients.sqs, queues),
        clock=SystemClock(),
        lines_of=settings.pace.lines,
        lines_for_inbound=settings.pace.lines_for_inbound,
    )

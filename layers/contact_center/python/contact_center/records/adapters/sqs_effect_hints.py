"""The queue `effects`, without boto3: the function behind it and the router send there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.sqs_lean import LeanSqsQueue
from contact_center.aws.sqs_records import said_in_version
from contact_center.kernel.field_errors import BadMessageError
from contact_center.records.services.effect_hints import MOST_SECONDS, EffectHint, HintKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.connection import AwsConnection

HINT_VERSION = 1
LONGEST_NAME = 256


class SqsEffectHints:
    """EffectHints on SQS."""

    def __init__(self, connection: AwsConnection, queue_url: str) -> None:
        """Keep the connection to SQS and the queue's URL."""
        self._queue = LeanSqsQueue(connection, queue_url)

    def send(self, hint: EffectHint) -> None:
        """Append one hint; see EffectHints."""
        self._queue.send(hint_text(hint), {}, min(max(hint.in_seconds, 0), MOST_SECONDS))


def hint_text(hint: EffectHint) -> str:
    """A hint as the queue carries it; when it is to come is the queue's affair."""
    said: dict[str, object] = {
        "version": HINT_VERSION,
        "kind": hint.kind.value,
        "receiver": hint.receiver,
    }
    if hint.kind is not HintKind.DRAIN:
        said["customer"] = hint.customer
    if hint.kind is HintKind.CARD:
        said["callId"] = hint.call_id
    return json.dumps(said, separators=(",", ":"))


def read_hint(record: Mapping[str, Any]) -> EffectHint:
    """Read one record of an SQS event.

    Raises:
        BadMessageError: It is no hint of a version that this release can read.
    """
    said = said_in_version(record, HINT_VERSION)
    kind = said.get("kind")
    if kind not in list(HintKind):
        raise BadMessageError("kind", f"must be one of {', '.join(HintKind)}")
    receiver = _name(said, "receiver")
    if kind == HintKind.DRAIN:
        return EffectHint(HintKind.DRAIN, receiver)
    customer = _name(said, "customer")
    if kind == HintKind.CARD:
        return EffectHint(HintKind.CARD, receiver, customer, call_id=_name(said, "callId"))
    return EffectHint(HintKind.LINE, receiver, customer)


def _name(said: Mapping[str, Any], field: str) -> str:
    name = said.get(field)
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise BadMessageError(field, f"must be a text of 1 to {LONGEST_NAME} characters")
    return name

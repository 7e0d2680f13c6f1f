"""Troubles that only a person settles, put into a running system as its functions leave them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.records.adapters.dynamodb_effects import DynamoDBEffects
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import Stage
from contact_center.records.domain.effects import Effect, EffectKind

if TYPE_CHECKING:
    from local.cloud.system import LocalSystem

CALLS, DIALING = "switchboard-Calls", "switchboard-Dialing"
RECEIVER = "built_in"


def doubt(system: LocalSystem, number: str, now_ms: int) -> str:
    """A dial of which nobody can find out whether it rang; its attempt's id."""
    request = DialRequest(
        attempt_id=attempt_id("browser", number, 1),
        number=number,
        prefix=number[:5],
        purpose="informational",
        assistant="sales",
        created_at_ms=now_ms - 600_000,
        expires_at_ms=now_ms + 3_600_000,
    )
    doubtful = DialAttempt(
        request=request,
        state=AttemptState.DOUBTFUL,
        posts=1,
        slot_at_ms=now_ms - 590_000,
        counts_at_ms=now_ms - 590_000,
        due_at_ms=None,
    )
    kept_until_s = now_ms // 1_000 + 86_400  # what has expired is swept away within the minute
    system.client("dynamodb").put_item(TableName=DIALING, Item=attempt_item(doubtful, kept_until_s))
    return request.attempt_id


def given_up(system: LocalSystem, number: str, now_ms: int) -> str:
    """Something that a receiver never took; the effect's id."""
    client: Any = system.client("dynamodb")
    name = f"given-up-{number[-4:]}"
    effect = Effect(name, number, 0, EffectKind.CALL, RECEIVER, {}, now_ms - 600_000, "a-call")
    parts = [write.request for write in effect_writes(CALLS, [effect], now_ms)]
    client.transact_write_items(TransactItems=parts)
    lines = DynamoDBEffects(client, CALLS, 90)
    line = lines.read(LineName(number, RECEIVER))
    assert line is not None
    run = replace(line.run, stage=Stage.DEAD, cause="validation")
    assert lines.close(line, run, lines.effect(line), now_ms)
    return name

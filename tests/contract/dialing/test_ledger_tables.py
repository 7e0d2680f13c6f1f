"""The ledger on the real tables alone: races, replies that get lost, later releases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.adapters.attempt_items import SWITCH_KEY
from contact_center.dialing.domain.dial_circumstances import CampaignGate
from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
)
from contact_center.kernel.ports import (
    ContentionError,
)
from tests.contract.dialing.ledger_world import (
    CAMPAIGN,
    NOW_MS,
    NUMBER,
    RealWorld,
    claim,
    claim_change,
    lost_by,
    queued,
    ready,
    settle,
)

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt


def count_of(world: RealWorld) -> int:
    key = {"pk": {"S": "LINES#main"}, "sk": {"S": "COUNT"}}
    item = world.client.get_item(TableName=world.dialing, Key=key, ConsistentRead=True)["Item"]
    return int(item["count"]["N"])


def test_of_dialers_who_claim_one_attempt_at_once_one_wins(real: RealWorld) -> None:
    attempt = ready(real)
    judged = real.ledger.circumstances(NUMBER, CAMPAIGN)

    def attempted(token: str) -> str | None:
        try:
            real.ledger.commit(claim_change(attempt, judged, token))
        except (ConditionLostError, ContentionError):
            return None
        return token

    with ThreadPoolExecutor(8) as pool:
        won = [one for one in pool.map(attempted, map(str, range(16))) if one]
    stored = real.ledger.read(attempt.attempt_id)
    assert stored is not None
    assert won == [stored.token]
    assert count_of(real) == 1


def test_the_last_line_is_taken_by_one_dialer(real: RealWorld) -> None:
    real.campaign(CampaignGate(campaign_id=CAMPAIGN, running=True, version=3))
    attempts = [queued(number=f"+141555501{n:02}") for n in range(16)]
    for attempt in attempts:
        real.ledger.enqueue(attempt)

    def attempted(attempt: DialAttempt) -> bool:
        try:
            claim(real, attempt, below=5)
        except (ConditionLostError, ContentionError):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(attempted, attempts))
    assert won == len(real.lines.held()) == count_of(real) == 5


def test_of_those_who_tell_an_end_at_once_one_frees_the_line(real: RealWorld) -> None:
    real.lines.admit("call:other", NOW_MS)
    real.lines.admit("call:a", NOW_MS)

    def told(_: int) -> bool:
        try:
            return real.lines.leave("call:a", NOW_MS)
        except ContentionError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(told, range(16))) == 1
    assert count_of(real) == 1


def test_an_own_success_whose_reply_got_lost_is_not_taken_for_a_refusal(real: RealWorld) -> None:
    attempt = ready(real)
    change = claim_change(attempt, real.ledger.circumstances(NUMBER, CAMPAIGN))
    real.ledger.commit(change)
    real.ledger.commit(change)  # boto3 asks again, with nothing to show that it did
    assert count_of(real) == 1
    judged = replace(change.checks, judged=change.checks.judged) if change.checks else None
    other = replace(change, after=replace(change.after, token="theirs"), checks=judged)
    assert "attempt" in lost_by(real, other)


def test_a_settled_attempt_expires_and_an_open_one_does_not(real: RealWorld) -> None:
    attempt = ready(real)
    key = {"pk": {"S": f"ATTEMPT#{attempt.attempt_id}"}, "sk": {"S": "ATTEMPT"}}

    def item() -> dict[str, dict[str, str]]:
        found = real.client.get_item(TableName=real.dialing, Key=key, ConsistentRead=True)
        stored: dict[str, dict[str, str]] = found["Item"]
        return stored

    assert "expires_at" not in item()
    settle(real, claim(real, attempt))
    assert item()["expires_at"] == {"N": str(NOW_MS // 1000 + 90 * 86_400)}
    assert "open" not in item()
    assert item()["state"] == {"S": "settled"}


def test_an_attempt_of_a_later_release_is_not_guessed_at(real: RealWorld) -> None:
    attempt = ready(real)
    real.client.update_item(
        TableName=real.dialing,
        Key={"pk": {"S": f"ATTEMPT#{attempt.attempt_id}"}, "sk": {"S": "ATTEMPT"}},
        UpdateExpression="SET #version = :next",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":next": {"N": "3"}},
    )
    with pytest.raises(UnreadableItemError) as refused:
        real.ledger.read(attempt.attempt_id)
    assert refused.value.field == "version"


def test_a_switch_of_which_nobody_can_say_how_it_stands_stops_everything(real: RealWorld) -> None:
    """A half-written or a restored item: who cannot read it does not dial."""
    ready(real)
    real.client.put_item(TableName=real.dialing, Item=SWITCH_KEY)

    assert real.switch.read().stopped
    assert real.ledger.circumstances(NUMBER, CAMPAIGN).switch.stopped

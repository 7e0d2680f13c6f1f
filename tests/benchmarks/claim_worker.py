"""A worker: claims attempts one after the other, and beside each a bare transaction of its size."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.dial_attempts import Claimed, DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.change_attempt import change_for
from contact_center.dialing.services.judge_call import judge_call
from contact_center.dialing.services.ledger_ports import StillAsJudged
from contact_center.permission.domain.contactability import Allow
from contact_center.wiring.dialer import dialer_parts
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.benchmarks.stage import answer, people
from tests.functional.dialing.dialing_rig import MS_PER_HOUR

if TYPE_CHECKING:
    from contact_center.dialing.services.ledger_ports import Change
    from contact_center.dialing.services.place_call import PlaceParts

WARM_UP = 20


class Claims:
    """Claims as the dialer makes them, and what they are measured by."""

    def __init__(self, place: PlaceParts) -> None:
        self.place = place
        self.ledger = cast("Any", place.ledger.ledger)
        self.client = self.ledger._client
        self.sent: list[dict[str, Any]] = []
        self.client.meta.events.register("before-call.dynamodb.TransactWriteItems", self._keep)

    def _keep(self, params: dict[str, Any], **_: object) -> None:
        self.sent = json.loads(params["body"])["TransactItems"]

    def timed(self, number: str) -> dict[str, float]:
        """Milliseconds of reading and judging, of the claim, and of the bare transaction."""
        attempt = self._queued(number)
        began = time.perf_counter()
        change = self._judged(attempt)
        judged = time.perf_counter()
        self.ledger.commit(change)
        claimed = time.perf_counter()
        bare = self._bare()
        again = time.perf_counter()
        self.client.transact_write_items(TransactItems=bare)
        ended = time.perf_counter()
        return {
            "judge": (judged - began) * 1_000,
            "claim": (claimed - judged) * 1_000,
            "bare": (ended - again) * 1_000,
        }

    def _queued(self, number: str) -> DialAttempt:
        at_ms = self.place.ledger.clock.now_ms()
        request = DialRequest(
            attempt_id=attempt_id("benchmark", number),
            number=number,
            prefix=number[:5],
            purpose="marketing",
            assistant="sales",
            created_at_ms=at_ms,
            expires_at_ms=at_ms + MS_PER_HOUR,
        )
        attempt = DialAttempt(request=request, due_at_ms=at_ms + 60_000)
        if not self.ledger.enqueue(attempt):
            raise BenchmarkError("an attempt was there already")
        return replace(attempt, version=1)

    def _judged(self, attempt: DialAttempt) -> Change:
        place, now_ms = self.place, self.place.ledger.clock.now_ms()
        request = attempt.request
        stored = self.ledger.read(request.attempt_id)
        around = self.ledger.circumstances(request.number, request.campaign_id)
        verdict = judge_call(request, around, now_ms, place.judge)
        if not isinstance(verdict, Allow):
            raise BenchmarkError(f"nobody may be called here: {verdict.reason}")
        event = Claimed(
            token=place.ids.new(), slot_at_ms=now_ms, now_ms=now_ms, evidence=verdict.evidence
        )
        after = next_step(stored, event, place.ledger.timings)
        change = change_for(
            stored, after, place.ledger, around.customer, lines_below=place.lines_below
        )
        return replace(change, checks=StillAsJudged(judged=around))

    def _bare(self) -> list[dict[str, Any]]:
        """As many puts without a condition as the claim has parts, of items as large."""
        table = self.ledger._dialing
        items = []
        for place, part in enumerate(self.sent):
            [(_, request)] = part.items()
            item = request.get("Item") or request["Key"]
            key = {"pk": {"S": f"{item['pk']['S']}#BARE"}, "sk": {"S": f"BARE#{place}"}}
            kept = {name: value for name, value in item.items() if name != "open"}
            items.append({"Put": {"TableName": table, "Item": kept | key}})
        return items


def main(count: int) -> dict[str, Any]:
    """Claim so many attempts; every single time, in ms."""
    claims = Claims(dialer_parts().place)
    progress = Progress("claims", count)
    numbers = people(count + WARM_UP)
    for number in numbers[:WARM_UP]:
        claims.timed(number)
    times = []
    for done, number in enumerate(numbers[WARM_UP:]):
        times.append(claims.timed(number))
        progress.at(done)
    progress.end()
    return {"parts": len(claims.sent), "times": times}


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, sys.stderr
    answer(main(int(sys.argv[1])), out)

"""The big run (`make prove-dialing`) in small: two dialers, thirty jobs, two kills."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.cloud.children import Children
from tests.concurrency.board import Stage
from tests.concurrency.plan import Plan
from tests.concurrency.run import run
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.concurrency.judge import Evidence
    from tests.emulator import Account

# Nobody is late here before a good while has passed: that a missed slot is given up, and a lease
# runs out, is tested on clocks that stand still. `make prove-dialing` judges the pace as well.
SMALL = Plan(
    jobs=30,
    dialers=2,
    handlers=4,
    seed=7,
    account_calls=10,
    prefix_calls=1,
    doubled=0.1,
    lost=0.1,
    kills=(Stage.QUEUED, Stage.DIALING),
    blind_kills=0,
    call_ms=300,
    visibility_seconds=3,
    first_due_ms=6_000,
    tick_seconds=0.3,
    patience_seconds=LIVENESS_SECONDS,
    timings={
        "function_ms": 10_000,
        "lease_margin_ms": 200,
        "lateness_ms": 1_000,
        "post_ms": 3_000,
        "ending_ms": 300,
        "settle_ms": 300,
        "look_up_every_ms": 300,
        "max_call_ms": 1_000,
        "call_margin_ms": 0,
        "send_again_ms": 3_000,
    },
)


@pytest.fixture
def evidence(account: Account, tmp_path: Path) -> Evidence:
    children = Children()
    try:
        return run(SMALL, account, children, tmp_path, lambda _: None)
    finally:
        children.close()


@pytest.mark.long
@pytest.mark.real_clock
def test_dialers_that_are_killed_at_work_ring_each_telephone_once_and_in_time(
    evidence: Evidence,
) -> None:
    assert evidence.broken_anywhere() == []
    assert evidence.uncounted() == []
    assert len(evidence.rings) >= SMALL.jobs - len(evidence.suspects)

"""What a step depends on is read in one request, and what was read in it may be of two instants."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from contact_center.dialing.adapters.read_together import ReadTogether
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.change_attempt import change_for
from contact_center.dialing.services.place_call import Placing
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, Scene
from tests.unit.permission.dialing_examples import WRITTEN

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_circumstances import Customer

ANOTHER = "+13105550199"
READS = ("read", "customer", "circumstances", "read_with_customer", "read_to_claim")


class Half:
    """A table that is asked for more than it gives at once: not even what forbids a call."""

    def batch_get_item(self, **asked: Any) -> dict[str, Any]:
        return {"Responses": {"dialing": []}, "UnprocessedKeys": asked["RequestItems"]}


@pytest.mark.parametrize("attempt_id", [ATTEMPT, None])
def test_what_was_left_out_of_an_answer_is_not_taken_for_absent(attempt_id: str | None) -> None:
    together = ReadTogether(cast("Any", Half()), "dialing", "contacts", None)
    with pytest.raises(StoreUnavailableError):
        together.circumstances(NUMBER, None, attempt_id)
    with pytest.raises(StoreUnavailableError):
        together.attempt_and_customer(ATTEMPT, NUMBER)


def watched(scene: Scene) -> list[str]:
    """Requests for what an attempt depends on, from now on; what the fake asks itself is none."""
    asked: list[str] = []
    tables, inside = scene.tables, list[str]()

    def watch(name: str) -> None:
        does = getattr(tables, name)

        def counted(*arguments: Any) -> Any:
            if not inside and name in READS:
                asked.append(name)
            inside.append(name)
            try:
                return does(*arguments)
            finally:
                inside.pop()

        setattr(tables, name, counted)

    for name in (*READS, "commit"):
        watch(name)
    return asked


def on_the_line() -> Scene:
    scene = Scene()
    scene.queue()
    assert scene.dial(NOW_MS + 5_000) is Placing.POSTED
    return scene


# -- by the dialer ---------------------------------------------------------------------------


def test_a_job_that_has_its_slot_is_judged_once_before_its_claim() -> None:
    scene = Scene()
    scene.queue()
    asked = watched(scene)
    assert scene.dial(NOW_MS + 5_000) is Placing.POSTED
    assert asked == ["read", "read_to_claim"]


@pytest.mark.parametrize("slot_ms", [None, NOW_MS - 1, NOW_MS + 399])
def test_one_that_has_none_in_time_is_judged_before_a_slot_is_spent(slot_ms: int | None) -> None:
    scene = Scene()
    scene.queue()
    asked = watched(scene)
    assert scene.dial(slot_ms) is Placing.POSTED
    assert asked == ["read", "circumstances", "read_to_claim"]


def test_who_is_suppressed_by_his_slot_is_not_called_in_it() -> None:
    scene = Scene()
    scene.queue()
    at = datetime(2026, 11, 20, tzinfo=UTC)
    scene.tables.set_permission(NUMBER, Permission(consents=(WRITTEN,), suppressed_at=at))
    assert scene.dial(NOW_MS + 5_000) is Placing.NOT_NOW
    assert (scene.attempt.disposition, scene.attempt.reason) == (
        Disposition.NOT_CALLED,
        "suppressed",
    )
    assert (scene.voice.posted, scene.voice.connections) == ([], 0)
    assert scene.free()


def test_a_campaign_that_was_stopped_by_the_slot_keeps_it_waiting() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=False)
    assert scene.dial(NOW_MS + 5_000) is Placing.NOT_NOW
    assert (scene.attempt.state, scene.voice.posted) == (AttemptState.QUEUED, [])


# -- by who hears of a call ------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"rang_at_ms": NOW_MS + 9_000}, id="it rings"),
        pytest.param({"ended": True, "ended_reason": "customer-busy"}, id="it is over"),
    ],
)
def test_attempt_and_customer_are_one_request_where_both_move(told: dict[str, Any]) -> None:
    scene = on_the_line()
    asked = watched(scene)
    scene.hear(number=NUMBER, **told)
    assert asked == ["read_with_customer"]


def test_a_report_is_of_the_price_and_reads_no_customer() -> None:
    scene = on_the_line()
    scene.hear(number=NUMBER, ended=True, ended_reason="customer-busy")
    asked = watched(scene)
    scene.hear(number=NUMBER, ended=True, ended_reason="customer-busy", final=True, priced=True)
    assert asked == ["read"]
    assert scene.attempt.priced


@pytest.mark.parametrize("said", [ANOTHER, "anonymous", "", None, "sip:ada@example.com"])
def test_whoever_the_message_names_it_is_the_attempt_s_customer_who_is_free(
    said: str | None,
) -> None:
    scene = on_the_line()
    scene.hear(number=said, ended=True, ended_reason="customer-busy")
    assert scene.free()
    assert ANOTHER not in scene.tables.customers


def test_a_customer_that_is_older_than_his_attempt_is_read_again() -> None:
    """Of a claim the attempt was seen and the customer was not, as if nothing held him."""
    scene = on_the_line()
    before = replace(
        scene.tables.customer(NUMBER).freed(ATTEMPT).not_rung(f"{ATTEMPT}.1"), version=0
    )
    together, tried = scene.tables.read_with_customer, list[str]()

    def late(attempt_id: str, number: str) -> tuple[DialAttempt | None, Customer]:
        attempt, customer = together(attempt_id, number)
        tried.append(number)
        return attempt, before if len(tried) == 1 else customer

    scene.tables.read_with_customer = late  # type: ignore[method-assign]
    scene.hear(number=NUMBER, ended=True, ended_reason="customer-busy")
    assert tried == [NUMBER, NUMBER]
    assert scene.free()
    assert [name for name, _ in scene.tables.customer(NUMBER).rung] == [f"{ATTEMPT}.1"]


def test_who_was_read_with_the_attempt_is_written_though_he_seems_to_be_the_same() -> None:
    scene = on_the_line()
    placed = scene.attempt
    scene.hear(number=NUMBER, ended=True, ended_reason="customer-busy")
    settled, as_he_stands = scene.attempt, scene.tables.customer(NUMBER)
    read_after = change_for(placed, settled, scene.ledger)
    assert read_after.customer is None
    read_with = change_for(placed, settled, scene.ledger, as_he_stands).customer
    assert read_with is not None
    assert read_with.before == read_with.after == as_he_stands

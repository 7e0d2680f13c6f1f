"""A probe of `make doctor` out of the queue: noted for an hour, and no call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.conversations.adapters.dynamodb_probes import KEPT_SECONDS
from contact_center.vapi.webhooks.probes import PROBE_ID, probe_body

if TYPE_CHECKING:
    from tests.functional.conversations.routing_rig import Json, Rig

pytestmark = pytest.mark.emulator

PROBE = f"probe-{'0f' * 12}"


def stored(rig: Rig) -> list[Json]:
    items: list[Json] = rig.account.client("dynamodb").scan(TableName=rig.account.calls_table)[
        "Items"
    ]
    return items


def test_a_probe_is_noted_and_nothing_else_is(rig: Rig) -> None:
    assert PROBE_ID.fullmatch(PROBE)
    assert rig.deliver(probe_body(PROBE), probe_body(PROBE)) == []

    [item] = stored(rig)
    assert item.keys() == {"pk", "sk", "came_ms", "expires_at"}  # in no index, so on no page
    assert (item["pk"]["S"], item["sk"]["S"]) == (f"CALL#{PROBE}", "PROBE")
    came_s = int(item["came_ms"]["N"]) // 1000
    assert int(item["expires_at"]["N"]) == came_s + KEPT_SECONDS
    assert rig.history(PROBE).record is None


@pytest.mark.parametrize("call_id", ["", "call-1", "probe-", f"probe-{'0F' * 12}", f"{PROBE}0"])
def test_what_only_looks_like_one_leaves_nothing(rig: Rig, call_id: str) -> None:
    assert rig.deliver(probe_body(call_id)) == []
    assert stored(rig) == []


def test_one_that_cannot_be_noted_comes_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(keys, "PROBE", "")  # no table takes an empty key
        assert len(rig.deliver(probe_body(PROBE))) == 1
    assert rig.deliver(probe_body(PROBE)) == []
    assert len(stored(rig)) == 1

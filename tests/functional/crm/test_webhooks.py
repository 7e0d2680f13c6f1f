"""Webhooks by Standard Webhooks, over real connections: what is sent, and what answers come to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.crm.webhooks import receiver as webhook_receiver
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later, Refused
from local.crm.faults import Fault, Mishap
from local.crm.webhook_receiver import SECRET
from tests.crm_scene import effect
from tests.fakes.raw_server import RawServer, answer
from tests.webhook_scene import WebhookScene, holding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.records.services.effect_ports import Answer, Receiver

NEXT_SECRET = "whsec_" + "bmV4dC1zZWNyZXQtb2Ytc3dpdGNoYm9hcmQtMjAyNg=="
SOON = 0.5


@pytest.fixture
def scene() -> Iterator[WebhookScene]:
    made = WebhookScene()
    with made.simulated:
        yield made


def test_an_event_arrives_signed(scene: WebhookScene) -> None:
    assert scene.deliver() == Delivered()

    assert scene.simulated.events == {
        "e-1": {
            "type": "call.ended",
            "timestamp": "2026-11-18T17:30:00.000Z",
            "data": {"call": "c-1", "words": "Grüße"},
        }
    }


def test_the_id_and_the_body_stay_over_retries_and_the_time_does_not(scene: WebhookScene) -> None:
    scene.simulated.faults.add(Fault(mishap=Mishap.UNAVAILABLE))
    assert scene.deliver() == Later("server_error")
    scene.clock.advance(3_600_000)
    assert scene.deliver() == Delivered()

    first, second = scene.attempts()
    assert first["id"] == second["id"] == "e-1"
    assert first["size"] == second["size"]
    assert int(second["timestamp"]) - int(first["timestamp"]) == 3600


@pytest.mark.parametrize("knows", [SECRET, NEXT_SECRET])
def test_two_secrets_are_good_while_an_owner_turns_them(scene: WebhookScene, knows: str) -> None:
    scene.store = holding(NEXT_SECRET, SECRET)
    scene.simulated.secrets = [knows]

    assert scene.deliver() == Delivered()


def test_a_message_that_came_twice_is_one_message(scene: WebhookScene) -> None:
    scene.simulated.faults.add(Fault(mishap=Mishap.LOST))

    assert scene.deliver() == InDoubt("broken_off")
    receiver: Receiver = scene.ours()
    assert receiver.look_up(effect(EffectKind.EVENT)) is None
    assert scene.deliver() == Delivered()

    assert len(scene.attempts()) == 2
    assert list(scene.simulated.events) == ["e-1"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(mishap=Mishap.HALF), InDoubt("broken_off")),
        (Fault(mishap=Mishap.HTML), Delivered()),  # 2xx is all that counts
        (Fault(mishap=Mishap.ERROR_INSIDE), Delivered()),
        (Fault(mishap=Mishap.REDIRECT), Later("redirect")),
        (Fault(mishap=Mishap.STATUS, status=204), Delivered()),
        (Fault(mishap=Mishap.STATUS, status=299), Delivered()),
        (Fault(mishap=Mishap.STATUS, status=304), Later("redirect")),
        (Fault(mishap=Mishap.STATUS, status=400), Later("rejected")),
        (Fault(mishap=Mishap.STATUS, status=401), Later("rejected")),
        (Fault(mishap=Mishap.STATUS, status=404), Later("rejected")),
        (
            Fault(mishap=Mishap.STATUS, status=413),
            Refused("too_large", "the receiver says so (413)"),
        ),
        (
            Fault(mishap=Mishap.STATUS, status=429, headers=(("Retry-After", "30"),)),
            Later("rate", 30_000),
        ),
        (
            Fault(mishap=Mishap.UNAVAILABLE, headers=(("Retry-After", "2.5"),)),
            Later("server_error", 2_500),
        ),
    ],
)
def test_what_an_answer_comes_to(scene: WebhookScene, fault: Fault, expected: Answer) -> None:
    scene.simulated.faults.add(fault)
    assert scene.deliver() == expected


@pytest.mark.parametrize("mishap", [Mishap.SLOW, Mishap.DRIP])
def test_whoever_is_slow_is_cut_off(
    scene: WebhookScene, mishap: Mishap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_receiver, "SECONDS", SOON)
    scene.simulated.faults.add(Fault(mishap=mishap))
    assert scene.deliver() == InDoubt("timeout")


def test_whoever_wants_nothing_more_is_switched_off(scene: WebhookScene) -> None:
    scene.simulated.gone = True
    answered = scene.deliver()
    assert answered == Refused("gone", "the receiver wants nothing more (410)", switched_off=True)


def test_a_redirect_is_not_followed(scene: WebhookScene) -> None:
    with RawServer(answer("200 OK")) as elsewhere:
        moved = answer("302 Found", b"", f"Location: {elsewhere.url}/")
        with RawServer(moved) as server:
            assert scene.ours(server.url).deliver(effect(EffectKind.EVENT)) == Later("redirect")
        assert elsewhere.requests == []


@pytest.mark.parametrize(("more", "sent"), [(0, 1), (1, 0)])
def test_twenty_thousand_bytes_are_the_most(scene: WebhookScene, more: int, sent: int) -> None:
    empty = len(webhook_receiver.body_of(effect(EffectKind.EVENT, data={"x": ""})))
    data = {"x": "y" * (20_000 - empty + more)}

    answered = scene.deliver(data=data)

    assert answered == (Delivered() if sent else Refused("too_large", "20001 of 20000 bytes"))
    assert len(scene.attempts()) == sent


@pytest.mark.parametrize("data", [{"x": float("nan")}, {"x": object()}, {"x": {1, 2}}])
def test_what_is_no_json_is_not_sent(scene: WebhookScene, data: Any) -> None:
    assert scene.deliver(data=data) == Refused("malformed", "data must hold plain JSON values")
    assert scene.attempts() == []


def test_a_webhook_takes_events_alone(scene: WebhookScene) -> None:
    assert scene.ours().deliver(effect(EffectKind.CALL)) == Refused(
        "wrong_kind", "a webhook takes events, no call"
    )


@pytest.mark.parametrize("stored", [None, "", "no-prefix", "whsec_short", "whsec_!!!"])
def test_without_a_secret_that_can_be_used_nothing_is_sent(
    scene: WebhookScene, stored: str | None
) -> None:
    own = {"another": SECRET} if stored == "" else {"current": stored}
    scene.store.stored = None if stored is None else json.dumps(own)
    assert scene.deliver() == Later("secret_unavailable")
    assert scene.attempts() == []

"""Webhooks by Standard Webhooks, over real connections: what is sent, and what answers come to."""

from __future__ import annotations

import json
import socket
import ssl
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.rotating_secret import RotatingSecret
from contact_center.crm.webhooks import receiver as webhook_receiver
from contact_center.crm.webhooks.public_addresses import PublicAddresses, looked_up
from contact_center.crm.webhooks.receiver import WebhookParts, WebhookReceiver
from contact_center.crm.webhooks.signing import Signer
from contact_center.kernel.field_errors import FieldError
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later, Refused
from local.crm.faults import Fault, Mishap
from local.crm.webhook_receiver import SECRET
from local.crm.webhook_receiver import WebhookReceiver as Simulated
from tests.crm_scene import NOW_MS, effect
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.raw_server import RawServer, answer
from tests.fakes.secret_store import FakeSecretStore
from tests.strict_emulator import write_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contact_center.records.services.effect_ports import Answer, Receiver

NEXT_SECRET = "whsec_" + "bmV4dC1zZWNyZXQtb2Ytc3dpdGNoYm9hcmQtMjAyNg=="
OTHERS = "whsec_" + "YW5vdGhlciB3ZWJob29rJ3Mgc2VjcmV0LCBub3Qgb3Vycw=="
NAME = "mine"
PUBLIC = "93.184.216.34"
SOON = 0.5


def holding(current: str, previous: str | None = None) -> FakeSecretStore:
    """The one secret of all webhooks."""
    own = {"current": current} | ({"previous": previous} if previous else {})
    return FakeSecretStore(json.dumps({NAME: own, "another": {"current": OTHERS}}))


class Scene:
    """A receiver on loopback, and our side of it."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW_MS)
        self.simulated = Simulated(now_s=lambda: self.clock.at_ms / 1000)
        self.store = holding(SECRET)

    def ours(self, url: str = "", addresses: PublicAddresses | None = None) -> WebhookReceiver:
        secret = RotatingSecret(self.store.fetch, partial(Signer.stored, NAME), CountedMetrics())
        parts = WebhookParts(
            addresses=addresses or PublicAddresses(loopback_too=True),
            clock=self.clock,
            version="test",
        )
        return WebhookReceiver(url or f"{self.simulated.url}/hooks/a", secret, parts)

    def deliver(self, **changed: Any) -> Answer:
        return self.ours().deliver(effect(EffectKind.EVENT, **changed))

    def attempts(self) -> list[dict[str, Any]]:
        return self.simulated.log.entries("request")


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.simulated:
        yield made


def test_an_event_arrives_signed(scene: Scene) -> None:
    assert scene.deliver() == Delivered()

    assert scene.simulated.events == {
        "e-1": {
            "type": "call.ended",
            "timestamp": "2026-11-18T17:30:00.000Z",
            "data": {"call": "c-1", "words": "Grüße"},
        }
    }


def test_the_id_and_the_body_stay_over_retries_and_the_time_does_not(scene: Scene) -> None:
    scene.simulated.faults.add(Fault(mishap=Mishap.UNAVAILABLE))
    assert scene.deliver() == Later("server_error")
    scene.clock.advance(3_600_000)
    assert scene.deliver() == Delivered()

    first, second = scene.attempts()
    assert first["id"] == second["id"] == "e-1"
    assert first["size"] == second["size"]
    assert int(second["timestamp"]) - int(first["timestamp"]) == 3600


@pytest.mark.parametrize("knows", [SECRET, NEXT_SECRET])
def test_two_secrets_are_good_while_an_owner_turns_them(scene: Scene, knows: str) -> None:
    scene.store = holding(NEXT_SECRET, SECRET)
    scene.simulated.secrets = [knows]

    assert scene.deliver() == Delivered()


def test_a_message_that_came_twice_is_one_message(scene: Scene) -> None:
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
def test_what_an_answer_comes_to(scene: Scene, fault: Fault, expected: Answer) -> None:
    scene.simulated.faults.add(fault)
    assert scene.deliver() == expected


@pytest.mark.parametrize("mishap", [Mishap.SLOW, Mishap.DRIP])
def test_whoever_is_slow_is_cut_off(
    scene: Scene, mishap: Mishap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_receiver, "SECONDS", SOON)
    scene.simulated.faults.add(Fault(mishap=mishap))
    assert scene.deliver() == InDoubt("timeout")


def test_whoever_wants_nothing_more_is_switched_off(scene: Scene) -> None:
    scene.simulated.gone = True
    answered = scene.deliver()
    assert answered == Refused("gone", "the receiver wants nothing more (410)", switched_off=True)


def test_a_redirect_is_not_followed(scene: Scene) -> None:
    with RawServer(answer("200 OK")) as elsewhere:
        moved = answer("302 Found", b"", f"Location: {elsewhere.url}/")
        with RawServer(moved) as server:
            assert scene.ours(server.url).deliver(effect(EffectKind.EVENT)) == Later("redirect")
        assert elsewhere.requests == []


@pytest.mark.parametrize(("more", "sent"), [(0, 1), (1, 0)])
def test_twenty_thousand_bytes_are_the_most(scene: Scene, more: int, sent: int) -> None:
    empty = len(webhook_receiver.body_of(effect(EffectKind.EVENT, data={"x": ""})))
    data = {"x": "y" * (20_000 - empty + more)}

    answered = scene.deliver(data=data)

    assert answered == (Delivered() if sent else Refused("too_large", "20001 of 20000 bytes"))
    assert len(scene.attempts()) == sent


@pytest.mark.parametrize("data", [{"x": float("nan")}, {"x": object()}, {"x": {1, 2}}])
def test_what_is_no_json_is_not_sent(scene: Scene, data: Any) -> None:
    assert scene.deliver(data=data) == Refused("malformed", "data must hold plain JSON values")
    assert scene.attempts() == []


def test_a_webhook_takes_events_alone(scene: Scene) -> None:
    assert scene.ours().deliver(effect(EffectKind.CALL)) == Refused(
        "wrong_kind", "a webhook takes events, no call"
    )


@pytest.mark.parametrize("stored", [None, "", "no-prefix", "whsec_short", "whsec_!!!"])
def test_without_a_secret_that_can_be_used_nothing_is_sent(
    scene: Scene, stored: str | None
) -> None:
    own = {"another": {"current": SECRET}} if stored == "" else {NAME: {"current": stored}}
    scene.store.stored = None if stored is None else json.dumps(own)
    assert scene.deliver() == Later("secret_unavailable")
    assert scene.attempts() == []


# -- where a webhook may go ---------------------------------------------------------------------


def test_this_machine_is_out_of_bounds_unless_it_is_the_local_system(scene: Scene) -> None:
    host = scene.simulated.url.replace("http://127.0.0.1", "https://localhost")
    guarded = scene.ours(host, PublicAddresses())

    assert guarded.deliver(effect(EffectKind.EVENT)) == Later("not_public")
    assert scene.attempts() == []


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], [PUBLIC, "169.254.169.254"], ["127.0.0.1"], ["::ffff:127.0.0.1"]]
)
def test_a_name_that_leads_inside_is_not_followed(scene: Scene, found: list[str]) -> None:
    guarded = PublicAddresses(resolve=lambda _host, _port: found)
    ours = scene.ours("https://hooks.example.com/a", guarded)
    assert ours.deliver(effect(EffectKind.EVENT)) == Later("not_public")


def test_a_name_that_does_not_exist_is_for_later(scene: Scene) -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    ours = scene.ours("https://hooks.example.com/a", PublicAddresses(resolve=nobody))
    assert ours.deliver(effect(EffectKind.EVENT)) == Later("no_such_name")


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers with another address a moment later has gained nothing."""
    asked, connected = [], []
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        connected.append(address)
        raise OSError

    monkeypatch.setattr("contact_center.crm.webhooks.public_addresses.create_connection", connect)
    ours = scene.ours("https://hooks.example.com:8443/a", PublicAddresses(resolve=resolve))

    assert ours.deliver(effect(EffectKind.EVENT)) == Later("connection")
    assert (asked, connected) == (["hooks.example.com"], [(PUBLIC, 8443)])


def test_where_a_connection_came_to_is_looked_at_as_well(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(scene.simulated.url.rpartition(":")[2])
    monkeypatch.setattr(
        "contact_center.crm.webhooks.public_addresses.create_connection",
        lambda *_, **__: socket.create_connection(("127.0.0.1", port)),
    )
    guarded = PublicAddresses(resolve=lambda _host, _port: [PUBLIC])
    ours = scene.ours("https://hooks.example.com/a", guarded)

    assert ours.deliver(effect(EffectKind.EVENT)) == Later("not_public")


class TlsServer(RawServer):
    """A server with a certificate for localhost, which notes the name that it is asked for."""

    names: list[str | None]

    def with_certificate(self, folder: Path) -> str:
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        write_certificate(certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.names = []
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        return str(certificate)


def test_certificate_and_host_are_those_of_the_name(scene: Scene, tmp_path: Path) -> None:
    with TlsServer(answer("204 No Content", b"")) as server:
        trusted = server.with_certificate(tmp_path)
        port = server.server_address[1]
        asked = []

        def resolve(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        secret = RotatingSecret(scene.store.fetch, partial(Signer.stored, NAME), CountedMetrics())
        parts = WebhookParts(
            addresses=PublicAddresses(loopback_too=True, resolve=resolve),
            clock=scene.clock,
            version="test",
            certificates=trusted,
        )
        right = WebhookReceiver(f"https://localhost:{port}/a", secret, parts)
        assert right.deliver(effect(EffectKind.EVENT)) == Delivered()
        assert server.names == ["localhost"]
        assert f"Host: localhost:{port}".encode() in server.requests[0]

        wrong = WebhookReceiver(f"https://hooks.example.com:{port}/a", secret, parts)
        assert wrong.deliver(effect(EffectKind.EVENT)) == Later("connection")
        assert server.names == ["localhost", "hooks.example.com"]
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.example.com/a", "must begin with https://"),
        ("ftp://hooks.example.com/a", "must be an https address"),
        ("hooks.example.com", "must be an https address"),
        ("https://", "must be an https address"),
        ("https://a b/", "must be an https address"),
        ("https://hooks.example.com:99999/", "must be an https address"),
        ("https://ex\u0430mple.com/", "must be an https address"),
        ("https://ada:pw@hooks.example.com/", "must hold neither a login"),
        ("https://hooks.example.com/#x", "must hold neither a login"),
        (f"https://hooks.example.com/{'x' * 2000}", "must be an https address"),
    ],
)
def test_an_address_has_the_form_of_one(scene: Scene, url: str, reason: str) -> None:
    with pytest.raises(FieldError, match=reason):
        scene.ours(url)


def test_plain_http_is_for_this_machine_alone() -> None:
    with pytest.raises(FieldError):
        PublicAddresses().check_url("http://127.0.0.1:3000/a")
    PublicAddresses(loopback_too=True).check_url("http://127.0.0.1:3000/a")
    PublicAddresses(loopback_too=True).check_url("http://localhost:3000/a")


def test_the_machine_s_own_resolver_is_asked() -> None:
    assert "127.0.0.1" in looked_up("localhost", 443)
    assert looked_up("2130706433", 443) == ["127.0.0.1"]  # a number is an address as well

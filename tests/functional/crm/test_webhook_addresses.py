"""Where a webhook may go: public addresses, looked at when connecting, under their own names."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.rotating_secret import RotatingSecret
from contact_center.crm.webhooks.receiver import WebhookParts, WebhookReceiver
from contact_center.crm.webhooks.signing import Signer
from contact_center.kernel.environment import Environment
from contact_center.kernel.field_errors import FieldError
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, Later
from contact_center.web.public_addresses import PublicAddresses, looked_up
from tests.crm_scene import effect
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.raw_server import RawServer, answer
from tests.strict_emulator import write_certificate
from tests.webhook_scene import WebhookScene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PUBLIC = "93.184.216.34"


@pytest.fixture
def scene() -> Iterator[WebhookScene]:
    made = WebhookScene()
    with made.simulated:
        yield made


def test_this_machine_is_out_of_bounds_unless_it_is_the_local_system(scene: WebhookScene) -> None:
    host = scene.simulated.url.replace("http://127.0.0.1", "https://localhost")
    guarded = scene.ours(host, PublicAddresses())

    assert guarded.deliver(effect(EffectKind.EVENT)) == Later("not_public")
    assert scene.attempts() == []


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], [PUBLIC, "169.254.169.254"], ["127.0.0.1"], ["::ffff:127.0.0.1"]]
)
def test_a_name_that_leads_inside_is_not_followed(scene: WebhookScene, found: list[str]) -> None:
    guarded = PublicAddresses(resolve=lambda _host, _port: found)
    ours = scene.ours("https://hooks.example.com/a", guarded)
    assert ours.deliver(effect(EffectKind.EVENT)) == Later("not_public")


def test_a_name_that_does_not_exist_is_for_later(scene: WebhookScene) -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    ours = scene.ours("https://hooks.example.com/a", PublicAddresses(resolve=nobody))
    assert ours.deliver(effect(EffectKind.EVENT)) == Later("no_such_name")


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    scene: WebhookScene, monkeypatch: pytest.MonkeyPatch
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

    monkeypatch.setattr("contact_center.web.public_addresses.create_connection", connect)
    ours = scene.ours("https://hooks.example.com:8443/a", PublicAddresses(resolve=resolve))

    assert ours.deliver(effect(EffectKind.EVENT)) == Later("connection")
    assert (asked, connected) == (["hooks.example.com"], [(PUBLIC, 8443)])


def test_where_a_connection_came_to_is_looked_at_as_well(
    scene: WebhookScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(scene.simulated.url.rpartition(":")[2])
    monkeypatch.setattr(
        "contact_center.web.public_addresses.create_connection",
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


def test_certificate_and_host_are_those_of_the_name(scene: WebhookScene, tmp_path: Path) -> None:
    with TlsServer(answer("204 No Content", b"")) as server:
        trusted = server.with_certificate(tmp_path)
        port = server.server_address[1]
        asked = []

        def resolve(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        secret = RotatingSecret(scene.store.fetch, Signer.stored, CountedMetrics())
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
def test_an_address_has_the_form_of_one(scene: WebhookScene, url: str, reason: str) -> None:
    with pytest.raises(FieldError, match=reason):
        scene.ours(url)


def test_plain_http_is_for_this_machine_alone() -> None:
    with pytest.raises(FieldError):
        PublicAddresses().check_url("http://127.0.0.1:3000/a")
    PublicAddresses(loopback_too=True).check_url("http://127.0.0.1:3000/a")
    PublicAddresses(loopback_too=True).check_url("http://localhost:3000/a")


@pytest.mark.parametrize(
    ("told", "allowed"), [({}, False), ({"LOCAL_WEBHOOKS": "true"}, True)], ids=str
)
def test_the_local_system_alone_says_that_it_is_one(told: dict[str, str], *, allowed: bool) -> None:
    read = PublicAddresses.read(Environment(told))
    if allowed:
        read.check_url("http://127.0.0.1:3000/a")
    else:
        with pytest.raises(FieldError):
            read.check_url("http://127.0.0.1:3000/a")


def test_the_machine_s_own_resolver_is_asked() -> None:
    assert "127.0.0.1" in looked_up("localhost", 443)
    assert looked_up("2130706433", 443) == ["127.0.0.1"]  # a number is an address as well

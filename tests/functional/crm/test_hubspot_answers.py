"""A HubSpot that answers badly, or no: each way has its name, and none writes twice."""

from __future__ import annotations

import socketserver
import threading
from typing import TYPE_CHECKING

import pytest

from contact_center.crm.hubspot.answers import NotDoneError
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later, Refused
from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import Unknown
from local.crm.faults import Fault, Mishap
from local.crm.hubspot.definitions import Rule
from tests.crm_scene import CUSTOMER, HubSpotScene, effect
from tests.fakes.raw_server import RawServer, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

SOON = 0.5  # seconds that a request may take where it is to take too long


@pytest.fixture
def scene() -> Iterator[HubSpotScene]:
    with HubSpotScene() as made:
        made.contact(phone=CUSTOMER)
        made.deliver(effect_id="e-0")
        yield made


BADLY = [
    (Fault(mishap=Mishap.LOST), "broken_off"),
    (Fault(mishap=Mishap.HALF), "broken_off"),
    (Fault(mishap=Mishap.HTML), "not_json"),
    (Fault(mishap=Mishap.ERROR_INSIDE), "error_inside"),
    (Fault(mishap=Mishap.UNAVAILABLE), "server_error"),
    (Fault(mishap=Mishap.UNAVAILABLE, obeyed=True), "server_error"),
    (Fault(mishap=Mishap.REDIRECT), "redirect"),
    (Fault(mishap=Mishap.STATUS, status=408), "server_error"),
    (Fault(mishap=Mishap.STATUS, status=502), "server_error"),
]


def at(fault: Fault, method: str) -> Fault:
    return Fault(mishap=fault.mishap, method=method, obeyed=fault.obeyed, status=fault.status)


@pytest.mark.parametrize(("fault", "cause"), BADLY)
def test_a_write_that_is_answered_badly_is_in_doubt(
    scene: HubSpotScene, fault: Fault, cause: str
) -> None:
    scene.hubspot.faults.add(at(fault, "POST"))

    assert scene.deliver() == InDoubt(cause)
    assert scene.receiver.look_up(effect(EffectKind.CALL)) is None
    assert isinstance(scene.deliver(), Delivered)
    assert len(scene.hubspot.records("calls")) == 2


@pytest.mark.parametrize(("fault", "cause"), BADLY)
def test_a_question_that_is_answered_badly_is_asked_later(
    scene: HubSpotScene, fault: Fault, cause: str
) -> None:
    scene.hubspot.faults.add(at(fault, "GET"), at(fault, "GET"))

    assert scene.deliver() == Later(cause)
    assert scene.receiver.look_up(effect(EffectKind.CALL)) == Later(cause)
    assert len(scene.hubspot.records("calls")) == 1


@pytest.mark.parametrize("mishap", [Mishap.SLOW, Mishap.DRIP])
def test_whoever_is_slow_is_cut_off(scene: HubSpotScene, mishap: Mishap) -> None:
    scene.seconds = SOON
    scene.hubspot.faults.add(Fault(mishap=mishap, method="POST"))

    assert scene.deliver() == InDoubt("timeout")

    scene.hubspot.faults.let_go()
    scene.seconds = 300.0
    assert isinstance(scene.deliver(), Delivered)
    assert len(scene.hubspot.records("calls")) == 2


class Endless(socketserver.BaseRequestHandler):
    """An answer that does not say how long it is, and goes on until nobody listens."""

    def handle(self) -> None:
        self.request.recv(65_536)
        self.request.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(1_000):
            try:
                self.request.sendall(b" ")
            except OSError:
                return
            threading.Event().wait(0.02)


def test_an_end_of_our_own_making_is_no_end_of_an_answer() -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Endless) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client = HttpClient(SOON)
        try:
            outcome = client.ask("GET", f"http://127.0.0.1:{server.server_address[1]}/", {})
        finally:
            server.shutdown()
    assert outcome == Unknown("timeout")


def test_who_asks_says_who_he_is_and_the_token_stands_in_one_header(scene: HubSpotScene) -> None:
    entries = scene.hubspot.log.entries("request")
    assert {one["agent"] for one in entries} == {"switchboard/test"}
    assert scene.hubspot.rest.token not in str(entries)


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b'{"results": [], "status": "COMPLETE"}', "no_id"),
        (b'{"results": [{"id": 7}]}', "no_id"),
        (b'{"results": [{"id": "../7"}]}', "no_id"),
        (b"[]", "not_json"),
        (b"", "not_json"),
        (b'{"results":', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"x" * 1_100_000, "too_much"),
        (b'{"results": [], "errors": [{}, {}]}', "error_inside"),
    ],
)
def test_an_answer_of_no_use_is_named(body: bytes, cause: str) -> None:
    with RawServer(answer("200 OK", body)) as server, HubSpotScene(base_url=server.url) as scene:
        with pytest.raises(NotDoneError) as caught:
            scene.api.upsert("calls", "switchboard_effect", "e-1", {})
        assert caught.value.answer == InDoubt(cause)


def test_nobody_there_is_no_doubt() -> None:
    with HubSpotScene(base_url="http://127.0.0.1:9") as scene:
        assert scene.deliver() == Later("connection")


def test_a_certificate_nobody_knows_sends_nothing(tmp_path: object) -> None:
    with (
        RawServer(answer("200 OK")).behind_a_certificate_nobody_knows(tmp_path) as server,  # type: ignore[arg-type]
        HubSpotScene(base_url=server.url) as scene,
    ):
        assert scene.deliver() == Later("connection")
        assert server.requests == []


def test_no_proxy_of_the_environment_hears_of_it(
    scene: HubSpotScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer("200 OK")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

        assert isinstance(scene.deliver(), Delivered)
        assert proxy.requests == []


# -- refused on the merits ----------------------------------------------------------------------


def test_a_rule_of_the_owner_s_is_a_refusal_with_its_property(scene: HubSpotScene) -> None:
    scene.hubspot.portal.definitions.rules.append(Rule("calls", "hs_call_title", "[A-Z ]+"))

    answered = scene.deliver()

    assert answered == Refused(
        "validation",
        "HTTP 400 FAILED_PROPERTY_VALIDATION_RULE VALIDATION_ERROR hs_call_title",
    )
    assert "Billing" not in str(answered)


def test_an_older_version_knows_no_rules(scene: HubSpotScene) -> None:
    scene.hubspot.portal.definitions.rules.append(Rule("calls", "hs_call_title", "[A-Z ]+"))
    scene.version = "2026-03"

    assert isinstance(scene.deliver(), Delivered)


def test_a_batch_that_fails_in_part_is_read_for_its_error(scene: HubSpotScene) -> None:
    scene.hubspot.portal.errors_as_207 = True
    scene.hubspot.portal.definitions.rules.append(Rule("calls", "hs_call_title", "[A-Z ]+"))

    answered = scene.deliver()

    assert isinstance(answered, Refused)
    assert (answered.cause, "hs_call_title" in answered.detail) == ("validation", True)


def test_a_property_that_nobody_made_is_named() -> None:
    with HubSpotScene() as scene:
        scene.contact(phone=CUSTOMER, switchboard_customer=CUSTOMER)
        del scene.hubspot.portal.definitions.properties["calls"]["hs_call_direction"]

        assert scene.deliver() == Refused(
            "unknown_property", "HTTP 400 PROPERTY_DOESNT_EXIST VALIDATION_ERROR hs_call_direction"
        )


def test_a_token_that_lacks_a_scope_is_no_permission(scene: HubSpotScene) -> None:
    scene.hubspot.rest.forbidden = frozenset({"calls"})
    assert scene.deliver() == Refused("no_permission", "HTTP 403 MISSING_SCOPES")


def test_what_a_token_cannot_tell_that_is_not_known_waits_for_the_right_one(
    scene: HubSpotScene,
) -> None:
    """It expired on a Saturday, and each thing that was due was given up, one after the other."""
    scene.token.token = "an-old-one"
    assert scene.deliver() == Later("key_refused")
    assert scene.receiver.look_up(effect(EffectKind.CALL)) == Later("key_refused")

    scene.token.next = scene.hubspot.rest.token
    assert scene.deliver() == Later("key_changed", 0)
    assert isinstance(scene.deliver(), Delivered)


def test_a_secret_that_is_away_is_for_later(scene: HubSpotScene) -> None:
    scene.token.token = None
    assert scene.deliver() == Later("secret_unavailable")
    assert scene.receiver.look_up(effect(EffectKind.CALL)) == Later("secret_unavailable")


def test_a_look_up_that_is_refused_is_for_later(scene: HubSpotScene) -> None:
    scene.hubspot.rest.forbidden = frozenset({"calls"})
    assert scene.receiver.look_up(effect(EffectKind.CALL)) == Later("no_permission")


@pytest.mark.parametrize(
    ("status", "cause"), [(413, "too_large"), (405, "rejected"), (418, "rejected")]
)
def test_another_refusal_has_its_status(scene: HubSpotScene, status: int, cause: str) -> None:
    scene.hubspot.faults.add(Fault(mishap=Mishap.STATUS, method="POST", status=status))
    assert scene.deliver() == Refused(cause, f"HTTP {status}")


def test_two_deliveries_at_once_leave_one_record(scene: HubSpotScene) -> None:
    answers: list[object] = []
    both = [
        threading.Thread(target=lambda: answers.append(scene.deliver(effect_id="e-5")))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert [one.values["switchboard_effect"] for one in scene.hubspot.records("calls")] == [
        "e-0",
        "e-5",
    ]
    assert all(isinstance(one, Delivered) for one in answers)

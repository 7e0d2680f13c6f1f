"""What a command to a control URL comes to, against real sockets on loopback."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.conversations.domain.deciding.call_commands import (
    Command,
    EndCall,
    Handoff,
    Instruct,
    Say,
    Transfer,
)
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.vapi.assistants.overrides import CONTINUE
from contact_center.vapi.assistants.specialists import specialists
from contact_center.vapi.calls import control as vapi_control
from contact_center.vapi.calls.control import VapiControl, control_message
from tests.contract.vapi.test_schemas import errors, schema
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SAY = Say("One moment please.", end_call_after=False)


class OneAnswer(socketserver.ThreadingTCPServer):
    """A server that reads one request a connection and answers with raw bytes."""

    daemon_threads = True

    def __init__(self, answer: bytes, *, hold: threading.Event | None = None) -> None:
        self.answer = answer
        self.hold = hold
        self.requests: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what some of these tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    server: OneAnswer

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        self.server.requests.append(head + self.rfile.read(length))
        if self.server.hold is not None:
            self.server.hold.wait(LIVENESS_SECONDS)
        self.wfile.write(self.server.answer)


@pytest.fixture
def serve() -> Iterator[Callable[..., OneAnswer]]:
    running: list[OneAnswer] = []

    def start(answer: bytes, **options: Any) -> OneAnswer:
        server = OneAnswer(answer, **options)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        if server.hold is not None:
            server.hold.set()
        server.shutdown()
        server.server_close()


def control_of(server: OneAnswer) -> VapiControl:
    return VapiControl(server.url, "1.2.3")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", ControlOutcome.SENT),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", ControlOutcome.SENT),
        (b"HTTP/1.1 204 No Content\r\n\r\n", ControlOutcome.SENT),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{cut", ControlOutcome.SENT),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", ControlOutcome.REFUSED),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", ControlOutcome.REFUSED),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", ControlOutcome.REFUSED),
        (b"HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", ControlOutcome.UNKNOWN),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", ControlOutcome.UNKNOWN),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", ControlOutcome.UNKNOWN),
        (b"", ControlOutcome.UNKNOWN),
        (b"this is not HTTP\r\n\r\n", ControlOutcome.UNKNOWN),
        (b"HTTP/1.1 2", ControlOutcome.UNKNOWN),
    ],
)
def test_each_answer_has_one_meaning(
    serve: Callable[..., OneAnswer], answer: bytes, outcome: ControlOutcome
) -> None:
    server = serve(answer)
    assert control_of(server).send(f"{server.url}/call/control", SAY) is outcome
    assert len(server.requests) == 1


def test_a_redirect_is_doubt_and_is_not_followed(serve: Callable[..., OneAnswer]) -> None:
    elsewhere = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    server = serve(
        f"HTTP/1.1 307 Go\r\nLocation: {elsewhere.url}/\r\nContent-Length: 0\r\n\r\n".encode()
    )
    assert control_of(server).send(f"{server.url}/control", SAY) is ControlOutcome.UNKNOWN
    assert len(server.requests) == 1
    assert elsewhere.requests == []


def test_no_answer_in_time_is_doubt(
    serve: Callable[..., OneAnswer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vapi_control, "READ_SECONDS", 0.05)
    server = serve(b"HTTP/1.1 200 OK\r\n\r\n", hold=threading.Event())
    assert control_of(server).send(f"{server.url}/control", SAY) is ControlOutcome.UNKNOWN
    assert len(server.requests) == 1


def test_a_refused_connection_was_not_sent() -> None:
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound_but_deaf.getsockname()[1]}"
        assert VapiControl(url, "1").send(f"{url}/control", SAY) is ControlOutcome.NOT_SENT


def test_a_name_that_does_not_exist_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    url = "https://nowhere.vapi.ai/control"
    assert VapiControl(None, "1").send(url, SAY) is ControlOutcome.NOT_SENT


def test_a_failed_tls_handshake_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        hang_up = threading.Thread(target=_hang_up_on_the_first, args=(listener,))
        hang_up.start()
        assert VapiControl(url, "1").send(f"{url}/control", SAY) is ControlOutcome.NOT_SENT
        hang_up.join()


def test_a_certificate_nobody_vouches_for_was_not_sent(
    serve: Callable[..., OneAnswer], tmp_path: Path
) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    url = server.url.replace("http:", "https:")
    assert VapiControl(url, "1").send(f"{url}/control", SAY) is ControlOutcome.NOT_SENT
    assert server.requests == []


def test_the_request_carries_a_user_agent_and_the_json_of_the_command(
    serve: Callable[..., OneAnswer],
) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    control_of(server).send(f"{server.url}/call/7/control?part=1", SAY)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /call/7/control?part=1 HTTP/1.1"
    assert "User-Agent: switchboard/1.2.3" in lines
    assert "Content-Type: application/json" in lines
    assert json.loads(body) == {
        "type": "say",
        "content": "One moment please.",
        "endCallAfterSpoken": False,
    }


SAMPLES: dict[str, Command] = {
    "handoff": Handoff("billing", "Handing you over.", whole=False),
    "transfer": Transfer("+14155550177", "Transferring you to a person now."),
    "say": Say("One moment please.", end_call_after=False),
    "add-message": Instruct("The caller was interrupted three times; offer a person."),
    "end-call": EndCall(),
}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_commands_have_the_shape_of_the_contract_samples(shared: Path, name: str) -> None:
    sample = json.loads((shared / f"contracts/vapi/samples/control/{name}.json").read_text())
    message = json.loads(json.dumps(control_message(SAMPLES[name], {})))
    if name == "handoff":  # the sample names its assistant by id and sets a context plan
        for destination in (sample["destination"], message["destination"]):
            for part in ("assistantId", "assistantName", "contextEngineeringPlan"):
                destination.pop(part, None)
    if name == "add-message":  # ours instructs without speaking at once
        assert message.pop("triggerResponseEnabled") is False
        del sample["triggerResponseEnabled"]
    assert message == sample


def test_a_handoff_names_its_assistant() -> None:
    known = specialists(load_contact_center().squad)
    message = control_message(Handoff("billing", "Handing you over.", whole=False), known)
    assert message["destination"] == {"type": "assistant", "assistantName": "billing"}


@pytest.mark.parametrize("name", ["router", "sales", "support", "billing", "retention"])
def test_whoever_the_call_does_not_know_is_sent_along_and_nobody_starts_over(
    shared: Path, name: str
) -> None:
    known = specialists(load_contact_center().squad)

    message = control_message(Handoff(name, "One moment."), known)

    assert (message["type"], message["content"]) == ("handoff", "One moment.")
    destination: Any = message["destination"]
    assert errors(handoff_destination(shared), destination) == []
    assert destination["contextEngineeringPlan"] == {"type": "all"}
    sent = destination["assistant"]
    assert sent["name"] == name
    assert sent["firstMessageMode"] == CONTINUE["firstMessageMode"]
    tools = {tool.get("function", {}).get("name", tool["type"]) for tool in sent["model"]["tools"]}
    assert {"routeToDepartment", "stopCalling", "callCustomerBack"} <= tools
    assert not [tool for tool in tools if tool.startswith("handoff")]  # it names members
    assert "{{" not in json.dumps(sent)
    assert "server" not in sent  # it would be told us unsigned


def test_the_check_would_see_a_wrong_destination(shared: Path) -> None:
    found = handoff_destination(shared)
    named = {"type": "assistant", "assistantName": "billing"}

    assert errors(found, named) == []
    assert errors(found, {**named, "contextEngineeringPlan": {"type": "everything"}})
    assert errors(found, {**named, "assistant": {"voice": {"provider": "elevenlabs"}}})
    assert errors(found, {**named, "assistants": []})


def handoff_destination(shared: Path) -> dict[str, Any]:
    """Where a handoff may lead: Vapi's schema for it is a part of the one of an assistant."""
    whole = schema(shared, "CreateAssistantDTO")
    return {"$ref": "#/$defs/HandoffDestinationAssistant", "$defs": whole["$defs"]}


@pytest.mark.parametrize(
    "url",
    [
        "http://api.vapi.ai/control",
        "https://vapi.ai.example.com/control",
        "https://examplevapi.ai/control",
        "https://example.com/vapi.ai",
        "https://user@api.vapi.ai/control",
        "https://api.vapi.ai@example.com/control",
        "https://api.vapi.ai:pass@example.com/control",
        "https://api.vapi.ai:8443/control",
        "https://api.vapi.ai:443:443/control",
        "https://api.vapi.ai:99999/control",
        "https://api.vapi.ai\\@example.com/control",
        "https://example.com\\.vapi.ai/control",
        "https://example.com#.vapi.ai/control",
        "https://example.com?.vapi.ai/control",
        "https://example.com/.vapi.ai",
        "https://api.vapi.ai /control",
        "https://api.vapi.ai/con trol",
        "https://api.vapi.ai/control\r\nX-Evil: 1",
        "https://api.vapi.ai\t/control",
        "https://api.v\u0430pi.ai/control",
        "https://api\u3002vapi.ai/control",
        "https://example.com\uff0f.vapi.ai/control",
        "https://api.vapi.ai./control",
        "https://.vapi.ai/control",
        "https://-.vapi.ai/control",
        "https://[::1]/control",
        "https://127.0.0.1/control",
        "http://127.0.0.1:1/control",
        "http://localhost:1/control",
        "http://169.254.169.254/latest/meta-data",
        "https://2130706433/control",
        "file:///etc/passwd",
        "ftp://api.vapi.ai/control",
        "//api.vapi.ai/control",
        "api.vapi.ai/control",
        "https://",
        "",
        "https://api.vapi.ai/" + "a" * 3000,
    ],
)
def test_a_forged_control_url_is_refused_before_anything_is_opened(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    assert VapiControl(None, "1").send(url, SAY) is ControlOutcome.REFUSED
    assert VapiControl("https://api.vapi.ai", "1").send(url, SAY) is ControlOutcome.REFUSED


@pytest.mark.parametrize(
    "url",
    [
        "https://phone-call-websocket.aws-us-west-2-backend-production1.vapi.ai/0-1/control",
        "https://api.vapi.ai/control",
        "https://API.VAPI.AI:443/control",
    ],
)
def test_any_host_of_vapi_is_allowed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no network here")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    assert VapiControl(None, "1").send(url, SAY) is ControlOutcome.NOT_SENT


def test_beside_the_configured_server_another_port_of_its_host_is_refused(
    serve: Callable[..., OneAnswer],
) -> None:
    ours = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    other = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    control = VapiControl(f"{ours.url}/", "1")
    assert control.send(f"{other.url}/control", SAY) is ControlOutcome.REFUSED
    assert other.requests == []
    assert control.send(f"{ours.url}/control", SAY) is ControlOutcome.SENT
    by_name = ours.url.replace("127.0.0.1", "localhost")
    assert control.send(f"{by_name}/control", SAY) is ControlOutcome.SENT


def _hang_up_on_the_first(listener: socket.socket) -> None:
    accepted, _ = listener.accept()
    accepted.recv(10)
    accepted.close()


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return file

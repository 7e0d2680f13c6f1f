"""One row for each thing that can become of a request, on real sockets."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Protocol

import pytest

from contact_center.aws.connection import (
    AwsConnection,
    AwsRefusedError,
    AwsUnavailableError,
)
from contact_center.aws.signer import Credentials
from contact_center.kernel.system_clock import SystemClock
from tests.contract.aws.scripted_service import BUSY, HANG_UP, SILENCE, read_request, service
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"said":42}'
OK_AND_CLOSE = OK.replace(b"\r\nContent", b"\r\nConnection: close\r\nContent")
REFUSED = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 44\r\n\r\n"
    b'{"__type":"com.amazonaws#ResourceNotFound" } '[:-1]
)
NOT_JSON = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhey!"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"


class Connect(Protocol):
    def __call__(
        self, port: int, read_seconds: float = 2.0, *, again_if_unanswered: bool = False
    ) -> AwsConnection: ...


@pytest.fixture
def connection_to() -> Iterator[Connect]:
    opened: list[AwsConnection] = []

    def connect(
        port: int, read_seconds: float = 2.0, *, again_if_unanswered: bool = False
    ) -> AwsConnection:
        connection = AwsConnection(
            "sqs",
            "us-east-1",
            Credentials("AKIDEXAMPLE", "secret"),
            SystemClock(),
            endpoint_url=f"http://127.0.0.1:{port}",
            read_seconds=read_seconds,
            again_if_unanswered=again_if_unanswered,
        )
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


def ask(connection: AwsConnection) -> dict[str, object]:
    return connection.call("AmazonSQS.SendMessage", b'{"a":1}', "application/x-amz-json-1.0")


def test_a_connection_is_kept_between_requests(connection_to: Connect) -> None:
    with service([OK, OK, OK]) as told:
        connection = connection_to(told.port)
        assert [ask(connection) for _ in range(3)] == [{"said": 42}] * 3
    assert told.connections == 1
    assert b"x-amz-target: AmazonSQS.SendMessage" in told.requests[0]
    assert told.requests[0].endswith(b'{"a":1}')


@pytest.mark.parametrize("first", [[OK], [OK_AND_CLOSE]])
def test_a_connection_gone_stale_is_opened_anew_once(
    connection_to: Connect, first: list[bytes]
) -> None:
    with service(first, [OK]) as told:
        connection = connection_to(told.port)
        assert ask(connection) == ask(connection)
    assert told.connections == 2


def test_a_connection_opened_ahead_serves_the_first_request(connection_to: Connect) -> None:
    with service([OK]) as told:
        connection = connection_to(told.port)
        connection.open()
        assert ask(connection) == {"said": 42}
    assert told.connections == 1


def test_a_connection_opened_ahead_and_gone_stale_is_opened_anew(connection_to: Connect) -> None:
    with service([], [OK]) as told:
        connection = connection_to(told.port)
        connection.open()
        assert ask(connection) == {"said": 42}


def test_opening_ahead_raises_nothing(connection_to: Connect) -> None:
    connection_to(1).open()


def test_a_new_connection_that_hangs_up_is_not_tried_again(connection_to: Connect) -> None:
    with service([HANG_UP], [OK]) as told:
        with pytest.raises(AwsUnavailableError):
            ask(connection_to(told.port))
        assert len(told.requests) == 1


def test_a_stale_connection_whose_successor_hangs_up_is_unavailable(connection_to: Connect) -> None:
    with service([OK], [HANG_UP], [OK]) as told:
        connection = connection_to(told.port)
        ask(connection)
        with pytest.raises(AwsUnavailableError):
            ask(connection)
        assert ask(connection) == {"said": 42}


@pytest.mark.parametrize("busy", [BUSY, BUSY.replace(b"503", b"500")])
def test_a_busy_service_is_asked_once_more(connection_to: Connect, busy: bytes) -> None:
    with service([busy, OK]) as told:
        assert ask(connection_to(told.port)) == {"said": 42}


def test_a_service_that_stays_busy_is_unavailable(connection_to: Connect) -> None:
    with service([BUSY, BUSY, OK]) as told:
        connection = connection_to(told.port)
        with pytest.raises(AwsUnavailableError):
            ask(connection)
        assert len(told.requests) == 2
        connection.close()


@pytest.mark.parametrize("answer", [NOT_JSON, CUT])
def test_an_answer_that_cannot_be_read_is_unavailable(
    connection_to: Connect, answer: bytes
) -> None:
    with service([answer]) as told, pytest.raises(AwsUnavailableError):
        ask(connection_to(told.port))


def test_no_answer_in_time_is_unavailable_and_not_asked_again(connection_to: Connect) -> None:
    with service([SILENCE], [OK]) as told:
        with pytest.raises(AwsUnavailableError):
            ask(connection_to(told.port, read_seconds=0.1))
        assert len(told.requests) == 1


def test_what_was_not_answered_is_asked_once_more_for_those_who_wish_it(
    connection_to: Connect,
) -> None:
    with service([HANG_UP], [OK], [HANG_UP], [HANG_UP], [OK]) as told:
        connection = connection_to(told.port, LIVENESS_SECONDS, again_if_unanswered=True)
        assert ask(connection) == {"said": 42}
        connection.close()
        with pytest.raises(AwsUnavailableError):
            ask(connection)
        assert len(told.requests) == 4


def test_an_answer_that_does_not_come_holds_no_socket(connection_to: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(AwsUnavailableError) as held:  # and with it all that was at work
            ask(connection_to(server.getsockname()[1], read_seconds=0.1))
        accepted, _ = server.accept()
        with accepted:
            accepted.settimeout(LIVENESS_SECONDS)
            read_request(accepted)
            assert accepted.recv(1) == b"", held.value


def test_nobody_there_is_unavailable(connection_to: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(AwsUnavailableError):
        ask(connection_to(port))


def test_a_refusal_is_named(connection_to: Connect) -> None:
    with service([REFUSED]) as told, pytest.raises(AwsRefusedError) as raised:
        ask(connection_to(told.port))
    assert (raised.value.status, raised.value.code) == (400, "ResourceNotFound")


def test_without_an_endpoint_the_service_is_asked_over_tls() -> None:
    connection = AwsConnection("sqs", "eu-west-1", Credentials("a", "b"), SystemClock())
    assert (connection._host, connection._secure) == ("sqs.eu-west-1.amazonaws.com", True)

"""The gateway: true payload format 2.0 events, byte for byte, and API Gateway's own answers."""

from __future__ import annotations

import asyncio
import base64
import concurrent.futures
import http.client
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.gateway import Gateway
from local.cloud.http_server import Request, Response
from tests.functional.local.local_http import call, send_raw
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from local.cloud.handler_pool import Outcome
    from local.cloud.system import LocalSystem

pytestmark = pytest.mark.emulator
JSON = {"Content-Type": "application/json"}


def event_of(
    system: LocalSystem,
    method: str = "POST",
    path: str = "/echo",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    answer = call(system.url, method, path, body, headers)
    assert answer.status == 200
    return answer.json["event"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}',
        b'{ "spaces" :\t[1,2 ] }\r\n',
        '{"name": "Zoë \U0001f600 \\ud83d"}'.encode(),
        b'\xef\xbb\xbf{"bom": true}',
        b'{"control": "\x00\x7f"}',
    ],
)
def test_valid_utf8_json_arrives_as_text_byte_for_byte(
    small_system: LocalSystem, body: bytes
) -> None:
    event = event_of(small_system, body=body, headers=JSON)
    assert event["isBase64Encoded"] is False
    assert event["body"].encode() == body


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"half": "\xc3"}'),
        ("application/json; charset=utf-8", b"\xff\xfe\x00"),
        ("application/octet-stream", b"plain"),
        ("application/x-www-form-urlencoded", b"a=1&b=2"),
        ("", b"untyped"),
    ],
)
def test_other_bodies_arrive_in_base64(small_system: LocalSystem, kind: str, body: bytes) -> None:
    event = event_of(small_system, body=body, headers={"Content-Type": kind} if kind else {})
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == body


def test_text_types_arrive_as_text(small_system: LocalSystem) -> None:
    for kind in ("text/csv", "application/problem+json; charset=utf-8", "Application/XML"):
        event = event_of(small_system, body=b"a,b", headers={"Content-Type": kind})
        assert (event["isBase64Encoded"], event["body"]) == (False, "a,b")


def test_no_body_is_no_key(small_system: LocalSystem) -> None:
    event = event_of(small_system, "GET", "/echo/1")
    assert "body" not in event
    assert event["isBase64Encoded"] is False


def test_header_names_are_lower_case_and_repeated_ones_joined(small_system: LocalSystem) -> None:
    raw = (
        b"GET /echo/1 HTTP/1.1\r\nHost: Switchboard.local:81\r\nX-VAPI-Secret:  Key \r\n"
        b"accept: a\r\nACCEPT: b\r\nCookie: one=1; two=2\r\nCookie: three=3\r\n\r\n"
    )
    head, _, body = send_raw(small_system.url, raw).partition(b"\r\n\r\n")
    event = json.loads(body)["event"]
    assert b" 200 OK" in head
    assert event["headers"]["x-vapi-secret"] == "Key"
    assert event["headers"]["accept"] == "a,b"
    assert event["headers"]["host"] == "Switchboard.local:81"
    assert event["cookies"] == ["one=1", "two=2", "three=3"]
    assert "cookie" not in event["headers"]
    assert all(name == name.lower() for name in event["headers"])


def test_query_and_path_are_told_raw_and_decoded(small_system: LocalSystem) -> None:
    event = event_of(small_system, "GET", "/echo/a%2Fb%20c?x=1&x=2&empty=&y=%26+z")
    assert event["rawQueryString"] == "x=1&x=2&empty=&y=%26+z"
    assert event["queryStringParameters"] == {"x": "1,2", "empty": "", "y": "& z"}
    assert event["pathParameters"] == {"id": "a/b c"}
    assert event["routeKey"] == "GET /echo/{id}"


def test_the_context_says_who_asked_what(small_system: LocalSystem) -> None:
    event = event_of(small_system, body=b"{}", headers={**JSON, "User-Agent": "test/1"})
    context = event["requestContext"]
    assert event["version"] == "2.0"
    assert event["rawPath"] == context["http"]["path"] == "/echo"
    assert context["http"]["method"] == "POST"
    assert context["http"]["userAgent"] == "test/1"
    assert context["http"]["sourceIp"] == event["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert context["stage"] == "$default"
    assert context["timeEpoch"] > 1_700_000_000_000
    assert "queryStringParameters" not in event
    assert "pathParameters" not in event


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/echo/all", "GET /echo/all"),
        ("GET", "/echo/other", "GET /echo/{id}"),
        ("DELETE", "/files/a/b.txt", "ANY /files/{path+}"),
    ],
)
def test_the_most_specific_route_wins(
    small_system: LocalSystem, method: str, path: str, key: str
) -> None:
    assert event_of(small_system, method, path)["routeKey"] == key


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nowhere"), ("PUT", "/echo"), ("GET", "/echo/1/2"), ("POST", "/echo/"), ("GET", "/")],
)
def test_what_has_no_route_is_not_found(small_system: LocalSystem, method: str, path: str) -> None:
    answer = call(small_system.url, method, path)
    assert (answer.status, answer.body) == (404, b'{"message":"Not Found"}')


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_six_megabytes_is_refused_and_the_connection_lives(
    small_system: LocalSystem, *, chunked: bool
) -> None:
    large = b"x" * (6 * 1024 * 1024 + 1)
    host = small_system.url.removeprefix("http://")
    with closing(http.client.HTTPConnection(host, timeout=LIVENESS_SECONDS)) as connection:
        if chunked:
            connection.request("POST", "/echo", iter([large]), encode_chunked=True)
        else:
            connection.request("POST", "/echo", large)
        refused = connection.getresponse()
        assert refused.status == 413
        assert json.loads(refused.read()) == {"message": "Request Entity Too Large"}
        connection.request("POST", "/echo", b"{}", JSON)
        assert connection.getresponse().read()


def test_a_chunked_body_arrives_whole(small_system: LocalSystem) -> None:
    raw = (
        b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
        b'4;x=y\r\n{"a"\r\n3\r\n: 1\r\n1\r\n}\r\n0\r\nT: 1\r\n\r\n'
    )
    event = json.loads(send_raw(small_system.url, raw).partition(b"\r\n\r\n")[2])["event"]
    assert event["body"] == '{"a": 1}'
    assert event["headers"]["content-length"] == "8"
    assert "transfer-encoding" not in event["headers"]


def test_a_sender_that_waits_for_permission_gets_it(small_system: LocalSystem) -> None:
    raw = b"POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"
    received = send_raw(small_system.url, raw)
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET /echo/1 HTTP/3\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /echo/1 HTTP/1.1\r\nno colon\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_bad_request(small_system: LocalSystem, raw: bytes) -> None:
    assert send_raw(small_system.url, raw).startswith(b"HTTP/1.1 400 ")


def test_a_head_without_end_is_refused(small_system: LocalSystem) -> None:
    raw = b"GET /echo/1 HTTP/1.1\r\nX-Long: " + b"x" * 70_000
    assert send_raw(small_system.url, raw).startswith(b"HTTP/1.1 431 ")


def test_one_connection_serves_many_requests(small_system: LocalSystem) -> None:
    host = small_system.url.removeprefix("http://")
    with closing(http.client.HTTPConnection(host, timeout=LIVENESS_SECONDS)) as connection:
        for number in range(3):
            connection.request("GET", f"/echo/{number}")
            event = json.loads(connection.getresponse().read())["event"]
            assert event["pathParameters"] == {"id": str(number)}


def test_the_handlers_status_headers_cookies_and_bytes_are_sent(small_system: LocalSystem) -> None:
    teapot = call(small_system.url, "POST", "/moody", "teapot", {"Content-Type": "text/plain"})
    assert (teapot.status, teapot.body) == (418, b"short")
    assert ("X-Kind", "tea") in teapot.headers
    echo = call(small_system.url, "GET", "/echo/1")
    assert [value for name, value in echo.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_an_answer_without_a_status_is_json(small_system: LocalSystem) -> None:
    answer = call(small_system.url, "POST", "/moody", "no status", {"Content-Type": "text/plain"})
    assert (answer.status, answer.json) == (200, {"plain": True})


@pytest.mark.parametrize("mood", ["raise", "crash", "bad status", "bad body", "too large"])
def test_a_handler_in_trouble_is_an_internal_server_error_and_no_more(
    small_system: LocalSystem, mood: str
) -> None:
    answer = call(small_system.url, "POST", "/moody", mood, {"Content-Type": "text/plain"})
    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert call(small_system.url, "POST", "/moody", "well").status == 200


def test_many_at_once_are_all_answered(small_system: LocalSystem) -> None:
    def ask(number: int) -> str:
        answer = call(small_system.url, "GET", f"/echo/{number}").json
        return str(answer["event"]["pathParameters"]["id"])

    with concurrent.futures.ThreadPoolExecutor(32) as senders:
        answered = list(senders.map(ask, range(200)))
    assert answered == [str(number) for number in range(200)]


def test_what_lies_beside_is_answered_here_and_by_no_function() -> None:
    asked: list[str] = []

    async def beside(request: Request) -> Response:
        asked.append(request.target)
        return Response(200, (), b"here")

    async def answers() -> list[int]:
        gateway = Gateway((), no_function)
        gateway.serve_beside("/telephone", beside)
        paths = ("/telephone", "/telephone/?a=1", "/telephone/x", "/telephones", "/api/telephone/")
        requests = [Request("GET", path, "HTTP/1.1", (), b"", "127.0.0.1") for path in paths]
        return [(await gateway.answer(request)).status for request in requests]

    assert asyncio.run(answers()) == [200, 200, 200, 404, 404]
    assert asked == ["/telephone", "/telephone/?a=1", "/telephone/x"]


async def no_function(function: str, event: bytes, trace_id: str) -> Outcome:
    raise AssertionError(function, event, trace_id)

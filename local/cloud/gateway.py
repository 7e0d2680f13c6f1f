"""API Gateway's HTTP API on loopback: template routes in, payload format 2.0 to the handler.

Source of the event's shape: "Working with AWS Lambda proxy integrations for HTTP APIs" in the API
Gateway developer guide. Not played: throttling, access logs, CORS.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from local.cloud.emulator import ACCOUNT
from local.cloud.handler_pool import new_trace_id
from local.cloud.http_server import HttpServer, Request, Response, json_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from local.cloud.handler_pool import Outcome
    from local.cloud.template_reader import Route

    type Answerer = Callable[[Request], Awaitable[Response]]

BODY_LIMIT_BYTES = 6 * 1024 * 1024  # Lambda's limit for an event; API Gateway itself allows 10 MB
INTEGRATION_SECONDS = 30.0
STOP_SECONDS = 1.0
API_ID = "local"
_TEXT = re.compile(r"text/.+|application/(?:[\w.-]+\+)?(?:json|xml)|application/javascript")
_OURS = {"content-length", "connection", "transfer-encoding"}
_PARAMETER = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class _CompiledRoute:
    route: Route
    pattern: re.Pattern[str]
    rank: tuple[int, ...]  # lowest first: literal, parameter, greedy; a method before ANY


class Routes:
    """Finds the route of a request as API Gateway does: the most specific one wins."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = sorted((_compile(route) for route in routes), key=lambda item: item.rank)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and its path parameters, decoded; None when there is none."""
        for compiled in self._routes:
            match = compiled.pattern.fullmatch(path)
            if match is not None and compiled.route.method in {method, "ANY"}:
                names = _PARAMETER.findall(compiled.route.path)
                values = zip(names, match.groups(), strict=True)
                return compiled.route, {name: unquote(value) for (name, _), value in values}
        return None


class Gateway:
    """Serves the template's routes with the functions' answers."""

    def __init__(
        self,
        routes: Sequence[Route],
        invoke: Callable[[str, bytes, str], Awaitable[Outcome]],
        integration_seconds: float = INTEGRATION_SECONDS,
    ) -> None:
        """`invoke(function, event, trace id)` runs one event."""
        self._routes = Routes(routes)
        self._invoke = invoke
        self._integration_seconds = integration_seconds
        self._beside: dict[str, Answerer] = {}
        self._server = HttpServer(self.answer, body_limit_bytes=BODY_LIMIT_BYTES)

    async def start(self, port: int) -> str:
        """Listen; returns the base URL. Raises OSError when the port is taken."""
        await self._server.start(port)
        return f"http://127.0.0.1:{self._server.port}"

    async def stop(self) -> None:
        """Stop taking requests, let those under way finish for a second."""
        await self._server.stop(STOP_SECONDS)

    def serve_beside(self, path: str, answer: Answerer) -> None:
        """Answer what lies at and under a path here: it is on this machine and nowhere else."""
        self._beside[path] = answer

    async def answer(self, request: Request) -> Response:
        """Answer one request through its function."""
        asked = request.target.partition("?")[0]
        for path, answer in self._beside.items():
            if asked == path or asked.startswith(f"{path}/"):
                return await answer(request)
        found = self._routes.find(request.method, asked)
        if found is None:
            return json_message(HTTPStatus.NOT_FOUND, "Not Found")
        route, parameters = found
        trace_id = request.header("x-amzn-trace-id") or new_trace_id()
        event = build_event(request, route, parameters, trace_id)
        invoked = self._invoke(route.function, json.dumps(event).encode(), trace_id)
        try:
            outcome = await asyncio.wait_for(invoked, self._integration_seconds)
        except TimeoutError:
            return json_message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable")
        response = None if outcome.failed else read_answer(outcome.payload)
        if response is None:
            response = json_message(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
        return response


def build_event(
    request: Request, route: Route, parameters: Mapping[str, str], trace_id: str
) -> dict[str, object]:
    """A payload format 2.0 event. The body arrives byte for byte, as text or in base64."""
    written, _, query = request.target.partition("?")
    path = unquote(written)  # in spite of its name, rawPath is decoded in an HTTP API
    event: dict[str, object] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": _headers(request, trace_id),
        "requestContext": _context(request, route, path),
    }
    cookies = [value for name, value in request.headers if name.lower() == "cookie"]
    if cookies:
        event["cookies"] = [part.strip() for line in cookies for part in line.split(";")]
    if query:
        event["queryStringParameters"] = _joined(parse_qsl(query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = dict(parameters)
    text = _as_text(request)
    if request.body:
        event["body"] = base64.b64encode(request.body).decode() if text is None else text
    event["isBase64Encoded"] = bool(request.body) and text is None
    return event


def read_answer(payload: bytes) -> Response | None:
    """A handler's answer as HTTP: with a statusCode as it says, else as JSON. None if unusable."""
    answer = json.loads(payload)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Response(HTTPStatus.OK, (("Content-Type", "application/json"),), text.encode())
    try:
        status = int(answer["statusCode"])
        body = answer.get("body") or ""
        raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        given = (answer.get("headers") or {}).items()
    except (AttributeError, TypeError, ValueError, binascii.Error):
        return None
    if not HTTPStatus.OK <= status <= 599:  # noqa: PLR2004 (the last status of HTTP)
        return None
    headers = [(str(name), _word(value)) for name, value in given if name.lower() not in _OURS]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "text/plain;charset=UTF-8"))
    headers += [("Set-Cookie", str(cookie)) for cookie in answer.get("cookies") or []]
    return Response(status, headers, raw)


def _compile(route: Route) -> _CompiledRoute:
    parts, rank = [], []
    for segment in route.path.strip("/").split("/"):
        name = _PARAMETER.fullmatch(segment)
        if name is None:
            parts.append(re.escape(segment))
            rank.append(0)
        else:
            parts.append("(.+)" if name[2] else "([^/]+)")
            rank.append(2 if name[2] else 1)
    return _CompiledRoute(
        route, re.compile("/" + "/".join(parts)), (*rank, int(route.method == "ANY"))
    )


def _headers(request: Request, trace_id: str) -> dict[str, str]:
    sent = [(name.lower(), value) for name, value in request.headers if name.lower() != "cookie"]
    headers = _joined(sent)
    forwarded = headers.get("x-forwarded-for")
    source = request.source_ip
    headers["x-forwarded-for"] = f"{forwarded}, {source}" if forwarded else source
    headers.setdefault("x-forwarded-proto", "http")
    headers.setdefault("x-forwarded-port", headers.get("host", "").rpartition(":")[2] or "80")
    headers["x-amzn-trace-id"] = trace_id
    if request.body:
        headers["content-length"] = str(len(request.body))
    headers.pop("transfer-encoding", None)
    return headers


def _context(request: Request, route: Route, path: str) -> dict[str, object]:
    now = time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": request.header("host"),
        "domainPrefix": API_ID,
        "http": {
            "method": request.method,
            "path": path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": uuid.uuid4().hex[:16],
        "routeKey": route.key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }


def _as_text(request: Request) -> str | None:
    """The body as text if its type says text and it is valid UTF-8: nothing may be replaced."""
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if not _TEXT.fullmatch(kind):
        return None
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return None


def _joined(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Repeated names are joined by a comma, as payload format 2.0 has them."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\r", " ").replace("\n", " ")

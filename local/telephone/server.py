"""Serves the telephone's page, and what it asks: beside the gateway, on this machine alone.

    GET  /telephone/                     the page, and its files
    GET  /telephone/offers               callers' scripts, sentences
    POST /telephone/calls                {"number", "script"?, "own"?: true}: rings, at our own
                                         number if there is one; answers with the call's id
    POST /telephone/calls/<id>           one step as docs/callers.md has them: done next
    GET  /telephone/calls/<id>           what has happened since `after`, as its simulator tells,
                                         whose time began at `beganMs` (ms since 1970)
    GET  /telephone/calls/<id>/visit     the whole stay that a call at our own number began
    GET  /telephone/calls/<id>/thoughts  what Switchboard made of it since `after`, as its API tells

Nobody has to log in: only calls that were made here are told of, to pages of this server.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from local.cloud.http_server import Response
from local.settings import SIMULATOR_KEY
from local.telephone.exchange import Told, ask, bearer
from local.telephone.page_files import page_file

if TYPE_CHECKING:
    from local.cloud.http_server import Request
    from local.telephone.offers import Offers

Json = dict[str, Any]

PATH = "/telephone/"
WAIT_SECONDS = 8  # for something to happen in a call
AT_ONCE = 16  # requests that wait elsewhere
HERE = {"127.0.0.1", "localhost", "::1"}
OF_A_VISIT = "v-"  # its id is this and the call's that began it
_CALL = re.compile(r"calls/([\w-]{1,64})(/thoughts|/visit)?")
BAD_REQUEST, FORBIDDEN, NOT_FOUND, NO_ANSWER = 400, 403, 404, 502


class Simulator(NamedTuple):
    """A simulator that has a telephone: where it is, and who may use it (exchange.py)."""

    url: str
    who: str


class OwnNumber(NamedTuple):
    """A number of ours at the simulated Twilio."""

    number: str
    simulator: Simulator


class Telephone:
    """The telephone of one local system.

    Args:
        vapi_url: Where the simulator of Vapi is.
        api_url: Where the operators' API is.
        token: An operator's.
        offers: Whom and what it offers.
        own: Our own number, where there is one.
    """

    def __init__(
        self, vapi_url: str, api_url: str, token: str, offers: Offers, own: OwnNumber | None = None
    ) -> None:
        self._vapi = Simulator(vapi_url, bearer(SIMULATOR_KEY))
        self._own = own
        self._api = Simulator(api_url, bearer(token))
        self._offers = offers
        self._calls: dict[str, Simulator] = {}  # made here, and whose each is
        self._waiting = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="telephone")

    async def answer(self, request: Request) -> Response:
        """Answer one request whose path begins with /telephone."""
        path, _, query = request.target.partition("?")
        if urlsplit(f"//{request.header('host')}").hostname not in HERE:
            # A stranger's name may be made to lead to this machine.
            return problem(FORBIDDEN, "The telephone is for this machine's own browser.")
        if path == PATH.rstrip("/"):
            return Response(308, (("location", PATH),))
        name = path.removeprefix(PATH)
        if request.method == "GET" and (found := page_file(name)) is not None:
            return found
        if not _from_the_page(request):
            return problem(FORBIDDEN, "The telephone is for its own page.")
        return await asyncio.get_running_loop().run_in_executor(
            self._waiting, self._asked, request, name, dict(parse_qsl(query))
        )

    def close(self) -> None:
        """Wait for nobody any more."""
        self._waiting.shutdown(wait=False, cancel_futures=True)

    def _asked(self, request: Request, name: str, query: dict[str, str]) -> Response:
        call = _CALL.fullmatch(name)
        if request.method == "GET" and name == "offers":
            own = self._own.number if self._own else None
            return told_as(Told(200, {**self._offers.shown(), "own": own}))
        if request.method == "POST" and name == "calls":
            return self._ring(request)
        if call is None or call[1] not in self._calls:
            return problem(NOT_FOUND, "There is no such call.")
        if request.method == "POST" and not call[2]:
            return self._do(call[1], request)
        if call[2] == "/visit":
            return told_as(self._ask_api(f"/api/visits/{OF_A_VISIT}{call[1]}"))
        return self._thoughts(call[1], query) if call[2] else self._happened(call[1], query)

    def _ring(self, request: Request) -> Response:
        wish = _body(request)
        if wish is None:
            return problem(BAD_REQUEST, "The body must be a JSON object.")
        script = self._offers.script(str(wish["script"])) if wish.get("script") else {}
        if script is None:
            return problem(BAD_REQUEST, "script: there is no such caller")
        caller = {**script, "number": wish.get("number") or script.get("number")}
        if not wish.get("own"):
            return self._place(self._vapi, caller)
        if self._own is None:
            return problem(BAD_REQUEST, "own: there is no number at Twilio (TWILIO_PHONE_NUMBER)")
        return self._place(self._own.simulator, {"to": self._own.number, "caller": caller})

    def _place(self, simulator: Simulator, wanted: Json) -> Response:
        told = ask(simulator.url, "POST", "/telephone", simulator.who, wanted)
        if told.status == 201:  # noqa: PLR2004 - Created
            self._calls[told.body["id"]] = simulator
        return told_as(told)

    def _do(self, call_id: str, request: Request) -> Response:
        step = _body(request)
        if step is None:
            return problem(BAD_REQUEST, "The body must be a JSON object.")
        url, who = self._calls[call_id]
        return told_as(ask(url, "POST", f"/telephone/{call_id}", who, step))

    def _happened(self, call_id: str, query: dict[str, str]) -> Response:
        asked = urlencode({"after": query.get("after", "0"), "seconds": WAIT_SECONDS})
        target = f"/telephone/{call_id}?{asked}"
        url, who = self._calls[call_id]
        told = ask(url, "GET", target, who)
        if told.status != 200:  # noqa: PLR2004 - OK
            return told_as(told)
        for event in told.body["events"]:
            if event["event"] == "put-through":  # a call of ours at Twilio has one at Vapi
                self._calls[event["with_call"]] = self._vapi
        began_ms = time.time() * 1000 - told.body["now_ms"]
        return told_as(Told(200, {**told.body, "beganMs": began_ms}))

    def _thoughts(self, call_id: str, query: dict[str, str]) -> Response:
        after = f"&after={quote(query['after'])}" if query.get("after") else ""
        told = self._ask_api(f"/api/live?call={call_id}{after}")
        if told.status != 200:  # noqa: PLR2004 - OK
            return told_as(told)
        return told_as(Told(200, {"call": told.body.get("call")}))

    def _ask_api(self, target: str) -> Told:
        return ask(self._api.url, "GET", target, self._api.who)


def problem(status: int, what: str) -> Response:
    """A refusal, as the API words them."""
    return told_as(Told(status, {"detail": what}))


def told_as(told: Told) -> Response:
    """Another server's answer, passed on."""
    status, body = told if told.status else (NO_ANSWER, {"detail": "There was no answer."})
    if isinstance(body, dict) and "message" in body:  # in the form of Vapi's framework
        message = body["message"]
        body = {"detail": message if isinstance(message, str) else "; ".join(message)}
    headers = (("content-type", "application/json"), ("cache-control", "no-store"))
    return Response(status, headers, json.dumps(body).encode())


def _from_the_page(request: Request) -> bool:
    """Whether a page of this server asks, and no other website over this machine's browser."""
    from_where = request.header("sec-fetch-site")
    if request.method == "GET":
        return from_where in {"", "same-origin"}
    said = request.header("content-type").partition(";")[0].strip()
    return from_where in {"", "same-origin"} and said == "application/json"


def _body(request: Request) -> Json | None:
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None

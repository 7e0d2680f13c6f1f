"""Twilio's REST API of 2010: who asks, for what, and with which fields; then the operation."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.cloud.http_server import Request, Response
from local.twilio.ids import new_sid
from local.twilio.rest.asked import Asked
from local.twilio.rest.calls import CALLS
from local.twilio.rest.conferences import CONFERENCES
from local.twilio.rest.forms import UNPLAYED, operations, read_fields
from local.twilio.rest.numbers import NUMBERS
from local.twilio.rest.participants import PARTICIPANTS
from local.twilio.rest.queues import QUEUES
from local.twilio.rest.recordings import RECORDINGS
from local.twilio.rest.refusals import NOT_ALLOWED, TOO_MANY, UNAUTHORIZED, RefusedError, not_found
from local.twilio.rest.sender import is_account
from local.twilio.rest.telephone import is_telephone

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.rest.telephone import Telephone
    from local.twilio.telephones.account import Account

Json = dict[str, Any]

OPERATIONS: dict[str, Callable[[Asked], Json]] = {
    **CALLS,
    **QUEUES,
    **CONFERENCES,
    **PARTICIPANTS,
    **RECORDINGS,
    **NUMBERS,
}
FORM = "application/x-www-form-urlencoded"
NO_CONTENT, INTERNAL_ERROR = 204, 500


class Rest:
    """Answers the requests of one account's client, on the simulator's loop.

    Args:
        account: Whose.
        telephone: What lies under /telephone, for whoever calls by hand.
    """

    def __init__(self, account: Account, telephone: Telephone) -> None:
        self._account = account
        self._telephone = telephone
        self._count = 0
        self._under_way = 0

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if is_telephone(request):  # asked several times a second, and no business of a client's
            return await self._telephone.answer(request)
        self._count += 1
        self._under_way += 1
        try:
            status, body = self._carry_out(request)
        except RefusedError as refusal:
            status, body = refusal.status, refusal.body()
        except Exception as error:  # noqa: BLE001 - of the simulator's own, told in its log
            self._account.note("mistake", what=repr(error))
            ours = RefusedError(20500, "Internal Server Error", INTERNAL_ERROR)
            status, body = ours.status, ours.body()
        finally:
            self._under_way -= 1
        target = urlsplit(request.target)
        self._account.note(
            "rest-request",
            method=request.method,
            path=target.path,
            fields=parse_qsl(target.query) + parse_qsl(request.body.decode(errors="replace")),
            status=status,
            code=body.get("code"),
        )
        switches = self._account.switches
        if request.method == "POST" and switches.lose_answers:
            switches.lose_answers -= 1
            raise ConnectionAbortedError  # obeyed, but the answer is lost
        return self._response(status, body)

    def _response(self, status: int, body: Json) -> Response:
        headers = [
            ("Content-Type", "application/json"),
            ("Twilio-Request-Id", new_sid("RQ")),
            ("Twilio-Concurrent-Requests", str(self._under_way + 1)),
        ]
        if status == UNAUTHORIZED:
            headers.append(("WWW-Authenticate", 'Basic realm="Twilio API"'))
        text = b"" if status == NO_CONTENT else json.dumps(body).encode()
        return Response(status, headers, text)

    def _carry_out(self, request: Request) -> tuple[int, Json]:
        account = self._account
        self._check_sender(request)
        target = urlsplit(request.target)
        name, named = _operation(request.method, target.path)
        rules = operations()[name]
        if named["AccountSid"] != account.sid:
            raise RefusedError(20003, "Authentication Error - invalid username", UNAUTHORIZED)
        for part, value in named.items():
            _check_name(rules["path"][part], value, target.path)
        query = parse_qsl(target.query, keep_blank_values=True)
        fields = read_fields(rules["query"], query)
        if rules["method"] == "POST":
            fields = read_fields(rules["form"], _form(request), rules["required"])
        if names := sorted(UNPLAYED & set(fields)):
            account.note("unplayed", what=names)
        asked = Asked(account=account, path=target.path, named=named, fields=fields)
        return rules["success"], OPERATIONS[name](asked)

    def _check_sender(self, request: Request) -> None:
        """Who asks, and whether they ask too much. Raises RefusedError."""
        account, switches = self._account, self._account.switches
        if not is_account(request, account):
            raise RefusedError(20003, "Authenticate", UNAUTHORIZED)
        often = switches.refuse_every and self._count % switches.refuse_every == 0
        if often or self._under_way > switches.concurrent_requests:
            raise RefusedError(20429, "Too Many Requests", TOO_MANY)


def _form(request: Request) -> list[tuple[str, str]]:
    if request.body and request.header("content-type").partition(";")[0].strip() != FORM:
        raise RefusedError(20001, f"The body must be {FORM}")
    return parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)


@cache
def _paths() -> list[tuple[str, re.Pattern[str], str]]:
    """Of every operation its method, the pattern of its path, and its name."""
    return [
        (rules["method"], re.compile(_pattern(rules["path_template"])), name)
        for name, rules in operations().items()
    ]


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    fixed = [re.escape(part) for part in parts[::2]]
    named = [f"(?P<{part}>[^/]+?)" for part in parts[1::2]]
    return "".join(one + other for one, other in zip(fixed, [*named, ""], strict=True))


def _operation(method: str, path: str) -> tuple[str, dict[str, str]]:
    """The operation and what its path names. Raises RefusedError when there is none."""
    others = False
    for wanted, pattern, name in _paths():
        if match := pattern.fullmatch(path):
            if method == wanted:
                return name, {part: unquote(text) for part, text in match.groupdict().items()}
            others = True
    if others:
        raise RefusedError(20004, f"Method {method} is not allowed", NOT_ALLOWED)
    raise not_found(path)


def _check_name(rule: Json, value: str, path: str) -> None:
    if "pattern" in rule and not re.fullmatch(rule["pattern"], value):
        raise not_found(path)

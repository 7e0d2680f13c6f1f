"""HubSpot's REST API by date-based paths: who asks, for what, how often; then the operation."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local.crm.http import Answer, Request, json_answer
from local.crm.hubspot.definitions import KINDS
from local.crm.hubspot.operations import OBJECTS, PROPERTIES, Asked, Portal
from local.crm.hubspot.refusals import (
    FORBIDDEN,
    NOT_ALLOWED,
    UNAUTHORIZED,
    WRONG_TYPE,
    RefusedError,
    invalid,
    not_found,
)
from local.crm.served import Answering

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.crm.faults import Faults
    from local.crm.hubspot.limits import Limits
    from local.crm.hubspot.operations import Done
    from local.crm.log import CrmLog, NowMs

type Json = dict[str, Any]

VERSIONS = frozenset({"2026-03", "2026-09"})
BROKEN: Json = {"status": "error", "category": "INTERNAL_ERROR", "message": "it failed"}
_PATH = re.compile(r"/crm/(objects|properties)/([^/]+)(/.*)")
_BY_NUMBER = {number: name for name, number in KINDS.items()}


class Rest(Answering):
    """Answers the requests of one account's client.

    Args:
        token: The account's.
        portal: Its records.
        limits: How often it may be asked.
        faults: What goes wrong on request.
        log: What is asked is written there.
        now_ms: The simulator's clock.

    Attributes:
        forbidden: Kinds of record that the token has no scope for.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of an account, made by the simulator alone
        self, token: str, portal: Portal, limits: Limits, faults: Faults, log: CrmLog, now_ms: NowMs
    ) -> None:
        super().__init__(log, faults, BROKEN)
        self.token = token
        self.forbidden: frozenset[str] = frozenset()
        self._portal = portal
        self._limits = limits
        self._now_ms = now_ms

    def noted(self, request: Request) -> dict[str, object]:
        """What it was asked, readable."""
        return {
            "path": unquote(request.path),
            "query": dict(request.query),
            "body": request.body.decode(errors="replace"),
            "agent": request.headers.get("user-agent"),
        }

    def carried_out(self, request: Request) -> Answer:
        """What comes of a request that nothing happens to."""
        headers: tuple[tuple[str, str], ...] = ()
        search = request.path.endswith("/search")
        try:
            self._check_sender(request)
            headers = self._limits.admit(self._now_ms(), search=search)
            operation, asked = self._asked(request)
            status, told = operation(asked)
            return json_answer(status, told, headers) if told else Answer(status, b"", headers)
        except RefusedError as refusal:
            headers = () if search else self._limits.headers()
            return json_answer(refusal.status, refusal.body(), headers)
        except Exception as error:  # noqa: BLE001 - of the simulator's own, told in its log
            self.log.write("mistake", what=repr(error))
            return json_answer(500, {"status": "error", "message": "internal error"})

    def _check_sender(self, request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or token != self.token:
            words = "Authentication credentials not found."
            raise RefusedError(UNAUTHORIZED, "INVALID_AUTHENTICATION", words)

    def _asked(self, request: Request) -> tuple[Callable[[Asked], Done], Asked]:
        match = _PATH.fullmatch(request.path)
        if match is None or match[2] not in VERSIONS:
            raise not_found(f"No such path: {request.path}")
        operation, named = _operation(match[1], request.method, match[3])
        kind = _BY_NUMBER.get(named["kind"], named["kind"])
        if kind not in KINDS:
            raise invalid(f"Unable to infer object type from: {kind}")
        if kind in self.forbidden:
            words = "This app hasn't been granted all required scopes to make this call."
            raise RefusedError(FORBIDDEN, "MISSING_SCOPES", words)
        return operation, Asked(
            portal=self._portal,
            version=match[2],
            kind=kind,
            named=named,
            query=request.query,
            body=_body(request),
            now_ms=self._now_ms(),
        )


def _body(request: Request) -> Json:
    if not request.body:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RefusedError(WRONG_TYPE, "VALIDATION_ERROR", "Unsupported media type")
    try:
        said = json.loads(request.body)
    except ValueError:
        raise invalid("Invalid input JSON") from None
    if not isinstance(said, dict):
        raise invalid("Invalid input JSON: an object is needed")
    return said


@cache
def _patterns(of: str) -> list[tuple[str, re.Pattern[str], Callable[[Asked], Done]]]:
    """Method, path and operation, those with words before those with any name."""
    table = OBJECTS if of == "objects" else PROPERTIES
    ordered = sorted(table.items(), key=lambda one: one[0][1].count("{"))
    return [
        (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), operation)
        for (method, path), operation in ordered
    ]


def _operation(of: str, method: str, path: str) -> tuple[Callable[[Asked], Done], dict[str, str]]:
    others = False
    for wanted, pattern, operation in _patterns(of):
        if match := pattern.fullmatch(path):
            if method == wanted:
                return operation, {name: unquote(text) for name, text in match.groupdict().items()}
            others = True
    if others:
        raise RefusedError(NOT_ALLOWED, "VALIDATION_ERROR", f"Method {method} is not allowed")
    raise not_found(f"No such path: {path}")

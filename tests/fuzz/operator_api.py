"""The operators' API under requests that are wrong in a few places, at every one of its routes.

The function's own handler, in this process, on tables of the emulator that hold a little of
everything; what one request writes the next ones find.
"""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.functional.operator_api.openapi_document import (
    PROBLEM,
    Json,
    operations,
    resolved,
    validator,
)
from tests.functional.operator_api.operator_rig import OPERATOR, VIEWER
from tests.fuzz.changes import ODD, changed
from tests.fuzz.good_values import good

if TYPE_CHECKING:
    import random
    from types import ModuleType

    from jsonschema import Draft202012Validator

    from tests.fuzz.api_scene import Ids

ROLES = (*[OPERATOR] * 14, *[VIEWER] * 4, "guess", None)
WHOLE_NUMBER = re.compile(r"\+[1-9][0-9]{9,14}")
DOCUMENT_PATH = "/api/openapi.json"
ODD_PLACES = ("..", "%00", "\x00", "a" * 2_000, "+14155550123", "v-\u202e", "😀", " ", "a/b")
ODD_HEADERS = ("", "\u00e9", "0", "a" * 3_000, "Bearer", "=", "gzip;q=x", "text/csv", '"x"')
HEADERS = ("content-type", "authorization", "idempotency-key", "if-none-match", "accept-encoding")
LISTS = ("phone,name\n+12125550100,Ada\n", "Phone;Do Not Call\n(212) 555-0101;yes\n", "x\n")
CSV, JSON = "text/csv", "application/json"
LEAST_FAILURE = 500
BUSY = 503  # of the emulator, on a machine that others use: asked again, a second later each time
ASKED_AGAIN = 5


class OperatorApi:
    """One request after the other into the handler."""

    def __init__(self, app: ModuleType, ids: Ids) -> None:
        """Keep the function as a cold start has it, and what stands in its tables."""
        self.app = app
        self._ids = ids
        self._operations = list(operations())
        self._known: dict[tuple[str, str, int], Draft202012Validator | None] = {}

    def try_one(self, chance: random.Random) -> str:
        """Send one request. Returns the status; raises what was wrong."""
        method, path, operation = chance.choice(self._operations)
        event = self._event(method, path, operation, chance)
        answer = self.app.lambda_handler(event, None)
        for seconds in range(ASKED_AGAIN):
            if answer["statusCode"] != BUSY:
                break
            time.sleep(seconds)
            answer = self.app.lambda_handler(event, None)
        status, body = answer["statusCode"], answer["body"]
        assert status < LEAST_FAILURE, f"{method} {path}: {status} {body}"
        assert all("\n" not in str(value) for value in answer["headers"].values())
        if answer.get("isBase64Encoded") or not body:
            return str(status)
        told = json.loads(body, parse_constant=_no_number)
        if event["headers"].get("authorization") != f"Bearer {OPERATOR}" and path != DOCUMENT_PATH:
            assert not WHOLE_NUMBER.search(body), f"{method} {path}: a whole number"
        if event["rawPath"].count("/") == path.count("/"):
            self._hold(method, path, operation, status, told)
        return str(status)

    def _hold(self, method: str, path: str, operation: Json, status: int, told: object) -> None:
        place = (method, path, status)
        if place not in self._known:
            self._known[place] = _described(operation, status)
        model = self._known[place]
        if model is None:
            assert told == {"message": "Not Found"} or status == 404, f"{method} {path}: {status}"
            return
        faults = [f"{error.json_path}: {error.message[:200]}" for error in model.iter_errors(told)]
        assert faults == [], f"{method} {path} {status}: {faults}"

    def _event(self, method: str, path: str, operation: Json, chance: random.Random) -> Json:
        place = self._place(path, chance)
        query = self._query(operation, chance)
        body, kind = self._body(operation, chance)
        headers = _headers(kind, chance)
        event: Json = {
            "version": "2.0",
            "routeKey": f"{method.upper()} {path}",
            "rawPath": place,
            "rawQueryString": urlencode(query),
            "queryStringParameters": query,
            "headers": headers,
            "requestContext": {
                "http": {"method": method.upper(), "path": place, "sourceIp": "192.0.2.1"},
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        if body is not None:
            event |= _carried(body, chance)
        return event

    def _place(self, path: str, chance: random.Random) -> str:
        steps = path.split("/")
        for at, step in enumerate(steps):
            if step.startswith("{"):
                known = self._ids.get(steps[at - 1]) or ("1",)
                others = [one for ids in self._ids.values() for one in ids]
                what = chance.random()
                steps[at] = chance.choice(
                    known if what < 0.7 else others if what < 0.85 else ODD_PLACES
                )
        return "/".join(steps)

    def _query(self, operation: Json, chance: random.Random) -> dict[str, str]:
        query: dict[str, str] = {}
        for parameter in map(resolved, operation.get("parameters", ())):
            if parameter["in"] != "query" or chance.random() < 0.5:
                continue
            name = parameter["name"]
            value = good(parameter["schema"], chance, name)
            if name == "cursor":
                value = self._cursor(chance)
            query[name] = str(chance.choice(ODD) if chance.random() < 0.3 else value)
        if chance.random() < 0.03:
            query[chance.choice(("x", "", "limit", "cursor"))] = str(chance.choice(ODD))
        return {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}

    def _cursor(self, chance: random.Random) -> str:
        cursor = chance.choice(self._ids["cursors"])
        return _other_place(cursor, chance) if chance.random() < 0.6 else cursor

    def _body(self, operation: Json, chance: random.Random) -> tuple[bytes | None, str | None]:
        contents = operation.get("requestBody", {}).get("content", {})
        if not contents:
            is_given = chance.random() < 0.1
            return (b'{"x": 1}', JSON) if is_given else (None, None)
        if chance.random() < 0.03:
            return None, JSON
        kind = chance.choice(list(contents))
        if kind != JSON:
            text = chance.choice(LISTS)
            return changed(text, chance, [text]) if chance.random() < 0.3 else text.encode(), kind
        wanted = good(contents[kind]["schema"], chance)
        if "cursor" in wanted:
            wanted["cursor"] = self._cursor(chance)
        return changed(wanted, chance, [wanted, {"phone": "+12125550123", "x": [{}]}]), kind


def _other_place(cursor: str, chance: random.Random) -> str:
    """A cursor of the same list, or of another, that leads where nobody was sent."""
    try:
        name, place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return cursor[::-1]
    at = chance.randrange(len(place) + 1)
    other = chance.choice(
        (
            place[:at],
            place[:at] + chance.choice(ODD_PLACES) + place[at:],
            re.sub("[0-9]", lambda _: chance.choice("0189"), place),
            str(chance.choice(ODD)),
        )
    )
    said = [chance.choice((name, name, name, "audit", "story")), other]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _headers(kind: str | None, chance: random.Random) -> dict[str, str]:
    token = chance.choice(ROLES)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    if kind is not None:
        headers["content-type"] = kind
    if chance.random() < 0.2:
        headers["idempotency-key"] = f"k-{chance.randrange(20)}"
    if chance.random() < 0.06:
        headers[chance.choice(HEADERS)] = chance.choice(ODD_HEADERS)
    return headers


def _carried(body: bytes, chance: random.Random) -> Json:
    """A body as API Gateway hands it over: text where it is text, else base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = None
    if text is None or chance.random() < 0.2:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {"body": text}


def _described(operation: Json, status: int) -> Draft202012Validator | None:
    """What the document says of this answer; None: nothing."""
    answers = operation["responses"]
    if str(status) not in answers:
        return None
    contents = resolved(answers[str(status)])["content"]
    return validator(contents[PROBLEM if status >= 400 else JSON]["schema"])


def _no_number(said: str) -> object:
    raise AssertionError(f"no JSON: {said}")

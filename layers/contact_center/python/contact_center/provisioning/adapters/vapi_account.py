"""A Vapi account: credentials, assistants, squads and numbers, by its REST API.

Keys that an object was given may come back in what Vapi shows of it: here stands HIDDEN in their
place, so that no plan, log or error can hold one, and one that nobody wants is seen. Lists come
newest first or not, 1,000 at most at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.provisioning.domain.marks import mark_on
from contact_center.provisioning.domain.objects import Found, Kind
from contact_center.provisioning.services.provisioning_ports import NotAnsweredError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.provisioning.adapters.asking import Asking

type Json = Any

PATHS = {
    Kind.CREDENTIAL: "/credential",
    Kind.ASSISTANT: "/assistant",
    Kind.SQUAD: "/squad",
    Kind.NUMBER: "/phone-number",
}
PAGE = 1000
MOST_PAGES = 20
# Of a number: by its provider a body is read, and where nothing is said of messages Vapi takes
# them (PATCH /phone-number/{id}, UpdateTwilioPhoneNumberDTO).
OF_EACH_CHANGE = ("provider", "smsEnabled")
HIDDEN = "(hidden)"
SECRET_FIELDS = frozenset(
    {"secretKey", "token", "secret", "headers", "clientSecret", "apiKey", "authentication"}
    | {"twilioAuthToken", "twilioApiKey", "twilioApiSecret", "credentials"}
)


class VapiAccount:
    """Account over HTTP."""

    def __init__(self, asking: Asking, page: int = PAGE) -> None:
        """Keep how it is asked. `page`: so many at a time."""
        self._asking = asking
        self._page = page
        self._always_sent: dict[str, dict[str, Json]] = {}

    def found(self, kind: Kind) -> list[Found]:
        """All of a kind; see Account."""
        known: dict[str, Found] = {}
        before: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            told = self._asking.get(PATHS[kind], {"limit": str(self._page), **before})
            if not isinstance(told, list):
                raise NotAnsweredError(f"Vapi told no list of its {kind} objects: try again")
            page = [self._noted(kind, one) for one in told]
            news = [one for one in page if one.id not in known]
            known.update({one.id: one for one in news})
            if len(told) < self._page:
                return list(known.values())
            before = {"createdAtLe": min(one.made_at for one in page)}
            if not news:  # as many were made in the same instant
                break
        raise NotAnsweredError(f"Vapi has more {kind} objects than can be read: delete some")

    def make(self, kind: Kind, body: Mapping[str, Json]) -> Found:
        """Make one; see Account."""
        return self._noted(kind, self._asking.send("POST", PATHS[kind], body))

    def change(self, kind: Kind, object_id: str, body: Mapping[str, Json]) -> Found:
        """Replace top-level fields of one; see Account."""
        sent = {**self._always_sent.get(object_id, {}), **body}
        return self._noted(kind, self._asking.send("PATCH", f"{PATHS[kind]}/{object_id}", sent))

    def _noted(self, kind: Kind, told: Json) -> Found:
        found = _found(kind, told)
        if kind is Kind.NUMBER:
            said = {name: found.says.get(name) for name in OF_EACH_CHANGE}
            self._always_sent[found.id] = {k: v for k, v in said.items() if v is not None}
        return found


def _found(kind: Kind, told: Json) -> Found:
    if not isinstance(told, dict) or not isinstance(told.get("id"), str):
        raise NotAnsweredError(f"Vapi told a {kind} without an id: run it again")
    return Found(
        kind=kind,
        id=told["id"],
        says=without_secrets(told),
        mark=mark_on(told),
        made_at=str(told.get("createdAt") or ""),
    )


def without_secrets(value: Json) -> Json:
    """A value with HIDDEN in fields that hold keys, however deep."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if name in SECRET_FIELDS and inner else without_secrets(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    return value

"""HubSpot's refusals: a status, a category, words, and what they are about."""

from __future__ import annotations

import uuid
from typing import Any

type Json = dict[str, Any]

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = 400, 401, 403, 404, 405
CONFLICT, WRONG_TYPE, TOO_MANY = 409, 415, 429


class RefusedError(Exception):
    """A request that HubSpot does not carry out."""

    def __init__(self, status: int, category: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.category = category
        self.more = more

    def body(self) -> Json:
        """The body of the answer."""
        return {
            "status": "error",
            "message": str(self),
            "correlationId": str(uuid.uuid4()),
            "category": self.category,
            **self.more,
        }

    def in_batch(self, value: str) -> Json:
        """The same as one of the errors of a batch."""
        return {
            "status": "error",
            "category": self.category,
            "message": str(self),
            "context": {"ids": [value]},
            **{name: more for name, more in self.more.items() if name != "context"},
        }


def invalid(message: str, code: str = "", name: str = "") -> RefusedError:
    """Something in the request is not what it must be."""
    if not code:
        return RefusedError(BAD_REQUEST, "VALIDATION_ERROR", message)
    found = {"message": message, "code": code, "context": {"propertyName": [name]}}
    return RefusedError(BAD_REQUEST, "VALIDATION_ERROR", message, errors=[found])


def not_found(message: str = "resource not found") -> RefusedError:
    """There is nothing of that name."""
    return RefusedError(NOT_FOUND, "OBJECT_NOT_FOUND", message)


def taken(kind: str, existing_id: str) -> RefusedError:
    """A value that must be unique is another record's."""
    what = "Contact" if kind == "contacts" else "Object"
    return RefusedError(CONFLICT, "CONFLICT", f"{what} already exists. Existing ID: {existing_id}")


def taken_as_invalid(name: str, value: str, existing_id: str) -> RefusedError:
    """The same, as it is told of properties that an owner made."""
    inside = (
        f'[{{"isValid":false,"message":"{value} already has that value. id {existing_id}",'
        f'"error":"CONFLICTING_UNIQUE_VALUE","name":"{name}"}}]'
    )
    return RefusedError(
        BAD_REQUEST, "VALIDATION_ERROR", f"Property values were not valid: {inside}"
    )

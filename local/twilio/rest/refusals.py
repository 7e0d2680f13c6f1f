"""Twilio's refusals: an HTTP status, a code, and words."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

BAD_REQUEST, UNAUTHORIZED, NOT_FOUND, NOT_ALLOWED, TOO_MANY = 400, 401, 404, 405, 429


class RefusedError(Exception):
    """A request that Twilio does not carry out."""

    def __init__(self, code: int, message: str, status: int = BAD_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    def body(self) -> Json:
        """The body of the answer."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def not_found(path: str) -> RefusedError:
    """There is nothing of that name."""
    return RefusedError(20404, f"The requested resource {path} was not found", NOT_FOUND)


def not_in_progress() -> RefusedError:
    """A call that is to be redirected or hung up is over, or not yet answered."""
    return RefusedError(21220, "Call is not in-progress. Cannot redirect.")

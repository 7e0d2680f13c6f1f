"""Log somebody in by a token, and tell whose a session is.

too many wrong ones? ─► count a try ─► whose token is it? ─► nobody's: refused, counted
                                              └─► somebody's: not counted, a session
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from contact_center.audit.domain.entries import mark_of
from contact_center.console.domain.sessions import (
    SESSION_SECONDS,
    Session,
    mark_of_token,
    opened,
    sealed,
    session_key,
)
from contact_center.console.services.login_ports import TriesMovedOnError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.audit.services.audit_ports import MarkKey
    from contact_center.console.domain.login_tries import LoginTries
    from contact_center.console.services.login_ports import LoginTryBook, TokenHolders
    from contact_center.kernel.ports import Clock

# More lost races than tries that one address may have at once.
WRITES = 24


class WrongTokenError(Exception):
    """It is nobody's token: the one answer, whatever is wrong with it."""


class ManyTriesError(Exception):
    """Too many wrong tokens came from that address; this one was not looked at."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInParts:
    """What logging in works with; `key` is the audit trail's, `clock` the machine's."""

    holders: TokenHolders
    tries: LoginTryBook
    key: MarkKey
    clock: Clock


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Somebody who is logged in now, and the value that says so."""

    session: Session
    value: str


def log_in(token: str, address: str, parts: LogInParts) -> LoggedIn:
    """Log somebody in.

    Args:
        token: As shown.
        address: Where the request comes from.
        parts: What it works with.

    Raises:
        ManyTriesError: Ten wrong ones came from there within a minute.
        WrongTokenError: It is nobody's.
        SecretUnavailableError, StoreUnavailableError, StoreRefusedError: It cannot be judged.
    """
    secret = parts.key.current()
    mark = mark_of(secret, f"address {address}")
    now_ms = parts.clock.now_ms()
    _count(mark, now_ms, parts)
    found = parts.holders.holder_of(token.strip())
    if found is None:
        raise WrongTokenError
    _take_back(mark, now_ms, parts)
    key = session_key(secret)
    holder, digest = found
    session = Session(
        name=holder.name,
        role=holder.role,
        ends_at_s=now_ms // 1000 + SESSION_SECONDS,
        mark=mark_of_token(key, digest),
    )
    return LoggedIn(session, sealed(session, key))


def who_is(value: str, parts: LogInParts) -> Session | None:
    """Whose session a value is; None: nobody's, it is over, or the token has been turned.

    Whoever has another role by now is to log in again.

    Raises:
        SecretUnavailableError: It cannot be judged.
    """
    key = session_key(parts.key.current())
    session = opened(value, key, parts.clock.now_ms() // 1000)
    if session is None:
        return None
    said = session.mark
    found = parts.holders.holder_with(
        lambda digest: hmac.compare_digest(said, mark_of_token(key, digest))
    )
    is_so = found is not None and (found[0].name, found[0].role) == (session.name, session.role)
    return session if is_so else None


def _count(mark: str, now_ms: int, parts: LogInParts) -> None:
    for _ in range(WRITES):
        before = parts.tries.read(mark)
        waits_ms = before.waits_ms(now_ms)
        if waits_ms:
            raise ManyTriesError(-(-waits_ms // 1000))
        if _written(before, before.tried(now_ms), parts):
            return
    raise StoreUnavailableError


def _take_back(mark: str, tried_ms: int, parts: LogInParts) -> None:
    """One that is not taken back for a race counts as a wrong one, for a minute."""
    for _ in range(WRITES):
        before = parts.tries.read(mark)
        if _written(before, before.forgiven(tried_ms), parts):
            return


def _written(before: LoginTries, after: LoginTries, parts: LogInParts) -> bool:
    try:
        parts.tries.write(before, after)
    except TriesMovedOnError:
        return False
    return True

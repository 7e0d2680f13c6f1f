"""The request that is being answered: whose it is and what it asks for, found out once.

Whoever carries a bearer token is a program, or was handed the token. Whoever carries the page's
cookie is a browser, which sends it along whoever made it ask: a write has to show that it was the
page itself (_must_be_of_the_page).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from contact_center.aws.operator_tokens import TokensUnavailableError
from contact_center.kernel.ports import SecretUnavailableError
from operator_api.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.aws.operator_list import Role
    from contact_center.aws.operator_tokens import OperatorTokens
    from contact_center.console.domain.sessions import Session
    from contact_center.console.services.log_in import LogInParts
    from contact_center.console.services.login_ports import TokenHolder
    from operator_api.routes import Operation

SESSION_COOKIE = "__Host-session"
READS = frozenset({"GET", "HEAD"})
OURS = "same-origin"  # of Sec-Fetch-Site; another port of the same host is only same-site


class Asking:
    """One request after the other, as Lambda hands them over.

    Attributes:
        operation: What is served; None: there is no such route.
        names: Of its path.
        address: Where it comes from, as API Gateway saw it.
    """

    def __init__(self, tokens: OperatorTokens, sessions: Callable[[], LogInParts]) -> None:
        """Keep what tells people apart; `sessions` is made for the first cookie."""
        self._tokens = tokens
        self._sessions = sessions
        self.begin({})

    def begin(self, event: Mapping[str, Any]) -> None:
        """Forget the request before and take up this one; nobody is looked up yet."""
        self.operation: Operation | None = None
        self.names: Mapping[str, str] = {}
        self._headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        http = event.get("requestContext", {}).get("http", {})
        self._method = str(http.get("method", "GET"))
        self.address = str(http.get("sourceIp", ""))
        authorization = self._headers.get("authorization")
        self._authorization = authorization
        self._cookie = None if authorization is not None else _cookie(event.get("cookies", ()))
        self._found: tuple[TokenHolder | None] | TokensUnavailableError | None = None
        self._session: Session | None = None

    def serve(self, operation: Operation, names: Mapping[str, str]) -> None:
        """Note which route it has come to, and refuse a write that is not the page's own.

        Raises:
            ProblemError: 403.
        """
        self.operation, self.names = operation, names
        self._must_be_of_the_page()

    def who(self) -> TokenHolder | None:
        """Whose request it is; None: a stranger's. Raises TokensUnavailableError."""
        if self._found is None:
            try:
                self._found = (self._looked_up(),)
            except (TokensUnavailableError, SecretUnavailableError):
                self._found = TokensUnavailableError()
        if isinstance(self._found, TokensUnavailableError):
            raise self._found
        return self._found[0]

    def came_in(self, session: Session) -> None:
        """Somebody has logged in by this request: it is theirs."""
        self._found, self._session = (session,), session

    def shown(self, version: str) -> dict[str, object]:
        """Who is logged in, as the page is told."""
        who, session = self.who(), self._session
        ends = None if session is None else datetime.fromtimestamp(session.ends_at_s, tz=UTC)
        return {
            "name": None if who is None else who.name,
            "role": None if who is None else who.role,
            "endsAt": None if ends is None else ends.isoformat().replace("+00:00", "Z"),
            "version": version,
        }

    def known(self) -> TokenHolder | None:
        """Whose request it was; nobody's, when that cannot be told."""
        try:
            return self.who()
        except TokensUnavailableError:
            return None

    def role(self) -> Role | None:
        """What whoever asks may do; None: a stranger. Raises TokensUnavailableError."""
        who = self.who()
        return None if who is None else cast("Role", who.role)

    def require(self, least: Role) -> None:
        """It must come from a viewer (an operator will do) or from an operator."""
        role = self.role()
        if role is None:
            raise problem(401, "A valid bearer token is required.")
        if least == "operator" and role != "operator":
            raise problem(403, "An operator's token is required.")

    def _must_be_of_the_page(self) -> None:
        """A write with the page's cookie must be one that only the page can send.

        SameSite alone lets a form of another port of the same host pass. No form can send JSON, or
        a header of ours; another origin's script has to ask first, and nobody says yes.
        """
        if self._cookie is None or self._method in READS:
            return
        kind = self._headers.get("content-type", "").partition(";")[0].strip().lower()
        lists = () if self.operation is None else self.operation.lists
        is_ours = (
            self._headers.get("sec-fetch-site") == OURS
            and self._headers.get("x-console") == "1"
            and (kind == "application/json" or (kind in lists and kind not in FORMS))
        )
        if not is_ours:
            raise problem(
                403,
                "With a session, a change needs Sec-Fetch-Site: same-origin, X-Console: 1 and "
                "Content-Type: application/json.",
            )

    def must_not_come_from_elsewhere(self) -> None:
        """A browser that was made to ask by another page says so."""
        if self._headers.get("sec-fetch-site", OURS) != OURS:
            raise problem(403, "This has to be asked by the page itself.")

    def _looked_up(self) -> TokenHolder | None:
        if self._cookie is None:
            return self._tokens.who(self._authorization)
        from contact_center.console.services.log_in import who_is  # noqa: PLC0415

        self._session = who_is(self._cookie, self._sessions())
        return self._session


# What a form can say its body is, whoever's page it stands in.
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})


def _cookie(cookies: object) -> str | None:
    """The page's cookie; two of that name are nobody's."""
    if not isinstance(cookies, list):
        return None
    said = [one.partition("=")[2] for one in cookies if one.startswith(f"{SESSION_COOKIE}=")]
    return said[0] if len(said) == 1 else None

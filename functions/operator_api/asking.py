"""The request that is being answered: whose it is and what it asks for, found out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.operator_tokens import TokensUnavailableError
from operator_api.problems import problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.operator_list import Operator, Role
    from contact_center.aws.operator_tokens import OperatorTokens
    from operator_api.routes import Operation


class Asking:
    """One request after the other, as Lambda hands them over.

    Attributes:
        operation: What is served; None: there is no such route.
        names: Of its path.
    """

    def __init__(self, tokens: OperatorTokens) -> None:
        """Keep what tells people apart."""
        self._tokens = tokens
        self.begin({})

    def begin(self, event: Mapping[str, Any]) -> None:
        """Forget the request before and take up this one; nobody is looked up yet."""
        self.operation: Operation | None = None
        self.names: Mapping[str, str] = {}
        headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        self._authorization = headers.get("authorization")
        self._found: tuple[Operator | None] | TokensUnavailableError | None = None

    def serve(self, operation: Operation, names: Mapping[str, str]) -> None:
        """Note which route it has come to."""
        self.operation, self.names = operation, names

    def who(self) -> Operator | None:
        """Whose request it is; None: a stranger's. Raises TokensUnavailableError."""
        if self._found is None:
            try:
                self._found = (self._tokens.who(self._authorization),)
            except TokensUnavailableError as error:
                self._found = error
        if isinstance(self._found, TokensUnavailableError):
            raise self._found
        return self._found[0]

    def known(self) -> Operator | None:
        """Whose request it was; nobody's, when that cannot be told."""
        try:
            return self.who()
        except TokensUnavailableError:
            return None

    def role(self) -> Role | None:
        """What whoever asks may do; None: a stranger. Raises TokensUnavailableError."""
        who = self.who()
        return None if who is None else who.role

    def require(self, least: Role) -> None:
        """It must come from a viewer (an operator will do) or from an operator."""
        role = self.role()
        if role is None:
            raise problem(401, "A valid bearer token is required.")
        if least == "operator" and role != "operator":
            raise problem(403, "An operator's token is required.")

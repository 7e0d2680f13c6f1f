"""The route of the audit trail. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import SecretUnavailableError
from operator_api.problems import bad_field, problem
from operator_api.requests import day_of, page_limit, query
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.audit.services.read_trail import AuditDesk
    from operator_api.routes import Routes

    type Json = dict[str, object]

LONGEST_NAME = 64

READ = Operation(
    "readAudit",
    "audit",
    {OK: ("A page.", "audit.AuditPage")},
    query=("day", "who", "action", "customer", "limit", "cursor"),
    refuses=(400,),
)


def audit_routes(routes: Routes, desk: Callable[[], AuditDesk]) -> None:
    """Add it; `desk` is made when it is first asked for."""

    @routes.on("GET", "/api/audit", READ)
    def trail() -> Json:
        """Who did what, the newest first.

        Without `day` from today back to the oldest that is kept; three days are looked through a
        request, so a page may be empty and yet have a `nextCursor`. Nobody is shown a customer by
        this: who has a number finds what was done to it and who looked at it.
        """
        from contact_center.audit.services.read_trail import (  # noqa: PLC0415
            Question,
            read_trail,
        )

        day, limit, cursor = day_of(routes.router), page_limit(routes.router), "cursor"
        question = Question(
            day=day, who=_who(routes), action=_action(routes), customer=_e164(routes)
        )
        try:
            return read_trail(desk(), question, limit, query(routes.router, cursor))
        except SecretUnavailableError:
            raise problem(503, "A customer cannot be looked for now. Try again later.") from None


def _who(routes: Routes) -> str | None:
    who = query(routes.router, "who")
    if who is not None and not 0 < len(who.strip()) <= LONGEST_NAME:
        raise bad_field("who", f"must be a text of 1 to {LONGEST_NAME} characters")
    return who and who.strip()


def _action(routes: Routes) -> str | None:
    from contact_center.audit.domain.actions import ACTIONS  # noqa: PLC0415

    action = query(routes.router, "action")
    if action is not None and action not in ACTIONS:
        raise bad_field("action", "must be the operationId of something that can be asked for")
    return action


def _e164(routes: Routes) -> str | None:
    """The customer's number; an unescaped + has come as a space."""
    from contact_center.kernel.phone_numbers import parse_phone_number  # noqa: PLC0415

    said = query(routes.router, "customer")
    if said is None:
        return None
    plus = f"+{said[1:]}" if said.startswith(" ") else said
    return parse_phone_number(plus, field="customer").e164

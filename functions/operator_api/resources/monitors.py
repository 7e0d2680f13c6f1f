"""The routes for monitors: alive, and the document that describes all the others."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from contact_center.aws.operator_tokens import TokensUnavailableError
from contact_center.conversations.services.read_calls import active_calls
from contact_center.kernel.ports import StoreUnavailableError
from operator_api.routes import OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.operator_list import Role
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.routes import Routes

    type Json = dict[str, object]

DOCUMENT = Path(__file__).parent.with_name("openapi.json")
DOCUMENT_PATH = "/api/openapi.json"
KEEP = {"Cache-Control": "max-age=300"}  # it changes with a deploy
TAG = "monitors"

HEALTH = Operation("health", TAG, {OK: ("Alive.", "Health")}, role=None, knows_viewers=True)
READ_OPENAPI = Operation("readOpenApi", TAG, {OK: ("OpenAPI 3.1.", "Document")}, role=None)


def monitor_routes(routes: Routes, parts: OperatorParts, role: Callable[[], Role | None]) -> None:
    """Add them; `role` tells whose request it is."""

    @routes.on("GET", "/health", HEALTH)
    def health() -> Json:
        """Alive, and which version.

        Open. With a token it tells the number of live calls too.
        """
        told: Json = {"status": "ok", "version": parts.version}
        # Whoever asks for life gets it; what is down besides only costs the figure.
        with suppress(TokensUnavailableError, StoreUnavailableError):
            if parts.health_shows_calls or role() is not None:
                told["activeCalls"] = active_calls(parts.desk)
        return told

    @routes.on("GET", DOCUMENT_PATH, READ_OPENAPI)
    def document() -> Response[str]:
        """This document."""
        text = DOCUMENT.read_text(encoding="utf-8")
        return Response(OK, "application/json", text, headers=dict(KEEP))

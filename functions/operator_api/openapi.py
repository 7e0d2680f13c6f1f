"""The route that describes all the others: an OpenAPI 3.1 document, written by hand."""

from __future__ import annotations

from pathlib import Path

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

DOCUMENT = Path(__file__).with_name("openapi.json")
KEEP = {"Cache-Control": "max-age=300"}  # it changes with a deploy


def openapi_routes() -> Router:
    """The route. It is open: it says what the repository says."""
    router: Router = Router()  # type: ignore[no-untyped-call]

    @router.get("/api/openapi.json")
    def openapi() -> Response[str]:
        """The document, read when it is asked for."""
        text = DOCUMENT.read_text(encoding="utf-8")
        return Response(200, "application/json", text, headers=dict(KEEP))

    return router

"""API Gateway's HTTP API events (payload format 2.0), to requests and back."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from contact_center.kernel.ports import RawRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.kernel.ports import Response


def request_of(event: Mapping[str, Any]) -> RawRequest:
    """The request in an event, its body as the bytes that were sent.

    Args:
        event: An HTTP API event, payload format 2.0.

    Returns:
        The request; bytes that are not UTF-8 survive, so that a stranger's cannot cause a 500.
    """
    context = event.get("requestContext", {})
    path = event.get("rawPath", "/")
    query = event.get("rawQueryString")
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        raw = base64.b64decode(body)
    else:
        raw = body.encode("utf-8", "surrogatepass")
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    return RawRequest(
        method=context.get("http", {}).get("method", "POST"),
        path=f"{path}?{query}" if query else path,
        host=context.get("domainName") or headers.get("host", ""),
        headers=headers,
        body=raw,
    )


def event_response(response: Response) -> dict[str, Any]:
    """A response as API Gateway wants it."""
    headers = {"content-type": response.content_type}
    if response.retry_after_seconds is not None:
        headers["retry-after"] = str(response.retry_after_seconds)
    return {"statusCode": response.status, "headers": headers, "body": response.body}

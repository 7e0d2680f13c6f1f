"""What the audit trail is told of a request: after it is done, before its answer leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.api_gateway import request_of
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import parse_phone_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.audit.domain.entries import Asked
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.asking import Asking

NOT_KNOWN = 401


def note(
    event: Mapping[str, Any], answer: Mapping[str, Any], asking: Asking, parts: OperatorParts
) -> None:
    """Write a request down, if it makes an entry; whoever is nobody's is counted alone.

    Raises:
        NotNotedError: It cannot be, and must not be answered.
    """
    if answer["statusCode"] == NOT_KNOWN:
        parts.metrics.count("token_refused")
    asked = _asked(event, answer, asking)
    if asked is None:
        return
    from contact_center.audit.services.note_request import (  # noqa: PLC0415
        NotNotedError,
        note_request,
    )

    try:
        note_request(asked, parts.trail())
    except NotNotedError:  # counted there
        raise
    except Exception:
        parts.metrics.count("audit_lost")
        raise


def must_be_answered(asking: Asking) -> bool:
    """Whether it stops calls, or keeps somebody from being called: no log holds that up."""
    from contact_center.audit.domain.actions import ACTIONS, UNLISTED  # noqa: PLC0415

    operation = asking.operation
    return operation is not None and ACTIONS.get(operation.name, UNLISTED).stops


def _asked(event: Mapping[str, Any], answer: Mapping[str, Any], asking: Asking) -> Asked | None:
    """The request as the trail sees it; None when it is of no interest to it."""
    operation, who = asking.operation, asking.known()
    if operation is None or who is None:
        return None
    from contact_center.audit.domain.actions import ACTIONS, UNLISTED, Kind  # noqa: PLC0415
    from contact_center.audit.domain.entries import Asked  # noqa: PLC0415

    line = ACTIONS.get(operation.name, UNLISTED)
    if line.kind is Kind.NONE:
        return None
    return Asked(
        who=who.name,
        role=who.role,
        action=operation.name,
        line=line,
        names=tuple(asking.names.values()),
        numbers=tuple(dict.fromkeys(_numbers(event))),
        status=answer["statusCode"],
        answer=json.loads(answer["body"]),
    )


def _numbers(event: Mapping[str, Any]) -> Iterator[str]:
    """Numbers of customers that the body names, E.164; what is no number is nobody's."""
    body = request_of(event).body if event.get("body") else b""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(said, dict):
        return
    customer, phones = said.get("customer"), said.get("phones")
    nested = [customer.get("phone")] if isinstance(customer, dict) else []
    for one in (said.get("phone"), *nested, *(phones if isinstance(phones, list) else ())):
        try:
            yield parse_phone_number(one).e164
        except FieldError:
            continue

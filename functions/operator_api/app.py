"""The operators' API: what each request goes through. Wiring only."""

from __future__ import annotations

from typing import Any, NoReturn

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from contact_center.aws.operator_tokens import TokensUnavailableError
from contact_center.kernel.failures import log_broken
from contact_center.kernel.observability import log
from contact_center.kernel.ports import (
    QueueUnavailableError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from contact_center.wiring.operator_api import operator_parts
from operator_api.asking import Asking
from operator_api.problems import REFUSALS, ProblemError, problem, problem_answer, problem_of
from operator_api.resources.every_route import every_route
from operator_api.resources.monitors import DOCUMENT_PATH
from operator_api.trail import must_be_answered, note

PARTS = operator_parts()
ASKING = Asking(PARTS.tokens, PARTS.sessions)

# To be asked again in a moment.
UNAVAILABLE = (
    QueueUnavailableError,
    SecretUnavailableError,
    StoreUnavailableError,
    TokensUnavailableError,
)

LARGE = 1_000_000  # characters: from here on an answer is looked at before it leaves

app = APIGatewayHttpResolver()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    """Handle one HTTP API event (payload format 2.0).

    Whole telephone numbers are for operators alone, whatever the route and whatever came of it.
    """
    if is_of_the_page(event):
        from operator_api.page import page_answer  # noqa: PLC0415  nobody else pays for it

        return page_answer(event, PARTS.telephone)
    ASKING.begin(event)
    try:
        answer = _noted(event, _answered(event, context))
    finally:
        PARTS.metrics.flush()
    who = ASKING.known()
    if event.get("rawPath") != DOCUMENT_PATH and (who is None or who.role != "operator"):
        from operator_api.viewers import for_viewers  # noqa: PLC0415  operators do not pay for it

        answer = for_viewers(answer)
    if ASKING.operation is not None and ASKING.operation.polled:
        from operator_api.polled import small  # noqa: PLC0415  neither do those who ask once

        answer = small(event, answer)
    if len(answer["body"]) > LARGE:
        from operator_api.large import carried  # noqa: PLC0415  hardly ever

        answer = carried(event, answer)
    return answer


def is_of_the_page(event: dict[str, Any]) -> bool:
    """Whether it is the console's page or a file of it that is asked for, and not the API."""
    path = event.get("rawPath", "")
    return path in {"/console", "/dashboard"} or path.startswith("/console/assets/")


def _noted(event: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, once the audit trail has what it is to have of it."""
    try:
        note(event, answer, ASKING, PARTS)
    except Exception as error:  # noqa: BLE001 - behind the trail's back nothing leaves
        log_broken("not_noted", error)
        if must_be_answered(ASKING):
            return answer
        said = "It may have been done, and could not be noted. Look, and try again in a moment."
        return problem_answer(problem(503, said))
    return answer


def _answered(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    try:
        return app.resolve(event, context)
    except ProblemError as error:
        return problem_answer(error)
    except REFUSALS as error:
        return problem_answer(problem_of(error))
    except UNAVAILABLE as error:
        log("ERROR", "unavailable", error=type(error).__name__)
        return problem_answer(problem(503, "Try again in a moment."))
    except Exception as error:  # noqa: BLE001 - whatever broke: its kind and place, no more
        log_broken("request_failed", error)
        return problem_answer(problem(500, "This cannot be answered."))


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]
def not_answered(error: Exception) -> NoReturn:
    """Whatever a route raises, for `_answered`; the framework would tell a logger its words."""
    raise error


@app.not_found
def not_found(_: Exception) -> NoReturn:
    """No such path, or no such method on it."""
    raise problem(404, "There is no such resource.")


app.include_router(every_route(PARTS, ASKING).router)

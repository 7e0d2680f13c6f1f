"""What Schemathesis is told of this API, beside its document; loaded by Schemathesis itself."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beyond import ANSWERED, is_meant, rules  # type: ignore[import-not-found]  # beside this file
from hypothesis import strategies as st

import schemathesis  # type: ignore[import-not-found]  # in an environment of its own
from schemathesis.core.failures import AcceptedNegativeData  # type: ignore[import-not-found]
from schemathesis.openapi.checks import (  # type: ignore[import-not-found]
    RejectedPositiveData,
    UnsupportedMethodResponse,
    UseAfterFree,
)

if TYPE_CHECKING:
    type Check = Any
    type Case = Any
    type Failure = Any
    type Response = Any

ROLE = os.environ["SCHEMATHESIS_ROLE"]
NOTES = Path(os.environ["SCHEMATHESIS_NOTES"])
DOCUMENT_PATH = "/api/openapi.json"
WHOLE_NUMBER = re.compile(r"\+[1-9][0-9]{9,14}")
# Its body names who is taken off the list; the list stays.
LIST_OF_A_CAMPAIGN = re.compile(r"DELETE /api/campaigns/[^/]+/contacts")

OK = 2  # hundred and something
TEXTS = ("text/csv", "text/plain")  # whatever is sent as one is a text, `{}` too
RULES = rules()

ASKED: set[tuple[str, bool]] = set()
NUMBERS = st.builds(
    lambda area, line: f"+1{area}55501{line:02d}", st.sampled_from((212, 305)), st.integers(0, 99)
)
schemathesis.openapi.format("phone", NUMBERS)


@schemathesis.hook  # type: ignore[untyped-decorator]
def before_call(context: Any, case: Case, kwargs: dict[str, Any]) -> None:
    """The page names its type of everything that is no GET, without a body too."""
    del context, kwargs
    if ROLE.endswith("in-browser") and case.method != "GET" and case.media_type is None:
        case.headers["Content-Type"] = "application/json"


@schemathesis.hook  # type: ignore[untyped-decorator]
def after_call(context: Any, case: Case, response: Response) -> None:
    """Note each operation once it was asked, and once it was answered well."""
    del context
    noted = case.operation.label, response.status_code // 100 == OK
    if noted not in ASKED:
        ASKED.add(noted)
        with NOTES.open("a", encoding="utf-8") as notes:
            notes.write(f"{case.operation.label}{ANSWERED if noted[1] else ''}\n")


@schemathesis.check  # type: ignore[untyped-decorator]
def no_whole_number(ctx: Check, response: Response, case: Case) -> None:
    """Whoever is no operator is shown none, whatever was asked."""
    del ctx
    if not ROLE.startswith("operator") and case.path != DOCUMENT_PATH:
        assert not WHOLE_NUMBER.search(response.text), "a whole telephone number"


@schemathesis.hook  # type: ignore[untyped-decorator]
def filter_failure(context: Any, failure: Failure, case: Case, response: Response) -> bool:
    """Whether it is one."""
    del context
    if isinstance(failure, AcceptedNegativeData):
        return case.media_type not in TEXTS
    if isinstance(failure, UnsupportedMethodResponse):
        return not of_the_gateway(response)
    if isinstance(failure, UseAfterFree):
        return not LIST_OF_A_CAMPAIGN.fullmatch(failure.free)
    if isinstance(failure, RejectedPositiveData):
        return not beyond_a_schema(case.operation.label, response)
    return True


def of_the_gateway(response: Response) -> bool:
    """An HTTP API of API Gateway answers 404, not 405, where there is no route: no code runs."""
    return bool(response.status_code == 404 and response.json() == {"message": "Not Found"})


def beyond_a_schema(on: str, response: Response) -> bool:
    """A request whose every part is well formed, and that makes no sense all the same."""
    told = response.json()
    if "must be a whole number" in told["detail"]:  # 2.0 is one to JSON Schema
        return True
    field = str(told.get("field", ""))
    return any(is_meant(rule, on, field, response.status_code) for rule in RULES)

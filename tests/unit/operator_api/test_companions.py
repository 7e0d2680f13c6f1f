"""Fields that go with some values of another: the document says what the reader refuses."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from contact_center.aws.api_fields import read
from contact_center.campaigns.adapters.api_models import RetryWish
from contact_center.campaigns.domain.retry_policy import DELAY
from contact_center.console.adapters.api_models import CallAction
from contact_center.console.services.act_on_call import NoCallError, act_on_call
from contact_center.kernel.field_errors import FieldError
from contact_center.people.adapters.api_models import PersonWish
from contact_center.records.domain.redaction_kinds import Redaction
from contact_center.visits.adapters.api_models import MessageWish
from tests.functional.operator_api.openapi_document import document, faults, resolved

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.console.services.act_on_call import ActionDesk

LEFT_OUT: Any = object()
DESK = SimpleNamespace(
    history=lambda _: None,
    departments=SimpleNamespace(by_key={"sales": None}),
    takers=SimpleNamespace(roster=SimpleNamespace(people={"ada": None})),
    redaction=Redaction(),
)


def acted(said: Any) -> None:
    wish = read(CallAction, said).wish()
    with pytest.raises(NoCallError):  # by then every field was looked at
        act_on_call(cast("ActionDesk", DESK), "call", wish, "ada")


READERS: dict[str, tuple[Callable[[Any], Any], str, dict[str, str]]] = {
    "PersonWish": (lambda said: read(PersonWish, said).wish(), "state", {"reason": "lunch"}),
    "MessageWish": (
        lambda said: read(MessageWish, said).wish(),
        "on",
        {"text": "We know.", "until": "2026-07-08T17:00:00Z"},
    ),
    "CallAction": (acted, "do", {"text": "Hello.", "department": "sales", "person": "ada"}),
}


@pytest.mark.parametrize("name", READERS)
def test_the_document_refuses_what_the_reader_refuses_and_nothing_else(name: str) -> None:
    reader, of, fields = READERS[name]
    schema = document()["components"]["schemas"][name]
    values = [one["properties"][of]["const"] for one in schema["oneOf"]]
    known = resolved(schema["properties"][of])
    assert sorted(map(str, values)) == sorted(map(str, known.get("enum", (False, True))))

    for value, *said in product(values, *((LEFT_OUT, None, text) for text in fields.values())):
        pairs = zip(fields, said, strict=True)
        body = {of: value} | {field: one for field, one in pairs if one is not LEFT_OUT}
        if name == "CallAction":
            body["idempotencyKey"] = "k"
        try:
            reader(body)
        except FieldError:
            refused = True
        else:
            refused = False
        assert bool(faults(schema, body)) is refused, body


@pytest.mark.parametrize("ends", [(), *((one,) for one in DELAY), DELAY], ids=" ".join)
def test_a_delay_has_both_ends_or_none(ends: tuple[str, ...]) -> None:
    said = {"busy": dict.fromkeys(ends, 20)}
    refused = bool(faults(document()["components"]["schemas"]["RetryWish"], said))
    assert refused is (len(ends) == 1)
    if refused:
        with pytest.raises(FieldError, match="is missing"):
            read(RetryWish, said).policy()
    else:
        read(RetryWish, said).policy()


def test_every_schema_with_companions_is_read_here() -> None:
    schemas = document()["components"]["schemas"]
    assert {name for name, schema in schemas.items() if "oneOf" in schema} == set(READERS)

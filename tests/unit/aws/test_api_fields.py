"""How bodies are read: whatever they say, what is wrong has a path and words of ours."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from contact_center.aws.api_fields import LONGEST_NAME, Asked, Phone, Told, read
from contact_center.kernel.field_errors import FieldError
from operator_api.asking import Asking
from operator_api.resources.every_route import every_route
from operator_api.routes import model_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Inner(Asked):
    kind: Annotated[str, Field(min_length=1, max_length=3)]


class Body(Asked):
    UNKNOWN = "is not a field of a test"

    phones: list[Phone]
    some_words: Inner | None = None


GOOD = {"phones": ["+12125550123"]}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([], "body must be a JSON object"),
        ({}, "phones must be an object"),
        ({"phones": [GOOD["phones"][0], "911"]}, "phones[1] is too short"),
        (GOOD | {"someWords": 7}, "someWords must be an object"),
        (GOOD | {"someWords": {}}, "someWords.kind must be a text of 1 to 3 characters"),
        (GOOD | {"someWords": {"kind": "x", "n": 1}}, "someWords.n is not a field of a test"),
        (GOOD | {"some_words": {"kind": "x"}}, "some_words is not a field of a test"),
        ({"phones": 7, "b": 1, "a": 2}, "a is not a field of a test"),
        ({"phones": 7, "someWords": {"x": 1}, "z": 1}, "z is not a field of a test"),
    ],
)
def test_the_first_mistake_is_told_by_its_path(said: object, told: str) -> None:
    with pytest.raises(FieldError) as caught:
        read(Body, said)

    assert str(caught.value).startswith(told)


def test_no_answer_repeats_a_name_without_end() -> None:
    with pytest.raises(FieldError) as caught:
        read(Body, GOOD | {"x" * 5_000: 1})

    assert caught.value.field == "x" * LONGEST_NAME


def test_an_answer_has_no_field_that_its_model_does_not_name() -> None:
    class Answer(Told):
        name: str

    with pytest.raises(ValidationError):
        Answer.model_validate({"name": "x", "controlUrl": "https://example.com"})


# -- every body of the API -------------------------------------------------------------------


def models() -> Iterator[Any]:
    class Nothing:
        def __getattr__(self, _: str) -> None:
            return None

    nothing: Any = Nothing()
    routes = every_route(nothing, Asking(nothing, nothing)).known
    names = {route.operation.reads for route in routes if route.operation.reads is not None}
    yield from (model_of(name) for name in sorted(names))


MODELS = list(models())
TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@settings(
    max_examples=1 + settings().max_examples // 4
)  # of each of forty models, read by one piece
@given(data=st.data())
def test_whatever_a_body_says_it_is_read_or_one_field_of_it_is_named(model: Any, data: Any) -> None:
    names = st.sampled_from([field.alias for field in model.model_fields.values()])
    said = data.draw(st.dictionaries(names | TEXTS, VALUES, max_size=4) | VALUES)
    with suppress(FieldError):
        read(model, said)


def refusal(model: Any, said: object) -> str:
    """What is told of a body; empty when it can be read."""
    try:
        read(model, said)
    except FieldError as error:
        return error.reason
    return ""


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_that_is_missing_or_of_another_kind_has_words(model: Any) -> None:
    """A schema that lacks a bound would be told as `from None to None`."""
    assert "None" not in refusal(model, {})
    for field in model.model_fields.values():
        told = refusal(model, {field.alias: [[]]})
        assert told
        assert "None" not in told

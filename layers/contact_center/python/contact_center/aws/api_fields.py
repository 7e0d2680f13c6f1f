"""What the models of the API's bodies are made of, and how a mistake in a body is told.

A request's model reads one shape and nothing else; what it refuses is told as a FieldError in our
own words, one a request. They follow from the field's schema, or stand beside it as `x-rule`. An
answer's model says what may leave. All this is loaded with the first body that is read: the cold
start of a request without one does not pay for pydantic (decision 13).
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core.core_schema import literal_schema, no_info_plain_validator_function

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import read_instant
from contact_center.kernel.phone_numbers import NOT_A_TEXT, PhoneNumber, parse_phone_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

LONGEST_NAME = 128  # of a field nobody knows: no answer repeats more of it
RULE = "x-rule"  # what a field must be, in words: kept out of the document

type Json = dict[str, Any]
type Deciding = str | bool


class Wire(BaseModel):
    """A shape of the API: its fields, in camelCase, and no others."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        defer_build=True,
        hide_input_in_errors=True,  # an error's words get into places where no number may be
    )


class Asked(Wire):
    """The body of a request, or a part of it.

    Attributes:
        UNKNOWN: What is said of a field that there is not.
        OTHERWISE: What is said of a body that is no object.
    """

    UNKNOWN: ClassVar[str] = "is not a field of this request"
    OTHERWISE: ClassVar[str] = "must be a JSON object"


class Told(Wire):
    """The body of an answer, or a part of it."""


def about(words: str) -> Any:  # noqa: ANN401 - as pydantic.Field
    """What the document says of a field in words."""
    return Field(description=words)


Unreadable = Annotated[
    list[str], about("Ids of those that are of a newer release, or damaged: they are left out.")
]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field must be, in words, where its schema would say it badly."""

    words: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        """The field's schema with the words beside it."""
        return handler(core) | {RULE: self.words}


@dataclass(frozen=True, slots=True)
class ReadWith:
    """A field that a function of ours reads; it raises ValueError, or FieldError to say why.

    Attributes:
        schema: What the document says of it.
        words: What it must be, where the function does not say.
    """

    function: Callable[[object], object]
    schema: Json
    words: str

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        """The function alone."""
        return no_info_plain_validator_function(self.function)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: object) -> Json:
        """The schema, with the words beside it."""
        return self.schema | {RULE: self.words}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words of the domain."""

    words: Sequence[str]

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        """One of them, to the letter."""
        return literal_schema(list(self.words))


def zoned_time(said: object) -> datetime:
    """A time with a zone, aware. Raises ValueError."""
    at = read_instant(said)
    if at is None:
        raise ValueError
    return at


def companions(of: str, by_value: Mapping[Deciding, Mapping[str, bool]]) -> Callable[[Json], None]:
    """What a model's schema says of fields that go with some values of another field alone.

    For `json_schema_extra` of the model. Who reads the model refuses the same, in words of its own;
    a test compares the two for every value and every field that is there or is not.

    Args:
        of: The field that decides.
        by_value: For each of its values the fields that go with it, and whether it needs them. What
            goes with another value and not with this one is left out, or null.
    """
    theirs = {name for fields in by_value.values() for name in fields}

    def say(schema: Json) -> None:
        schema["oneOf"] = [_companions_of(of, value, by_value[value], theirs) for value in by_value]

    return say


def _companions_of(of: str, value: Deciding, fields: Mapping[str, bool], theirs: set[str]) -> Json:
    needed = sorted(name for name in fields if fields[name])
    said: Json = {of: {"const": value}}
    said |= {name: {"type": "string"} for name in needed}
    said |= {name: {"type": "null"} for name in sorted(theirs - fields.keys())}
    return {"properties": said} | ({"required": needed} if needed else {})


ABSENT: Any = None  # an answer's field that is there, or is not
DATE_TIME: Json = {"type": "string", "format": "date-time"}
YEARS: Json = {"pattern": "^(19[7-9][0-9]|20[0-9]{2})-"}  # as read_instant and read_day

# -- what requests say -----------------------------------------------------------------------

type Phone = Annotated[
    PhoneNumber,
    ReadWith(parse_phone_number, {"type": "string", "minLength": 1, "format": "phone"}, NOT_A_TEXT),
]
NOT_BLANK = r"\S"  # a pattern: something is seen of it
STRICT = Field(strict=True)
Time = Annotated[
    datetime,
    ReadWith(zoned_time, DATE_TIME | YEARS, "must be a time with a zone: 2026-03-01T12:00:00Z"),
]

# -- what answers say ------------------------------------------------------------------------

Count = Annotated[int, Field(ge=0)]
Instant = Annotated[str, WithJsonSchema(DATE_TIME)]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Link = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]


def read[Body: Asked](model: type[Body], said: object) -> Body:
    """Read the body of a request.

    Args:
        model: What it has to be.
        said: The parsed JSON.

    Raises:
        FieldError: The first field that is unknown, else the first that is wrong, by its path:
            `consent.kind`, `phones[3]`.
    """
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise _first(model, error) from None


def _first(model: type[Asked], error: ValidationError) -> FieldError:
    faults = error.errors(include_url=False, include_input=False)
    unknown = [fault["loc"] for fault in faults if fault["type"] == "extra_forbidden"]
    if unknown:
        where = min(unknown, key=lambda one: (len(one), one))
        return FieldError(_path(where)[:LONGEST_NAME], model.UNKNOWN)
    where, cause = faults[0]["loc"], faults[0].get("ctx", {}).get("error")
    if not where:
        return FieldError("body", model.OTHERWISE)
    if isinstance(cause, FieldError):
        return FieldError(_path(where), cause.reason)
    return FieldError(_path(where), _words(_schema_at(model, where)))


def _path(where: Sequence[str | int]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return "".join(steps).removeprefix(".")


def _schema_at(model: type[Asked], where: Sequence[str | int]) -> Json:
    schema = whole = _schema_of(model)
    for step in where:
        if isinstance(step, int):
            schema = schema["items"]
        else:
            schema = schema["properties"].get(step) or schema["additionalProperties"]
        schema = next(iter(schema.get("anyOf", ())), {}) | schema
        if "$ref" in schema:
            schema = whole["$defs"][schema["$ref"].rpartition("/")[2]] | schema
    return schema


@cache
def _schema_of(model: type[Asked]) -> Json:
    return model.model_json_schema()


def _words(schema: Json) -> str:
    """What a value has to be, as a sentence goes on after its name."""
    if RULE in schema:
        return str(schema[RULE])
    if "enum" in schema:
        return f"must be {' or '.join(schema['enum'])}"
    least, most = (schema.get(name) for name in ("minimum", "maximum"))
    shortest, longest = (schema.get(name) for name in ("minLength", "maxLength"))
    return {
        "integer": f"must be a whole number from {least} to {most}",
        "number": f"must be a number from {least or 0:g} to {most or 0:,.10g}",
        "boolean": "must be true or false",
        "string": f"must be a text of {shortest} to {longest} characters",
    }.get(schema["type"], "must be an object")

"""Values that a schema of the API's document takes, chosen by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.functional.operator_api.openapi_document import resolved

if TYPE_CHECKING:
    import random

    from tests.functional.operator_api.openapi_document import Json

FORMATS = {
    "phone": ("+12125550123", "+1 (312) 555-0100", "+442079460018", "+13125550199"),
    "date-time": ("2026-06-01T10:00:00-04:00", "2026-07-09T00:00:00Z"),
    "date": ("2026-07-08", "2026-07-01"),
}
# What a text says where its meaning counts, by the name of its field.
WORDS = {
    "assistant": ("sales",),
    "department": ("billing", "support"),
    "personId": ("ada", "ben"),
    "person": ("ada",),
    "country": ("US", "GB"),
    "region": ("US", "DE"),
    "asOf": ("2026-07-08T00:00:00Z",),
    "action": ("suppress", "createCampaign"),
}
OPTIONAL = 0.5  # of a field that may be left out
MOST_ITEMS = 3


def good(schema: Json, chance: random.Random, name: str = "") -> Any:
    """A value that the schema takes, or nearly: a text may miss a pattern nobody wrote down here.

    Args:
        schema: Of the document; references are followed.
        chance: What decides.
        name: Of the field, where it is one.
    """
    schema = resolved(schema)
    if "anyOf" in schema:
        return good(chance.choice(schema["anyOf"]), chance, name)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    kinds = schema.get("type", "string")
    kind = chance.choice(kinds) if isinstance(kinds, list) else kinds
    if kind == "object":
        wanted = schema.get("required", ())
        return {
            field: good(of, chance, field)
            for field, of in schema.get("properties", {}).items()
            if field in wanted or chance.random() < OPTIONAL
        }
    if kind == "array":
        return [good(schema["items"], chance) for _ in range(chance.randrange(1, MOST_ITEMS))]
    return _one(kind, schema, chance, name)


def _one(kind: str, schema: Json, chance: random.Random, name: str) -> Any:
    least, most = schema.get("minimum", 0), schema.get("maximum", 1_000_000)
    match kind:
        case "boolean":
            return chance.random() < 0.5
        case "integer":
            return chance.choice((least, most, chance.randint(int(least), int(most))))
        case "number":
            return chance.choice((least, most, chance.uniform(least, most)))
        case "null":
            return None
        case _:
            known = FORMATS.get(schema.get("format", "")) or WORDS.get(name)
            return chance.choice(known or ("spring", "k-1", "Ada rang, and said: “later”"))

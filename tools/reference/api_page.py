"""docs/reference/api.md: the operators' API at a glance, and the doors that others knock at."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tools.reference.markdown import code, table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from local.cloud.template_reader import Template

    type Json = Mapping[str, Any]

HEAD = """# API

Every route with whom it takes and what it answers. The whole document, with every field, is
`functions/operator_api/openapi.json`; a deployed stack serves it at `/api/openapi.json`, to
anybody. How to ask, with `curl`: [ask and tell by hand](../by-hand.md). What a
refusal looks like: [errors](errors.md).
"""
DOORS = """## Doors of others

What Vapi, Twilio and a monitor ask. Each request is verified before it is read
([security](../security.md)).
"""


def api_page(root: Path, template: Template) -> str:
    """The page, of the OpenAPI document and the template's routes."""
    document = json.loads(
        (root / "functions/operator_api/openapi.json").read_text(encoding="utf-8")
    )
    parts = [HEAD]
    for group, rows in groupby(_operations(document), key=lambda row: row[0]):
        parts.append(f"## {group}\n")
        parts.append(table(("route", "for", "what", "answers"), [row[1:] for row in rows]) + "\n")
    parts += [DOORS, _doors(document, template)]
    return "\n".join(f"{part}\n" for part in parts)


def _operations(document: Json) -> list[tuple[str, str, str, str, str]]:
    """Group, route, role, summary and statuses of each operation, by group."""
    rows = [
        (
            _group(path),
            code(f"{method.upper()} {path}"),
            _role(operation.get("security", [])),
            operation["summary"],
            " ".join(sorted(operation["responses"])),
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return sorted(rows, key=lambda row: row[0])


def _group(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "api" and len(parts) > 1 else parts[0]


def _role(security: list[Json]) -> str:
    roles = {role for way in security for names in way.values() for role in names}
    if not roles or {} in security:
        return "anybody"
    return "viewer" if "viewer" in roles else "operator"


def _doors(document: Json, template: Template) -> str:
    told = set(document["paths"])
    rows = [
        (code(route.key), code(route.function))
        for route in template.routes
        if route.path not in told and not route.path.startswith(("/api", "/console"))
    ]
    return table(("route", "function"), sorted(rows))

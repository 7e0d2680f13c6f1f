"""The REST operations that the simulator knows, made of Twilio's OpenAPI.

    python -m tests.contract.twilio.operation_table ../shared > local/twilio/rest/operations.json

Of each operation: method, path, status of success, and the rules of its path, query and form. A
rule has `type`, and where the document gives them `format`, `enum`, `pattern`, `min`, `max`, and
`many` for a field that may come several times.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SIMULATED = ("Calls", "Queues", "Members", "Conferences", "Participants")
ALSO = {"ListCallRecording", "DeleteRecording"}  # of recordings no more is asked
FORM = "application/x-www-form-urlencoded"
KEPT = {"type": "type", "format": "format", "enum": "enum", "pattern": "pattern"}
BOUNDS = {"minimum": "min", "maximum": "max"}


def operation_table(shared: Path) -> Json:
    """The whole table, by operation.

    Args:
        shared: The folder of contracts.
    """
    file = shared / "contracts" / "twilio" / "api_v2010.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    enums = document["components"]["schemas"]
    return {
        operation["operationId"]: _operation(method, path, operation, enums)
        for path, methods in sorted(document["paths"].items())
        for method, operation in sorted(methods.items())
        if method in {"get", "post", "delete"}
        and (_is_simulated(path) or operation["operationId"] in ALSO)
    }


def _is_simulated(path: str) -> bool:
    collections = [part.removesuffix(".json") for part in path.split("/")[4:]]
    return all(part in SIMULATED or part.startswith("{") for part in collections)


def _operation(method: str, path: str, operation: Json, enums: Json) -> Json:
    schema = operation.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
    given: dict[str, Json] = {"path": {}, "query": {}}
    for parameter in operation.get("parameters", ()):
        given[parameter["in"]][parameter["name"]] = _rule(parameter["schema"], enums)
    return {
        "method": method.upper(),
        "path_template": path,
        "success": int(next(iter(operation["responses"]))),
        **given,
        "form": {name: _rule(one, enums) for name, one in schema.get("properties", {}).items()},
        "required": schema.get("required", []),
    }


def _rule(schema: Json, enums: Json) -> Json:
    if "$ref" in schema:
        schema = enums[schema["$ref"].rpartition("/")[2]]
    if schema["type"] == "array":
        return {**_rule(schema["items"], enums), "many": True}
    return {new: schema[old] for old, new in (KEPT | BOUNDS).items() if old in schema}


if __name__ == "__main__":
    lines = [
        f"  {json.dumps(name)}: {json.dumps(operation)}"
        for name, operation in operation_table(Path(sys.argv[1])).items()
    ]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")

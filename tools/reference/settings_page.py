"""docs/reference/settings.md: the template's parameters, and what one machine knows besides."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from local.cloud.intrinsics import load_yaml
from local.cloud.template_reader import setting_name
from local.settings import LOCAL_NAMES
from tools.reference.markdown import code, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    type Json = Mapping[str, Any]

HEAD = """# Settings

What differs from one stack, or one machine, to the next. On AWS they are parameters of
`template.yaml` (`parameter_overrides` in `samconfig.toml`); here they stand in `.env` or the
environment under the name in capitals. `make up` shows what is in force and where it comes from.
"""
HERE_ALONE = """## On one machine alone

Of `.env`, beside those above; each with what `.env.example` says of it. On AWS the secrets among
them are [secrets](#secrets).
"""
SECRETS = """## Secrets

In Secrets Manager, each stack its own; their names are outputs of the stack. How each is turned
without losing a message: [rotate secrets](../how-to/rotate-secrets.md).
"""
_EXAMPLE = re.compile(r"^#?([A-Z_]+)=")


def settings_page(root: Path) -> str:
    """The page, of template.yaml and .env.example."""
    written = cast("Json", load_yaml(root / "template.yaml"))
    parameters: Json = written["Parameters"]
    groups = written["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = list(chain.from_iterable(group["Parameters"] for group in groups))
    rest = [name for name in parameters if name not in grouped]
    parts = [HEAD]
    for group in groups:
        parts.append(f"## {group['Label']['default']}\n")
        parts.append(_parameters(parameters, group["Parameters"]))
    if rest:
        parts += ["## More\n", _parameters(parameters, rest)]
    lines = (root / ".env.example").read_text(encoding="utf-8")
    parts += [HERE_ALONE, _here_alone(lines), SECRETS, _secrets(written["Resources"])]
    return "\n".join(f"{part}\n" for part in parts)


def _parameters(parameters: Json, names: list[str]) -> str:
    rows = [
        (
            code(name),
            code(setting_name(name)),
            code(str(parameters[name].get("Default", ""))) or "none",
            _taken(parameters[name]),
            str(parameters[name].get("Description", "")),
        )
        for name in names
    ]
    return table(("parameter", "here", "default", "takes", "what it is"), rows) + "\n"


def _taken(parameter: Json) -> str:
    """What a parameter takes, in the template's own rules."""
    if "AllowedValues" in parameter:
        return ", ".join(code(str(value)) for value in parameter["AllowedValues"])
    if "MinValue" in parameter or "MaxValue" in parameter:
        return f"{parameter.get('MinValue', '…')} to {parameter.get('MaxValue', '…')}"
    if "ConstraintDescription" in parameter:
        return str(parameter["ConstraintDescription"])
    return code(str(parameter["AllowedPattern"])) if "AllowedPattern" in parameter else ""


def _here_alone(example: str) -> str:
    said = dict(_examples(example))
    rows = [(code(name), said[name]) for name in LOCAL_NAMES]
    return table(("here", "what it is"), rows) + "\n"


def _examples(example: str) -> Iterator[tuple[str, str]]:
    """Each name of .env.example with the comment above it."""
    comment: list[str] = []
    for line in example.splitlines():
        if found := _EXAMPLE.match(line):
            yield found[1], " ".join(comment)
            comment = []
        elif line.startswith("# "):
            comment.append(line.removeprefix("# "))
        else:
            comment = []


def _secrets(resources: Json) -> str:
    rows = [
        (code(name), str(resource["Properties"].get("Description", "")))
        for name, resource in resources.items()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    ]
    return table(("resource", "what it holds"), rows)

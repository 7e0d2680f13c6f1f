"""Roles of a translated template, and resources as permission_table.py writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def named(resource: Any) -> str:
    """A resource as the table above writes it."""
    match resource:
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
        case {"Fn::Sub": str(text)} | {"Ref": str(text)}:
            return text
    return str(resource)


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def with_all_policies(
    template: dict[str, Any], roles: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Roles with the template's managed policies among their own; others' stay as they are."""
    return {name: _with_all_policies(template, role) for name, role in roles.items()}


def _with_all_policies(template: dict[str, Any], role: dict[str, Any]) -> dict[str, Any]:
    attached = role.get("ManagedPolicyArns", ())
    ours = [one["Ref"] for one in attached if isinstance(one, dict)]
    managed = [template["Resources"][name]["Properties"] for name in ours]
    others = [one for one in attached if isinstance(one, str)]
    rest = {name: said for name, said in role.items() if name != "ManagedPolicyArns"}
    more = {"ManagedPolicyArns": others} if others else {}
    return {**rest, **more, "Policies": [*role["Policies"], *managed]}


def role_of(function: dict[str, Any]) -> str:
    name: str = function["Role"]["Fn::GetAtt"][0]
    return name

"""No wildcard in a policy without its reason in the file, beside the statement that has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.intrinsics import load_yaml
from tests.sam import TEMPLATE
from tests.template.role_statements import as_list, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def policies(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every policy, with the resource that it is of."""
    for name, resource in template["Resources"].items():
        said = resource.get("Properties", {})
        documents = [one["PolicyDocument"] for one in said.get("Policies", ())]
        documents += [said["PolicyDocument"]] if "PolicyDocument" in said else []
        for document in documents:
            for written in document["Statement"]:
                yield name, written["Fn::If"][1] if "Fn::If" in written else written


def has_wildcard(statement: dict[str, Any]) -> bool:
    """Whether it is about more than it names; a pattern of keys in a condition only narrows it."""
    parts = (statement.get(part, ()) for part in ("Action", "Resource", "Principal"))
    return any("*" in named(one) for part in parts for one in as_list(part))


def unexplained(file: Path) -> list[str]:
    """Statements of a template that have a wildcard and no comment."""
    text = file.read_text()
    found = []
    for name, statement in policies(load_yaml(file)):
        if not has_wildcard(statement):
            continue
        [section] = re.findall(rf"^  {name}:(.*?)(?=^  \S|\Z)", text, re.MULTILINE | re.DOTALL)
        blocks = re.split(r"(?=\bSid: )", section)
        [block] = [one for one in blocks if one.startswith(f"Sid: {statement['Sid']}")]
        lines = block.partition("\n\n")[0].splitlines()
        if not any(" # " in line.lstrip() for line in lines):  # not one that stands by itself
            found.append(f"{name} {statement['Sid']}")
    return found


def test_every_wildcard_of_a_policy_has_its_reason_in_the_file() -> None:
    assert unexplained(TEMPLATE) == []


@pytest.mark.parametrize(
    ("written", "planted"),
    [
        ("Resource: !GetAtt VapiWebhookLogs.Arn", 'Resource: !Sub "${VapiWebhookLogs.Arn}:*"'),
        ("[logs:CreateLogStream, logs:PutLogEvents]", "logs:*"),
        (" # under names that say which call they are of", ""),
        (" # to everybody, whatever is asked", ""),
    ],
)
def test_a_wildcard_without_one_is_noticed(tmp_path: Path, written: str, planted: str) -> None:
    file = tmp_path / "template.yaml"
    text = TEMPLATE.read_text()
    assert written in text
    file.write_text(text.replace(written, planted, 1))

    assert len(unexplained(file)) == 1

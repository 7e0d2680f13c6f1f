"""The template as it is written, and as CloudFormation sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.intrinsics import load_yaml
from tests import sam

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """template.yaml, CloudFormation's short tags in their long forms."""
    return load_yaml(sam.TEMPLATE)


@pytest.fixture(scope="session")
def translated() -> dict[str, Any]:
    """What SAM's transform makes of it."""
    return sam.translate(sam.TEMPLATE)


@pytest.fixture(params=["written", pytest.param("translated", marks=pytest.mark.sam)])
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Both, one after the other: a rule must hold for what is deployed too."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def of_kind() -> Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]:
    """Properties of the resources whose type ends so, by logical name."""

    def find(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
        found = {
            name: resource["Properties"]
            for name, resource in template["Resources"].items()
            if resource["Type"].endswith(f"::{kind}")
        }
        assert found, f"the template has no {kind}"
        return found

    return find

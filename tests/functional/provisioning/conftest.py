"""The accounts before which provisioning is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.functional.provisioning.provisioning_scene import ProvisioningScene

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def accounts() -> Iterator[ProvisioningScene]:
    with ProvisioningScene() as made:
        yield made


@pytest.fixture
def scene(accounts: ProvisioningScene) -> ProvisioningScene:
    """Accounts that nobody has provisioned yet."""
    accounts.reset()
    return accounts

"""What the contract tests share."""

from __future__ import annotations

import pytest

from tests.contract.campaigns.campaign_tables import Stores, fake_stores, real_stores


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def stores(request: pytest.FixtureRequest) -> Stores:
    return (
        fake_stores()
        if request.param == "fake"
        else real_stores(request.getfixturevalue("account"))
    )

"""What the contract tests share, and where an emulator is known not to do as AWS does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.campaigns.campaign_tables import Stores, fake_stores, real_stores
from tests.contract.differences import DIFFERENCES

if TYPE_CHECKING:
    from tests.emulator import Account

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs an emulator, and expect each difference to be there still."""
    emulator = config.getoption("--aws")
    known = {one.test: one for one in DIFFERENCES if one.emulator == emulator}
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        if {"account", "emulator"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("emulator")
        test = f"{item.path.relative_to(HERE).as_posix()}::{item.name}"
        one = known.get(test) or known.get(test.partition("[")[0])
        if one is not None:
            why = f"{one.emulator}: {one.emulator_does}"
            item.add_marker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=True))


@pytest.fixture
def account(request: pytest.FixtureRequest, account: Account) -> Account:
    """The account of every test; `make moto` runs those that are marked alone."""
    if request.node.get_closest_marker("emulator") is None:
        pytest.fail("asks for an AWS account: mark it `emulator`, or `make moto` leaves it out")
    return account


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def stores(request: pytest.FixtureRequest) -> Stores:
    return (
        fake_stores()
        if request.param == "fake"
        else real_stores(request.getfixturevalue("account"))
    )

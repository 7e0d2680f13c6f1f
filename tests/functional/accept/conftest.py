"""An account with two numbers, beside the whole system: whoever rings one is heard at the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.functional.accept.accept_scene import AcceptScene, started

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AcceptScene]:
    with started(tmp_path_factory.mktemp("accept")) as made:
        yield made


@pytest.fixture
def scene(system: AcceptScene) -> AcceptScene:
    system.reset()
    return system

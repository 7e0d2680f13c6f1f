"""What tests of the reception begin with."""

from __future__ import annotations

import pytest

from tests.unit.reception.callback_scene import CallbackScene
from tests.unit.reception.people_floor import Floor


@pytest.fixture
def scene() -> CallbackScene:
    return CallbackScene()


@pytest.fixture
def called(scene: CallbackScene) -> CallbackScene:
    """Ann has kept her place and is rung."""
    scene.waits("ann")
    scene.keeps("ann")
    scene.frees_line()
    assert scene.serves() == 1
    assert scene.rung == ["ann"]
    return scene


@pytest.fixture
def floor() -> Floor:
    return Floor()

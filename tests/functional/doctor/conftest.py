"""One system for all that is asked of it; what a test changes it puts back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.functional.doctor.doctor_scene import Scene, started

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with started(tmp_path_factory.mktemp("doctor")) as made:
        yield made

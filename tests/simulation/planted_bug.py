"""What a wrong design is, for those that are planted to be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from contact_center.dialing.domain.dial_timings import DialTimings
    from tests.simulation.load import Load


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A wrong design.

    Attributes:
        plant: Patches it in; its docstring says what is wrong.
        seeds: Within how many seeds it must be found, from `first` on.
        caught: A part of what the broken invariant says.
        load: What shows it; None: any drawn load does.
        timings: It is planted in these.
    """

    plant: Callable[[pytest.MonkeyPatch], None]
    caught: str
    seeds: int = 40
    first: int = 0
    load: Load | None = None
    timings: DialTimings | None = None

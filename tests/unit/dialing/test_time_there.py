"""What day and time a model is told it is where the customer is, and by which zone it is judged."""

from __future__ import annotations

import pytest

from contact_center.dialing.services.judge_call import JudgeParts, TimeThere, time_there
from contact_center.kernel.civil_time import CivilClock
from contact_center.permission.domain.contactability import may_call
from tests.unit.dialing.dialing_scene import request
from tests.unit.permission.dialing_examples import shipped

SUMMER_MS = 1_783_542_600_000  # 2026-07-08, 20:30 UTC
PARTS = JudgeParts(may_call=may_call, rules=shipped(), civil=CivilClock())


@pytest.mark.parametrize(
    ("changed", "told", "zone"),
    [
        ({"number": "+16045550123"}, "Wednesday 2026-07-08 13:30", "America/Vancouver"),
        ({"number": "+17755550123"}, "Wednesday 2026-07-08 13:30", "America/Los_Angeles"),
        ({"number": "+19075550123"}, "Wednesday 2026-07-08 12:30", "America/Anchorage"),
        ({"number": "+14185550123"}, "Wednesday 2026-07-08 16:30", "America/Toronto"),
        (
            {"number": "+18505550123", "timezone": "America/Chicago"},
            "Wednesday 2026-07-08 15:30",
            "America/Chicago",
        ),
        (
            {"number": "+18505550123"},
            "not known, so ask for their time zone (it is Wednesday 2026-07-08 20:30 in UTC)",
            None,
        ),
        (
            {"number": "+79161234567"},
            "not known, so ask for their time zone (it is Wednesday 2026-07-08 20:30 in UTC)",
            None,
        ),
    ],
)
def test_the_time_is_that_of_nearly_all_who_may_be_meant_or_has_to_be_asked(
    changed: dict[str, str], told: str, zone: str | None
) -> None:
    assert time_there(request(**changed), SUMMER_MS, PARTS) == TimeThere(told, zone)

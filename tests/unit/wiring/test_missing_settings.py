"""What a function cannot do without is named when it starts, before anything rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.environment import Environment, SettingsError
from contact_center.wiring.call_router import router_parts
from contact_center.wiring.campaign_planner import planner_parts
from contact_center.wiring.dialer import dialer_parts
from contact_center.wiring.importer import importer_parts
from contact_center.wiring.operator_api import operator_parts
from contact_center.wiring.reconciler import reconciler_parts

if TYPE_CHECKING:
    from collections.abc import Callable

AWS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
TABLES = {"CALLS_TABLE": "calls", "DIALING_TABLE": "dialing", "CONTACTS_TABLE": "contacts"}
DIALS = {"DIAL_JOBS_QUEUE_URL": "http://127.0.0.1/dial-jobs"}
NEEDS: list[tuple[Callable[[Environment], object], dict[str, str]]] = [
    (router_parts, TABLES | {"CALL_EVENTS_QUEUE_URL": "http://127.0.0.1/call-events"}),
    (planner_parts, TABLES | DIALS),
    (dialer_parts, TABLES | DIALS | {"VAPI_API_KEY_NAME": "vapi-key"}),
    (reconciler_parts, TABLES | DIALS | {"VAPI_API_KEY_NAME": "vapi-key"}),
    (importer_parts, {"LIST_JOBS_QUEUE_URL": "http://127.0.0.1/list-jobs"}),
    (operator_parts, TABLES | {"OPERATOR_TOKENS_NAME": "tokens"}),
]


LATER = {
    (dialer_parts, "CALLS_TABLE"),  # which these have no use for
    (importer_parts, "CALLS_TABLE"),
    (operator_parts, "DIALING_TABLE"),  # calls and health are shown without
    (operator_parts, "CONTACTS_TABLE"),
}


def given(needed: dict[str, str]) -> dict[str, str]:
    return AWS | TABLES | {"REPORTS_BUCKET": "reports"} | needed


@pytest.mark.parametrize(("parts", "needed"), NEEDS)
def test_a_function_starts_with_what_it_needs(
    parts: Callable[[Environment], object], needed: dict[str, str]
) -> None:
    parts(Environment(given(needed)))


@pytest.mark.parametrize(
    ("parts", "needed", "name"),
    [
        (parts, needed, name)
        for parts, needed in NEEDS
        for name in sorted({"AWS_REGION", *TABLES, *needed})
        if (parts, name) not in LATER
    ],
)
def test_what_is_missing_is_named(
    parts: Callable[[Environment], object], needed: dict[str, str], name: str
) -> None:
    with pytest.raises(SettingsError) as missing:
        parts(Environment(given(needed) | {name: " "}))
    assert missing.value.name == name

"""What a function cannot do without is named when it starts, before anything rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.environment import Environment, SettingsError
from contact_center.provisioning.adapters.provision_settings import ProvisionSettings
from contact_center.wiring.call_router import router_parts
from contact_center.wiring.campaign_planner import planner_parts
from contact_center.wiring.crm_updater import updater_parts
from contact_center.wiring.dialer import dialer_parts
from contact_center.wiring.importer import importer_parts
from contact_center.wiring.operator_api import operator_parts
from contact_center.wiring.receptionist import receptionist_parts
from contact_center.wiring.reconciler import reconciler_parts

if TYPE_CHECKING:
    from collections.abc import Callable

AWS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
TABLES = {"CALLS_TABLE": "calls", "DIALING_TABLE": "dialing", "CONTACTS_TABLE": "contacts"}
DIALS = {"DIAL_JOBS_QUEUE_URL": "http://127.0.0.1/dial-jobs"}
FACTS = {"CALL_EVENTS_QUEUE_URL": "http://127.0.0.1/call-events"}
NEEDS: list[tuple[Callable[[Environment], object], dict[str, str]]] = [
    (router_parts, TABLES | FACTS),
    (planner_parts, TABLES | DIALS),
    (dialer_parts, TABLES | DIALS | {"VAPI_API_KEY_NAME": "vapi-key"}),
    (
        reconciler_parts,
        TABLES
        | DIALS
        | FACTS
        | {
            "VAPI_API_KEY_NAME": "vapi-key",
            "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
            "TWILIO_SECRET_NAME": "twilio-keys",
        },
    ),
    (importer_parts, {"LIST_JOBS_QUEUE_URL": "http://127.0.0.1/list-jobs"}),
    (updater_parts, {}),
    (operator_parts, TABLES | {"OPERATOR_TOKENS_NAME": "tokens", "AUDIT_KEY_NAME": "key"}),
    (
        receptionist_parts,
        TABLES
        | {
            "RECEPTION_JOBS_QUEUE_URL": "http://127.0.0.1/reception-jobs",
            "TWILIO_ADMISSION": "bypass",
            "TWILIO_SECRET_NAME": "twilio-keys",
            "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
            "TWILIO_PHONE_NUMBER": "+14155550100",
            "PUBLIC_BASE_URL": "https://calls.example.com",
            "VAPI_API_KEY_NAME": "vapi-key",
        },
    ),
]


LATER = {
    (dialer_parts, "CALLS_TABLE"),  # which these have no use for
    (importer_parts, "CALLS_TABLE"),
    (updater_parts, "DIALING_TABLE"),
    (updater_parts, "CONTACTS_TABLE"),
    (operator_parts, "DIALING_TABLE"),  # calls and health are shown without
    (operator_parts, "CONTACTS_TABLE"),
    (reconciler_parts, "TWILIO_ACCOUNT_SID"),  # then nobody is asked what legs cost
    (receptionist_parts, "TWILIO_ADMISSION"),  # with a number it is bypass anyhow
}


def given(needed: dict[str, str]) -> dict[str, str]:
    return AWS | TABLES | {"REPORTS_BUCKET": "reports"} | needed


def test_the_provisioner_names_what_it_cannot_do_without() -> None:
    told = {
        "PUBLIC_BASE_URL": "https://calls.example.com",
        "TWILIO_SECRET_NAME": "twilio-keys",
        "TWILIO_PHONE_NUMBER": "+14155550100",
        "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
        "STACK_ID": "arn:aws:cloudformation:us-east-1:1:stack/switchboard-dev/1",
    }
    assert ProvisionSettings.read(Environment(told)).owner.startswith("dev-")
    for name in set(told) - {"STACK_ID"}:
        with pytest.raises(SettingsError) as missing:
            ProvisionSettings.read(Environment({**told, name: ""} | {"TWILIO_ADMISSION": "bypass"}))
        assert missing.value.name == name
    with pytest.raises(SettingsError, match="STACK_ID must be the ARN of a stack"):
        ProvisionSettings.read(Environment({**told, "STACK_ID": "switchboard-dev"}))
    with pytest.raises(SettingsError, match="VAPI_SIP_ADDRESS"):
        ProvisionSettings.read(Environment({**told, "TWILIO_ADMISSION": "sip"}))


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


def test_where_callers_come_in_at_vapi_the_receptionist_starts_with_nothing_to_do() -> None:
    told = AWS | {"TWILIO_SECRET_NAME": "twilio-keys"}
    assert receptionist_parts(Environment(told)).jobs is None
    ours = told | {"TWILIO_PHONE_NUMBER": "+14155550100", "TWILIO_ADMISSION": "vapi"}
    assert receptionist_parts(Environment(ours)).jobs is None

"""What an operator says of one person, on the fakes: what the handler's tests cannot reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.aws.api_fields import read
from contact_center.dialing.services.judge_call import JudgeParts
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.permission.adapters.dialing_rules_file import load_dialing_rules
from contact_center.permission.domain.contactability import Allow, Deny, may_call
from contact_center.triggers.adapters.api_models import StatedSuppression
from contact_center.triggers.services.state_permission import (
    EVIDENCE_SHOWN,
    StatementParts,
    ask_contactability,
)
from tests.fakes.campaign_people import FakePermissions
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.forgotten_people import NobodyForgotten

PHONE = parse_phone_number("+12125550123")
NOON_MS = 1_783_530_000_000  # 2026-07-08T17:00:00Z, 13:00 in New York
RULES = replace(load_dialing_rules(), allow_test_numbers=True)


def desk(**judging: Any) -> StatementParts:
    clock = FakeClock(NOON_MS)
    judge = JudgeParts(may_call=may_call, rules=RULES, civil=CivilClock())
    return StatementParts(
        store=FakePermissions(),
        ledger=FakeLedger(clock),
        judge=replace(judge, **judging),
        clock=clock,
        forgotten=NobodyForgotten(),
    )


@pytest.mark.parametrize("verdict", [Allow, Deny])
def test_evidence_that_nobody_has_named_is_not_shown(verdict: type[Allow | Deny]) -> None:
    def with_more(*case: Any) -> Allow | Deny:
        evidence = may_call(*case).evidence | {"held_by": "canary"}
        if verdict is Allow:
            return Allow(evidence=evidence)
        return Deny(reason="holiday", next_allowed_at=None, evidence=evidence)

    told = ask_contactability(PHONE, "marketing", desk(may_call=with_more))

    assert told["allowed"] is (verdict is Allow)
    assert "canary" not in str(told)


def test_all_evidence_there_is_today_is_named() -> None:
    """Something new in the evidence is shown, or left out on purpose: this says which."""
    told = ask_contactability(PHONE, "informational", desk())
    kept: list[dict[str, object]] = []

    def keeping(*case: Any) -> Allow | Deny:
        verdict = may_call(*case)
        kept.append(verdict.evidence)
        return verdict

    ask_contactability(PHONE, "informational", desk(may_call=keeping))

    assert told["evidence"] == kept[0]
    assert list(kept[0]) == list(EVIDENCE_SHOWN)


def test_a_number_that_is_not_to_be_rung_is_a_mistake_in_the_field_phone() -> None:
    strict = desk(rules=load_dialing_rules())  # where test numbers may not be dialled

    with pytest.raises(ValueError, match=r"^phone "):
        ask_contactability(PHONE, "marketing", strict)


def test_a_field_that_is_unknown_is_named_however_long() -> None:
    with pytest.raises(FieldError) as caught:
        read(StatedSuppression, {"phone": "+12125550123", "x" * 5_000: 1})

    assert caught.value.field == "x" * 128

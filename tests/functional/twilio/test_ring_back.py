"""A caller whose line broke is rung back by us, between a strict Twilio and a strict Vapi."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.configuration import compiled_config
from contact_center.kernel.time_left import always
from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.permission.domain.consent import Consent
from contact_center.reception.services.callbacks import ring_back
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.functional.twilio.reception_rig import ReceptionRig, with_config
from tests.functional.twilio.test_called_back import ANN, NOON, TAKES, at_home, rung
from tests.functional.twilio.test_cut_off_callers import (
    QUESTION,
    SECRET,
    cut_off,
    heard,
    route,
)
from tests.functional.twilio.test_receptionist import SERVE, Receptionist
from tests.twilio_scene import until
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Account

pytestmark = pytest.mark.emulator


def test_whose_line_broke_is_rung_back_and_only_after_a_key_goes_on_with_who_had_him(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rules = json.loads(compiled_config.COMPILED_FILE.read_bytes())["queue"]["call_back"]
    with_config(monkeypatch, tmp_path, queue={"call_back": rules | {"rings_back": True}})
    monkeypatch.setattr(ring_back, "HINTED_WITHIN_MS", -3_600_000)  # and a tick finds him
    settings = {"LOCAL_NOW": NOON, "LOCAL_STARTED_AT_MS": str(round(time.time() * 1_000))}
    given = Consent(kind="express", at=datetime(2026, 1, 5, tzinfo=UTC), source="web form")
    permissions = DynamoDBPermissions(account.client("dynamodb"), account.contacts_table)
    permissions.record_consent(ANN, given)
    with ReceptionRig(account, monkeypatch, settings, (at_home(ANN, TAKES),)) as rig:
        leg, first = cut_off(rig, from_=ANN)
        rig.vapi.people[ANN] = caller(number=ANN, patience_ms=600_000)
        receptionist = Receptionist(rig, capsys)
        receptionist.start(**settings)
        assert receptionist.app is not None
        assert receptionist.app.PARTS.jobs.breaks(always) == 1  # the hint is late, or lost
        jobs = [ReceptionJob(JobKind.RING_BACK, f"v-{leg}"), SERVE]
        assert receptionist.take(*jobs) == []
        receptionist.take(*jobs)  # told twice
        receptionist.close()
        rig.twilio.advance(30)
        [called] = rung(rig, ANN)
        [call] = set(rig.vapi.calls.values()) - {first}
        until(lambda: call.status == "in-progress")
        said = json.dumps(rig.twilio.log.entries(call=called))
        assert "was cut off a moment ago" in said
        assert "treadmill" not in said  # whoever picks up hears nothing of that call
        until(lambda: route(rig) and {"assistantName": "billing"} in call.record.activations)
        assert f"Caller: {SECRET}" in json.dumps(rig.who_answers(call))
        assert not any(QUESTION in words for words in heard(rig, call))  # the key was his yes
        assert rig.visit(called).resumed == first.call_id

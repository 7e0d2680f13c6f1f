"""All of it on one machine: a caller waits in the queue, and the receptionist sends for him."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.visits.adapters.sqs_reception_jobs import job_text
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.cloud.system import LocalSystem
from local.settings import read_settings
from local.twilio.simulator import TwilioSimulator
from local.up import start_twilio, start_vapi
from local.vapi.simulator import VapiSimulator
from tests.twilio_scene import CALLER, OURS, until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.emulator

HERE = {"PORT": "0", "TWILIO_PHONE_NUMBER": OURS, "CALL_LINES": "2", "LINES_KEPT_FOR_INBOUND": "1"}


def started(settings: Mapping[str, str], folder: Path) -> LocalSystem:
    return LocalSystem(
        read_settings(None, settings),
        start_vapi=start_vapi,
        start_twilio=start_twilio,
        folder=folder,
        processes_per_function=1,
        least_timeout_seconds=60,
    )


@pytest.mark.parametrize("admission", ["bypass", "sip"])
def test_a_caller_waits_and_is_sent_for_when_a_line_is_free(tmp_path: Path, admission: str) -> None:
    with started(HERE | {"TWILIO_ADMISSION": admission}, tmp_path) as system:
        names = system.template.evaluator(system._names.attribute)  # type: ignore[union-attr]
        table, queue_url = names.text({"Ref": "Dialing"}), names.text({"Ref": "ReceptionJobs"})
        lines = DynamoDBLines(system.client("dynamodb"), table, CALLING_ACCOUNT)
        for holder in ("call:a", "call:b"):
            lines.admit(holder, 1)
        twilio = system.twilio
        assert isinstance(twilio, TwilioSimulator)
        leg = twilio.place_inbound(CALLER, OURS)
        until(lambda: bool(twilio.log.entries("enqueued", leg)))

        lines.leave("call:b", 2)
        hint = job_text(ReceptionJob(JobKind.SERVE))
        system.client("sqs").send_message(QueueUrl=queue_url, MessageBody=hint)
        until(lambda: f"visit:v-{leg}" in {lease.holder for lease in lines.held()})
        vapi = system._vapi
        assert isinstance(vapi, VapiSimulator)
        until(lambda: any(call.status == "in-progress" for call in vapi.calls.values()))
        assert system.figures()["Receptionist"].errors == 0


def test_a_caller_who_comes_in_by_sip_talks_with_an_assistant_on_one_line(tmp_path: Path) -> None:
    with started(HERE | {"TWILIO_ADMISSION": "sip"}, tmp_path) as system:
        names = system.template.evaluator(system._names.attribute)  # type: ignore[union-attr]
        table = names.text({"Ref": "Dialing"})
        lines = DynamoDBLines(system.client("dynamodb"), table, CALLING_ACCOUNT)
        twilio, vapi = system.twilio, system._vapi
        assert isinstance(twilio, TwilioSimulator)
        assert isinstance(vapi, VapiSimulator)
        leg = twilio.place_inbound(CALLER, OURS)
        until(lambda: any(call.status == "in-progress" for call in vapi.calls.values()))
        until(lambda: bool(twilio.leg(leg).live))
        assert [lease.holder for lease in lines.held()] == [f"visit:v-{leg}"]
        twilio.do(twilio.leg(leg).hang_up)
        until(lambda: not list(lines.held()))
        assert not vapi.log.entries("violation")


def test_where_callers_come_in_at_vapi_nothing_takes_hints_or_sends_any(tmp_path: Path) -> None:
    settings = {"PORT": "0"}
    with started(settings, tmp_path) as system:
        assert "Receptionist" not in {one.function for one in system.template.queue_mappings}
        outcome = system.invoke("Reconciler", b"{}")
        assert not outcome.failed
        assert system.messages("ReceptionJobs") == (0, 0)
        assert system.figures()["Receptionist"].invocations == 0

"""The receptionist's handler on the emulator, beside a strict Twilio, told by hints and ticks."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb.troubles import DynamoDBTroubles
from contact_center.kernel.set_aside import Thing
from contact_center.queue.adapters.queue_items import entry_key
from contact_center.queue.domain.waiting import EntryState
from contact_center.visits.adapters.sqs_reception_jobs import job_text
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.twilio.simulator import ACCOUNT_SID
from local.twilio.webhooks.mail import Faults
from tests.fakes.raw_server import RawServer, answer
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.functional.twilio.test_waiting_callers import OTHERS, RESULT, comes_in, lines, take_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

SERVE, TICK = ReceptionJob(JobKind.SERVE), ReceptionJob(JobKind.TICK)


@dataclass
class Context:
    remaining_ms: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


class Receptionist:
    """The function, and what it counted and logged."""

    def __init__(self, rig: ReceptionRig, capsys: pytest.CaptureFixture[str]) -> None:
        self.rig = rig
        self._capsys = capsys
        self._ids = count(1)
        self.app: ModuleType | None = None

    def start(self, **environment: str) -> None:
        """Import the function as a cold start does."""
        told = {"TWILIO_BASE_URL": self.rig.twilio.url, "CALL_LINES": "2"} | environment
        for name, value in told.items():
            self.rig.monkeypatch.setenv(name, value)
        self.close()
        sys.modules.pop("receptionist.app", None)
        self.app = importlib.import_module("receptionist.app")
        sys.modules.pop("receptionist.app", None)

    def take(self, *jobs: ReceptionJob | str, remaining_ms: int = 60_000) -> list[str]:
        """Let it take a batch; the ids of the messages that come back."""
        assert self.app is not None
        records = [
            {
                "messageId": f"message-{next(self._ids)}",
                "body": job if isinstance(job, str) else job_text(job),
            }
            for job in jobs
        ]
        answered = self.app.lambda_handler({"Records": records}, Context(remaining_ms))
        self.rig.twilio.settle()
        return [failure["itemIdentifier"] for failure in answered["batchItemFailures"]]

    def said(self) -> list[dict[str, Any]]:
        """The lines it has written since somebody looked."""
        written = self._capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in written if line.startswith("{")]

    def close(self) -> None:
        if self.app is not None and self.app.PARTS.jobs is not None:
            self.app.PARTS.jobs.serve.waiting.queue._connection.close()


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    """Two lines, which others have."""
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}) as made:
        take_all(made)
        yield made


@pytest.fixture
def receptionist(rig: ReceptionRig, capsys: pytest.CaptureFixture[str]) -> Iterator[Receptionist]:
    made = Receptionist(rig, capsys)
    made.start()
    yield made
    made.close()


def arrived(rig: ReceptionRig) -> list[str]:
    """The legs that were sent for and came."""
    return [hook["CallSid"] for hook, _, _ in rig.answers if hook.path == RESULT]


def state(rig: ReceptionRig, leg: str) -> EntryState:
    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    return entry.state


def frees_a_line(rig: ReceptionRig) -> None:
    lines(rig).leave("call:other", 2)


def test_one_job_brings_the_caller_to_the_line_that_has_come_free(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = comes_in(rig)
    assert receptionist.take(SERVE) == []  # no line is free
    assert arrived(rig) == []

    frees_a_line(rig)
    assert receptionist.take(SERVE) == []
    assert arrived(rig) == [leg]
    assert f"visit:v-{leg}" in rig.holders()


def test_a_tick_finds_what_a_lost_hint_left(rig: ReceptionRig, receptionist: Receptionist) -> None:
    leg = comes_in(rig)
    frees_a_line(rig)
    assert receptionist.take(TICK) == []
    assert arrived(rig) == [leg]


def test_equal_hints_of_a_batch_are_done_once(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = comes_in(rig)
    frees_a_line(rig)
    receptionist.said()
    assert receptionist.take(*[SERVE] * 5, TICK, SERVE) == []
    assert arrived(rig) == [leg]
    done = {line["kind"]: line["reception_job"] for line in receptionist.said() if "kind" in line}
    assert done == {"serve": 1, "tick": 1}


def test_a_job_that_cannot_be_read_comes_back_named_and_stops_no_other(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = comes_in(rig)
    frees_a_line(rig)
    receptionist.said()
    later = '{"version":2,"kind":"serve"}'
    assert receptionist.take("no JSON", later, SERVE) == ["message-1", "message-2"]
    assert arrived(rig) == [leg]
    named = [line for line in receptionist.said() if line.get("level") == "ERROR"]
    assert [(line["message"], line["message_id"], line["field"]) for line in named] == [
        ("reception job unreadable", "message-1", "body"),
        ("reception job unreadable", "message-2", "version"),
    ]


@pytest.mark.parametrize("job", [SERVE, TICK], ids=["served", "found by the tick"])
def test_one_poisoned_entry_stops_no_other_and_is_shown_to_people(
    rig: ReceptionRig, receptionist: Receptionist, job: ReceptionJob
) -> None:
    first, second = (comes_in(rig, number) for number in OTHERS[:2])
    rig.account.client("dynamodb").update_item(
        TableName=rig.account.dialing_table,
        Key=entry_key(f"v-{first}"),
        UpdateExpression="SET #said = :broken",
        ExpressionAttributeNames={"#said": "said"},
        ExpressionAttributeValues={":broken": {"S": "{"}},
    )
    frees_a_line(rig)
    receptionist.said()
    assert receptionist.take(job) == []
    assert arrived(rig) == [second]
    assert any(line.get("entry_unreadable") for line in receptionist.said())
    troubles = DynamoDBTroubles(rig.account.lean(), rig.account.dialing_table)
    assert set(troubles.aside(Thing.ENTRY)) == {f"v-{first}"}


def test_while_twilio_cannot_be_reached_nobody_loses_a_place_or_keeps_a_line(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = comes_in(rig)
    frees_a_line(rig)
    receptionist.start(TWILIO_BASE_URL="http://127.0.0.1:9")
    assert receptionist.take(SERVE) == []
    assert state(rig, leg) is EntryState.WAITING
    assert f"visit:v-{leg}" not in rig.holders()

    receptionist.start()
    assert receptionist.take(TICK) == []
    assert arrived(rig) == [leg]


def test_a_wrong_token_sends_nobody_and_costs_nobody_the_place(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = comes_in(rig)
    frees_a_line(rig)
    refused = answer("401 Unauthorized", b'{"code": 20003, "message": "Authenticate"}')
    with RawServer(refused) as server:
        receptionist.start(TWILIO_BASE_URL=server.url)
        assert receptionist.take(SERVE) == []
    assert state(rig, leg) is EntryState.WAITING
    assert f"visit:v-{leg}" not in rig.holders()


def test_a_token_that_cannot_be_had_costs_nobody_the_place_and_is_no_failure(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = comes_in(rig)
    frees_a_line(rig)
    receptionist.start(TWILIO_SECRET_NAME="switchboard/nowhere")
    assert receptionist.take(SERVE) == []
    assert state(rig, leg) is EntryState.WAITING
    assert f"visit:v-{leg}" not in rig.holders()
    assert not [line for line in receptionist.said() if line.get("level") == "ERROR"]


def test_who_hung_up_unheard_frees_the_place_and_the_next_one_is_served(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    first, second = (comes_in(rig, number) for number in OTHERS[:2])
    rig.twilio.with_faults(Faults(lose_every=1))
    rig.twilio.do(rig.twilio.leg(first).hang_up)
    rig.twilio.settle()
    rig.twilio.with_faults(Faults())
    frees_a_line(rig)
    assert receptionist.take(SERVE) == []
    assert arrived(rig) == [second]
    assert state(rig, first) is EntryState.LEFT


def test_without_the_table_a_job_comes_back(rig: ReceptionRig, receptionist: Receptionist) -> None:
    rig.account.client("dynamodb").delete_table(TableName=rig.account.dialing_table)
    receptionist.said()
    assert receptionist.take(SERVE, TICK) == ["message-1", "message-2"]
    named = [line for line in receptionist.said() if line.get("level") == "ERROR"]
    assert [line["message"] for line in named] == ["reception job unavailable"] * 2


def test_a_job_for_which_time_is_short_comes_back_undone(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    comes_in(rig)
    frees_a_line(rig)
    assert receptionist.take(SERVE, remaining_ms=19_999) == ["message-1"]
    assert arrived(rig) == []


def test_where_callers_come_in_at_vapi_it_does_nothing_and_says_so_once(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = comes_in(rig)
    frees_a_line(rig)
    receptionist.said()
    receptionist.start(TWILIO_ADMISSION="vapi", TWILIO_ACCOUNT_SID=ACCOUNT_SID)
    assert receptionist.take(SERVE) == receptionist.take(TICK) == []
    assert state(rig, leg) is EntryState.WAITING
    assert [line["level"] for line in receptionist.said()] == ["INFO"]

"""The end-of-call report: recorded once, kept reduced, lost by nothing that decorates it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.facts import (
    CallEnded,
    CallSeen,
    PersonMet,
)
from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.records.domain.achieved import Proof
from contact_center.vapi.webhooks import told
from contact_center.vapi.webhooks.reports import LIST_LIMIT
from tests.functional.conversations.routing_rig import AT_MS, CALL_ID, Rig, ended, kinds
from tests.log_lines import but_instants

if TYPE_CHECKING:
    from pathlib import Path

    from contact_center.conversations.services.ports.messages import CallOfVisit


pytestmark = pytest.mark.emulator

BILL = "I was charged twice on my last invoice and I want a refund"
BUY = "I would like to buy your product, what does a new plan cost"


def answered(rig: Rig, outputs: dict[str, Any], at_ms: int) -> dict[str, Any]:
    """The report of a call with the answers that the model gives about it."""
    return rig.message(
        "end-of-call-report",
        at_ms,
        endedReason="customer-ended-call",
        artifact={"structuredOutputs": outputs},
    )


def test_a_body_that_was_too_large_for_the_queue_is_fetched(rig: Rig) -> None:
    rig.account.client("s3").put_object(
        Bucket=rig.account.reports_bucket,
        Key="reports/raw/one.json",
        Body=json.dumps(rig.says(BILL)).encode(),
    )
    assert rig.deliver({}, report_key="reports/raw/one.json") == []
    assert kinds(rig) == ["CallSeen", "UtteranceHeard"]


def test_a_report_of_700_kb_with_ten_thousand_turns_is_recorded_once_and_redacted(
    rig: Rig,
) -> None:
    """Every hundredth turn dictates a card in two pieces, with markup and control characters."""
    turns: list[dict[str, Any]] = []
    for number in range(10_000):
        role, words = ("bot", "Go on.") if number % 2 else ("user", "yes")
        if number % 100 in {0, 2}:
            words = "4111 1111" if number % 100 == 0 else "1111 1111 <b>ok</b>\x00\x1b[31m"
        turns.append({"role": role, "message": words, "time": AT_MS + 100 * number})
    transcript = "\n".join(f"{one['role'].title()}: {one['message']}" for one in turns)
    said = rig.message(
        "end-of-call-report",
        1_100_000,
        endedReason="customer-ended-call",
        summary="A long talk.",
        artifact={"messages": turns, "transcript": transcript},
    )
    size = len(json.dumps(said))
    said["message"]["artifact"]["padding"] = "x" * max(0, 700_000 - size)
    assert len(json.dumps(said)) >= 700_000

    assert rig.deliver(said, said) == []

    fact = ended(rig)
    assert fact is not None
    kept = but_instants(rig.objects()[fact.report_key or ""].decode())
    assert "1111" not in kept
    assert "4111" not in kept
    whole = json.loads(rig.objects()[fact.report_key or ""])
    assert len(whole["artifact"]["messages"]) == LIST_LIMIT
    assert len([one for one in rig.history().facts if isinstance(one, CallEnded)]) == 1


@dataclass
class _News:
    """What is known of visits: at which instant a person had the caller of each post."""

    met: dict[str, int]
    asked: list[str] = field(default_factory=list)

    def met_ms(self, post: str) -> int | None:
        self.asked.append(post)
        return self.met.get(post)

    def hear_of_call(self, call: CallOfVisit) -> None:
        """Nobody waits for it here."""


@pytest.mark.parametrize("met", [{"v-CA1.1": AT_MS}, {}])
def test_a_report_of_a_visits_call_is_told_with_whether_a_person_has_the_caller(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, met: dict[str, int]
) -> None:
    parts, news = rig.app.PARTS, _News(met)

    def read(*said: Any) -> Any:
        known = parts.router.read(*said)
        seen = (one for one in known.facts if isinstance(one, CallSeen))
        rest = [one for one in known.facts if not isinstance(one, CallSeen)]
        return replace(known, facts=[*(one.of_visit("v-CA1.1") for one in seen), *rest])

    with monkeypatch.context() as patch:
        router = replace(parts.router, read=read, visits=news)
        patch.setattr(rig.app, "PARTS", replace(parts, router=router))
        rig.deliver(rig.message("status-update", status="in-progress"))
        assert news.asked == []  # one read, with the report
        report = rig.message(
            "end-of-call-report", 9_000, endedReason="assistant-forwarded-call", analysis={}
        )
        assert rig.deliver(report) == []
    assert news.asked == ["v-CA1.1"]
    record = rig.history().record
    assert record is not None
    assert (Proof.TRANSFERRED in record.proofs) is bool(met)
    told = [one.at_ms for one in rig.history().facts if isinstance(one, PersonMet)]
    assert told == list(met.values())


@pytest.mark.parametrize("depth", [1_100, 100_000])
def test_a_report_that_is_nested_too_deep_ends_its_call_and_is_kept(rig: Rig, depth: int) -> None:
    said = rig.message("end-of-call-report", endedReason="customer-ended-call", summary="bye")
    said["message"]["artifact"] = {"messages": "DEEP"}
    deep = json.dumps(said).replace('"DEEP"', "[" * depth + "]" * depth)

    assert rig.deliver(deep) == []

    fact = ended(rig)
    assert fact is not None
    assert fact.ended_reason == "customer-ended-call"
    assert json.loads(rig.objects()[fact.report_key or ""])["summary"] == "bye"


def test_a_report_that_cannot_be_stored_ends_its_call_and_comes_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = rig.message("end-of-call-report", endedReason="customer-ended-call")
    archive = rig.app.PARTS.router.archive
    bucket = archive._bucket
    monkeypatch.setattr(archive, "_bucket", "no-such-bucket")

    assert len(rig.deliver(said)) == 1

    fact = ended(rig)
    assert fact is not None
    assert "report_unstored" in capsys.readouterr().out
    monkeypatch.setattr(archive, "_bucket", bucket)
    assert rig.deliver(said) == []
    assert fact.report_key in rig.objects()


def test_a_report_that_cannot_be_reduced_ends_its_call(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object) -> None:
        raise KeyError("+14155550123")

    monkeypatch.setattr(told, "report_of", breaks)
    assert rig.deliver(rig.message("end-of-call-report", endedReason="x")) == []

    fact = ended(rig)
    assert fact is not None
    assert fact.report_key is None
    out = capsys.readouterr().out
    assert "report_lost" in out
    assert "4155550123" not in out


def test_the_end_of_call_report_is_archived_without_links_and_prompts(
    rig: Rig, shared: Path
) -> None:
    sample = (shared / "contracts/vapi/samples/end-of-call-report.json").read_text()
    for _ in range(2):
        assert rig.deliver(sample) == []
    ((key, body),) = rig.objects().items()
    assert key == f"reports/2026/08/20/{CALL_ID}.json"
    report = json.loads(body)
    assert report["endedReason"] == "customer-ended-call"
    assert report["analysis"]["structuredData"] == {"intent": "retention"}
    assert [one["role"] for one in report["artifact"]["messages"]] == [
        "bot",
        "user",
        "tool_calls",
        "tool_call_result",
    ]
    text = body.decode()
    for unwanted in ("://", "recording", "controlUrl", "twilioAccountSid", "You route callers"):
        assert unwanted not in text
    (ended,) = (fact for fact in rig.history().facts if isinstance(fact, CallEnded))
    assert ended.report_key == key


def test_links_are_cut_out_of_whatever_is_archived(rig: Rig) -> None:
    signed = "https://bucket.example.com/a.wav?X-Amz-Signature=abc"
    rig.deliver(
        rig.message(
            "end-of-call-report",
            endedReason="customer-ended-call",
            analysis={
                "summary": f"See {signed} now",
                "structuredData": {signed: [signed, {"url": signed}]},
            },
            artifact={"messages": [{"role": "user", "message": signed, "secret": "x"}, "odd", [1]]},
        )
    )
    (body,) = rig.objects().values()
    assert b"X-Amz-Signature" not in body
    assert b"See [link removed] now" in body
    assert b"secret" not in body


def test_what_a_call_came_to_is_answered_checked_and_held_against_our_facts(rig: Rig) -> None:
    said = {"summary": "Wanted a demo.", "achieved": "meeting_booked", "sentiment": "delighted"}
    outputs = {"1": {"name": "call_outcome", "result": said}}
    report = answered(rig, outputs, 9000)
    assert rig.deliver(rig.says(BILL), report, report) == []

    record = rig.history().record
    assert record is not None
    assert record.answers == {"summary": "Wanted a demo.", "achieved": "meeting_booked"}
    assert record.value("answers_unknown") == "8"  # of ten, and one is no sentiment
    assert record.value("summary") == "Wanted a demo."
    assert record.achieved.what is None  # no meeting is booked
    assert record.achieved.disagrees


def test_whom_we_rang_and_who_is_not_interested_is_left_alone_by_the_next_campaign(
    rig: Rig,
) -> None:
    """As shipped: the answer that the model gives about his interest, whenever it comes."""
    account, number = rig.account, "+14155550123"
    name = attempt_id("spring", "contact-1")
    request = DialRequest(
        attempt_id=name,
        number=number,
        prefix="+1415",
        purpose="marketing",
        assistant="sales",
        created_at_ms=AT_MS,
        expires_at_ms=AT_MS + 3_600_000,
    )
    rung = DialAttempt(
        request=request,
        state=AttemptState.SETTLED,
        disposition=Disposition.COMPLETED,
        reason="customer-ended-call",
        posts=1,
        call_id=CALL_ID,
        counts_at_ms=AT_MS,
        ended_at_ms=AT_MS + 9_000,
        reported=True,
        final=True,
        priced=True,
    )
    client, table = account.client("dynamodb"), account.dialing_table
    client.put_item(TableName=table, Item=attempt_item(rung, 2**31))
    outputs = {"1": {"name": "call_outcome", "result": {"interest": "none"}}}
    report = answered(rig, outputs, 9000)
    report["message"]["call"] |= {
        "type": "outboundPhoneCall",
        "metadata": {"attemptId": f"{name}.1"},
    }

    assert rig.deliver(report, report) == []

    item = client.get_item(TableName=table, Key=customer_key(number), ConsistentRead=True)["Item"]
    customer = customer_of(item, number)
    assert customer.refusal_at_ms is not None
    assert customer.version == 1


def test_answers_that_come_a_day_late_change_the_record_once(rig: Rig) -> None:
    ended = rig.message("end-of-call-report", 9000, endedReason="customer-ended-call")
    assert rig.deliver(rig.says(BILL), ended) == []
    first = rig.history().record
    assert first is not None
    assert first.achieved.what is None
    outputs = {"1": {"name": "call_outcome", "result": {"achieved": "question_answered"}}}
    late = answered(rig, outputs, 86_400_000)

    assert rig.deliver(late, late) == []
    assert rig.deliver(late) == []

    record = rig.history().record
    assert record is not None
    assert record.achieved.what == "question_answered"
    assert record.ended_at_ms == first.ended_at_ms
    assert kinds(rig).count("AnswersTold") == kinds(rig).count("CallEnded") == 1

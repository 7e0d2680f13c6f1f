"""One suite for the fakes and the lean adapters: what holds of the one holds of the other."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from contact_center.aws.connection import AwsConnection
from contact_center.aws.s3_lean import LeanS3Archive, report_key
from contact_center.aws.secrets_lean import LeanSecrets
from contact_center.aws.signer import Credentials
from contact_center.aws.sqs_lean import LeanSqsQueue
from contact_center.conversations.adapters.call_items import record_item
from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory, LeanToolAnswers
from contact_center.conversations.adapters.fact_items import fact_of
from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.domain.facts import ToolCalled
from contact_center.conversations.domain.resuming import EarlierCall
from contact_center.conversations.services.ports.callers import Party
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.kernel.ports import (
    QueueUnavailableError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from contact_center.kernel.system_clock import SystemClock
from contact_center.records.adapters.sqs_effect_hints import SqsEffectHints, read_hint
from contact_center.records.services.effect_hints import EffectHint, HintKind
from contact_center.visits.adapters.sqs_reception_jobs import SqsReceptionJobs, read_job
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.clock import FakeClock
from tests.fakes.effects import FakeEffectHints
from tests.fakes.fact_queue import FakeFactQueue
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.report_archive import FakeReportArchive
from tests.fakes.secret_store import FakeSecretStore
from tests.fakes.tool_answers import FakeToolAnswers

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.services.ports.callers import CallMemory
    from contact_center.conversations.services.ports.messages import (
        FactQueue,
        LargeBodies,
        ToolAnswers,
    )
    from tests.emulator import Account

KINDS = ["fake", pytest.param("real", marks=pytest.mark.emulator)]
BEGAN_MS = 1_787_266_800_000


def connection(request: pytest.FixtureRequest, account: Account, service: str) -> AwsConnection:
    environment = account.environment
    opened = AwsConnection(
        service,
        environment["AWS_REGION"],
        Credentials(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
            environment["AWS_SESSION_TOKEN"],
        ),
        SystemClock(),
        endpoint_url=environment["AWS_ENDPOINT_URL"],
    )
    request.addfinalizer(opened.close)
    return opened


def real_account(request: pytest.FixtureRequest) -> Account:
    account: Account = request.getfixturevalue("account")
    return account


# --- the queue -------------------------------------------------------------------------------


class Messages(Protocol):
    def __call__(self) -> list[tuple[str, dict[str, str]]]: ...


@dataclass
class QueueUnderTest:
    queue: FactQueue
    broken: FactQueue
    messages: Messages


@pytest.fixture(params=KINDS)
def queue(request: pytest.FixtureRequest) -> QueueUnderTest:
    if request.param == "fake":
        fake = FakeFactQueue()
        return QueueUnderTest(fake, FakeFactQueue(down=True), lambda: fake.messages)
    account = real_account(request)
    url = account.call_events_queue
    return QueueUnderTest(
        LeanSqsQueue(connection(request, account, "sqs"), url),
        LeanSqsQueue(connection(request, account, "sqs"), url + "-that-is-not-there"),
        lambda: received(account.client("sqs"), url),
    )


def received(client: Any, url: str) -> list[tuple[str, dict[str, str]]]:
    answer = client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [
        (
            message["Body"],
            {
                name: attribute["StringValue"]
                for name, attribute in message.get("MessageAttributes", {}).items()
            },
        )
        for message in answer.get("Messages", [])
    ]


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"message":{"type":"hang"}}',
        '{ "a" : "\\u00fc \\" \\\\ \\u0000 \\ud800" ,\n\t"b":1.0}',
        '{"a":"grüße 📞 \u2028 \ufeff \x7f \x85"}',
        '{"a":"' + "x" * 200_000 + '"}',
    ],
)
def test_a_body_comes_out_as_it_went_in(queue: QueueUnderTest, body: str) -> None:
    attributes = {"version": "1", "received_at_ms": "1787266900000", "delivery": 'ü "q"'}
    queue.queue.send(body, attributes)
    assert queue.messages() == [(body, attributes)]


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"])
def test_a_character_that_the_queue_refuses_arrives_as_its_escape(
    queue: QueueUnderTest, character: str
) -> None:
    queue.queue.send(json.dumps({"a": character}, ensure_ascii=False), {"version": "1"})
    ((body, _),) = queue.messages()
    assert json.loads(body) == {"a": character}


@pytest.mark.emulator
def test_what_is_for_later_comes_later(request: pytest.FixtureRequest, account: Account) -> None:
    url, client = account.reception_jobs_queue, account.client("sqs")
    sent = ReceptionJob(JobKind.PERSON, in_seconds=10_000)  # later than SQS can put off
    SqsReceptionJobs(connection(request, account, "sqs"), url).send(sent)
    assert received(client, url) == []
    delayed = "ApproximateNumberOfMessagesDelayed"
    asked = client.get_queue_attributes(QueueUrl=url, AttributeNames=[delayed])
    assert asked["Attributes"][delayed] == "1"


@pytest.mark.emulator
def test_a_hint_is_what_was_sent_by_either(
    request: pytest.FixtureRequest, account: Account
) -> None:
    kept, hinted = FakeReceptionJobs(), FakeEffectHints()
    sqs, client = connection(request, account, "sqs"), account.client("sqs")
    for jobs in (SqsReceptionJobs(sqs, account.reception_jobs_queue), kept):
        jobs.send(ReceptionJob(JobKind.ASK, "visit-1"))
    for hints in (SqsEffectHints(sqs, account.effects_queue), hinted):
        hints.send(EffectHint(HintKind.LINE, "crm", "a customer"))

    ((job, _),) = received(client, account.reception_jobs_queue)
    ((hint, _),) = received(client, account.effects_queue)

    assert [read_job({"body": job})] == kept.sent
    assert [read_hint({"body": hint})] == hinted.sent


def test_a_queue_that_cannot_take_it_says_so(queue: QueueUnderTest) -> None:
    with pytest.raises(QueueUnavailableError):
        queue.broken.send("{}", {"version": "1"})


# --- tool answers ----------------------------------------------------------------------------


@dataclass
class AnswersUnderTest:
    answers: ToolAnswers
    broken: ToolAnswers
    stored: Callable[[], list[ToolCalled]]


@pytest.fixture(params=KINDS)
def answers(request: pytest.FixtureRequest) -> AnswersUnderTest:
    if request.param == "fake":
        fake = FakeToolAnswers()
        return AnswersUnderTest(
            fake,
            FakeToolAnswers(down=True),
            lambda: [called for called, _ in fake.stored.values()],
        )
    account = real_account(request)
    to_dynamodb = connection(request, account, "dynamodb")
    table = account.calls_table
    return AnswersUnderTest(
        LeanToolAnswers(to_dynamodb, table, SystemClock(), 90),
        LeanToolAnswers(to_dynamodb, "no-such-table", SystemClock(), 90),
        lambda: [
            called
            for item in account.client("dynamodb").scan(TableName=table)["Items"]
            if isinstance(called := fact_of(item), ToolCalled)
        ],
    )


def called(tool_call_id: str = "t1", call_id: str = "call-1") -> ToolCalled:
    return ToolCalled(
        call_id=call_id,
        at_ms=BEGAN_MS,
        key=f"tool:{tool_call_id}",
        tool_call_id=tool_call_id,
        name="qualifyLead",
        arguments={"budget": 'ü "500"\n', "sure": True, "seats": 5},
        answer="Stored.",
        department=None,
    )


def test_the_first_answer_stands_for_ever(answers: AnswersUnderTest) -> None:
    assert answers.answers.store_if_absent(called(), '{"result":"ü"}') == '{"result":"ü"}'
    assert answers.answers.store_if_absent(called(), '{"result":"other"}') == '{"result":"ü"}'
    assert answers.stored() == [called()]


def test_an_id_that_comes_again_with_another_key_has_its_own_answer(
    answers: AnswersUnderTest,
) -> None:
    again = replace(called(), key="tool:t1:other", answer="Stored as well.")
    assert answers.answers.store_if_absent(called(), "first") == "first"
    assert answers.answers.store_if_absent(again, "second") == "second"
    assert answers.answers.store_if_absent(called(), "third") == "first"


def test_another_call_or_tool_call_has_its_own_answer(answers: AnswersUnderTest) -> None:
    for tool_call_id, call_id in (("t1", "call-1"), ("t2", "call-1"), ("t1", "call-2")):
        one = called(tool_call_id, call_id)
        assert (
            answers.answers.store_if_absent(one, tool_call_id + call_id) == tool_call_id + call_id
        )
    assert len(answers.stored()) == 3


@pytest.mark.parametrize("odd", ["ü#\u2028", "x" * 256, "\x00"])
def test_an_odd_id_is_stored_like_any_other(answers: AnswersUnderTest, odd: str) -> None:
    answers.answers.store_if_absent(called(odd, odd), "first")
    assert answers.answers.store_if_absent(called(odd, odd), "second") == "first"


def test_a_table_that_does_not_store_says_so(answers: AnswersUnderTest) -> None:
    with pytest.raises(StoreUnavailableError):
        answers.broken.store_if_absent(called(), "{}")


@pytest.mark.emulator
def test_a_stored_answer_expires(account: Account, request: pytest.FixtureRequest) -> None:
    answers = LeanToolAnswers(
        connection(request, account, "dynamodb"), account.calls_table, FakeClock(BEGAN_MS), 30
    )
    answers.store_if_absent(called(), "{}")
    (item,) = account.client("dynamodb").scan(TableName=account.calls_table)["Items"]
    assert int(item["expires_at"]["N"]) == BEGAN_MS // 1000 + 30 * 86_400
    assert (item["pk"]["S"], item["sk"]["S"]) == ("CALL#call-1", "TOOL#tool:t1")


# --- earlier calls ---------------------------------------------------------------------------

CUSTOMER = "+14155550123"
POST = "0123456789abcdef0123456789abcdef.1"


def earlier(call_id: str, minute: int, *, over: bool = True) -> EarlierCall:
    return EarlierCall(
        call_id=call_id,
        destination="billing" if over else None,
        ended_reason="worker-shutdown" if over else None,
        ended_at_ms=BEGAN_MS + minute * 60_000 + 30_000 if over else None,
    )


@dataclass
class MemoryUnderTest:
    memory: CallMemory
    broken: CallMemory


@pytest.fixture(params=KINDS)
def memory(request: pytest.FixtureRequest) -> MemoryUnderTest:
    calls = [earlier("call-1", 1), earlier("call-2", 2), earlier("call-3", 3, over=False)]
    if request.param == "fake":
        heard = FakeCallMemory(
            {CUSTOMER: calls},
            {"call-1": "billing", "call-2": "billing"},
            {"call-1": Party(number=CUSTOMER), "call-ours": Party(post_name=POST, placed=True)},
        )
        return MemoryUnderTest(heard, FakeCallMemory(down=True))
    account = real_account(request)
    for minute, call in enumerate(calls, start=1):
        remember(account, call, BEGAN_MS + minute * 60_000)
    ours = CallRecord(call_id="call-ours", registers={"attempt_id": (BEGAN_MS, POST)})
    account.client("dynamodb").put_item(
        TableName=account.calls_table, Item=record_item(ours, CallGlance(), 0, 4_000_000_000)
    )
    to_dynamodb = connection(request, account, "dynamodb")
    return MemoryUnderTest(
        LeanCallMemory(to_dynamodb, account.calls_table),
        LeanCallMemory(to_dynamodb, "no-such-table"),
    )


def remember(account: Account, call: EarlierCall, began_ms: int) -> None:
    registers = {"customer_number": (began_ms, CUSTOMER)}
    if call.names:
        registers["customer_name"] = (began_ms, call.names[0])
    if call.visit_post is not None:
        registers["visit_post"] = (began_ms, call.visit_post)
    if call.goodbye_at_ms is not None:
        registers["goodbye"] = (call.goodbye_at_ms, "customer")
    if call.ended_reason and call.ended_at_ms:
        registers["ended_reason"] = (call.ended_at_ms, call.ended_reason)
    record = CallRecord(
        call_id=call.call_id,
        status="ended" if call.ended_at_ms else "ringing",
        started_at_ms=began_ms,
        last_seen_ms=began_ms,
        ended_at_ms=call.ended_at_ms,
        registers=registers,
    )
    glance = CallGlance(destination=call.destination, intent=call.destination)
    item = record_item(record, glance, 1, 4_000_000_000)
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)


def test_the_latest_earlier_calls_are_remembered(memory: MemoryUnderTest) -> None:
    latest = memory.memory.latest_calls_of(CUSTOMER, but_not="call-3")
    assert list(latest) == [earlier("call-2", 2), earlier("call-1", 1)]
    [now, *_] = memory.memory.latest_calls_of(CUSTOMER, but_not=None)
    assert now == earlier("call-3", 3, over=False)
    assert list(memory.memory.latest_calls_of("+14155550999", but_not=None)) == []


def test_where_a_call_was_sent_is_remembered(memory: MemoryUnderTest) -> None:
    assert memory.memory.destination_of("call-1") == "billing"
    known = memory.memory.call("call-1")
    assert known in memory.memory.latest_calls_of(CUSTOMER, but_not=None)
    assert memory.memory.call("call-9") is None
    assert memory.memory.destination_of("call-3") is None
    assert memory.memory.destination_of("call-9") is None


def test_a_call_of_which_anything_was_accepted_is_known(memory: MemoryUnderTest) -> None:
    assert memory.memory.knows("call-3")
    assert not memory.memory.knows("call-9")


def test_what_a_customer_asked_for_is_remembered(memory: MemoryUnderTest) -> None:
    assert memory.memory.intent_of("call-1") == "billing"
    assert memory.memory.intent_of("call-3") is None
    assert memory.memory.intent_of("call-9") is None


def test_whose_call_it_is_is_remembered(memory: MemoryUnderTest) -> None:
    assert memory.memory.party_of("call-1") == Party(number=CUSTOMER)
    assert memory.memory.party_of("call-ours") == Party(post_name=POST, placed=True)
    assert memory.memory.party_of("call-9") is None


def test_a_table_that_does_not_answer_says_so(memory: MemoryUnderTest) -> None:
    with pytest.raises(StoreUnavailableError):
        memory.broken.latest_calls_of(CUSTOMER, but_not=None)
    with pytest.raises(StoreUnavailableError):
        memory.broken.destination_of("call-1")
    with pytest.raises(StoreUnavailableError):
        memory.broken.intent_of("call-1")
    with pytest.raises(StoreUnavailableError):
        memory.broken.party_of("call-1")
    with pytest.raises(StoreUnavailableError):
        memory.broken.knows("call-1")


# --- large bodies ----------------------------------------------------------------------------


@dataclass
class BodiesUnderTest:
    bodies: LargeBodies
    broken: LargeBodies
    read: Callable[[str], bytes]


@pytest.fixture(params=KINDS)
def bodies(request: pytest.FixtureRequest) -> BodiesUnderTest:
    if request.param == "fake":
        fake = FakeReportArchive()
        return BodiesUnderTest(fake, FakeReportArchive(down=True), fake.get)
    account = real_account(request)
    to_s3, bucket = connection(request, account, "s3"), account.reports_bucket
    return BodiesUnderTest(
        LeanS3Archive(to_s3, bucket),
        LeanS3Archive(to_s3, "no-such-bucket"),
        lambda key: account.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read(),
    )


@pytest.mark.parametrize("call_id", ["019d2ad4-1be2", "a call/ü#?&=+ ~"])
def test_a_large_body_is_read_back_byte_for_byte(bodies: BodiesUnderTest, call_id: str) -> None:
    body = "grüße ".encode() * 150_000
    key = report_key(call_id, body)
    for _ in range(2):
        bodies.bodies.put(key, body)
    assert bodies.read(key) == body
    assert key.startswith("reports/raw/")


def test_a_bucket_that_does_not_store_says_so(bodies: BodiesUnderTest) -> None:
    with pytest.raises(StoreUnavailableError):
        bodies.broken.put("reports/raw/x.json", b"{}")


# --- secrets ---------------------------------------------------------------------------------


@pytest.fixture(params=KINDS)
def secrets(request: pytest.FixtureRequest) -> Callable[[str | None], str]:
    """Reads a secret that holds a text, or one that is not there."""
    if request.param == "fake":
        return lambda stored: FakeSecretStore(stored).fetch()
    account = real_account(request)
    store = LeanSecrets(connection(request, account, "secretsmanager"))

    def read(stored: str | None) -> str:
        return store.get("absent" if stored is None else account.secret("vapi", stored))

    return read


def test_a_stored_secret_is_read(secrets: Callable[[str | None], str]) -> None:
    assert secrets('{"current":"ü "}') == '{"current":"ü "}'


def test_a_secret_that_is_not_there_is_unavailable(secrets: Callable[[str | None], str]) -> None:
    with pytest.raises(SecretUnavailableError):
        secrets(None)

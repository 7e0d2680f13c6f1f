"""The doctor before a system as `make up` runs it: all is well, then one thing at a time is not."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests

from contact_center.kernel.system_clock import SystemClock
from contact_center.provisioning.adapters import asking
from local.cloud.emulator import ROOT
from tests.fakes.raw_server import RawServer, answer
from tests.functional.doctor.doctor_scene import CALLEE, OURS, TOPIC, Scene
from tests.functional.local.local_http import call
from tests.liveness import LIVENESS_SECONDS
from tools import places
from tools.doctor import __main__ as command
from tools.doctor import asked_door
from tools.doctor.lines import State
from tools.places import NotReachedError, deployed, running_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tools.function_logs import Written
    from tools.places import Place

type Json = Any

pytestmark = pytest.mark.emulator
CLOSED = "http://127.0.0.1:9"


def test_all_is_well(scene: Scene, tmp_path: Path) -> None:
    found = {
        line.check: line.finding for line in scene.lines(scene.with_logs_of_now(tmp_path / "l"))
    }

    assert {check: one for check, one in found.items() if one.state is not State.OK} == {}
    assert len(found) == 23
    assert "seen in the table" in found["signed-webhook"].said
    assert "x-signature, on" in found["auth-header"].said
    assert found["lines"].said == "Vapi allows 10 calls at once, CALL_LINES is 10"
    assert found["assistants"].said == "7 as configured"


def test_nothing_is_written_but_the_probe(scene: Scene) -> None:
    """Nothing at a provider, nothing by AWS's API, and one item that goes by itself."""
    asked: list[str] = []
    session = places._session()
    session.register("before-call", lambda **said: asked.append(said["model"].name), "watching")
    kept, numbers = deepcopy(scene.vapi.account.saved), dict(scene.twilio.account.numbers)
    before = probes(scene)

    scene.lines()

    session.unregister("before-call", unique_id="watching")
    assert "GetItem" in asked
    assert [one for one in asked if not one.startswith(("Get", "Describe", "List", "Filter"))] == []
    assert (scene.vapi.account.saved, scene.twilio.account.numbers) == (kept, numbers)
    [probe] = [one for one in probes(scene) if one not in before]
    assert probe.keys() == {"pk", "sk", "came_ms", "expires_at"}


def probes(scene: Scene) -> list[Json]:
    listed = scene.system.client("dynamodb").scan(TableName=scene.place.values["CALLS_TABLE"])
    return [one for one in listed["Items"] if one["pk"]["S"].startswith("CALL#probe-")]


# What is planted: it changes something, says where to look then, and puts it back.
type Planted = Callable[[Scene, Path], Iterator[Place]]


@dataclass(frozen=True)
class Fault:
    plant: Planted
    check: str
    said: str
    then: str


def another_vapi_key(scene: Scene, _: Path) -> Iterator[Place]:
    scene.secret("VAPI_API_KEY_NAME", key="canary-of-another-key")
    yield scene.place
    scene.secret("VAPI_API_KEY_NAME", key=scene.vapi.rest.api_key)


def no_vapi_key(scene: Scene, _: Path) -> Iterator[Place]:
    scene.secret("VAPI_API_KEY_NAME", other="x")
    yield scene.place
    scene.secret("VAPI_API_KEY_NAME", key=scene.vapi.rest.api_key)


def another_twilio_key(scene: Scene, _: Path) -> Iterator[Place]:
    scene.secret("TWILIO_SECRET_NAME", current="canary-of-another-token")
    yield scene.place
    scene.secret("TWILIO_SECRET_NAME", current=scene.twilio.account.auth_token)


def a_short_webhook_key(scene: Scene, _: Path) -> Iterator[Place]:
    scene.secret("VAPI_SECRET_NAME", current="short")
    yield scene.place
    scene.secret("VAPI_SECRET_NAME", current=scene.system.settings.vapi_secret)


def anothers_assistant(scene: Scene, _: Path) -> Iterator[Place]:
    marked = scene.vapi.account.keep("assistant", {"metadata": {"switchboard": "prod-1f3a9c"}})
    yield scene.place
    del scene.vapi.account.saved["assistant"][marked["id"]]


def nobody_at_the_address(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(PUBLIC_BASE_URL=CLOSED)


def a_name_that_nobody_has(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(PUBLIC_BASE_URL="https://calls.switchboard.invalid")


def a_certificate_that_nobody_vouches_for(scene: Scene, folder: Path) -> Iterator[Place]:
    with RawServer(answer("200 OK")).behind_a_certificate_nobody_knows(folder) as server:
        yield scene.told(PUBLIC_BASE_URL=server.url)


def somebody_else_at_the_address(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(PUBLIC_BASE_URL=scene.vapi.url)


def a_door_that_takes_all(scene: Scene, _: Path) -> Iterator[Place]:
    with RawServer(answer("200 OK")) as server:
        yield scene.told(PUBLIC_BASE_URL=server.url)


def another_way_of_signing(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(VAPI_HMAC_SIGNATURE_HEADER="x-other")


def a_router_that_is_gone(scene: Scene, _: Path) -> Iterator[Place]:
    before = asked_door.ARRIVES_SECONDS
    asked_door.ARRIVES_SECONDS = 0.0
    yield scene.told(CALLS_TABLE=scene.place.values["DIALING_TABLE"])
    asked_door.ARRIVES_SECONDS = before


def a_secret_in_place_of_a_signature(scene: Scene, folder: Path) -> Iterator[Place]:
    said = json.dumps({"message": {"type": "hang", "call": {"id": "call-1"}}})
    headers = {"X-Vapi-Secret": scene.system.settings.vapi_secret}
    assert call(scene.system.url, "POST", "/vapi/webhook", said, headers).status == 401
    yield scene.with_logs_of_now(folder / "logs")
    path = scene.folder / "logs" / "VapiWebhook.log"
    told = path.read_bytes().splitlines(keepends=True)
    with path.open("r+b") as log:  # as long as before: the system goes on writing where it was
        log.write(b"".join(b" " * len(one) if b"x-vapi-secret" in one else one for one in told))


def no_credential(scene: Scene, _: Path) -> Iterator[Place]:
    kept = scene.vapi.account.saved["credential"]
    scene.vapi.account.saved["credential"] = {}
    yield scene.place
    scene.vapi.account.saved["credential"] = kept


def a_number_that(scene: Scene, **says: Json) -> Iterator[Place]:
    number = scene.number()
    before = {name: number.get(name) for name in says}
    scene.vapi.account.change("phone-number", number["id"], says)
    yield scene.place
    scene.vapi.account.change("phone-number", number["id"], before)


def a_number_that_asks_elsewhere(scene: Scene, _: Path) -> Iterator[Place]:
    server = {**scene.number()["server"], "url": "https://old.example.com/vapi/webhook"}
    yield from a_number_that(scene, server=server)


def a_number_without_a_plan(scene: Scene, _: Path) -> Iterator[Place]:
    server = {k: v for k, v in scene.number()["server"].items() if k != "backoffPlan"}
    yield from a_number_that(scene, server=server)


def a_number_without_a_server(scene: Scene, _: Path) -> Iterator[Place]:
    number = scene.number()
    before, number["server"] = number["server"], None  # as an account may show nothing
    yield scene.place
    number["server"] = before


def a_number_with_a_header_of_its_own(scene: Scene, _: Path) -> Iterator[Place]:
    """By which Vapi proves itself in place of our credential."""
    headers = {"Authorization": "Bearer canary-of-a-header"}
    server = {**scene.number()["server"], "headers": headers}
    yield from a_number_that(scene, server=server)


def a_number_with_a_lesser_plan(scene: Scene, _: Path) -> Iterator[Place]:
    server = deepcopy(scene.number()["server"])
    server["backoffPlan"]["maxRetries"] = 0
    yield from a_number_that(scene, server=server)


def an_assistant_on_the_number(scene: Scene, _: Path) -> Iterator[Place]:
    one = scene.kept("assistant")[0]
    for _place in a_number_that(scene, assistantId=one["id"]):
        yield scene.told(TWILIO_ADMISSION="vapi")


def a_telephone_that(scene: Scene, **says: str) -> Iterator[Place]:
    numbers = scene.twilio.account.numbers
    before = numbers[OURS]
    numbers[OURS] = replace(before, **says)
    yield scene.place
    numbers[OURS] = before


def a_telephone_that_asks_vapi(scene: Scene, _: Path) -> Iterator[Place]:
    yield from a_telephone_that(scene, voice_url="https://api.vapi.ai/twilio/inbound_call")


def a_callback_that_is_not_tried_again(scene: Scene, _: Path) -> Iterator[Place]:
    callback = scene.twilio.account.numbers[OURS].status_callback.partition("#")[0]
    yield from a_telephone_that(scene, status_callback=callback)


def another_telephone(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(TWILIO_PHONE_NUMBER=CALLEE)


def an_assistant_that_drifted(scene: Scene, _: Path) -> Iterator[Place]:
    one = next(one for one in scene.kept("assistant") if one["name"] == "router")
    prompt = one["model"]["messages"][0]["content"]
    said = prompt.replace(prompt.splitlines()[0], "You are a pirate.")
    messages = [{"role": "system", "content": said}]
    scene.vapi.account.change(
        "assistant", one["id"], {"model": {**one["model"], "messages": messages}}
    )
    yield scene.place
    scene.vapi.account.change("assistant", one["id"], {"model": one["model"]})


def a_property_that_is_gone(scene: Scene, _: Path) -> Iterator[Place]:
    properties = scene.crm.hubspot.portal.definitions.properties  # type: ignore[attr-defined]
    kind, name = next(
        (kind, name)
        for kind, known in properties.items()
        for name in known
        if name.startswith("switchboard_")
    )
    gone = properties[kind].pop(name)
    yield scene.place
    properties[kind][name] = gone


def fewer_lines(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(CALL_LINES="20")


def calls_that_wait_at_twilio(scene: Scene, _: Path) -> Iterator[Place]:
    order = {"From": OURS, "To": CALLEE, "Twiml": "<Response><Hangup/></Response>"}
    account = scene.twilio.account_sid
    legs = []
    for _number in range(4):  # a second apart, which is what the account is granted
        placed = requests.post(
            f"{scene.twilio.url}/2010-04-01/Accounts/{account}/Calls.json",
            order,
            auth=(account, scene.twilio.account.auth_token),
            timeout=LIVENESS_SECONDS,
        )
        legs.append(scene.twilio.leg(placed.json()["sid"]))
    yield scene.told(ACCOUNT_CALLS_PER_SECOND="5")
    for leg in legs:
        scene.twilio.do(partial(setattr, leg, "queue_time_ms", 0))


def a_dead_letter(scene: Scene, _: Path) -> Iterator[Place]:
    url = scene.place.resources["CallEventsDead"].id
    queue = scene.system.client("sqs")
    queue.send_message(QueueUrl=url, MessageBody="{}")
    yield scene.place
    queue.purge_queue(QueueUrl=url)


def a_table_that_keeps_all(scene: Scene, _: Path) -> Iterator[Place]:
    client, table = scene.system.client("dynamodb"), scene.place.values["CALLS_TABLE"]
    off = {"AttributeName": "expires_at", "Enabled": False}
    client.update_time_to_live(TableName=table, TimeToLiveSpecification=off)
    yield scene.place
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={**off, "Enabled": True})


def no_public_address(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(PUBLIC_BASE_URL="")


def an_address_that_vapi_cannot_reach(scene: Scene, _: Path) -> Iterator[Place]:
    yield scene.told(VAPI_BASE_URL="")


FAULTS = [
    Fault(another_vapi_key, "vapi-key", "Vapi refused our key", "VapiApiKey"),
    Fault(no_vapi_key, "vapi-key", "no key for Vapi", "VAPI_API_KEY in .env"),
    Fault(another_twilio_key, "twilio-key", "Twilio refused our key", "TWILIO_AUTH_TOKEN"),
    Fault(a_short_webhook_key, "webhook-key", "5 letters", "VAPI_SECRET"),
    Fault(anothers_assistant, "owner", "prod-1f3a9c", "provisioning.md"),
    Fault(nobody_at_the_address, "public-address", "not reached (connection)", "make up"),
    Fault(a_name_that_nobody_has, "public-address", "(its name is not known)", "make up"),
    Fault(a_certificate_that_nobody_vouches_for, "public-address", "(its certificate", "make up"),
    Fault(somebody_else_at_the_address, "public-address", "not as we do", "PUBLIC_BASE_URL"),
    Fault(no_public_address, "public-address", "PUBLIC_BASE_URL is required", "configuration.md"),
    Fault(a_door_that_takes_all, "bare-webhook", "nobody signed", "VAPI_WEBHOOK_AUTH"),
    Fault(nobody_at_the_address, "signed-webhook", "no answer (connection)", "address"),
    Fault(another_way_of_signing, "signed-webhook", "refuses what is signed", "VAPI_HMAC_*"),
    Fault(a_router_that_is_gone, "signed-webhook", "not in the table", "CallRouter's log"),
    Fault(
        a_secret_in_place_of_a_signature,
        "auth-header",
        "x-vapi-secret came where x-signature is expected, 1 times",
        "make provision HERE=1",
    ),
    Fault(no_credential, "credential", "not there: credential webhooks", "make provision"),
    Fault(a_number_that_asks_elsewhere, "number", "differs", "make provision"),
    Fault(a_number_without_a_plan, "backoff-plan", "ever sent again", "make provision"),
    Fault(a_number_without_a_server, "backoff-plan", "ever sent again", "make provision"),
    Fault(a_number_without_a_server, "number", "differs", "make provision"),
    Fault(a_number_with_a_header_of_its_own, "number", "differs", "make provision"),
    Fault(a_number_with_a_lesser_plan, "backoff-plan", "differs", "make provision"),
    Fault(an_assistant_on_the_number, "who-answers", "differs", "make provision"),
    Fault(a_telephone_that_asks_vapi, "twilio-addresses", "differs", "make provision"),
    Fault(a_callback_that_is_not_tried_again, "twilio-addresses", "differs", "make provision"),
    Fault(another_telephone, "twilio-addresses", "no such telephone", "the right number"),
    Fault(an_assistant_that_drifted, "assistants", "differs", "make provision"),
    Fault(a_property_that_is_gone, "hubspot", "differs", "make provision"),
    Fault(fewer_lines, "lines", "allows 10 calls at once, CALL_LINES is 20", "set CALL_LINES"),
    Fault(calls_that_wait_at_twilio, "rate", "calls waited at Twilio, at worst", "lower"),
    Fault(a_dead_letter, "dead-letters", "1 messages were given up", "runbook"),
    Fault(a_table_that_keeps_all, "retention", "another time", "make deploy"),
    Fault(an_address_that_vapi_cannot_reach, "number", "must be an address that Vapi", "set it"),
]
SHOWN: dict[Planted, str] = {
    a_number_that_asks_elsewhere: "server.url   https://old.example.com/vapi/webhook → http",
    a_number_with_a_header_of_its_own: "server.headers   (hidden) → nothing",
    a_number_with_a_lesser_plan: "server.backoffPlan.maxRetries   0 → 3",
    a_telephone_that_asks_vapi: "voice_url   https://api.vapi.ai/twilio/inbound_call → http",
    a_callback_that_is_not_tried_again: "/twilio/call-status#rc=3&rp=5xx,ct,rt",
    an_assistant_that_drifted: "-You are a pirate.",
    a_dead_letter: "CallEventsDead: 1, docs/operations.md#facts-in-dead-queue",
    a_table_that_keeps_all: "Calls: nothing is deleted by itself",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: f"{one.check}: {one.plant.__name__}")
def test_a_fault_is_told_with_what_to_do(scene: Scene, fault: Fault, tmp_path: Path) -> None:
    for place in fault.plant(scene, tmp_path):
        found = scene.line(fault.check, place)

        assert found.state is State.WRONG, found
        assert fault.said in found.said
        assert fault.then in found.then
        assert any(SHOWN.get(fault.plant, "") in one for one in ["", *found.shown]), found.shown
    assert scene.line(fault.check).state is not State.WRONG


class FastClock(SystemClock):
    """A machine's whose clock is 40 s ahead."""

    def now_ms(self) -> int:
        return super().now_ms() + 40_000


def test_a_clock_that_is_off(scene: Scene) -> None:
    found = scene.line("clock", clock=FastClock())
    assert found.state is State.WRONG
    assert "this machine's clock is 40 s ahead of Vapi" in found.said
    assert "by the network's time" in found.then
    assert scene.line("clock").state is State.OK


def test_who_hears_alarms(scene: Scene) -> None:
    """Only AWS has alarms: a topic and alarms in the emulator stand for a stack's."""
    topics = scene.system.client("sns")
    arn = topics.create_topic(Name="alarms")["TopicArn"]
    place = scene.with_alarms({"WebhookFails": "doctor-webhook-fails"}, **{TOPIC: arn})

    assert "nobody has subscribed" in scene.line("subscriptions", place).said
    topics.subscribe(TopicArn=arn, Protocol="http", Endpoint=CLOSED)
    found = scene.line("subscriptions", place)
    assert (found.state, "never confirmed" in found.said) == (State.WRONG, True)
    queue = scene.system.client("sqs").create_queue(QueueName="doctor-hears")["QueueUrl"]
    told = scene.system.client("sqs").get_queue_attributes(
        QueueUrl=queue, AttributeNames=["QueueArn"]
    )
    topics.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=told["Attributes"]["QueueArn"])
    found = scene.line("subscriptions", place)
    assert (found.state, found.said) == (
        State.OK,
        "1 confirmed subscriptions; 1 more never confirmed",
    )
    topics.delete_topic(TopicArn=arn)
    gone = scene.line("subscriptions", place)
    assert (gone.state, "names a topic that is not there" in gone.said) == (State.WRONG, True)
    nobody = scene.line("subscriptions", scene.with_alarms({"WebhookFails": "x"}, **{TOPIC: ""}))
    assert (nobody.state, "nobody hears" in nobody.said) == (State.WRONG, True)


def test_an_alarm_that_rings(scene: Scene) -> None:
    watch = scene.system.client("cloudwatch")
    names = {f"Alarm{number}": f"doctor-alarm-{number}" for number in range(101)}  # over one page
    for name in ("doctor-alarm-0", "doctor-alarm-100", "doctor-somebody-elses"):
        watch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="5xx. Runbook: docs/operations.md#webhook-fails",
            Namespace="doctor",
            MetricName="m",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
    place = scene.with_alarms(names)
    assert scene.line("alarms", place).said == "none of 101 rings"
    for name in ("doctor-alarm-100", "doctor-somebody-elses"):
        watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")

    found = scene.line("alarms", place)
    assert (found.state, found.said) == (State.WRONG, "1 of 101 ring")
    assert found.shown == ("Alarm100: docs/operations.md#webhook-fails",)


def test_what_breaks_is_told_and_nothing_else_breaks_with_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers anywhere: every question is asked all the same."""
    monkeypatch.setattr(asking, "WAITS_MS", ())
    place = scene.told(
        VAPI_BASE_URL=CLOSED,
        TWILIO_BASE_URL=CLOSED,
        HUBSPOT_BASE_URL=CLOSED,
        AWS_ENDPOINT_URL=CLOSED,
    )
    found = {line.check: line.finding for line in scene.lines(replace(place, logs=Broken()))}

    assert len(found) == 23
    assert found["public-address"].state is State.OK
    assert found["bare-webhook"].state is State.OK
    assert found["auth-header"].state is State.CANNOT_TELL
    assert "OSError" in found["auth-header"].said
    assert all(one.then for one in found.values() if one.state is not State.OK)


def test_what_is_refused_of_the_doctor_s_own_says_nothing_of_vapi(
    scene: Scene, tmp_path: Path
) -> None:
    place = scene.told(VAPI_HMAC_ALGORITHM="sha512")
    assert "refuses what is signed" in scene.line("signed-webhook", place).said
    assert "refused" in scene.line("bare-webhook").said
    logs = scene.with_logs_of_now(tmp_path / "logs")
    assert scene.line("auth-header", logs).state is State.OK
    assert "refused" not in scene.line("auth-header", logs).said


def test_without_a_key_nothing_is_signed(scene: Scene) -> None:
    scene.secret("VAPI_SECRET_NAME", other="x")
    found = scene.line("signed-webhook")
    assert (found.state, found.said) == (State.CANNOT_TELL, "there is no key to sign with")
    scene.secret("VAPI_SECRET_NAME", current=scene.system.settings.vapi_secret)
    assert scene.line("signed-webhook").state is State.OK


def test_a_key_that_aws_does_not_tell_is_not_said_to_be_missing(scene: Scene) -> None:
    """Whoever may read the stack and not its secrets knows nothing of keys."""
    refused = answer("400 Bad Request", b'{"__type": "AccessDeniedException"}')
    with RawServer(refused) as server:
        place = scene.told(AWS_ENDPOINT_URL=server.url)
        for check in ("vapi-key", "twilio-key", "webhook-key"):
            found = scene.line(check, place)
            assert found.state is State.CANNOT_TELL, found
            assert "(AccessDeniedException): ask with rights" in found.said
    found = scene.line("vapi-key", scene.told(VAPI_API_KEY_NAME="nowhere"))
    assert (found.state, "no key for Vapi" in found.said) == (State.WRONG, True)


class Broken:
    def lines(self, *_: object) -> Written:
        raise OSError


def test_no_key_is_ever_shown(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    secret = scene.system.settings.vapi_secret
    keys = (secret, scene.vapi.rest.api_key, scene.twilio.account.auth_token)
    scene.vapi.account.change("phone-number", scene.number()["id"], {"name": f"of {secret}"})
    for as_json in (False, True):
        command.examine(scene.place, as_json=as_json)
    scene.vapi.account.change("phone-number", scene.number()["id"], {"name": "Main line"})

    told = capsys.readouterr()
    assert not [key for key in keys if key in told.out + told.err]


def test_the_command(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    status = command.main(["--folder", str(scene.folder), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [one for one in told["lines"] if one["state"] == "wrong"] == []
    assert (status, told["wrong"]) == (0, 0)
    assert [one["check"] for one in told["lines"]] == [line.check for line in scene.lines()]

    for place in a_number_without_a_plan(scene, scene.folder):
        assert command.examine(place) == 1
    said = capsys.readouterr().out
    assert "wrong        the number's backoff plan   there is none" in said
    assert said.splitlines()[-1].startswith("23 questions: 22 ok, 1 wrong")


def test_the_page_shows_what_the_command_prints(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _place in a_number_without_a_plan(scene, tmp_path):
        command.examine(scene.with_logs_of_now(tmp_path / "logs"))
    printed = capsys.readouterr().out
    printed = printed.replace(scene.system.url, "http://127.0.0.1:3000")
    for found, shown in VARIES.items():
        printed = re.sub(found, shown, printed)

    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert f"```text\n{printed}```" in page, printed


# What is another figure in every run.
VARIES = {
    r"answers in \d+ ms": "answers in 41 ms",
    r"on \d+ webhooks": "on 25 webhooks",
    r"version [\w.]+": "version 1.0.0",
}


def test_where_nothing_runs_nothing_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--folder", str(tmp_path)]) == 2
    assert "`make up` in another terminal" in capsys.readouterr().err
    with pytest.raises(NotReachedError, match="it must be one of dev, staging, prod"):
        deployed("nowhere")
    with pytest.raises(NotReachedError):
        running_here(tmp_path)


def test_help_says_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    assert "changes nothing" in capsys.readouterr().out

"""The simulator's REST API refuses what Vapi refuses, in Vapi's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.vapi.calls.stillness import Owed
from local.vapi.ids import new_id
from local.vapi.scripts.callers_format import Faults, Step
from tests.liveness import LIVENESS_SECONDS
from tests.vapi_scene import KEY, NUMBER, Scene, assistant, caller
from tests.webhook_stub import Json, post, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.simulator import VapiSimulator


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


@pytest.fixture
def vapi(scene: Scene) -> Iterator[VapiSimulator]:
    with scene.simulator(lines=1) as running:
        yield running


def hangs_up() -> Step:
    return Step(hang_up="hangs up")


def order(vapi: VapiSimulator, **more: Any) -> Json:
    body = {
        "assistant": assistant("sales"),
        "phoneNumberId": vapi.account.phone_number["id"],
        "customer": {"number": NUMBER},
        **more,
    }
    return {name: value for name, value in body.items() if value is not None}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"customerNumber": NUMBER}, "property customerNumber should not exist"),
        ({"customer": {"number": "555-0123"}}, "customer.number must be a valid phone number"),
        ({"phoneNumberId": None}, "Couldn't Get Phone Number. Need Either `phoneNumberId`"),
        ({"assistant": None}, "Couldn't Get Assistant."),
        ({"assistant": None, "assistantId": "x"}, "`assistantId` x Does Not Exist."),
        ({"customer": None}, "Couldn't Get Customer."),
        ({"name": "n" * 41}, "name must be shorter than or equal to 40 characters"),
    ],
)
def test_a_wrong_order_is_a_400_in_vapis_words(
    vapi: VapiSimulator, change: Json, text: str
) -> None:
    status, body = post(f"{vapi.url}/call", order(vapi, **change), **KEY)
    assert status == 400
    assert body["statusCode"] == 400
    assert text in str(body["message"])
    assert vapi.calls == {}


def test_one_call_over_the_limit_is_refused_and_a_batch_is_parked(vapi: VapiSimulator) -> None:
    status, first = post(f"{vapi.url}/call", order(vapi, name="attempt-1"), **KEY)
    assert (status, first["status"], first["name"]) == (201, "queued", "attempt-1")
    assert first["subscriptionLimits"]["remainingConcurrentCalls"] == 0
    status, refused = post(f"{vapi.url}/call", order(vapi), **KEY)
    assert (status, refused["message"]) == (400, "Over Concurrency Limit.")
    assert refused["subscriptionLimits"]["concurrencyBlocked"] is True
    batch = order(vapi, customer=None, customers=[{"number": NUMBER}])
    status, parked = post(f"{vapi.url}/call", batch, **KEY)
    assert (status, parked["results"][0]["status"]) == (201, "scheduled")
    assert list(vapi.calls) == [first["id"]]


def test_a_call_can_be_found_again_and_only_its_name_changed(vapi: VapiSimulator) -> None:
    metadata = {"metadata": {"attemptId": "a-1"}}
    ordered = post(f"{vapi.url}/call", order(vapi, assistantOverrides=metadata), **KEY)[1]
    since = ordered["createdAt"]
    status, listed = request("GET", f"{vapi.url}/call?createdAtGe={since}&limit=5", **KEY)
    assert status == 200
    assert [call["assistantOverrides"] for call in listed] == [metadata]
    url = f"{vapi.url}/call/{ordered['id']}"
    assert request("PATCH", url, {"name": "again"}, **KEY)[0] == 200
    assert request("GET", url, **KEY)[1]["name"] == "again"
    assert request("PATCH", url, {"status": "ended"}, **KEY)[0] == 400
    assert request("GET", f"{vapi.url}/call/{new_id()}", **KEY)[0] == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("name=attempt-1", "property name should not exist"),
        ("status=queued", "property status should not exist"),
        ("limit=1001", "limit must not be greater than 1000"),
        ("limit=-1", "limit must not be less than 0"),
        ("limit=all", "limit must be a number"),
        ("createdAtGe=yesterday", "createdAtGe must be a valid ISO 8601 date string"),
        ("createdAtLe=2026-11-30T10:00:00", "createdAtLe must be a valid ISO 8601 date string"),
    ],
)
@pytest.mark.parametrize("resource", ["call", "assistant", "phone-number"])
def test_a_list_is_asked_for_as_it_is_published(
    vapi: VapiSimulator, resource: str, query: str, words: str
) -> None:
    status, said = request("GET", f"{vapi.url}/{resource}?{query}", **KEY)
    assert (status, words in str(said["message"])) == (400, True)
    assert request("GET", f"{vapi.url}/{resource}?limit=100.0", **KEY)[0] == 200
    only_of_calls = request("GET", f"{vapi.url}/{resource}?phoneNumberId=a", **KEY)[0]
    assert only_of_calls == (200 if resource == "call" else 400)


def test_an_ordered_call_rings_a_person_of_a_script(vapi: VapiSimulator) -> None:
    vapi.people[NUMBER] = caller(person_answers=False)
    ordered = post(f"{vapi.url}/call", order(vapi), **KEY)[1]
    assert vapi.calls[ordered["id"]].wait(LIVENESS_SECONDS)
    ended = request("GET", f"{vapi.url}/call/{ordered['id']}", **KEY)[1]
    assert (ended["status"], ended["endedReason"]) == ("ended", "customer-did-not-answer")
    assert vapi.account.free_lines == 1


@pytest.mark.parametrize(("seconds", "known"), [(0, True), (3600, False)])
def test_a_call_that_is_over_shows_what_its_report_says_by_now(
    vapi: VapiSimulator,
    seconds: int,
    known: bool,  # noqa: FBT001
) -> None:
    asked = {"type": "object", "properties": {"summary": {"type": "string"}}}
    plan = {"structuredOutputs": [{"name": "call_outcome", "type": "ai", "schema": asked}]}
    person = caller(hangs_up(), faults=Faults(late_outputs=seconds), outcome={"summary": "Short."})
    vapi.people[NUMBER] = person
    asks = assistant("sales", artifactPlan=plan)
    status, ordered = post(f"{vapi.url}/call", order(vapi, assistant=asks), **KEY)
    assert status == 201, ordered
    call = vapi.calls[ordered["id"]]
    assert call.wait(LIVENESS_SECONDS)
    shown = request("GET", f"{vapi.url}/call/{ordered['id']}", **KEY)[1]
    assert shown["status"] == "ended"
    assert {"cost", "costs", "analysis", "artifact"} <= shown.keys()
    outputs = shown["artifact"].get("structuredOutputs", {}).values()
    assert [one["result"]["summary"] for one in outputs] == (["Short."] if known else [])
    ended_ms = call.record.ended_at_ms or 0
    later = call.record.whole("ended", ended_ms + 1000 * seconds)
    assert later["artifact"]["structuredOutputs"]


def test_a_call_for_later_is_scheduled_and_can_be_cancelled(vapi: VapiSimulator) -> None:
    plan = {"earliestAt": "2026-08-21T09:00:00Z"}
    status, later = post(f"{vapi.url}/call", order(vapi, schedulePlan=plan), **KEY)
    assert (status, later["status"]) == (201, "scheduled")
    url = f"{vapi.url}/call/{later['id']}"
    assert request("GET", url, **KEY)[1]["schedulePlan"] == plan
    assert request("DELETE", url, **KEY)[0] == 400  # its body is required, as published
    assert request("DELETE", url, {"id": "a"}, **KEY)[0] == 400
    assert request("DELETE", url, {}, **KEY)[0] == 200
    assert request("GET", url, **KEY)[0] == 404
    assert vapi.calls == {}


def test_a_call_that_goes_on_ends_when_it_is_deleted(vapi: VapiSimulator, scene: Scene) -> None:
    scene.owed = Owed(now=1, later=0)  # the call's time stands still
    ordered = post(f"{vapi.url}/call", order(vapi), **KEY)[1]
    url = f"{vapi.url}/call/{ordered['id']}"
    assert request("DELETE", url, {}, **KEY)[0] == 200
    assert request("GET", url, **KEY)[0] == request("DELETE", url, {}, **KEY)[0] == 404
    assert request("GET", f"{vapi.url}/call", **KEY)[1] == []
    scene.owed = Owed(now=0, later=0)
    assert vapi.calls[ordered["id"]].wait(LIVENESS_SECONDS)
    [ended] = vapi.log.entries("call-ended")
    assert (ended["reason"], vapi.account.free_lines) == ("call-deleted", 1)


def test_a_change_makes_a_version_and_the_same_words_make_none(vapi: VapiSimulator) -> None:
    made = post(f"{vapi.url}/assistant", assistant("a", firstMessage="One."), **KEY)[1]
    url = f"{vapi.url}/assistant/{made['id']}"
    versions = [
        request("PATCH", url, {"firstMessage": words}, **KEY)[1]["latestVersion"]
        for words in ("One.", "Two.", "Two.", "Three.")
    ]
    assert (made["latestVersion"], versions) == ("v1", ["v1", "v2", "v2", "v3"])
    member = {"assistantId": made["id"], "assistantVersion": "v2"}
    team = order(vapi, assistant=None, squad={"members": [member]})
    call = post(f"{vapi.url}/call", team, **KEY)[1]
    assert vapi.calls[call["id"]].assistant["firstMessage"] == "Two."
    member["assistantVersion"] = "v4"
    status, body = post(f"{vapi.url}/call", team, **KEY)
    assert (status, body["message"]) == (
        400,
        "Couldn't Get Assistant. `assistantVersion` v4 Does Not Exist.",
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"assistantVersion": "v1"}, "assistantVersion should only be used with assistantId"),
        ({"squadVersion": "v1"}, "squadVersion should only be used with squadId"),
        (
            {"assistant": None, "assistantId": "x", "assistantVersion": 3},
            "assistantVersion must be a string",
        ),
        ({"customer": {"name": "Ada"}}, "at least one of number, sipUri"),
    ],
)
def test_versions_and_customers_have_their_conditions(
    vapi: VapiSimulator, change: Json, text: str
) -> None:
    status, body = post(f"{vapi.url}/call", order(vapi, **change), **KEY)
    assert status == 400
    assert text in str(body["message"])


def test_a_sip_address_is_called_like_a_number(vapi: VapiSimulator) -> None:
    sip = {"sipUri": "sip:ada@example.com"}
    vapi.people[sip["sipUri"]] = caller(person_answers=False)
    call = post(f"{vapi.url}/call", order(vapi, customer=sip), **KEY)[1]
    assert vapi.calls[call["id"]].wait(LIVENESS_SECONDS)
    ended = request("GET", f"{vapi.url}/call/{call['id']}", **KEY)[1]
    assert (ended["customer"], ended["endedReason"]) == (sip, "customer-did-not-answer")


def test_a_tool_is_kept_and_found_by_its_id(vapi: VapiSimulator) -> None:
    tool = {"type": "function", "function": {"name": "findParcel"}}
    made = post(f"{vapi.url}/tool", tool, **KEY)[1]
    url = f"{vapi.url}/tool/{made['id']}"
    assert request("GET", url, **KEY)[1]["function"] == {"name": "findParcel"}
    assert post(f"{vapi.url}/tool", {"type": "fax"}, **KEY)[0] == 400
    assert request("DELETE", url, **KEY)[0] == 200
    assert request("GET", url, **KEY)[0] == 404


def test_a_call_may_be_accepted_without_an_answer(vapi: VapiSimulator) -> None:
    vapi.rest.switches.drop_accepted_calls = True
    with pytest.raises((ConnectionError, OSError)):
        post(f"{vapi.url}/call", order(vapi), **KEY)
    assert len(vapi.calls) == 1


def test_the_door_of_the_api(vapi: VapiSimulator) -> None:
    url = f"{vapi.url}/assistant"
    assert request("GET", url, **KEY, **{"User-Agent": ""}) == (403, "error code: 1010")
    status, body = request("GET", url, Authorization="Bearer wrong")
    assert (status, body["error"]) == (401, "Unauthorized")
    vapi.rest.switches.requests_per_minute = 0
    status, body = request("GET", url, **KEY)
    assert (status, body["message"]) == (429, "Rate limit exceeded")


def test_resources_are_kept_and_patched_field_by_field(vapi: VapiSimulator) -> None:
    plan = {"stopSpeakingPlan": {"numWords": 1, "voiceSeconds": 0.2}}
    made = post(f"{vapi.url}/assistant", assistant("a", **plan), **KEY)[1]
    url = f"{vapi.url}/assistant/{made['id']}"
    patched = request("PATCH", url, {"stopSpeakingPlan": {"voiceSeconds": 0.5}}, **KEY)[1]
    assert patched["stopSpeakingPlan"] == {"voiceSeconds": 0.5}
    assert patched["name"] == "a"
    assert request("PATCH", url, {"serverUrl": "http://x"}, **KEY)[0] == 400
    status, squad_made = post(
        f"{vapi.url}/squad", {"members": [{"assistantId": made["id"]}]}, **KEY
    )
    assert status == 201
    assert request("GET", f"{vapi.url}/squad/{squad_made['id']}", **KEY)[1] == squad_made
    number = vapi.account.phone_number["id"]
    status, _ = request(
        "PATCH", f"{vapi.url}/phone-number/{number}", {"squadId": squad_made["id"]}, **KEY
    )
    assert status == 200


def test_the_inbound_line_is_busy_when_all_lines_are_in_use(vapi: VapiSimulator) -> None:
    vapi.place_inbound(caller())
    vapi.place_inbound(caller())
    assert len(vapi.log.entries("busy")) == 1

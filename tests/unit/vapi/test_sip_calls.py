"""Which calls come in where calls for visits do, and what they say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.conversations.domain.facts import CallSeen, ToolCalled
from contact_center.kernel.environment import Environment, SettingsError
from contact_center.vapi.calls.sip_orders import SipAssistants
from contact_center.vapi.webhooks.messages import claim_in, facts_of, read_message
from contact_center.vapi.webhooks.sip_calls import sip_address_of
from contact_center.visits.services.visit_ports import AssistantRequest, Rings
from local.vapi.calls.answers import encode

ADDRESS = "sip:callers@sip.vapi.ai"
POST = "v-CA" + "1" * 32 + ".1"
CLAIM = f"{POST}.{'a' * 32}"
AT_MS = 1_787_266_800_000
THERE = {"phoneNumber": {"sipUri": ADDRESS}}


def body(call: dict[str, Any], **message: Any) -> dict[str, Any]:
    told = {"type": "assistant-request", "timestamp": AT_MS, "call": {"id": "call-1", **call}}
    return {"message": {**told, **message}}


def for_visits(call: dict[str, Any], address: str | None = ADDRESS, **message: Any) -> bool:
    question = read_message(encode(body(call, **message)), AT_MS, address).question
    assert question is not None
    return question.for_visits


@pytest.mark.parametrize(
    "place",
    [
        {"transport": {"sip": {"headers": {"X-Visit-Post": CLAIM}}}},
        {"transport": {"sip": {"headers": {"x-visit-post": CLAIM}}}},
        {"transport": {"sip": {"headers": [{"name": "X-VISIT-POST", "value": CLAIM}]}}},
        {"phoneCallProviderDetails": {"sip": {"headers": {"X-Visit-Post": CLAIM}}}},
        {"assistantOverrides": {"variableValues": {"visit-post": CLAIM}}},
        {"assistantOverrides": {"variableValues": {"x_visit_post": CLAIM}}},
        {"squadOverrides": {"variableValues": {"x-visit-post": CLAIM}}},
        {"assistant": {"variableValues": {"Visit-Post": CLAIM}}},
        {"metadata": {"x-visit-post": CLAIM}},
    ],
)
def test_the_header_is_found_wherever_projects_find_headers(place: dict[str, Any]) -> None:
    assert claim_in(body(place), AT_MS) == CLAIM


@pytest.mark.parametrize(
    "message",
    [
        {"artifact": {"variableValues": {"visit-post": CLAIM}}},
        {"artifact": {"variables": {"x-visit-post": CLAIM}}},
        {"assistant": {"variableValues": {"visit-post": CLAIM}}},
    ],
)
def test_so_it_is_beside_the_call(message: dict[str, Any]) -> None:
    assert claim_in(body({}, **message), AT_MS) == CLAIM


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Visit": CLAIM},
        {"X-Visit-Post": POST},
        {"X-Visit-Post": CLAIM + "0"},
        {"X-Visit-Post": f"{POST}.{'A' * 32}"},
        {"X-Visit-Post": [CLAIM]},
        {"X-Visit-Post": None},
        "X-Visit-Post",
        7,
    ],
)
def test_what_is_no_claim_is_none(headers: object) -> None:
    assert claim_in(body({"transport": {"sip": {"headers": headers}}}), AT_MS) is None


@pytest.mark.parametrize("called", [ADDRESS, ADDRESS.upper(), f"{ADDRESS};transport=tls"])
def test_a_call_to_our_address_comes_for_a_visit(called: str) -> None:
    assert for_visits({}, phoneNumber={"sipUri": called})
    assert for_visits({"phoneNumber": {"sipUri": called}})


@pytest.mark.parametrize(
    "call", [{"phoneCallTransport": "sip"}, {"transport": {"provider": "vapi.sip"}}]
)
def test_where_no_number_is_named_a_call_that_came_by_sip_is_taken_for_one(
    call: dict[str, Any],
) -> None:
    assert for_visits({"type": "inboundPhoneCall", **call})
    assert for_visits({"type": "inboundPhoneCall", **call}, phoneNumber={"id": "9"})
    assert not for_visits({"type": "outboundPhoneCall", **call})
    assert not for_visits({"type": "inboundPhoneCall", **call}, phoneNumber={"number": "+1415"})


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"phoneNumber": {"number": "+14155550100"}},
        {"phoneNumber": {"sipUri": "sip:others@sip.vapi.ai"}},
    ],
)
def test_a_call_anywhere_else_comes_for_no_visit_whatever_it_says(message: dict[str, Any]) -> None:
    says = {"type": "inboundPhoneCall", "metadata": {"x-visit-post": CLAIM}}
    assert not for_visits(says, **message)
    question = read_message(encode(body(says, **message)), AT_MS, ADDRESS).question
    assert question is not None
    assert (question.visit_claim, question.of_visit) == (None, False)


def test_where_callers_come_in_otherwise_no_call_comes_for_a_visit() -> None:
    assert not for_visits({}, None, **THERE)


def seen(call: dict[str, Any], **message: Any) -> CallSeen:
    told = body(call, **message)
    found = facts_of(told, AT_MS, sip_address=ADDRESS)
    [fact] = [fact for fact in found if isinstance(fact, CallSeen)]
    return fact


def test_a_claim_alone_makes_no_call_a_visit_s() -> None:
    fact = seen({"metadata": {"x-visit-post": CLAIM}}, **THERE)
    assert (fact.visit_post, fact.for_visits) == (None, True)
    assert "a" * 32 not in repr(fact)


def test_believed_it_is_another_fact_of_the_same_call() -> None:
    fact = seen({}, **THERE)
    believed = fact.of_visit(POST)
    assert (believed.visit_post, believed.direction) == (POST, "inbound")
    assert believed.key != fact.key
    assert believed.for_visits


def test_who_wants_a_person_there_is_asked_for_by_us_and_not_by_vapi() -> None:
    asks = {"type": "transfer-destination-request", "parameters": {"department": "billing"}}
    told = body({}, **THERE, **asks)
    question = read_message(encode(told), AT_MS, ADDRESS).question
    assert question is not None
    assert question.of_visit
    wishes = [
        fact for fact in facts_of(told, AT_MS, sip_address=ADDRESS) if isinstance(fact, ToolCalled)
    ]
    assert len(wishes) == 1


def read(**values: str) -> str | None:
    return sip_address_of(Environment({"TWILIO_ADMISSION": "sip", **values}))


def test_an_address_is_read_in_small_letters() -> None:
    assert read(VAPI_SIP_ADDRESS="sip:Callers@SIP.vapi.ai") == ADDRESS
    assert read(VAPI_SIP_ADDRESS=ADDRESS, TWILIO_ADMISSION="SIP") == ADDRESS


@pytest.mark.parametrize("admission", ["", "bypass", "vapi"])
def test_otherwise_none_is_needed(admission: str) -> None:
    assert read(TWILIO_ADMISSION=admission, VAPI_SIP_ADDRESS="nonsense") is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "callers@sip.vapi.ai",
        "sip:@sip.vapi.ai",
        "sip:callers@vapi.ai.example.com",
        "sip:callers@example.com",
        "sip:callers@sip.vapi.ai?X-a=b",
        "sips:callers@sip.vapi.ai",
        "sip:a b@sip.vapi.ai",
    ],
)
def test_an_address_that_leads_elsewhere_is_refused_by_name(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^VAPI_SIP_ADDRESS (is required|must be)"):
        read(VAPI_SIP_ADDRESS=address)


def request(proof: str | None) -> AssistantRequest:
    return AssistantRequest(
        name=POST, visit_id="v-CA", caller=None, called=None, after="/after", proof=proof
    )


def test_a_leg_rings_there_with_the_name_and_the_proof_and_no_longer_than_a_call_may_last() -> None:
    rings = SipAssistants(ADDRESS, 630).order(request("a" * 32))
    assert isinstance(rings, Rings)
    assert rings.ring.headers == {"X-Visit-Post": CLAIM}
    assert (rings.ring.address, rings.ring.after) == (ADDRESS, "/after")
    assert rings.ring.longest_seconds == 630
    assert "a" * 32 not in repr(rings)


def test_without_a_proof_nobody_rings_for_nobody_would_know_the_call() -> None:
    assert not isinstance(SipAssistants(ADDRESS, 630).order(request(None)), Rings)

"""What Vapi answers when a call's provider is bypassed: one stream to Vapi, or nothing."""

from __future__ import annotations

import pytest

from contact_center.twilio.twiml import TwimlWriter
from contact_center.vapi.calls.bypass import joined_assistant
from contact_center.visits.domain.instructions import JoinAssistant

URL = (
    "wss://phone-call-websocket.aws-us-west-2-backend-production1.vapi.ai"
    "/019a9046-121e-766d-bd1f-84f3ccc309c1/transport"
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def twiml(stream: str = f'<Stream url="{URL}"/>', head: str = HEAD) -> str:
    return f"{head}<Response><Connect>{stream}</Connect></Response>"


def joined(said: str, base_url: str = "https://api.vapi.ai") -> JoinAssistant | None:
    return joined_assistant(said, base_url, "/twilio/queue/result")


@pytest.mark.parametrize("head", [HEAD, "", f"{HEAD}\n"])
def test_a_stream_to_vapi_is_passed_on(head: str) -> None:
    assert joined(twiml(head=head)) == JoinAssistant(url=URL, after="/twilio/queue/result")


def test_it_is_passed_on_with_all_that_vapi_says_of_it() -> None:
    said = (
        f'<Stream url="{URL}" track="inbound_track"><Parameter name="a" value="b&amp;c"/></Stream>'
    )
    found = joined(twiml(said))
    assert found is not None
    assert found.attributes == {"track": "inbound_track"}
    assert found.parameters == {"a": "b&c"}
    document = TwimlWriter("https://contact.example.com").answer([found])
    assert (
        said.replace(
            f'url="{URL}" track="inbound_track"', f'track="inbound_track" url="{URL}"'
        ).replace("/>", " />")
        in document
    )


def test_where_it_leads_is_not_shown() -> None:
    assert "019a9046" not in repr(joined(twiml()))


@pytest.mark.parametrize(
    "url",
    [
        "wss://evil.example/transport",
        "wss://vapi.ai.evil.example/transport",
        "wss://evilvapi.ai/transport",
        "wss://vapi.ai/transport",
        "wss://a.vapi.ai@evil.example/transport",
        "wss://a.vapi.ai:8443/transport",
        "wss://a.vapi.ai:99999/transport",
        "wss://a.vapi.ai/transport?to=evil",
        "wss://a.vapi.ai\\@evil.example/",
        "ws://a.vapi.ai/transport",
        "https://a.vapi.ai/transport",
        "wss://127.0.0.1/transport",
        "",
    ],
)
def test_a_stream_to_anywhere_else_is_not(url: str) -> None:
    assert joined(twiml(f'<Stream url="{url}"/>')) is None


def test_with_a_vapi_of_this_machine_streams_to_it_are_its_own() -> None:
    here = twiml('<Stream url="ws://127.0.0.1:4000/transport"/>')
    assert joined(here, "http://localhost:4000") is not None
    assert joined(here, "https://vapi.example") is None


@pytest.mark.parametrize(
    "said",
    [
        "",
        "not XML",
        HEAD,
        "<Response/>",
        "<Response><Connect/></Response>",
        f'<Connect><Stream url="{URL}"/></Connect>',
        "<Response><Dial>+19005550100</Dial></Response>",
        "<Response><Connect><Stream/></Connect></Response>",
        f'<Response><Connect><Stream url="{URL}"/></Connect><Dial>+19005550100</Dial></Response>',
        f'<Response><Say>Hello</Say><Connect><Stream url="{URL}"/></Connect></Response>',
        twiml(f'<Stream url="{URL}"/><Stream url="{URL}"/>'),
        twiml(f'<Stream url="{URL}"><Dial>1</Dial></Stream>'),
        twiml(f'<Stream url="{URL}"><Parameter name="a"/></Stream>'),
        twiml('<ConversationRelay url="wss://a.vapi.ai/b"/>'),
        twiml('<Stream url="&u;"/>', f'<!DOCTYPE r [<!ENTITY u "{URL}">]>'),
        f'<Response xmlns="urn:x"><Connect><Stream url="{URL}"/></Connect></Response>',
        twiml() + " " * 17_000,
    ],
)
def test_anything_else_that_is_said_is_not(said: str) -> None:
    assert joined(said) is None

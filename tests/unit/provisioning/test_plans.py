"""What is sent to make an object, and to change one."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.provisioning.domain.marks import Mark
from contact_center.provisioning.domain.objects import Elsewhere, Found, Kind, Reference, Wanted
from contact_center.provisioning.domain.plans import Action, Plan, match, step_of

type Json = Any

KEY = {"authenticationPlan": {"secretKey": "key"}}
CREDENTIAL = Wanted(
    kind=Kind.CREDENTIAL,
    key="webhooks",
    says={"name": "switchboard/dev 2", "authenticationPlan": {"type": "hmac", "prefix": "v1"}},
    made_with={"provider": "custom-credential"},
    secret=KEY,
    whatever_key=True,
)
SIGNS = Reference(Kind.CREDENTIAL, "webhooks")
NUMBER = Wanted(
    kind=Kind.NUMBER,
    key="main",
    says={"server": {"url": "https://x", "credentialId": SIGNS}, "assistantId": None},
    says_if_ours={"name": "switchboard/dev 7"},
    made_with={"provider": "twilio", "number": "+1"},
    secret={"twilioAuthToken": "token"},
    known_by={"number": "+1"},
)
OURS, THEIRS = Mark("dev", "1"), None


def found(kind: Kind, mark: Any = OURS, made_at: Any = "1", **says: Json) -> Found:
    return Found(kind=kind, id=f"id-{made_at}", says=says, mark=mark, made_at=made_at)


def body(wanted: Wanted, *there: Found, known: str | None = "c-1") -> Json:
    step = step_of(wanted, "dev", lambda _: there, lambda _: known)
    return None if step.action is Action.KEEP else step.body(lambda _: known)


def test_what_is_made_is_told_all_but_what_is_to_be_nothing() -> None:
    assert body(NUMBER) == {
        "provider": "twilio",
        "number": "+1",
        "server": {"url": "https://x", "credentialId": "c-1"},
        "name": "switchboard/dev 7",
        "twilioAuthToken": "token",
    }
    assert body(CREDENTIAL) == {
        "provider": "custom-credential",
        "name": "switchboard/dev 2",
        "authenticationPlan": {"type": "hmac", "prefix": "v1", "secretKey": "key"},
    }


def test_a_change_sends_whole_fields_that_differ_and_no_others() -> None:
    server = {"url": "https://x", "credentialId": "c-1"}
    named = {"number": "+1", "name": "switchboard/dev 7"}
    assert body(NUMBER, found(Kind.NUMBER, server=server, **named)) is None
    other = {"server": {"url": "https://y", "credentialId": "c-1"}}
    assert body(NUMBER, found(Kind.NUMBER, **other, **named)) == {"server": server}
    answers = {"server": server, "assistantId": "a-1"}
    assert body(NUMBER, found(Kind.NUMBER, **answers, **named)) == {"assistantId": None}


def test_a_name_is_never_given_to_what_others_made() -> None:
    theirs = found(Kind.NUMBER, THEIRS, number="+1", name="Front desk", server={})
    assert body(NUMBER, theirs) == {"server": {"url": "https://x", "credentialId": "c-1"}}


def test_another_key_goes_along_with_its_fingerprint_and_with_its_plan_alone() -> None:
    plan = {"type": "hmac", "prefix": "v1"}
    whole = {**plan, "secretKey": "key"}
    turned = found(Kind.CREDENTIAL, name="switchboard/dev 1", authenticationPlan=plan)
    assert body(CREDENTIAL, turned) == {"name": "switchboard/dev 2", "authenticationPlan": whole}
    named = {"name": "switchboard/dev 2"}
    drifted = found(Kind.CREDENTIAL, authenticationPlan={"type": "hmac"}, **named)
    assert body(CREDENTIAL, drifted) == {"authenticationPlan": whole}
    token = found(Kind.NUMBER, number="+1", name="switchboard/dev 1", server=NUMBER.says["server"])
    assert body(NUMBER, token, known="c-1")["twilioAuthToken"] == "token"


@pytest.mark.parametrize(
    ("mark", "says", "name"),
    [
        (THEIRS, {"provider": "twilio"}, "switchboard/dev"),  # of theirs, or its mark is lost
        (OURS, {"provider": "twilio"}, None),
        (THEIRS, {"provider": "byo-phone-number"}, None),  # which has no token
    ],
)
def test_whether_a_number_has_the_key_in_force_is_seen_by_its_name_alone(
    mark: Any, says: Json, name: str | None
) -> None:
    there = found(Kind.NUMBER, mark, number="+1", server={}, **says)
    assert step_of(NUMBER, "dev", lambda _: [there], lambda _: "c-1").name_for_key == name
    made = step_of(NUMBER, "dev", lambda _: [], lambda _: "c-1")
    assert made.name_for_key is None


def test_a_number_of_ours_that_vapi_has_sold_is_given_no_token_and_keeps_its_name() -> None:
    sold = found(Kind.NUMBER, number="+1", name="switchboard/dev sip", provider="vapi", server={})
    assert body(NUMBER, sold).keys() == {"server"}


def test_nothing_is_sent_that_names_what_is_not_there() -> None:
    with pytest.raises(KeyError, match="credential webhooks"):
        body(NUMBER, known=None)


def test_ours_is_known_by_its_mark_and_of_several_the_oldest() -> None:
    sales = Wanted(kind=Kind.ASSISTANT, key="sales", says={})
    old = found(Kind.ASSISTANT, Mark("dev", "sales"), "1")
    new = found(Kind.ASSISTANT, Mark("dev", "sales"), "2")
    others = [
        found(Kind.ASSISTANT, Mark("prod", "sales"), "0"),
        found(Kind.ASSISTANT, Mark("dev", "billing"), "0"),
        found(Kind.ASSISTANT, None, "0", name="sales"),
    ]
    assert match(sales, "dev", others) is None
    assert match(sales, "dev", [new, *others, old]) is old
    sip = Wanted(kind=Kind.NUMBER, key="sip", says={}, known_by={"sipUri": "sip:a@x"})
    assert match(sip, "dev", [found(Kind.NUMBER, None, sipUri="SIP:A@x")]) is not None


def test_it_is_written_as_well_while_something_else_is_wrong() -> None:
    rule = Elsewhere(
        kind=Kind.TELEPHONE,
        field="voice_url",
        places=("vapi.ai", "127.0.0.1:3001"),
        instead="Vapi's",
        empty=("trunk_sid",),
    )
    number = Wanted(kind=Kind.NUMBER, key="", says={"server": {}}, also_while=rule)
    there = {Kind.NUMBER: [found(Kind.NUMBER, Mark("dev", ""))]}

    def action(voice_url: str | None, trunk_sid: str | None = None) -> Action:
        one = found(Kind.TELEPHONE, voice_url=voice_url, trunk_sid=trunk_sid)
        rings = {**there, Kind.TELEPHONE: [one]}
        return step_of(number, "dev", rings.__getitem__, lambda _: None).action

    for right in ("https://vapi.ai/x", "https://api.eu.vapi.ai/x", "http://127.0.0.1:3001/x"):
        assert action(right) is Action.KEEP, right
        assert action(right, "TK1") is Action.CHANGE, right
    for wrong in (
        None,
        "https://us/x",
        "https://notvapi.ai/",
        "http://127.0.0.1:3000/",
        "http://[x",
    ):
        assert action(wrong) is Action.CHANGE, wrong


def test_a_plan_writes_what_is_not_as_wanted() -> None:
    keep = step_of(
        NUMBER,
        "dev",
        lambda _: [found(Kind.NUMBER, None, number="+1", server=NUMBER.says["server"])],
        lambda _: None,
    )
    make = step_of(CREDENTIAL, "dev", lambda _: [], lambda _: None)
    assert Plan(steps=(keep, make)).changes == (make,)

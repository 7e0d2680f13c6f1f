"""Each line of the doctor's: what was found, and what is said of it and advised."""

from __future__ import annotations

import json

import pytest

from tools.doctor.asked_config import owner_files
from tools.doctor.judged_accounts import (
    judged_key,
    judged_lines,
    judged_rate,
    judged_webhook_key,
)
from tools.doctor.judged_config import examples_in, judged_examples
from tools.doctor.judged_door import (
    Asked,
    CameIn,
    judged_bare,
    judged_clock,
    judged_headers,
    judged_public,
    judged_signed,
)
from tools.doctor.judged_stack import (
    RUNBOOKS,
    Kept,
    Topic,
    judged_alarms,
    judged_dead_letters,
    judged_retention,
    judged_topics,
)
from tools.doctor.lines import (
    Finding,
    Line,
    State,
    cannot_tell,
    conclusion,
    exit_status,
    json_of,
    ok,
    text_of,
    without,
    wrong,
)

OK, WRONG, CANNOT_TELL = State.OK, State.WRONG, State.CANNOT_TELL
URL = "https://calls.example.com"
NOT_REACHED = Asked(None, "connection")
HEADER = ["x-signature"]
MINUTES = 60_000
TOPICS = ("ALARM_TOPIC_ARN", "NOTICE_TOPIC_ARN")


def topics(*counts: tuple[int, int] | None) -> list[Topic]:
    """Alarms' and notices': how many have confirmed and have not; None: it is not set."""
    return [
        Topic(setting, "") if count is None else Topic(setting, "arn", *count)
        for setting, count in zip(TOPICS, counts, strict=True)
    ]


def came(accepted: int, **refused: int) -> CameIn:
    """What came: `reason__header` refused so often."""
    named = {
        (reason, header.replace("_", "-")): times
        for key, times in refused.items()
        for reason, header in [key.split("__")]
    }
    return CameIn(accepted, named)


CASES: dict[str, tuple[Finding, State, str, str]] = {
    "a key that is taken": (judged_key("k", "Vapi", None, "it"), OK, "Vapi takes it", ""),
    "no key": (judged_key("", "Vapi", None, ".env"), WRONG, "no key for Vapi", ".env"),
    "a key that is refused": (
        judged_key("k", "Vapi", "Vapi refused our key", ".env"),
        WRONG,
        "Vapi refused our key",
        "the right one into .env",
    ),
    "a webhook key": (judged_webhook_key("a" * 24, "", "it"), OK, "and alone", ""),
    "two webhook keys": (judged_webhook_key("a" * 24, "b", "it"), OK, "the one before it", ""),
    "no webhook key": (judged_webhook_key("", "", ".env"), WRONG, "no webhook is taken", ".env"),
    "a short webhook key": (
        judged_webhook_key("a" * 23, "", ".env"),
        WRONG,
        "23 letters",
        "24 or more into .env",
    ),
    "an address that answers": (
        judged_public(Asked(200, took_ms=7, version="1.2"), URL, "start it"),
        OK,
        f"{URL} answers in 7 ms, version 1.2",
        "",
    ),
    "an address that nobody answers at": (
        judged_public(NOT_REACHED, URL, "start it"),
        WRONG,
        f"{URL} was not reached (connection)",
        "start it",
    ),
    "an address of somebody else's": (
        judged_public(Asked(200), URL, "start it"),
        WRONG,
        "not as we do (HTTP 200)",
        "set PUBLIC_BASE_URL",
    ),
    "an address without our page": (
        judged_public(Asked(404), URL, "start it"),
        WRONG,
        "HTTP 404",
        "set PUBLIC_BASE_URL",
    ),
    "unsigned, refused": (judged_bare(Asked(401)), OK, "refused", ""),
    "unsigned, taken": (judged_bare(Asked(200)), WRONG, "nobody signed", "VAPI_WEBHOOK_AUTH"),
    "unsigned, not reached": (judged_bare(NOT_REACHED), CANNOT_TELL, "connection", "address"),
    "unsigned, broken": (judged_bare(Asked(502)), CANNOT_TELL, "HTTP 502", "VapiWebhook's log"),
    "signed, seen": (
        judged_signed(Asked(200), arrived=True, waited_seconds=9),
        OK,
        "seen in the table",
        "",
    ),
    "signed, never seen": (
        judged_signed(Asked(200), arrived=False, waited_seconds=9),
        WRONG,
        "after 9 s it is not in the table",
        "CallRouter's log",
    ),
    "signed, refused": (
        judged_signed(Asked(401), arrived=None, waited_seconds=9),
        WRONG,
        "refuses what is signed",
        "PUBLIC_BASE_URL or VAPI_HMAC_*",
    ),
    "signed, not stored": (
        judged_signed(Asked(503), arrived=None, waited_seconds=9),
        WRONG,
        "HTTP 503",
        "#webhook-fails",
    ),
    "signed, not reached": (
        judged_signed(NOT_REACHED, arrived=None, waited_seconds=9),
        WRONG,
        "connection",
        "address",
    ),
    "the right header": (judged_headers(came(3), HEADER, ""), OK, "x-signature, on 3", ""),
    "the right header, and strangers": (
        judged_headers(came(3, no_signature__nothing=2), HEADER, ""),
        OK,
        "2 without any were refused",
        "",
    ),
    "another header": (
        judged_headers(came(3, no_signature__x_vapi_secret=4), HEADER, " ENV=dev"),
        WRONG,
        "x-vapi-secret came where x-signature is expected, 4 times",
        "make provision ENV=dev",
    ),
    "signed by another key": (
        judged_headers(came(0, wrong_signature__x_signature=4), HEADER, ""),
        WRONG,
        "x-signature came, and was refused 4 times: wrong_signature",
        "gives Vapi today's",
    ),
    "signed long ago": (
        judged_headers(came(0, outside_window__x_signature=1), HEADER, ""),
        WRONG,
        "outside_window",
        "a clock is off",
    ),
    "nothing came": (judged_headers(came(0), HEADER, ""), CANNOT_TELL, "no webhook", "call the"),
    "only strangers came": (
        judged_headers(came(0, no_signature__nothing=2), HEADER, ""),
        CANNOT_TELL,
        "2 without any",
        "no credential",
    ),
    "no log": (judged_headers(None, HEADER, ""), CANNOT_TELL, "log", "x-signature"),
    "no proof is asked for": (judged_headers(came(3), [], ""), WRONG, "is none", "hmac"),
    "lines enough": (judged_lines(10, 0, 10), OK, "allows 10 calls at once, CALL_LINES is 10", ""),
    "too few lines": (judged_lines(9, 0, 10), WRONG, "allows 9", "set CALL_LINES"),
    "calls refused for lines": (judged_lines(None, 2, 10), WRONG, "2 of the latest", "CALL_LINES"),
    "lines that nobody tells": (judged_lines(None, 0, 10), CANNOT_TELL, "is 10", "dashboard"),
    "one call a second": (judged_rate(1, []), OK, "every account has", ""),
    "more, and none waited": (judged_rate(5, [0, 1500]), OK, "none of 2 waited", ""),
    "more, and some waited": (
        judged_rate(5, [0, 1501, 4000]),
        WRONG,
        "2 of 3 calls waited at Twilio, at worst 4 s",
        "lower ACCOUNT_CALLS_PER_SECOND",
    ),
    "one a second, and it waited": (judged_rate(1, [9000]), WRONG, "1 of 1", "lower"),
    "more, and no call shows it": (judged_rate(5, []), CANNOT_TELL, "tells its limit", "Console"),
    "more, and Twilio is not asked": (judged_rate(5, None), CANNOT_TELL, "no call", "Console"),
    "clocks together": (judged_clock({"Vapi": 9_999, "Twilio": -900}), OK, "Vapi, Twilio", ""),
    "our clock ahead": (
        judged_clock({"Vapi": -40_000, "Twilio": -39_500}),
        WRONG,
        "this machine's clock is 40 s ahead of Vapi, Twilio",
        "set it by the network's time",
    ),
    "our clock behind": (
        judged_clock({"Vapi": 5 * MINUTES}),
        WRONG,
        "300 s behind Vapi",
        "five minutes",
    ),
    "somebody's clock": (
        judged_clock({"Vapi": 100, "Twilio": 10_001}),
        WRONG,
        "apart: Twilio by 10 s",
        "whose is wrong",
    ),
    "no clock": (judged_clock({}), CANNOT_TELL, "nobody told", "addresses"),
    "no alarms here": (judged_topics([]), OK, "not used here", ""),
    "no topic": (judged_topics(topics(None, (1, 0))), WRONG, "nobody hears", "ALARM_TOPIC_ARN"),
    "confirmed": (judged_topics(topics((2, 0), None)), OK, "2 confirmed", ""),
    "confirmed by some": (judged_topics(topics((1, 2), None)), OK, "2 more never", ""),
    "unconfirmed": (judged_topics(topics((0, 1), None)), WRONG, "never confirmed", "confirm"),
    "nobody subscribed": (judged_topics(topics((0, 0), None)), WRONG, "nobody has", "subscribe"),
    "notices unconfirmed": (
        judged_topics(topics((1, 0), (0, 1))),
        WRONG,
        "NOTICE_TOPIC_ARN never confirmed",
        "confirm",
    ),
    "alarms that are quiet": (judged_alarms({}, 40), OK, "none of 40", ""),
    "no alarm exists": (judged_alarms({}, 0), OK, "not used here", ""),
    "an alarm": (
        judged_alarms({"WebhookFails": "5xx. Runbook: docs/operations.md#webhook-fails"}, 40),
        WRONG,
        "1 of 40 ring",
        "runbook",
    ),
    "no dead letters": (judged_dead_letters({"TicksDead": 0}), OK, "none in 1 queues", ""),
    "dead letters": (judged_dead_letters({"TicksDead": 3}), WRONG, "3 messages", "send them again"),
    "kept as set": (
        judged_retention([Kept("reports/", 90, 90)], []),
        OK,
        "1 logs and folders: as set",
        "",
    ),
    "kept for ever": (
        judged_retention([Kept("DialerLogs", None, 30)], []),
        WRONG,
        "another time",
        "make deploy",
    ),
    "kept too briefly": (judged_retention([Kept("reports/", 7, 90)], []), WRONG, "", "make deploy"),
    "voices without their calls": (
        judged_retention([Kept("reports/", 90, 90), Kept("recordings/", 365, 365)], []),
        WRONG,
        "",
        "RecordingDays",
    ),
    "voices for as long as calls": (
        judged_retention([Kept("reports/", 90, 90), Kept("recordings/", 90, 90)], []),
        OK,
        "as set",
        "",
    ),
    "a table that forgets nothing": (judged_retention([], ["Calls: …"]), WRONG, "", "make deploy"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_is_judged_and_what_to_do_is_said(name: str) -> None:
    found, state, said, then = CASES[name]

    assert found.state is state
    assert said in found.said
    assert then in found.then
    assert bool(found.then) == (state is not OK)  # whoever is told of a fault is told what to do


def test_what_is_shown_leads_to_the_runbook() -> None:
    alarm = CASES["an alarm"][0].shown
    assert alarm == ("WebhookFails: docs/operations.md#webhook-fails",)
    assert CASES["dead letters"][0].shown == ("TicksDead: 3, docs/operations.md#ticks-are-lost",)
    assert CASES["kept for ever"][0].shown == ("DialerLogs: kept for ever, 30 are set",)
    assert CASES["kept too briefly"][0].shown == ("reports/: kept for 7 days, 90 are set",)


def test_every_dead_letter_queue_has_its_runbook() -> None:
    from local.cloud.emulator import ROOT  # noqa: PLC0415
    from local.cloud.template_reader import read_template  # noqa: PLC0415

    queues = read_template(ROOT / "template.yaml", {}).of_kind("AWS::SQS::Queue")
    assert {one.name for one in queues if one.name.endswith("Dead")} == RUNBOOKS.keys()
    headings = (ROOT / "docs/operations.md").read_text(encoding="utf-8").splitlines()
    anchors = {line.lstrip("# ").lower().replace(" ", "-") for line in headings if line[:1] == "#"}
    assert set(RUNBOOKS.values()) <= anchors


LINES = [
    Line("a", "a key", ok("it is taken")),
    Line("b", "a door", wrong("it is shut", "open it", ["one → two"])),
    Line("c", "a clock", cannot_tell("nobody told", "ask again")),
]


def test_lines_for_people() -> None:
    assert "\n".join(map(text_of, LINES)).splitlines() == [
        "ok           a key                       it is taken",
        "wrong        a door                      it is shut",
        "             one → two",
        "             → open it",
        "cannot tell  a clock                     nobody told",
        "             → ask again",
    ]
    assert conclusion(LINES) == "3 questions: 1 ok, 1 wrong, 1 cannot tell"


def test_lines_for_machines() -> None:
    told = json.loads(json_of(LINES, "here"))
    assert (told["place"], told["wrong"]) == ("here", 1)
    assert told["lines"][1] == {
        "check": "b",
        "state": "wrong",
        "said": "it is shut",
        "then": "open it",
        "shown": ["one → two"],
    }


@pytest.mark.parametrize(
    ("lines", "status"), [([], 0), (LINES[:1], 0), (LINES[1:], 1), (LINES[2:], 0)]
)
def test_the_exit_status_is_whether_something_is_wrong(lines: list[Line], status: int) -> None:
    assert exit_status(lines) == status


def test_no_key_is_shown_wherever_it_got_in() -> None:
    found = wrong("the key abcd of abcdef", "not abcdef", ["abcd → x"])
    hidden = without(["", "abcd", "abcdef"], found)
    assert (hidden.said, hidden.then) == ("the key (a key) of (a key)", "not (a key)")
    assert hidden.shown == ("(a key) → x",)
    assert hidden.state is WRONG


def test_examples_that_are_left_are_named_by_file_and_key() -> None:
    said = {
        "contact_center.toml": {
            "company_name": "Acme",
            "outbound": {"call_back_number": "800 555 0100", "rules": "Acme. Acme at 555-0199."},
        },
        "people.toml": {
            "people": {
                "ada": {"number": "+14155550120"},
                "own": {"number": "+14155561200", "name": "Acmena, of 555 0200"},
                "away": {"sip": "sip:ben@example.com"},
            }
        },
        "assistants/sales.toml": {
            "tools": [{"description": "such as ada@example.com"}, {"say": ["See example.org."]}]
        },
    }
    found = examples_in(said)
    assert found == [
        "contact_center.toml, company_name: Acme",
        "contact_center.toml, outbound.call_back_number: 555 0100",
        "contact_center.toml, outbound.rules: Acme",
        "contact_center.toml, outbound.rules: 555-0199",
        "people.toml, people.ada.number: 4155550120",
        "people.toml, people.away.sip: example.com",
        "assistants/sales.toml, tools.say: example.org",
    ]
    judged = judged_examples(found, simulated=False)
    assert (judged.state, list(judged.shown)) == (WRONG, found)
    assert "make config" in judged.then


def test_examples_that_nobody_hears_are_no_mistake() -> None:
    assert judged_examples(["a.toml, b: Acme"], simulated=True).state is OK
    assert judged_examples([], simulated=False) == ok("none")


def test_as_shipped_the_company_its_number_and_its_people_are_examples() -> None:
    assert [line.partition(":")[0] for line in examples_in(owner_files())] == [
        "contact_center.toml, company_name",
        "contact_center.toml, outbound.call_back_number",
        "people.toml, people.ada.number",
        "people.toml, people.ben.number",
    ]

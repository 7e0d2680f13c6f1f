"""What an owner is told when the configuration is wrong: one line with file, key and rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.tables import ConfigError
from contact_center.configuration.toml import read_config
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path


WRONG_ROW = """
[[rule]]
id = "ie"
jurisdiction = "IE"
weekdays = ["tuesday"]
open = "09:00"
close = "19:00"
source = "x"
confidence = "secondary"
effective_from = 2026-11-02
"""


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def mistakes_of(owner: OwnerFolder) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    return list(caught.value.mistakes)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            WRONG_ROW,
            "dialing_rules.toml: rule ie: weekdays: may hold fri, mon, sat, sun, thu, tue, wed",
        ),
        ("[[rule", "dialing_rules.toml: Expected ']]' at the end of an array declaration"),
    ],
)
def test_a_wrong_row_of_the_dialing_rules_is_a_line_and_no_crash(
    owner: OwnerFolder, row: str, line: str
) -> None:
    owner.append("dialing_rules.toml", f"\n{row}\n")
    [mistake] = mistakes_of(owner)
    assert mistake.startswith(line)


def test_the_repository_s_own_configuration_is_right(owner: OwnerFolder) -> None:
    config = read_config(owner.path)

    assert {"router", "sales", "support", "billing", "retention"} <= config.assistants.keys()
    assert compile_config(owner.path)["departments"]["default"] == "support"


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        (
            "departments.toml",
            'keypad = "2"',
            "keypad = 2",
            "departments.toml: departments.#2.keypad: input should be a valid string",
        ),
        (
            "departments.toml",
            'keypad = "2"',
            'keypad = "22"',
            "departments.toml: departments.#2.keypad: must be one digit, in quotes",
        ),
        (
            "departments.toml",
            'keypad = "2"',
            'keypad = "1"',
            "departments.toml: keypad: '1' is given 2 times",
        ),
        (
            "departments.toml",
            'keypad = "2"',
            'keypad = "0"',
            "departments.toml: keypad: '0' is given 2 times",
        ),
        (
            "departments.toml",
            'keypad = "2"',
            'key_pad = "2"',
            "departments.toml: departments.#2.key_pad: is not a key of this table",
        ),
        (
            "departments.toml",
            'key = "billing"',
            'key = "Billing Desk"',
            (
                "departments.toml: departments.#3.key: must be 1 to 40 lower-case letters, digits,"
                " - or _, beginning with a letter"
            ),
        ),
        (
            "departments.toml",
            'key = "billing"',
            'key = "person"',
            "departments.toml: departments.#3: key person is taken: it means any human being",
        ),
        (
            "departments.toml",
            'assistant = "billing"',
            "",
            (
                "departments.toml: departments.#3: needs an assistant or a number:"
                " somebody has to take the call"
            ),
        ),
        (
            "departments.toml",
            'assistant = "billing"',
            'number = "0800 1234"',
            (
                "departments.toml: departments.#3.number: must be a number in E.164 form,"
                " such as +14155550100"
            ),
        ),
        (
            "departments.toml",
            'assistant = "billing"',
            'assistant = "accounts"',
            "departments.toml: departments #3.assistant: assistants/accounts.toml is missing",
        ),
        (
            "departments.toml",
            'assistant = "billing"',
            'assistant = "sales"',
            "departments.toml: assistant 'sales' serves 2 departments; one each",
        ),
        (
            "departments.toml",
            'assistant = "billing"',
            'assistant = "router"',
            (
                "departments.toml: departments #3.assistant: router is the entry assistant"
                " and serves no department"
            ),
        ),
        (
            "departments.toml",
            '["technical", ',
            '["Sales", ',
            "departments.toml: 'sales' is the key, name or alias of 2 departments",
        ),
        (
            "departments.toml",
            'default_department = "support"',
            'default_department = "reception"',
            (
                "departments.toml: default_department: no department has the key 'reception';"
                " there are sales, support, billing, retention"
            ),
        ),
        (
            "contact_center.toml",
            'entry_assistant = "router"',
            'entry_assistant = "front-desk"',
            "contact_center.toml: entry_assistant: assistants/front-desk.toml is missing",
        ),
        (
            "contact_center.toml",
            'notice = "This call is recorded."',
            "",
            "contact_center.toml: recording.notice: is missing",
        ),
        (
            "contact_center.toml",
            'notice = "This call is recorded."',
            'enabled = true\nnotice = "This call is recorded."',
            "contact_center.toml: recording.enabled: is not a key of this table",
        ),
        (
            "assistants/router.toml",
            "[transcriber]",
            "[vapi.artifactPlan]\nrecordingEnabled = true\n\n[transcriber]",
            (
                "assistants/router.toml: vapi.artifactPlan.recordingEnabled: is the setting"
                " RECORDINGS"
            ),
        ),
        (
            "assistants/router.toml",
            "[transcriber]",
            '[vapi]\nfirstMessageMode = "assistant-waits-for-user"\n\n[transcriber]',
            (
                "assistants/router.toml: vapi.firstMessageMode: must be assistant-speaks-first:"
                " whoever calls is told first that the call is recorded, where it is"
            ),
        ),
        (
            "assistants/billing.toml",
            "first_message = ",
            'recording_notice = ""\nfirst_message = ',
            "assistants/billing.toml: recording_notice: must not be empty",
        ),
        (
            "contact_center.toml",
            "max_call_minutes = 30",
            "max_call_minutes = 0",
            "contact_center.toml: max_call_minutes: input should be greater than or equal to 1",
        ),
        (
            "contact_center.toml",
            'hours = "Monday',
            "hours = Monday",
            "contact_center.toml: not TOML: Invalid value (at line 5, column 9)",
        ),
        (
            "assistants/sales.toml",
            "first_message",
            "greeting",
            "assistants/sales.toml: first_message: is missing",
        ),
        (
            "assistants/sales.toml",
            'name = "qualifyLead"',
            'name = "qualify lead"',
            (
                "assistants/sales.toml: function_tools.#1.name: must be letters, digits, - or _,"
                " beginning with a letter"
            ),
        ),
        (
            "assistants/sales.toml",
            'name = "saveLead"',
            'name = "bookDemo"',
            "assistants/sales.toml: tools: bookDemo is there 2 times",
        ),
        (
            "assistants/sales.toml",
            'name = "sendInformation"',
            'name = "takeFax"',
            (
                "assistants/sales.toml: tools: nobody answers takeFax; give it a url, or use one"
                " of bookDemo, lookUpCustomer, qualifyLead, saveLead, sendInformation,"
                " takeCancellation, takeEmail"
            ),
        ),
        (
            "assistants/sales.toml",
            'name = "sendInformation"',
            'name = "sendInformation"\nurl = "http://example.com"',
            (
                "assistants/sales.toml: function_tools.#4.url: must be an address that begins"
                " with https://"
            ),
        ),
        (
            "assistants/router.toml",
            "[model]\n",
            "[model]\nmessages = []\n",
            (
                "assistants/router.toml: model.messages: is generated; use prompt, tools and"
                " function_tools"
            ),
        ),
        (
            "assistants/router.toml",
            "[model]\n",
            "[vapi]\nserverUrl = ''\n[model]\n",
            (
                "assistants/router.toml: vapi.serverUrl: is not a setting of Vapi's that may be set"
                " here"
            ),
        ),
        (
            "policy.toml",
            "route_confidence = 0.68",
            "route_confidence = 50",
            "policy.toml: route_confidence must be a number from 0 to 1, not int 50",
        ),
        (
            "assistants/sales.toml",
            "an AI assistant calling for",
            "Tina, calling for",
            (
                "assistants/sales.toml: calling.first_message: must say that a machine speaks, with"
                " one of: AI assistant, automated assistant, artificial voice"
            ),
        ),
        (
            "assistants/sales.toml",
            "calling for {{companyName}}",
            "calling",
            (
                "assistants/sales.toml: calling.first_message: must say who calls:"
                " {{companyName}} is missing"
            ),
        ),
        (
            "assistants/sales.toml",
            "say {{optOutPhrase}} or press",
            "press",
            (
                "assistants/sales.toml: calling.first_message: must say how to opt out:"
                " {{optOutPhrase}} is missing"
            ),
        ),
        (
            "assistants/sales.toml",
            "or press {{optOutKey}}",
            "",
            (
                "assistants/sales.toml: calling.first_message: must say how to opt out:"
                " {{optOutKey}} is missing"
            ),
        ),
        (
            "assistants/sales.toml",
            "outbound = true",
            "outbound = false",
            "assistants/sales.toml: outbound must be true where there is a calling table",
        ),
        (
            "assistants/sales.toml",
            "[model]\n",
            "[vapi]\nfirstMessageMode = 'assistant-waits-for-user'\n[model]\n",
            (
                "assistants/sales.toml: vapi.firstMessageMode: may not be set here: the opening"
                " must be spoken"
            ),
        ),
        (
            "assistants/sales.toml",
            "[model]\n",
            "[vapi.keypadInputPlan]\nenabled = false\n[model]\n",
            (
                "assistants/sales.toml: vapi.keypadInputPlan.enabled: must be true: a key must work"
                " to opt out"
            ),
        ),
        (
            "assistants/sales.toml",
            'name = "sendInformation"',
            'name = "stopCalling"\nurl = "https://example.com"',
            "assistants/sales.toml: tools: stopCalling is there 2 times",
        ),
        (
            "assistants/billing.toml",
            "tools = [",
            "outbound = true\ntools = [",
            (
                "assistants/billing.toml: first_message: must say how to opt out: {{optOutKey}} is"
                " missing"
            ),
        ),
        (
            "contact_center.toml",
            "please call {{callBackNumber}}. ",
            "",
            (
                "contact_center.toml: outbound.voicemail_message: must say how to opt out:"
                " {{callBackNumber}} is missing"
            ),
        ),
        (
            "contact_center.toml",
            "Hello, this is an AI assistant",
            "Hello, this is Tina",
            (
                "contact_center.toml: outbound.voicemail_message: must say that a machine speaks,"
                " with one of: AI assistant, automated assistant, artificial voice"
            ),
        ),
        (
            "contact_center.toml",
            '[outbound.voicemail_detection]\nprovider = "vapi"',
            "[outbound.voicemail_detection]",
            "contact_center.toml: outbound.voicemail_detection.provider: is missing",
        ),
        (
            "policy.toml",
            'opt_out_key = "9"',
            'opt_out_key = "3"',
            "policy.toml: opt_out_key: '3' is the keypad of billing already",
        ),
        (
            "policy.toml",
            'opt_out_key = "9"',
            "opt_out_key = 9",
            "policy.toml: opt_out_key must be a digit in quotes, not int 9",
        ),
        (
            "contact_center.toml",
            'provider = "11labs"\n',
            "",
            "assistants/billing.toml: voice.provider: is missing, here and in contact_center.toml",
        ),
    ],
)
def test_a_mistake_is_named_with_file_key_and_rule(
    owner: OwnerFolder, file: str, old: str, new: str, line: str
) -> None:
    owner.edit(file, old, new)

    assert line in mistakes_of(owner)


@pytest.mark.parametrize(
    ("file", "old", "new", "beginning"),
    [
        (
            "assistants/router.toml",
            "[model]\ntemperature = 0.2",
            '[voice]\nprovider = "openai"\n\n[model]\ntemperature = 0.2',
            "assistants/router.toml: voice.voiceId: is missing, here and in contact_center.toml",
        ),
        (
            "assistants/router.toml",
            "[model]\ntemperature = 0.2",
            '[voice]\nprovider = "openai"\nvoiceId = "alloy"\nstability = 0.5\n\n[model]',
            "assistants/router.toml: voice.stability: is not known to it; Vapi would refuse every",
        ),
        (
            "contact_center.toml",
            "similarityBoost = 0.75",
            "similarityBoost = 1.75",
            "contact_center.toml: voice.similarityBoost: must be 1 or less (provider 11labs)",
        ),
        (
            "contact_center.toml",
            'provider = "11labs"',
            'provider = "elevenlabs"',
            "contact_center.toml: voice.provider: Vapi knows no 'elevenlabs'; there are 11labs,",
        ),
        (
            "contact_center.toml",
            "endpointing = 300",
            "endpointing = true",
            "contact_center.toml: transcriber.endpointing: must be a number (provider deepgram)",
        ),
        (
            "contact_center.toml",
            'model = "gpt-4.1"',
            'model = "gpt-4.1-tiny"',
            "contact_center.toml: model.model: must be one of ",
        ),
        (
            "assistants/router.toml",
            "[transcriber]",
            '[transcriber]\nprovider = "openai"\nmodel = "whisper-9"',
            "assistants/router.toml: transcriber.model: must be one of ",
        ),
        (
            "contact_center.toml",
            "beepMaxAwaitSeconds = 25",
            "beepMaxAwaitSeconds = 90",
            "contact_center.toml: outbound.voicemail_detection.beepMaxAwaitSeconds: must be 60 or",
        ),
    ],
)
def test_what_a_provider_would_refuse_is_named_with_file_key_and_provider(
    owner: OwnerFolder, file: str, old: str, new: str, beginning: str
) -> None:
    owner.edit(file, old, new)
    found = [line for line in mistakes_of(owner) if line.startswith(beginning)]

    assert len(found) == 1
    provider = found[0].rpartition("(provider ")[2].removesuffix(")")
    assert provider in {"openai", "11labs", "deepgram", "vapi"} or "there are" in found[0]


def test_a_misspelt_placeholder_is_refused_because_vapi_would_say_nothing(
    owner: OwnerFolder,
) -> None:
    owner.edit("assistants/billing.toml", "{{companyName}}", "{{company}}")

    (mistake,) = mistakes_of(owner)

    assert mistake.startswith(
        "assistants/billing.toml: first_message: {{company}} is not a known placeholder"
    )


def test_a_call_of_ours_must_be_able_to_say_that_it_is_recorded(owner: OwnerFolder) -> None:
    owner.edit("assistants/sales.toml", "{{recordingNotice}} ", "")

    assert mistakes_of(owner) == [
        (
            "assistants/sales.toml: calling.first_message: must say when the call is recorded:"
            " {{recordingNotice}} is missing"
        )
    ]


def test_who_calls_must_be_told_when_to_stop_calling(owner: OwnerFolder) -> None:
    owner.edit("contact_center.toml", "call stopCalling at once, then", "end the call, then")
    owner.edit("contact_center.toml", "call stopCalling at once.", "end the call.")

    assert mistakes_of(owner) == [
        (
            "contact_center.toml: outbound.rules: must tell when to call stopCalling, or else"
            " calling.prompt in assistants/sales.toml"
        )
    ]


def test_a_voicemail_message_has_vapis_limit(owner: OwnerFolder) -> None:
    owner.edit("contact_center.toml", "We are sorry", "We are sorry, " * 80 + "so")

    assert mistakes_of(owner) == [
        "contact_center.toml: outbound.voicemail_message: must have at most 1000 characters"
    ]


def test_nobody_calls_people_before_the_company_has_said_how(owner: OwnerFolder) -> None:
    path = owner.path / "contact_center.toml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[outbound]\n"), text.index("# Defaults; an assistant")
    path.write_text(text[:start] + text[end:], encoding="utf-8")

    assert mistakes_of(owner) == [
        "contact_center.toml: outbound: is missing; assistants/sales.toml calls out"
    ]


def test_a_department_needs_enough_example_utterances(owner: OwnerFolder) -> None:
    owner.write("examples/billing.txt", "# heading\n\n" + "my invoice is wrong\n" * 19)
    (owner.path / "examples" / "sales.txt").unlink()

    assert mistakes_of(owner) == [
        "examples/sales.txt: is missing; write 20 utterances, a line each",
        "examples/billing.txt: has 19 utterances, needs at least 20",
    ]


def test_every_mistake_in_every_file_is_told_at_once(owner: OwnerFolder) -> None:
    owner.edit("departments.toml", 'keypad = "1"', 'keypad = "x"')
    owner.edit("assistants/sales.toml", "first_message", "greeting")
    (owner.path / "policy.toml").unlink()

    assert {line.split(":")[0] for line in mistakes_of(owner)} == {
        "departments.toml",
        "assistants/sales.toml",
        "policy.toml",
    }


def test_the_command_prints_mistakes_and_writes_nothing(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    owner.edit("departments.toml", 'assistant = "billing"', 'assistant = "accounts"')

    status = main(["--config", str(owner.path)])

    assert status == 1
    assert "assistants/accounts.toml is missing" in capsys.readouterr().err
    assert not owner.compiled.exists()

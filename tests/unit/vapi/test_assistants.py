"""The assistants and the squad that Vapi is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.configuration.toml import read_config
from contact_center.vapi.assistants.assistants import (
    build_assistants,
    build_callers,
    build_squad,
    recorded_openings,
    voicemail_messages,
)
from contact_center.vapi.assistants.overrides import with_server, with_variables
from contact_center.vapi.assistants.specialists import specialists
from tests.unit.configuration.owner_config import OwnerFolder, blocks_of
from tools.compile_config import compile_config

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def assistants_of(owner: OwnerFolder) -> dict[str, Json]:
    return build_assistants(read_config(owner.path))


def squad_of(owner: OwnerFolder) -> Json:
    config = read_config(owner.path)
    return build_squad(config, build_assistants(config))


def member(squad: Json, name: str) -> Json:
    (found,) = [each for each in squad["members"] if each["assistant"]["name"] == name]
    return dict(found)


def tool_names(assistant: Json) -> list[str]:
    return [
        tool["function"]["name"] if "function" in tool else tool["type"]
        for tool in assistant["model"]["tools"]
    ]


def function_tool(assistant: Json, name: str) -> Json:
    (found,) = [
        tool["function"]
        for tool in assistant["model"]["tools"]
        if tool.get("function", {}).get("name") == name
    ]
    return dict(found)


def prompt_of(assistant: Json) -> str:
    (message,) = assistant["model"]["messages"]  # Vapi drops any further one at a handoff
    assert message["role"] == "system"
    return str(message["content"])


def test_the_router_opens_the_call_and_every_department_has_a_specialist(
    owner: OwnerFolder,
) -> None:
    names = [each["assistant"]["name"] for each in squad_of(owner)["members"]]

    assert names == ["router", "sales", "support", "billing", "retention"]


def test_vapi_sends_exactly_the_messages_that_decide_something(owner: OwnerFolder) -> None:
    """Words that are still being spoken only where they may be acted on; nobody's voice alone."""
    for name, assistant in assistants_of(owner).items():
        words = "transcript" if name == "router" else 'transcript[transcriptType="final"]'
        assert sorted(assistant["serverMessages"]) == [
            "assistant.started",
            "end-of-call-report",
            "handoff-destination-request",
            "hang",
            "status-update",
            "tool-calls",
            words,
            "transfer-destination-request",
            "transfer-update",
            "user-interrupted",
        ]


def test_a_caller_can_cut_in_after_200_ms_even_on_the_greeting(owner: OwnerFolder) -> None:
    for assistant in assistants_of(owner).values():
        assert assistant["firstMessageInterruptionsEnabled"] is True
        assert assistant["stopSpeakingPlan"] == {
            "numWords": 0,
            "voiceSeconds": 0.2,
            "backoffSeconds": 1,
        }
        assert assistant["backgroundSpeechDenoisingPlan"]["smartDenoisingPlan"]["enabled"] is True


def test_the_router_waits_half_a_second_for_the_end_of_an_utterance(owner: OwnerFolder) -> None:
    built = assistants_of(owner)

    assert built["router"]["transcriber"]["endpointing"] == 500
    assert built["sales"]["transcriber"]["endpointing"] == 300  # the company's
    # A model that decides on the turn would leave the 500 ms without effect.
    assert "smartEndpointingPlan" not in built["router"]["startSpeakingPlan"]
    assert built["sales"]["startSpeakingPlan"]["smartEndpointingPlan"] == {"provider": "livekit"}


@pytest.mark.parametrize("name", ["billing", "router", "sales"])
def test_a_provider_that_fails_has_somebody_in_its_place(owner: OwnerFolder, name: str) -> None:
    built = assistants_of(owner)[name]
    for kind, others in (("voice", "voices"), ("transcriber", "transcribers")):
        [other] = built[kind]["fallbackPlan"][others]
        assert other["provider"] != built[kind]["provider"]


def test_who_hears_in_its_place_hears_the_company_s_language(owner: OwnerFolder) -> None:
    owner.edit("contact_center.toml", 'language = "en"', 'language = "de-AT"')

    hearing = assistants_of(owner)["sales"]["transcriber"]
    [other] = hearing["fallbackPlan"]["transcribers"]
    assert (hearing["language"], other["language"]) == ("de", "de")


def test_every_tool_that_can_have_a_description_has_one(owner: OwnerFolder) -> None:
    squad = squad_of(owner)
    tools = [
        tool
        for member in squad["members"]
        for tool in (
            *member["assistant"]["model"]["tools"],
            *member["assistantOverrides"]["tools:append"],
        )
    ]
    told = [tool["function"]["description"] for tool in tools if "function" in tool]
    assert len(told) > len(squad["members"])
    assert all(10 < len(text) < 1_000 for text in told)
    assert {tool["type"] for tool in tools if "function" not in tool} == {"endCall", "transferCall"}


def test_calls_can_be_steered_and_keys_heard(owner: OwnerFolder) -> None:
    for assistant in assistants_of(owner).values():
        assert assistant["monitorPlan"] == {"listenEnabled": False, "controlEnabled": True}
        assert assistant["backgroundSound"] == "off"
        assert assistant["keypadInputPlan"]["enabled"] is True
        assert assistant["maxDurationSeconds"] == 1800


LAST = "this call ends in about a minute"


def tell_of_the_last_minute(owner: OwnerFolder) -> None:
    owner.edit("contact_center.toml", '# last_minute = "I have', 'last_minute = "I have')


def told_of_the_end(owner: OwnerFolder) -> dict[str, int | None]:
    """By assistant: after how many seconds it says that the call ends."""
    told: dict[str, int | None] = {}
    for name, assistant in assistants_of(owner).items():
        hooks = [one for one in assistant["hooks"] if one["on"] == "call.timeElapsed"]
        assert all(LAST in one["do"][0]["exact"] for one in hooks)
        told[name] = hooks[0]["options"]["seconds"] if hooks else None
    return told


def test_a_call_ends_with_a_word_before_if_its_owner_says_so(owner: OwnerFolder) -> None:
    tell_of_the_last_minute(owner)

    assert set(told_of_the_end(owner).values()) == {29 * 60}


@pytest.mark.parametrize(("minutes", "told_at"), [(1, 30), (2, 60), (61, 3600), (62, None)])
def test_the_last_minute_is_told_of_as_far_as_the_provider_counts(
    owner: OwnerFolder, minutes: int, told_at: int | None
) -> None:
    tell_of_the_last_minute(owner)
    owner.edit("contact_center.toml", "max_call_minutes = 30", f"max_call_minutes = {minutes}")

    assert set(told_of_the_end(owner).values()) == {told_at}


def test_an_assistant_with_a_limit_of_its_own_tells_of_that(owner: OwnerFolder) -> None:
    tell_of_the_last_minute(owner)
    owner.append("assistants/sales.toml", "\n[vapi]\nmaxDurationSeconds = 600\n")

    assert told_of_the_end(owner)["sales"] == 540


def test_as_shipped_nothing_is_said_that_the_published_schema_lacks(owner: OwnerFolder) -> None:
    assert set(told_of_the_end(owner).values()) == {None}


def test_in_a_squad_who_begins_the_call_tells_of_its_last_minute(owner: OwnerFolder) -> None:
    tell_of_the_last_minute(owner)

    members = [one["assistant"] for one in squad_of(owner)["members"]]
    told = {one["name"]: [hook["on"] for hook in one["hooks"]] for one in members}
    assert told.pop("router") == ["customer.speech.timeout", "call.timeElapsed"]
    assert set(map(tuple, told.values())) == {("customer.speech.timeout",)}


def test_every_assistant_routes_to_configured_departments_and_to_a_person_only(
    owner: OwnerFolder,
) -> None:
    for assistant in assistants_of(owner).values():
        parameters = function_tool(assistant, "routeToDepartment")["parameters"]
        assert parameters["properties"]["department"]["enum"] == [
            "sales",
            "support",
            "billing",
            "retention",
            "person",
        ]
        assert parameters["required"] == ["department"]


def test_a_transfer_asks_us_for_its_destination(owner: OwnerFolder) -> None:
    for assistant in assistants_of(owner).values():
        assert {"type": "transferCall", "destinations": []} in assistant["model"]["tools"]


def test_sales_qualifies_by_budget_timeline_and_decision_maker(owner: OwnerFolder) -> None:
    sales = assistants_of(owner)["sales"]

    assert tool_names(sales)[-3:] == ["bookDemo", "saveLead", "sendInformation"]
    qualify = function_tool(sales, "qualifyLead")["parameters"]
    assert qualify["required"] == ["budget", "timeline", "decisionMaker"]
    demo = function_tool(sales, "bookDemo")["parameters"]
    assert demo["required"] == []  # without a day and a time it tells which are free
    assert {"day", "time", "timezone", "name", "email"} == demo["properties"].keys()


def test_a_tool_of_the_owner_s_own_goes_to_the_owner_s_own_server(owner: OwnerFolder) -> None:
    (tool,) = blocks_of("## Give an assistant a tool")
    owner.append("assistants/support.toml", f"\n{tool}")

    built = assistants_of(owner)["support"]["model"]["tools"][-1]

    assert built["function"]["name"] == "findParcel"
    assert built["server"] == {"url": "https://parcels.example.com/vapi"}


def test_a_member_can_hand_over_to_each_colleague_and_back_to_the_router(
    owner: OwnerFolder,
) -> None:
    squad = squad_of(owner)
    names = {each["assistant"]["name"] for each in squad["members"]}

    for each in squad["members"]:
        tools = each["assistantOverrides"]["tools:append"]
        destinations = {tool["destinations"][0]["assistantName"]: tool for tool in tools}
        assert destinations.keys() == names - {each["assistant"]["name"]}
        for name, tool in destinations.items():
            assert tool["function"]["name"] == f"handoff_to_{name}"


def test_nobody_starts_over_after_a_handoff(owner: OwnerFolder) -> None:
    squad = squad_of(owner)
    continues = "assistant-speaks-first-with-model-generated-message"

    assert "firstMessageMode" not in member(squad, "router")["assistantOverrides"]
    assert member(squad, "billing")["assistantOverrides"]["firstMessageMode"] == continues
    for each in squad["members"]:
        for tool in each["assistantOverrides"]["tools:append"]:
            (destination,) = tool["destinations"]
            assert destination["contextEngineeringPlan"] == {"type": "all"}
            assert destination["assistantOverrides"]["firstMessageMode"] == continues


def test_prompts_name_the_company_and_leave_only_what_the_call_fills_in(
    owner: OwnerFolder,
) -> None:
    owner.edit("contact_center.toml", 'company_name = "Acme"', 'company_name = "Northwind"')

    for assistant in assistants_of(owner).values():
        prompt = prompt_of(assistant)
        assert "Northwind" in prompt
        assert prompt.replace("{{resumeNote}}", "").count("{{") == 0
        assert "AI assistant" in prompt
    assert "Northwind" in assistants_of(owner)["router"]["firstMessage"]


def test_the_greeting_offers_every_department_by_name(owner: OwnerFolder) -> None:
    greeting = assistants_of(owner)["router"]["firstMessage"]

    assert greeting.endswith("about sales, technical support, billing or account changes?")


def test_what_is_compiled_records_nobody(owner: OwnerFolder) -> None:
    callers = callers_of(owner)
    for one in [*assistants_of(owner).values(), *callers.values()]:
        assert one["artifactPlan"]["recordingEnabled"] is False
        assert "recorded" not in one["firstMessage"]


def callers_of(owner: OwnerFolder) -> dict[str, Json]:
    return build_callers(read_config(owner.path))


def test_a_call_of_ours_opens_with_who_calls_that_a_machine_speaks_and_how_to_opt_out(
    owner: OwnerFolder,
) -> None:
    opening = callers_of(owner)["sales"]["firstMessage"]

    assert opening.startswith(
        "Hello, this is an AI assistant calling for Acme. If you do not want these calls,"
        " say stop calling or press 9. "
    )


def test_a_recorded_call_of_ours_says_so_where_its_opening_has_it(owner: OwnerFolder) -> None:
    opening = recorded_openings(read_config(owner.path))["sales"]

    assert "calling for Acme. This call is recorded. If you do not want" in opening


def test_whoever_calls_can_stop_calling_and_is_told_when(owner: OwnerFolder) -> None:
    sales = callers_of(owner)["sales"]

    stop = function_tool(sales, "stopCalling")
    assert stop["parameters"] == {"type": "object", "properties": {}}
    assert "does not want to be called again, call stopCalling at once" in prompt_of(sales)
    assert '"User\'s Keypad Entry: 9" means the same' in prompt_of(sales)
    assert "{{resumeNote}}" not in prompt_of(sales)  # there was no earlier call


def test_whoever_calls_can_agree_on_another_time(owner: OwnerFolder) -> None:
    sales = callers_of(owner)["sales"]

    tool = function_tool(sales, "callCustomerBack")
    assert tool["parameters"]["required"] == ["day", "time"]
    assert "timezone" in tool["parameters"]["properties"]
    prompt = " ".join(prompt_of(sales).split())
    assert "The customer's day and time now: {{customerTime}}. If it is not known, ask" in prompt


def test_who_answers_the_telephone_has_the_inbound_form(owner: OwnerFolder) -> None:
    squad = squad_of(owner)

    sales = member(squad, "sales")["assistant"]
    assert sales["firstMessage"].startswith("This is the sales desk of Acme.")
    for each in squad["members"]:
        names = tool_names(each["assistant"])
        assert (names.count("stopCalling"), names.count("callCustomerBack")) == (1, 1)
        assert "call stopCalling and do what its result says" in prompt_of(each["assistant"])
        assert "voicemailDetection" not in each["assistant"]


def test_only_who_calls_listens_for_an_answering_machine(owner: OwnerFolder) -> None:
    assert callers_of(owner).keys() == {"sales"}
    assert callers_of(owner)["sales"]["voicemailDetection"] == {
        "provider": "vapi",
        "type": "audio",
        "beepMaxAwaitSeconds": 25,
        "backoffPlan": {"startAtSeconds": 2, "frequencySeconds": 2.5, "maxRetries": 6},
    }
    assert "voicemailMessage" not in callers_of(owner)["sales"]  # a campaign's own wish


def test_a_machine_is_told_who_called_and_where_to_opt_out(owner: OwnerFolder) -> None:
    message = voicemail_messages(read_config(owner.path))["sales"]

    assert message.startswith("Hello, this is an AI assistant calling for Acme.")
    assert "to get no more calls, please call 8 0 0, 5 5 5, 0 1 0 0" in message


def test_an_assistant_may_leave_a_message_of_its_own(owner: OwnerFolder) -> None:
    own = "An AI assistant of {{companyName}} called. Reach us at {{callBackNumber}}."
    owner.edit("assistants/sales.toml", "[calling]", f'[calling]\nvoicemail_message = "{own}"')

    message = voicemail_messages(read_config(owner.path))["sales"]

    assert message == "An AI assistant of Acme called. Reach us at 8 0 0, 5 5 5, 0 1 0 0."


def test_an_assistant_that_only_calls_needs_no_second_opening(owner: OwnerFolder) -> None:
    owner.write("assistants/survey.toml", SURVEY)

    survey = callers_of(owner)["survey"]

    assert survey["firstMessage"].startswith("An AI assistant of Acme is calling.")
    assert "stopCalling" in tool_names(survey)


SURVEY = """
first_message = "An AI assistant of {{companyName}} is calling. Say {{optOutPhrase}} or press {{optOutKey}} to opt out."
prompt = "Ask how satisfied the customer is."
tools = ["endCall"]
outbound = true
"""  # noqa: E501 - one line of TOML


def test_an_owner_s_own_vapi_settings_win_over_ours_key_by_key(owner: OwnerFolder) -> None:
    owner.append("assistants/billing.toml", "\n[vapi.stopSpeakingPlan]\nnumWords = 2\n")

    plan = assistants_of(owner)["billing"]["stopSpeakingPlan"]

    assert plan == {"numWords": 2, "voiceSeconds": 0.2, "backoffSeconds": 1}


HELPER = """
first_message = "How can I help?"
prompt = "Help."
tools = ["endCall"]
"""


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("voice", {"provider": "openai", "voiceId": "alloy"}),
        ("transcriber", {"provider": "talkscriber", "model": "whisper", "language": "en"}),
        ("model", {"provider": "groq", "model": "llama-3.1-8b-instant"}),
    ],
)
def test_another_provider_inherits_nothing(
    owner: OwnerFolder, kind: str, own: dict[str, str]
) -> None:
    table = "\n".join(f'{key} = "{value}"' for key, value in own.items())
    owner.write("assistants/helper.toml", f"{HELPER}\n[{kind}]\n{table}\n")
    helper = assistants_of(owner)["helper"][kind]

    generated = {"messages", "tools"} if kind == "model" else set()
    assert {key: helper[key] for key in helper.keys() - generated} == own
    assert compile_config(owner.path)["squad"]


def test_the_same_provider_inherits_what_is_not_said_otherwise(owner: OwnerFolder) -> None:
    own = '[voice]\nprovider = "11labs"\nvoiceId = "burt"'
    owner.write("assistants/helper.toml", f"{HELPER}\n{own}\n")

    voice = assistants_of(owner)["helper"]["voice"]
    assert (voice["voiceId"], voice["stability"]) == ("burt", 0.5)
    assert voice["fallbackPlan"]


def test_a_plan_of_another_provider_under_vapi_inherits_nothing(owner: OwnerFolder) -> None:
    own = '[vapi.voicemailDetection]\nprovider = "twilio"\nenabled = true\n'
    owner.append("assistants/sales.toml", f"\n{own}")

    assert callers_of(owner)["sales"]["voicemailDetection"] == {
        "provider": "twilio",
        "enabled": True,
    }


@pytest.mark.parametrize(
    ("transcriber", "language"),
    [
        ('provider = "deepgram"\nmodel = "nova-3"', "en-GB"),
        ('provider = "openai"\nmodel = "gpt-4o-transcribe"', "en"),  # knows no regions
    ],
)
def test_a_transcriber_hears_the_company_s_language_in_its_own_words(
    owner: OwnerFolder, transcriber: str, language: str
) -> None:
    owner.edit("contact_center.toml", 'language = "en"', 'language = "en-GB"')
    owner.write("assistants/helper.toml", f"{HELPER}\n[transcriber]\n{transcriber}\n")

    assert assistants_of(owner)["helper"]["transcriber"]["language"] == language
    assert compile_config(owner.path)["squad"]


def test_a_transcriber_of_one_s_own_is_told_no_language(owner: OwnerFolder) -> None:
    own = '[transcriber]\nprovider = "custom-transcriber"\nserver = {url = "https://ears.example"}'
    owner.write("assistants/helper.toml", f"{HELPER}\n{own}\n")

    assert "language" not in assistants_of(owner)["helper"]["transcriber"]


def test_another_language_drops_the_english_turn_detector(owner: OwnerFolder) -> None:
    owner.edit("contact_center.toml", 'language = "en"', 'language = "de"')

    router = assistants_of(owner)["router"]

    assert router["transcriber"]["language"] == "de"
    assert "smartEndpointingPlan" not in router["startSpeakingPlan"]


def test_every_assistant_asks_what_a_call_came_to_and_a_squad_asks_it_once(
    owner: OwnerFolder,
) -> None:
    squad = squad_of(owner)

    (asked,) = assistants_of(owner)["sales"]["artifactPlan"]["structuredOutputs"]
    assert (asked["name"], asked["type"]) == ("call_outcome", "ai")
    achieved = asked["schema"]["properties"]["achieved"]
    assert achieved["enum"][-1] == "not_said"
    assert "meeting_booked: A meeting" in achieved["description"]
    assert squad["membersOverrides"]["artifactPlan"]["structuredOutputs"] == [asked]
    assert "analysisPlan" not in json.dumps([squad, assistants_of(owner)])
    for one in squad["members"]:
        assert one["assistant"]["artifactPlan"] == {"recordingEnabled": False}
    for one in specialists(squad).values():  # who takes over in a call is sent whole
        assert one["artifactPlan"] == assistants_of(owner)["sales"]["artifactPlan"]


def test_an_assistant_with_a_plan_of_its_own_keeps_it_in_the_squad(owner: OwnerFolder) -> None:
    owner.append("assistants/sales.toml", "\n[vapi.artifactPlan]\npcapEnabled = true\n")

    squad = squad_of(owner)

    assert "artifactPlan" not in squad["membersOverrides"]
    assert member(squad, "sales")["assistant"]["artifactPlan"]["pcapEnabled"]
    assert "structuredOutputs" in member(squad, "router")["assistant"]["artifactPlan"]


def test_the_squad_is_small_enough_to_answer_a_ringing_call(owner: OwnerFolder) -> None:
    assert len(json.dumps(squad_of(owner), separators=(",", ":"))) < 51_000


def test_a_server_is_named_with_its_credential_and_a_plan_to_send_again(
    owner: OwnerFolder,
) -> None:
    squad = squad_of(owner)
    url = "https://calls.example.com/vapi/webhook"

    served = with_server(squad, url, "11111111-1111-4111-8111-111111111111")

    server = served["membersOverrides"]["server"]
    assert server["url"] == url
    assert server["credentialId"] == "11111111-1111-4111-8111-111111111111"
    assert server["backoffPlan"]["type"] == "exponential"
    assert set(server["backoffPlan"]["excludedStatusCodes"]) == {400, 401, 403, 404, 413, 422}
    assert "server" not in squad["membersOverrides"]
    assert "credentialId" not in with_server(squad, url)["membersOverrides"]["server"]


def test_what_was_said_before_a_dropped_call_reaches_every_prompt(owner: OwnerFolder) -> None:
    squad = with_server(squad_of(owner), "https://calls.example.com/vapi/webhook")

    resumed = with_variables(squad, {"resumeNote": "The caller was cut off while cancelling."})

    overrides = resumed["membersOverrides"]
    assert overrides["variableValues"]["resumeNote"] == "The caller was cut off while cancelling."
    assert overrides["server"] == squad["membersOverrides"]["server"]
    assert squad["membersOverrides"]["variableValues"]["resumeNote"] == ""

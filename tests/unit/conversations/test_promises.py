"""Nothing we say promises what nothing we have keeps (decision 20).

Every text of ours that a caller may hear, or that tells a model what to say, is looked through:
what sounds like a promise is one of those in KEPT, and whoever says it has the tool that keeps it.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.callbacks import CALLBACK_TOOL
from contact_center.configuration.compiled_config import load_contact_center
from contact_center.conversations.domain.follow_ups import FOLLOW_UP_TOOLS, TAKE_MESSAGE
from contact_center.conversations.domain.messages import ToolCall
from contact_center.conversations.domain.routing_tools import ROUTING_TOOLS
from contact_center.conversations.services.tools import answer_tool
from contact_center.permission.domain.opt_out import STOP_TOOL
from tests.unit.configuration.owner_config import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

type Json = Any

HOUSE = ROOT / "layers/contact_center/python/contact_center"
SPOKEN_BY_CODE = (
    "conversations",
    "reception",
    "twilio",
    "understanding",
    "vapi",
)  # rooms whose texts reach callers and models
HEARD = {"recorded_speech.py", "intent_person.py", "intent_text.py"}  # what others say, not we
ROUTE = "routeToDepartment"
THE_ROUTER = "the router"  # carries it out itself: a handoff, a transfer, the end of the call

_WHO = r"(?:\b(?:we|i|they|it|somebody|someone|colleagues?|offer|\{department\})\W*)"
_DOES = (
    r"call|ring|phone|write|mail|send|e-?mail|confirm|check|answer|reply|contact|follow|get|"
    r"be in touch|look into|see to|name|connect|bring|take|arrange|refund|process"
)
SOUNDS_LIKE_ONE = re.compile(
    rf"{_WHO}(?:'ll|will|shall|can|(?:are|is|am) going to) (?:\w+ )?(?:{_DOES})\b(?! us\b)"
    r"|\byou(?:'ll| will) (?:get|hear|receive)\b"
    r"|\bon (?:its|their) way\b|\bin writing\b|\bget back to\b|\bwe call back\b"
    r"|\b(?:call|ring|phone) (?:you|them) back|\boffer to (?:call|send)\b|\binvitation\b"
    r"|\blet me bring\b|\bbeing connected\b|\bwill be (?:called|sent|told)\b"
    r"|\bshortly\b|\bwithin (?:\w+ )?(?:minutes?|hours?|days?|weeks?)\b",
    re.IGNORECASE,
)
# What forbids a promise is none.
FORBIDS = re.compile(r"^\W*(?:Never|Do not) (?:say|promise)\b|\bpromise (?:no|neither)\b")
SENTENCE = re.compile(r"(?<=[.!?:;])\s+")

# A promise, and what keeps it: one of the tools, or the router by itself.
KEPT = {
    r"we will not call you again": {THE_ROUTER, STOP_TOOL},
    r"i'll connect you with \{department\}|let me bring in \{department\}": {THE_ROUTER},
    r"i'll get (?:one of my colleagues|a colleague)": {THE_ROUTER},
    r"the caller is being connected to": {ROUTE},
    r"i can take a message": {TAKE_MESSAGE},
    r"offer to call again": {CALLBACK_TOOL},
    r"we call back then if the law allows it": {CALLBACK_TOOL},
}


@dataclass(frozen=True)
class Text:
    """Words of ours, where they stand, and the tools of whoever says them."""

    where: str
    words: str
    tools: frozenset[str]


def broken(text: Text) -> list[str]:
    """The promises of a text that nobody keeps."""
    found = []
    for sentence in SENTENCE.split(text.words):
        flat = " ".join(sentence.split()).replace("\u2019", "'")
        if FORBIDS.search(flat):
            continue
        for kept, keepers in KEPT.items():
            if keepers & text.tools:
                flat = re.sub(kept, "", flat, flags=re.IGNORECASE)
        found += [match.group() for match in SOUNDS_LIKE_ONE.finditer(flat)]
    return found


def strings_of(said: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON document, with its place."""
    if isinstance(said, str):
        yield path, said
    elif isinstance(said, dict):
        for name, each in said.items():
            yield from strings_of(each, f"{path}.{name}")
    elif isinstance(said, list):
        for each in said:
            yield from strings_of(each, path)


def tools_of(assistant: Json) -> frozenset[str]:
    tools = assistant["model"]["tools"]
    return frozenset(tool.get("function", {}).get("name") or tool["type"] for tool in tools)


def everybody() -> dict[str, Json]:
    """Every assistant, as it answers and as it calls."""
    center = load_contact_center()
    answering = [member["assistant"] for member in center.squad["members"]]
    calling = {f"{name}, alone": assistant for name, assistant in center.assistants.items()}
    return {assistant["name"]: assistant for assistant in answering} | calling


def of_assistants() -> Iterator[Text]:
    for name, assistant in everybody().items():
        for place, words in strings_of(assistant, name):
            yield Text(place, words, tools_of(assistant))
    for name, words in load_contact_center().voicemail_messages.items():
        yield Text(f"{name}, to a machine", words, frozenset())


def of_the_policy() -> Iterator[Text]:
    """What the router says, into a call with any of the assistants."""
    center = load_contact_center()
    shared = frozenset.intersection(*map(tools_of, everybody().values()))
    for place, words in strings_of(asdict(center.policy), "policy"):
        yield Text(place, words, shared | {THE_ROUTER})


def of_our_code() -> Iterator[Text]:
    """Whatever the code itself says or has a model say: tools exist where they answer."""
    answered = frozenset(FOLLOW_UP_TOOLS | ROUTING_TOOLS | {STOP_TOOL, CALLBACK_TOOL})
    for room in SPOKEN_BY_CODE:
        for file in sorted((HOUSE / room).rglob("*.py")):
            if file.name in HEARD:
                continue
            for line, words in said_by(ast.parse(file.read_text(encoding="utf-8"))):
                yield Text(f"{file.name}:{line}", words, answered)


def said_by(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The texts of a module, but for what it says of itself."""
    notes = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in notes:
            yield node.lineno, node.value


def of_what_owners_copy() -> Iterator[Text]:
    """Examples in the documents, and what the demo has models say."""
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    usual = frozenset({TAKE_MESSAGE, ROUTE})
    for block in re.findall(r"^```\w*\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL):
        yield Text("docs/configuration.md", block, usual)
    for file in sorted((ROOT / "local/callers").glob("*.toml")):
        for step in tomllib.loads(file.read_text(encoding="utf-8")).get("steps", []):
            yield Text(file.name, step.get("model_says", ""), usual)


def every_text() -> list[Text]:
    return [*of_assistants(), *of_the_policy(), *of_our_code(), *of_what_owners_copy()]


def test_no_text_of_ours_promises_what_nothing_keeps() -> None:
    texts = every_text()
    assert len(texts) > 500
    assert {text.where: broken(text) for text in texts if broken(text)} == {}


def test_every_promise_in_the_table_is_made_somewhere_and_its_keeper_exists() -> None:
    words = " ".join(" ".join(text.words.split()) for text in every_text())
    keepers = FOLLOW_UP_TOOLS | ROUTING_TOOLS | {STOP_TOOL, CALLBACK_TOOL, THE_ROUTER}
    for promise, kept_by in KEPT.items():
        assert re.search(promise, words, re.IGNORECASE), promise
        assert kept_by <= keepers, promise


@pytest.mark.parametrize(
    "words",
    [
        "The address is stored. Say that the information is on its way.",
        "The request for the demo is stored. Say that a colleague will confirm it.",
        "Say that a colleague will check it.",
        "Say that a colleague will confirm the cancellation in writing.",
        "We can call you back: tell me what it is about.",
        "We can call you back. When is good for you?",
        "Say that the offer will name it.",
        "Otherwise offer to send information.",
        "E-mail address for the invitation.",
        "Say back what you took down, and that a colleague will see to it.",
        "We\u2019ll get back to you within two days.",
        "Somebody will be in touch shortly.",
        "You will hear from us.",
        "I'll send you an e-mail.",
        "We will call you again.",
        "Never mind, we will call you tomorrow.",
        "They will be told.",
    ],
)
def test_a_promise_that_nobody_keeps_is_found(words: str) -> None:
    everything = FOLLOW_UP_TOOLS | ROUTING_TOOLS | {STOP_TOOL, CALLBACK_TOOL, THE_ROUTER}
    assert broken(Text("planted", words, frozenset(everything)))


@pytest.mark.parametrize("promise", ["I can take a message.", "Offer to call again."])
def test_a_promise_without_the_tool_that_keeps_it_is_found(promise: str) -> None:
    whole = Text("planted", promise, frozenset({TAKE_MESSAGE, CALLBACK_TOOL}))
    assert broken(whole) == []
    assert broken(replace(whole, tools=frozenset({ROUTE})))


@pytest.mark.parametrize("assistant", everybody())
def test_whatever_an_assistant_cannot_do_it_can_note(assistant: str) -> None:
    assert TAKE_MESSAGE in tools_of(everybody()[assistant])


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "says"),
    [
        ("takeEmail", {"email": "ada@example.com"}, "email", "nothing was sent yet"),
        ("takeMessage", {"about": "my bill"}, "message", "promise no answer"),
        ("takeMessage", {"about": "my bill", "callAt": "unknown"}, "message", "promise no answer"),
        ("takeMessage", {"about": "my bill", "callAt": "at nine"}, "call", "neither the call"),
        (
            "takeCancellation",
            {"contract": "gold", "endsOn": "May"},
            "cancellation",
            "not confirmed",
        ),
        ("takeMessage", {"callAt": "at nine"}, None, "Not stored: ask for what it is about."),
        ("takeCancellation", {}, None, "ask for which contract or account and the date."),
        ("qualifyLead", {"budget": "50"}, None, "Offer to note an e-mail address."),
    ],
)
def test_what_is_noted_is_told_as_noted_and_no_more(
    name: str, arguments: dict[str, object], kind: str | None, says: str
) -> None:
    departments = load_contact_center().departments
    answer = answer_tool(ToolCall(tool_call_id="1", name=name, arguments=arguments), departments)
    assert answer.follow_up == kind
    assert says in answer.text
    assert answer.promises is (kind is not None)

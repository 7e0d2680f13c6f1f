"""TwiML held to its grammar: verbs, attributes, what may stand inside what, and where."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GRAMMAR = Path(__file__).with_name("grammar.toml")
NOT_XML, ROOT_IS_NOT_RESPONSE, NOT_ITS_SCHEMA = 12100, 12102, 12200
WRONG_IN_CONFERENCE = 13238
TOP_LEVEL = {
    *("Say", "Play", "Pause", "Gather", "Record", "Dial"),
    *("Enqueue", "Leave", "Redirect", "Reject", "Hangup", "Connect"),
}
LONGEST_PARAMETER = 500
LARGEST_WORDS = 64 * 1024  # of a whole document
TRUE, FALSE = ("true", "1"), ("false", "0")
METHODS = frozenset({"GET", "POST"})
KEYS = frozenset("0123456789*#wW")


class Place(StrEnum):
    """What a document is for: each allows verbs of its own."""

    CALL = "a call"
    WAIT = "a queue's waitUrl"
    WHISPER = "a called party before the bridge"
    HOLD = "a conference's waitUrl, holdUrl or announceUrl"


ALLOWED = {
    Place.CALL: TOP_LEVEL - {"Leave"},
    Place.WAIT: frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"}),
    Place.WHISPER: frozenset({"Play", "Say", "Pause", "Gather", "Redirect", "Hangup"}),
    Place.HOLD: frozenset({"Play", "Say", "Pause", "Redirect"}),
}


class DocumentError(Exception):
    """A document that Twilio does not play, with Twilio's code."""

    def __init__(self, code: int, what: str) -> None:
        super().__init__(what)
        self.code = code


@dataclass(frozen=True, slots=True)
class Verb:
    """One element. Attributes are texts, whole numbers or flags, as the grammar says."""

    name: str
    words: str
    attributes: Mapping[str, Any]
    inside: Sequence[Verb]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as the grammar says
        """An attribute, or what is meant by leaving it out."""
        return self.attributes.get(name, default)


@cache
def grammar() -> dict[str, Any]:
    """The rules, by verb."""
    return tomllib.loads(GRAMMAR.read_text(encoding="utf-8"))


def read_twiml(text: bytes | str, place: Place) -> list[Verb]:
    """The verbs of a document.

    Args:
        text: The document.
        place: What it is for.

    Raises:
        DocumentError: It is no XML, or not of the grammar.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)", text if isinstance(text, bytes) else text.encode()):
        raise DocumentError(NOT_XML, "a document type is not allowed")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise DocumentError(NOT_XML, str(error)) from error
    if root.tag != "Response":
        raise DocumentError(ROOT_IS_NOT_RESPONSE, f"the root is {root.tag}, not Response")
    if (root.text or "").strip() or root.attrib:
        raise _wrong("Response has neither words nor attributes of its own")
    verbs = [_top(element, place) for element in root]
    late = [verb.name for verb in verbs[1:] if verb.name == "Reject"]
    if late:
        raise _wrong("Reject must be the first verb")
    return verbs


def unplayed(verbs: Sequence[Verb]) -> list[str]:
    """What stands in a document and has no effect here, as `Verb attribute`."""
    found = []
    for verb in verbs:
        names = grammar()[verb.name].get("unplayed", ())
        found += [f"{verb.name} {name}" for name in names if name in verb.attributes]
        found += unplayed(verb.inside)
    return found


def _top(element: ET.Element, place: Place) -> Verb:
    if element.tag not in TOP_LEVEL:
        raise _wrong(f"{element.tag} is no verb, or none that is simulated here")
    if element.tag not in ALLOWED[place]:
        code = WRONG_IN_CONFERENCE if place is Place.HOLD else NOT_ITS_SCHEMA
        raise DocumentError(code, f"{element.tag} is not allowed in {place}")
    if (element.tail or "").strip():
        raise _wrong(f"words after {element.tag}")
    return _verb(element)


def _verb(element: ET.Element) -> Verb:
    rule = grammar()[element.tag]
    for child in element:
        if child.tag not in rule.get("inside", ()):
            code = rule.get("code", NOT_ITS_SCHEMA)
            raise DocumentError(code, f"{child.tag} is not allowed in {element.tag}")
    known = rule.get("attributes", {})
    attributes = {}
    for name, text in element.attrib.items():
        if name not in known:
            raise _wrong(f"{element.tag} has no attribute {name}")
        attributes[name] = _value(f"{element.tag} {name}", known[name], text)
    spoken = element.tag == "Say"  # what is in its SSML is said, too
    words = "".join(element.itertext()) if spoken else element.text or ""
    inside = [] if spoken else [_verb(child) for child in element]
    verb = Verb(element.tag, words.strip(), attributes, inside)
    _check_words(verb, rule)
    _check(verb)
    return verb


def _check_words(verb: Verb, rule: Mapping[str, Any]) -> None:
    wanted = rule.get("words")
    if len(verb.words) > rule.get("longest", len(verb.words)):
        raise DocumentError(rule["too_long"], f"{verb.name} is longer than {rule['longest']}")
    if len(verb.words.encode()) > rule.get("longest_bytes", LARGEST_WORDS):
        raise DocumentError(rule["too_long"], f"{verb.name} is longer than it may be")
    if verb.words and not wanted:
        raise _wrong(f"{verb.name} has no words of its own")
    if not verb.words and wanted == "needed":
        raise _wrong(f"{verb.name} is empty")


def _check(verb: Verb) -> None:
    """What holds of one verb beyond its attributes."""
    match verb.name:
        case "Play" if bool(verb.words) == ("digits" in verb.attributes):
            raise _wrong("Play has either an address or digits")
        case "Dial" if bool(verb.words) == bool(verb.inside):
            raise _wrong("Dial has either a number of its own or something inside")
        case "Dial" if len(verb.inside) > 1:
            _check_together(verb)
        case "Connect" if len(verb.inside) != 1:
            raise _wrong("Connect has exactly one Stream")
        case "Stream" if "url" not in verb.attributes:
            raise _wrong("Stream has no url")
        case "Parameter":
            _check_parameter(verb)


def _check_together(dial: Verb) -> None:
    most = 10
    alone = [each.name for each in dial.inside if each.name in {"Conference", "Queue"}]
    if alone or len(dial.inside) > most:
        raise DocumentError(13215, "Dial has one Conference or Queue, or up to ten telephones")


def _check_parameter(parameter: Verb) -> None:
    name, value = parameter.get("name", ""), parameter.get("value", "")
    if not name or len(name) + len(value) >= LONGEST_PARAMETER:
        raise _wrong("a Parameter has a name, and fewer than 500 characters with its value")


def _value(where: str, kind: str, text: str) -> Any:  # noqa: ANN401 - as the grammar says
    """An attribute as its kind says. Raises DocumentError."""
    word, *bounds = kind.split()
    right = READ[word](text, bounds)
    if right is None:
        raise _wrong(f"{where}={text!r}: {kind} was expected")
    return right


def _whole(text: str, bounds: Sequence[str]) -> int | None:
    least, most = map(int, bounds)
    number = int(text) if re.fullmatch(r"\d{1,6}", text) else -1
    return number if least <= number <= most else None


def _several(text: str, bounds: Sequence[str]) -> list[str] | None:
    return text.split() if set(text.split()) <= set(bounds) else None


def _flag(text: str, _: Sequence[str]) -> bool | None:
    lowered = text.lower()
    return lowered in TRUE if lowered in (*TRUE, *FALSE) else None


def _stream_address(text: str, _: Sequence[str]) -> str | None:
    """A stream's address: secure, and without a query, which Twilio does not pass on."""
    parts = urlsplit(text)
    return text if parts.scheme == "wss" and parts.hostname and not parts.query else None


def _wrong(what: str) -> DocumentError:
    return DocumentError(NOT_ITS_SCHEMA, what)


# How a kind of value is read; None is none of it.
READ: dict[str, Callable[[str, Sequence[str]], Any]] = {
    "text": lambda text, _: text,
    "url": lambda text, _: text,
    "flag": _flag,
    "whole": _whole,
    "method": lambda text, _: text.upper() if text.upper() in METHODS else None,
    "one": lambda text, bounds: text if text in bounds else None,
    "some": _several,
    "keys": lambda text, _: None if set(text) - KEYS else text,
    "wss": _stream_address,
}

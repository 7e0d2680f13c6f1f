"""What Vapi answers when a call's provider is bypassed: TwiML that leads the sound to Vapi.

Its exact form is documented nowhere (docs/sources.md, Vapi §3), and whatever it says would be
done to our caller. So nothing of it is passed on but one stream, with its attributes and its
parameters, to a host of Vapi's; anything else that it may say is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from contact_center.vapi.calls.hosts import LOOPBACK, VAPI_HOST
from contact_center.visits.domain.instructions import JoinAssistant

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_ANSWER = 16_384
_URL = re.compile(r"wss?://[A-Za-z0-9._~:/\[\]-]+")  # Twilio knows no query here


def joined_assistant(twiml: str, base_url: str, after: str) -> JoinAssistant | None:
    """The stream in Vapi's `phoneCallProviderDetails.twiml`; None: nothing to pass on.

    Args:
        twiml: As it came.
        base_url: Of Vapi's API: on loopback, streams to this machine are its own.
        after: Path at which the leg goes on when the stream is over.
    """
    if len(twiml) > LARGEST_ANSWER or "<!" in twiml:  # a document type could unfold without end
        return None
    try:
        response = ET.fromstring(twiml)  # noqa: S314 - short, and without a document type
    except (ET.ParseError, ValueError):
        return None
    stream = _only_stream(response)
    if stream is None or not _is_vapis(stream.attrib.get("url", ""), base_url):
        return None
    attributes = {name: value for name, value in stream.attrib.items() if name != "url"}
    parameters = _parameters(stream)
    if parameters is None:
        return None
    return JoinAssistant(
        url=stream.attrib["url"], attributes=attributes, parameters=parameters, after=after
    )


def _only_stream(response: ET.Element) -> ET.Element | None:
    connect = list(response)
    if response.tag != "Response" or [each.tag for each in connect] != ["Connect"]:
        return None
    stream = list(connect[0])
    return stream[0] if [each.tag for each in stream] == ["Stream"] else None


def _parameters(stream: ET.Element) -> Mapping[str, str] | None:
    parameters = {}
    for each in stream:
        name, value = each.attrib.get("name"), each.attrib.get("value")
        if each.tag != "Parameter" or name is None or value is None:
            return None
        parameters[name] = value
    return parameters


def _is_vapis(url: str, base_url: str) -> bool:
    if not _URL.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.scheme == "wss" and port in {None, 443} and VAPI_HOST.fullmatch(host):
        return True
    return host in LOOPBACK and urlsplit(base_url).hostname in LOOPBACK

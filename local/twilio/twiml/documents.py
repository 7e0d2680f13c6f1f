"""TwiML on its way to a call: asked for, or given by REST; held to size, type and grammar."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from local.twilio.twiml.grammar import DocumentError, Place, Verb, read_twiml, unplayed
from local.twilio.webhooks.exchange import Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local.twilio.telephones.legs import Leg
    from local.twilio.webhooks.exchange import Reply

LARGEST_BYTES = 64 * 1024
BAD_CONTENT_TYPE, TOO_LARGE, BAD_ADDRESS = 12300, 11750, 11100
TYPES = frozenset({"text/xml", "application/xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a document comes from.

    Attributes:
        url: Its address; empty when `twiml` is the document itself.
        more: Fields that are sent beside those of the call.
    """

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that can be played.

    Attributes:
        base: What addresses in it are relative to; empty when it was given by REST.
    """

    base: str
    verbs: Sequence[Verb]

    def address(self, relative: str) -> str:
        """An address that stands in it, in full. Raises DocumentError."""
        fragment = urlsplit(relative).fragment
        full = urljoin(self.base, relative) if relative else self.base
        if urlsplit(full).scheme not in {"http", "https"}:
            raise DocumentError(BAD_ADDRESS, f"{relative!r} is relative to nothing")
        return full if not fragment or "#" in full else f"{full}#{fragment}"


async def obtain(leg: Leg, source: Source, place: Place) -> Document:
    """Get a document for a call.

    Raises:
        DocumentError: There is none, or none that can be played.
    """
    if not source.url:
        return Document("", _read(leg, source, source.twiml, place))
    webhook = webhook_for(leg, source, "voice")
    # What is under way goes on when the call is redirected meanwhile: it was sent.
    reply = await asyncio.shield(leg.account.spawn(leg.account.mail.ask(webhook)))
    if reply.error_code:
        raise DocumentError(reply.error_code, f"HTTP status {reply.status} {reply.failure}".strip())
    _check_answer(reply)
    leg.extra = {}
    return Document(reply.url, _read(leg, source, reply.body, place))


def webhook_for(leg: Leg, source: Source, kind: str) -> Webhook:
    """The request that asks for a document."""
    fields = dict(leg.fields()) | leg.extra | dict(source.more)
    return Webhook(
        kind=kind,
        url=source.url,
        method=source.method,
        fields=list(fields.items()),
        call=leg.sid,
    )


def _check_answer(reply: Reply) -> None:
    kind = reply.content_type.partition(";")[0].strip().lower()
    if len(reply.body) > LARGEST_BYTES:
        raise DocumentError(TOO_LARGE, f"the document has more than {LARGEST_BYTES} bytes")
    if kind not in TYPES:
        raise DocumentError(BAD_CONTENT_TYPE, f"the content type is {kind or 'missing'}")


def _read(leg: Leg, source: Source, text: bytes | str, place: Place) -> list[Verb]:
    verbs = read_twiml(text, place)
    leg.account.note(
        "document", leg.sid, url=source.url, place=place, verbs=[verb.name for verb in verbs]
    )
    if names := unplayed(verbs):
        leg.account.note("unplayed", leg.sid, what=names)
    return verbs

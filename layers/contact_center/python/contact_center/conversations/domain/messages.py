"""What the door understands of a webhook: who wants to know what. No word of Vapi's wire."""

from __future__ import annotations

import hashlib
import json
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


class QuestionKind(StrEnum):
    """The messages that want an answer in the response (Vapi §2)."""

    ASSISTANT = "assistant-request"
    TOOLS = "tool-calls"
    FUNCTION = "function-call"
    TRANSFER = "transfer-destination-request"
    HANDOFF = "handoff-destination-request"
    KNOWLEDGE = "knowledge-base-request"
    VOICE = "voice-request"
    ENDPOINTING = "call.endpointing.request"
    PREDIAL = "campaign.predial"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One call of a tool by a model. Everything in it is hostile input.

    Attributes:
        tool_call_id: The model's id of the call, or None (the tutorial sends none).
        problem: Why the arguments cannot be read, or None.
    """

    tool_call_id: str | None
    name: str
    arguments: Mapping[str, object]
    problem: str | None = None

    def key(self, stamp: str) -> str:
        """What tells it from every other tool call of its conversation.

        Models count from call_0 in every turn, or take the tool's name for an id: one that comes
        again is the same call only with the same name and arguments.

        A short digest of a number can be undone by trying all numbers. So it is made of what may
        be stored of the arguments, whatever an owner keeps beside: it tells nothing more.

        Args:
            stamp: What tells this telling from another, for a call without an id.
        """
        # few calls ask for a tool, and the door starts without
        from contact_center.conversations.domain.kept_arguments import (  # noqa: PLC0415
            kept_arguments,
            kept_words,
        )

        said = [
            kept_words(self.name),
            kept_arguments(self.name, self.arguments),
            self.problem,
        ]
        if self.tool_call_id is None:
            said.append(stamp)
        written = json.dumps(said, sort_keys=True).encode()
        digest = hashlib.blake2b(written, digest_size=8).hexdigest()
        return (
            f"tool:{digest}" if self.tool_call_id is None else f"tool:{self.tool_call_id}:{digest}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message that is answered in the response.

    Attributes:
        at_ms: When it was asked by the sender's clock, ms since 1970.
        stamp: What tells this asking from another, as in the keys of facts.
        customer_number: The customer's number, E.164; of a campaign of Vapi's own the contact's.
            None: none is shown, or what is shown is nobody's.
        words: What the asker said about a destination: department, intent, destination.
        campaign_id: Of a campaign of ours that the call is of; in PREDIAL Vapi's id of one of
            its own, with contact_id, the contact in it.
        placed: Whether the call goes out from us; else its number is what the caller showed.
        post_name: The POST that a call of ours was placed with, `attempt.k`, as far as is told.
        timezone: In which the model was told the customer's time, as we said it in the POST.
        of_visit: Whether the call is with a caller who is on a line of ours.
        for_visits: Whether it came in where calls for visits alone do.
        visit_claim: Which visit's call it says that it is, and its proof; not believed yet.
        queued: Whether the message is durable in the queue, so that the router hears of it.
    """

    kind: QuestionKind
    call_id: str | None
    at_ms: int
    stamp: str = ""
    customer_number: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    words: tuple[object, ...] = ()
    campaign_id: str | None = None
    contact_id: str | None = None
    placed: bool = False
    post_name: str | None = None
    timezone: str | None = None
    of_visit: bool = False
    for_visits: bool = False
    visit_claim: str | None = field(default=None, repr=False)
    queued: bool = False

    @property
    def reachable(self) -> bool:
        """Whether anything shows where the customer can be called."""
        return self.placed or self.customer_number is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """One webhook, read.

    Attributes:
        kind: Its type in today's spelling, or "unknown": a metric's dimension.
        call_id: The call it belongs to, or None.
        text: Its JSON, as it came.
        question: What it wants answered, or None when it only tells.
    """

    kind: str
    call_id: str | None
    text: str
    question: Question | None = field(default=None)

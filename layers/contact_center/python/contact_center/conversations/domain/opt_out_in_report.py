"""The second road of an opt-out: the end-of-call report says all that the customer said.

The webhook of a wish may be lost, and nothing that is sent to a phone number's server is sent
again by itself (Vapi §2, retries). The report repeats every word, key and tool call of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.permission.domain.opt_out import STOP_TOOL, asks_to_stop

if TYPE_CHECKING:
    from contact_center.conversations.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardInReport:
    """What a report says of the customer, in the order of the call.

    Attributes:
        words: What they said, an utterance each.
        keys: What they pressed, each time.
        tools: Names of the tools that the assistant called.
    """

    words: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


def wants_no_more(heard: HeardInReport, policy: Policy, *, ours: bool) -> bool:
    """Whether the customer asked not to be called again.

    Args:
        heard: What the report says.
        policy: The key and the phrase that are offered.
        ours: Whether it was us who called: only then the key means it.
    """
    pressed = ours and any(set(keys) == {policy.opt_out_key} for keys in heard.keys)
    said = any(asks_to_stop(words, policy.opt_out_phrase, ours=ours) for words in heard.words)
    return STOP_TOOL in heard.tools or pressed or said

"""What is to be dialled, by whose wish, and the names that follow from it."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.dialing.domain.voicemail import HANG_UP
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

# All calls leave from one account at Vapi and Twilio, which share their limits among everything
# that calls. A second account would be a second word here.
CALLING_ACCOUNT = "main"

# Vapi echoes `name` up to 40 characters (Vapi §2). A look-up name is the attempt's id,
# a dot and the number of the POST, so the id leaves room for a count that no attempt reaches.
NAME_CHARACTERS = 40
_ID_CHARACTERS = 32
_MOST_POSTS = 10 ** (NAME_CHARACTERS - _ID_CHARACTERS - 1) - 1


def attempt_id(*cause: str | int) -> str:
    """The name of an attempt, derived from its cause: the same cause is the same attempt.

    Args:
        cause: For a campaign its id, the contact and the attempt's number; never a time of day
            that two planners could read differently.

    Returns:
        32 characters, so that with `.k` it stays within Vapi's 40.
    """
    joined = "\x1f".join(map(str, cause)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=_ID_CHARACTERS // 2).hexdigest()


def post_name(attempt: str, posts: int) -> str:
    """The name under which one POST can be looked up: `attempt.k`.

    Raises:
        ValueError: The count does not fit into Vapi's 40 characters.
    """
    if not 1 <= posts <= _MOST_POSTS:
        raise ValueError(f"an attempt has 1 to {_MOST_POSTS} POSTs, not {posts}")
    return f"{attempt}.{posts}"


def read_post_name(name: str | None) -> tuple[str, int] | None:
    """The attempt and the POST a call's name speaks of; None when it is no name of ours."""
    attempt, dot, posts = (name or "").rpartition(".")
    if not dot or len(attempt) != _ID_CHARACTERS or not (posts.isascii() and posts.isdigit()):
        return None
    if not set(attempt) <= set("0123456789abcdef") or len(posts) > len(str(_MOST_POSTS)):
        return None
    return (attempt, int(posts)) if int(posts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialRequest:
    """What is to be dialled. It never changes once the attempt exists.

    Attributes:
        attempt_id: The name of the attempt.
        number: E.164.
        prefix: The number's bucket for pacing (PhoneNumber.prefix).
        purpose: marketing or informational: which consent is needed.
        assistant: Which assistant speaks: an id or a key of the configuration.
        phone_number_id: Vapi's id of the number that calls; None: the default one.
        campaign_id: None for a trigger without a campaign.
        contact_id: The contact within the campaign; without one, the operator's id of the
            customer.
        n: Which attempt at this contact it is, from 1.
        stagger_ms: The least gap between two calls of its campaign.
        timezone: The contact's own IANA zone, if known; `state` and `postal_code` likewise.
        callback_at_ms: When the customer asked to be called, civil ms since 1970.
        created_at_ms: By the machine clock, ms since 1970.
        expires_at_ms: A queued attempt older than this is given up, machine ms since 1970.
        variables: What the assistant may say of the contact: name and the like.
        voicemail: hang_up or leave_message: what to do about an answering machine.
        customer_id: The operator's own id of the customer, for a call that names a campaign.
        test_of: The campaign this call lets its operator hear; it is no call of the campaign.
    """

    attempt_id: str
    number: str = field(repr=False)
    prefix: str
    purpose: str
    assistant: str
    created_at_ms: int
    expires_at_ms: int
    phone_number_id: str | None = None
    campaign_id: str | None = None
    contact_id: str | None = None
    n: int = 1
    stagger_ms: int = 0
    timezone: str | None = None
    state: str | None = None
    postal_code: str | None = None
    callback_at_ms: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    voicemail: str = HANG_UP
    customer_id: str | None = None
    test_of: str | None = None

"""Whose an object at a provider is: a mark in its metadata, or at the beginning of its name. Pure.

    assistant                    metadata {"switchboard": owner, "switchboardKey": which of ours}
    squad                        "switchboard/<owner> <which of ours>"
    credential, imported number  "switchboard/<owner> <fingerprint of the key that it holds>"

Vapi shows no key that it was given, so the fingerprint says whether it holds today's.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK, KEY = "switchboard", "switchboardKey"
# Of the 40 characters of a name at Vapi: the mark, a slash, the owner, a blank, the fingerprint.
LONGEST_OWNER = 19
FINGERPRINT_DIGITS = 8
_STACK_LETTERS, _PLACE_DIGITS = 12, 6

_OWNER = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,17}[a-z0-9])?")
_MARKED = re.compile(rf"{MARK}/([a-z0-9-]{{1,{LONGEST_OWNER}}})(?: (.*))?")
_STACK = re.compile(r"arn:[a-z-]+:cloudformation:([a-z0-9-]+):([0-9]+):stack/([A-Za-z0-9-]+)/.+")


@dataclass(frozen=True, slots=True)
class Mark:
    """Who made an object, and which of his it is."""

    owner: str
    key: str


def is_owner(name: str) -> bool:
    """Whether a name may stand in a mark: at most 19 small letters, digits and dashes."""
    return _OWNER.fullmatch(name) is not None


def owner_of_stack(stack_id: str) -> str | None:
    """The owner that a stack is: it stays the same when the stack is made anew.

    The same name in another account or region is another owner.

    Args:
        stack_id: The stack's ARN.

    Returns:
        Such as `dev-1f3a9c`; None when it is no ARN of a stack.
    """
    found = _STACK.fullmatch(stack_id)
    if found is None:
        return None
    region, account, name = found.groups()
    short = name.lower().removeprefix("switchboard-")[:_STACK_LETTERS].strip("-") or MARK
    place = hashlib.sha256(f"{region}:{account}:{name}".encode()).hexdigest()
    return f"{short}-{place[:_PLACE_DIGITS]}"


def name_of(owner: str, key: str) -> str:
    """The name of an object of that owner's."""
    return f"{MARK}/{owner} {key}"


def metadata_of(owner: str, key: str) -> dict[str, str]:
    """The metadata of an object of that owner's."""
    return {MARK: owner, KEY: key}


def mark_on(fields: Mapping[str, object]) -> Mark | None:
    """The mark of an object; None: none of ours made it."""
    metadata = fields.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get(MARK), str):
        return Mark(metadata[MARK], str(metadata.get(KEY, "")))
    found = _MARKED.fullmatch(str(fields.get("name") or ""))
    return None if found is None else Mark(found[1], found[2] or "")


def fingerprint(secret: str, owner: str) -> str:
    """What tells one key from the next, and nothing else about it."""
    digest = hmac.new(secret.encode(), f"{MARK}/{owner}".encode(), hashlib.sha256)
    return digest.hexdigest()[:FINGERPRINT_DIGITS]

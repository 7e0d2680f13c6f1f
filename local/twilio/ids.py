"""Identifiers and times as Twilio writes them."""

from __future__ import annotations

import re
import uuid
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

E164 = re.compile(r"\+[1-9]\d{6,14}")
SIP = re.compile(r"sips?:[^@\s]+@[^@\s?;]+(;[^?\s]*)?(\?\S*)?")


def new_sid(prefix: str) -> str:
    """A new SID: two letters for the kind of thing, then 32 hexadecimal digits."""
    return f"{prefix}{uuid.uuid4().hex}"


def new_token() -> str:
    """A token that no other request carries."""
    return str(uuid.uuid4())


def rfc_2822(at: datetime | None) -> str | None:
    """A time as REST and callbacks write it, to the second."""
    return None if at is None else format_datetime(at.replace(microsecond=0))

"""What is known after a request to somebody else's server, whoever sent it.

an answer, whole and of a bearable size           Answered, whatever its status
no connection, no such name, no address allowed   NotSent: certainly not obeyed
sent, and no whole answer came                    Unknown: it may have been obeyed
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that came whole: header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not obeyed.

    Attributes:
        reason: connection, no_such_name, not_public.
        detail: Of a connection that was not made: why, in words for whoever looks after it.
    """

    reason: str
    detail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been obeyed. `reason`: timeout, broken_off, too_much."""

    reason: str


type Outcome = Answered | NotSent | Unknown

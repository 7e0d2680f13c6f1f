"""The names of effects and of the lines they wait in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.effects import EffectKind

if TYPE_CHECKING:
    from contact_center.records.domain.effects import Effect

LENGTH = 32
_OF_A_VISIT, _OF_A_CALL = "visit:", "call:"


@dataclass(frozen=True, slots=True)
class LineName:
    """Where effects of one customer for one receiver wait, one behind the other."""

    customer: str
    receiver: str


def line_of(effect: Effect) -> LineName:
    """The line of an effect."""
    return LineName(effect.customer, effect.receiver)


def effect_name(kind: EffectKind, receiver: str, cause: str) -> str:
    """The id of the effect that a cause has: the same however often it is made.

    Args:
        kind: What is to be done.
        receiver: Where.
        cause: What it follows from, a call's id say.
    """
    told = f"{kind.value}\n{receiver}\n{cause}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def customer_of_visit(visit_id: str) -> str:
    """Whose story it is that a visit has without a number that is shown."""
    return _OF_A_VISIT + visit_id


def customer_of_call(call_id: str) -> str:
    """The same of a call outside a visit; its id may say anything, so its digest stands there."""
    return _OF_A_CALL + effect_name(EffectKind.CALL, "", call_id)

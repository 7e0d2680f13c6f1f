"""Whether a campaign of Vapi's own may call its contact: the same rule as for every dial of ours.

Only a clear yes is a yes. Vapi says nothing of what its campaign is for, so it counts as
marketing, which asks for written consent; whether the campaign runs is Vapi's own matter.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.judge_call import judge_call
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.contactability import Deny

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.messages import Question
    from contact_center.conversations.services.ports.callers import PersonReader
    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.kernel.ports import Clock, Metrics

PURPOSE = "marketing"

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PredialParts:
    """What answering needs.

    Attributes:
        keep: Keeps the evidence: fields of ours, no number in clear among them.
    """

    people: PersonReader
    judge: JudgeParts
    clock: Clock
    metrics: Metrics
    keep: Callable[..., None]


@dataclass(frozen=True, slots=True)
class _Verdict:
    eligible: bool
    reason: str
    evidence: str = ""


def may_dial(question: Question, parts: PredialParts) -> bool:
    """Answer campaign.predial; what is in doubt is a no.

    Args:
        question: Names the contact's number, and the campaign.
        parts: What it works with.

    Returns:
        Whether Vapi may call now. The reason is counted, the evidence kept.
    """
    verdict = _judge(question, parts)
    parts.metrics.count("predial", eligible=str(verdict.eligible).lower(), reason=verdict.reason)
    parts.keep(
        eligible=str(verdict.eligible).lower(),
        reason=verdict.reason,
        campaign=_known(question.campaign_id),
        contact=_known(question.contact_id),
        evidence=verdict.evidence,
    )
    return verdict.eligible


def _judge(question: Question, parts: PredialParts) -> _Verdict:
    try:
        number = parse_phone_number(question.customer_number)
        around = parts.people.read(number.e164)
        now_ms = parts.clock.now_ms()
        request = DialRequest(
            attempt_id=attempt_id("predial", question.contact_id or ""),
            number=number.e164,
            prefix=number.prefix,
            purpose=PURPOSE,
            assistant="",
            created_at_ms=now_ms,
            expires_at_ms=now_ms,
        )
        verdict = judge_call(request, around, now_ms, parts.judge)
    except BadNumberError:
        return _Verdict(eligible=False, reason="number")
    except StoreUnavailableError:
        return _Verdict(eligible=False, reason="store_unavailable")
    evidence = json.dumps(verdict.evidence, separators=(",", ":"))
    if isinstance(verdict, Deny):
        return _Verdict(eligible=False, reason=verdict.reason, evidence=evidence)
    return _Verdict(eligible=True, reason="allowed", evidence=evidence)


def _known(said: str | None) -> str:
    """An id of Vapi's; anything else that stands in its place may be a person's."""
    return said if said is not None and _ID.fullmatch(said) else ""

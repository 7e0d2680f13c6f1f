"""What `told` of an effect holds, by its kind: names, kinds of values, and which must be there.

    kind        must be there              may be
    call        title, started_at_ms       body, direction, status, duration_ms, our_number,
                                          recording_url, ended_at_ms, ended_reason, achieved,
                                          intent, destination, campaign_id, attempt_id,
                                          cost_micros, amends
    lead        said                       first_name, last_name, email, company, interest
    task        title, due_at_ms           body, priority
    deal        title                      body, amount, close_at_ms, pipeline, stage
    event       type, data                 -
    subscribe   email, topic               agreed_at_ms
    notice      title, body                -

Whoever causes an effect makes it of these, and whoever delivers one checks again: what was written
by another release is refused by name, not sent in half. Times are milliseconds since 1970, an
amount is digits with a point as text, and a field that is not known is left out, never None.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import LATEST_MS
from contact_center.records.domain.effects import AMENDS, EffectKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_LINE = 200
LONGEST_TEXT = 60_000  # what a CRM keeps in the body of a call or note (HubSpot: 65,536 characters)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EVENT = re.compile(r"(?=.{1,100}$)[a-z0-9_]+(\.[a-z0-9_]+)*")
_EFFECT = re.compile(r"[0-9a-f]{32}")
_LINK = re.compile(r"https?://[!-~]{1,2000}")


class BadEffectError(FieldError):
    """An effect that cannot be told. The message never holds a value."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One field: what a value must be, and whether there must be one."""

    fits: Callable[[object], bool]
    reason: str
    required: bool = False


def _line(*, required: bool = False) -> _Field:
    return _Field(
        lambda said: _is_text(said, LONGEST_LINE) and "\n" not in str(said),
        f"must be one line of 1 to {LONGEST_LINE} characters",
        required,
    )


def _text(*, required: bool = False) -> _Field:
    reason = f"must be a text of 1 to {LONGEST_TEXT} characters"
    return _Field(lambda said: _is_text(said, LONGEST_TEXT), reason, required)


def _like(pattern: re.Pattern[str], what: str, *, required: bool = False) -> _Field:
    return _Field(
        lambda said: isinstance(said, str) and pattern.fullmatch(said) is not None,
        f"must be {what}",
        required,
    )


def _whole(most: int, *, required: bool = False) -> _Field:
    return _Field(
        lambda said: isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= most,
        f"must be a whole number from 0 to {most}",
        required,
    )


def _one_of(*words: str) -> _Field:
    return _Field(lambda said: said in words, f"must be one of {', '.join(words)}")


def _is_text(said: object, longest: int) -> bool:
    return isinstance(said, str) and bool(said.strip()) and len(said) <= longest


FIELDS: Mapping[EffectKind, Mapping[str, _Field]] = {
    EffectKind.CALL: {
        "title": _line(required=True),
        "started_at_ms": _whole(LATEST_MS, required=True),
        "body": _text(),
        "direction": _one_of("inbound", "outbound"),
        "status": _one_of("completed", "no_answer", "busy", "failed", "canceled"),
        "duration_ms": _whole(86_400_000),
        "our_number": _like(_E164, "a number in E.164"),
        "recording_url": _like(_LINK, "an http or https address"),
        "ended_at_ms": _whole(LATEST_MS),
        "ended_reason": _line(),
        "achieved": _line(),
        "intent": _line(),
        "destination": _line(),
        "campaign_id": _line(),
        "attempt_id": _line(),
        "cost_micros": _whole(10**12),
        AMENDS: _like(_EFFECT, "the id of an effect"),
    },
    EffectKind.LEAD: {
        "said": _text(required=True),
        "first_name": _line(),
        "last_name": _line(),
        "email": _like(_EMAIL, "an e-mail address"),
        "company": _line(),
        "interest": _line(),
    },
    EffectKind.TASK: {
        "title": _line(required=True),
        "due_at_ms": _whole(LATEST_MS, required=True),
        "body": _text(),
        "priority": _one_of("low", "medium", "high"),
    },
    EffectKind.DEAL: {
        "title": _line(required=True),
        "body": _text(),
        "amount": _like(_AMOUNT, "digits, with a point before at most four more"),
        "close_at_ms": _whole(LATEST_MS),
        "pipeline": _line(),
        "stage": _line(),
    },
    EffectKind.EVENT: {
        "type": _like(_EVENT, "words of a-z, 0-9 and _ with points between", required=True),
        "data": _Field(lambda said: isinstance(said, dict), "must be an object", required=True),
    },
    EffectKind.SUBSCRIBE: {
        "email": _like(_EMAIL, "an e-mail address", required=True),
        "topic": _line(required=True),
        "agreed_at_ms": _whole(LATEST_MS),
    },
    EffectKind.NOTICE: {"title": _line(required=True), "body": _text(required=True)},
}


def check_told(kind: EffectKind, told: Mapping[str, object]) -> None:
    """See that an effect says what its kind says, and nothing else.

    Raises:
        BadEffectError: A field is missing, unknown, or not what it must be; it names the first.
    """
    fields = FIELDS[kind]
    for name in told:
        if name not in fields:
            shown = name if name.isidentifier() and len(name) <= LONGEST_LINE else "a field"
            raise BadEffectError(shown, f"is no field of a {kind}")
    for name, field in fields.items():
        if name not in told:
            if field.required:
                raise BadEffectError(name, "is missing")
        elif not field.fits(told[name]):
            raise BadEffectError(name, field.reason)


def fitting(kind: EffectKind, told: Mapping[str, object]) -> dict[str, object]:
    """What is told, without fields that may be missing and are not what they must be.

    An odd time or an empty summary of somebody else's would else have all of it refused.
    """
    fields = FIELDS[kind]
    return {
        name: said
        for name, said in told.items()
        if name not in fields or fields[name].required or fields[name].fits(said)
    }

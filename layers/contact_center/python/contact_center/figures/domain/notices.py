"""What somebody is told of: one notice a cause and hour, with a count, and one when it is over.

A cause is a counter that somebody should look at. Whoever counts adds to its total; a tick compares
the total with what was told of it:

    more than was told, nothing told in this hour     a notice: how many since the last one
    nothing new for an hour                           a notice that it is over, and how many in all
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from contact_center.figures.domain.counts import HOUR_MS
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

QUIET_MS = HOUR_MS  # then it is over
RUNBOOKS = "docs/operations.md#"


class Cause(NamedTuple):
    """What a counter means to whoever is told, and where he reads what to do."""

    says: str
    runbook: str


# Each is an alarm of the template as well (a test holds both together).
SOUNDED: Mapping[str, Cause] = {
    "attempt_doubtful": Cause("nobody can find out whether a phone rang", "attempts-in-doubt"),
    "audit_lost": Cause("something that was done is in no trail", "the-audit-trail-has-a-gap"),
    "callback_overdue": Cause("somebody should have been called back", "callbacks-are-overdue"),
    "caller_rests": Cause("one of our numbers rests", "a-number-rests"),
    "caller_waits_too_long": Cause("a caller waits for too long", "a-caller-waits-too-long"),
    "campaign_broken": Cause("a campaign has paused itself", "a-campaign-broke"),
    "campaign_doubtful": Cause("a campaign is in doubt", "a-campaign-is-in-doubt"),
    "campaign_stopped": Cause("every call of a campaign would fail", "dialing-misconfigured"),
    "clock_off": Cause("a dialer's clock is off", "clocks-apart"),
    "contact_doubtful": Cause("a contact was set aside", "contacts-in-doubt"),
    "contact_unreadable": Cause("a contact cannot be read", "contacts-unreadable"),
    "effect_given_up": Cause("a receiver refused what it was told", "effects-are-given-up"),
    "effect_line_failed": Cause("a customer's story stands still", "effects-fail"),
    "effects_overdue": Cause("a receiver does not answer", "effects-wait-too-long"),
    "ended_reason_unknown": Cause("a call ended for no known reason", "ended-reason-unknown"),
    "figures_failed": Cause("a call could not be counted", "figures-are-not-counted"),
    "follow_up_overdue": Cause("what a customer left waits too long", "follow-ups-wait"),
    "forget_overdue": Cause("a person is not forgotten", "a-person-is-not-forgotten"),
    "line_freed_by_asking": Cause("a call was over and nobody said so", "calls-open-too-long"),
    "list_given_up": Cause("a list came no further", "a-list-is-given-up"),
    "look_up_doubtful": Cause("what nobody told was not to be had", "look-ups-given-up"),
    "opt_out_lost": Cause("an opt-out has no number", "an-opt-out-is-lost"),
    "receiver_off": Cause("a receiver wants nothing more (410)", "a-receiver-is-off"),
    "recording_lost": Cause("a recording could not be copied", "recordings-are-lost"),
}
# Nothing is wrong, and somebody is to do something: no alarm sounds for it.
LEFT: Mapping[str, Cause] = {
    "callback_failed": Cause("a promised call came to nothing", "a-callback-failed"),
    "voicemail_left": Cause("a caller left a message at a queue", "a-message-was-left"),
}
CAUSES: Mapping[str, Cause] = {**SOUNDED, **LEFT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with a cause.

    Attributes:
        total: How often it was counted, ever.
        last_ms: When it was counted last.
        told_total: Up to which total somebody was told.
        told_hour: In which hour since 1970 he was told last; None: never.
        since_ms: When what is not over yet was told first; None: it is over.
        since_total: The total before that.
        revision: How often it was noted what was told.
    """

    cause: str
    total: int
    last_ms: int
    told_total: int = 0
    told_hour: int | None = None
    since_ms: int | None = None
    since_total: int = 0
    revision: int = 0


class Notice(NamedTuple):
    """What somebody is told: a line, and a text of ours; no person is in either."""

    subject: str
    text: str


def judged(standing: Standing, now_ms: int) -> tuple[Standing, Notice | None]:
    """How it stands once somebody was told what he is to be told now.

    Args:
        standing: As it stands.
        now_ms: The time.

    Returns:
        The standing afterwards, and the notice; None: nobody is told anything.
    """
    hour, new = now_ms // HOUR_MS, standing.total - standing.told_total
    if new > 0 and standing.told_hour != hour:
        begins = standing.since_ms is None
        after = replace(
            standing,
            told_total=standing.total,
            told_hour=hour,
            since_ms=now_ms if begins else standing.since_ms,
            since_total=standing.told_total if begins else standing.since_total,
        )
        return after, _notice(after, new, over=False)
    if standing.since_ms is not None and not new and now_ms - standing.last_ms >= QUIET_MS:
        after = replace(standing, since_ms=None)
        return after, _notice(standing, standing.total - standing.since_total, over=True)
    return standing, None


def _notice(standing: Standing, count: int, *, over: bool) -> Notice:
    cause = CAUSES[standing.cause]
    times = "once" if count == 1 else f"{count} times"
    begun = iso(standing.since_ms)
    if over:
        return Notice(
            f"Over: {cause.says}",
            f"Nothing for an hour. It was counted {times} since {begun}.\n"
            f"Counter: {standing.cause}\nRunbook: {RUNBOOKS}{cause.runbook}\n",
        )
    return Notice(
        f"{cause.says[0].upper()}{cause.says[1:]} ({times})",
        f"Counted {times} since the last notice; the last one was {iso(standing.last_ms)}, the "
        f"first notice {begun}.\n"
        f"Counter: {standing.cause}\nRunbook: {RUNBOOKS}{cause.runbook}\n"
        "The next notice of it comes in the next hour at the earliest, or when it is over.\n",
    )

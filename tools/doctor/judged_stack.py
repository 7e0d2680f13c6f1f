"""What was found at AWS, judged. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.doctor.lines import Finding, ok, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RUNBOOK = re.compile(r"docs/operations\.md#[a-z0-9-]+")
# The setting that bounds what lies under a prefix of the bucket, in days.
REPORTS, RECORDINGS = "reports/", "recordings/"
BOUNDED_BY = {REPORTS: "RETENTION_DAYS", RECORDINGS: "RECORDING_DAYS"}
RUNBOOKS = {
    "CallEventsDead": "facts-in-dead-queue",
    "ReceptionJobsDead": "hints-in-dead-queue",
    "DialJobsDead": "jobs-in-dead-queue",
    "ListJobsDead": "lists-in-dead-queue",
    "TicksDead": "ticks-are-lost",
    "EffectsDead": "effects-in-dead-queue",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of somebody's who is to hear of something.

    Attributes:
        arn: "" where none is set.
        confirmed, pending: How many have subscribed, and how many of them never said yes.
        is_gone: Whether there is no topic of that name.
    """

    setting: str
    arn: str
    confirmed: int = 0
    pending: int = 0
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long something is kept. `days` None: for ever."""

    what: str
    days: int | None
    wanted: int | None


def judged_topics(topics: Sequence[Topic]) -> Finding:
    """Who hears alarms and notices; no topics: none can be here."""
    if not topics:
        return ok("not used here: alarms are on AWS alone")
    alarm = topics[0]
    if not alarm.arn:
        return wrong(
            "nobody hears the alarms",
            f"make an SNS topic, subscribe to it, and set {alarm.setting} "
            "(docs/deployment.md#deploy)",
        )
    for topic in topics:
        if topic.is_gone:
            return wrong(
                f"{topic.setting} names a topic that is not there: nobody hears of anything",
                "make it again and subscribe, or set another one and deploy",
            )
        if topic.arn and topic.pending and not topic.confirmed:
            return wrong(
                f"whoever is to hear {topic.setting} never confirmed the subscription",
                "open the mail that AWS sent and confirm; without it, subscribe again",
            )
        if topic.arn and not topic.confirmed:
            return wrong(
                f"nobody has subscribed to {topic.setting}",
                "subscribe an address to it (AWS console, SNS), and confirm the mail that comes",
            )
    heard = [topic for topic in topics if topic.arn]
    late = sum(topic.pending for topic in heard)
    rest = f"; {late} more never confirmed" if late else ""
    return ok(f"{sum(topic.confirmed for topic in heard)} confirmed subscriptions{rest}")


def judged_alarms(ringing: Mapping[str, str], known: int) -> Finding:
    """Alarms that ring now.

    Args:
        ringing: Their names, with what they say of themselves.
        known: How many alarms there are.
    """
    if not known:
        return ok("not used here: alarms are on AWS alone")
    if not ringing:
        return ok(f"none of {known} rings")
    shown = []
    for name, said in ringing.items():
        runbook = _RUNBOOK.search(said)
        shown.append(f"{name}: {runbook[0] if runbook else 'no runbook is named'}")
    return wrong(f"{len(ringing)} of {known} ring", "each has its runbook", shown)


def judged_dead_letters(waiting: Mapping[str, int]) -> Finding:
    """Messages that were given up, by the queue's logical name."""
    full = {name: count for name, count in waiting.items() if count}
    if not full:
        return ok(f"none in {len(waiting)} queues")
    shown = [
        f"{name}: {count}, docs/operations.md#{RUNBOOKS.get(name, 'when-an-alarm-calls')}"
        for name, count in full.items()
    ]
    return wrong(
        f"{sum(full.values())} messages were given up",
        "read why in the function's log, mend it, send them again: the runbook says how",
        shown,
    )


def judged_retention(kept: Sequence[Kept], forever: Sequence[str]) -> Finding:
    """For how long things are kept, against the settings.

    Args:
        kept: Logs and what lies in the bucket.
        forever: Tables that delete nothing, or that have no copy of the last days.
    """
    shown = [f"{one}" for one in forever]
    for one in kept:
        if one.days != one.wanted:
            days = "for ever" if one.days is None else f"for {one.days} days"
            shown.append(f"{one.what}: kept {days}, {one.wanted} are set")
    if shown:
        return wrong(
            "things are kept for another time than is set",
            "make deploy sets it anew; who changed it by hand?",
            shown,
        )
    wanted = {one.what: one.wanted or 0 for one in kept}
    if wanted.get(RECORDINGS, 0) > wanted.get(REPORTS, 0):
        return wrong(
            "recordings are kept for longer than the calls: nothing leads from a number to one"
            " whose call is gone, so whoever is forgotten then is still to be heard",
            "set RecordingDays to RetentionDays or less, and deploy",
        )
    beside = f", {len(kept)} logs and folders" if kept else ""
    return ok(f"tables{beside}: as set")

"""Around an attempt: the customer, what the customer permits, the campaign, the one switch.

Each is one item with a version, so that a claim can demand: still as it was when I judged it.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.permission.domain.call_memory import HISTORY_DAYS, LONGEST_HISTORY

if TYPE_CHECKING:
    from contact_center.permission.domain.permission import Permission

_MS_PER_DAY = 86_400_000

MOST_TALKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One person's telephone: who is ringing it, and when it rang.

    Attributes:
        number: E.164.
        held_by: The attempt that rings or talks now, or None: the lock.
        talks: Other calls this telephone is in, above all those it rang us with: the holder of
            the call's line, and until when that is believed, machine ms since 1970.
        came: The holder of the latest of those calls, which may be over.
        rung: By POST (`attempt.k`), when it counts: the later of slot and true ring, in civil
            ms since 1970.
        conversation_at_ms: The last conversation that ended, civil.
        conversation_before_ms: The one before it.
        refusal_at_ms: The last "not interested", civil.
        version: 0 when nothing is stored; every write raises it.
    """

    number: str = field(repr=False)
    held_by: str | None = None
    talks: tuple[tuple[str, int], ...] = ()
    came: str | None = None
    rung: tuple[tuple[str, int], ...] = ()
    conversation_at_ms: int | None = None
    conversation_before_ms: int | None = None
    refusal_at_ms: int | None = None
    version: int = 0

    def held(self, attempt_id: str) -> Customer:
        """The customer while this attempt rings."""
        return replace(self, held_by=attempt_id)

    def freed(self, attempt_id: str) -> Customer:
        """The customer when this attempt is over; another's hold stays."""
        return replace(self, held_by=None) if self.held_by == attempt_id else self

    def busy_at(self, at_ms: int, attempt_id: str | None = None) -> bool:
        """Whether an attempt must not ring now because this telephone is in a call with us.

        Args:
            at_ms: The instant it would ring, machine ms since 1970.
            attempt_id: Who asks: its own hold is no obstacle.
        """
        held = self.held_by is not None and self.held_by != attempt_id
        return held or any(until_ms > at_ms for _, until_ms in self.talks)

    def talking(self, holder: str, until_ms: int, now_ms: int) -> Customer:
        """The customer in another call, whose end nobody may tell: believed until then."""
        known = dict(self.talks)
        known.setdefault(holder, until_ms)
        return replace(self, talks=_talks({one: at for one, at in known.items() if at > now_ms}))

    def came_in(self, holder: str, until_ms: int, now_ms: int) -> Customer:
        """The customer in a call with us, as `talking`, which is the latest."""
        return replace(self.talking(holder, until_ms, now_ms), came=holder)

    def hung_up(self, holder: str) -> Customer:
        """The customer when another call is over."""
        return replace(self, talks=_talks({one: at for one, at in self.talks if one != holder}))

    def rang(self, name: str, at_ms: int) -> Customer:
        """The customer with a ring that counts, no earlier than known before.

        Args:
            name: The POST, `attempt.k`.
            at_ms: Its slot or the true ring, civil ms since 1970.
        """
        rung = dict(self.rung)
        rung[name] = max(rung.get(name, 0), at_ms)
        oldest_ms = max(rung.values()) - HISTORY_DAYS * _MS_PER_DAY
        kept = sorted((at, one) for one, at in rung.items() if at > oldest_ms)
        return replace(self, rung=tuple((one, at) for at, one in kept[-LONGEST_HISTORY:]))

    def not_rung(self, name: str) -> Customer:
        """The customer without a ring that certainly was none."""
        return replace(self, rung=tuple(entry for entry in self.rung if entry[0] != name))

    def talked(self, at_ms: int) -> Customer:
        """The customer after a conversation that ended then, civil ms since 1970."""
        known = {self.conversation_at_ms, self.conversation_before_ms, at_ms}
        latest, *older = sorted((one for one in known if one is not None), reverse=True)
        return replace(
            self, conversation_at_ms=latest, conversation_before_ms=next(iter(older), None)
        )

    def refused(self, at_ms: int) -> Customer:
        """The customer after he was told not to be interested, civil ms since 1970."""
        return replace(self, refusal_at_ms=max(self.refusal_at_ms or 0, at_ms))

    def not_talked(self, at_ms: int) -> Customer:
        """The customer without a conversation that turned out to be none."""
        known = (self.conversation_at_ms, self.conversation_before_ms)
        left = [one for one in known if one is not None and one != at_ms]
        latest, before = [*left, None, None][:2]
        return replace(self, conversation_at_ms=latest, conversation_before_ms=before)


def _talks(by_holder: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """In order; a telephone is in few calls at once, whatever a forged caller id claims."""
    return tuple(sorted(by_holder.items(), key=lambda one: one[1])[-MOST_TALKS:])


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignGate:
    """As much of a campaign as a claim depends on.

    Attributes:
        running: Whether its contacts may be called now.
        version: Rises when it is started, paused, resumed, stopped or cancelled, and not when
            figures are counted.
        end_at_ms: From then on no call of it leaves, civil ms since 1970; None: it has no end.
    """

    campaign_id: str
    running: bool
    version: int
    end_at_ms: int | None = None

    def open_at(self, civil_ms: int) -> bool:
        """Whether a call of it may leave at an instant, civil ms since 1970.

        The planner writes down that a campaign is over minutes after its end.
        """
        return self.running and (self.end_at_ms is None or civil_ms < self.end_at_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialingSwitch:
    """The one switch that stops every dial."""

    stopped: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything besides the attempt that decides whether it may leave now.

    `campaign` is None for a call without a campaign, and for a campaign that does not exist.
    """

    customer: Customer
    permission: Permission
    campaign: CampaignGate | None
    switch: DialingSwitch

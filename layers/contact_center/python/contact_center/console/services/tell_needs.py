"""What each thing of ours says to whoever is to see to it; None: it needs nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.console.domain.needs import Need, NeedKind
from contact_center.conversations.domain.facts import RecordingTold
from contact_center.conversations.services.follow_ups import follow_up_id, voicemail_id
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.hold_lines import CALL_HOLDER
from contact_center.dialing.services.hold_visit_lines import VISIT_HOLDER
from contact_center.figures.services.roll_up_ports import COUNTED_CALL, COUNTED_VISIT
from contact_center.forgetting.domain.forgetting import StoreState
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.path_ids import path_id
from contact_center.kernel.set_aside import Thing
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.visits.domain.visit_parts import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.console.services.need_ports import Aside, FailedImport
    from contact_center.conversations.services.ports.follow_ups import FollowUp
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.dialing_ports import LineLease
    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.records.services.effect_store_ports import DeadEffect
    from contact_center.visits.domain.visits import Visit

UNREADABLE = "a newer release wrote it"
FAILED_IMPORTS_MS = 7 * 24 * 60 * 60 * 1000  # of older ones nobody thinks any more


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRules:
    """By what it is judged whether time alone has made a thing need somebody.

    Attributes:
        is_overdue: Whether a caller should have been called back by now.
        longest_line_ms: How long a line is held at most.
    """

    clock: Clock
    civil: CivilTime
    is_overdue: Callable[[QueueEntry], bool]
    longest_line_ms: int

    def civil_ms(self) -> int:
        """Now, civil ms since 1970."""
        return int(self.civil.at(self.clock.now_ms()).timestamp() * 1000)

    def attempt(self, one: DialAttempt) -> Need | None:
        """An attempt in doubt, or one that was set aside."""
        doubtful = one.state is AttemptState.DOUBTFUL
        if not doubtful and not one.set_aside:
            return None
        return Need(
            kind=NeedKind.DIAL_IN_DOUBT if doubtful else NeedKind.ATTEMPT_SET_ASIDE,
            of_id=one.attempt_id,
            since_ms=one.slot_at_ms or one.request.created_at_ms,
            says=one.name if one.posts else "",
            number=one.request.number,
            call_id=one.call_id,
            campaign_id=one.request.campaign_id,
        )

    def unreadable_attempt(self, attempt_id: str) -> Need:
        """One of which this release can read nothing."""
        kind = NeedKind.ATTEMPT_SET_ASIDE
        return Need(kind=kind, of_id=attempt_id, since_ms=None, says=UNREADABLE)

    def aside(self, one: Aside) -> Need | None:
        """One of many that failed ten times."""
        thing, of_id = one.trouble.thing, one.trouble.of_id
        if not one.trouble.is_aside:
            return None
        call_id, visit_id = _whose(thing, of_id)
        return Need(
            kind=NeedKind.SET_ASIDE,
            of_id=one.name,
            since_ms=one.trouble.since_ms,
            says=f"{thing} {one.trouble.cause}",
            call_id=call_id,
            visit_id=visit_id,
        )

    def dead_effect(self, one: DeadEffect) -> Need:
        """What was given up of what must happen elsewhere."""
        return Need(
            kind=NeedKind.DEAD_EFFECT,
            of_id=one.effect.effect_id,
            since_ms=one.died_at_ms,
            says=f"{one.effect.receiver} {one.cause}",
            number=one.effect.customer if one.effect.customer.startswith("+") else None,
            call_id=one.effect.call_id,
        )

    def callback(self, entry: QueueEntry) -> Need | None:
        """A caller who should have been called back by now, or could not be."""
        failed = entry.state not in IS_CALLED
        if not failed and not self.is_overdue(entry):
            return None
        kept = entry.kept
        return Need(
            kind=NeedKind.CALLBACK_FAILED if failed else NeedKind.CALLBACK_OVERDUE,
            of_id=entry.visit_id,
            since_ms=entry.place_ms,
            says="" if kept is None else kept.because or "",
            number=entry.number,
            department=entry.department,
        )

    def follow_up(self, one: FollowUp, number: str | None) -> Need:
        """What a caller left; of a recording that is lost why, which is a word of ours too."""
        told = one.called
        lost = isinstance(told, RecordingTold)
        return Need(
            kind=NeedKind.RECORDING_LOST if lost else NeedKind.FOLLOW_UP,
            of_id=follow_up_id(one),
            since_ms=one.asked_at_ms,
            says=told.reason if isinstance(told, RecordingTold) else told.follow_up or "",
            number=number,
            call_id=told.call_id,
        )

    def voicemail(self, visit: Visit) -> Need | None:
        """A message after the tone; why nobody was there is what he had come to before."""
        if visit.left_ms is None:
            return None
        causes = [cause for one, cause in visit.endings.items() if one != Outcome.VOICEMAIL]
        return Need(
            kind=NeedKind.VOICEMAIL,
            of_id=voicemail_id(visit.visit_id),
            since_ms=visit.left_ms,
            says=min(causes, default=""),
            number=visit.caller,
            visit_id=visit.visit_id,
            department=visit.department,
        )

    def campaign(self, one: Campaign) -> Need | None:
        """A campaign that stopped by itself."""
        if not one.stopped_by_itself:
            return None
        return Need(
            kind=NeedKind.CAMPAIGN_STOPPED,
            of_id=one.campaign_id,
            since_ms=one.changed_at_ms,
            says=one.reason,
            campaign_id=one.campaign_id,
        )

    def rest(self, number_id: str, until_ms: int, reason: str) -> Need | None:
        """A number of ours that rests."""
        if until_ms <= self.civil_ms():
            return None
        return Need(kind=NeedKind.NUMBER_RESTS, of_id=number_id, since_ms=None, says=reason)

    def failed_import(self, one: FailedImport) -> Need | None:
        """A list that could not be taken in."""
        if one.failed_at_ms < self.clock.now_ms() - FAILED_IMPORTS_MS:
            return None
        return Need(
            kind=NeedKind.IMPORT_FAILED,
            of_id=one.import_id,
            since_ms=one.failed_at_ms,
            campaign_id=one.campaign_id,
        )

    def forgetting(self, one: Forgetting) -> Need | None:
        """Somebody whom some store still holds a day after he was to be forgotten."""
        if not one.open or one.overdue_from_ms >= self.clock.now_ms():
            return None
        held = (store for store, reached in one.stores.items() if reached.state is StoreState.OPEN)
        return Need(
            kind=NeedKind.FORGETTING_UNFINISHED,
            of_id=one.forget_id,
            since_ms=one.asked_ms,
            says=", ".join(sorted(store.value for store in held)),
        )

    def line(self, one: LineLease) -> Need | None:
        """A line that is held for longer than any call lasts."""
        if one.taken_at_ms >= self.clock.now_ms() - self.longest_line_ms:
            return None
        return Need(
            kind=NeedKind.LINE_LOST,
            of_id=path_id(one.holder) or "",
            since_ms=one.taken_at_ms,
            number=one.number,
        )


def _whose(thing: Thing, of_id: str) -> tuple[str | None, str | None]:
    """The call and the visit that something set aside belongs to."""
    match thing:
        case Thing.PERSON | Thing.NOTICE:
            return None, None
        case Thing.LINE:
            return _after(CALL_HOLDER, of_id), _after(VISIT_HOLDER, of_id)
        case Thing.COUNT:
            return _after(COUNTED_CALL, of_id), _after(COUNTED_VISIT, of_id)
        case Thing.OFFER:
            return None, of_id.partition("/")[0]
        case _:
            return None, of_id


def _after(prefix: str, of_id: str) -> str | None:
    return of_id.removeprefix(prefix) if of_id.startswith(prefix) else None

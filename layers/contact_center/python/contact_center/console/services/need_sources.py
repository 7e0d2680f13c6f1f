"""Where what waits for a person is found, kind by kind: none of them scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.caller_numbers import DEFAULT_NUMBER
from contact_center.campaigns.domain.campaigns import BROKEN_REASON, CampaignState
from contact_center.console.domain.needs import Need, NeedKind
from contact_center.console.services.need_ports import FoundNeeds
from contact_center.conversations.domain.facts import RecordingTold
from contact_center.conversations.services.follow_ups import follow_up_id, voicemail_id
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.hold_lines import CALL_HOLDER
from contact_center.dialing.services.hold_visit_lines import VISIT_HOLDER
from contact_center.forgetting.domain.forgetting import StoreState
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.path_ids import path_id
from contact_center.kernel.set_aside import Thing
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.visits.domain.visits import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.services.campaign_ports import CampaignLists, CampaignStore
    from contact_center.console.services.need_ports import (
        Aside,
        DoubtBook,
        FailedImports,
        Rests,
        Unfinished,
    )
    from contact_center.conversations.services.follow_up_ports import FollowUp, FollowUps
    from contact_center.dialing.services.dialing_ports import LineBook
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.queue_ports import QueueBook
    from contact_center.records.services.effect_store_ports import EffectBook
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import LeftMessages

MOST = 100  # of each kind: then there are more
CAMPAIGNS_LOOKED_AT = 100
FORGETTING_MS = 24 * 60 * 60 * 1000  # queues let go of a message within hours
UNREADABLE = "a newer release wrote it"
FAILED_IMPORTS_MS = 7 * 24 * 60 * 60 * 1000  # of older ones nobody thinks any more


@dataclass(frozen=True, slots=True)
class Doubts:
    """Attempts in doubt, and whatever was set aside."""

    book: DoubtBook
    name: str = "doubts"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        found = self.book.waiting(MOST)
        needs = [
            Need(
                kind=NeedKind.DIAL_IN_DOUBT
                if one.state is AttemptState.DOUBTFUL
                else NeedKind.ATTEMPT_SET_ASIDE,
                of_id=one.attempt_id,
                since_ms=one.slot_at_ms or one.request.created_at_ms,
                says=one.name if one.posts else "",
                number=one.request.number,
                call_id=one.call_id,
                campaign_id=one.request.campaign_id,
            )
            for one in found.attempts
        ]
        needs += [
            Need(kind=NeedKind.ATTEMPT_SET_ASIDE, of_id=one, since_ms=None, says=UNREADABLE)
            for one in found.unreadable
        ]
        return FoundNeeds(needs + [_aside(one) for one in found.aside], found.complete)


def _aside(one: Aside) -> Need:
    thing, of_id = one.trouble.thing, one.trouble.of_id
    visit_id = {
        Thing.OFFER: of_id.partition("/")[0],
        Thing.LINE: of_id.removeprefix(VISIT_HOLDER) if of_id.startswith(VISIT_HOLDER) else None,
        Thing.PERSON: None,
    }.get(thing, of_id)
    return Need(
        kind=NeedKind.SET_ASIDE,
        of_id=one.name,
        since_ms=one.trouble.since_ms,
        says=f"{thing} {one.trouble.cause}",
        call_id=of_id.removeprefix(CALL_HOLDER) if of_id.startswith(CALL_HOLDER) else None,
        visit_id=visit_id,
    )


@dataclass(frozen=True, slots=True)
class DeadEffects:
    """What was given up of what must happen elsewhere."""

    book: EffectBook
    name: str = "dead_effects"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        page = self.book.dead(None, MOST, None)
        needs = [
            Need(
                kind=NeedKind.DEAD_EFFECT,
                of_id=one.effect.effect_id,
                since_ms=one.died_at_ms,
                says=f"{one.effect.receiver} {one.cause}",
                number=one.effect.customer if one.effect.customer.startswith("+") else None,
                call_id=one.effect.call_id,
            )
            for one in page.effects
        ]
        return FoundNeeds(needs, page.cursor is None)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Callers who should have been called back by now, or could not be."""

    queue: QueueBook
    is_overdue: Callable[[QueueEntry], bool]
    name: str = "callbacks"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        found = self.queue.kept_places(MOST)
        needs = [self._need(one) for one in found.entries if self._waits(one)]
        return FoundNeeds(needs, found.complete)

    def _waits(self, entry: QueueEntry) -> bool:
        return entry.state not in IS_CALLED or self.is_overdue(entry)

    def _need(self, entry: QueueEntry) -> Need:
        failed = entry.state not in IS_CALLED
        kept = entry.kept
        return Need(
            kind=NeedKind.CALLBACK_FAILED if failed else NeedKind.CALLBACK_OVERDUE,
            of_id=entry.visit_id,
            since_ms=entry.place_ms,
            says="" if kept is None else kept.because or "",
            number=entry.number,
            department=entry.department,
        )


@dataclass(frozen=True, slots=True)
class LeftForPeople:
    """What callers left: messages, wishes, bookings; and recordings of them that are lost."""

    follow_ups: FollowUps
    name: str = "follow_ups"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        page = self.follow_ups.waiting(MOST, None)
        needs = [
            Need(
                kind=_kind(one),
                of_id=follow_up_id(one),
                since_ms=one.asked_at_ms,
                says=_says(one),
                number=one.record.value("customer_number") if one.record else None,
                call_id=one.called.call_id,
            )
            for one in page.follow_ups
        ]
        return FoundNeeds(needs, page.cursor is None)


@dataclass(frozen=True, slots=True)
class Voicemails:
    """Messages that callers left after the tone."""

    messages: LeftMessages
    name: str = "voicemails"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        visits, complete = self.messages.left(MOST)
        needs = [
            Need(
                kind=NeedKind.VOICEMAIL,
                of_id=voicemail_id(one.visit_id),
                since_ms=one.left_ms,
                says=_cause(one),
                number=one.caller,
                visit_id=one.visit_id,
                department=one.department,
            )
            for one in visits
            if one.left_ms is not None
        ]
        return FoundNeeds(needs, complete)


def _cause(visit: Visit) -> str:
    """Why nobody was there for him: what he had come to before he left a message."""
    causes = [cause for one, cause in visit.endings.items() if one != Outcome.VOICEMAIL]
    return min(causes, default="")


def _kind(one: FollowUp) -> NeedKind:
    lost = isinstance(one.called, RecordingTold)
    return NeedKind.RECORDING_LOST if lost else NeedKind.FOLLOW_UP


def _says(one: FollowUp) -> str:
    """Its kind; of a recording why it was lost, which is a word of ours too."""
    told = one.called
    return told.reason if isinstance(told, RecordingTold) else told.follow_up or ""


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Campaigns that stopped by themselves, and numbers of ours that rest."""

    campaigns: CampaignStore
    rests: Rests
    civil: CivilTime
    clock: Clock
    name: str = "campaigns"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        page = self.campaigns.page(CAMPAIGNS_LOOKED_AT, None)
        needs = [
            Need(
                kind=NeedKind.CAMPAIGN_STOPPED,
                of_id=one.campaign_id,
                since_ms=one.changed_at_ms,
                says=one.reason,
                campaign_id=one.campaign_id,
            )
            for one in page.campaigns
            if one.state is CampaignState.STOPPED or _broke(one)
        ]
        ours = {one.wish.phone_number_id or DEFAULT_NUMBER for one in page.campaigns}
        return FoundNeeds([*needs, *self._resting({DEFAULT_NUMBER, *ours})], page.cursor is None)

    def _resting(self, numbers: set[str]) -> list[Need]:
        now_ms = int(self.civil.at(self.clock.now_ms()).timestamp() * 1000)
        return [
            Need(kind=NeedKind.NUMBER_RESTS, of_id=one, since_ms=None, says=reason)
            for one, (until_ms, reason) in sorted(self.rests.rests(sorted(numbers)).items())
            if until_ms > now_ms
        ]


def _broke(campaign: Campaign) -> bool:
    """Whether it has paused by itself; one that spent what it may has done as it was told."""
    return campaign.state is CampaignState.PAUSED and campaign.reason == BROKEN_REASON


@dataclass(frozen=True, slots=True)
class FailedLists:
    """Lists that could not be taken in, and that nothing has mended since."""

    failed: FailedImports
    lists: CampaignLists
    clock: Clock
    name: str = "failed_imports"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource; a look at the campaign's lists for each campaign with a failed one."""
        found = self.failed.since(self.clock.now_ms() - FAILED_IMPORTS_MS, MOST)
        latest = {one: self._latest(one) for one in {each.campaign_id for each in found}}
        needs = [
            Need(
                kind=NeedKind.IMPORT_FAILED,
                of_id=one.import_id,
                since_ms=one.failed_at_ms,
                campaign_id=one.campaign_id,
            )
            for one in found
            if latest[one.campaign_id] == one.import_id
        ]
        return FoundNeeds(needs, len(found) < MOST)

    def _latest(self, campaign_id: str) -> str | None:
        lists = self.lists.of_campaign(campaign_id)
        return max(lists, key=lambda one: one.created_at_ms).import_id if lists else None


@dataclass(frozen=True, slots=True)
class Forgettings:
    """People whom some store still holds a day after they were to be forgotten."""

    book: Unfinished
    clock: Clock
    name: str = "forgettings"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        found, complete = self.book.unfinished(MOST)
        until_ms = self.clock.now_ms() - FORGETTING_MS
        needs = [
            Need(
                kind=NeedKind.FORGETTING_UNFINISHED,
                of_id=one.forget_id,
                since_ms=one.asked_ms,
                says=", ".join(
                    sorted(
                        store.value
                        for store, reached in one.stores.items()
                        if reached.state is StoreState.OPEN
                    )
                ),
            )
            for one in found
            if one.open and one.asked_ms < until_ms
        ]
        return FoundNeeds(needs, complete)


@dataclass(frozen=True, slots=True)
class LostLines:
    """Lines that are held for longer than any call lasts."""

    lines: LineBook
    longest_ms: int
    clock: Clock
    name: str = "lost_lines"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        oldest_ms = self.clock.now_ms() - self.longest_ms
        needs = [
            Need(
                kind=NeedKind.LINE_LOST,
                of_id=path_id(one.holder) or "",
                since_ms=one.taken_at_ms,
                number=one.number,
            )
            for one in self.lines.held()
            if one.taken_at_ms < oldest_ms
        ]
        return FoundNeeds(needs)

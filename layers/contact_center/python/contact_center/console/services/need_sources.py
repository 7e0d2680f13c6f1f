"""Where what waits for a person is found by the lists that the machine itself works off.

The strip is told from these, by turns; what carries no mark of the index `needs` gets one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.caller_numbers import DEFAULT_NUMBER
from contact_center.console.services.need_ports import FoundNeeds
from contact_center.console.services.tell_needs import FAILED_IMPORTS_MS
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.campaigns.services.campaign_ports import CampaignLists, CampaignStore
    from contact_center.console.domain.needs import Need
    from contact_center.console.services.need_ports import (
        DoubtBook,
        FailedImports,
        Rests,
        Unfinished,
    )
    from contact_center.console.services.tell_needs import NeedRules
    from contact_center.conversations.services.ports.follow_ups import FollowUps
    from contact_center.dialing.services.dialing_ports import LineBook
    from contact_center.queue.services.queue_ports import QueueBook
    from contact_center.records.services.effect_store_ports import EffectBook
    from contact_center.visits.services.visit_ports import LeftMessages

MOST = 100  # of each kind: then there are more
CAMPAIGNS_LOOKED_AT = 100


def _found(needs: Iterable[Need | None], *, complete: bool = True) -> FoundNeeds:
    return FoundNeeds([one for one in needs if one is not None], complete)


@dataclass(frozen=True, slots=True)
class Doubts:
    """Attempts in doubt, and whatever was set aside."""

    rules: NeedRules
    book: DoubtBook
    name: str = "doubts"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        found, rules = self.book.waiting(MOST), self.rules
        needs = [
            *map(rules.attempt, found.attempts),
            *map(rules.unreadable_attempt, found.unreadable),
            *map(rules.aside, found.aside),
        ]
        return _found(needs, complete=found.complete)


@dataclass(frozen=True, slots=True)
class DeadEffects:
    """What was given up of what must happen elsewhere."""

    rules: NeedRules
    book: EffectBook
    name: str = "dead_effects"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        page = self.book.dead(None, MOST, None)
        return _found(map(self.rules.dead_effect, page.effects), complete=page.cursor is None)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Callers who should have been called back by now, or could not be."""

    rules: NeedRules
    queue: QueueBook
    name: str = "callbacks"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        found = self.queue.kept_places(MOST)
        return _found(map(self.rules.callback, found.entries), complete=found.complete)


@dataclass(frozen=True, slots=True)
class LeftForPeople:
    """What callers left: messages, wishes, bookings; and recordings of them that are lost."""

    rules: NeedRules
    follow_ups: FollowUps
    name: str = "follow_ups"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        page = self.follow_ups.waiting(MOST, None)
        needs = (
            self.rules.follow_up(one, one.record.value("customer_number") if one.record else None)
            for one in page.follow_ups
        )
        return _found(needs, complete=page.cursor is None)


@dataclass(frozen=True, slots=True)
class Voicemails:
    """Messages that callers left after the tone."""

    rules: NeedRules
    messages: LeftMessages
    name: str = "voicemails"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        visits, complete = self.messages.left(MOST)
        return _found(map(self.rules.voicemail, visits), complete=complete)


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Campaigns that stopped by themselves, and numbers of ours that rest."""

    rules: NeedRules
    campaigns: CampaignStore
    rests: Rests
    name: str = "campaigns"
    requests: int = 2

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        page = self.campaigns.page(CAMPAIGNS_LOOKED_AT, None)
        ours = {one.wish.phone_number_id or DEFAULT_NUMBER for one in page.campaigns}
        rests = self.rests.rests(sorted({DEFAULT_NUMBER, *ours}))
        needs = [
            *map(self.rules.campaign, page.campaigns),
            *(self.rules.rest(one, *rest) for one, rest in sorted(rests.items())),
        ]
        return _found(needs, complete=page.cursor is None)


@dataclass(frozen=True, slots=True)
class FailedLists:
    """Lists that could not be taken in, and that nothing has mended since."""

    rules: NeedRules
    failed: FailedImports
    lists: CampaignLists
    name: str = "failed_imports"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource; a look at the campaign's lists for each campaign with a failed one."""
        found = self.failed.since(self.rules.clock.now_ms() - FAILED_IMPORTS_MS, MOST)
        latest = {one: self._latest(one) for one in {each.campaign_id for each in found}}
        left = (one for one in found if latest[one.campaign_id] == one.import_id)
        return _found(map(self.rules.failed_import, left), complete=len(found) < MOST)

    def _latest(self, campaign_id: str) -> str | None:
        lists = self.lists.of_campaign(campaign_id)
        return max(lists, key=lambda one: one.created_at_ms).import_id if lists else None


@dataclass(frozen=True, slots=True)
class Forgettings:
    """People whom some store still holds a day after they were to be forgotten."""

    rules: NeedRules
    book: Unfinished
    name: str = "forgettings"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        found, complete = self.book.unfinished(MOST)
        return _found(map(self.rules.forgetting, found), complete=complete)


@dataclass(frozen=True, slots=True)
class LostLines:
    """Lines that are held for longer than any call lasts."""

    rules: NeedRules
    lines: LineBook
    name: str = "lost_lines"
    requests: int = 1

    def find(self) -> FoundNeeds:
        """See NeedSource."""
        return _found(map(self.rules.line, self.lines.held()))

"""What planning works with, and the figures it goes by."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import BreakerPolicy
from contact_center.dialing.domain.pacing import PaceLimits
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import (
        CallerRests,
        CampaignHead,
        CampaignLists,
        CampaignStore,
        ContactStore,
        PeopleBook,
        PlannerNotes,
    )
    from contact_center.dialing.services.dialing_ports import (
        DialJobs,
        MayCall,
        Outcomes,
        SlotBook,
        SwitchBoard,
    )
    from contact_center.dialing.services.ledger_ports import AttemptLedger
    from contact_center.kernel.ports import CivilTime, Clock, Metrics
    from contact_center.permission.domain.dialing_rules import DialingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """The planner's figures. Civil unless said otherwise.

    Attributes:
        limits: Of pacing; `horizon_ms` is how far ahead slots are reserved (machine).
        campaigns_per_tick: So many at most are looked at.
        rest_ms: A campaign that was served is not looked at again sooner: a doubled tick.
        idle_ms: One that has nothing due is looked at again after this at the latest, as long
            as calls of it are under way, or an index may not show yet who is due next. It is
            longer than any index lags.
        asleep_ms: And after this at the latest when it sleeps until its next contact is due:
            whoever died before waking it is made up for.
        check_ms: An attempt is looked after so long after it was planned.
        check_again_ms: And again so long after it was found open.
        expires_ms: A planned attempt that was not dialled by then is given up (machine).
        overdue_ms: Its job is sent again so long after its slot (machine).
        page: Contacts read at once; pages: so many times at most for one campaign.
        batch: Calls in one request for slots.
        expected_call_micros: What a call is reckoned to cost before any price is known.
        expected_leg_micros: What a leg is, before its own price: three minutes, begun ones whole.
        breaker: When failing calls pause a campaign.
        import_quiet_ms: An import untouched for so long keeps no campaign from finishing.
        ending_ms: What is kept at the end of an invocation to send what was planned (machine).
    """

    limits: PaceLimits = field(default_factory=PaceLimits)
    campaigns_per_tick: int = 200
    rest_ms: int = 30_000
    idle_ms: int = 300_000
    asleep_ms: int = 6 * 3_600_000
    check_ms: int = 300_000
    check_again_ms: int = 1_800_000
    expires_ms: int = 3_600_000
    overdue_ms: int = 60_000
    page: int = 100
    pages: int = 8
    batch: int = 100
    expected_call_micros: int = 250_000
    expected_leg_micros: int = 45_000
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)
    import_quiet_ms: int = 3_600_000
    ending_ms: int = 15_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParts:
    """What planning needs.

    Attributes:
        outcomes: Who is told of an attempt that is found settled (finish_attempt).
    """

    campaigns: CampaignStore
    contacts: ContactStore
    imports: CampaignLists
    people: PeopleBook
    ledger: AttemptLedger
    switch: SwitchBoard
    slots: SlotBook
    jobs: DialJobs
    notes: PlannerNotes
    rests: CallerRests
    outcomes: Outcomes
    rules: DialingRules
    may_call: MayCall
    clock: Clock
    civil: CivilTime
    metrics: Metrics
    settings: PlanSettings = field(default_factory=PlanSettings)

    def now_ms(self) -> int:
        """Civil ms since 1970."""
        return round(self.civil.at(self.clock.now_ms()).timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A campaign as the planner found it, with whom it could call now.

    Attributes:
        urgent: Those who asked to be called, first; `others` after them.
        room: So many calls at most, by caps and pace.
        more: Whether more contacts are due than were read.
        quiet: Whether the windows of all who were read are closed.
        idle: Whether nobody was due to be called.
    """

    head: CampaignHead
    room: int
    urgent: tuple[CampaignContact, ...] = ()
    others: tuple[CampaignContact, ...] = ()
    more: bool = False
    quiet: bool = False
    idle: bool = False

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.head.campaign

    @property
    def callable(self) -> tuple[CampaignContact, ...]:
        """All who could be called now, in the order in which they should be."""
        return self.urgent + self.others

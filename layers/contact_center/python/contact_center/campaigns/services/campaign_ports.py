"""What campaigns need of the world, as Protocols. Adapters and fakes implement them.

As in dialing_ports.py: reads are consistent unless they say otherwise, and a write that is not
known to have happened raises StoreUnavailableError (kernel/ports.py) and may have happened.
Times are civil ms since 1970 unless a name says machine.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.campaigns.domain.campaigns import Campaign, Figures, PlanNote, Tally
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.permission.domain.permission import Permission


# -- campaigns -------------------------------------------------------------------------------


class CampaignMovedOnError(Exception):
    """The campaign has changed since it was read; nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignHead:
    """A campaign and all that is counted of it; small, whatever the size of its list."""

    campaign: Campaign
    note: PlanNote
    figures: Figures
    tallies: Sequence[Tally]


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One page of campaigns, the newest first; `cursor` is None on the last one.

    `unreadable` names those that this release cannot read.
    """

    campaigns: Sequence[Campaign]
    cursor: str | None
    unreadable: Sequence[str] = ()


class CampaignStore(Protocol):
    """Campaigns, the planner's notes on them, and their figures."""

    def create(self, campaign: Campaign) -> bool:
        """Put a campaign, version 1, unless there is one of that id; False then."""
        ...

    def read(self, campaign_id: str) -> Campaign | None:
        """The campaign, or None."""
        ...

    def head(self, campaign_id: str, tallies_since_ms: int) -> CampaignHead | None:
        """The campaign with note, figures and the tallies of the time since; or None."""
        ...

    def save(
        self,
        before: Campaign,
        after: Campaign,
        look_at_ms: int | None,
        snapshot: Mapping[str, object] | None = None,
    ) -> Campaign:
        """Write `after` with the next version, and when the planner is to look at it.

        One transaction. `look_at_ms` None takes the campaign off the planner's list; a
        snapshot replaces the one there was.

        Returns:
            The campaign as stored.

        Raises:
            CampaignMovedOnError: The stored version is not `before.version`.
        """
        ...

    def snapshot(self, campaign_id: str) -> Mapping[str, object] | None:
        """Assistant and policy as they were when the campaign started, or None."""
        ...

    def note(
        self, campaign_id: str, before: PlanNote, after: PlanNote, *, unless_woken: bool = False
    ) -> bool:
        """Replace the planner's note; False when it has changed since `before` was read.

        `unless_woken`: also when `look_soon` was asked for meanwhile, to whatever end.
        """
        ...

    def stumble(self, campaign_id: str, again_at_ms: int) -> int:
        """Put off a campaign that could not be looked at; how often that was in a row by now.

        It needs nothing of the campaign to be readable. A note or a change of state ends the
        row. 0: it is not on the planner's list.
        """
        ...

    def look_soon(self, campaign_id: str, at_ms: int) -> None:
        """Have the planner look at a running campaign no later than this.

        To be asked for after whatever it is to find has been written. The note says that it was
        (`woken`), also when the planner was to look sooner, and says so until it is replaced.
        """
        ...

    def to_look_at(self, now_ms: int, limit: int) -> Sequence[str]:
        """Ids of running campaigns whose time to be looked at has come, the longest due first.

        From an index, so it may lag.
        """
        ...

    def page(self, limit: int, cursor: str | None) -> CampaignPage:
        """Campaigns for an operator, from an index. Raises BadCursorError."""
        ...


# -- contacts --------------------------------------------------------------------------------


class DueQueue(StrEnum):
    """What contacts are due for."""

    URGENT = "urgent"  # callbacks, and calls that take up one that broke off
    WAIT = "wait"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class DuePage:
    """Contacts that are due; `cursor` is None when there are no more.

    `unreadable` counts those that this release cannot read: they are passed over.
    """

    contacts: Sequence[CampaignContact]
    cursor: object | None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Contacts of a campaign in the order of their ids; `cursor` is None on the last page.

    `unreadable` names those that this release cannot read.
    """

    contacts: Sequence[CampaignContact]
    cursor: str | None
    unreadable: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """One step of a contact, with what it changes in the campaign's figures.

    Condition: the stored contact has before.version. `after` is written with the next one; the
    count of `before.label` falls by one and that of `after.label` rises, if they differ.

    Attributes:
        tally: Outcomes to add to the tally of their five minutes, or None; one that ended nothing
            corrects what was told before.
        spent_micros: Money to add, never less than nothing.
        priced: Calls to add; `unpriced` and `open_legs` likewise: each may be negative.
    """

    before: CampaignContact
    after: CampaignContact
    tally: Tally | None = None
    spent_micros: int = 0
    priced: int = 0
    unpriced: int = 0
    open_legs: int = 0


class MovedInPartError(StoreUnavailableError):
    """Of some steps it is not known whether they were made, or the table does not take them.

    Attributes:
        moved: The ids of those that certainly were.
    """

    def __init__(self, moved: frozenset[str]) -> None:
        super().__init__()
        self.moved = moved


class ContactStore(Protocol):
    """Contacts: one item each, found by id, or by what they are due for."""

    def read(self, campaign_id: str, contact_id: str) -> CampaignContact | None:
        """One contact, or None."""
        ...

    def read_many(
        self, campaign_id: str, contact_ids: Sequence[str]
    ) -> Mapping[str, CampaignContact]:
        """Contacts of a campaign by id; one that is not there is left out."""
        ...

    def due(
        self,
        campaign_id: str,
        queue: DueQueue,
        now_ms: int,
        limit: int,
        cursor: object | None = None,
    ) -> DuePage:
        """About so many contacts due by now, the longest due first; never a scan.

        From an index, so it may lag and show a contact that has moved on.
        """
        ...

    def earliest_due(self, campaign_id: str) -> int | None:
        """When the next contact is due for anything, None: none ever. From the index."""
        ...

    def move(self, changes: Sequence[ContactChange]) -> frozenset[str]:
        """Make each step whose contact is unchanged; the ids of those that were made.

        Contacts are independent of each other, whatever campaigns they are of; each goes with
        its own campaign's figures or not at all. Raises MovedInPartError: of some nobody knows,
        or the table does not take them; StoreRefusedError: there is but one, and it is such.
        """
        ...

    def page(self, campaign_id: str, limit: int, cursor: str | None) -> ContactPage:
        """All contacts of a campaign, page by page. Raises BadCursorError."""
        ...


# -- lists -----------------------------------------------------------------------------------


class CampaignList(Protocol):
    """As much of an import as decides whether its campaign may start, or has all its contacts."""

    @property
    def import_id(self) -> str:
        """Its id."""
        ...

    @property
    def failed(self) -> bool:
        """Whether the list that came is none, or could not be read to its end."""
        ...

    @property
    def fault(self) -> str:
        """Why it failed, with the line; empty when it has not."""
        ...

    @property
    def open(self) -> bool:
        """Whether contacts may still come of it."""
        ...

    @property
    def created_at_ms(self) -> int:
        """When it was opened."""
        ...

    @property
    def touched_at_ms(self) -> int:
        """When somebody last worked on it; 0: nobody has."""
        ...


class CampaignLists(Protocol):
    """The imports of campaigns, whoever works on them."""

    def of_campaign(self, campaign_id: str) -> Sequence[CampaignList]:
        """All imports of a campaign."""
        ...


# -- people ----------------------------------------------------------------------------------


class PeopleBook(Protocol):
    """What many people permit and what they have been through, for advice."""

    def read_many(self, numbers: Sequence[str]) -> Mapping[str, tuple[Customer, Permission]]:
        """By E.164; every number asked for has an entry, empty when nothing is stored.

        Only one whose items cannot be read is left out.
        """
        ...


# -- the planner -----------------------------------------------------------------------------


class PlannerNotes(Protocol):
    """What the planner remembers from tick to tick; losing it costs requests, nothing else."""

    def reserved_until(self) -> int:
        """Up to when slots have been reserved, machine ms since 1970; 0 at first."""
        ...

    def reserve_until(self, machine_ms: int) -> None:
        """Remember it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNotes:
    """What a campaign wants to know of a call, as far as it was told.

    Attributes:
        price_micros: Millionths of a USD, as far as told; None: nothing of it is.
        open_legs: Legs of the telephone that are to cost something more, nobody knows what.
        callback: When the customer was promised to be called again, as ISO 8601 in UTC (of an
            older release in their own local time, without a zone); None: they were not.
    """

    price_micros: int | None = None
    open_legs: int = 0
    callback: str | None = None


class CallBook(Protocol):
    """What the records of calls say."""

    def notes(self, call_id: str) -> CallNotes:
        """Of one call; nothing is known of a call without a record."""
        ...

    def notes_of_many(self, call_ids: Sequence[str]) -> Mapping[str, CallNotes]:
        """Of many calls, by id; one without a record is left out."""
        ...


class CallerRests(Protocol):
    """Our own numbers that carriers flag, and until when they rest."""

    def resting(self, phone_number_id: str, now_ms: int) -> int | None:
        """Until when the number rests, None: it does not."""
        ...

    def rest(self, phone_number_id: str, until_ms: int) -> None:
        """Let it rest until then; 0 ends the rest."""
        ...

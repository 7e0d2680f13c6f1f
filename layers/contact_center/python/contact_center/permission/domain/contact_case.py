"""One question of contactability: its inputs, and what follows from them before any verdict."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from contact_center.kernel.time_zones import whereabouts
from contact_center.permission.domain.calling_hours import HORIZON_DAYS
from contact_center.permission.domain.consent import (
    KINDS,
    Standing,
    needed_kind,
    standing_consent,
)
from contact_center.permission.domain.national_listing import NationalListing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.permission.domain.calling_hours import Hours
    from contact_center.permission.domain.contact_permission import CallHistory, Contact
    from contact_center.permission.domain.dialing_rule_rows import NationalList, Rule
    from contact_center.permission.domain.dialing_rules import Day, DialingRules


class NationalCheck(NamedTuple):
    """What came of the national list.

    Attributes:
        known: The list that covers the number, or None when the rules name none.
        fresh: Whether there is an import that is young enough.
        lifted_by: The consent or the relation that lifts the list, or None.
    """

    known: NationalList | None
    fresh: bool
    lifted_by: str | None


class Case:
    """A customer, an instant and the rules, with all that follows from them.

    Attributes:
        now: The instant asked about, in UTC.
        zones: Where the customer may be; empty when nobody knows and no fallback is set.
        zones_from: timezone, address, number, fallback or nothing.
        jurisdictions: Everything whose rules apply.
        rung_at: The calls so far, the latest first.
        consent_needed: The weakest kind of consent that will do.
        standing: The consent that stands.
        listing: The national list's word on the number, None when there is none.
        national: What came of it.
    """

    def __init__(
        self,
        number: PhoneNumber,
        contact: Contact,
        history: CallHistory,
        now: datetime,
        rules: DialingRules,
    ) -> None:
        self.number, self.contact, self.history = number, contact, history
        self.now, self.rules = now, rules
        place = whereabouts(
            number,
            rules.areas,
            now,
            timezone=contact.timezone,
            state=contact.state,
            postal_code=contact.postal_code,
        )
        fallback = rules.fallback_zones.get(rules.countries[number.country], ())
        names = place.zones or fallback
        self.zones = tuple(ZoneInfo(name) for name in names)
        self.zones_from = "fallback" if names and not place.zones else place.zones_from
        self.jurisdictions = rules.jurisdictions(number, place)
        self.rung_at = sorted(history.rung_at, reverse=True)
        self._days: dict[date, Day] = {}
        self._in_force: dict[frozenset[date], tuple[Rule, ...]] = {}
        asked = (rule.consent for rule in self.rules_on(now) if rule.consent)
        self.consent_needed = needed_kind(contact.purpose, asked)
        self.standing = self._standing()
        self.listing = self._listing()
        self.national = self._national()

    @property
    def national_list_forbids(self) -> bool:
        """Whether the national do-not-call list stands against the call."""
        return self.on_national_list or self.awaits_national_list

    @property
    def on_national_list(self) -> bool:
        """Whether the list names him, and nothing lifts it."""
        named = self.listing is not None and self.listing.listed
        return named and self.national.known is not None and self.national.lifted_by is None

    @property
    def awaits_national_list(self) -> bool:
        """Whether only a newer list can say that he is on none: not his word, and no refusal."""
        known, fresh, lifted_by = self.national
        if known is None or lifted_by is not None or self.on_national_list:
            return False
        return known.required and not fresh

    @property
    def awaits_holidays(self) -> bool:
        """Whether the tables of holidays that he is reckoned by end within the horizon."""
        _, last = self.rules.holidays_cover
        ends = (self.now + timedelta(days=HORIZON_DAYS)).date() > last
        closes = any(rule.holiday_sets for rule in self.rules_on(self.now))
        return bool(self.zones) and ends and closes

    def civil_days(self, at: datetime) -> frozenset[date]:
        """The calendar days it is at an instant, where the customer may be."""
        return frozenset(at.astimezone(zone).date() for zone in self.zones or (UTC,))

    def day(self, day: date) -> Day:
        """What the rules make of a civil day."""
        if day not in self._days:
            self._days[day] = self.rules.day(self.jurisdictions, day)
        return self._days[day]

    def hours_on(self, day: date) -> Hours | None:
        """The window of a civil day."""
        return self.day(day).hours

    def rules_on(self, at: datetime) -> tuple[Rule, ...]:
        """The rules in force at an instant."""
        days = self.civil_days(at)
        if days not in self._in_force:
            self._in_force[days] = self.rules.in_force(self.jurisdictions, days)
        return self._in_force[days]

    def _standing(self) -> Standing:
        """The consent that stands; else that to this one call, unless it would lift something."""
        contact, standing = self.contact, self._consent(self.consent_needed)
        if standing.consent is not None or contact.revoked_at or contact.reassigned_at:
            return standing
        given = contact.for_this_call
        enough = given is not None and KINDS.index(given.kind) >= KINDS.index(self.consent_needed)
        return Standing(given if enough else None, revoked=False)

    def _consent(self, needed: str) -> Standing:
        return standing_consent(
            self.contact.consents,
            needed,
            self.now,
            revoked_at=self.contact.revoked_at,
            reassigned_at=self.contact.reassigned_at,
        )

    def _listing(self) -> NationalListing | None:
        """What was said of this number, unless a complete list has been silent since."""
        own, country = self.contact.national, self.rules.countries[self.number.country]
        complete_at = self.contact.complete_lists.get(country)
        if complete_at is None or (own is not None and own.imported_at >= complete_at):
            return own
        return NationalListing(listed=False, imported_at=complete_at, country=country)

    def _national(self) -> NationalCheck:
        known = self.rules.national_lists.get(self.rules.countries[self.number.country])
        if known is None:
            return NationalCheck(None, fresh=False, lifted_by=None)
        listing = self.listing
        fresh = listing is not None and self._within(listing.imported_at, known.max_age_days)
        since: Mapping[str, tuple[datetime | None, int]] = {
            "relationship": (self.contact.relationship_at, known.relationship_days),
            "inquiry": (self.contact.inquiry_at, known.inquiry_days),
        }
        for exemption in known.lifted_by[self.contact.purpose]:
            if exemption in KINDS:
                lifted = self._consent(exemption).consent is not None
            else:
                at, days = since[exemption]
                lifted = at is not None and self._within(at, days)
            if lifted:
                return NationalCheck(known, fresh=fresh, lifted_by=exemption)
        return NationalCheck(known, fresh=fresh, lifted_by=None)

    def _within(self, at: datetime, days: int) -> bool:
        return self.now - timedelta(days=days) <= at <= self.now

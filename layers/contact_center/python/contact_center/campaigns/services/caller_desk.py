"""What operators see of our own numbers, and how they let one rest or call again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.caller_numbers import (
    DAY_MS,
    DEFAULT_NUMBER,
    HOUR_MS,
    CallerTally,
    RestPolicy,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso

if TYPE_CHECKING:
    from contact_center.campaigns.services.caller_ports import CallerBook
    from contact_center.campaigns.services.campaign_ports import CampaignStore
    from contact_center.kernel.ports import CivilTime, Clock

    type Json = dict[str, object]

NUMBER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
CAMPAIGNS_LOOKED_AT = 100
LONGEST_REST_HOURS = 24 * 90
OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerDesk:
    """Our numbers as operators handle them. Each method also raises StoreUnavailableError."""

    campaigns: CampaignStore
    book: CallerBook
    policy: RestPolicy
    clock: Clock
    civil: CivilTime

    def numbers(self) -> Json:
        """The numbers of the latest campaigns, and the one that calls when none is named."""
        page = self.campaigns.page(CAMPAIGNS_LOOKED_AT, None)
        named = {one.wish.phone_number_id or DEFAULT_NUMBER for one in page.campaigns}
        ids = [DEFAULT_NUMBER, *sorted(named - {DEFAULT_NUMBER})]
        return {"callerNumbers": [self._shown(one) for one in ids]}

    def rest(self, number: str, hours: int = 0) -> Json:
        """Let a number rest.

        Args:
            number: Vapi's id of it, or `default`.
            hours: How long; 0: as long as a flagged one.

        Raises:
            FieldError: The id is wrong.
        """
        rest_ms = hours * HOUR_MS or self.policy.rest_ms
        self.book.rest(_checked(number), self._now_ms() + rest_ms, OPERATOR)
        self._look_soon(number)
        return self._shown(number)

    def end_rest(self, number: str) -> Json:
        """Let it call again; what it went through before is forgiven. Raises FieldError."""
        self.book.rest(_checked(number), self._now_ms(), "")
        self._look_soon(number)
        return self._shown(number)

    def _look_soon(self, number: str) -> None:
        """Its campaigns sleep until its rest was to end."""
        cursor = None
        while True:
            page = self.campaigns.page(CAMPAIGNS_LOOKED_AT, cursor)
            for one in page.campaigns:
                if one.running and (one.wish.phone_number_id or DEFAULT_NUMBER) == number:
                    self.campaigns.look_soon(one.campaign_id, self._now_ms())
            cursor = page.cursor
            if cursor is None:
                return

    def _shown(self, number: str) -> Json:
        now_ms = self._now_ms()
        total = CallerTally(began_at_ms=now_ms)
        for hour in self.book.since(number, now_ms - DAY_MS):
            total += hour
        rest = self.book.last_rest(number)
        rests = rest.until_ms > now_ms
        return {
            "id": number,
            "restsUntil": iso(rest.until_ms) if rests else None,
            "reason": rest.reason if rests else None,
            "rang": total.rang,
            "answered": total.answered,
            "answerRate": round(total.answered / total.rang, 3) if total.rang else None,
            "short": total.short,
            "flagged": total.flagged,
        }

    def _now_ms(self) -> int:
        return round(self.civil.at(self.clock.now_ms()).timestamp() * 1000)


def _checked(number: str) -> str:
    if not NUMBER_ID.fullmatch(number):
        raise FieldError("id", "must be an id of a number")
    return number

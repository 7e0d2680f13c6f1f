"""Offers in memory, held to the real table by their contract tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.ring_groups import offer_name, was_asked
from contact_center.people.services.offer_ports import DueOffer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.people.domain.offers import Offer


@dataclass
class FakeOfferBook:
    """OfferBook. `before_write` runs once before a write, as if somebody else came first."""

    offers: dict[DueOffer, Offer] = field(default_factory=dict)
    looks: dict[DueOffer, int] = field(default_factory=dict)
    counted: dict[str, Counter[OfferOutcome]] = field(default_factory=dict)
    before_write: Callable[[], None] | None = None
    down: bool = False

    def read(self, visit_id: str, offer_id: str) -> Offer | None:
        self._answer()
        return self.offers.get(DueOffer(visit_id, offer_id))

    def of_visit(self, visit_id: str) -> Sequence[Offer]:
        self._answer()
        return [offer for key, offer in sorted(self.offers.items()) if key.visit_id == visit_id]

    def write(
        self,
        before: Offer | None,
        after: Offer,
        look_ms: int | None,
        beside: Sequence[Offer] | None = None,
    ) -> Offer:
        first, self.before_write = self.before_write, None
        if first is not None:
            first()
        self._answer()
        key = DueOffer(after.visit_id, after.offer_id)
        stands, seen = self.offers.get(key), before.version if before else 0
        if (stands.version if stands else 0) != seen:
            raise ConditionLostError(frozenset({"offer"}))
        if beside is not None and self._are_changed(after, beside):
            raise ConditionLostError(frozenset({"offer"}))
        self.offers[key] = stored = replace(after, version=seen + 1)
        concludes = stored.ended is not None and (stands is None or stands.ended is None)
        if stored.ended is not None and concludes and was_asked(stored):
            day = f"{datetime.fromtimestamp(stored.asked_at_ms / 1_000, tz=UTC):%Y-%m-%d}"
            self.counted.setdefault(day, Counter())[stored.ended] += 1
        self.looks.pop(key, None)
        if look_ms is not None:
            self.looks[key] = look_ms
        return stored

    def _are_changed(self, offer: Offer, beside: Sequence[Offer]) -> bool:
        stand = [self.offers[DueOffer(one.visit_id, one.offer_id)] for one in beside]
        changed = [
            one for one, now in zip(beside, stand, strict=True) if one.ended is None and one != now
        ]
        new = DueOffer(offer.visit_id, offer_name(offer.visit_id, len(beside) + 2))
        return bool(changed) or new in self.offers

    def due(self, at_ms: int, limit: int) -> Sequence[DueOffer]:
        self._answer()
        waiting = sorted((at, key) for key, at in self.looks.items() if at <= at_ms)
        return [key for _, key in waiting][:limit]

    def outcomes(self, day: str) -> Mapping[OfferOutcome, int]:
        self._answer()
        return {**dict.fromkeys(OfferOutcome, 0), **self.counted.get(day, {})}

    def _answer(self) -> None:
        if self.down:
            raise StoreUnavailableError
